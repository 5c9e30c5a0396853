"""The proof of a solution, checked without the solver: feasible, and as good as its prices say it can be.

For any prices p >= 0 no assignment can exceed
    sum over cases of their best (score - p)  +  sum over reviewers of p * places,
for a pair is worth at most its score less price, plus the price of the place it uses. A solution that reaches
this bound is optimal over all pairs. And reviewers R prove that one case less per reviewer is too little, when
the cases need more of R than R then has (see `cover`).
"""

from typing import Protocol

import numpy as np

from app.reviews.solver.model import FORBIDDEN, Instance, Ints

ROWS = 512


class Claim(Protocol):
    """What is to be checked."""

    @property
    def pairs(self) -> Ints: ...
    @property
    def total(self) -> int: ...
    @property
    def max_load(self) -> int: ...
    @property
    def prices(self) -> Ints: ...
    @property
    def tight(self) -> np.ndarray | None: ...


def infeasible(instance: Instance, claim: Claim) -> list[str]:
    """Which rules the pairs break."""
    pairs, m, n = claim.pairs, len(instance.cases), len(instance.reviewers)
    loads = instance.loads(pairs)
    codes = pairs[:, 0] * n + pairs[:, 1]
    scores = instance.scores[pairs[:, 0], pairs[:, 1]]
    limit = claim.max_load if instance.max_load is None else min(instance.max_load, claim.max_load)
    rules = {
        "a pair twice": len(np.unique(codes)) == len(codes),
        "per_case": (np.bincount(pairs[:, 0], minlength=m) == instance.per_case).all(),
        "a conflict": (scores != FORBIDDEN).all(),
        "a locked pair": np.isin(instance.locked[:, 0] * n + instance.locked[:, 1], codes).all(),
        "a capacity": (loads <= instance.capacity).all(),
        "max_load": (loads <= limit).all() and loads.max(initial=0) == claim.max_load,
        "total": int(scores.sum()) == claim.total,
        "a price below zero": (claim.prices >= 0).all(),
    }
    return [rule for rule, kept in rules.items() if not kept]


def proved(instance: Instance, claim: Claim) -> bool:
    """Whether nothing allowed has a smaller maximum load or, at that load, a higher total."""
    smallest = instance.max_load is not None or not claim.max_load or needs_load(instance, claim)
    return smallest and upper_bound(instance, claim) == claim.total


def upper_bound(instance: Instance, claim: Claim) -> int:
    """What no assignment that keeps the locked pairs can exceed, by the prices."""
    m, n = len(instance.cases), len(instance.reviewers)
    cases, reviewers = instance.locked.T
    load = claim.max_load if instance.max_load is None else instance.max_load
    room = np.minimum(instance.capacity, load) - instance.loads(instance.locked)
    bound = int(instance.scores[cases, reviewers].sum()) + int((claim.prices * room).sum())
    demand = instance.per_case - np.bincount(cases, minlength=m)
    for first in range(0, m, ROWS):
        net = instance.scores[first : first + ROWS] - claim.prices
        mine = (cases >= first) & (cases < first + ROWS)
        net[cases[mine] - first, reviewers[mine]] = FORBIDDEN
        needed = demand[first : first + ROWS]
        for number in np.unique(needed[needed > 0]):
            rows = net[needed == number]
            bound += int(np.partition(rows, n - number, axis=1)[:, n - number :].sum())
    return bound


def needs_load(instance: Instance, claim: Claim) -> bool:
    """Whether the tight reviewers rule out that every load is one less."""
    tight, held = claim.tight, instance.loads(instance.locked)
    if tight is None:
        return False
    if (held[tight] >= claim.max_load).any():
        return True
    free = instance.scores != FORBIDDEN
    free[instance.locked[:, 0], instance.locked[:, 1]] = False
    demand = instance.per_case - np.bincount(instance.locked[:, 0], minlength=len(instance.cases))
    needed = np.maximum(demand - free[:, ~tight].sum(axis=1), 0).sum()
    places = np.minimum(instance.capacity, claim.max_load - 1) - held
    return bool(needed > places[tight].sum())
