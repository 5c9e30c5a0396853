"""Periods from a first to a last day, both included, and the whole weeks in them."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form

from app.forms.derived_field import DerivedField
from app.forms.fields import DateField

Period = tuple[date, date]


class EndField(DateField):
    """The last day of a period; `since` names the field of its first day in the same form or row."""

    def __init__(self, label: Any = None, *, since: str = "starts_on", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.since = since

    def complaint(self) -> str | None:
        start, end = self._form[self.since].day, self.day
        if start and end and end < start:
            return _("The last day comes before the first.")
        return super().complaint()


class WeeksField(DerivedField):
    """The whole weeks from `starts_on` to `ends_on` of the form or row it stands in."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label or _l("週數"), of=_weeks_text, **kwargs)


def _weeks_text(form: Form) -> str:
    period = period_of(form)
    return _("%(weeks)s weeks", weeks=days([period]) // 7) if period else ""


def period_of(form: Form) -> Period | None:
    """The period typed into `starts_on` and `ends_on`, when it is one."""
    start, end = form["starts_on"].day, form["ends_on"].day
    return (start, end) if start and end and start <= end else None


def days(periods: Iterable[Period]) -> int:
    """How many days lie in any of the periods; a day in two of them counts once."""
    total, last = 0, date.min
    for start, end in sorted(periods):
        start = max(start, last + timedelta(days=1))
        total += max(0, (end - start).days + 1)
        last = max(last, end)
    return total
