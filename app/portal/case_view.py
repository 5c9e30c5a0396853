"""What the pages of a case show, made from the declarations: progress, history, reasons, forms to choose."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access.matrix import ROLE_LABELS, Permission, Role
from app.access.models import PortalUser
from app.access.policy import can
from app.campaigns.queries import closes_for
from app.campaigns.tracks import CYCLES, SLOTS
from app.cases.models import Case, CaseEvent
from app.cases.preflight import Finding, preflight
from app.cases.queries import SlotView, slot_editable, slots
from app.cases.states import APPEAL, EDITABLE, ENDED, LOST, SHEETS_SHOWN, STATES, State, Verdict
from app.cases.workflow import BY_NAME, Transition
from app.core.db import db
from app.core.i18n import EN, locale_code
from app.forms import registry
from app.people.models import Certificate
from app.reference.models import FormType, ReturnReason
from app.reviews.models import Assignment, Decision, Sheet, SheetState
from app.reviews.pins import PinView

# The dots of the history say good or bad in the badge tones of the components.
TONES = {"success": "ok", "danger": "bad", "warning": "warn", "primary": "accent"}
BADGES = {
    "draft": "neutral",
    "office": "info",
    "review": "info",
    "attention": "warn",
    "passed": "ok",
    "failed": "bad",
    "ended": "neutral",
}
# Where a reason still matters: whoever sends the case on has answered it.
REASONS_SHOWN = LOST | {State.RETURNED, State.REVISING, *APPEAL, State.WITHDRAWN}
ANSWERS = ("appeal_accept", "appeal_refuse")


@dataclass
class FormChoice:
    """One entry of a slot's drop-down."""

    code: str
    label: str
    online: bool
    selected: bool


@dataclass
class SlotRow:
    """One row of 編輯表單列表."""

    slot: SlotView
    choices: list[FormChoice]
    # A comment for which the case came back is still open here.
    faulted: bool = False

    @property
    def started(self) -> bool:
        """編輯 instead of 新增."""
        chosen = self.slot.chosen
        return bool(chosen and (chosen.file_id or chosen.answers))

    @property
    def complete(self) -> bool:
        return bool(self.slot.chosen and self.slot.chosen.complete)

    @property
    def form_title(self) -> str:
        return next((choice.label for choice in self.choices if choice.selected), "")


@dataclass
class SlotGroup:
    """Rows that stand together: the forms of one observed lesson, or those that belong to none."""

    cycle: int
    rows: list[SlotRow]

    @property
    def title(self) -> str:
        return str(CYCLES.get(self.cycle, ""))

    @property
    def lesson(self) -> str:
        """Whose lesson it is and what it is about, once a form says so."""
        written = [row.slot.chosen.answers for row in self.rows if row.slot.chosen]
        said = (next((a[key] for a in written if a.get(key)), "") for key in ("teacher", "unit"))
        return " · ".join(part for part in said if part)

    @property
    def done(self) -> int:
        return sum(row.complete for row in self.rows)


def slot_groups(rows: Iterable[SlotRow]) -> list[SlotGroup]:
    """The rows in their order, those of one lesson together."""
    return [
        SlotGroup(cycle, list(same)) for cycle, same in groupby(rows, lambda row: SLOTS[row.slot.code].cycle)
    ]


def slot_rows(case: Case, todo: Iterable[PinView] = ()) -> list[SlotRow]:
    """All slots with the forms they offer, those not yet on line included; `todo` marks those to be mended."""
    views = slots(case)
    codes = {code for view in views for code in view.forms}
    rows = db.session.scalars(select(FormType).where(FormType.code.in_(codes)))
    labels = {row.code: row.label for row in rows}
    faulted = {pin.pin.slot for pin in todo if pin.pin.must and pin.state == "open"}
    return [SlotRow(view, _choices(view, labels), view.code in faulted) for view in views]


def _choices(view: SlotView, labels: dict[str, str]) -> list[FormChoice]:
    known = {code for code, _version in registry.load()}
    online = [code for code in view.forms if code in known]
    selected = view.chosen.form_code if view.chosen else (online[0] if online else "")
    return [
        FormChoice(
            code,
            labels.get(code) or str(registry.get(code).title if code in known else code),
            code in known,
            code == selected,
        )
        for code in view.forms
    ]


