"""What is to be solved: a document of SURFACE's `assign solve`, read strictly into arrays."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.reviews.solver.errors import Malformed

Ints = NDArray[np.int64]

# The score of a pair that may not be (conflict) or is settled (locked): below every sum of real scores.
FORBIDDEN = -(2**61)
DECIMALS = 15
MOST_PER_CASE = 100


@dataclass(frozen=True)
class Instance:
    """Cases and reviewers by their position; scores are whole numbers, `scale` times those of the document.

    A pair without a score counts 0 and is allowed. `exact` is False when scores had more digits than fit and
    were rounded to 1/scale.
    """

    cases: list[Hashable]
    reviewers: list[Hashable]
    per_case: int
    max_load: int | None
    capacity: Ints  # per reviewer; unlimited is the number of cases
    scores: Ints  # cases x reviewers, FORBIDDEN where they conflict
    locked: Ints  # rows (case, reviewer), sorted
    scale: int = 1
    exact: bool = True

    @property
    def allowed(self) -> NDArray[np.bool_]:
        """Which pairs are free of conflict."""
        return self.scores != FORBIDDEN

    def loads(self, pairs: Ints) -> Ints:
        """Cases of each reviewer in rows (case, reviewer)."""
        return np.bincount(pairs[:, 1], minlength=len(self.reviewers))

    def value(self, scaled: int) -> int | float:
        """A sum of scores in the document's own unit."""
        return scaled if self.scale == 1 else scaled / self.scale


def read(document: Any) -> Instance:
    """The instance in a parsed document; Malformed names the first place that is wrong.

    Ids are text or whole numbers. A capacity that is missing or null is unlimited. The same pair may be
    listed twice if its score is the same; the score of a conflicting pair is not used.
    """
    if not isinstance(document, dict):
        raise Malformed("", "an object with per_case, cases, reviewers and conflicts is expected")
    per_case = whole(document.get("per_case"), "per_case", least=1, most=MOST_PER_CASE)
    max_load = document.get("max_load")
    if max_load is not None:
        max_load = whole(max_load, "max_load")
    cases, reviewers = ids(document, "cases"), ids(document, "reviewers")
    shape = len(cases), len(reviewers)
    capacity = np.full(shape[1], shape[0], np.int64)
    for position, reviewer in enumerate(document["reviewers"]):
        if reviewer.get("capacity") is not None:
            named = whole(reviewer["capacity"], f"reviewers[{position}].capacity")
            capacity[position] = min(named, shape[0])
    index = {name: n for n, name in enumerate(cases)}, {name: n for n, name in enumerate(reviewers)}
    conflicts = columns(rows(document, "conflicts"), "conflicts", index)[0]
    locked = columns(rows(document, "locked", optional=True), "locked", index)[0]
    listed, values = columns(rows(document, "scores", optional=True), "scores", index, scored=True)
    scaled, scale, exact = whole_scores(values, per_case * (sum(shape) + 2))
    scores = np.zeros(shape, np.int64)
    scores[listed[:, 0], listed[:, 1]] = scaled
    if len(clash := np.flatnonzero(scores[listed[:, 0], listed[:, 1]] != scaled)):
        raise Malformed(f"scores[{clash[0]}]", "the same pair has another score further on")
    scores[conflicts[:, 0], conflicts[:, 1]] = FORBIDDEN
    if len(clash := np.flatnonzero(scores[locked[:, 0], locked[:, 1]] == FORBIDDEN)):
        raise Malformed(f"locked[{clash[0]}]", "the pair is in conflicts too")
    locked = np.unique(locked, axis=0)
    held = np.bincount(locked[:, 0], minlength=shape[0])
    if len(over := np.flatnonzero(held > per_case)):
        raise Malformed(
            "locked", f"case {cases[over[0]]!r} has {held[over[0]]} pairs, per_case is {per_case}"
        )
    return Instance(cases, reviewers, per_case, max_load, capacity, scores, locked, scale, exact)


