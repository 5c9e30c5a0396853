"""A record as files for others: CSV and XLSX to count on, JSON to bring back; `research` has BORIS and ELAN.

Pupils appear by the code of their seat, never by a name.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from app.core.i18n import pick
from app.instruments import analyse
from app.instruments.record import digest
from app.observations import words
from app.observations.research import CONTROL, to_boris, to_eaf

FORMAT = "portal-recording/1"

Record = dict[str, Any]
Event = dict[str, Any]

# A spreadsheet runs a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

HEADS = {
    "n": _l("No."),
    "part": _l("Part of the lesson"),
    "time": _l("Time"),
    "seconds": _l("Seconds"),
    "code": _l("Code"),
    "meaning": _l("Meaning"),
    "from": _l("Who speaks"),
    "to": _l("Spoken to"),
    "kind": _l("Kind of talk"),
    "sweep": _l("Sweep"),
    "seat": _l("Seat"),
    "on_task": _l("At task"),
    "counts": _l("Counts"),
    "x": _l("Across"),
    "y": _l("From the front"),
    "contact": _l("With contact"),
    "reason": _l("Reason"),
    "dwell_s": _l("Stay in seconds"),
    "speaker": _l("Speaker"),
    "text": _l("Words"),
    "level": _l("Level of the question"),
    "wait_s": _l("Wait in seconds"),
    "until": _l("Until"),
    "teacher": _l("教師"),
    "pupil": _l("學生"),
    "note": _l("Note"),
    "id": _l("Entry"),
}


@dataclass(frozen=True)
class Sheet:
    """`columns` are codes of `HEADS`; rows hold plain values."""

    columns: tuple[str, ...]
    rows: list[list[Any]]


# --- one row for each event ----------------------------------------------------------------------


def event_sheet(record: Record) -> Sheet:
    """All events in order, the columns those of the instrument."""
    columns, row_of = _COLUMNS[record["instrument"]]
    names = words.declared(record)
    events = record["events"]
    ends = [event.get("t") for event in events[1:]] + [record.get("length_ms")]
    rows = [
        [
            number,
            event.get("part", 1),
            lesson_time(event.get("t")),
            _seconds(event.get("t")),
            *row_of(event, record, names, end),
            event["id"],
        ]
        for number, (event, end) in enumerate(zip(events, ends, strict=False), 1)
    ]
    return Sheet(("n", "part", "time", "seconds", *columns, "id"), rows)


def lesson_time(t: int | None) -> str:
    """h:mm:ss since the beginning; empty when the event carries no time."""
    return "" if t is None else f"{t // 3_600_000}:{t // 60_000 % 60:02}:{t // 1000 % 60:02}"


def _seconds(t: int | None) -> float | None:
    return None if t is None else t / 1000


def _flanders(event: Event, _record: Record, _names: dict[str, str], _end: int | None) -> list[Any]:
    return [event["code"], words.category(event["code"])]


def _flow(event: Event, _record: Record, names: dict[str, str], _end: int | None) -> list[Any]:
    ends = [names.get(event[side]) or words.label(event[side]) for side in ("from", "to")]
    return [*ends, event["kind"], names.get(event["kind"], "")]


def _task(event: Event, record: Record, names: dict[str, str], _end: int | None) -> list[Any]:
    code: Event = next((c for c in record["rule"]["codes"] if c["code"] == event["code"]), {})
    meaning = pick(code.get("zh"), code.get("en"))
    seat = names.get(event["seat"], event["seat"])
    return [event["sweep"], seat, event["code"], meaning, code.get("on_task"), code.get("counts", True)]


def _movement(event: Event, _record: Record, names: dict[str, str], end: int | None) -> list[Any]:
    t, seat, reason = event.get("t"), event.get("seat"), event.get("reason") or ""
    stay = None if t is None or end is None else max(end - t, 0) / 1000
    where = names.get(seat, seat) if seat else ""
    return [
        event["x"],
        event["y"],
        where,
        event.get("contact", False),
        words.label(reason) if reason else "",
        stay,
    ]


def _verbatim(event: Event, _record: Record, _names: dict[str, str], _end: int | None) -> list[Any]:
    level = event.get("level") or ""
    said = [words.label(event["speaker"]), event.get("text", ""), event.get("kind", "")]
    return [*said, words.label(level) if level else "", _seconds(event.get("wait_ms"))]


def _anecdotal(event: Event, _record: Record, _names: dict[str, str], _end: int | None) -> list[Any]:
    return [lesson_time(event.get("t_end")), *(event.get(key, "") for key in ("teacher", "pupil", "note"))]


_Row = Callable[[Event, Record, dict[str, str], int | None], list[Any]]
_COLUMNS: dict[str, tuple[tuple[str, ...], _Row]] = {
    "flanders": (("code", "meaning"), _flanders),
    "verbal-flow": (("from", "to", "kind", "meaning"), _flow),
    "at-task": (("sweep", "seat", "code", "meaning", "on_task", "counts"), _task),
    "teacher-movement": (("x", "y", "seat", "contact", "reason", "dwell_s"), _movement),
    "verbatim": (("speaker", "text", "kind", "level", "wait_s"), _verbatim),
    "anecdotal": (("until", "teacher", "pupil", "note"), _anecdotal),
}


# --- CSV, XLSX, JSON -----------------------------------------------------------------------------


def to_csv(record: Record) -> bytes:
    """One line for each event; UTF-8 with the mark that makes spreadsheets read it as such.

    The head names columns by code, so that a script reads the same file in both languages.
    """
    sheet = event_sheet(record)
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(sheet.columns)
    writer.writerows([_harmless(value) for value in row] for row in sheet.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _harmless(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula; yes and no as 1 and 0."""
    if isinstance(value, bool):
        return int(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def to_xlsx(record: Record) -> bytes:
    """Three sheets: events, figures with their formulas, seating plan (when there is one)."""
    book = Workbook()
    book.remove(book.active)
    events = event_sheet(record)
    _fill(book.create_sheet(_("Entries")), [str(HEADS[code]) for code in events.columns], events.rows)
    _fill(
        book.create_sheet(_("Figures")),
        [
            _("Figure"),
            _("Code"),
            _("Value"),
            _("Unit"),
            _("Formula"),
            _("With numbers"),
            _("Why there is none"),
        ],
        [
            [
                words.figure(figure.code)[0],
                figure.code,
                figure.value,
                "%" if figure.unit == "percent" else words.unit(figure.unit),
                figure.formula,
                figure.working,
                words.reason(figure.missing) if figure.value is None else "",
            ]
            for figure in analyse(record).figures
        ],
    )
    plan = record.get("plan")
    if plan:
        _fill(
            book.create_sheet(_("Seating plan")),
            [_("Seat"), *(str(HEADS[c]) for c in ("x", "y")), _("Gender"), _("Group"), _("Mark"), _("Absent")],
            [
                [s.get("code") or s["id"], s["x"], s["y"], s.get("gender", ""), s.get("group", ""),
                 s.get("mark", ""), s.get("absent", False)]
                for s in plan["seats"]
            ],
        )  # fmt: skip
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Worksheet, heads: Sequence[str], rows: list[list[Any]]) -> None:
    """Values only: a text stays a text whatever it begins with."""
    for number, row in enumerate([list(heads), *rows], 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            if isinstance(value, str):
                cell.value = CONTROL.sub("", value)[:32_767]
                cell.data_type = "s"
            else:
                cell.value = value
            if number == 1:
                cell.font = Font(bold=True)
            elif isinstance(value, str) and len(value) > 40:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column in range(1, len(heads) + 1):
        longest = max((len(str(row[column - 1] or "")) for row in rows), default=0)
        sheet.column_dimensions[get_column_letter(column)].width = min(max(longest * 1.3, 10), 60)
    sheet.freeze_panes = "A2"


def to_json(record: Record, ops: list[dict[str, Any]]) -> bytes:
    """Everything, to be brought back by `imports.from_json`: the record, its log and the digest of both."""
    whole = {
        "format": FORMAT,
        "digest": digest(record),
        "log_digest": log_digest(ops),
        "record": record,
        "ops": ops,
    }
    # Without blanks, so that the longest recording still passes the limit of an upload.
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def log_digest(ops: list[dict[str, Any]]) -> str:
    """SHA-256 (hex) over the canonical JSON of the log."""
    text = json.dumps(ops, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


KINDS: dict[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "boris": "application/json",
    "eaf": "application/xml",
}


def export(record: Record, ops: list[dict[str, Any]], kind: str) -> bytes:
    """The record as a file of one of `KINDS`."""
    if kind == "json":
        return to_json(record, ops)
    return {"csv": to_csv, "xlsx": to_xlsx, "boris": to_boris, "eaf": to_eaf}[kind](record)
