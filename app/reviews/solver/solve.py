"""The assignment of an instance: smallest maximum load, then highest total; or why there is none."""

from dataclasses import dataclass, replace

import numpy as np

from app.reviews.solver.arcs import widened
from app.reviews.solver.certificate import infeasible, proved
from app.reviews.solver.cover import Shortage, Task, serve, smallest_load
from app.reviews.solver.flow import Mask
from app.reviews.solver.model import Instance, Ints
from app.reviews.solver.optimum import optimise
from app.reviews.solver.shortage import Infeasible, explain


@dataclass(frozen=True)
class Solution:
    """Pairs by position, and what proves them: a price for a place at each reviewer, and who is tight.

    `total` is in scaled scores. `max_load` is what is reached. `tight` are reviewers who cannot do with one case
    less each (None where the instance gives the maximum load).
    """

    pairs: Ints  # rows (case, reviewer), sorted
    total: int
    max_load: int
    prices: Ints
    tight: Mask | None
    optimal: bool = False


def solve(instance: Instance) -> Solution | Infeasible:
    """Assign; `optimal` says that the proof was checked, over the scores as the instance has them."""
    task = Task.of(instance)
    rows = np.flatnonzero(task.demand)
    arcs = widened(np.empty(0, np.int64), task.scores, rows)
    arcs = widened(arcs, task.scores, rows, at_random=True)
    if instance.max_load is None:
        found = smallest_load(task, arcs)
    else:
        found = serve(task, instance.max_load, arcs)
    if isinstance(found, Shortage):
        return explain(instance, task, found, arcs)
    chosen, prices = optimise(task, found.load, found.arcs)
    pairs = np.stack(np.divmod(chosen, max(1, len(instance.reviewers))), axis=1)
    pairs = np.unique(np.concatenate([pairs, instance.locked]), axis=0)
    total = int(instance.scores[pairs[:, 0], pairs[:, 1]].sum())
    solution = Solution(pairs, total, int(instance.loads(pairs).max(initial=0)), prices, found.tight)
    assert not (broken := infeasible(instance, solution)), broken
    return replace(solution, optimal=proved(instance, solution))
