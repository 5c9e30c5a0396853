"""How reviewers rate beside those who read the same cases: for the offices alone, and never a judgement by itself."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from sqlalchemy import ColumnElement, select

from app.access.models import PortalUser
from app.cases.models import Case
from app.core.db import db
from app.reviews.models import Assignment, Sheet, SheetState
from app.reviews.queries import LEVELS

# Under so many readings together with somebody the figures say next to nothing.
THIN = 10

Pair = tuple[int, int]


@dataclass(frozen=True)
class Figures:
    """One reviewer beside the co-reviewers: `readings` are sheets that somebody else's stands beside, `pairs`
    the levels compared.

    leniency: mean of the own level less the other's; levels are low when good, so minus is milder.
    agreement: percent of the pairs that lie at most one level apart. kappa: Cohen's with quadratic weights,
    None where one of the two only ever gave one level.
    """

    reviewer: PortalUser
    readings: int
    pairs: int
    leniency: float
    agreement: float
    kappa: float | None

    @property
    def thin(self) -> bool:
        return self.readings < THIN


def reviewer_figures(seen: ColumnElement[bool]) -> list[Figures]:
    """One row for each reviewer who has read a case of `seen` together with somebody, the strictest first."""
    sheets = db.session.execute(
        select(Assignment.case_id, Assignment.round, Assignment.reviewer_id, Sheet.levels)
        .join(Sheet, Sheet.assignment_id == Assignment.id)
        .join(Case, Case.id == Assignment.case_id)
        .where(seen, Sheet.state == SheetState.SENT, Assignment.ended_at.is_(None))
    )
    together: dict[Any, list[tuple[int, dict[str, int]]]] = defaultdict(list)
    for case_id, round_, reviewer_id, levels in sheets:
        together[case_id, round_].append((reviewer_id, levels))
    readings: dict[int, set[Any]] = defaultdict(set)
    pairs: dict[int, list[Pair]] = defaultdict(list)
    for place, read in together.items():
        for (me, mine), (_other, theirs) in permutations(read, 2):
            readings[me].add(place)
            pairs[me] += [(mine[code], theirs[code]) for code in mine if code in theirs]
    people = db.session.scalars(select(PortalUser).where(PortalUser.id.in_(pairs))).unique()
    rows = [_figures(user, len(readings[user.id]), pairs[user.id]) for user in people if pairs[user.id]]
    return sorted(rows, key=lambda row: (-row.leniency, row.reviewer.name))


def _figures(user: PortalUser, readings: int, pairs: Sequence[Pair]) -> Figures:
    near = sum(abs(mine - theirs) <= 1 for mine, theirs in pairs)
    return Figures(
        reviewer=user,
        readings=readings,
        pairs=len(pairs),
        leniency=sum(mine - theirs for mine, theirs in pairs) / len(pairs),
        agreement=100 * near / len(pairs),
        kappa=weighted_kappa(pairs),
    )


def weighted_kappa(pairs: Iterable[Pair]) -> float | None:
    """Cohen's weighted kappa with quadratic weights over the levels of a sheet (Cohen 1968).

    1 is perfect, 0 what chance gives; None when chance leaves nothing to disagree about.
    """
    found = list(pairs)
    first = [sum(mine == level for mine, _theirs in found) for level in LEVELS]
    second = [sum(theirs == level for _mine, theirs in found) for level in LEVELS]
    # The common divisor of the weights cancels out.
    seen = sum((mine - theirs) ** 2 for mine, theirs in found) * len(found)
    chance = sum(
        a * b * (x - y) ** 2
        for x, a in zip(LEVELS, first, strict=True)
        for y, b in zip(LEVELS, second, strict=True)
    )
    return 1 - seen / chance if chance else None
