"""What the reviewing may refuse in the transition table, and what follows from it."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select

from app.access.policy import YES, Answer
from app.cases.models import Case
from app.cases.queries import submissions
from app.cases.states import ENDED, STATES, Round, Verdict
from app.cases.workflow import Context, effect, guard
from app.core.db import db
from app.core.errors import PortalError
from app.reference.models import SheetItem
from app.reference.service import listed
from app.reviews.models import Appeal, Assignment, Decision, Pin, Sheet, SheetState
from app.reviews.models.pin import Stage
from app.reviews.outcome import outcome, settled
from app.reviews.pins import checked, todo

UNDER_REVIEW = [state for state, info in STATES.items() if info.round and state not in ENDED]


def _count(case_id: int, round_: Round | None, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count(Assignment.id)).where(
        Assignment.case_id == case_id, Assignment.round == round_, Assignment.ended_at.is_(None), *conditions
    )
    return db.session.scalar(query) or 0


def _needed(ctx: Context) -> int:
    """How many reviewers the round has to have: the campaign's number and whoever was added."""
    return ctx.case.campaign.reviewers_per_case + _count(
        ctx.case.id, ctx.transition.round, Assignment.extra.is_(True)
    )


@listed.connect
def sheet_stays_the_same(row: Any) -> None:
    """While cases of a track are being reviewed its sheet keeps its items: sums and bands rest on their number."""
    if not isinstance(row, SheetItem):
        return
    under_review = select(Case.id).where(Case.track == row.track, Case.state.in_(UNDER_REVIEW))
    if db.session.scalar(under_review.limit(1)) is not None:
        raise PortalError(
            _l(
                "Cases of this certification are being reviewed with this sheet: change its items afterwards."
            ),
            code="under_review",
        )


@guard
def reviewers_assigned(ctx: Context) -> Answer:
    """Exactly the campaign's number of reviewers is assigned in the round, and whoever was added to them."""
    if ctx.asking or _count(ctx.case.id, ctx.transition.round) == _needed(ctx):
        return YES
    return Answer(False, _l("Assign %(number)s reviewers first.", number=_needed(ctx)))


@guard
def sheets_complete(ctx: Context) -> Answer:
    """Every reviewer of the round has sent the sheet; one who was recused and not replaced is missing."""
    sent = Assignment.sheet.has(Sheet.state == SheetState.SENT)
    waiting = _needed(ctx) - _count(ctx.case.id, ctx.transition.round, sent)
    return Answer(False, _l("%(number)s sheets are not in yet.", number=waiting)) if waiting > 0 else YES


@guard
def third_wanted(ctx: Context) -> Answer:
    """The sheets disagree, the campaign wants a third reader, and none has read yet."""
    round_ = Round(str(ctx.transition.round))
    if ctx.case.campaign.disagreement != "third" or settled(ctx.case, round_, outcome(ctx.case, round_)):
        return Answer(False, _l("A further reviewer is added only where the sheets disagree."))
    return YES


@guard
def disagreement_settled(ctx: Context) -> Answer:
    """Sheets that disagree are dealt with as the campaign says before anybody decides."""
    round_ = Round(str(ctx.transition.round))
    if settled(ctx.case, round_, outcome(ctx.case, round_)):
        return YES
    if ctx.case.campaign.disagreement == "third":
        return Answer(False, _l("The sheets disagree: add a further reviewer first."))
    return Answer(False, _l("The sheets disagree: put the reviewers' talk on record first."))


@guard
def no_reader_decides(ctx: Context) -> Answer:
    """Whoever has reviewed the case, in whatever round, leaves its decisions to a colleague."""
    read = select(Assignment.id).where(
        Assignment.case_id == ctx.case.id, Assignment.reviewer_id == getattr(ctx.actor, "id", None)
    )
    if db.session.scalar(read.limit(1)) is None:
        return YES
    return Answer(False, _l("You are or were a reviewer of this case: a colleague decides it."))


@guard
def band_defined(ctx: Context) -> Answer:
    """A sum for which the campaign has no band blocks the decision; it is never guessed."""
    found = outcome(ctx.case, Round(str(ctx.transition.round)))
    if found.band is not None:
        return YES
    message = _l(
        "The sum %(sum)s has no band in this campaign. The authority has to define one before anybody decides.",
        sum=found.value,
    )
    return Answer(False, message)


@guard
def second_round_unused(ctx: Context) -> Answer:
    """A case is revised once: after a second round there is no third."""
    query = select(Decision.id).where(Decision.case_id == ctx.case.id, Decision.round == Round.SECOND)
    if db.session.scalar(query) is None:
        return YES
    return Answer(False, _l("This case has had its second round."))


@guard
def not_appealed_before(ctx: Context) -> Answer:
    """A case is appealed once, also when the appeal led to another round."""
    if db.session.scalar(select(Appeal.id).where(Appeal.case_id == ctx.case.id)) is None:
        return YES
    return Answer(False, _l("An appeal on this case has been answered already."))


@guard
def appeal_answered(ctx: Context) -> Answer:
    """The answer to the appeal is on record and says the same as the move."""
    if ctx.asking:
        return YES
    accepted = db.session.scalar(select(Appeal.accepted).where(Appeal.case_id == ctx.case.id))
    if accepted is (ctx.transition.name == "appeal_accept"):
        return YES
    return Answer(False, _l("Record the answer to the appeal first."))


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


@guard
def pins_dealt_with(ctx: Context) -> Answer:
    """Each 必改 pinned to the latest sending is mended there or answered in words."""
    left = [view for view in todo(ctx.case) if view.pin.must and view.state == "open"]
    if not left:
        return YES
    names = _(", ").join(dict.fromkeys(view.place for view in left))
    # Not lazy: a page takes a lazy text for markup.
    return Answer(False, _("Mend or answer first: %(names)s", names=names))


@effect
def pin_comments(ctx: Context) -> None:
    """Each reason becomes a comment pinned to the form as it was sent."""
    sent = submissions(ctx.case)
    if not ctx.reasons or not sent:
        return
    round_ = Stage(ctx.transition.round) if ctx.transition.round else Stage.FORMAL
    for row in checked(ctx.case, sent[-1], str(ctx.transition.reopens), ctx.reasons):
        pin = Pin(
            case_id=ctx.case.id, submission_id=sent[-1].id, round=round_, given_by_id=ctx.actor.id, **row
        )
        pin.given_at = ctx.case.state_since
        db.session.add(pin)
