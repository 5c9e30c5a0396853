"""公開授課實施證明: the applicant taught an open lesson with its three steps (FORMS.md section 1)."""

from flask_babel import lazy_gettext as _l

from app.forms.base import UploadForm
from app.forms.paper import Cell, Paper, Repeat, Row, label, space


def _step(name: object) -> Cell:
    """One of the three steps: its date in ROC years, time and place."""
    return space(
        name,
        _l("日期：民國____年____月____日"),
        _l("時間：____________　地點：____________________"),
        cols=3,
    )


# Here the applicant is the observed teacher; in the observation forms the applicant observes.
PAPER = Paper(
    title=_l("公開授課實施證明"),
    columns=(35, 51, 33, 51),
    rows=(
        Row(
            (
                label(_l("學校名稱")),
                space(_l("______縣(市)____________________學校"), cols=3, fill="%(county)s　%(school)s"),
            ),
            12,
        ),
        Row((label(_l("授課教師")), space(fill="%(teacher)s"), label(_l("任教年級")), space()), 12),
        Row((label(_l("任教領域/科目")), space(), label(_l("教學單元")), space()), 12),
        Row((label(_l("回饋人員")), space(cols=3)), 12),
        Repeat(
            (
                Row((label(_l("第____次"), _l("公開授課"), rows=3), _step(_l("一、觀察前會談(備課)"))), 32),
                Row((_step(_l("二、入班教學觀察(觀課)")),), 32),
                Row((_step(_l("三、觀察後回饋會談(議課)")),), 32),
            )
        ),
        Row((space(_l("備註：若公開授課不只一次，請依實際需求增列表格。"), cols=4),)),
        Row((label(_l("授課教師")), space(), label(_l("學校主管審核")), space()), 22),
    ),
)


class OpenLessonProof(UploadForm):
    """Downloaded, signed by teacher and school, uploaded as one PDF."""

    code = "open-lesson-proof"
    version = 1
    title = _l("公開授課實施證明")
    help = _l("Proof that you taught an open lesson with all three steps. Have your school sign it.")
    paper = PAPER
