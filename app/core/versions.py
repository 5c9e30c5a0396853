"""Two people on one row: a form carries a digest of what it showed, and the later save is told and chooses.

For generated forms (WTForms over a row); official forms have a version of their own.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form

from app.core.db import db

Pairs = list[tuple[str, str]]
NOT_ANSWERS = ("csrf_token", "version", "_keep")


@dataclass(frozen=True)
class Difference:
    """One field that says something else here (`a`) than in the store (`b`)."""

    name: str
    label: str
    a: str
    b: str


@dataclass(frozen=True)
class Side:
    """One side of a comparison, as `forms/compare.html` carries it through the page."""

    pairs: Pairs

    def inputs(self) -> Pairs:
        """Name and value pairs of hidden fields."""
        return self.pairs


def inputs(form: Form) -> Pairs:
    """What a browser would send for the form as it stands."""
    return [
        (field.name, value)
        for field in form
        if field.name not in NOT_ANSWERS
        for value, _shown in _values(field)
    ]


def _values(field: Any) -> list[tuple[str, str]]:
    """[(sent, shown), ...]"""
    if hasattr(field, "iter_choices"):
        return [(str(choice[0]), str(choice[1])) for choice in field.iter_choices() if choice[2]]
    if isinstance(field, BooleanField):
        return [("y", _("Yes"))] if field.data else []
    text = field._value().replace("\r\n", "\n") if hasattr(field, "_value") else str(field.data or "")
    return [(text, text)]


def digest(form: Form) -> str:
    """Sixteen letters that change when what the form shows changes; labels and languages do not count."""
    text = json.dumps(inputs(form), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def lock(model: Any, key: int) -> None:
    """Let nobody else write the row until this transaction ends; what is loaded afterwards is the latest."""
    db.session.execute(select(model.id).where(model.id == key).with_for_update())


def is_stale(stored: Form) -> bool:
    """Whether the row has changed since the posted page showed it; a page without a digest is not asked."""
    seen = request.form.get("version", "")
    return bool(seen) and seen != digest(stored)


def chosen(stored: Form) -> MultiDict[str, str]:
    """The posted fields, with the stored value where a comparison chose it (`choose-<name>`)."""
    posted: MultiDict[str, str] = MultiDict(request.form)
    for name in {field.name for field in stored}:
        if posted.get(f"choose-{name}") == "theirs":
            posted.setlist(name, [value for one, value in inputs(stored) if one == name])
    return posted


def differences(mine: Form, stored: Form) -> list[Difference]:
    """The fields that differ, in the order of the form."""
    both = [
        (field, stored[field.short_name])
        for field in mine
        if field.name not in NOT_ANSWERS and field.short_name in stored
    ]
    return [
        Difference(field.name, str(field.label.text), _shown(field), _shown(theirs))
        for field, theirs in both
        if _sent(field) != _sent(theirs)
    ]


def _shown(field: Any) -> str:
    text = "\n".join(shown for _sent, shown in _values(field))
    return text or (_("No") if isinstance(field, BooleanField) else _("(empty)"))


def _sent(field: Any) -> list[str]:
    return [sent for sent, _shown in _values(field)]


def comparison(mine: Form, stored: Form, render: Callable[..., Any], **context: Any) -> Any:
    """The page with both sides, field by field, and 409."""
    carried = [*inputs(mine), *((name, value) for name, value in request.form.items() if name == "_keep")]
    rows = differences(mine, stored)
    return render(
        "office/compare.html", mine=Side(carried), rows=rows, version=digest(stored), **context
    ), 409


def values_digest(values: Mapping[str, Any]) -> str:
    """The same for a form that is a plain mapping of texts."""
    text = json.dumps({name: str(value) for name, value in sorted(values.items())}, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
