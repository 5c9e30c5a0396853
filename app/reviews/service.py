"""Assigning reviewers, writing and sending sheets, deciding."""

from collections.abc import Mapping
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import require
from app.cases import workflow
from app.cases.models import Case
from app.cases.states import Round, State, Verdict
from app.core import audit, clock
from app.core.db import db
from app.core.errors import Invalid, PortalError, Stale
from app.reviews.models import Assignment, Decision, Sheet, SheetState
from app.reviews.queries import LEVELS, ROUND_OF, assignments, band, candidates, sheet_items, total

REVIEW_TIME = timedelta(days=21)

BLOCKS = {
    "self": _l("This is the applicant."),
    "same_school": _l("Works at the applicant's school."),
    "named": _l("Is named in the applicant's forms."),
}


def assign(actor: PortalUser, case: Case, *, reviewer_ids: list[int]) -> Case:
    """Give the case to exactly the campaign's number of reviewers and move it on.

    1. Lock and ask the right and the office. 2. Check number and hard blocks. 3. Write the assignments.
    4. Fire.
    """
    case = workflow.lock(case.id)
    require(actor, Permission.CASE_ASSIGN, case)
    name = {State.FIRST_ASSIGN: "assign_first", State.SECOND_ASSIGN: "assign_second"}.get(case.state)
    if name is None:
        raise PortalError(
            _l("This step is not possible in the present state of the case."), code="not_possible"
        )
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
    round_ = ROUND_OF[case.state]
    known = {c.user.id: c for c in candidates(case, round_)}
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
    db.session.execute(delete(Assignment).where(Assignment.case_id == case.id, Assignment.round == round_))
    for reviewer_id in sorted(chosen):
        db.session.add(
            Assignment(
                case_id=case.id,
                round=round_,
                reviewer_id=reviewer_id,
                assigned_by_id=actor.id,
                due_at=clock.now() + REVIEW_TIME,
            )
        )
    db.session.flush()
    return workflow.fire(actor, case, name)


def save_sheet(
    actor: PortalUser,
    assignment: Assignment,
    *,
    levels: Mapping[str, int],
    comments: Mapping[str, str],
    remark: str,
    verdict: Verdict | None,
    version: int,
    correction: int = 0,
    similar: str = "",
) -> Sheet:
    """Keep the reviewer's draft, finished or not; `Stale` when a second tab saved in between."""
    case = workflow.lock(assignment.case_id)
    _writable(actor, assignment, case)
    sheet = _sheet(assignment)
    if (sheet.version if sheet else 0) != version:
        raise Stale(_l("This sheet was changed elsewhere after you opened it."), code="stale")
    if sheet is not None and sheet.state is SheetState.SENT:
        raise PortalError(_l("This sheet has been sent and cannot be changed."), code="sent")
    if sheet is None:
        sheet = Sheet(assignment=assignment)
        db.session.add(sheet)
    items = {item.code for item in sheet_items(case.track)}
    sheet.levels = {code: level for code, level in levels.items() if code in items and level in LEVELS}
    sheet.comments = {code: text.strip() for code, text in comments.items() if code in items and text.strip()}
    sheet.remark, sheet.verdict, sheet.similar = remark.strip(), verdict, similar
    sheet.correction = max(-5, min(5, correction))
    db.session.flush()
    return sheet


