"""What every instrument answers with: figures that show their working, tables, notes, and data for pictures."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Unit = Literal["percent", "count", "quotient", "seconds", "per_10_min", "desks"]
Cells = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Figure:
    """One number with the way to it; `value` is None exactly when `missing` names the reason.

    `working` is the formula with the numbers put in; `cells` are (row, column) of the Flanders matrix; `norm` is
    a published reference value, history and no grade; `basis` says what was counted (matrix, codes, time …).
    """

    code: str
    value: float | None
    unit: Unit
    formula: str
    working: str
    cells: Cells = ()
    missing: str = ""
    norm: float | None = None
    basis: str = ""
    norm_to: float | None = None  # the upper end where the sources give a range


@dataclass(frozen=True)
class Table:
    """Rows of plain values under columns named by code."""

    code: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Note:
    """Something the reader must know beside the figures."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Analysis:
    """Everything derived from one record; nothing in it is rounded."""

    instrument: str
    figures: tuple[Figure, ...]
    tables: dict[str, Table]
    notes: tuple[Note, ...]
    data: dict[str, Any]

    def figure(self, code: str) -> Figure:
        """The figure of that code; KeyError when there is none."""
        for figure in self.figures:
            if figure.code == code:
                return figure
        raise KeyError(code)


def ratio(
    code: str,
    above: float | Iterable[float],
    below: float | Iterable[float],
    formula: str,
    *,
    unit: Unit = "percent",
    missing: str = "zero_denominator",
    cells: Cells = (),
    norm: float | None = None,
    norm_to: float | None = None,
    basis: str = "",
) -> Figure:
    """above / below, times 100 for a percent; lists are added up, and the sums stay visible in the working."""
    tops, bottoms = _terms(above), _terms(below)
    top, bottom = sum(tops), sum(bottoms)
    factor = 100 if unit == "percent" else 1
    working = f"{_shown(tops)} / {_shown(bottoms)}"
    return Figure(
        code,
        factor * top / bottom if bottom else None,
        unit,
        formula,
        f"100 × {working}" if factor == 100 else working,
        cells,
        "" if bottom else missing,
        norm,
        basis,
        norm_to,
    )


def plain(
    code: str, value: float | None, unit: Unit, formula: str, *, working: str = "", missing: str = ""
) -> Figure:
    """A figure that is no ratio: a count, a median, a sum; `missing` is used when the value is None."""
    return Figure(
        code,
        value,
        unit,
        formula,
        working or ("" if value is None else number(value)),
        missing="" if value is not None else missing,
    )


def share(part: float, whole: float) -> float | None:
    """100 × part / whole for a cell of a table; None of nothing."""
    return 100 * part / whole if whole else None


def number(value: float) -> str:
    """A number as short as it can be written: 12, 2.5."""
    return f"{value:.10g}"


def _terms(value: float | Iterable[float]) -> list[float]:
    return [value] if isinstance(value, int | float) else list(value)


def _shown(terms: list[float]) -> str:
    inner = " + ".join(number(term) for term in terms) or "0"
    return f"({inner})" if len(terms) > 1 else inner
