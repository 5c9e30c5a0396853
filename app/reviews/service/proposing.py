"""Reviewers for every case of a campaign and round that waits for them: proposed at once, looked at, accepted."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from app.access.matrix import ROLE_LABELS, Permission, Role
from app.access.models import PortalUser
from app.access.policy import has_role, require
from app.campaigns.models import Campaign
from app.cases.models import Case
from app.cases.states import Round
from app.core import audit, clock
from app.core.db import db
from app.core.errors import Invalid, PortalError, Stale
from app.reviews.candidates import Reader, candidates, weighed
from app.reviews.fitness import Traits, fit, words
from app.reviews.models import Proposal, ProposalState, ProposedCase, ProposedPair
from app.reviews.proposals import open_proposal, waiting
from app.reviews.service.assigning import BLOCKS, assign

Pair = tuple[int, int]


@dataclass
class Plan:
    """Everything that the solver needs, read at one moment; pairs are (case id, reviewer id).

    `document` is an instance of `assign solve`; `blocks` says why a pair is in its conflicts; `found` is what
    `solve_plan` made of it.
    """

    campaign_id: int
    round: Round
    allowed_load: int | None
    document: dict[str, Any]
    blocks: dict[Pair, str]
    readers: dict[int, Reader]
    traits: dict[int, Traits]
    locked: frozenset[Pair]
    found: "Found | None" = None


@dataclass
class Found:
    """Pairs with their rank among the reviewers a case may have, and why not the others; or a shortage."""

    total: int = 0
    max_load: int = 0
    optimal: bool = False
    ranks: dict[Pair, int] = field(default_factory=dict)
    others: dict[int, list[list[Any]]] = field(default_factory=dict)
    infeasible: dict[str, Any] = field(default_factory=dict)


def plan(actor: PortalUser, campaign: Campaign, round_: Round, *, allowed_load: int | None = None) -> Plan:
    """Read the waiting cases, their candidates and the locked pairs; a locked pair that may not be is let go."""
    _require_office(actor, campaign)
    if allowed_load is not None and allowed_load < 1:
        raise Invalid(_l("Write a whole number from 1."), code="number", field="allowed_load")
    cases = waiting(actor, campaign, round_)
    if not cases:
        raise PortalError(_l("No case of this round waits for reviewers."), code="nothing_waits")
    made = Plan(campaign.id, round_, allowed_load, {}, {}, {}, {}, _locked(open_proposal(campaign, round_)))
    scores = []
    for case, rows in weighed(cases, round_):
        for reader, block, traits in rows:
            pair = case.id, reader.user.id
            made.readers[reader.user.id], made.traits[case.id] = reader, traits
            if block:
                made.blocks[pair] = block
            else:
                scores.append([*pair, fit(traits, reader.traits, reader.load).score])
    kept = [
        pair
        for pair in sorted(made.locked)
        if pair[0] in made.traits and pair[1] in made.readers and pair not in made.blocks
    ]
    made.document = {
        "per_case": campaign.reviewers_per_case,
        "max_load": allowed_load,
        "cases": [{"id": case.id} for case in cases],
        "reviewers": [{"id": number} for number in made.readers],
        "conflicts": [list(pair) for pair in made.blocks],
        "scores": scores,
        "locked": [list(pair) for pair in kept],
    }
    return made


def solve_plan(made: Plan) -> Plan:
    """The smallest maximum load, and at that load the best fit; asks the database for nothing."""
    # The arithmetic is large: only who proposes loads it.
    from app.reviews.solver.model import read
    from app.reviews.solver.reasons import reasons
    from app.reviews.solver.shortage import Infeasible
    from app.reviews.solver.solve import solve

    instance = read(made.document)
    solution = solve(instance)
    made.found = found = Found()
    if isinstance(solution, Infeasible):
        shortage = asdict(solution)
        limits = [[who, *numbers] for who, numbers in solution.limits.items()]
        found.infeasible = {**shortage, "limits": limits}
        return made
    found.total = int(instance.value(solution.total))
    found.max_load, found.optimal = solution.max_load, solution.optimal
    ids = list(made.readers)
    for position, case_id in enumerate(made.traits):
        others = found.others[case_id] = []
        for reviewer_id, reason in zip(ids, reasons(instance, solution, position), strict=True):
            pair = case_id, reviewer_id
            if "rank" in reason.values:
                found.ranks[pair] = reason.values["rank"]
            elif pair in made.blocks:
                others.append([reviewer_id, "conflict", {"block": made.blocks[pair]}])
            else:
                others.append([reviewer_id, reason.code, reason.values])
    return made


def propose(
    actor: PortalUser,
    campaign: Campaign,
    round_: Round,
    *,
    allowed_load: int | None = None,
    solved: Plan | None = None,
) -> Proposal:
    """Put a proposal in place of the open one; its locked pairs stay.

    `solved` is a plan that was solved before, so that nobody waits for the arithmetic to write. Raises `Stale`
    when pairs were locked or unlocked meanwhile.
    """
    made = solved or solve_plan(plan(actor, campaign, round_, allowed_load=allowed_load))
    assert made.found is not None
    _lock(actor, campaign)
    proposal = open_proposal(campaign, round_)
    if _locked(proposal) != made.locked:
        raise Stale(_l("Somebody changed the proposal at the same moment. Please press again."))
    words_of = {pair: row.override_reason for pair, row in _pairs(proposal).items() if row.locked}
    if proposal is None:
        proposal = Proposal(campaign_id=campaign.id, round=round_, made_by_id=actor.id)
        db.session.add(proposal)
        db.session.flush()
    for model in (ProposedPair, ProposedCase):
        db.session.execute(delete(model).where(model.proposal_id == proposal.id))
    found = made.found
    proposal.made_by_id, proposal.made_at, proposal.allowed_load = actor.id, clock.now(), made.allowed_load
    proposal.total, proposal.max_load, proposal.optimal = found.total, found.max_load, found.optimal
    proposal.infeasible = found.infeasible
    locked = {(case_id, reviewer_id) for case_id, reviewer_id in made.document["locked"]}
    for pair in sorted(found.ranks or locked):
        case_id, reviewer_id = pair
        reader = made.readers[reviewer_id]
        fitting = fit(made.traits[case_id], reader.traits, reader.load)
        db.session.add(
            ProposedPair(
                proposal_id=proposal.id,
                case_id=case_id,
                reviewer_id=reviewer_id,
                locked=pair in locked,
                score=fitting.score,
                reasons={"parts": fitting.parts, "rank": found.ranks.get(pair)},
                override_reason=words_of.get(pair, "") if pair in locked else "",
            )
        )
    for case_id, others in found.others.items():
        db.session.add(ProposedCase(proposal_id=proposal.id, case_id=case_id, others=others))
    db.session.flush()
    audit.record(actor, "proposal.made", proposal, round=round_.value, cases=len(made.traits))
    return proposal


def change_pair(actor: PortalUser, pair: ProposedPair, *, reviewer_id: int, reason: str) -> ProposedPair:
    """The office's own choice instead of the proposed reviewer; the pair is locked then.

    Raises `Invalid` without a reason and for anybody with a hard conflict.
    """
    pair = _fresh(actor, pair)
    case, old = pair.case, pair.reviewer_id
    if not reason.strip():
        raise Invalid(_l("Please give a reason."), code="reason_missing", field="reason")
    chosen = next((c for c in candidates(case, pair.proposal.round) if c.user.id == reviewer_id), None)
    if chosen is None:
        raise Invalid(_l("Choose a reviewer."), code="reviewer_missing", field="reviewer")
    if chosen.block:
        raise Invalid(
            _l("%(name)s cannot review this case: %(why)s", name=chosen.user.name, why=BLOCKS[chosen.block]),
            code=chosen.block,
            field="reviewer",
        )
    if (case.id, reviewer_id) in _pairs(pair.proposal, case.id):
        raise Invalid(
            _l("%(name)s has this case in the proposal already.", name=chosen.user.name),
            code="twice",
            field="reviewer",
        )
    pair.reviewer_id, pair.locked, pair.override_reason = reviewer_id, True, reason.strip()
    pair.score, pair.reasons = chosen.fit.score, {"parts": chosen.fit.parts}
    db.session.flush()
    row = db.session.scalar(select(ProposedCase).filter_by(proposal_id=pair.proposal_id, case_id=case.id))
    if row is not None:
        row.others = [entry for entry in row.others if entry[0] != reviewer_id] + [[old, "replaced", {}]]
    _count_again(pair.proposal)
    audit.record(actor, "proposal.changed", case, old=old, new=reviewer_id, reason=pair.override_reason)
    db.session.refresh(pair)
    return pair


def lock_pair(actor: PortalUser, pair: ProposedPair) -> ProposedPair:
    """The pair stays when a proposal is made again."""
    return _set_lock(actor, pair, True)


def unlock_pair(actor: PortalUser, pair: ProposedPair) -> ProposedPair:
    """The pair may change when a proposal is made again, one of the office's own choosing too."""
    return _set_lock(actor, pair, False)