def send_sheet(actor: PortalUser, assignment: Assignment) -> Sheet:
    """Send the sheet; the last one in moves the case to the decision.

    Raises `Invalid` naming the first item without a level, or without a verdict or a reason for it.
    """
    case = workflow.lock(assignment.case_id)
    _writable(actor, assignment, case)
    sheet = _sheet(assignment)
    if sheet is not None and sheet.state is SheetState.SENT:
        raise PortalError(_l("This sheet has been sent and cannot be changed."), code="sent")
    for item in sheet_items(case.track):
        if sheet is None or item.code not in sheet.levels:
            raise Invalid(
                _l("Choose a level for: %(item)s", item=item.label),
                code="level_missing",
                field=f"level-{item.code}",
            )
    if sheet is None or sheet.verdict is None:
        raise Invalid(_l("Choose a proposed verdict."), code="verdict_missing", field="verdict")
    if sheet.verdict not in case.campaign.verdicts.get(str(assignment.round), []):
        raise Invalid(
            _l("This campaign does not allow this verdict in this round."), code="verdict", field="verdict"
        )
    if sheet.verdict is not Verdict.PASS and not (sheet.remark or sheet.comments):
        raise Invalid(
            _l("Say what has to be mended, at an item or in the remark."),
            code="remark_missing",
            field="remark",
        )
    sheet.state, sheet.sent_at = SheetState.SENT, clock.now()
    db.session.flush()
    audit.record(actor, "sheet.sent", sheet, case=case.id)
    last = workflow.BY_NAME[f"finish_{assignment.round}_review"]
    if workflow.answer(workflow.Context(case, last, actor)):
        workflow.fire(actor, case, last.name)
    return sheet


def _sheet(assignment: Assignment) -> Sheet | None:
    """The sheet as it is in the database now; the lock on its case keeps it so."""
    query = select(Sheet).where(Sheet.assignment_id == assignment.id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _writable(actor: PortalUser, assignment: Assignment, case: Case) -> None:
    """A reviewer writes on the own, open assignment while the round is being reviewed; `case` is locked."""
    db.session.refresh(assignment, ["reviewer_id", "round", "ended_at"])
    require(actor, Permission.SHEET_WRITE, case)
    if assignment.reviewer_id != actor.id or assignment.ended_at is not None:
        raise PortalError(_l("This sheet belongs to another reviewer."), code="not_yours")
    if (
        case.state not in (State.FIRST_REVIEW, State.SECOND_REVIEW)
        or ROUND_OF[case.state] != assignment.round
    ):
        raise PortalError(_l("This round of review has ended."), code="round_ended")


def decide(actor: PortalUser, case: Case, *, verdict: Verdict, reason: str = "") -> Decision:
    """初審判定 or 複審判定: record the decided verdict and move the case by it.

    1. Lock, ask the right. 2. Compute the band of each sheet. 3. A verdict that differs from all that
    the reviewers proposed needs a reason. 4. Write the decision (unique per round). 5. Fire.
    """
    case = workflow.lock(case.id)
    require(actor, Permission.CASE_DECIDE, case)
    round_ = {State.FIRST_DECISION: Round.FIRST, State.SECOND_DECISION: Round.SECOND}.get(case.state)
    if round_ is None:
        raise PortalError(_l("This case is not waiting for a decision."), code="not_possible")
    transition = workflow.BY_NAME.get(f"{round_}_{verdict}")
    if transition is None:
        raise Invalid(
            _l("This campaign does not allow this verdict in this round."), code="verdict", field="verdict"
        )
    allowed = workflow.answer(workflow.Context(case, transition, actor))
    if not allowed:
        raise PortalError(allowed.reason, code="not_possible")
    sheets = [a.sheet for a in assignments(case, round_) if a.sheet and a.sheet.state is SheetState.SENT]
    proposed = {s.verdict for s in sheets}
    bands = {b for s in sheets if (b := band(case, s, round_))}
    reason = reason.strip()
    if verdict not in proposed and not reason:
        raise Invalid(
            _l("No reviewer proposed this verdict: please give the reason."),
            code="reason_missing",
            field="reason",
        )
    if transition.needs_reason and not reason:
        raise Invalid(_l("Please give a reason."), code="reason_missing", field="reason")
    decision = Decision(
        case_id=case.id,
        round=round_,
        verdict=verdict,
        band=bands.pop() if len(bands) == 1 else None,
        reason=reason,
        differs=verdict not in proposed,
        decided_by_id=actor.id,
        detail={
            "proposed": sorted(p.value for p in proposed if p),
            "sums": [total(s) for s in sheets],
        },
    )
    db.session.add(decision)
    db.session.flush()
    workflow.fire(actor, case, transition.name, reason=reason)
    return decision