def whole(value: Any, place: str, *, least: int = 0, most: int = 10**9) -> int:
    """A whole number within bounds; 3.0 is one, true is none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Malformed(place, f"a whole number from {least} to {most} is expected")
    return value


def ids(document: dict[str, Any], key: str) -> list[Hashable]:
    """The ids under a key, each text or a whole number, none twice."""
    listed = document.get(key)
    seen: dict[Hashable, int] = {}
    if not isinstance(listed, list):
        raise Malformed(key, "a list of objects with an id is expected")
    for position, entry in enumerate(listed):
        name = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(name, str | int) or isinstance(name, bool):
            raise Malformed(f"{key}[{position}].id", "text or a whole number is expected")
        if name in seen:
            raise Malformed(f"{key}[{position}].id", f"{name!r} is {key}[{seen[name]}] already")
        seen[name] = position
    return list(seen)


def rows(document: dict[str, Any], key: str, *, optional: bool = False) -> list[Any]:
    """The list under a key."""
    listed = document.get(key)
    if optional and listed is None:
        return []
    if not isinstance(listed, list):
        raise Malformed(key, "a list is expected ([] when there is none)")
    return listed


def columns(
    listed: list[Any], key: str, index: tuple[dict[Hashable, int], ...], *, scored: bool = False
) -> tuple[Ints, NDArray[Any]]:
    """Rows [case, reviewer] or [case, reviewer, score] as positions and as scores."""
    pairs, values = np.empty((len(listed), 2), np.int64), np.empty(0, np.int64)
    if not listed:
        return pairs, values
    try:
        if {*map(type, listed)} != {list} or {*map(len, listed)} != {2 + scored}:
            raise ValueError
        flat = list(chain.from_iterable(listed))
        for side, known in enumerate(index):
            named = flat[side :: 2 + scored]
            pairs[:, side] = np.fromiter(map(known.__getitem__, named), np.int64, len(named))
        if scored:
            values = numbers(flat[2::3])
    except (KeyError, TypeError, ValueError):
        raise blame(listed, key, index, scored) from None
    return pairs, values


def numbers(listed: Sequence[Any]) -> NDArray[Any]:
    """Scores as one array of whole or floating numbers; ValueError for anything else."""
    if not {*map(type, listed)} <= {int, float}:
        raise ValueError
    array = np.array(listed)
    if array.dtype.kind not in "if" or not np.isfinite(array).all():
        raise ValueError
    return array


def blame(listed: list[Any], key: str, index: tuple[dict[Hashable, int], ...], scored: bool) -> Malformed:
    """Which row is wrong, and how."""
    sides = ("case", "reviewer")
    for position, row in enumerate(listed):
        place = f"{key}[{position}]"
        if not isinstance(row, list) or len(row) != 2 + scored:
            return Malformed(place, f"[case, reviewer{', score' * scored}] is expected")
        for side, known, name in zip(sides, index, row, strict=False):
            if not isinstance(name, str | int) or name not in known:
                return Malformed(place, f"there is no {side} {name!r}")
        try:
            numbers(row[2:])
        except ValueError:
            return Malformed(place, f"{row[2]!r} is not a score")
    return Malformed(key, "whole numbers beyond 64 bits beside fractions")


def whole_scores(values: NDArray[Any], nodes: int) -> tuple[Ints, int, bool]:
    """Scores as whole numbers, what they were multiplied by, and whether nothing was lost.

    The flow multiplies costs by its number of nodes, so what fits depends on the instance: 13 digits at
    20,000 cases. Decimal fractions are taken as written (0.1 is one tenth). More digits than fit are rounded.
    """
    most = float(np.abs(values).max(initial=0))
    room = min(2.0**53, 2.0**60 / nodes)
    if most > room:
        raise Malformed("scores", f"{most:g} is too large; {room:.0f} is the most")
    if values.dtype.kind == "i":
        return values, 1, True
    for places in range(DECIMALS + 1):
        scaled = np.rint(values * 10**places)
        exact = bool((scaled / 10**places == values).all())
        if exact or most * 10 ** (places + 1) > room:
            break
    return scaled.astype(np.int64), 10**places, exact
