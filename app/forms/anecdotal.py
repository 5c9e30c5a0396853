"""軼事紀錄表: what happened, in order and without verdicts (FORMS.md 5.3)."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.forms.base import Section
from app.forms.fields import LongTextField, TextField
from app.forms.header import HEADER
from app.forms.instrument_form import NarrativeForm, clock_text
from app.forms.observed import FACTS_ONLY, GOALS
from app.forms.record_field import Record, RecordField
from app.forms.repeat_field import RepeatField, RowForm


class EpisodeRow(RowForm):
    """One thing that happened; the observer's note is kept apart from the facts."""

    time = TextField(_l("時間"), cols=12)
    teacher = LongTextField(_l("教師教學行為"), rows=3, limit=2000, facts=True, cols=6)
    pupils = LongTextField(_l("學生學習行為/表現"), rows=3, limit=2000, facts=True, cols=6)
    note = TextField(_l("備註"), cols=12)


class AnecdotalForm(NarrativeForm):
    """Rows of what was seen, typed or taken over from a recording; no rating."""

    code = "anecdotal"
    version = 1
    title = _l("軼事紀錄表")
    sections = (
        HEADER,
        GOALS,
        Section(_l("觀察焦點(問題)"), ("focus",)),
        Section(_l("觀察紀錄"), ("record", "rows"), note=FACTS_ONLY),
    )

    focus = LongTextField(_l("觀察焦點(問題)"), rows=3)
    rows = RepeatField(
        EpisodeRow, _l("軼事紀錄"), required=True, max_rows=200, paper_rows=10, add_label=_l("Add an episode")
    )
    record = RecordField(_l("現場紀錄"), instrument="anecdotal")

    def row_of(self, event: Record) -> dict[str, Any]:
        begin, end = clock_text(event.get("t")), clock_text(event.get("t_end"))
        return {
            "time": f"{begin}–{end}" if end else begin,
            "teacher": event.get("teacher", ""),
            "pupils": event.get("pupil", ""),
            "note": event.get("note", ""),
        }
