"""Finds every official form of this package and answers by code and version."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.core.db import db
from app.core.errors import DeclarationError
from app.forms.base import OfficialForm, UploadForm
from app.forms.fields import CheckField, ChoiceField
from app.forms.rubric_field import rubric_of
from app.reference.models import Rubric, RubricState

Forms = dict[tuple[str, int], type[OfficialForm]]


def get(code: str, version: int | None = None) -> type[OfficialForm]:
    """The form class of `code`; the latest version when none is given. KeyError for an unknown form."""
    if version is not None:
        return load()[code, version]
    versions = [number for known, number in load() if known == code]
    if not versions:
        raise KeyError(code)
    return load()[code, max(versions)]


def build(
    code: str,
    version: int | None = None,
    *,
    answers: Mapping[str, Any] | None = None,
    formdata: MultiDict[str, str] | None = None,
    rubrics: dict[tuple[str, int | None], Rubric] | None = None,
) -> OfficialForm:
    """A form filled with stored answers and posted data; a rubric that it needs is fetched.

    `rubrics`, for many forms in a row, keeps what was fetched. `answers=None` means a form never saved:
    only such a form takes header values over in `prefill`.
    """
    form = get(code, version)
    if not form.needs_rubric:
        return form(formdata, answers)
    wanted, rubrics = (form.needs_rubric, rubric_of(answers or {})), {} if rubrics is None else rubrics
    if wanted not in rubrics:
        rubrics[wanted] = _published(*wanted)
    return form(formdata, answers, rubric=rubrics[wanted])


def _published(version: str, revision: int | None) -> Rubric:
    """The revision that stored answers were written on, else the newest one published."""
    query = select(Rubric).where(Rubric.version == version, Rubric.state == RubricState.PUBLISHED)
    if revision is not None:
        query = query.where(Rubric.revision == revision)
    rubric = db.session.scalars(query.order_by(Rubric.revision.desc()).limit(1)).first()
    if rubric is None:
        raise LookupError(
            f"No published rubric {version!r}, revision {revision or 'any'}: load the reference rows."
        )
    return rubric


def all_forms() -> list[type[OfficialForm]]:
    """Every form and version, by code."""
    return [load()[key] for key in sorted(load())]


@cache
def load() -> Forms:
    """Import every module of the package and check its declarations; called at start."""
    package = importlib.import_module("app.forms")
    found: list[type[OfficialForm]] = []
    for module_info in pkgutil.iter_modules(package.__path__, "app.forms."):
        module = importlib.import_module(module_info.name)
        found += [
            form
            for form in vars(module).values()
            if inspect.isclass(form)
            and issubclass(form, OfficialForm)
            and form.__module__ == module.__name__
            and form.code
        ]
    return collect(found)


def collect(forms: Iterable[type[OfficialForm]]) -> Forms:
    """(code, version) -> class; raises DeclarationError with file, place and remedy."""
    known: Forms = {}
    for form in forms:
        place = f"{inspect.getsourcefile(form)}: class {form.__name__}"
        other = known.setdefault((form.code, form.version), form)
        if other is not form:
            raise DeclarationError(
                f"{place}: code {form.code!r} version {form.version} is already taken by {other.__module__}."
                f"{other.__name__}. Give the form another code or raise its version."
            )
        for complaint in _complaints(form):
            raise DeclarationError(f"{place}: {complaint}")
    return known


def _complaints(form: type[OfficialForm]) -> Iterable[str]:
    if not form.title:
        yield "has no title. Set title = _l('...') to the official wording."
    if issubclass(form, UploadForm):
        return
    declared = {name: getattr(form, name) for name in dir(form) if hasattr(getattr(form, name), "_formfield")}
    placed = [name for section in form.sections for name in section.fields]
    for name in placed:
        if name not in declared:
            yield f"a section names the field {name!r}, which the form has not. Correct the name."
        if placed.count(name) > 1:
            yield f"the field {name!r} stands in more than one section. Leave it in one of them."
    for name in declared:
        if name not in placed:
            yield f"the field {name!r} stands in no section. Add it to one."
        condition = declared[name].kwargs.get("show_if")
        if condition is not None and not _can_decide(declared.get(condition[0]), condition[1]):
            yield (
                f"show_if of {name!r} is {condition!r}. It must name a choice of this form with one of its "
                "values, or a check with True or False."
            )


def _can_decide(field: object, value: object) -> bool:
    kind = getattr(field, "field_class", None)
    if kind is CheckField:
        return value in (True, False)
    options = getattr(field, "kwargs", {}).get("options", ())
    return kind is ChoiceField and value in dict(options)
