"""教學輔導教師認證檢核表: the title is published, the items follow from the courses (24 + 6 hours) and the
documents that the 112 review sheet rates (FORMS.md section 3.3).
"""

from flask_babel import lazy_gettext as _l

from app.forms.base import UploadForm
from app.forms.checklist import checklist

PAPER = checklist(
    _l("教學輔導教師認證檢核表"),
    _l("1. 參與教學輔導教師培訓(第一階段研習課程共24小時，研習日期：____年____月____日)"),
    _l("2. 參與第二階段研習課程(教學輔導教師實務探討，6小時，研習日期：____年____月____日)"),
    _l("3. 經學校公開會議推薦，並完成推薦表核章，會議日期：____年____月____日"),
    _l("4. 擔任授課教師進行公開授課至少1次，公開授課實施日期：____年____月____日"),
    _l("5. 依教學觀察三部曲觀察同儕公開授課，給予授課教師回饋至少2次"),
    _l(
        "6. 參加教師專業學習社群運作，時間至少達1學期，"
        "社群參與起迄日期：____年____月____日至____年____月____日"
    ),
    _l(
        "7. 輔導夥伴教師，完成輔導計畫、平時輔導紀錄2份及輔導案例紀錄，"
        "輔導期間：____年____月____日至____年____月____日"
    ),
    height=12,
)


class ChecklistMentor(UploadForm):
    """Downloaded, signed by a colleague, the teacher and the school, uploaded as one PDF."""

    code = "checklist-mentor"
    version = 1
    title = _l("教學輔導教師認證檢核表")
    help = _l(
        "Check list of all prerequisites of the mentor track, signed by a colleague, you and your school."
    )
    paper = PAPER
