"""How far two observers agree: percent, Cohen's kappa on paired codes, Scott's pi on totals, and where they differ.

Cohen (1960): kappa = (Po - Pe) / (1 - Pe), Po the share of equal pairs, Pe = Σ pA(k) pB(k).
Scott (1955) as Flanders used it: Po = 1 - Σ|pA(k) - pB(k)| / 2, Pe = Σ((pA(k) + pB(k)) / 2)², the same quotient. It
compares totals and not moments, so two lists may agree in it and nowhere in time.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.instruments.record import Json

Code = int | str
Timed = Sequence[tuple[float, Code]]

# With fewer pairs than these, kappa jumps with every single code.
FEW = 30

# Pairs of codes that the tolerance allows: beyond it an alignment would take minutes and much memory. A lesson of
# 1,000 codes with a tolerance of ten beats has 21,000.
MOST_CHOICES = 500_000


@dataclass(frozen=True)
class Agreement:
    """The outcome. A value is None when its key in `missing` gives the reason: nothing_to_compare, one_category.

    `confusion` is {(code of a, code of b): pairs}; a disagreement is (t of a, code of a, t of b, code of b), the
    side that recorded nothing being None, None.
    """

    n: int
    percent: float | None
    kappa: float | None
    pi: float | None
    missing: dict[str, str]
    confusion: dict[tuple[Code, Code], int]
    disagreements: tuple[tuple[float | None, Code | None, float | None, Code | None], ...]
    unmatched: tuple[int, int] = (0, 0)

    @property
    def few(self) -> bool:
        """Are there too few pairs to lean on kappa?"""
        return self.n < FEW


class SeriesError(ValueError):
    """A document that is no pair of timed lists: `code` of the fault and where."""

    def __init__(self, message: str, *, code: str = "bad_series", **values: Any) -> None:
        super().__init__(message)
        self.code = code
        self.values = values


def timed_codes(document: Any) -> tuple[list[list[Any]], list[list[Any]]]:
    """The two lists of `{"a": [[seconds, code], …], "b": […]}`; SeriesError names side and place (from 1)."""
    if not isinstance(document, dict):
        raise SeriesError("the document must be an object with the lists a and b")
    for side in ("a", "b"):
        if not isinstance(document.get(side), list):
            raise SeriesError(f"{side} must be a list of [seconds, code]", side=side)
        for place, row in enumerate(document[side], 1):
            if not (isinstance(row, list) and len(row) == 2 and _is_time(row[0]) and _is_code(row[1])):
                raise SeriesError(
                    f"{side}, entry {place}: {row!r} is not [seconds, code]", side=side, position=place
                )
    return document["a"], document["b"]


def _is_time(value: Any) -> bool:
    # So written, the comparison is false for what is no number either; 1e9 seconds are thirty years.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _is_code(value: Any) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)


def kappa(pairs: Sequence[tuple[Code, Code]]) -> tuple[float | None, str]:
    """Cohen's kappa of paired codes and the reason where there is none."""
    n = len(pairs)
    if not n:
        return None, "nothing_to_compare"
    ours, theirs = Counter(a for a, _b in pairs), Counter(b for _a, b in pairs)
    # Whole numbers until the last step: Po = same / n, Pe = chance / n².
    same, chance = sum(a == b for a, b in pairs), sum(ours[k] * theirs[k] for k in ours)
    if chance == n * n:
        return None, "one_category"
    return (same * n - chance) / (n * n - chance), ""


def scott_pi(a: Sequence[Code], b: Sequence[Code]) -> tuple[float | None, str]:
    """Scott's pi of two lists of codes by their totals, and the reason where there is none."""
    if not a or not b:
        return None, "nothing_to_compare"
    ours, theirs = Counter(a), Counter(b)
    # Percentages over the common denominator len(a) × len(b).
    shares = [(ours[k] * len(b), theirs[k] * len(a)) for k in ours.keys() | theirs.keys()]
    whole = len(a) * len(b)
    if len(shares) == 1:
        return None, "one_category"
    observed = 1 - sum(abs(x - y) for x, y in shares) / (2 * whole)
    chance = sum((x + y) ** 2 for x, y in shares) / (4 * whole * whole)
    return (observed - chance) / (1 - chance), ""


