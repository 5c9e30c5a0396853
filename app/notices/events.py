"""Listens to what happens to cases and assignments and tells people, inside the transaction of the change."""

from app.cases.workflow import Context, transitioned
from app.notices import service
from app.reviews.models import Assignment
from app.reviews.service.assigning import reassigned


@transitioned.connect
def on_transition(ctx: Context) -> None:
    """Queue what the transition's notice says."""
    if ctx.transition.notice:
        service.tell(ctx)


@reassigned.connect
def on_reassigned(assignment: Assignment, event: str) -> None:
    """Tell who gets the case, who is taken off it, or the office that a place stands empty."""
    service.tell_of(assignment, event)
