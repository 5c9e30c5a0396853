"""The transition table of a case and the engine that fires it. Nothing else assigns `Case.state`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from blinker import Signal
from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission, Role
from app.access.policy import YES, Answer, can
from app.campaigns.models import Campaign
from app.cases.locks import lock
from app.cases.models import Case, CaseEvent
from app.cases.states import STATES, Holder, Round, State, Verdict
from app.core import audit, clock
from app.core.db import db
from app.core.errors import DeclarationError, Forbidden, Invalid, PortalError

S, P = State, Permission


@dataclass(frozen=True)
class Transition:
    """One move. `guards` and `effects` are names registered by the feature that owns the rule;
    `reopens` is the key of the campaign's edit scope; `notice` an event of the notice catalogue."""

    name: str
    label: object
    sources: tuple[State, ...]
    target: State
    permission: Permission
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    needs_reason: bool = False
    reopens: str | None = None
    notice: str | None = None
    round: Round | None = None
    verdict: Verdict | None = None
    tone: str = "primary"
    # Fired by a service or the clock as part of something else, never by a button of its own.
    automatic: bool = False
    # A property of the campaign without which this move does not exist in its cases.
    when: str = ""
    # The office that makes the move where another, or a person, holds the case.
    office: Holder | None = None


def _decisions(round_: Round, source: State, failed: State) -> tuple[Transition, ...]:
    """The verdicts of one round; which of them a campaign allows is the guard's business."""

    def row(verdict: Verdict, label: object, target: State, notice: str, **more: Any) -> Transition:
        return Transition(
            f"{round_}_{verdict}",
            label,
            (source,),
            target,
            P.CASE_DECIDE,
            guards=(
                *(
                    "office_in_charge",
                    "no_reader_decides",
                    "verdict_allowed",
                    "disagreement_settled",
                    "band_defined",
                ),
                *more.pop("guards", ()),
                "decision_recorded",
            ),
            notice=notice,
            round=round_,
            verdict=verdict,
            automatic=True,
            **more,
        )

    # After an appeal nothing more can be appealed.
    appealable = ("set_appeal_deadline",) if round_ is not Round.APPEAL else ()
    return (
        row(Verdict.PASS, _l("通過"), S.PASSED, "case.passed", tone="success"),
        row(Verdict.MINOR, _l("修正後通過"), S.PASSED, "case.passed_minor", tone="success"),
        row(
            Verdict.REVISE,
            _l("修正後複審"),
            S.REVISING,
            "case.revise",
            needs_reason=True,
            reopens="revising",
            guards=("second_round_unused",),
            effects=("set_revise_deadline", "pin_comments"),
            tone="warning",
        ),
        row(
            Verdict.FAIL,
            _l("未通過"),
            failed,
            f"case.failed_{round_}",
            needs_reason=True,
            effects=appealable,
            tone="danger",
        ),
    )