def agreement(a: Iterable[Sequence[Any]], b: Iterable[Sequence[Any]], tolerance_s: float) -> Agreement:
    """Compare two lists of (seconds, code).

    Codes are matched one to one by time alone, in order, at most `tolerance_s` apart: were the codes looked at,
    kappa would be flattered. Percent and kappa rest on the n pairs; pi on all codes of both.
    """
    ours, theirs = ([(float(t), code) for t, code in sorted(side, key=lambda row: row[0])] for side in (a, b))
    matched = align([t for t, _code in ours], [t for t, _code in theirs], tolerance_s)
    left = sorted(set(range(len(ours))) - {i for i, _j in matched})
    right = sorted(set(range(len(theirs))) - {j for _i, j in matched})
    differ = [(*ours[i], *theirs[j]) for i, j in matched if ours[i][1] != theirs[j][1]]
    alone = [(*ours[i], None, None) for i in left] + [(None, None, *theirs[j]) for j in right]
    pi, no_pi = scott_pi([code for _t, code in ours], [code for _t, code in theirs])
    return _answer(
        [(ours[i][1], theirs[j][1]) for i, j in matched],
        pi,
        no_pi,
        sorted([*differ, *alone], key=lambda row: row[0] if row[0] is not None else row[2]),
        (len(left), len(right)),
    )


def compare(a: Sequence[Code], b: Sequence[Code]) -> Agreement:
    """Compare two lists beat by beat; t of a disagreement is the number of the beat, from 1."""
    pairs = list(zip(a, b, strict=True))
    differ = [(n, x, n, y) for n, (x, y) in enumerate(pairs, 1) if x != y]
    return _answer(pairs, *scott_pi(a, b), differ, (0, 0))


def series(record: Json) -> list[tuple[float, Code]]:
    """(seconds, code) of a Flanders record; codes without a time stand one beat apart."""
    beat = record["rule"].get("beat_s", 3)
    timed = [event.get("t") for event in record["events"]]
    return [
        (n * beat if None in timed else event["t"] / 1000, event["code"])
        for n, event in enumerate(record["events"], 1)
    ]


def align(a: Sequence[float], b: Sequence[float], tolerance: float) -> list[tuple[int, int]]:
    """Index pairs of two sorted lists of times, one to one, in order, at most `tolerance` apart.

    The alignment costs the distance of each pair and the tolerance for each time left alone, and is the cheapest;
    then the one with more pairs, then with the earlier ones. Symmetric in a and b.
    """
    # Microseconds, so that equal costs are equal.
    ours, theirs, limit = _micro(a), _micro(b), _micro([tolerance])[0]
    # Of the row of each ours[i] only the columns it can reach matter; what lies before can no longer be paired.
    reach = [(bisect_left(theirs, t - limit), bisect_right(theirs, t + limit)) for t in ours]
    if sum(high - low + 1 for low, high in reach) > MOST_CHOICES:
        raise SeriesError("too many codes lie within the tolerance of each other", code="dense")
    reach.append((len(theirs), len(theirs)))
    # best[i][j]: (cost, -pairs, places) and the pairs of having dealt with i of ours and j of theirs.
    best: list[dict[int, tuple[tuple[int, int, int], Any]]] = [{} for _ in reach]

    def offer(i: int, j: int, cost: int, pairs: int, places: int, chain: Any) -> None:
        column = max(j, reach[i][0])
        total = (cost + (column - j) * limit, pairs, places)
        if column not in best[i] or total < best[i][column][0]:
            best[i][column] = total, chain

    offer(0, 0, 0, 0, 0, None)
    for i, t in enumerate(ours):
        low, high = reach[i]
        for j in range(low, high + 1):
            if j not in best[i]:
                continue
            (cost, pairs, places), chain = best[i][j]
            offer(i + 1, j, cost + limit, pairs, places, chain)
            if j < high:
                offer(i, j + 1, cost + limit, pairs, places, chain)
                offer(i + 1, j + 1, cost + abs(t - theirs[j]), pairs - 1, places + i + j, ((i, j), chain))
    chain, matched = best[-1][len(theirs)][1], []
    while chain:
        pair, chain = chain
        matched.append(pair)
    return matched[::-1]


def _micro(times: Sequence[float]) -> list[int]:
    return [round(t * 1_000_000) for t in times]


def _answer(
    pairs: Sequence[tuple[Code, Code]],
    pi: float | None,
    no_pi: str,
    disagreements: Sequence[Any],
    unmatched: tuple[int, int],
) -> Agreement:
    value, no_kappa = kappa(pairs)
    missing = {"percent": "" if pairs else "nothing_to_compare", "kappa": no_kappa, "pi": no_pi}
    return Agreement(
        len(pairs),
        100 * sum(x == y for x, y in pairs) / len(pairs) if pairs else None,
        value,
        pi,
        {key: reason for key, reason in missing.items() if reason},
        dict(Counter(pairs)),
        tuple(disagreements),
        unmatched,
    )
