"""How long the cases wait, and where: the ageing that shows an office its bottleneck."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy import case as db_case

from app.access.matrix import Role
from app.access.models import PortalUser
from app.campaigns.models import Campaign
from app.cases.models import Case
from app.cases.states import ENDED, STATES, Holder, State
from app.core import clock
from app.core.db import db
from app.reviews.models import Assignment

# Days in the present state: up to three, up to a week, up to two weeks, more. Two weeks are late for an office.
LIMITS = (3, 7, 14)

# A draft takes its teacher's time, and numbers wait for each other: neither is a bottleneck.
WORKING = (Holder.CHECKING, Holder.ASSIGNING, Holder.REVIEWERS, Holder.DECIDING)


OFFICE_COLUMNS = {
    Holder.CHECKING: Campaign.checking_office,
    Holder.ASSIGNING: Campaign.assigning_office,
    Holder.DECIDING: Campaign.deciding_office,
    Holder.ISSUING: Campaign.issuing_office,
}


def held_by(*holders: Holder) -> list[State]:
    """The states in which one of `holders` has to act."""
    return [state for state, info in STATES.items() if info.holder in holders]


def vacant() -> ColumnElement[bool]:
    """Cases in review of which a place stands empty, because a reviewer handed it back."""
    round_ = db_case(*((Case.state == state, STATES[state].round) for state in held_by(Holder.REVIEWERS)))
    places = select(func.count(Assignment.id)).where(
        Assignment.case_id == Case.id, Assignment.round == round_
    )
    needed = select(Campaign.reviewers_per_case).where(Campaign.id == Case.campaign_id).scalar_subquery()
    extra = places.where(Assignment.extra.is_(True)).scalar_subquery()
    taken = places.where(Assignment.ended_at.is_(None)).scalar_subquery()
    return and_(Case.state.in_(held_by(Holder.REVIEWERS)), taken < needed + db_case((extra > 0, 1), else_=0))


def waits_for(actor: PortalUser) -> ColumnElement[bool]:
    """Cases whose next step belongs to an office of the actor; an empty reviewer's place is one of assigning."""
    offices = [role.value for role in (Role.COUNTY, Role.CENTRE) if role in actor.role_set]
    if not offices:
        return false()
    return or_(
        *(
            and_(
                or_(Case.state.in_(held_by(holder)), vacant())
                if holder is Holder.ASSIGNING
                else Case.state.in_(held_by(holder)),
                Case.campaign_id.in_(select(Campaign.id).where(column.in_(offices))),
            )
            for holder, column in OFFICE_COLUMNS.items()
        )
    )


@dataclass(frozen=True)
class Ageing:
    """The cases of one state: how many in each span of `LIMITS` (one more than limits), and the oldest."""

    state: State
    counts: tuple[int, ...]
    oldest: datetime

    @property
    def number(self) -> int:
        return sum(self.counts)

    @property
    def long(self) -> int:
        """How many have waited longer than the last limit."""
        return self.counts[-1]


def ageing(seen: ColumnElement[bool]) -> list[Ageing]:
    """One row for each state in which cases under way stand, in the order of the workflow; one query."""
    now = clock.now()
    span = db_case(
        *((Case.state_since > now - timedelta(days=days), place) for place, days in enumerate(LIMITS)),
        else_=len(LIMITS),
    ).label("span")
    rows = db.session.execute(
        select(Case.state, span, func.count(), func.min(Case.state_since))
        .where(seen, Case.state.not_in(ENDED))
        .group_by(Case.state, span)
    )
    found: dict[State, list[int]] = {}
    oldest: dict[State, datetime] = {}
    for state, place, number, since in rows:
        found.setdefault(state, [0] * (len(LIMITS) + 1))[place] = number
        oldest[state] = min(since, oldest.get(state, since))
    return [Ageing(state, tuple(found[state]), oldest[state]) for state in State if state in found]


def bottleneck(rows: list[Ageing]) -> Ageing | None:
    """The step of an office or of reviewers in which most cases have waited longer than two weeks."""
    stuck = (row for row in rows if row.long and STATES[row.state].holder in WORKING)
    return max(stuck, key=lambda row: row.long, default=None)
