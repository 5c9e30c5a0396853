"""What the reviewing may refuse in the transition table."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select

from app.access.policy import YES, Answer
from app.cases.states import Round, Verdict
from app.cases.workflow import Context, guard
from app.core.db import db
from app.reviews.models import Assignment, Decision, Sheet, SheetState


def _count(case_id: int, round_: Round | None, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count(Assignment.id)).where(
        Assignment.case_id == case_id, Assignment.round == round_, Assignment.ended_at.is_(None), *conditions
    )
    return db.session.scalar(query) or 0


@guard
def reviewers_assigned(ctx: Context) -> Answer:
    """Exactly the campaign's number of reviewers is assigned in the round."""
    if ctx.asking:
        return YES
    needed = ctx.case.campaign.reviewers_per_case
    if _count(ctx.case.id, ctx.transition.round) == needed:
        return YES
    return Answer(False, _l("Assign %(number)s reviewers first.", number=needed))


@guard
def sheets_complete(ctx: Context) -> Answer:
    """Every assigned reviewer has sent the sheet of the round."""
    sent = Assignment.sheet.has(Sheet.state == SheetState.SENT)
    assigned = _count(ctx.case.id, ctx.transition.round)
    # Nobody assigned is not everybody done.
    waiting = (assigned or 1) - _count(ctx.case.id, ctx.transition.round, sent)
    return Answer(False, _l("%(number)s sheets are not in yet.", number=waiting)) if waiting else YES


@guard
def verdict_allowed(ctx: Context) -> Answer:
    """The campaign lists the verdict for the round."""
    if ctx.transition.verdict in ctx.case.campaign.verdicts.get(str(ctx.transition.round), []):
        return YES
    return Answer(False, _l("This campaign does not allow this verdict in this round."))


@guard
def decision_recorded(ctx: Context) -> Answer:
    """The move follows a decision that says the same; a page that only asks has none yet."""
    if ctx.asking:
        return YES
    decided: Verdict | None = db.session.scalar(
        select(Decision.verdict).where(
            Decision.case_id == ctx.case.id, Decision.round == ctx.transition.round
        )
    )
    return YES if decided == ctx.transition.verdict else Answer(False, _l("Record the decision first."))
