"""Writing and sending a sheet."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import require
from app.cases import workflow
from app.cases.locks import lock
from app.cases.models import Case
from app.cases.states import Verdict
from app.core import audit, clock
from app.core.db import db
from app.core.errors import Invalid, PortalError, Stale
from app.reviews.models import Assignment, Sheet, SheetState
from app.reviews.outcome import SIMILAR
from app.reviews.queries import LEVELS, ROUND_OF, sheet_items
from app.reviews.service.assigning import REVIEWING


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
    correction_reason: str = "",
    similar: str = "",
) -> Sheet:
    """Keep the reviewer's draft, finished or not; `Stale` when a second tab saved in between."""
    case = lock(assignment.case_id)
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
    sheet.remark, sheet.verdict = remark.strip(), verdict
    sheet.similar = similar if similar in SIMILAR else ""
    limit = case.campaign.correction_limit
    sheet.correction, sheet.correction_reason = max(-limit, min(limit, correction)), correction_reason.strip()
    db.session.flush()
    return sheet


def send_sheet(actor: PortalUser, assignment: Assignment) -> Sheet:
    """Send the sheet; the last one in moves the case to the decision.

    Raises `Invalid` naming the first item without a level, a correction without a reason, or without a
    verdict or words for it.
    """
    case = lock(assignment.case_id)
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
    if sheet is not None and sheet.correction and not sheet.correction_reason:
        raise Invalid(
            _l("Say why the sum is corrected."), code="correction_reason_missing", field="correction_reason"
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
    if case.state not in REVIEWING or ROUND_OF[case.state] != assignment.round:
        raise PortalError(_l("This round of review has ended."), code="round_ended")
