"""What the records made with an instrument share: a raw record from which every figure is derived."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.forms.base import Section
from app.forms.fields import LongTextField
from app.forms.header import HEADER
from app.forms.observed import FACTS_ONLY, GOALS, Observed
from app.forms.record_field import Record
from app.observations.present import headlines


class InstrumentForm(Observed):
    """Subclasses declare `record`; figures and pictures come from it and are never typed."""

    record: Any

    def prefill(self, context: Mapping[str, Any]) -> None:
        """Also takes what `RecordField.offer` asks for."""
        super().prefill(context)
        self.record.offer(context)

    def findings(self) -> list[str]:
        return headlines(self.record.record) if self.record.record and not self.record.fault else []


class QuantitativeForm(InstrumentForm):
    """An instrument whose figures the observer reads and comments on."""

    sections = (
        HEADER,
        GOALS,
        Section(_l("觀察紀錄"), ("record",), note=FACTS_ONLY),
        Section(_l("分析與發現"), ("analysis",)),
    )

    analysis = LongTextField(
        _l("分析與發現"),
        required=True,
        rows=10,
        hint=_l(
            "Say what the figures show about the focus of the observation; leave the judging to the talk."
        ),
    )


class NarrativeForm(InstrumentForm):
    """An instrument that writes down what was seen or heard; its rows may be taken over from a recording."""

    focus: Any
    rows: Any

    def prefill(self, context: Mapping[str, Any]) -> None:
        """A recording that is only proposed brings its rows along, to be seen before they are saved. Also
        takes `focus`: the focus question agreed before the lesson.
        """
        super().prefill(context)
        if self.is_new:
            self.focus.process(None, context.get("focus"))
        if self.record.proposed:
            self.take_rows()

    def apply_row_action(self, formdata: Mapping[str, str]) -> str | None:
        """On a save by hand, too, blank rows are filled from the recording; a draft leaves them alone."""
        shown = super().apply_row_action(formdata)
        self.take_rows()
        return shown

    def take_rows(self) -> None:
        """Write the events of the recording into the rows, unless something stands there already."""
        if self.record.record and not self.record.fault and self.rows.is_blank:
            # Also more than the form allows: it says so, and the observer decides what goes.
            self.rows.process(None, [self.row_of(event) for event in self.record.record["events"]])

    def row_of(self, event: Record) -> dict[str, Any]:
        """An event of the recording as a row of this form."""
        raise NotImplementedError


def clock_text(ms: int | None) -> str:
    """`7:05` from the beginning of the lesson; empty when the moment is not known."""
    return "" if ms is None else f"{ms // 60000}:{ms // 1000 % 60:02d}"
