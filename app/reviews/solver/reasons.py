"""Why a case has a reviewer, and why it has not the others: codes with values; the words are the screens'."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.reviews.solver.model import FORBIDDEN, Instance
from app.reviews.solver.solve import Solution


@dataclass(frozen=True)
class Reason:
    """A code and its figures, in the document's own unit.

    locked, chosen   score, rank (1 is the best score among the reviewers the case may have)
    conflict         -
    settled          every place of the case is locked
    closed           limit: the reviewer takes no cases, or only locked ones
    equal            score: as good as what was chosen, all told
    lower            score, chosen (the least score the case got), loss
    full             score, chosen, loss, load, limit, price: worth more elsewhere
    `loss` is what the total would lose at least if the pair were made; `price` what one place more at that
    reviewer would bring to the total.
    """

    code: str
    values: dict[str, Any] = field(default_factory=dict)


def reasons(instance: Instance, solution: Solution, case: int) -> list[Reason]:
    """The reason of every reviewer, in the instance's order, for one case."""
    n, scores = len(instance.reviewers), instance.scores[case]
    mine = np.zeros(n, bool)
    mine[solution.pairs[solution.pairs[:, 0] == case, 1]] = True
    locked = np.zeros(n, bool)
    locked[instance.locked[instance.locked[:, 0] == case, 1]] = True
    chosen, net = mine & ~locked, scores - solution.prices
    loads, most = instance.loads(solution.pairs), solution.max_load
    if instance.max_load is not None:
        most = instance.max_load
    limits = np.minimum(instance.capacity, most)
    room = limits - instance.loads(instance.locked)

    def of(reviewer: int) -> Reason:
        score = instance.value(int(scores[reviewer]))
        if scores[reviewer] == FORBIDDEN:
            return Reason("conflict")
        if mine[reviewer]:
            rank = 1 + int((scores > scores[reviewer]).sum())
            return Reason("locked" if locked[reviewer] else "chosen", {"score": score, "rank": rank})
        if not chosen.any():
            return Reason("settled")
        if room[reviewer] <= 0:
            return Reason("closed", {"limit": int(limits[reviewer])})
        lost, least = int(net[chosen].min() - net[reviewer]), int(scores[chosen].min())
        if lost == 0:
            return Reason("equal", {"score": score})
        values = {"score": score, "chosen": instance.value(least), "loss": instance.value(lost)}
        if scores[reviewer] <= least:
            return Reason("lower", values)
        price = instance.value(int(solution.prices[reviewer]))
        full = {"load": int(loads[reviewer]), "limit": int(limits[reviewer]), "price": price}
        return Reason("full", values | full)

    return [of(reviewer) for reviewer in range(n)]
