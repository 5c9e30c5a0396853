"""What a draft campaign's bands would say of sheets that reviewers have sent."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import contains_eager, joinedload

from app.access.models import PortalUser
from app.campaigns.models import Campaign
from app.cases.models import Case
from app.cases.states import ENDED, Round, Verdict
from app.core.db import db
from app.reviews.models import Assignment, Decision, Sheet, SheetState
from app.reviews.outcome import outcome_of


@dataclass(frozen=True)
class Change:
    """One open case whose proposed result would be another; None: no result is defined for its sum."""

    case: Case
    round: Round
    value_before: int | None
    value_after: int | None
    before: Verdict | None
    after: Verdict | None


@dataclass(frozen=True)
class Outcomes:
    """`looked_at` rounds of open cases had sheets; `changes` would come out otherwise."""

    looked_at: int
    changes: list[Change]


def outcomes(actor: PortalUser, draft: Campaign) -> Outcomes:
    """Every open case of the draft's county and track but the actor's own, each undecided round with sheets, under its
    own rules and the draft's.

    Nothing happens to these cases: they keep the rules they were sent under.
    """
    rows = db.session.scalars(
        select(Assignment)
        .join(Assignment.case)
        .join(Assignment.sheet)
        .where(
            Case.county_id == draft.county_id,
            Case.track == draft.track,
            Case.state.not_in(ENDED),
            Case.applicant_id != actor.id,
            ~exists().where(Decision.case_id == Case.id, Decision.round == Assignment.round),
            Assignment.ended_at.is_(None),
            Sheet.state == SheetState.SENT,
        )
        .options(
            contains_eager(Assignment.sheet),
            contains_eager(Assignment.case).options(
                joinedload(Case.applicant),
                joinedload(Case.school),
                joinedload(Case.campaign).selectinload(Campaign.amendments),
            ),
        )
        .order_by(Case.id, Assignment.round, Assignment.id)
    ).all()
    grouped: dict[tuple[Case, Round], list[Sheet]] = defaultdict(list)
    for row in rows:
        if row.sheet is not None:
            grouped[row.case, row.round].append(row.sheet)
    changes = []
    for (case, round_), sheets in grouped.items():
        own, new = outcome_of(case.campaign, sheets, round_), outcome_of(draft, sheets, round_)
        if own.proposal is not new.proposal:
            changes.append(Change(case, round_, own.value, new.value, own.proposal, new.proposal))
    return Outcomes(len(grouped), changes)
