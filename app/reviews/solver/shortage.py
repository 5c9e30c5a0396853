"""Why an instance has no assignment: which cases cannot all be served, and the smallest changes that would do."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from app.reviews.solver.cover import Served, Shortage, Task, serve, smallest_load
from app.reviews.solver.model import FORBIDDEN, Instance, Ints


@dataclass(frozen=True)
class Infeasible:
    """Cases that need more places of some reviewers than those have; each of the remedies would do alone.

    `limits` gives reviewers whose limit would have to rise, from and to; `max_load` the smallest that would do
    with the capacities as they are; `further` how many reviewers without conflicts more.
    """

    cases: list[Hashable]
    reviewers: list[Hashable]
    needed: int
    places: int
    locked: bool  # the places are exceeded by locked pairs
    limits: dict[Hashable, tuple[int, int]]
    max_load: int | None
    further: int | None

    @property
    def reason(self) -> str:
        """The shortage and its remedies in words."""
        cases = f"case {self.cases[0]!r} needs" if len(self.cases) == 1 else f"{len(self.cases)} cases need"
        if self.locked:
            said = (
                f"locked pairs take {self.needed} places of {few(self.reviewers)}, who may take {self.places}"
            )
        elif not self.reviewers:
            said = f"{cases} {counted(self.needed, 'reviewer')} more than are free of conflicts with it"
        else:
            said = (
                f"{cases} {counted(self.needed, 'place')} at {few(self.reviewers)}, "
                f"having nobody else; there are {self.places}"
            )
        remedies = []
        if self.max_load is not None:
            remedies.append(f"max_load {self.max_load}")
        if self.limits:
            more = sum(then - now for now, then in self.limits.values())
            whom = [f"{name!r} {then} instead of {now}" for name, (now, then) in self.limits.items()]
            remedies.append(f"{counted(more, 'place')} more ({listed(whom)})")
        if self.further is not None:
            remedies.append(f"{counted(self.further, 'reviewer')} more without conflicts")
        return f"{said}. It would do: {'; or '.join(remedies)}." if remedies else f"{said}."


def explain(instance: Instance, task: Task, shortage: Shortage, arcs: Ints) -> Infeasible:
    """The shortage in the instance's own ids, with its remedies."""
    tight, room = shortage.reviewers, task.room(limit(instance))
    if shortage.missing:
        needs = task.needs(tight)
        places = int(np.maximum(room, 0)[tight].sum())
        order = np.argsort(-needs, kind="stable")
        witness = np.sort(order[: int(np.searchsorted(np.cumsum(needs[order]), places, side="right")) + 1])
        needed = int(needs[witness].sum())
    else:
        witness = np.unique(instance.locked[tight[instance.locked[:, 1]], 0])
        needed, places = int(task.held[tight].sum()), int((room + task.held)[tight].sum())
    assert needed > places
    higher = None if instance.max_load is None else smallest_load(task, arcs)
    return Infeasible(
        cases=[instance.cases[case] for case in witness],
        reviewers=[instance.reviewers[reviewer] for reviewer in np.flatnonzero(tight)],
        needed=needed,
        places=places,
        locked=not shortage.missing,
        limits=raised(instance, task, shortage),
        max_load=higher.load if isinstance(higher, Served) else None,
        further=further(task, shortage, limit(instance)),
    )


def limit(instance: Instance) -> int:
    """The maximum load, which no limit cannot exceed either: every case once."""
    return len(instance.cases) if instance.max_load is None else instance.max_load


def raised(instance: Instance, task: Task, shortage: Shortage) -> dict[Hashable, tuple[int, int]]:
    """The fewest places more that serve everyone, and where; empty when some case has too few reviewers."""
    n, room = len(task.capacity), task.room(limit(instance))
    cases, reviewers = np.divmod(shortage.served, max(n, 1))
    more = np.maximum(-room, 0)
    short = task.demand - np.bincount(cases, minlength=len(task.demand))
    for case in np.flatnonzero(short):
        free = task.scores[case] != FORBIDDEN
        free[reviewers[cases == case]] = False
        # Spread: whoever takes fewest more comes first.
        who = np.flatnonzero(free)
        who = who[np.argsort(more[who], kind="stable")][: short[case]]
        if len(who) < short[case]:
            return {}
        more[who] += 1
    now = room + task.held
    return {
        instance.reviewers[reviewer]: (int(now[reviewer]), int(now[reviewer] + more[reviewer]))
        for reviewer in np.flatnonzero(more)
    }


def further(task: Task, shortage: Shortage, load: int) -> int | None:
    """How many reviewers without conflicts and capacity of their own would do; None when none can help."""
    if (task.room(load) < 0).any() or load == 0:
        return None
    number = -(-shortage.missing // load)
    while isinstance(serve(task, load, shortage.served, further=number), Shortage):
        number += 1
    return number


def counted(number: int, noun: str) -> str:
    """1 place, 2 places."""
    return f"{number} {noun}{'s' * (number != 1)}"


def few(names: list[Hashable]) -> str:
    """Up to five names."""
    return listed([repr(name) for name in names])


def listed(parts: list[str]) -> str:
    """Up to five of them."""
    return ", ".join(parts[:5]) + (f" and {len(parts) - 5} others" if len(parts) > 5 else "")
