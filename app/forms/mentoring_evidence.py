"""教學輔導事項資料: by which of the two conditions a mentor certificate may be renewed (FORMS.md section 10).

The conditions and their numbers are those of a county's notice of 113; the fields of the form were not found.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form

from app.forms.base import OfficialForm, Section
from app.forms.derived_field import DerivedField
from app.forms.fields import ChoiceField, DateField, LongTextField, TextField, clean
from app.forms.period import EndField, Period, WeeksField, days, period_of
from app.forms.repeat_field import RepeatField, RowForm

# 輔導2位教師各12週以上；或輔導1位12週以上，並有 A 發表1次、B 校際以上公開授課5次、C 召集人或負責人1年之一.
WEEKS, MENTEES, LESSONS, YEAR = 12, 2, 5, 365


class MenteeRow(RowForm):
    """One colleague in one period; several periods of one colleague are added up."""

    mentee = TextField(_l("夥伴教師姓名"), required=True, person=True)
    school = TextField(_l("夥伴教師服務學校"), required=True, cols=8)
    starts_on = DateField(_l("輔導起始日期"), required=True)
    ends_on = EndField(_l("輔導結束日期"), required=True)
    weeks = WeeksField()
    content = LongTextField(_l("輔導內容摘要"), required=True, rows=3, limit=1000)


class OpenLessonRow(RowForm):
    """One open lesson above the level of the own school."""

    held_on = DateField(_l("日期"), required=True)
    organiser = TextField(_l("主辦單位"), required=True)
    topic = TextField(_l("教學單元"))


def _weeks_by_mentee(form: Form) -> list[int]:
    periods: dict[str, list[Period]] = defaultdict(list)
    for row in form["mentees"].filled():
        name, period = "".join(clean(row["mentee"].data).split()), period_of(row)
        if name and period:
            periods[name].append(period)
    return [days(each) // 7 for each in periods.values()]


def _services(form: Form) -> list[str]:
    """Which of A, B and C is shown."""
    term = period_of(form)
    shown = {
        "A": bool(form["research"].data.strip() and form["research_on"].day),
        "B": sum(bool(row["held_on"].day) for row in form["lessons"].filled()) >= LESSONS,
        "C": bool(form["role"].data and term and days([term]) >= YEAR),
    }
    return [name for name, is_shown in shown.items() if is_shown]


def _condition(form: Form) -> str:
    """The condition met, with what meets it; empty when none is."""
    long_enough = [weeks for weeks in _weeks_by_mentee(form) if weeks >= WEEKS]
    services = _services(form)
    if len(long_enough) >= MENTEES:
        return _(
            "符合條件(1)：輔導%(number)s位教師，各達%(weeks)s週以上", number=len(long_enough), weeks=WEEKS
        )
    if long_enough and services:
        return _(
            "符合條件(2)：輔導1位教師達%(weeks)s週以上，並具%(services)s",
            weeks=WEEKS,
            services=_(", ").join(services),
        )
    return ""


def _not_met(form: Form) -> str | None:
    if _condition(form):
        return None
    weeks = sorted(_weeks_by_mentee(form), reverse=True)
    if not weeks and not form["mentees"].filled():
        return None  # the missing rows are named at their place
    return _(
        "Neither condition is met yet. Colleagues mentored for %(weeks)s weeks or more: %(found)s; "
        "of A, B and C complete: %(services)s.",
        weeks=WEEKS,
        found=sum(each >= WEEKS for each in weeks),
        services=_(", ").join(_services(form)) or _("none"),
    )


class MentoringEvidence(OfficialForm):
    """Colleagues with periods, then the alternatives A, B and C; the portal says which condition they meet."""

    code = "mentoring-evidence"
    version = 1
    title = _l("教學輔導事項資料")
    signatures = (_l("教師："), _l("承辦人員："), _l("校長："))
    sections = (
        Section(_l("一、基本資料"), ("teacher", "school", "number", "number_year")),
        Section(
            _l("二、輔導夥伴教師"),
            ("mentees",),
            note=_l(
                "條件(1)：輔導2位教師，每位12週以上；條件(2)：輔導1位教師12週以上，並具下列A、B、C之一。"
                "佐證均須在申請年度以前完成。"
            ),
        ),
        Section(_l("三、A 研究或著作發表1次"), ("research", "research_on", "research_kind")),
        Section(_l("四、B 校際以上公開授課5次"), ("lessons",)),
        Section(_l("五、C 擔任召集人或負責人1年"), ("role", "group", "starts_on", "ends_on")),
        Section(_l("六、符合之條件"), ("condition",), note=_l("由平臺依上列資料判斷，儲存後更新。")),
    )

    teacher = TextField(_l("教師姓名"), read_only=True, fill="%(teacher)s", cols=6)
    school = TextField(_l("服務學校"), read_only=True, fill="%(school)s", cols=6)
    number = TextField(_l("教學輔導教師證號"), required=True, cols=6)
    number_year = TextField(_l("證書學年度"), required=True, cols=6)
    mentees = RepeatField(MenteeRow, _l("夥伴教師"), required=True, add_label=_l("Add a colleague or period"))
    research = TextField(_l("題目"), cols=8)
    research_kind = ChoiceField(
        _l("發表方式"),
        cols=12,
        options=(("published", _l("刊登於刊物")), ("presented", _l("公開發表"))),
    )
    research_on = DateField(_l("發表日期"))
    lessons = RepeatField(
        OpenLessonRow, _l("公開授課"), add_label=_l("Add an open lesson"), max_rows=20, paper_rows=5
    )
    role = ChoiceField(
        _l("擔任職務"),
        cols=12,
        options=(
            ("convenor", _l("社群召集人")),
            ("head", _l("教師專業發展業務負責人")),
            ("principal", _l("校長帶領社群")),
        ),
    )
    group = TextField(_l("社群或業務名稱"), cols=12)
    starts_on = DateField(_l("擔任起始日期"), cols=6)
    ends_on = EndField(_l("擔任結束日期"), cols=6)
    condition = DerivedField(_l("符合之條件"), of=_condition, wrong=_not_met, cols=12)

    def prefill(self, context: Mapping[str, Any]) -> None:
        """Keys: `observer` (the applicant's name) and `school`."""
        self.teacher.process(None, context.get("observer", self.teacher.data))
        self.school.process(None, context.get("school", self.school.data))
