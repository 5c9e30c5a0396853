"""The rows in which an office pins comments to forms and fields, as they are typed, shown again and read."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.campaigns.tracks import SLOTS
from app.cases.models import Case
from app.cases.preflight import Finding
from app.cases.queries import submissions
from app.core.db import db
from app.reference.models import ReturnReason
from app.reviews.pins import pinnable_fields, pinnable_slots

Row = dict[str, Any]
Places = list[tuple[str, list[tuple[str, str]]]]
_NAME = re.compile(r"pins-(\d{1,3})-(place|reason|must|text)")
_PRESSED = "rows-pins"


def rows_pressed(form: Mapping[str, str]) -> bool:
    """A button that adds or removes a row was pressed: nothing is sent yet."""
    return _PRESSED in form


def _typed(form: Mapping[str, str]) -> list[Row]:
    """The rows in the order of their numbers, without those in which nothing was chosen or written."""
    rows: dict[int, Row] = {}
    for name, value in form.items():
        if match := _NAME.fullmatch(name):
            rows.setdefault(int(match[1]), _empty())[match[2]] = value
    return [rows[number] for number in sorted(rows)]


def _empty() -> Row:
    return {"place": "", "reason": "", "must": "1", "text": ""}


def _said(row: Row) -> bool:
    return bool(row["place"] or row["reason"] or row["text"].strip())


def typed_pins(form: Mapping[str, str]) -> list[Row]:
    """What was typed, as `reasons` of a transition."""
    rows = []
    for row in filter(_said, _typed(form)):
        slot, _slash, name = row["place"].partition("/")
        must = row["must"] != "0"
        rows.append({"slot": slot, "field": name, "reason": row["reason"], "text": row["text"], "must": must})
    return rows


def pin_rows(form: Mapping[str, str]) -> list[Row]:
    """The rows to show: as typed, changed by the button that was pressed; numbered as `typed_pins` counts them."""
    pressed = form.get(_PRESSED, "")
    typed = _typed(form)
    if pressed.startswith("remove-"):
        typed = [row for number, row in enumerate(typed) if pressed != f"remove-{number}"]
    rows = typed if pressed else [row for row in typed if _said(row)]
    if pressed.startswith("take "):
        place, _space, text = pressed.removeprefix("take ").partition(" ")
        rows = [*filter(_said, rows), _empty() | {"place": place, "text": text}]
    if pressed == "add" or not rows:
        rows.append(_empty())
    return rows


def pin_places(case: Case, scope: str) -> Places:
    """[(form, [(value, field), ...]), ...] of what the move reopens; the first choice is the whole form."""
    sent = submissions(case)
    if not sent:
        return []
    return [
        (
            str(SLOTS[slot].title),
            [(slot, _("%(form)s: the whole form", form=SLOTS[slot].title))]
            # Once chosen, the list shows no group: each choice says its form.
            + [
                (f"{slot}/{name}", f"{SLOTS[slot].title} · {label}")
                for name, label in pinnable_fields(sent[-1], slot)
            ],
        )
        for slot in pinnable_slots(case.campaign, scope)
    ]


def pin_material(form: Mapping[str, str], case: Case, scope: str) -> dict[str, Any]:
    """What `office/pins.html` shows; `scope` is returned or revising."""
    return {"pins": pin_rows(form), "places": pin_places(case, scope), "reasons": return_reasons()}


def return_reasons() -> Sequence[ReturnReason]:
    """The coded defects in use."""
    query = select(ReturnReason).where(ReturnReason.retired_at.is_(None))
    return db.session.scalars(query.order_by(ReturnReason.sort, ReturnReason.id)).all()


def place_of(finding: Finding, places: Places) -> str:
    """Where a comment on the finding is pinned; empty when its form does not reopen."""
    values = [value for _form, choices in places for value, _label in choices]
    exact = f"{finding.slot}/{finding.field}"
    return exact if exact in values else finding.slot if finding.slot in values else ""
