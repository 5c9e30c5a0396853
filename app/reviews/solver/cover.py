"""Whether all cases can be served, at which smallest maximum load, and if not, which cases cannot and why.

A set R of reviewers shows that something is impossible: a case with d free reviewers outside R needs at least
per_case - d of R, and R has only so many places. A maximum flow finds either an assignment or such a set.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from app.reviews.solver.arcs import widened
from app.reviews.solver.flow import Mask, fill
from app.reviews.solver.model import FORBIDDEN, Instance, Ints


@dataclass(frozen=True)
class Task:
    """What is left to decide once locked pairs are set: they count as forbidden, their places as taken."""

    scores: Ints
    demand: Ints  # reviewers each case still needs
    capacity: Ints
    held: Ints  # locked cases of each reviewer

    @classmethod
    def of(cls, instance: Instance) -> "Task":
        """The task of an instance."""
        locked, scores = instance.locked, instance.scores
        if len(locked):
            scores = scores.copy()
            scores[locked[:, 0], locked[:, 1]] = FORBIDDEN
        demand = instance.per_case - np.bincount(locked[:, 0], minlength=len(instance.cases))
        return cls(scores, demand, instance.capacity, instance.loads(locked))

    def room(self, load: int) -> Ints:
        """Places left at each reviewer under a maximum load; below zero where more are locked."""
        return np.minimum(self.capacity, load) - self.held

    def needs(self, reviewers: Mask) -> Ints:
        """How many of these reviewers each case cannot do without."""
        others = (self.scores[:, ~reviewers] != FORBIDDEN).sum(axis=1)
        return np.maximum(self.demand - others, 0)


@dataclass(frozen=True)
class Shortage:
    """A set of reviewers with fewer places than the cases need of them, and the most that can be done."""

    reviewers: Mask
    served: Ints  # codes of pairs, as many as possible
    missing: int


class Served(NamedTuple):
    """Arcs among which every case finds its reviewers under a maximum load.

    `tight` are reviewers who cannot do with one case less each, where the load was to be the smallest.
    """

    load: int
    arcs: Ints
    tight: Mask | None = None


def serve(task: Task, load: int, arcs: Ints, *, further: int = 0) -> Served | Shortage:
    """Enough arcs, `arcs` and some more, or why there are none; with `further` reviewers without conflicts."""
    n, room = len(task.capacity), task.room(load)
    while True:
        cases, reviewers = np.divmod(arcs, n)
        missing, taken, short, reached = fill(
            cases, reviewers, task.demand, np.maximum(room, 0), further=further, load=load
        )
        if not missing and (room >= 0).all():
            return Served(load, arcs)
        if not missing:
            return Shortage(room < 0, arcs[taken], 0)
        # Pairs that lead out of the cut; those among the arcs are taken already.
        closed = np.where(reached, -FORBIDDEN, 0)
        wider = widened(arcs, task.scores, np.flatnonzero(short), price=closed, at_random=True)
        if len(wider) == len(arcs):
            return Shortage(reached, arcs[taken], missing)
        arcs = wider


def smallest_load(task: Task, arcs: Ints) -> Served | Shortage:
    """The smallest maximum load under which all cases are served, or why none does."""
    load = int(task.held.max(initial=0))
    tight, reviewers = task.held == load, np.ones(len(task.capacity), bool)
    while True:
        enough = load_for(task, reviewers, int(task.needs(reviewers).sum()), load)
        if enough is None:
            load = len(task.demand)
        elif enough > load:
            load, tight = enough, reviewers
        found = serve(task, load, arcs)
        if isinstance(found, Served):
            return found._replace(tight=tight)
        if enough is None or not found.missing:
            return found
        reviewers = found.reviewers


def load_for(task: Task, reviewers: Mask, needed: int, least: int) -> int | None:
    """The smallest maximum load from `least` that gives these reviewers enough places; None when none does."""
    low, high = least, len(task.demand)
    if task.room(high)[reviewers].sum() < needed:
        return None
    while low < high:
        middle = (low + high) // 2
        if task.room(middle)[reviewers].sum() >= needed:
            high = middle
        else:
            low = middle + 1
    return low
