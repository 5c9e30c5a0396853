"""Reads of pinned comments: what they say, what became of them, and what may be pinned where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.campaigns.models import PINNED, Campaign
from app.campaigns.tracks import SLOTS
from app.cases.models import Case, Submission
from app.cases.queries import content_of, submissions
from app.cases.states import EDITABLE, State
from app.core.db import db
from app.core.errors import Invalid
from app.core.text_diff import Part, text_diff
from app.forms import registry
from app.forms.base import OfficialForm
from app.forms.fields import clean
from app.reference.models import ReturnReason
from app.reviews.models import Pin
from app.reviews.models.pin import STAGE_LABELS

Entry = dict[str, Any]
LONGEST = 5000
# So many characters of what stayed stand before and behind each change; the rest is among the documents.
NEAR = 100


@dataclass(frozen=True)
class Side:
    """One slot at one time: as sent with submission `number`, or as it is being written (0)."""

    entry: Entry
    number: int

    @cached_property
    def form(self) -> OfficialForm:
        return registry.build(self.entry["form"], self.entry["version"], answers=self.entry["answers"])


@dataclass(frozen=True)
class Change:
    """One field before and after; `parts` are the differences to the character."""

    label: str
    before: str
    after: str

    @property
    def real(self) -> bool:
        """Blanks at the end of a line mend nothing."""
        return _lines(self.before) != _lines(self.after)

    @cached_property
    def parts(self) -> list[Part]:
        return text_diff(self.before, self.after)

    @property
    def near(self) -> list[tuple[str, str, int, str]]:
        """(kind, text, characters left out, text behind them): of what stayed, only what is near a change."""
        rows = []
        for n, (kind, text) in enumerate(self.parts):
            if kind != "same" or len(text) <= 3 * NEAR:
                rows.append((str(kind), text, 0, ""))
                continue
            head = text[:NEAR] if n else ""
            tail = text[-NEAR:] if n + 1 < len(self.parts) else ""
            rows.append((str(kind), head, len(text) - len(head) - len(tail), tail))
        return rows


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@dataclass(frozen=True)
class PinView:
    """A comment with the form it was pinned on and the form as it stood afterwards (None: not sent yet)."""

    pin: Pin
    before: Side
    after: Side | None
    reason: str
    changes: list[Change] = field(default_factory=list)
    # Another form was chosen for the slot, so there is no field to compare with.
    other_form: bool = False

    @property
    def mended(self) -> bool:
        """Whether the field, or for a comment on the whole form anything in it, is another one now."""
        if self.after is None:
            return False
        new_file = self.before.entry["file"] != self.after.entry["file"]
        return self.other_form or new_file or any(c.real for c in self.changes)

    @property
    def answer(self) -> str:
        """The teacher's words; like the mended form they are the teacher's own until they are sent."""
        return self.pin.answer if self.after else ""

    @property
    def state(self) -> str:
        return "mended" if self.mended else "answered" if self.answer else "open"

    @property
    def stage(self) -> object:
        return STAGE_LABELS[self.pin.round]

    @property
    def slot_title(self) -> str:
        return str(SLOTS[self.pin.slot].title)

    @property
    def field_label(self) -> str:
        """What the field is called; empty for the whole form."""
        return self.before.form.leaves()[self.pin.field][0] if self.pin.field else ""

    @property
    def place(self) -> str:
        return " · ".join(part for part in (self.slot_title, self.field_label) if part)


def pin_views(case: Case, *, drafts: bool = False) -> list[PinView]:
    """Every comment of the case, those of the latest sending first.

    With `drafts`, which only the applicant may ask for, those of the latest sending are compared with what is
    being written now.
    """
    if case.state is State.DRAFTING:
        return []  # nothing has been sent to which a comment could be pinned
    query = select(Pin).where(Pin.case_id == case.id).options(joinedload(Pin.given_by))
    query = query.order_by(Pin.submission_id.desc(), Pin.id)
    # An answer of another session since this one first looked must be seen.
    pins = list(db.session.scalars(query.execution_options(populate_existing=True)))
    if not pins:
        return []
    sent = submissions(case)
    sides = {s.id: {e["slot"]: Side(e, s.number) for e in s.content} for s in sent}
    following = {s.id: sides[after.id] for s, after in pairwise(sent)}
    if drafts:
        following[sent[-1].id] = {e["slot"]: Side(e, 0) for e in content_of(case)}
    labels = {r.code: r.label for r in db.session.scalars(select(ReturnReason))}
    return [
        _view(
            pin,
            sides[pin.submission_id][pin.slot],
            following.get(pin.submission_id, {}).get(pin.slot),
            labels,
        )
        for pin in pins
    ]


def _view(pin: Pin, before: Side, after: Side | None, labels: Mapping[str, str]) -> PinView:
    reason = labels.get(pin.reason, pin.reason)
    if after is None or before.entry["file"] or after.entry["file"]:
        return PinView(pin, before, after, reason)
    old, new = before.form.leaves(), after.form.leaves()
    changed_form = before.entry["form"] != after.entry["form"]
    if (pin.field and pin.field not in new) or (not pin.field and changed_form):
        return PinView(pin, before, after, reason, other_form=True)
    names = (
        [pin.field]
        if pin.field
        else [n for n in old if n in new and old[n][1].answer() != new[n][1].answer()]
    )
    changes = [Change(old[name][0], old[name][1].text(), new[name][1].text()) for name in names]
    return PinView(pin, before, after, reason, changes)


def todo(case: Case) -> list[PinView]:
    """What the applicant has to deal with before sending again: the comments on the latest sending."""
    if case.state not in EDITABLE:
        return []
    views = pin_views(case, drafts=True)
    return [view for view in views if view.after is not None and not view.after.number]


def digest(views: Sequence[PinView]) -> str:
    """The answers that a page shows, by comment: `edited` tells by it which of them were typed there."""
    return ".".join(f"{view.pin.id}-{_mark(view.pin.answer)}" for view in views)


def edited(answers: Mapping[int, str], seen: str) -> dict[int, str]:
    """The answers, as they are stored, that differ from what the page with the digest `seen` had shown."""
    shown = dict(part.partition("-")[::2] for part in seen.split("."))
    texts = {number: clean(text, lines=True).strip() for number, text in answers.items()}
    return {number: text for number, text in texts.items() if shown.get(str(number)) != _mark(text)}


def was_shown(view: PinView, seen: str) -> bool:
    """Whether the page with the digest `seen` had the answer that is stored now."""
    return digest([view]) in seen.split(".")


def _mark(answer: str) -> str:
    return sha256(answer.encode()).hexdigest()[:12]


# -- what may be pinned ------------------------------------------------------------------------------------


def pinnable_slots(campaign: Campaign, scope: str) -> list[str]:
    """The forms on which a comment can be mended: those that the move reopens (`scope`: returned, revising)."""
    reopens = campaign.reopens.get(scope) or PINNED
    return campaign.slot_codes if reopens == PINNED else [s for s in campaign.slot_codes if s in reopens]


def pinnable_fields(submission: Submission, slot: str) -> list[tuple[str, str]]:
    """(name, label) of the fields of the form that was sent in the slot."""
    entry = next((e for e in submission.content if e["slot"] == slot), None)
    return [(name, label) for name, (label, _field) in Side(entry, 0).form.leaves().items()] if entry else []


def checked(
    case: Case, submission: Submission, scope: str, reasons: Sequence[Mapping[str, Any]]
) -> list[Entry]:
    """The comments as columns of `Pin`; raises `Invalid` at `pins-<n>-place` or `pins-<n>-text`."""
    slots = pinnable_slots(case.campaign, scope)
    codes = set(db.session.scalars(select(ReturnReason.code).where(ReturnReason.retired_at.is_(None))))
    rows = []
    for number, given in enumerate(reasons):
        slot, name = given.get("slot", ""), given.get("field", "")
        text = clean(given.get("text", ""), lines=True).strip()
        code = given.get("reason", "")
        if slot not in slots or (name and name not in dict(pinnable_fields(submission, slot))):
            raise Invalid(
                _l("Choose the form that the comment belongs to."), code="place", field=f"pins-{number}-place"
            )
        if len(text) > LONGEST:
            raise too_long(f"pins-{number}-text")
        if (code and code not in codes) or not (code or text):
            raise Invalid(
                _l("Choose a reason or say in words what has to be mended."),
                code="reason_missing",
                field=f"pins-{number}-text",
            )
        must = bool(given.get("must", True))
        rows.append({"slot": slot, "field": name, "reason": code, "text": text, "must": must})
    return rows


def too_long(field: str) -> Invalid:
    """What to say to a comment or an answer that nobody could keep."""
    return Invalid(_l("At most %(limit)s characters", limit=f"{LONGEST:,}"), code="long", field=field)
