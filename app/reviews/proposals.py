"""Reads of proposals: what waits for reviewers, the open proposal, its pairs and loads."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ExecutableOption

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import visible
from app.campaigns.models import Campaign
from app.cases.models import Case
from app.cases.states import Round, State
from app.core.db import db
from app.reference.models import School
from app.reviews.models import Proposal, ProposalState, ProposedCase, ProposedPair
from app.reviews.queries import ROUND_OF

# The state in which a case of the round waits for its reviewers.
WAITS = {
    Round.FIRST: State.FIRST_ASSIGN,
    Round.SECOND: State.SECOND_ASSIGN,
    Round.APPEAL: State.APPEAL_ACCEPTED,
}


def waiting(
    actor: PortalUser, campaign: Campaign, round_: Round, *, only: Collection[int] | None = None
) -> Sequence[Case]:
    """The cases to be given to reviewers, or `only` these of them, the oldest first; nobody sees here who gets
    the own case."""
    query = _waiting(select(Case), actor, campaign, round_)
    if only is not None:
        query = query.where(Case.id.in_(only))
    return db.session.scalars(query.options(*_shown()).execution_options(populate_existing=True)).all()


def waiting_ids(actor: PortalUser, campaign: Campaign, round_: Round) -> Sequence[int]:
    """The numbers of those cases, in the same order."""
    return db.session.scalars(_waiting(select(Case.id), actor, campaign, round_)).all()


def _waiting(query: Select[Any], actor: PortalUser, campaign: Campaign, round_: Round) -> Select[Any]:
    return query.where(
        Case.campaign_id == campaign.id, Case.state == WAITS[round_], Case.applicant_id != actor.id
    ).order_by(Case.state_since, Case.id)


def _shown() -> tuple[ExecutableOption, ...]:
    applicant = joinedload(Case.applicant)
    return (
        applicant.lazyload(PortalUser.county),
        applicant.lazyload(PortalUser.school),
        joinedload(Case.school).lazyload(School.county),
    )


def open_proposal(campaign: Campaign, round_: Round) -> Proposal | None:
    """The one that is being looked at, None when there is none."""
    return db.session.scalar(
        select(Proposal).where(
            Proposal.campaign_id == campaign.id,
            Proposal.round == round_,
            Proposal.state == ProposalState.OPEN,
        )
    )


def queues(actor: PortalUser) -> list[tuple[Campaign, Round, int, bool]]:
    """(campaign, round, cases that wait, is there an open proposal), the fullest first."""
    rows = db.session.execute(
        select(Case.campaign_id, Case.state, func.count())
        .where(
            Case.state.in_(WAITS.values()),
            Case.applicant_id != actor.id,
            visible(actor, Case, Permission.CASE_ASSIGN),
        )
        .group_by(Case.campaign_id, Case.state)
    ).all()
    campaigns = {
        row.id: row
        for row in db.session.scalars(select(Campaign).where(Campaign.id.in_({row[0] for row in rows})))
    }
    begun = {
        (campaign_id, round_)
        for campaign_id, round_ in db.session.execute(
            select(Proposal.campaign_id, Proposal.round).where(Proposal.state == ProposalState.OPEN)
        )
    }
    found = [
        (campaigns[number], ROUND_OF[state], count, (number, ROUND_OF[state]) in begun)
        for number, state, count in rows
    ]
    return sorted(found, key=lambda row: (-row[2], row[0].id))


def pairs_of(proposal: Proposal, cases: Sequence[Case]) -> dict[int, list[ProposedPair]]:
    """The proposed pairs of these cases, by case."""
    found: dict[int, list[ProposedPair]] = {}
    reviewer = joinedload(ProposedPair.reviewer)
    for row in db.session.scalars(
        select(ProposedPair)
        .where(ProposedPair.proposal_id == proposal.id, ProposedPair.case_id.in_([c.id for c in cases]))
        .options(reviewer.lazyload(PortalUser.county), reviewer.lazyload(PortalUser.school))
        .order_by(ProposedPair.case_id, ProposedPair.id)
        .execution_options(populate_existing=True)
    ):
        found.setdefault(row.case_id, []).append(row)
    return found


def pair(proposal: Proposal, case_id: int, reviewer_id: int) -> ProposedPair | None:
    """One pair, None when it is not in the proposal."""
    wanted = {"proposal_id": proposal.id, "case_id": case_id, "reviewer_id": reviewer_id}
    return db.session.scalar(select(ProposedPair).filter_by(**wanted))


def others_of(proposal: Proposal, cases: Sequence[Case]) -> dict[int, list[list[Any]]]:
    """Why the others did not get these cases, by case: see `ProposedCase.others`."""
    rows = db.session.scalars(
        select(ProposedCase).where(
            ProposedCase.proposal_id == proposal.id, ProposedCase.case_id.in_([c.id for c in cases])
        )
    )
    return {row.case_id: row.others for row in rows}


def covered(proposal: Proposal) -> dict[int, int]:
    """How many reviewers each case has in the proposal."""
    return dict(
        db.session.execute(
            select(ProposedPair.case_id, func.count())
            .where(ProposedPair.proposal_id == proposal.id)
            .group_by(ProposedPair.case_id)
        ).all()
    )


def loads(proposal: Proposal) -> dict[int, int]:
    """How many cases each reviewer gets in the proposal."""
    return dict(
        db.session.execute(
            select(ProposedPair.reviewer_id, func.count())
            .where(ProposedPair.proposal_id == proposal.id)
            .group_by(ProposedPair.reviewer_id)
        ).all()
    )
