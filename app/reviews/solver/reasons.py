"""Why a case has a reviewer, and why it has not the others: codes with values; the words are the screens'."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.reviews.solver.model import FORBIDDEN, Instance, Ints
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


def reasons(instance: Instance, solution: Solution) -> Iterator[list[Reason]]:
    """Case by case, the reason of every reviewer in the instance's order."""
    m, n, held = len(instance.cases), len(instance.reviewers), instance.loads(instance.locked)
    most = solution.max_load if instance.max_load is None else instance.max_load
    limits, loads = np.minimum(instance.capacity, most), instance.loads(solution.pairs).tolist()
    closed, limit, prices = (held >= limits).tolist(), limits.tolist(), solution.prices.tolist()
    # 0: not in the pairs, 1: in them, 2: locked.
    given = np.zeros((m, n), np.int64)
    given[tuple(solution.pairs.T)] = 1
    given[tuple(instance.locked.T)] = 2
    value = instance.value

    def row(scores: Ints, how: Ints) -> list[Reason]:
        net, chosen = scores - solution.prices, how == 1
        settled = not chosen.any()
        worst, least = (0, 0) if settled else (int(net[chosen].min()), int(scores[chosen].min()))

        def of(reviewer: int, score: int, lost: int, how: int) -> Reason:
            if score == FORBIDDEN:
                return Reason("conflict")
            if how:
                rank = 1 + int((scores > score).sum())
                return Reason("locked" if how == 2 else "chosen", {"score": value(score), "rank": rank})
            if settled:
                return Reason("settled")
            if closed[reviewer]:
                return Reason("closed", {"limit": limit[reviewer]})
            if lost == 0:
                return Reason("equal", {"score": value(score)})
            values = {"score": value(score), "chosen": value(least), "loss": value(lost)}
            if score <= least:
                return Reason("lower", values)
            values |= {"load": loads[reviewer], "limit": limit[reviewer], "price": value(prices[reviewer])}
            return Reason("full", values)

        rows = zip(range(n), scores.tolist(), (worst - net).tolist(), how.tolist(), strict=True)
        return [of(*each) for each in rows]

    return map(row, instance.scores, given)
