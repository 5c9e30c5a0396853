"""A record as people read it: facts, figures that open to their working, tables, pictures, notes.

One declaration for the analysis page, the read view of a form, the reviewer and the PDF.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.core import clock
from app.instruments import analyse
from app.instruments.analysis import Analysis, Figure, Table
from app.instruments.record import digest
from app.observations import words
from app.observations.pictures import pictures
from app.observations.pictures.parts import Picture, shade
from app.observations.pictures.parts import clock as lesson_clock
from app.observations.replay import replay

NOTHING = "—"
Record = dict[str, Any]


@dataclass(frozen=True)
class ShownFigure:
    """One figure in words. `value` is — exactly when `why` says why; `numbers` is the formula with numbers put in.

    `sign` is the abbreviation of the literature (TT, SSR), empty where there is none.
    """

    code: str
    sign: str
    label: str
    meaning: str
    value: str
    why: str
    formula: str
    numbers: str
    cells: str
    norm: str
    basis: str


@dataclass(frozen=True)
class ShownTable:
    """A table in words; `numeric` says which columns hold numbers, `shades` (0 to 5) a matrix' cells."""

    code: str
    title: str
    columns: list[str]
    rows: list[list[str]]
    numeric: list[bool]
    shades: list[list[int]] = field(default_factory=list)


@dataclass(frozen=True)
class Presentation:
    """Everything that is shown of one record, in the present language."""

    uid: str
    instrument: str
    name: str
    facts: list[tuple[str, str]]
    groups: list[tuple[str, list[ShownFigure]]]
    tables: list[ShownTable]
    pictures: list[Picture]
    notes: list[str]
    digest: str
    replay: dict[str, Any]

    @property
    def figures(self) -> list[ShownFigure]:
        """All figures, in the order in which they are read."""
        return [figure for _title, figures in self.groups for figure in figures]

    def blocks(self) -> list[dict[str, Any]]:
        """The same for paper, as blocks of `templates/pdf/document.typ`."""
        return list(_blocks(self))


def present(record: Record) -> Presentation:
    """The presentation of a record; `RecordError` when it has the wrong shape."""
    analysis = analyse(record)
    drawn = pictures(record, analysis)
    return Presentation(
        uid=record["uid"],
        instrument=record["instrument"],
        name=words.instrument(record["instrument"]),
        facts=_facts(record),
        groups=_groups(analysis),
        tables=_tables(record, analysis),
        pictures=drawn,
        notes=[words.note(note.code, note.values) for note in analysis.notes] + _missing(drawn),
        digest=digest(record),
        replay=replay(record),
    )


def headlines(record: Record, most: int = 6) -> list[str]:
    """The first figures of a record, one line each, without drawing anything."""
    figures = [figure for _title, group in _groups(analyse(record)) for figure in group]
    return [_("%(figure)s: %(value)s", figure=one.label, value=one.value) for one in figures[:most]]


# --- facts and notes -----------------------------------------------------------------------------


def _facts(record: Record) -> list[tuple[str, str]]:
    begun = record.get("started_at")
    length = record.get("length_ms")
    rows = [
        (_("Title"), record.get("title") or NOTHING),
        (_("Class"), record.get("class_name") or NOTHING),
        (
            _("Begun"),
            clock.local(datetime.fromisoformat(begun)).strftime("%Y-%m-%d %H:%M") if begun else NOTHING,
        ),
        (_("Length"), _("%(time)s (minutes:seconds)", time=lesson_clock(length)) if length else NOTHING),
        (_("Entries"), str(len(record["events"]))),
    ]
    return rows + [(_("Rule"), text) for text in words.rule(record)]


def _missing(drawn: list[Picture]) -> list[str]:
    chars = sorted({char for picture in drawn for char in picture.missing})
    if not chars:
        return []
    codes = ", ".join(f"U+{ord(char):04X}" for char in chars)
    return [_("No font has these characters; the pictures show their codes instead: %(codes)s.", codes=codes)]


# --- figures -------------------------------------------------------------------------------------


def number(value: float | None, unit: str) -> str:
    """The one place where figures are rounded: percent and rates to 0.1, quotients to 0.01, counts not at all."""
    if value is None:
        return NOTHING
    if unit == "percent":
        return f"{value:.1f}%"
    if unit == "quotient":
        return f"{value:.2f}"
    text = f"{value:.1f}".removesuffix(".0")
    return f"{text} {words.unit(unit)}".strip()


