"""Blank paper forms: declared once, printed as Word and as PDF, with what is known already filled in.

The paper itself stays in Traditional Chinese, as the authority issues it; readers of English get a small
courtesy version under each line. Known values: `teacher`, `school`, `county`, `school_year` (ROC, text).
"""

from collections import defaultdict
from dataclasses import dataclass, field

from flask_babel import force_locale

from app.core import docx, pdf
from app.core.i18n import EN, ZH

BLANK = "____"


@dataclass(frozen=True)
class Cell:
    """A cell of one paragraph per text; `fill` takes their place once all values it names are known."""

    texts: tuple[object, ...] = ()
    cols: int = 1
    rows: int = 1
    label: bool = False
    fill: str = ""


@dataclass(frozen=True)
class Row:
    """Cells that start in this row; `height` in mm, 0 = as high as the text."""

    cells: tuple[Cell, ...]
    height: int = 0


@dataclass(frozen=True)
class Repeat:
    """Rows printed `times` times (the form's note tells people to add more)."""

    rows: tuple[Row, ...]
    times: int = 1


@dataclass(frozen=True)
class Grid:
    """A further table under the first one, with columns of its own: codes, seats, sweeps."""

    columns: tuple[int, ...]
    rows: tuple[Row | Repeat, ...]
    title: object = ""


@dataclass(frozen=True)
class Paper:
    """A whole form; `columns` are shares of the width, `signatures` lines of labels beneath the tables."""

    title: object
    columns: tuple[int, ...]
    rows: tuple[Row | Repeat, ...]
    heading: object = ""
    grids: tuple[Grid, ...] = ()
    notes: tuple[object, ...] = ()
    signatures: tuple[tuple[object, ...], ...] = field(default=())


def label(*texts: object, cols: int = 1, rows: int = 1) -> Cell:
    """A shaded cell naming its neighbour."""
    return Cell(texts, cols, rows, label=True)


def space(*texts: object, cols: int = 1, rows: int = 1, fill: str = "") -> Cell:
    """A cell to be written in."""
    return Cell(texts, cols, rows, fill=fill)


def paper_docx(paper: Paper, prefill: dict[str, str], locale: str) -> bytes:
    """The form as a Word file."""
    return docx.draw(layout(paper, prefill, locale))


def paper_pdf(paper: Paper, prefill: dict[str, str], locale: str) -> bytes:
    """The form as a PDF."""
    return pdf.render("paper", layout(paper, prefill, locale))


def layout(paper: Paper, prefill: dict[str, str], locale: str) -> dict:
    """The form as plain data (keys: see `templates/pdf/paper.typ`), read by both printers."""
    known = {name: value for name, value in prefill.items() if value}

    def pair(text: object) -> dict[str, str]:
        """The official wording and, for readers of English, its translation where there is one."""
        values = defaultdict(lambda: BLANK, known)
        with force_locale(ZH):
            zh = str(text) % values
        with force_locale(EN):
            en = str(text) % values if locale == EN else ""
        return {"zh": zh, "en": "" if en == zh else en}

    def cell_of(cell: Cell) -> dict:
        try:
            filled = cell.fill % known
        except KeyError:
            filled = ""
        texts = [{"zh": filled, "en": ""}] if filled else [pair(text) for text in cell.texts]
        return {"texts": texts, "cols": cell.cols, "rows": cell.rows, "label": cell.label}

    def rows_of(rows: tuple[Row | Repeat, ...]) -> list[dict]:
        return [{"height": row.height, "cells": [cell_of(cell) for cell in row.cells]} for row in _rows(rows)]

    title = pair(paper.title)
    return {
        "heading": pair(paper.heading),
        "title": title["zh"],
        "title_en": title["en"],
        "columns": list(paper.columns),
        "rows": rows_of(paper.rows),
        "grids": [
            {"title": pair(grid.title), "columns": list(grid.columns), "rows": rows_of(grid.rows)}
            for grid in paper.grids
        ],
        "signatures": [[pair(text) for text in line] for line in paper.signatures],
        "notes": [pair(text) for text in paper.notes],
    }


def _rows(parts: tuple[Row | Repeat, ...]) -> list[Row]:
    rows: list[Row] = []
    for part in parts:
        rows.extend(part.rows * part.times if isinstance(part, Repeat) else [part])
    return rows
