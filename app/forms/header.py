"""The header that the three forms of one observation share."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from app.forms.base import OfficialForm, Section
from app.forms.fields import DateField, IntField, TextField

# What a later form of the same observation takes over from an earlier one: all but date and place,
# which belong to the step itself.
SHARED = (
    "teacher",
    "teacher_grade",
    "teacher_subject",
    "observer_grade",
    "observer_subject",
    "community",
    "unit",
    "periods_total",
    "period_no",
)
HEADER = Section(
    _l("Observation details"),
    (
        "teacher",
        "teacher_grade",
        "teacher_subject",
        "observer",
        "observer_grade",
        "observer_subject",
        "community",
        "unit",
        "periods_total",
        "period_no",
        "held_on",
        "place",
    ),
)


class ObservationHeader(OfficialForm):
    """Who taught, who observed, what, when and where; subclasses name the date of their step.

    `step` (`lesson`, `feedback`) names the planned date and place that such a form starts from.
    """

    step: ClassVar[str] = ""

    teacher = TextField(_l("授課教師(主導的教師)"), required=True, person=True)
    teacher_grade = TextField(_l("任教年級"), required=True)
    teacher_subject = TextField(_l("任教領域/科目"), required=True)
    observer = TextField(_l("觀課人員(認證教師)"), read_only=True, fill="%(teacher)s")
    observer_grade = TextField(_l("觀課人員任教年級"))
    observer_subject = TextField(_l("觀課人員任教領域/科目"))
    community = TextField(_l("備課社群(選填)"), cols=6)
    unit = TextField(_l("教學單元"), required=True, cols=6)
    periods_total = IntField(_l("教學節次：共幾節"), required=True, low=1, high=99, cols=6)
    period_no = IntField(_l("本次教學為第幾節"), required=True, low=1, high=99, cols=6)
    held_on = DateField(_l("日期"), required=True, cols=6)
    place = TextField(_l("地點"), cols=6)

    def header_answers(self) -> dict[str, Any]:
        """The part of the header that later forms of the same case start from."""
        return {name: self._fields[name].answer() for name in SHARED}

    def handover(self) -> dict[str, Any]:
        """What later forms of the same case start from, as keys of their `prefill`."""
        return {"header": self.header_answers()}

    def prefill(self, context: Mapping[str, Any]) -> None:
        """Keys: `observer` (name from the account, always set) and, only for a new form, so that a field
        emptied on purpose stays empty: `header` (`header_answers()` of an earlier form of the case), `lesson`
        and `feedback` ({"held_on", "place"} as planned there).
        """
        self.observer.process(None, context.get("observer", self.observer.data))
        if self.is_new:
            shared = {k: v for k, v in (context.get("header") or {}).items() if k in SHARED}
            for name, value in (shared | (context.get(self.step) or {})).items():
                self._fields[name].process(None, value)

    def summary(self) -> str:
        parts = (self.teacher, self.teacher_grade, self.teacher_subject, self.unit, self.held_on)
        return " · ".join(part.text().strip() for part in parts if not part.is_blank)


class PlannedObservation(ObservationHeader):
    """A talk before the lesson that fixes the dates of the two steps that follow."""

    focus: Any = None

    lesson_on = DateField(_l("預定公開授課日期"), required=True, cols=6)
    lesson_place = TextField(_l("預定公開授課地點"), cols=6)
    feedback_on = DateField(_l("預定回饋會談日期"), required=True, cols=6)
    feedback_place = TextField(_l("預定回饋會談地點"), cols=6)

    def handover(self) -> dict[str, Any]:
        return {
            **super().handover(),
            "lesson": {"held_on": self.lesson_on.answer(), "place": self.lesson_place.answer()},
            "feedback": {"held_on": self.feedback_on.answer(), "place": self.feedback_place.answer()},
            "focus": self.focus.answer() if self.focus else "",
        }
