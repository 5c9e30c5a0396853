"""Listens to the workflow and tells people, inside the transaction of the change."""

from app.cases.workflow import Context, transitioned
from app.notices import service


@transitioned.connect
def on_transition(ctx: Context) -> None:
    """Queue what the transition's notice says."""
    if ctx.transition.notice:
        service.tell(ctx)
