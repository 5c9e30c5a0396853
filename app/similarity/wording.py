"""What the forms themselves say: labels, hints, choices and rubrics, which no writer has to answer for."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from flask_babel import force_locale
from flask_babel.speaklater import LazyString
from sqlalchemy import func, select

from app.core.db import db
from app.core.i18n import LOCALES
from app.forms import registry
from app.forms.base import OfficialForm
from app.forms.fields import LongTextField
from app.forms.repeat_field import RepeatField, RowForm
from app.reference.models import Rubric, RubricItem, RubricState
from app.similarity import winnow
from app.similarity.normalise import BREAK, plain

_PUBLISHED = select(func.count(), func.max(Rubric.id)).where(Rubric.state == RubricState.PUBLISHED)


class Part(NamedTuple):
    """One narrative field of a filled form."""

    name: str
    label: str
    text: str


def narrative_fields(form: OfficialForm) -> list[Part]:
    """Every long text of the form in which something is written, in the order of the sheet."""
    return [
        part
        for section in form.sections
        for field in form.fields_of(section)
        for part in _long_texts(field, str(field.label.text))
    ]


def _long_texts(field: Any, label: str) -> Iterator[Part]:
    if not field.shown:
        return
    if isinstance(field, RepeatField):
        for number, row in enumerate(field.filled(), start=1):
            for cell in row:
                yield from _long_texts(cell, f"{label} {number}: {cell.label.text}")
        return
    leaves = [(label, field)] if isinstance(field, LongTextField) else field.leaves()
    for name, leaf in leaves:
        if isinstance(leaf, LongTextField) and not leaf.is_blank:
            yield Part(leaf.name, name, leaf.data)


class Wording(NamedTuple):
    """The grams of the forms' own words, and their hashes in order."""

    grams: frozenset[str]
    hashes: winnow.Hashes


def own_wording() -> Wording:
    """What is left out of every comparison: the words of all forms in both languages, and of all published rubrics."""
    # Forms change with the program; a rubric is published while it runs.
    return _wording(tuple(db.session.execute(_PUBLISHED).one()))


@lru_cache(maxsize=1)
def _wording(_published: tuple[Any, ...]) -> Wording:
    texts = []
    for locale in LOCALES:
        with force_locale(locale):
            texts += ["".join(_words(form)) for form in registry.all_forms()]
    items = db.session.execute(
        select(RubricItem.title_zh, RubricItem.title_en)
        .join(Rubric)
        .where(Rubric.state == RubricState.PUBLISHED)
        .order_by(RubricItem.rubric_id, RubricItem.id)
    ).all()
    texts += ["".join(title or "" for title in column) for column in zip(*items, strict=True)]
    found = winnow.grams(BREAK.join(plain(text) for text in texts))
    return Wording(frozenset(found), np.unique(np.concatenate([winnow.hashes(gram) for gram in found])))


def _words(form: type[OfficialForm]) -> Iterator[str]:
    """Everything printed on the form, as one would copy it from the top to the bottom."""
    yield str(form.title)
    for section in form.sections:
        yield str(section.title)
        yield str(section.note)
        for name in section.fields:
            field = getattr(form, name)
            yield from _declared([*field.args, *field.kwargs.values()])


def _declared(values: Iterable[Any]) -> Iterator[str]:
    """The words among what a field was declared with: label, hints, choices, the fields of its rows."""
    for value in values:
        if isinstance(value, LazyString):
            yield str(value)
        elif isinstance(value, tuple | list):
            yield from _declared(value)
        elif isinstance(value, type) and issubclass(value, RowForm):
            fields = sorted(
                (getattr(value, name) for name in value.names()), key=lambda f: f.creation_counter
            )
            for field in fields:
                yield from _declared([*field.args, *field.kwargs.values()])
