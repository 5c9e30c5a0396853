"""The rounds of a case in three layers: what each sheet says, what they come to, what was decided."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access.matrix import Permission
from app.access.policy import can
from app.cases.models import Case
from app.cases.offices import in_charge
from app.cases.states import Holder, Round
from app.core.db import db
from app.reference.models import AppealGround
from app.reviews.candidates import Candidate, candidates
from app.reviews.models import Assignment, Decision, Sheet, SheetState, Talk
from app.reviews.outcome import Outcome, outcome_of, settled
from app.reviews.queries import ROUND_OF, decisions
from app.reviews.service import DECIDING, REVIEWING, vacant


@dataclass
class RoundView:
    """One round: `rows` are the assignments in force, `ended` those taken off; `now` means the case is in it."""

    round: Round
    now: bool
    rows: list[Assignment] = field(default_factory=list)
    ended: list[Assignment] = field(default_factory=list)
    found: Outcome | None = None
    settled: bool = True
    deciding: bool = False
    talk: Talk | None = None
    decision: Decision | None = None

    @property
    def sent(self) -> list[Assignment]:
        return [row for row in self.rows if row.sheet and row.sheet.state is SheetState.SENT]

    @property
    def sheets(self) -> list[Sheet]:
        return [row.sheet for row in self.sent if row.sheet]

    @property
    def waiting(self) -> list[Assignment]:
        return [row for row in self.rows if row not in self.sent]


def rounds(case: Case) -> list[RoundView]:
    """Every round that has begun, the latest begun first."""
    present = ROUND_OF.get(case.state)
    views: dict[Round, RoundView] = {}
    for row in db.session.scalars(
        select(Assignment)
        .where(Assignment.case_id == case.id)
        .options(joinedload(Assignment.reviewer), joinedload(Assignment.sheet))
        .order_by(Assignment.id)
        .execution_options(populate_existing=True)
    ):
        view = views.setdefault(row.round, RoundView(row.round, row.round is present))
        (view.ended if row.ended_at else view.rows).append(row)
    decided = decisions(case)
    talks = {t.round: t for t in db.session.scalars(select(Talk).where(Talk.case_id == case.id))}
    for view in views.values():
        view.found = outcome_of(case.campaign, view.sheets, view.round)
        view.decision, view.talk = decided.get(view.round), talks.get(view.round)
        view.deciding = view.now and case.state in DECIDING
        view.settled = settled(case, view.round, view.found)
    return sorted(views.values(), key=lambda v: max(row.id for row in (*v.rows, *v.ended)), reverse=True)


@dataclass
class Places:
    """Who may be replaced in the present round, and by whom; `vacant` places stand empty."""

    vacant: int
    rows: list[Assignment]
    candidates: list[Candidate]


def places(actor: Any, case: Case, views: list[RoundView]) -> Places | None:
    """The assignments whose place can be given to somebody else; None when that is not the actor's to do."""
    view = next((v for v in views if v.now), None)
    if view is None or case.state not in REVIEWING or not can(actor, Permission.CASE_ASSIGN, case):
        return None
    if not in_charge(actor, case, Holder.ASSIGNING):
        return None
    empty = vacant(case, view.round)
    # The places that stand empty are those that were left last.
    left = sorted(view.ended, key=lambda row: row.ended_at or row.created_at)[-empty:] if empty else []
    return Places(empty, [*left, *view.waiting], candidates(case, view.round))


def appeal_grounds() -> dict[bool, list[AppealGround]]:
    """The coded grounds that may be chosen now, of accepting and of refusing."""
    query = select(AppealGround).where(AppealGround.retired_at.is_(None))
    rows = db.session.scalars(query.order_by(AppealGround.sort, AppealGround.id)).all()
    return {accepts: [row for row in rows if row.accepts is accepts] for accepts in (True, False)}
