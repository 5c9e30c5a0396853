"""在工作中: sweeps over the class, one code per pupil at the instant of looking (momentary sampling).

A cell is one pupil in one sweep; a later code for the same cell replaces the earlier. Cells of codes that do not
count (absent, unseen) stand in no denominator. Sums are divided by sums, never means of means.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from math import sqrt
from typing import Any

from app.instruments.analysis import Analysis, Figure, Note, Table, plain, ratio, share
from app.instruments.seating import Json, Seating

# The 97.5 % point of the normal distribution, for intervals of 95 %.
Z = 1.959963984540054

# eCOVE's rule: at least five sweeps, at least three seconds for a pupil.
LEAST_SWEEPS, LEAST_SECONDS = 5, 3

# With fewer looks than this a pupil's interval is wider than about 40 points.
THIN = 20


def wilson(hits: int, n: int) -> tuple[float, float] | None:
    """The 95 % score interval of Wilson (1927) for hits of n, in percent; None for n = 0.

    3 of 5 gives 23.1 to 88.2.
    """
    if not n:
        return None
    p, zz = hits / n, Z * Z
    middle = p + zz / (2 * n)
    half = Z * sqrt(p * (1 - p) / n + zz / (4 * n * n))
    return 100 * (middle - half) / (1 + zz / n), 100 * (middle + half) / (1 + zz / n)


def longest_off(cells: Iterable[bool | None]) -> int:
    """The most sweeps in a row off task; a look that did not count (None) ends the run, it is not known."""
    return max((len(list(run)) for on, run in groupby(cells) if on is False), default=0)


class Cells:
    """The folded cells: {sweep: {seat: (code, part)}}, and when each was first marked."""

    def __init__(self, record: Json) -> None:
        self.seating = Seating(record)
        self.codes: dict[str, Json] = {row["code"]: row for row in record["rule"]["codes"]}
        self.sweeps: dict[int, dict[str, tuple[str, int]]] = {}
        self.times: dict[int, dict[str, int | None]] = {}
        self.unknown: Counter[str] = Counter()
        for event in record["events"]:
            if event["code"] not in self.codes:
                self.unknown[event["code"]] += 1
            elif event["seat"] in self.seating.present:
                sweep, seat = event["sweep"], event["seat"]
                self.sweeps.setdefault(sweep, {})[seat] = (event["code"], event.get("part", 1))
                # A correction comes later than the look.
                self.times.setdefault(sweep, {}).setdefault(seat, event.get("t"))
        self.sweeps = dict(sorted(self.sweeps.items()))

    def on(self, sweep: int, seat: str) -> bool | None:
        """Was the pupil on task; None when not looked at, or when the look does not count."""
        row = self.codes.get(self.sweeps[sweep].get(seat, ("", 1))[0])
        return row.get("on_task", False) if row and row.get("counts", True) else None

    def tally(self, sweeps: Iterable[int], seats: Iterable[str]) -> tuple[int, int]:
        """(on task, seen) over some sweeps and seats."""
        seats = list(seats)
        looks = [on for sweep in sweeps for seat in seats if (on := self.on(sweep, seat)) is not None]
        return sum(looks), len(looks)

    def span(self, sweep: int) -> tuple[int, int] | None:
        """First and last mark of a sweep in ms; None when a mark has no time."""
        times = [t for t in self.times[sweep].values() if t is not None]
        return (min(times), max(times)) if len(times) == len(self.times[sweep]) else None


def analyse(record: Json) -> Analysis:
    """All of it for a record of the shape `record.check` accepts."""
    cells = Cells(record)
    tables = [_sweeps(cells), _codes(cells), _sweep_codes(cells), _pupils(cells), _parts(cells)]
    tables += _groups(cells)
    return Analysis(
        "at-task",
        tuple(_figures(cells)),
        {table.code: table for table in tables},
        tuple(_notes(record, cells)),
        {
            "trend": [(sweep, share(*cells.tally([sweep], cells.seating.present))) for sweep in cells.sweeps],
            "cells": {
                sweep: {seat: code for seat, (code, _part) in row.items()}
                for sweep, row in cells.sweeps.items()
            },
            "pupils": {seat: share(*cells.tally(cells.sweeps, [seat])) for seat in cells.seating.present},
        },
    )


def _figures(cells: Cells) -> Iterator[Figure]:
    on, seen = cells.tally(cells.sweeps, cells.seating.present)
    runs = {seat: _run(cells, seat) for seat in cells.seating.present}
    yield ratio(
        "on_task",
        on,
        seen,
        "100 × Σ on task / Σ present and seen",
        missing=cells.seating.missing or "zero_denominator",
    )
    yield plain("sweeps", len(cells.sweeps), "count", "sweeps")
    yield plain("looks", seen, "count", "Σ present and seen")
    yield plain(
        "longest_off_task",
        max(runs.values(), default=0) if seen else None,
        "count",
        "sweeps in a row",
        missing="zero_denominator",
    )
    spans = {sweep: cells.span(sweep) for sweep in cells.sweeps}
    timed = {sweep: span for sweep, span in spans.items() if span}
    steps = sum(len(cells.sweeps[sweep]) - 1 for sweep in timed)
    yield ratio(
        "seconds_per_pupil",
        sum(end - start for start, end in timed.values()) / 1000,
        steps,
        "Σ (last mark - first mark) / Σ (marks - 1)",
        unit="seconds",
        missing="zero_denominator" if timed else "not_timed",
    )


def _run(cells: Cells, seat: str) -> int:
    return longest_off(cells.on(sweep, seat) for sweep in cells.sweeps)


def _sweeps(cells: Cells) -> Table:
    rows = []
    for sweep, row in cells.sweeps.items():
        on, seen = cells.tally([sweep], cells.seating.present)
        start, end = cells.span(sweep) or (None, None)
        seconds = None if start is None or end is None else (end - start) / 1000
        pace = None if seconds is None or len(row) < 2 else seconds / (len(row) - 1)
        rows.append(
            (sweep, on, seen, share(on, seen), None if start is None else start / 1000, seconds, pace)
        )
    columns = ("sweep", "on_task", "seen", "percent", "start_s", "duration_s", "seconds_per_pupil")
    return Table("sweeps", columns, tuple(rows))


def _codes(cells: Cells) -> Table:
    """Counts of every code; the percent is of the looks that count."""
    counts = Counter(code for row in cells.sweeps.values() for code, _part in row.values())
    seen = cells.tally(cells.sweeps, cells.seating.present)[1]
    rows = tuple(
        (code, counts[code], share(counts[code], seen) if row.get("counts", True) else None)
        for code, row in cells.codes.items()
    )
    return Table("codes", ("code", "count", "percent"), rows)


def _sweep_codes(cells: Cells) -> Table:
    rows = []
    for sweep, row in cells.sweeps.items():
        counts = Counter(code for code, _part in row.values())
        rows.append((sweep, *(counts[code] for code in cells.codes)))
    return Table("sweep_codes", ("sweep", *(f"code:{code}" for code in cells.codes)), tuple(rows))


def _pupils(cells: Cells) -> Table:
    rows = []
    for seat in cells.seating.present:
        on, seen = cells.tally(cells.sweeps, [seat])
        low, high = wilson(on, seen) or (None, None)
        counts = Counter(row[seat][0] for row in cells.sweeps.values() if seat in row)
        per_code = (counts[code] for code in cells.codes)
        rows.append(
            (cells.seating.label(seat), on, seen, share(on, seen), low, high, _run(cells, seat), *per_code)
        )
    columns = ("seat", "on_task", "seen", "percent", "low", "high", "longest_off_task")
    return Table("pupils", (*columns, *(f"code:{code}" for code in cells.codes)), tuple(rows))


def _groups(cells: Cells) -> list[Table]:
    made = []
    for way, parts in cells.seating.groups().items():
        tallies = [(key, len(names), *cells.tally(cells.sweeps, names)) for key, names in parts.items()]
        rows = tuple((key, n, on, seen, share(on, seen)) for key, n, on, seen in tallies)
        if rows:
            made.append(Table(way, (way, "pupils", "on_task", "seen", "percent"), rows))
    return made


def _parts(cells: Cells) -> Table:
    looks: dict[int, list[bool]] = {}
    for sweep, row in cells.sweeps.items():
        for seat, (_code, part) in row.items():
            if (on := cells.on(sweep, seat)) is not None:
                looks.setdefault(part, []).append(on)
    rows = tuple((part, sum(own), len(own), share(sum(own), len(own))) for part, own in sorted(looks.items()))
    return Table("parts", ("part", "on_task", "seen", "percent"), rows)


def _notes(record: Json, cells: Cells) -> Iterator[Note]:
    yield from cells.seating.strays([event["seat"] for event in record["events"]])
    for code, n in sorted(cells.unknown.items()):
        yield Note("unknown_code", {"code": code, "n": n})
    if not cells.sweeps:
        yield Note("nothing_recorded")
        return
    looks = [seen for seat in cells.seating.present if (seen := cells.tally(cells.sweeps, [seat])[1])]
    if looks and min(looks) < THIN:
        yield Note("thin_sample", {"least": min(looks), "most": max(looks)})
    if len(cells.sweeps) < LEAST_SWEEPS:
        yield Note("few_sweeps", {"n": len(cells.sweeps), "least": LEAST_SWEEPS})
    fast: list[Any] = [
        row[0] for row in _sweeps(cells).rows if row[-1] is not None and row[-1] < LEAST_SECONDS
    ]
    if fast:
        yield Note("fast_sweeps", {"sweeps": ", ".join(str(sweep) for sweep in fast), "least": LEAST_SECONDS})
