"""教師專業學習社群參與證明: at least a semester in one learning community (FORMS.md section 2)."""

from flask_babel import lazy_gettext as _l

from app.forms.base import UploadForm
from app.forms.paper import Paper, Row, label, space

PAPER = Paper(
    heading=_l("%(school_year)s學年度教師專業發展實踐方案"),
    title=_l("教師專業學習社群參與證明"),
    columns=(31, 27, 27, 27, 31, 27),
    rows=(
        Row(
            (
                label(_l("學校")),
                space(_l("______縣(市)______________學校"), cols=3, fill="%(county)s　%(school)s"),
                label(_l("教師姓名")),
                space(fill="%(teacher)s"),
            ),
            14,
        ),
        Row((label(_l("參與社群名稱")), space(cols=5)), 14),
        Row(
            (
                label(_l("參與社群起迄時間")),
                space(
                    _l("民國____年____月____日至民國____年____月____日"),
                    _l("(至少一學期參與同一社群五次活動)"),
                    cols=5,
                ),
            ),
            24,
        ),
        Row(
            (
                label(_l("是否為社群召集人")),
                space(
                    _l("□ 是：擔任召集人之起迄時間："),
                    _l("民國____年____月____日至民國____年____月____日"),
                    _l("□ 否：召集人姓名：________________"),
                    cols=5,
                ),
            ),
            36,
        ),
        Row(
            (
                label(_l("教師")),
                space(),
                label(_l("社群召集人")),
                space(),
                label(_l("學校主管審核")),
                space(),
            ),
            26,
        ),
    ),
)


class CommunityProof(UploadForm):
    """Downloaded, signed by teacher, convenor and school, uploaded as one PDF."""

    code = "community-proof"
    version = 1
    title = _l("教師專業學習社群參與證明")
    help = _l(
        "Proof of at least one semester and five activities in the same professional learning community."
    )
    paper = PAPER
