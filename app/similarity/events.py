"""Listens to the workflow: what is sent is fingerprinted inside the transaction of the sending."""

from sqlalchemy import select

from app.cases.models import Submission
from app.cases.workflow import Context, transitioned
from app.core.db import db
from app.similarity import service


@transitioned.connect
def on_transition(ctx: Context) -> None:
    """Index the snapshot that this transition has just taken."""
    if "take_snapshot" in ctx.transition.effects:
        newest = (
            select(Submission).where(Submission.case_id == ctx.case.id).order_by(Submission.number.desc())
        )
        service.index_submission(db.session.scalars(newest.limit(1)).one())