def accept(actor: PortalUser, proposal: Proposal, case: Case) -> Case:
    """Give one case to its proposed reviewers, with the reasons in words; the same checks as by hand."""
    pairs = _pairs(proposal, case.id)
    if proposal.state is not ProposalState.OPEN or not pairs:
        raise PortalError(_l("This case is not in the proposal any more."), code="gone")
    said = {row.reviewer_id: row.override_reason or _fit_words(row) for row in pairs.values()}
    return assign(actor, case, reviewer_ids=list(said), reasons=said)


def finish(actor: PortalUser, proposal: Proposal) -> Proposal:
    """Accepted, once none of its cases waits any more."""
    _lock(actor, proposal.campaign)
    db.session.refresh(proposal)
    left = {case.id for case in waiting(actor, proposal.campaign, proposal.round)}
    if proposal.state is ProposalState.OPEN and left.isdisjoint(key[0] for key in _pairs(proposal)):
        proposal.state = ProposalState.ACCEPTED
        db.session.flush()
        audit.record(actor, "proposal.accepted", proposal)
    return proposal


def drop(actor: PortalUser, proposal: Proposal) -> Proposal:
    """Nothing comes of the proposal, its locked pairs included."""
    _lock(actor, proposal.campaign)
    db.session.refresh(proposal)
    if proposal.state is ProposalState.OPEN:
        proposal.state = ProposalState.DROPPED
        db.session.flush()
        audit.record(actor, "proposal.dropped", proposal)
    return proposal