def _review(
    round_: Round, assign: State, review: State, decision: State, label: object, done: object
) -> tuple[Transition, ...]:
    """How one round goes: reviewers are assigned, the last sheet ends it, and a third reader may be asked."""
    return (
        Transition(
            f"assign_{round_}", label, (assign,), review, P.CASE_ASSIGN,
            guards=("office_in_charge", "reviewers_assigned"), notice="review.assigned", round=round_, automatic=True,
        ),
        Transition(
            f"finish_{round_}_review", done, (review,), decision, P.SHEET_WRITE,
            guards=("sheets_complete",), notice="review.finished", round=round_, automatic=True,
        ),
        Transition(
            f"third_{round_}", _l("加派審查委員"), (decision,), review, P.CASE_DECIDE,
            guards=("office_in_charge", "third_wanted", "reviewers_assigned"), notice="review.assigned",
            round=round_, automatic=True,
        ),
    )  # fmt: skip


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "submit", _l("送出審查文件"), (S.DRAFTING,), S.FORMAL_CHECK, P.CASE_SUBMIT,
        guards=("window_is_open", "slots_complete", "preflight_passed"),
        effects=("take_snapshot",), notice="case.submitted",
    ),
    Transition(
        "resubmit", _l("送出審查文件"), (S.RETURNED,), S.FORMAL_CHECK, P.CASE_SUBMIT,
        guards=("before_deadline", "slots_complete", "preflight_passed", "pins_dealt_with"),
        effects=("take_snapshot",), notice="case.submitted",
    ),
    Transition(
        "formal_pass", _l("形式審查通過"), (S.FORMAL_CHECK,), S.FIRST_ASSIGN, P.CASE_CHECK,
        guards=("office_in_charge",), tone="success", when="reviewed",
    ),
    Transition(
        "formal_course", _l("形式審查通過，進入換證研習"), (S.FORMAL_CHECK,), S.COURSE, P.CASE_CHECK,
        guards=("office_in_charge",), notice="case.course", tone="success", when="course_follows",
    ),
    Transition(
        "formal_accept", _l("形式審查通過，可產證"), (S.FORMAL_CHECK,), S.PASSED, P.CASE_CHECK,
        guards=("office_in_charge",), notice="case.passed", tone="success", when="formal_only",
    ),
    Transition(
        "course_done", _l("換證研習完成"), (S.COURSE,), S.PASSED, P.CASE_CHECK,
        guards=("office_in_charge", "course_hours_done"), notice="case.passed", tone="success", office=Holder.CHECKING,
    ),
    Transition(
        "formal_return", _l("退件"), (S.FORMAL_CHECK,), S.RETURNED, P.CASE_CHECK,
        guards=("office_in_charge",), effects=("set_revise_deadline", "pin_comments"), needs_reason=True,
        reopens="returned", notice="case.returned", tone="warning",
    ),
    *_review(
        Round.FIRST, S.FIRST_ASSIGN, S.FIRST_REVIEW, S.FIRST_DECISION, _l("分發初審委員"), _l("初審完成")
    ),
    *_decisions(Round.FIRST, S.FIRST_DECISION, S.FIRST_FAILED),
    Transition(
        "resubmit_revised", _l("送出複審資料"), (S.REVISING,), S.SECOND_ASSIGN, P.CASE_SUBMIT,
        guards=("before_deadline", "slots_complete", "preflight_passed", "pins_dealt_with"),
        effects=("take_snapshot",), notice="case.submitted",
    ),
    *_review(
        Round.SECOND, S.SECOND_ASSIGN, S.SECOND_REVIEW, S.SECOND_DECISION, _l("分發複審委員"), _l("複審完成")
    ),
    *(t for t in _decisions(Round.SECOND, S.SECOND_DECISION, S.SECOND_FAILED) if t.verdict is not Verdict.REVISE),
    Transition(
        "appeal", _l("申復"), (S.FIRST_FAILED, S.SECOND_FAILED), S.APPEAL_FILED, P.APPEAL_FILE,
        guards=("before_deadline", "no_other_case", "not_appealed_before", "appeal_written"),
        effects=("take_snapshot",),
        notice="case.appealed", tone="warning",
    ),
    Transition(
        "appeal_accept", _l("申復受理"), (S.APPEAL_FILED,), S.APPEAL_ACCEPTED, P.CASE_DECIDE,
        guards=("office_in_charge", "appeal_answered"), notice="case.appeal_accepted", tone="success", automatic=True,
    ),
    Transition(
        "appeal_refuse", _l("申復未受理"), (S.APPEAL_FILED,), S.APPEAL_REFUSED, P.CASE_DECIDE,
        guards=("office_in_charge", "appeal_answered"), needs_reason=True, notice="case.appeal_refused",
        tone="danger", automatic=True,
    ),
    *_review(
        Round.APPEAL, S.APPEAL_ACCEPTED, S.APPEAL_REVIEW, S.APPEAL_DECISION,
        _l("分發申復審查委員"), _l("申復審查完成"),
    ),
    *_decisions(Round.APPEAL, S.APPEAL_DECISION, S.APPEAL_FAILED),
    Transition(
        "issue", _l("產證"), (S.PASSED,), S.ISSUED, P.CERTIFICATE_ISSUE,
        guards=("office_in_charge", "number_given"), notice="certificate.issued", tone="success", automatic=True,
    ),
    Transition(
        "announce", _l("公告"), (S.ISSUED,), S.ANNOUNCED, P.CERTIFICATE_ISSUE,
        guards=("office_in_charge",), effects=("announce_certificate",), notice="certificate.announced", tone="success",
    ),
    Transition(
        "withdraw", _l("撤回"), (S.DRAFTING, S.FORMAL_CHECK, S.RETURNED, S.REVISING, S.COURSE), S.WITHDRAWN,
        P.CASE_WITHDRAW, needs_reason=True, notice="case.withdrawn", tone="danger",
    ),
    Transition(
        "reopen", _l("恢復填寫"), (S.LAPSED,), S.DRAFTING, P.CASE_SUBMIT,
        guards=("lapsed_as_draft", "window_is_open", "no_other_case"), automatic=True,
    ),
    Transition(
        "course_missed", _l("換證研習未完成"), (S.COURSE,), S.LAPSED, P.CASE_CHECK,
        guards=("office_in_charge",), needs_reason=True, notice="case.course_missed", tone="danger",
        office=Holder.CHECKING,
    ),
    Transition(
        "lapse", _l("逾期"), (S.DRAFTING, S.RETURNED, S.REVISING), S.LAPSED, P.CASE_LAPSE,
        guards=("deadline_passed",), notice="case.lapsed", automatic=True,
    ),
)  # fmt: skip

