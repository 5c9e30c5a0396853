"""Answering an appeal: 受理 or 未受理."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import require
from app.cases import workflow
from app.cases.locks import lock
from app.cases.models import Case
from app.cases.states import State
from app.core.db import db
from app.core.errors import Invalid, PortalError
from app.reference.models import AppealGround
from app.reviews.models import Appeal


def answer_appeal(
    actor: PortalUser, case: Case, *, accepted: bool, grounds: Sequence[str], reason: str = ""
) -> Appeal:
    """受理 or 未受理 with coded grounds; accepted, the case goes to other reviewers than before.

    Raises `Invalid` without a ground of the right kind, and for a refusal without words.
    """
    case = lock(case.id)
    require(actor, Permission.CASE_DECIDE, case)
    name = "appeal_accept" if accepted else "appeal_refuse"
    if case.state is not State.APPEAL_FILED:
        raise PortalError(_l("This appeal has been answered."), code="not_possible")
    allowed = workflow.answer(workflow.Context(case, workflow.BY_NAME[name], actor))
    if not allowed:
        raise PortalError(allowed.reason, code="not_possible")
    known = set(
        db.session.scalars(
            select(AppealGround.code).where(
                AppealGround.retired_at.is_(None), AppealGround.accepts.is_(accepted)
            )
        )
    )
    chosen = [code for code in dict.fromkeys(grounds) if code in known]
    if not chosen:
        raise Invalid(_l("Choose at least one ground."), code="ground_missing", field="grounds")
    if not accepted and not reason.strip():
        raise Invalid(_l("Please give a reason."), code="reason_missing", field="reason")
    appeal = Appeal(
        case_id=case.id, accepted=accepted, grounds=chosen, reason=reason.strip(), answered_by_id=actor.id
    )
    db.session.add(appeal)
    db.session.flush()
    workflow.fire(actor, case, name, reason=reason)
    return appeal
