"""The highest total, proved over all pairs although the flow sees only a few of them.

The flow is solved on some arcs per case. Its dual, a price for a place at each reviewer, is read from the
solution; every pair whose score less price beats what its case has is an arc that was missing. When there is
none left, the prices prove the optimum over all pairs (see `certificate`).
"""

import numpy as np

from app.reviews.solver.arcs import widened
from app.reviews.solver.cover import Task
from app.reviews.solver.flow import Mask, dearest
from app.reviews.solver.model import FORBIDDEN, Ints


def optimise(task: Task, load: int, arcs: Ints) -> tuple[Ints, Ints]:
    """Codes case * reviewers + reviewer of the chosen pairs, and the price of each reviewer.

    `arcs` are codes of pairs that can meet the demand under the load.
    """
    n, room, demand = len(task.capacity), task.room(load), task.demand
    while True:
        cases, reviewers = np.divmod(arcs, n)
        worth = task.scores[cases, reviewers]
        taken = dearest(cases, reviewers, worth, demand, room)
        price = prices(cases, reviewers, worth, taken, len(demand), n)
        least = np.full(len(demand), np.iinfo(np.int64).max)
        np.minimum.at(least, cases[taken], (worth - price[reviewers])[taken])
        wider = widened(arcs, task.scores, np.flatnonzero(demand), price=price, least=least)
        if len(wider) == len(arcs):
            return arcs[taken], price
        arcs = wider


def prices(cases: Ints, reviewers: Ints, worth: Ints, taken: Mask, m: int, n: int) -> Ints:
    """The lowest prices under which every case has its best arcs: longest paths in the residual graph.

    A case that would rather change from j to j' asks j' to be dearer by what it would gain.
    """
    price = np.zeros(n, np.int64)
    have, want = np.flatnonzero(taken), np.flatnonzero(~taken)
    want = want[np.argsort(reviewers[want], kind="stable")]
    wanted, starts = reviewers[want], np.flatnonzero(np.diff(reviewers[want], prepend=-1))
    for _ in range(n + 1):
        gives = np.full(m, FORBIDDEN)
        np.maximum.at(gives, cases[have], price[reviewers[have]] - worth[have])
        raised = price.copy()
        if len(want):
            bids = np.maximum.reduceat(gives[cases[want]] + worth[want], starts)
            raised[wanted[starts]] = np.maximum(raised[wanted[starts]], bids)
        if (raised == price).all():
            return price
        price = raised
    raise AssertionError("the flow was not optimal")
