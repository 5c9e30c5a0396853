"""表4-3 輔導案例紀錄表: one mentoring told as a case, from its background to the mentor's reflection
(FORMS.md section 9; fields from memory).
"""

from flask_babel import lazy_gettext as _l

from app.forms.base import Section
from app.forms.fields import DateField, LongTextField
from app.forms.mentoring import Mentoring, head
from app.forms.period import EndField, WeeksField
from app.forms.repeat_field import RepeatField, RowForm


class ProcessRow(RowForm):
    """One step of what happened."""

    held_on = DateField(_l("日期"), required=True)
    done = LongTextField(_l("輔導過程"), required=True, rows=3, limit=2000)
    response = LongTextField(_l("夥伴教師的回應與改變"), rows=3, limit=2000)


class MentoringCase(Mentoring):
    """Background, question, ways tried, what happened, what came of it."""

    code = "mentoring-case"
    version = 1
    title = _l("輔導案例紀錄表")
    who = _l("教學輔導教師填寫")
    sections = (
        head("starts_on", "ends_on", "weeks"),
        Section(_l("一、案例背景"), ("background",)),
        Section(_l("二、問題與需求"), ("problem",)),
        Section(_l("三、輔導策略"), ("strategies",)),
        Section(_l("四、輔導歷程"), ("process_rows",)),
        Section(_l("五、輔導結果"), ("result",)),
        Section(_l("六、教學輔導教師的省思"), ("reflection",)),
    )

    starts_on = DateField(_l("輔導起始日期"), required=True)
    ends_on = EndField(_l("輔導結束日期"), required=True)
    weeks = WeeksField()
    background = LongTextField(_l("案例背景"), required=True)
    problem = LongTextField(_l("問題與需求"), required=True)
    strategies = LongTextField(_l("輔導策略"), required=True)
    process_rows = RepeatField(
        ProcessRow, _l("輔導歷程"), required=True, add_label=_l("Add a step"), paper_rows=4
    )
    result = LongTextField(_l("輔導結果"), required=True)
    reflection = LongTextField(_l("教學輔導教師的省思"), required=True)