BY_NAME = {t.name: t for t in TRANSITIONS}


@dataclass
class Context:
    """What a guard or an effect may look at; `data` is what the caller handed to `fire`."""

    case: Case
    transition: Transition
    actor: Any
    reason: str = ""
    reasons: list[dict[str, Any]] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    # What people are told instead of the transition's own notice; an effect may say so.
    notice: str = ""
    # True while a page only asks what is possible; guards on work done in the same step say yes then.
    asking: bool = True


GUARDS: dict[str, Callable[[Context], Answer]] = {}
EFFECTS: dict[str, Callable[[Context], None]] = {}

# Sent inside the transaction after the change is written; receivers get the Context as sender.
transitioned = Signal()


def guard(function: Callable[[Context], Answer]) -> Callable[[Context], Answer]:
    """Register a guard under its function name."""
    GUARDS[function.__name__] = function
    return function


def effect(function: Callable[[Context], None]) -> Callable[[Context], None]:
    """Register an effect under its function name."""
    EFFECTS[function.__name__] = function
    return function


def check_declarations() -> None:
    """Stop the start when the table names something that nobody registered or contradicts itself."""
    for t in TRANSITIONS:
        for kind, names, known in (("guard", t.guards, GUARDS), ("effect", t.effects, EFFECTS)):
            for name in names:
                if name not in known:
                    raise DeclarationError(
                        f"app/cases/workflow.py: transition {t.name!r} names {kind} {name!r}: "
                        f"write `@{kind} def {name}(ctx)` in the feature that owns the rule"
                    )
    if len(BY_NAME) != len(TRANSITIONS):
        raise DeclarationError("app/cases/workflow.py: two transitions share a name; rename one")
    dead = set(STATES) - {t.target for t in TRANSITIONS} - {S.DRAFTING}
    if dead:
        raise DeclarationError(
            f"app/cases/workflow.py: no transition leads to {sorted(dead)}; add one or drop the state"
        )