def _require_office(actor: PortalUser, campaign: Campaign) -> None:
    require(actor, Permission.CASE_ASSIGN, campaign)
    role = Role(campaign.assigning_office.value)
    if not has_role(actor, role):
        office = ROLE_LABELS[role]
        raise PortalError(
            _l("In this campaign this step belongs to: %(office)s.", office=office), code="not_possible"
        )


def _lock(actor: PortalUser, campaign: Campaign) -> None:
    """One writer at a time on the proposals of a campaign."""
    _require_office(actor, campaign)
    db.session.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update(of=Campaign))


def _fresh(actor: PortalUser, pair: ProposedPair) -> ProposedPair:
    """The pair as it stands now, locked with its proposal; `PortalError` when it is gone or no longer open."""
    number, case, campaign = pair.id, pair.case, pair.proposal.campaign
    if actor.id == case.applicant_id:
        raise PortalError(_l("Nobody acts for an office in the own case."), code="not_possible")
    _lock(actor, campaign)
    found = db.session.get(ProposedPair, number, populate_existing=True)
    if found is None or found.proposal.state is not ProposalState.OPEN:
        raise Stale(_l("The proposal was made again meanwhile. Please look at it as it is now."))
    return found


def _set_lock(actor: PortalUser, pair: ProposedPair, locked: bool) -> ProposedPair:
    pair = _fresh(actor, pair)
    pair.locked = locked
    if not locked:
        pair.override_reason = ""
    db.session.flush()
    audit.record(
        actor, "proposal.locked" if locked else "proposal.unlocked", pair.case, reviewer=pair.reviewer_id
    )
    return pair


def _pairs(proposal: Proposal | None, case_id: int | None = None) -> dict[Pair, ProposedPair]:
    """The pairs of a proposal, of one case if it is named."""
    if proposal is None:
        return {}
    query = select(ProposedPair).where(ProposedPair.proposal_id == proposal.id)
    if case_id is not None:
        query = query.where(ProposedPair.case_id == case_id)
    rows: Sequence[ProposedPair] = db.session.scalars(query.execution_options(populate_existing=True)).all()
    return {(row.case_id, row.reviewer_id): row for row in rows}


def _locked(proposal: Proposal | None) -> frozenset[Pair]:
    return frozenset(pair for pair, row in _pairs(proposal).items() if row.locked)


def _count_again(proposal: Proposal) -> None:
    """The figures after a change by hand, which no proof stands behind."""
    mine = ProposedPair.proposal_id == proposal.id
    proposal.total = db.session.scalar(select(func.sum(ProposedPair.score)).where(mine)) or 0
    loads = select(func.count().label("load")).where(mine).group_by(ProposedPair.reviewer_id).subquery()
    proposal.max_load = db.session.scalar(select(func.max(loads.c.load))) or 0
    proposal.optimal = False


def _fit_words(pair: ProposedPair) -> str:
    return "；".join(words(pair.reasons.get("parts", {})))
