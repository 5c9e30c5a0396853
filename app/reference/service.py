"""The only functions that change lookup rows: the seed, imports and the steward's console use this door."""

import re
import string
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from blinker import Signal
from flask_babel import lazy_gettext as _l
from sqlalchemy import String, Text, inspect, select

from app.access.matrix import Permission
from app.access.policy import require
from app.core import audit, clock
from app.core.db import db
from app.core.errors import Invalid, PortalError
from app.reference.models import (
    InstrumentCode,
    Lookup,
    MessageTemplate,
    Rubric,
    RubricItem,
    RubricState,
    School,
    SchoolYear,
)

R = TypeVar("R", bound=Any)

# Sent with a row that a person puts on the lists or takes off; whoever depends on the list may refuse by raising.
listed = Signal()

# What a message template may mention; app/notices fills them in.
PLACEHOLDERS = ("teacher", "track", "county", "school", "reason", "due", "number", "url")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# 縣市 two digits, 0/1/3/4, level digit or F, two more; a branch adds a letter (PROCESS.md 10.1).
_SCHOOL_CODE = re.compile(r"\d{2}[0-9][0-9F]\d{2}(-[A-Z])?")


def upsert(actor: Any, model: type[R], code: str, **values: Any) -> R:
    """Make the row of `code` (a template's `event`), or set these columns on it; `actor` None is the seed.

    Raises `Invalid` with the field's name; an update that changes nothing writes nothing.
    """
    row = _find(model, code, values)
    if row is not None:
        return update(actor, row, **values)
    if model is MessageTemplate:
        values["event"] = code
    else:
        values["code"] = code
    return create(actor, model, **values)


def create(actor: Any, model: type[R], **values: Any) -> R:
    """A new row of a lookup table; `Invalid` names the field that is wrong."""
    _may(actor, model)
    row = model(**values)
    with db.session.no_autoflush:
        _check(row)
    _listed(actor, row)
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "reference.created", row, values={k: _plain(v) for k, v in values.items()})
    return row


def update(actor: Any, row: R, **values: Any) -> R:
    """Set columns of a lookup row; the entry in the history holds old and new value of each change."""
    _may(actor, type(row))
    changes = {}
    with db.session.no_autoflush:
        for name, value in values.items():
            old = getattr(row, name)
            if old != value:
                changes[name] = [_plain(old), _plain(value)]
                setattr(row, name, value)
        if not changes:
            return row
        try:
            _check(row)
        except Invalid:
            # A caller that goes on with other rows must not write the wrong value with them.
            db.session.expire(row)
            raise
    db.session.flush()
    audit.record(actor, "reference.changed", row, changes=changes)
    return row


def retire(actor: Any, row: Any) -> bool:
    """Take a row off every list, and whether it was on them; what refers to it keeps it."""
    _may(actor, type(row))
    if row.retired_at is not None:
        return False
    _listed(actor, row)
    row.retired_at = clock.now()
    db.session.flush()
    audit.record(actor, "reference.retired", row)
    return True


def restore(actor: Any, row: Any) -> bool:
    """Offer a retired row again, and whether it was retired."""
    _may(actor, type(row))
    if row.retired_at is None:
        return False
    _listed(actor, row)
    row.retired_at = None
    db.session.flush()
    audit.record(actor, "reference.restored", row)
    return True


def _listed(actor: Any, row: Any) -> None:
    if actor is not None:
        listed.send(row)


def create_rubric(
    actor: Any, *, version: str, items: list[dict[str, Any]], settings: dict[str, Any]
) -> Rubric:
    """A draft rubric, one revision after the last of its version; `items` hold the columns of `RubricItem`."""
    _may(actor, Rubric)
    last = db.session.scalar(
        select(Rubric.revision).where(Rubric.version == version).order_by(Rubric.revision.desc()).limit(1)
    )
    rubric = Rubric(version=version, revision=(last or 0) + 1, state=RubricState.DRAFT, settings=settings)
    rubric.items = [RubricItem(**values, sort=number) for number, values in enumerate(items, 1)]
    db.session.add(rubric)
    db.session.flush()
    audit.record(actor, "rubric.created", rubric, items=len(items))
    return rubric


def copy_rubric(actor: Any, rubric: Rubric) -> Rubric:
    """The next revision of a rubric as a draft, with the same items."""
    keep = [c.key for c in inspect(RubricItem).columns if c.key not in ("id", "rubric_id", "sort")]
    items = [{name: getattr(item, name) for name in keep} for item in rubric.items]
    return create_rubric(actor, version=rubric.version, items=items, settings=dict(rubric.settings))


def publish_rubric(actor: Any, rubric: Rubric) -> bool:
    """Let forms use the draft; from here on it does not change."""
    _may(actor, Rubric)
    still_draft(rubric)
    rubric.state = RubricState.PUBLISHED
    db.session.flush()
    audit.record(actor, "rubric.published", rubric)
    return True


def create_rubric_item(actor: Any, rubric: Rubric, **values: Any) -> RubricItem:
    """Add an item to a draft rubric."""
    still_draft(rubric)
    return create(actor, RubricItem, rubric_id=rubric.id, **values)


