"""選擇性逐字紀錄表: one kind of utterance, word for word (FORMS.md 5.4)."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.forms.base import Section
from app.forms.fields import LongTextField, TextField
from app.forms.header import HEADER
from app.forms.instrument_form import NarrativeForm, clock_text
from app.forms.observed import FACTS_ONLY, GOALS
from app.forms.record_field import Record, RecordField
from app.forms.repeat_field import RepeatField, RowForm


class UtteranceRow(RowForm):
    """What was said, by teacher or pupil, and what kind of utterance it was."""

    time = TextField(_l("時間"), cols=6)
    kind = TextField(_l("分類/備註"), cols=6)
    teacher = LongTextField(_l("教師話語"), rows=2, limit=2000, cols=6)
    pupils = LongTextField(_l("學生話語"), rows=2, limit=2000, cols=6)


class VerbatimForm(NarrativeForm):
    """Rows of what was said, typed or taken over from a recording, and an analysis."""

    code = "verbatim"
    version = 1
    title = _l("選擇性逐字紀錄表")
    sections = (
        HEADER,
        GOALS,
        Section(_l("觀察焦點"), ("focus",)),
        Section(_l("觀察紀錄"), ("record", "rows"), note=FACTS_ONLY),
        Section(_l("分析與發現"), ("analysis",)),
    )

    focus = LongTextField(
        _l("觀察焦點"),
        required=True,
        rows=3,
        hint=_l("Which kind of utterance was written down: questions, praise, directions …"),
    )
    rows = RepeatField(
        UtteranceRow,
        _l("逐字紀錄"),
        required=True,
        max_rows=400,
        paper_rows=16,
        add_label=_l("Add an utterance"),
    )
    record = RecordField(_l("現場紀錄"), instrument="verbatim")
    analysis = LongTextField(_l("分析與發現"), required=True, rows=8)

    def row_of(self, event: Record) -> dict[str, Any]:
        wait = event.get("wait_ms")
        notes = [
            event.get("kind", ""),
            {"open": _("開放式"), "closed": _("封閉式")}.get(event.get("level", ""), ""),
            "" if wait is None else _("候答%(seconds)s秒", seconds=f"{wait / 1000:g}"),
        ]
        said = "teacher" if event.get("speaker") == "teacher" else "pupils"
        return {
            "time": clock_text(event.get("t")),
            said: event.get("text", ""),
            "kind": "、".join(note for note in notes if note),
        }
