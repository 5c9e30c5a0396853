"""What may refuse a transition of a case, and what follows from one, as far as cases know it."""

import hashlib
import json

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.access.policy import YES, Answer
from app.campaigns.queries import closes_for, window_open
from app.campaigns.tracks import SLOTS
from app.cases.models import Case, Submission
from app.cases.preflight import blocking
from app.cases.queries import content_of, course_hours
from app.cases.states import ENDED, State
from app.cases.workflow import Context, effect, guard
from app.core import clock
from app.core.db import db


@guard
def window_is_open(ctx: Context) -> Answer:
    """The campaign is published and inside its window, extensions and the last second included."""
    case = ctx.case
    who = {"school_id": case.school_id, "user_id": case.applicant_id}
    if window_open(case.campaign, **who):
        return YES
    closes = clock.local(closes_for(case.campaign, **who))
    return Answer(
        False, _l("The window of this campaign closed on %(day)s.", day=closes.strftime("%Y-%m-%d %H:%M"))
    )


@guard
def before_deadline(ctx: Context) -> Answer:
    """The last day of this case has not passed; a case without one has no limit."""
    if ctx.case.due_at is None or not clock.passed(ctx.case.due_at):
        return YES
    return Answer(False, _l("The last day was %(day)s.", day=clock.local(ctx.case.due_at).date().isoformat()))


@guard
def deadline_passed(ctx: Context) -> Answer:
    """The last second is over: of the window for a draft, of the case itself otherwise."""
    case = ctx.case
    draft = case.state is State.DRAFTING
    last = (
        closes_for(case.campaign, school_id=case.school_id, user_id=case.applicant_id)
        if draft
        else case.due_at
    )
    return YES if last and clock.passed(last) else Answer(False, _l("The deadline has not passed."))


@guard
def lapsed_as_draft(ctx: Context) -> Answer:
    """The window closed over a draft: nothing had been sent, so an extension brings it back."""
    if ctx.case.events and ctx.case.events[-1].source is State.DRAFTING:
        return YES
    return Answer(False, _l("This step is not possible in the present state of the case."))


@guard
def slots_complete(ctx: Context) -> Answer:
    """Every slot of the campaign has a chosen document that meets its form's rules."""
    missing = incomplete_slots(ctx.case)
    if not missing:
        return YES
    names = str(_l(", ")).join(str(SLOTS[s].title) for s in missing)
    return Answer(False, _l("Not complete yet: %(names)s", names=names))


@guard
def preflight_passed(ctx: Context) -> Answer:
    """None of the checks that teacher and office share finds an error in a form that can be mended now."""
    errors = blocking(ctx.case)
    if not errors:
        return YES
    first = errors[0]
    # Not lazy: the words may quote what somebody typed, and a page takes a lazy text for markup.
    return Answer(False, _("Mend first: %(form)s: %(words)s", form=first.title, words=first.words))


@guard
def appeal_written(ctx: Context) -> Answer:
    """The appeal form is filled in."""
    if any(d.slot == "appeal" and d.chosen and d.complete for d in ctx.case.documents):
        return YES
    return Answer(False, _l("Fill in the appeal form first."))


@guard
def no_other_case(ctx: Context) -> Answer:
    """The applicant has no open case of the same track: an appeal would open a second one."""
    case = ctx.case
    other = select(Case.id).where(
        Case.applicant_id == case.applicant_id,
        Case.track == case.track,
        Case.state.not_in(ENDED),
        Case.id != case.id,
    )
    if db.session.scalar(other.limit(1)) is None:
        return YES
    return Answer(False, _l("You have another open case of this kind; withdraw it first."))


@guard
def course_hours_done(ctx: Context) -> Answer:
    """The hours of the renewal course, taken after the campaign opened, are in the profile."""
    found, needed = course_hours(ctx.case), ctx.case.campaign.course_hours
    if found >= needed:
        return YES
    return Answer(False, _l("%(found)s of %(needed)s course hours are recorded.", found=found, needed=needed))


def incomplete_slots(case: Case) -> list[str]:
    """Slot codes, in filling order, whose chosen document is missing or not complete."""
    done = {d.slot for d in case.documents if d.chosen and d.complete}
    return [slot for slot in case.campaign.slot_codes if slot not in done]


@effect
def take_snapshot(ctx: Context) -> None:
    """Keep what was sent, word for word: later edits never reach it."""
    case = ctx.case
    content = content_of(case)
    number = db.session.scalar(select(func.count(Submission.id)).where(Submission.case_id == case.id)) or 0
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True)
    db.session.add(
        Submission(
            case_id=case.id,
            number=number + 1,
            transition=ctx.transition.name,
            submitted_by_id=ctx.actor.id,
            submitted_at=case.state_since,
            content=content,
            digest=hashlib.sha256(canonical.encode()).hexdigest(),
        )
    )
    case.submitted_at = case.state_since


@effect
def set_revise_deadline(ctx: Context) -> None:
    """The campaign's days to correct, counted from now, to the last second of the last day."""
    ctx.case.due_at = clock.days_after(ctx.case.state_since, ctx.case.campaign.revise_days)


@effect
def set_appeal_deadline(ctx: Context) -> None:
    """The appeal clock starts when the notice is sent, holidays included, to the last second of the last day.

    A case is appealed once: who fails the second round that an appeal led to is told that this is the end.
    """
    if any(event.transition == "appeal" for event in ctx.case.events):
        ctx.notice = "case.failed_final"
        return
    ctx.case.due_at = clock.days_after(ctx.case.state_since, ctx.case.campaign.appeal_days)
