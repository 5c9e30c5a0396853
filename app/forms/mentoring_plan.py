"""表4-1 輔導計畫: with whom, until when, towards what, and the steps (FORMS.md section 9; fields from memory)."""

from flask_babel import lazy_gettext as _l

from app.forms.base import Section
from app.forms.fields import ChoiceField, DateField, LongTextField, TextField
from app.forms.mentoring import Mentoring, head
from app.forms.period import EndField, WeeksField
from app.forms.repeat_field import RepeatField, RowForm


class PlanRow(RowForm):
    """One step of the plan."""

    when = TextField(_l("日期或週次"), required=True, cols=6)
    focus = TextField(_l("輔導重點"), required=True, cols=6)
    method = TextField(_l("輔導方式"), cols=6)
    remark = TextField(_l("備註"), cols=6)
    content = LongTextField(_l("輔導內容"), required=True, rows=3, limit=1000)


class MentoringPlan(Mentoring):
    """Needs and goals first, then one row for each step."""

    code = "mentoring-plan"
    version = 1
    title = _l("輔導計畫")
    who = _l("教學輔導教師填寫")
    sections = (
        head("mentee_kind", "mentee_kind_other", "starts_on", "ends_on", "weeks"),
        Section(_l("一、夥伴教師之需求"), ("needs",)),
        Section(_l("二、輔導目標"), ("goal",)),
        Section(_l("三、輔導進程"), ("steps",)),
    )

    mentee_kind = ChoiceField(
        _l("夥伴教師類別"),
        required=True,
        cols=12,
        options=(
            ("beginning", _l("初任教師")),
            ("new", _l("新進教師")),
            ("growing", _l("需專業成長之教師")),
            ("willing", _l("自願接受輔導之教師")),
            ("other", _l("其他")),
        ),
    )
    mentee_kind_other = TextField(_l("其他類別"), required=True, cols=12, show_if=("mentee_kind", "other"))
    starts_on = DateField(_l("輔導起始日期"), required=True)
    ends_on = EndField(_l("輔導結束日期"), required=True)
    weeks = WeeksField()
    needs = LongTextField(_l("夥伴教師之需求"), required=True)
    goal = LongTextField(_l("輔導目標"), required=True, rows=4)
    steps = RepeatField(PlanRow, _l("輔導進程"), required=True, add_label=_l("Add a step"), paper_rows=6)
