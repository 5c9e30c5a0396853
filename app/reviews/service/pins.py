"""Returning a case with comments pinned to its forms, and answering them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import require
from app.cases import workflow
from app.cases.locks import lock
from app.cases.models import Case
from app.core import clock
from app.core.db import db
from app.core.errors import Invalid, PortalError, Stale
from app.reviews.pins import LONGEST, edited, todo, too_long, was_shown


def return_case(
    actor: PortalUser, case: Case, *, pins: Sequence[Mapping[str, Any]], reason: str = ""
) -> Case:
    """退件: send the case back with comments ({"slot", "field", "reason", "text", "must"}) and words for the whole.

    Raises `Invalid` without a comment, and at the first one that is not in order.
    """
    if not pins:
        raise Invalid(_l("Pin at least one comment to a form."), code="reason_missing", field="pins")
    return workflow.fire(actor, case, "formal_return", reason=reason, reasons=[dict(pin) for pin in pins])


def answer_pins(actor: PortalUser, case: Case, *, answers: Mapping[int, str], seen: str) -> None:
    """Keep the teacher's words on comments of the latest sending; an emptied answer is taken back.

    `seen` is the `digest` that the page was made with: `Stale` when a second tab has answered the same comment
    since. What this page left alone stays as it is now.
    """
    case = lock(case.id)
    require(actor, Permission.CASE_FILL, case)
    views = todo(case)
    if not views:
        raise PortalError(_l("There is no comment to answer now."), code="nothing_to_answer")
    typed = edited(answers, seen)
    for view in views:
        text = typed.get(view.pin.id, view.pin.answer)
        if text == view.pin.answer:
            continue
        if not was_shown(view, seen):
            raise Stale(_l("Your answers were changed elsewhere after you opened this page."), code="stale")
        if len(text) > LONGEST:
            raise too_long(f"answer-{view.pin.id}")
        view.pin.answer, view.pin.answered_at = text, clock.now() if text else None
    db.session.flush()
