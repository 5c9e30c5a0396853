"""Reviewers for every case of a campaign and round that waits for them: proposed at once, looked at, accepted."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, insert, select

from app.access.matrix import ROLE_LABELS, Permission, Role
from app.access.models import PortalUser
from app.access.policy import has_role, require
from app.campaigns.models import Campaign
from app.cases.locks import lock
from app.cases.models import Case
from app.cases.states import Round
from app.core import audit, clock
from app.core.db import db
from app.core.errors import Invalid, PortalError, Stale
from app.reviews.candidates import Reader, candidates, readers, weighed
from app.reviews.fitness import Traits, fit, words
from app.reviews.models import Proposal, ProposalState, ProposedCase, ProposedPair
from app.reviews.proposals import WAITS, open_proposal, waiting, waiting_ids
from app.reviews.service.assigning import BLOCKS, assign

if TYPE_CHECKING:
    from app.reviews.solver.model import Instance

Pair = tuple[int, int]


@dataclass
class Plan:
    """Everything that the solver needs, read at one moment; pairs are (case id, reviewer id).

    `cases` says what each case wants, `blocks` why a pair may not be, `kept` are the locked pairs that may stay.
    `found` is what `solve_plan` made of it.
    """

    campaign_id: int
    round: Round
    per_case: int
    allowed_load: int | None
    locked: frozenset[Pair]
    readers: dict[int, Reader]
    cases: dict[int, Traits] = field(default_factory=dict)
    blocks: dict[Pair, str] = field(default_factory=dict)
    kept: list[Pair] = field(default_factory=list)
    found: "Found | None" = None


@dataclass
class Found:
    """Pairs with their rank among the reviewers a case may have, and why not the others (see
    `ProposedCase.others`); or a shortage."""

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
    people, locked = readers(), _locked(open_proposal(campaign, round_))
    made = Plan(
        campaign.id,
        round_,
        campaign.reviewers_per_case,
        allowed_load,
        locked,
        {reader.id: reader for reader in people},
    )
    for case, traits, blocks in weighed(cases, round_, people):
        made.cases[case.id] = traits
        made.blocks |= {(case.id, reviewer_id): code for reviewer_id, code in blocks.items()}
    made.kept = [
        pair
        for pair in sorted(locked)
        if pair[0] in made.cases and pair[1] in made.readers and pair not in made.blocks
    ]
    return made


def solve_plan(made: Plan) -> Plan:
    """The smallest maximum load, and at that load the best fit; asks the database for nothing."""
    # The arithmetic is large: only who proposes loads it.
    from app.reviews.solver.reasons import reasons
    from app.reviews.solver.shortage import Infeasible
    from app.reviews.solver.solve import solve

    instance = _instance(made)
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
    for case_id, said in zip(made.cases, reasons(instance, solution), strict=True):
        groups: dict[tuple[Any, ...], list[int]] = {}
        for reviewer_id, reason in zip(ids, said, strict=True):
            pair, values = (case_id, reviewer_id), reason.values
            if "rank" in values:
                found.ranks[pair] = values["rank"]
                continue
            if pair in made.blocks:
                values = {"block": made.blocks[pair]}
            groups.setdefault((reason.code, *values.items()), []).append(reviewer_id)
        found.others[case_id] = [[code, dict(values), who] for (code, *values), who in groups.items()]
    return made


def _instance(made: Plan) -> "Instance":
    """What the solver reads: rows are cases, columns reviewers, in the order of the plan."""
    import numpy as np

    from app.reviews.solver.model import FORBIDDEN, Instance

    row, column = ({number: n for n, number in enumerate(side)} for side in (made.cases, made.readers))

    def positions(pairs: Collection[Pair]) -> Any:
        return np.array([(row[case], column[reader]) for case, reader in pairs], np.int64).reshape(-1, 2)

    # Cases that want the same give every reviewer the same points.
    points = {
        traits: [fit(traits, reader.traits, reader.load).score for reader in made.readers.values()]
        for traits in set(made.cases.values())
    }
    scores = np.array([points[traits] for traits in made.cases.values()], np.int64)
    scores[tuple(positions(made.blocks).T)] = FORBIDDEN
    return Instance(
        cases=list(made.cases),
        reviewers=list(made.readers),
        per_case=made.per_case,
        max_load=made.allowed_load,
        capacity=np.full(len(column), len(row), np.int64),
        scores=scores,
        locked=positions(made.kept),
    )


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
    locked, pairs = set(made.kept), []
    for case_id, reviewer_id in sorted(found.ranks or locked):
        pair, reader = (case_id, reviewer_id), made.readers[reviewer_id]
        fitting = fit(made.cases[case_id], reader.traits, reader.load)
        pairs.append(
            {
                "proposal_id": proposal.id,
                "case_id": case_id,
                "reviewer_id": reviewer_id,
                "locked": pair in locked,
                "score": fitting.score,
                "reasons": {"parts": fitting.parts, "rank": found.ranks.get(pair)},
                "override_reason": words_of.get(pair, "") if pair in locked else "",
            }
        )
    others = [
        {"proposal_id": proposal.id, "case_id": case_id, "others": said}
        for case_id, said in found.others.items()
    ]
    for model, rows in ((ProposedPair, pairs), (ProposedCase, others)):
        if rows:
            db.session.execute(insert(model), rows)
    db.session.flush()
    audit.record(actor, "proposal.made", proposal, round=round_.value, cases=len(made.cases))
    return proposal


def change_pair(actor: PortalUser, pair: ProposedPair, *, reviewer_id: int, reason: str) -> ProposedPair:
    """The office's own choice instead of the proposed reviewer; the pair is locked then.

    Raises `Invalid` without a reason and for anybody with a hard conflict.
    """
    pair = _fresh(actor, pair)
    case, old = pair.case, pair.reviewer_id
    if not reason.strip():
        raise Invalid(_l("Please give a reason."), code="reason_missing", field="reason")
    chosen = next(iter(candidates(case, pair.proposal.round, only={reviewer_id})), None)
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
        row.others = [
            *([code, values, [n for n in who if n != reviewer_id]] for code, values, who in row.others),
            ["replaced", {}, [old]],
        ]
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


def accept(actor: PortalUser, proposal: Proposal, case: Case, *, seen: Collection[int] | None = None) -> Case:
    """Give one case to its proposed reviewers, with the reasons in words; the same checks as by hand.

    `seen` are the reviewers that were looked at: `Stale` when the proposal has others by now.
    """
    _lock(actor, proposal.campaign)
    db.session.refresh(proposal)
    case, pairs = lock(case.id), _pairs(proposal, case.id)
    if proposal.state is not ProposalState.OPEN or not pairs:
        raise PortalError(_l("This case is not in the proposal any more."), code="gone")
    # A later round waits for reviewers too, and these are not meant for it.
    if case.state is not WAITS[proposal.round]:
        raise PortalError(
            _l("This step is not possible in the present state of the case."), code="not_possible"
        )
    said = {row.reviewer_id: row.override_reason or _fit_words(row) for row in pairs.values()}
    if seen is not None and set(seen) != set(said):
        raise Stale(_l("Other reviewers are proposed for this case by now. Please look at them."))
    return assign(actor, case, reviewer_ids=list(said), reasons=said)


def finish(actor: PortalUser, proposal: Proposal) -> Proposal:
    """Accepted, once none of its cases waits any more."""
    _lock(actor, proposal.campaign)
    db.session.refresh(proposal)
    left = set(waiting_ids(actor, proposal.campaign, proposal.round))
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
    if not has_role(actor, role) or (role is Role.COUNTY and actor.county_id != campaign.county_id):
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
    number, case, campaign, reviewer_id = pair.id, pair.case, pair.proposal.campaign, pair.reviewer_id
    if actor.id == case.applicant_id:
        raise PortalError(_l("Nobody acts for an office in the own case."), code="not_possible")
    _lock(actor, campaign)
    found = db.session.get(ProposedPair, number, populate_existing=True)
    same = found is not None and (found.case_id, found.reviewer_id) == (case.id, reviewer_id)
    if found is None or not same or found.proposal.state is not ProposalState.OPEN:
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