def answer(ctx: Context) -> Answer:
    """Whether the transition is possible now for this actor, or the first reason why not."""
    t = ctx.transition
    if ctx.case.state not in t.sources or not exists_in(t, ctx.case.campaign):
        return Answer(False, _l("This step is not possible in the present state of the case."))
    if t.permission is P.CASE_LAPSE:
        if ctx.actor is not None:
            return Answer(False, _l("Only the clock does this."))
    else:
        allowed = can(ctx.actor, t.permission, ctx.case)
        if not allowed:
            return allowed
    for name in t.guards:
        verdict = GUARDS[name](ctx)
        if not verdict:
            return verdict
    return YES


def exists_in(transition: Transition, campaign: Campaign) -> bool:
    """Whether cases of the campaign know this move at all."""
    return not transition.when or bool(getattr(campaign, transition.when))


def available(actor: Any, case: Case) -> list[tuple[Transition, Answer]]:
    """Every transition of the present state with yes or the reason why not."""
    return [
        (t, answer(Context(case, t, actor)))
        for t in TRANSITIONS
        if case.state in t.sources and exists_in(t, case.campaign)
    ]


def fire(
    actor: Any,
    case: Case,
    name: str,
    *,
    reason: str = "",
    reasons: list[dict[str, Any]] | None = None,
    **data: Any,
) -> Case:
    """Move `case` along the transition `name`, all or nothing inside the caller's transaction.

    1. Lock the row. 2. Check source, permission, guards and the reason. 3. Change the state.
    4. Write history and audit. 5. Run the effects. 6. Tell the listeners, who queue the notices.
    Raises `PortalError` (409) for a wrong state or a guard's no, `Forbidden`, `Invalid` without a reason.
    """
    transition = BY_NAME[name]
    case = lock(case.id)
    ctx = Context(case, transition, actor, reason.strip(), reasons or [], data, asking=False)
    verdict = answer(ctx)
    if not verdict:
        if (
            case.state in transition.sources
            and not can(actor, transition.permission, case)
            and actor is not None
        ):
            raise Forbidden(verdict.reason, code="not_allowed")
        raise PortalError(verdict.reason, code="not_possible")
    if transition.needs_reason and not (ctx.reason or ctx.reasons):
        raise Invalid(_l("Please give a reason."), code="reason_missing", field="reason")
    source, case.state, case.state_since, case.due_at = case.state, transition.target, clock.now(), None
    case.reopened = _reopened(ctx)
    if ctx.reason or ctx.reasons:
        case.reason = ctx.reason
    db.session.add(
        CaseEvent(
            case_id=case.id,
            actor_id=getattr(actor, "id", None),
            actor_role=acting_role(actor, transition.permission),
            transition=name,
            source=source,
            target=transition.target,
            reason=ctx.reason,
            reasons=ctx.reasons,
        )
    )
    audit.record(actor, f"case.{name}", case, source=source.value, target=transition.target.value)
    for effect_name in transition.effects:
        EFFECTS[effect_name](ctx)
    db.session.flush()
    transitioned.send(ctx)
    return case


def _reopened(ctx: Context) -> list[str]:
    """The slots that may be edited now: those the campaign lists, or only those that a reason names."""
    if not ctx.transition.reopens:
        return []
    scope = ctx.case.campaign.reopens.get(ctx.transition.reopens, [])
    if scope != "pinned":
        return list(scope)
    named = {reason.get("slot") for reason in ctx.reasons}
    slots = [slot for slot in ctx.case.campaign.slot_codes if slot in named]
    if not slots:
        raise Invalid(
            _l("Pin a comment to at least one form: only those can be edited."),
            code="reason_missing",
            field="reasons",
        )
    return slots


def acting_role(actor: Any, permission: Permission) -> str:
    """The role by which the actor did it, for the history; empty for the system."""
    from app.access.matrix import roles_with

    held: frozenset[Role] = getattr(actor, "role_set", frozenset()) & roles_with(permission)
    return next((role.value for role in Role if role in held), "")
