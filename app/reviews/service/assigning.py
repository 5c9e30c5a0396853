"""Giving cases to reviewers, taking them back, adding a third reader."""

from collections.abc import Collection, Mapping

from blinker import Signal
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import require
from app.cases import workflow
from app.cases.locks import lock
from app.cases.models import Case
from app.cases.offices import in_charge
from app.cases.states import Holder, Round, State
from app.core import audit, clock
from app.core.db import db
from app.core.errors import Invalid, PortalError
from app.reviews.candidates import candidates
from app.reviews.models import Assignment, SheetState
from app.reviews.queries import ROUND_OF

ASSIGNING = (State.FIRST_ASSIGN, State.SECOND_ASSIGN, State.APPEAL_ACCEPTED)
REVIEWING = (State.FIRST_REVIEW, State.SECOND_REVIEW, State.APPEAL_REVIEW)

# Sent with an `Assignment` and the event that its people are told of, inside the transaction of the change.
reassigned = Signal()

BLOCKS = {
    "self": _l("This is the applicant."),
    "same_school": _l("Works at the applicant's school, or did in the last three years."),
    "named": _l("Is named in the applicant's forms."),
    "declared": _l("Has declared a conflict of interest."),
    "read_before": _l("Has read this case in an earlier round."),
    "reads_now": _l("Has this case already."),
    "recused": _l("Has been taken off this case."),
}


def assign(
    actor: PortalUser, case: Case, *, reviewer_ids: list[int], reasons: Mapping[int, str] | None = None
) -> Case:
    """Give the case to exactly the campaign's number of reviewers and move it on; `reasons` says why each.

    1. Lock and ask the right and the office. 2. Check number and hard blocks. 3. Write the assignments.
    4. Fire.
    """
    case = lock(case.id)
    require(actor, Permission.CASE_ASSIGN, case)
    if case.state not in ASSIGNING:
        raise PortalError(
            _l("This step is not possible in the present state of the case."), code="not_possible"
        )
    round_ = ROUND_OF[case.state]
    name = f"assign_{round_}"
    allowed = workflow.answer(workflow.Context(case, workflow.BY_NAME[name], actor))
    if not allowed:
        raise PortalError(allowed.reason, code="not_possible")
    chosen, needed = set(reviewer_ids), case.campaign.reviewers_per_case
    if len(chosen) != needed:
        raise Invalid(
            _l("Choose exactly %(number)s reviewers.", number=needed),
            code="reviewer_count",
            field="reviewers",
        )
    _check_reviewers(case, round_, chosen)
    for reviewer_id in sorted(chosen):
        _add(actor, case, round_, reviewer_id, reason=(reasons or {}).get(reviewer_id, ""))
    db.session.flush()
    return workflow.fire(actor, case, name)


def add_reviewer(actor: PortalUser, case: Case, *, reviewer_id: int, reason: str = "") -> Case:
    """加派審查委員: a further reader where the sheets disagree; the case goes back to its review."""
    case = lock(case.id)
    require(actor, Permission.CASE_DECIDE, case)
    round_ = ROUND_OF.get(case.state)
    transition = workflow.BY_NAME.get(f"third_{round_}")
    allowed = transition and workflow.answer(workflow.Context(case, transition, actor))
    if transition is None or not allowed:
        raise PortalError(
            allowed.reason if allowed else _l("This case is not waiting for a decision."), code="not_possible"
        )
    assert round_ is not None
    _check_reviewers(case, round_, {reviewer_id})
    _add(actor, case, round_, reviewer_id, reason=reason.strip(), extra=True)
    db.session.flush()
    return workflow.fire(actor, case, transition.name)


def recuse(actor: PortalUser, assignment: Assignment, *, reason: str) -> Assignment:
    """A reviewer hands the own case back (迴避): nothing of it is seen any more; the office finds another.

    Raises `Invalid` without a reason, `PortalError` once the sheet has been sent or the round has ended.
    """
    case = lock(assignment.case_id)
    db.session.refresh(assignment)
    require(actor, Permission.SHEET_WRITE, case)
    if assignment.reviewer_id != actor.id:
        raise PortalError(_l("This sheet belongs to another reviewer."), code="not_yours")
    _end(actor, assignment, case, reason)
    reassigned.send(assignment, event="review.recused")
    return assignment


