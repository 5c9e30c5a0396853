"""Two observers of one lesson: what agrees, and the moments to talk through."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.core.errors import Invalid
from app.instruments.agreement import FEW, Agreement, SeriesError, agreement, compare, series
from app.instruments.at_task import Cells
from app.observations import words
from app.observations.present import NOTHING, ShownTable

Record = dict[str, Any]
COMPARED = ("flanders", "at-task")
# Starts that lie further apart than this are no two starts of one lesson: the difference says nothing.
SAME_LESSON_S = 900


@dataclass(frozen=True)
class Value:
    """One measure of agreement: `why` says why it is —, `meaning` what it compares."""

    label: str
    value: str
    why: str
    meaning: str


@dataclass(frozen=True)
class Comparison:
    """The outcome in words; `confusion` has the first observer's codes as rows.

    A disagreement is (when, code of the first, when, code of the second); in `single` one of them wrote nothing.
    """

    values: list[Value]
    notes: list[str]
    confusion: ShownTable | None
    disagreements: list[tuple[str, str, str, str]]
    single: list[tuple[str, str, str, str]]


def later(a: Record, b: Record) -> float:
    """By how many seconds the second recording began later, 0 where the starts do not tell."""
    starts = [datetime.fromisoformat(start) for start in (a.get("started_at"), b.get("started_at")) if start]
    seconds = (starts[1] - starts[0]).total_seconds() if len(starts) == 2 else 0
    return seconds if abs(seconds) <= SAME_LESSON_S else 0


def comparison(a: Record, b: Record, *, tolerance_s: float, later_s: float) -> Comparison:
    """Compare two records of one instrument; `Invalid` with the reason when they cannot be compared."""
    if a["uid"] == b["uid"]:
        raise Invalid(_("These are one and the same recording. Please choose two."), code="same")
    if a["instrument"] != b["instrument"]:
        raise Invalid(_("The two recordings were made with different instruments."), code="instruments")
    if a["instrument"] not in COMPARED:
        raise Invalid(
            _("Only recordings of Flanders and of at-task sweeps can be compared code by code."),
            code="instrument",
        )
    if not a["events"] or not b["events"]:
        raise Invalid(_("One of the recordings is empty."), code="empty")
    if a["instrument"] == "flanders":
        theirs = [(t + later_s, code) for t, code in series(b)]
        try:
            found = agreement(series(a), theirs, tolerance_s)
        except SeriesError:
            raise Invalid(
                _("Too many codes lie within the tolerance. Please choose a smaller one."), code="dense"
            ) from None
        return _shown(found, a, _clock)
    looks = [_looks(record) for record in (a, b)]
    both = sorted(looks[0].keys() & looks[1].keys())
    found = compare([looks[0][key] for key in both], [looks[1][key] for key in both])

    def place(n: float | None) -> str:
        sweep, seat = both[int(n or 1) - 1]
        return _("Sweep %(sweep)s, seat %(seat)s", sweep=sweep, seat=seat)

    return _shown(found, a, place)


def _looks(record: Record) -> dict[tuple[int, str], str]:
    """(sweep, the pupil's code) -> code: two observers may have drawn the plan each for themselves."""
    cells = Cells(record)
    return {
        (sweep, cells.seating.label(seat)): code
        for sweep, row in cells.sweeps.items()
        for seat, (code, _part) in row.items()
        # Pupils whom neither could observe are no agreement.
        if cells.on(sweep, seat) is not None
    }


def _clock(seconds: float | None) -> str:
    if seconds is None:  # of the side that wrote nothing
        return NOTHING
    sign = "-" if seconds < 0 else ""
    return f"{sign}{int(abs(seconds)) // 60}:{int(abs(seconds)) % 60:02}"


def _shown(found: Agreement, record: Record, place: Any) -> Comparison:
    names = words.declared(record)

    def name(code: Any) -> str:
        if code is None:
            return _("(nothing recorded)")
        return f"{code} {words.category(code)}" if isinstance(code, int) else names.get(code, str(code))

    meanings = {
        "percent": _("Pairs with the same code, of all pairs."),
        "kappa": _("The same, less what chance alone would give; compares moments."),
        "pi": _("Compares the totals of the codes only; two lists may agree in it and nowhere in time."),
    }
    labels = {"percent": _("Agreement in percent"), "kappa": _("Cohen's kappa"), "pi": _("Scott's pi")}
    values = [
        Value(_("Pairs compared"), str(found.n), "", _("Codes of both observers that belong to one moment."))
    ]
    for key, label in labels.items():
        value = getattr(found, key)
        text = NOTHING if value is None else f"{value:.1f}%" if key == "percent" else f"{value:.2f}"
        values.append(
            Value(label, text, words.reason(found.missing[key]) if value is None else "", meanings[key])
        )
    notes = []
    if found.n and found.few:
        notes.append(
            _(
                "Only %(n)s pairs; below %(least)s a single code moves kappa a good deal.",
                n=found.n,
                least=FEW,
            )
        )
    if any(found.unmatched):
        notes.append(
            _(
                "Without a counterpart within the tolerance: %(a)s of the first, %(b)s of the second observer.",
                a=found.unmatched[0],
                b=found.unmatched[1],
            )
        )
    rows = [(place(t), name(x), place(u), name(y), None in (x, y)) for t, x, u, y in found.disagreements]
    apart = [row[:4] for row in rows if not row[4]]
    single = [row[:4] for row in rows if row[4]]
    return Comparison(values, notes, _confusion(found, name), apart, single)


def _confusion(found: Agreement, name: Any) -> ShownTable | None:
    if not found.n:
        return None
    counts = Counter(found.confusion)
    codes = sorted({code for pair in counts for code in pair})
    columns = [_("First observer"), *(name(code) for code in codes), words.label("total")]
    rows = [
        [name(a), *(str(counts[a, b]) for b in codes), str(sum(counts[a, b] for b in codes))] for a in codes
    ]
    # Shade 1 marks the diagonal, where both wrote the same.
    shades = [[0, *(int(a == b) for b in codes), 0] for a in codes]
    return ShownTable(
        "confusion", _("Who wrote what"), columns, rows, [False, *(True for _code in codes), True], shades
    )