def update_rubric_item(actor: Any, item: RubricItem, **values: Any) -> RubricItem:
    """Change an item of a draft rubric."""
    still_draft(item.rubric)
    return update(actor, item, **values)


def still_draft(rubric: Rubric) -> None:
    """Raise `PortalError` for a published rubric."""
    if rubric.state is not RubricState.DRAFT:
        raise PortalError(
            _l("A published rubric is frozen. Make a new version and change that."), code="rubric_published"
        )


# --- checks --------------------------------------------------------------------------------------


def _may(actor: Any, model: type) -> None:
    if actor is not None:
        require(actor, Permission.TEMPLATE_EDIT if model is MessageTemplate else Permission.REFERENCE_EDIT)


def _find(model: Any, code: str, values: dict[str, Any]) -> Any:
    if model is MessageTemplate:
        return db.session.scalar(
            select(model).where(model.event == code, model.track == values.get("track", ""))
        )
    return db.session.scalar(select(model).where(model.code == code))


def _check(row: Any) -> None:
    """Everything the database would refuse, said at the field and in the user's language."""
    _check_texts(row)
    if isinstance(row, Lookup):
        _check_code(row)
    if isinstance(row, SchoolYear):
        if row.starts_on >= row.ends_on:
            raise Invalid(_l("The last day must come after the first."), code="order", field="ends_on")
        _check_free(row, _l("There is already a row for this year."), "year")
    if isinstance(row, InstrumentCode):
        _check_key(row)
    if isinstance(row, MessageTemplate):
        _check_template(row)
    if isinstance(row, RubricItem):
        _check_item(row)


def _check_texts(row: Any) -> None:
    for column in inspect(type(row)).columns:
        value = getattr(row, column.key)
        if value is None and not column.nullable and not column.primary_key and column.default is None:
            raise Invalid(_l("Please fill this in."), code="missing", field=column.key)
        if not isinstance(column.type, String | Text) or not isinstance(value, str):
            continue
        needed = not column.nullable and column.default is None
        if needed and not value.strip():
            raise Invalid(_l("Please fill this in."), code="missing", field=column.key)
        if column.type.length and len(value) > column.type.length:
            raise Invalid(
                _l("At most %(most)s characters.", most=column.type.length), code="too_long", field=column.key
            )


def _check_code(row: Lookup) -> None:
    if isinstance(row, School):
        if not _SCHOOL_CODE.fullmatch(row.code):
            raise Invalid(
                _l(
                    "A school code has six characters, such as 034601; a branch adds a letter, such as 213644-A."
                ),
                code="school_code",
                field="code",
            )
    elif not _CODE.fullmatch(row.code):
        raise Invalid(_l("Use letters, digits, dots and hyphens."), code="code_shape", field="code")
    _check_free(row, _l("This code is taken."), "code")


def _check_key(row: InstrumentCode) -> None:
    if not _CODE.fullmatch(row.key):
        raise Invalid(_l("Use letters, digits, dots and hyphens."), code="code_shape", field="key")
    _check_free(row, _l("This code is taken."), "key", "set_id")


def _check_free(row: Any, message: object, *names: str) -> None:
    """No other row may have the same values in these columns; the first one carries the message."""
    model = type(row)
    same = [getattr(model, name) == getattr(row, name) for name in names]
    if db.session.scalar(select(model.id).where(*same, model.id != (row.id or 0))) is not None:
        raise Invalid(message, code="taken", field=names[0])


def _check_item(item: RubricItem) -> None:
    """Its code is free in its rubric, and what it hangs under is there, one level up."""
    _check_free(item, _l("This code is taken."), "code", "rubric_id")
    above = {"indicator": "dimension", "checkpoint": "indicator"}.get(item.level)
    found = db.session.scalar(
        select(RubricItem.level).where(
            RubricItem.rubric_id == item.rubric_id, RubricItem.code == item.parent_code
        )
    )
    if above != found or (above is None and item.parent_code):
        raise Invalid(
            _l("An indicator belongs to a dimension, a checkpoint to an indicator; a dimension to nothing."),
            code="parent",
            field="parent_code",
        )


def unknown_placeholders(unknown: Iterable[str], known: Iterable[str]) -> Any:
    """The sentence that names placeholders nothing would fill."""
    return _l(
        "Unknown placeholder: %(names)s. You may use: %(known)s.",
        names=", ".join(f"{{{name}}}" for name in unknown),
        known=", ".join(f"{{{name}}}" for name in known),
    )


def _check_template(row: MessageTemplate) -> None:
    for name in ("title_zh", "title_en", "body_zh", "body_en"):
        try:
            used = {part[1] for part in string.Formatter().parse(getattr(row, name)) if part[1] is not None}
        except ValueError:
            raise Invalid(
                _l("A brace is not closed. Placeholders look like {teacher}."), code="brace", field=name
            ) from None
        unknown = sorted(used - set(PLACEHOLDERS))
        if unknown:
            raise Invalid(unknown_placeholders(unknown, PLACEHOLDERS), code="placeholder", field=name)
    row.track = row.track or ""
    _check_free(row, _l("There is already a template for this event and track."), "event", "track")


def _plain(value: Any) -> Any:
    """A value as the audit trail can keep it."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return getattr(value, "code", str(value)) if isinstance(value, db.Model) else value
