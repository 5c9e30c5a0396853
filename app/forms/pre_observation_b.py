"""觀察前會談紀錄表-乙: the talk before the lesson in the classic cycle, question by question (FORMS.md section 4)."""

from flask_babel import lazy_gettext as _l

from app.forms.base import Section
from app.forms.fields import DateField, LongTextField, TextField
from app.forms.header import HEADER, PlannedObservation


class PreObservationB(PlannedObservation):
    """The five questions that 甲 asks in one box, the tool, and the two dates that follow."""

    code = "pre-observation-b"
    version = 1
    title = _l("觀察前會談紀錄表-乙")
    who = _l("觀課人員填寫")
    sections = (
        HEADER,
        Section(_l("預定入班教學觀察"), ("lesson_on", "lesson_place")),
        Section(_l("一、學習目標"), ("goals",)),
        Section(_l("二、學生經驗"), ("experience",)),
        Section(_l("三、教師教學預定流程與策略"), ("procedure",)),
        Section(_l("四、學生學習策略或方法"), ("strategies",)),
        Section(_l("五、教學評量方式"), ("assessment",)),
        Section(_l("六、觀察工具"), ("tool",)),
        Section(_l("七、回饋會談日期與地點"), ("feedback_on", "feedback_place")),
    )

    teacher = TextField(_l("授課教師"), required=True, person=True)
    held_on = DateField(_l("觀察前會談(備課)日期"), required=True, cols=6)
    lesson_on = DateField(_l("預定入班教學觀察日期"), required=True, cols=6)
    lesson_place = TextField(_l("預定入班教學觀察地點"), cols=6)
    goals = LongTextField(_l("學習目標"), required=True, hint=_l("(含核心素養、學習表現與學習內容)"))
    experience = LongTextField(
        _l("學生經驗"), required=True, hint=_l("(含學生先備知識、起點行為、學生特性等)")
    )
    procedure = LongTextField(_l("教師教學預定流程與策略"), required=True)
    strategies = LongTextField(_l("學生學習策略或方法"), required=True)
    assessment = LongTextField(_l("教學評量方式"), required=True, hint=_l("(請呼應學習目標)"))
    tool = LongTextField(_l("觀察工具"), required=True, rows=2)
    feedback_on = DateField(_l("回饋會談日期"), required=True, cols=6, hint=_l("(以觀察後三天內完成為佳)"))
    feedback_place = TextField(_l("回饋會談地點"), cols=6)
