"""初階專業回饋人才認證檢核表: the two courses of 3 hours are published, the other items are from memory
(FORMS.md section 3.2).
"""

from flask_babel import lazy_gettext as _l

from app.forms.base import UploadForm
from app.forms.checklist import checklist

PAPER = checklist(
    _l("初階專業回饋人才認證檢核表"),
    _l("1. 參與研習課程 1-1教師專業發展實施內涵，3小時，研習日期：____年____月____日"),
    _l("2. 參與研習課程 1-2教學觀察與專業回饋，3小時，研習日期：____年____月____日"),
    _l("3. 擔任授課教師進行公開授課至少1次，公開授課實施日期：____年____月____日"),
    _l(
        "4. 擔任專業回饋人員，觀察同儕公開授課，並依教學觀察三部曲(或備課、觀課、議課)，"
        "給予授課教師回饋至少1次"
    ),
    _l("5. 參加教師專業學習社群運作，社群參與起迄日期：____年____月____日至____年____月____日"),
)


class ChecklistInitial(UploadForm):
    """Downloaded, signed by a colleague, the teacher and the school, uploaded as one PDF."""

    code = "checklist-initial"
    version = 1
    title = _l("初階專業回饋人才認證檢核表")
    help = _l(
        "Check list of all prerequisites of the initial track, signed by a colleague, you and your school."
    )
    paper = PAPER