def replace_reviewer(
    actor: PortalUser, assignment: Assignment, *, reviewer_id: int, reason: str
) -> Assignment:
    """Take a reviewer who has not sent the sheet off the case and put another in the place, with a reason.

    Of an assignment that has ended already (recused) only the place is filled.
    """
    case = lock(assignment.case_id)
    db.session.refresh(assignment)
    require(actor, Permission.CASE_ASSIGN, case)
    allowed = in_charge(actor, case, Holder.ASSIGNING)
    if not allowed:
        raise PortalError(allowed.reason, code="not_possible")
    if case.state not in REVIEWING or ROUND_OF[case.state] != assignment.round:
        raise PortalError(_l("This round of review has ended."), code="round_ended")
    if assignment.ended_at is None:
        _end(actor, assignment, case, reason)
        reassigned.send(assignment, event="review.replaced")
    elif not vacant(case, assignment.round):
        raise PortalError(_l("Every place of this round is taken."), code="no_vacancy")
    _check_reviewers(case, assignment.round, {reviewer_id})
    new = _add(actor, case, assignment.round, reviewer_id, reason=reason.strip(), extra=assignment.extra)
    db.session.flush()
    audit.record(actor, "assignment.replaced", case, old=assignment.reviewer_id, new=reviewer_id)
    reassigned.send(new, event="review.assigned")
    return new


def vacant(case: Case, round_: Round) -> int:
    """How many places of the round stand empty after reviewers were taken off."""
    rows = db.session.scalars(
        select(Assignment).where(Assignment.case_id == case.id, Assignment.round == round_)
    ).all()
    open_now = [row for row in rows if row.ended_at is None]
    needed = case.campaign.reviewers_per_case + any(row.extra for row in rows)
    return max(0, needed - len(open_now)) if case.state in REVIEWING else 0


def _end(actor: PortalUser, assignment: Assignment, case: Case, reason: str) -> None:
    if assignment.ended_at is not None or case.state not in REVIEWING:
        raise PortalError(_l("This round of review has ended."), code="round_ended")
    if assignment.sheet is not None and assignment.sheet.state is SheetState.SENT:
        raise PortalError(_l("This sheet has been sent and cannot be changed."), code="sent")
    if not reason.strip():
        raise Invalid(_l("Please give a reason."), code="reason_missing", field="reason")
    assignment.ended_at, assignment.ended_by_id, assignment.end_reason = clock.now(), actor.id, reason.strip()
    db.session.flush()
    audit.record(actor, "assignment.ended", case, reviewer=assignment.reviewer_id)


def _check_reviewers(case: Case, round_: Round, chosen: Collection[int]) -> None:
    """`Invalid` for anybody who is no reviewer or has a hard conflict with the case."""
    known = {c.user.id: c for c in candidates(case, round_, only=chosen)}
    for reviewer_id in sorted(chosen):
        candidate = known.get(reviewer_id)
        if candidate is None:
            raise Invalid(
                _l("One of the chosen people is not a reviewer."), code="not_reviewer", field="reviewers"
            )
        if candidate.block:
            raise Invalid(
                _l(
                    "%(name)s cannot review this case: %(why)s",
                    name=candidate.user.name,
                    why=BLOCKS[candidate.block],
                ),
                code=candidate.block,
                field="reviewers",
            )


def _add(
    actor: PortalUser, case: Case, round_: Round, reviewer_id: int, *, reason: str = "", extra: bool = False
) -> Assignment:
    row = Assignment(
        case_id=case.id,
        round=round_,
        reviewer_id=reviewer_id,
        assigned_by_id=actor.id,
        due_at=clock.days_after(clock.now(), case.campaign.review_days),
        reason=reason,
        extra=extra,
    )
    db.session.add(row)
    return row
