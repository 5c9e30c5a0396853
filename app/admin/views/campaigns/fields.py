"""The fields and rows of the campaign form that no official form has."""

import re
from datetime import time

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.admin.views.campaigns import words
from app.campaigns.tracks import SLOTS
from app.cases.states import VERDICT_LABELS
from app.forms import registry
from app.forms.fields import ChoiceField, DateField, IntField, TextField
from app.forms.repeat_field import RowForm

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")


class ClockField(TextField):
    """A time of day to the second, 23:59:59; the seconds may be left out."""

    @property
    def time(self) -> time | None:
        return time.fromisoformat(self.data.strip()) if _CLOCK.fullmatch(self.data.strip()) else None

    def complaint(self) -> str | None:
        if self.is_blank or self.time:
            return None
        return _("Write the time like 23:59:59.")


class YearsField(TextField):
    """School years with commas."""

    @property
    def years(self) -> list[int] | None:
        parts = [part.strip() for part in re.split("[,、，;；]", self.data) if part.strip()]
        good = all(re.fullmatch(r"[0-9]{2,3}", part) and 90 <= int(part) <= 200 for part in parts)
        return sorted({int(part) for part in parts}, reverse=True) if good else None

    def complaint(self) -> str | None:
        return None if self.years is not None else _("Write school years with commas, like 115, 114.")


class FormCodeField(TextField):
    """The code of an official form, chosen from the list of all."""

    def text(self, *, paper: bool = False) -> str:
        return words.form_name(self.data)

    def complaint(self) -> str | None:
        known = self.is_blank or any(form.code == self.data for form in registry.all_forms())
        return None if known else _("“%(value)s” is not one of the choices.", value=self.data)


class HoursRow(RowForm):
    first = DateField(_l("Training from"), required=True)
    last = DateField(_l("to (empty: until now)"))
    hours = IntField(_l("Hours asked for"), low=1, high=999, required=True)


class SlotRow(RowForm):
    slot = ChoiceField(
        _l("Place in the case"), options=tuple((s.code, s.title) for s in SLOTS.values() if s.code != "appeal"),
        look="select", required=True, cols=5,
    )  # fmt: skip
    form = FormCodeField(_l("Form"), required=True, cols=7)


class BandRow(RowForm):
    low = IntField(_l("Sum from"), low=-99, high=999, required=True)
    high = IntField(_l("to"), low=-99, high=999, required=True)
    verdict = ChoiceField(_l("Result"), options=tuple(VERDICT_LABELS.items()), look="select", required=True)