def _groups(analysis: Analysis) -> list[tuple[str, list[ShownFigure]]]:
    left = {figure.code: figure for figure in analysis.figures}
    found = []
    for title, codes in words.groups(analysis.instrument):
        figures = [_shown(left.pop(code), analysis.instrument) for code in codes if code in left]
        if figures:
            found.append((title, figures))
    if left:
        found.append(
            (_("Further figures"), [_shown(figure, analysis.instrument) for figure in left.values()])
        )
    return found


def _shown(figure: Figure, instrument: str) -> ShownFigure:
    label, meaning = words.figure(figure.code, instrument)
    norm = ""
    if figure.norm is not None:
        top = figure.norm_to
        norm = f"{figure.norm:g}–{top:g}" if top is not None else f"{figure.norm:g}"
    return ShownFigure(
        code=figure.code,
        sign=words.sign(figure.code),
        label=label,
        meaning=meaning,
        value=number(figure.value, figure.unit),
        why=words.reason(figure.missing) if figure.value is None else "",
        formula=words.formula(figure.code, instrument, figure.formula),
        numbers=figure.working,
        cells=" ".join(f"({a},{b})" for a, b in figure.cells),
        norm=norm,
        basis=words.label(f"basis_{figure.basis}") if figure.basis else "",
    )


# --- tables --------------------------------------------------------------------------------------


def _tables(record: Record, analysis: Analysis) -> list[ShownTable]:
    names = words.declared(record)
    found = [_table(table, names) for table in analysis.tables.values() if table.rows]
    return ([_matrix(analysis.data["matrix"])] if analysis.instrument == "flanders" else []) + found


def _table(table: Table, names: dict[str, str]) -> ShownTable:
    rows = [
        [words.cell(column, value, names) for column, value in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    numeric = [
        any(isinstance(row[n], int | float) for row in table.rows) and not words.is_name(column)
        for n, column in enumerate(table.columns)
    ]
    columns = [words.column(column, names) for column in table.columns]
    return ShownTable(table.code, words.table(table.code), columns, rows, numeric)


def _matrix(counts: list[list[int]]) -> ShownTable:
    most = max(map(max, counts))
    columns = ["", *(str(n) for n in range(1, 11)), "Σ"]
    rows = [[str(n), *map(str, row), str(sum(row))] for n, row in enumerate(counts, 1)]
    sums = [sum(column) for column in zip(*counts, strict=True)]
    rows.append(["Σ", *map(str, sums), str(sum(sums))])
    shades = [[0, *(shade(cell, most) for cell in row), 0] for row in counts]
    return ShownTable(
        "matrix",
        words.label("flanders_matrix"),
        columns,
        rows,
        [True] * len(columns),
        [*shades, [0] * len(columns)],
    )


# --- paper ---------------------------------------------------------------------------------------


def _blocks(shown: Presentation) -> Iterator[dict[str, Any]]:
    yield {
        "label": shown.name,
        "table": {"columns": [_("Item"), _("Value")], "rows": [list(f) for f in shown.facts]},
    }
    for picture in shown.pictures:
        yield {"label": picture.title, "svg": picture.svg, "alt": f"{picture.title}. {picture.description}"}
        if picture.caption:
            yield {"label": "", "value": picture.caption}
    for title, figures in shown.groups:
        normed = any(figure.norm for figure in figures)
        columns = [_("Figure"), _("Value"), _("Formula and numbers"), *([norm_title()] if normed else [])]
        rows = [
            [
                f"{figure.label} {figure.sign}".strip(),
                f"{figure.value} {figure.why}".strip(),
                f"{figure.formula}\n= {figure.numbers}" if figure.numbers else figure.formula,
                *([figure.norm] if normed else []),
            ]
            for figure in figures
        ]
        yield {"label": title, "table": {"columns": columns, "rows": rows}}
    for table in shown.tables:
        yield {"label": table.title, "table": {"columns": table.columns, "rows": table.rows}}
    for note in shown.notes:
        yield {"label": "", "value": note}
    yield {"label": _("Check sum of the record"), "value": shown.digest}


def norm_title() -> str:
    """What the reference values are called: history, no grade."""
    return _("Flanders 1970 參考值")
