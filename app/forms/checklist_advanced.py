"""進階專業回饋人才認證檢核表: applicant and school declare every prerequisite done (FORMS.md section 3.1)."""

from flask_babel import lazy_gettext as _l

from app.forms.base import UploadForm
from app.forms.checklist import checklist

PAPER = checklist(
    _l("進階專業回饋人才認證檢核表"),
    _l("1. 參與進階專業回饋人才培訓(第一階段研習課程共12小時，研習日期：____年____月____日)"),
    _l("2. 參與第二階段研習課程(2-4專業回饋實務探討，6小時，研習日期：____年____月____日)"),
    _l("3. 擔任授課教師進行公開授課至少1次，公開授課實施日期：____年____月____日"),
    _l(
        "4. 擔任專業回饋人員，觀察同儕公開授課，並依教學觀察三部曲(或備課、觀課、議課)，"
        "給予授課教師回饋至少1次"
    ),
    _l(
        "5. 參加教師專業學習社群運作，時間至少達1學期，"
        "社群參與起迄日期：____年____月____日至____年____月____日"
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
