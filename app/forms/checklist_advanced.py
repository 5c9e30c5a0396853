"""進階專業回饋人才認證檢核表: applicant and school declare every prerequisite done (FORMS.md section 3.1)."""

from flask_babel import lazy_gettext as _l

from app.forms.base import UploadForm
from app.forms.paper import Cell, Paper, Row, label, space


def _item(text: object) -> Row:
    """One prerequisite, its check box and room for a remark."""
    return Row((space(text, cols=4), Cell((_l("□ 已完成"),)), space()), 20)


PAPER = Paper(
    title=_l("進階專業回饋人才認證檢核表"),
    columns=(31, 28, 31, 28, 26, 26),
    rows=(
        Row(
            (
                label(_l("教師姓名")),
                space(fill="%(teacher)s"),
                label(_l("服務學校")),
                space(cols=3, fill="%(county)s　%(school)s"),
            ),
            13,
        ),
        Row((label(_l("實際教學年資")), space(), label(_l("專長領域")), space(cols=3)), 13),
        Row((label(_l("項目與說明"), cols=4), label(_l("檢核")), label(_l("備註"))), 10),
        _item(_l("1. 參與進階專業回饋人才培訓(第一階段研習課程共12小時，研習日期：____年____月____日)")),
        _item(_l("2. 參與第二階段研習課程(2-4專業回饋實務探討，6小時，研習日期：____年____月____日)")),
        _item(_l("3. 擔任授課教師進行公開授課至少1次，公開授課實施日期：____年____月____日")),
        _item(
            _l(
                "4. 擔任專業回饋人員，觀察同儕公開授課，並依教學觀察三部曲(或備課、觀課、議課)，"
                "給予授課教師回饋至少1次"
            )
        ),
        _item(
            _l(
                "5. 參加教師專業學習社群運作，時間至少達1學期，"
                "社群參與起迄日期：____年____月____日至____年____月____日"
            )
        ),
    ),
    notes=(_l("備註：以上檢核資料均須完成，始能逐項檢閱資料。"),),
    signatures=(
        (_l("同儕教師簽章："), _l("教師簽章：")),
        (_l("學校簽章 承辦人員："), _l("校長：")),
    ),
)


class ChecklistAdvanced(UploadForm):
    """Downloaded, signed by a colleague, the teacher and the school, uploaded as one PDF."""

    code = "checklist-advanced"
    version = 1
    title = _l("進階專業回饋人才認證檢核表")
    help = _l(
        "Check list of all prerequisites of the advanced track, signed by a colleague, you and your school."
    )
    paper = PAPER
