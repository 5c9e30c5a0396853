"""The office's decision, kept apart from the sheets and from what they come to."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import require
from app.campaigns.models import PINNED
from app.cases import workflow
from app.cases.locks import lock
from app.cases.models import Case
from app.cases.states import State, Verdict
from app.core import audit
from app.core.db import db
from app.core.errors import Invalid, PortalError
from app.reviews.models import Decision, Talk
from app.reviews.outcome import outcome, settled
from app.reviews.queries import ROUND_OF

DECIDING = (State.FIRST_DECISION, State.SECOND_DECISION, State.APPEAL_DECISION)


def decide(
    actor: PortalUser,
    case: Case,
    *,
    verdict: Verdict,
    reason: str = "",
    reasons: list[dict[str, Any]] | None = None,
) -> Decision:
    """初審判定, 複審判定 or 申復判定: record the decided verdict and move the case by it.

    1. Lock, ask the right. 2. See what the sheets come to. 3. A verdict that differs from it needs a reason.
    4. Write the decision (unique per round). 5. Fire.
    """
    case = lock(case.id)
    require(actor, Permission.CASE_DECIDE, case)
    round_ = ROUND_OF.get(case.state)
    if round_ is None or case.state not in DECIDING:
        raise PortalError(_l("This case is not waiting for a decision."), code="not_possible")
    transition = workflow.BY_NAME.get(f"{round_}_{verdict}")
    if transition is None:
        raise Invalid(
            _l("This campaign does not allow this verdict in this round."), code="verdict", field="verdict"
        )
    allowed = workflow.answer(workflow.Context(case, transition, actor))
    if not allowed:
        raise PortalError(allowed.reason, code="not_possible")
    found = outcome(case, round_)
    differs = verdict is not found.proposal
    reason = reason.strip()
    if differs and not reason:
        raise Invalid(
            _l("This differs from what the sheets come to: please give the reason."),
            code="reason_missing",
            field="reason",
        )
    if transition.needs_reason and not (reason or reasons):
        raise Invalid(_l("Please give a reason."), code="reason_missing", field="reason")
    decision = Decision(
        case_id=case.id,
        round=round_,
        verdict=verdict,
        band=found.band,
        reason=reason,
        differs=differs,
        decided_by_id=actor.id,
        detail={
            "proposed": sorted({s.verdict.value for s in found.sheets if s.verdict}),
            "sums": list(found.sums),
            "value": found.value,
            "similar": found.similar.value if found.similar else "",
        },
    )
    db.session.add(decision)
    db.session.flush()
    workflow.fire(actor, case, transition.name, reason=reason, reasons=reasons)
    return decision


def undisputed(actor: PortalUser, case: Case) -> tuple[Verdict | None, Any]:
    """The verdict that the office may take over as it stands: band, tick and every reviewer say the same.

    None with the reason when there is something to weigh, or when the step is not the actor's.
    """
    round_ = ROUND_OF.get(case.state)
    if round_ is None or case.state not in DECIDING:
        return None, _l("This case is not waiting for a decision.")
    found = outcome(case, round_)
    transition = workflow.BY_NAME.get(f"{round_}_{found.proposal or Verdict.PASS}")
    if transition is None:
        return None, _l("This campaign does not allow this verdict in this round.")
    allowed = workflow.answer(workflow.Context(case, transition, actor))
    if not allowed:
        return None, allowed.reason
    if found.disagree:
        return None, _l("The sheets disagreed: weigh this one on its own page.")
    if {sheet.verdict for sheet in found.sheets} != {found.proposal}:
        return None, _l("The reviewers propose another verdict than the sum: weigh this one on its own page.")
    if transition.reopens and case.campaign.reopens.get(transition.reopens) == PINNED:
        return None, _l("Comments have to be pinned to forms: decide this one on its own page.")
    return found.proposal, ""


def confirm(actor: PortalUser, case: Case, *, verdict: Verdict, version: int, reason: str = "") -> Decision:
    """Decide by an undisputed proposal; `PortalError` when it is not, or no longer, `verdict`.

    `version` is the case's as the actor saw it: one that moved since is decided after another look.
    """
    case = lock(case.id)
    found, why = undisputed(actor, case)
    if found is None:
        raise PortalError(why, code="not_possible")
    if found is not verdict or case.version != version:
        raise PortalError(_l("This case has changed since you looked: please look again."), code="changed")
    return decide(actor, case, verdict=verdict, reason=reason)


def record_talk(actor: PortalUser, case: Case, *, text: str) -> Talk:
    """What the reviewers agreed on in their talk; once for each round whose sheets disagree."""
    case = lock(case.id)
    require(actor, Permission.CASE_DECIDE, case)
    round_ = ROUND_OF.get(case.state)
    if round_ is None or case.state not in DECIDING:
        raise PortalError(_l("This case is not waiting for a decision."), code="not_possible")
    if case.campaign.disagreement != "talk" or settled(case, round_, outcome(case, round_)):
        raise PortalError(_l("There is no disagreement to talk about."), code="no_disagreement")
    if not text.strip():
        raise Invalid(_l("Write down what the reviewers agreed on."), code="talk_missing", field="talk")
    talk = Talk(case_id=case.id, round=round_, text=text.strip(), recorded_by_id=actor.id)
    db.session.add(talk)
    db.session.flush()
    audit.record(actor, "case.talk", case, round=round_.value)
    return talk