def deadline(case: Case) -> datetime | None:
    """The last moment for the teacher's next step, None when nobody waits for the teacher."""
    if case.state is not State.DRAFTING:
        return case.due_at
    return closes_for(case.campaign, school_id=case.school_id, user_id=case.applicant_id)


def history(case: Case, *, with_reasons: bool) -> list[dict[str, Any]]:
    """Who moved the case, when and why, the latest first; of reviewers only the role is told."""
    rows = []
    for event in reversed(case.events):
        transition = BY_NAME.get(event.transition)
        role = ROLE_LABELS[Role(event.actor_role)] if event.actor_role else _("the portal, by the clock")
        own = event.actor_id == case.applicant_id
        rows.append(
            {
                "title": transition.label if transition else _("申請"),
                "when": event.at,
                "who": f"{case.applicant.name} ({role})" if own else role,
                # Why somebody passed against the sheets is the office's own record.
                "text": "\n".join(reason_lines(event)) if with_reasons and not _passes(transition) else "",
                "tone": TONES.get(transition.tone if transition else "", "neutral"),
                "target": STATES[event.target].label,
            }
        )
    return rows


def _passes(transition: Transition | None) -> bool:
    return transition is not None and transition.verdict in (Verdict.PASS, Verdict.MINOR)


def reason_lines(event: CaseEvent) -> list[str]:
    """原因訊息 of one step: the free text, then a line for each coded reason with form and defect."""
    labels = {}
    if event.reasons:
        codes = {item.get("reason") for item in event.reasons}
        rows = db.session.scalars(select(ReturnReason).where(ReturnReason.code.in_(codes)))
        labels = {row.code: row.label for row in rows}
    lines = [event.reason] if event.reason else []
    for item in event.reasons:
        slot = SLOTS.get(item.get("slot", ""))
        parts = (
            str(slot.title) if slot else "",
            labels.get(item.get("reason", ""), ""),
            item.get("text", ""),
        )
        lines.append((": " if locale_code() == EN else "：").join(part for part in parts if part))
    return lines


def present_reasons(case: Case, comments: Collection[PinView]) -> list[str]:
    """原因訊息: why the case is where it is, while that still matters; pinned comments are shown where they belong."""
    event = _reasoned(case)
    if event and comments:
        return [event.reason] if event.reason else []
    return reason_lines(event) if event else []


def findings(case: Case) -> list[Finding]:
    """What the checks before sending find where the applicant can mend it now; nothing before a form is complete."""
    if case.state not in EDITABLE or not any(d.complete for d in case.documents):
        return []
    return [f for f in preflight(case) if not f.slot or slot_editable(case, f.slot)]


def _reasoned(case: Case) -> CaseEvent | None:
    """The step that gave the reasons; None once the case has moved on from where they sent it."""
    if case.state not in REASONS_SHOWN:
        return None
    # The answer to an appeal has its own card.
    given = (event for event in reversed(case.events) if event.transition not in ANSWERS)
    return next((event for event in given if event.reason or event.reasons), None)


def readable_sheets(actor: PortalUser, case: Case) -> list[Sheet]:
    """Sent sheets that `actor` may read: an applicant only those of a round that has been decided."""
    if not can(actor, Permission.SHEET_VIEW, case):
        return []
    query = (
        select(Sheet)
        .join(Assignment)
        .where(Assignment.case_id == case.id, Assignment.ended_at.is_(None), Sheet.state == SheetState.SENT)
        .options(joinedload(Sheet.assignment))
        .order_by(Assignment.round, Assignment.id)
    )
    if case.applicant_id == actor.id:
        if case.state not in SHEETS_SHOWN:
            return []
        decided = select(Decision.round).where(Decision.case_id == case.id)
        query = query.where(Assignment.round.in_(decided))
    return list(db.session.scalars(query))


def certificate_of(case: Case) -> Certificate | None:
    """The certificate that came of the case."""
    if case.state not in (State.ISSUED, State.ANNOUNCED):
        return None
    return db.session.scalar(select(Certificate).where(Certificate.case_id == case.id))


def is_over(case: Case) -> bool:
    """Nothing more will happen to the case."""
    return case.state in ENDED
