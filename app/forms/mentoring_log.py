"""表4-2 平時輔導紀錄表: one talk or visit between mentor and colleague (FORMS.md section 9; fields from memory)."""

from flask_babel import lazy_gettext as _l

from app.forms.base import Section
from app.forms.fields import ChoiceField, DateField, LongTextField, TextField
from app.forms.mentoring import Mentoring, head


class MentoringLog(Mentoring):
    """When and how, what it was about, what came of it and what follows."""

    code = "mentoring-log"
    version = 1
    title = _l("平時輔導紀錄表")
    who = _l("教學輔導教師填寫")
    sections = (
        head("held_on", "time", "place", "method", "method_other"),
        Section(_l("一、輔導主題"), ("topic",)),
        Section(_l("二、輔導內容"), ("content",)),
        Section(_l("三、輔導成效與省思"), ("outcome",)),
        Section(_l("四、後續輔導重點"), ("next_step",)),
    )

    held_on = DateField(_l("輔導日期"), required=True)
    time = TextField(_l("輔導時間"))
    place = TextField(_l("輔導地點"))
    method = ChoiceField(
        _l("輔導方式"),
        required=True,
        cols=12,
        options=(
            ("talk", _l("晤談諮詢")),
            ("observation", _l("入班觀察與回饋")),
            ("planning", _l("共同備課")),
            ("demonstration", _l("示範教學")),
            ("material", _l("教材與學生作品分析")),
            ("other", _l("其他")),
        ),
    )
    method_other = TextField(_l("其他輔導方式"), required=True, cols=12, show_if=("method", "other"))
    topic = TextField(_l("輔導主題"), required=True, cols=12)
    content = LongTextField(_l("輔導內容"), required=True, rows=8)
    outcome = LongTextField(_l("輔導成效與省思"), required=True)
    next_step = LongTextField(_l("後續輔導重點"), rows=3)
