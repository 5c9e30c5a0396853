"""The notice catalogue: which event tells whom, under which template, with which placeholders.

A transition names an event in its `notice`; the words are rows of `MessageTemplate`, one for each
template named here (and, where a track needs its own, one more with that track).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from app.cases.workflow import TRANSITIONS
from app.core.db import db
from app.core.errors import DeclarationError
from app.reference.models import MessageTemplate


class Audience(StrEnum):
    APPLICANT = "applicant"
    REVIEWERS = "reviewers"  # those assigned in the round of the transition
    OFFICE = "office"  # every active account of the office that holds the case now


@dataclass(frozen=True)
class Notice:
    """`template` is the `event` column of the template rows."""

    event: str
    audience: Audience
    template: str
    placeholders: frozenset[str]


_CASE = frozenset({"teacher", "track", "county", "school", "url"})


def _to(audience: Audience, event: str, *more: str, template: str = "") -> Notice:
    return Notice(event, audience, template or event, _CASE | set(more))


_A = Audience
NOTICES: tuple[Notice, ...] = (
    _to(_A.APPLICANT, "case.submitted"),
    _to(_A.OFFICE, "case.submitted", template="office.submitted"),
    _to(_A.APPLICANT, "case.returned", "reason", "due"),
    _to(_A.REVIEWERS, "review.assigned", "due"),
    _to(_A.REVIEWERS, "review.reminder", "due"),
    _to(_A.REVIEWERS, "review.overdue", "due"),
    _to(_A.REVIEWERS, "review.replaced", "reason"),
    _to(_A.OFFICE, "review.recused", "reason"),
    _to(_A.OFFICE, "review.finished"),
    # Why a verdict differs from what the reviewers proposed is the office's own record: a pass names no reason.
    _to(_A.APPLICANT, "case.passed"),
    _to(_A.APPLICANT, "case.passed_minor"),
    _to(_A.APPLICANT, "case.revise", "reason", "due"),
    _to(_A.APPLICANT, "case.failed_first", "reason", "due"),
    _to(_A.APPLICANT, "case.failed_second", "reason", "due"),
    _to(_A.APPLICANT, "case.failed_appeal", "reason"),
    _to(_A.APPLICANT, "case.failed_final", "reason"),
    _to(_A.APPLICANT, "case.course"),
    _to(_A.APPLICANT, "case.course_missed", "reason"),
    _to(_A.APPLICANT, "case.appealed"),
    _to(_A.APPLICANT, "case.appeal_accepted"),
    _to(_A.APPLICANT, "case.appeal_refused", "reason"),
    _to(_A.OFFICE, "case.appealed", template="office.appealed"),
    _to(_A.APPLICANT, "certificate.issued", "number"),
    _to(_A.APPLICANT, "certificate.announced", "number"),
    _to(_A.APPLICANT, "case.withdrawn", "reason"),
    _to(_A.APPLICANT, "case.lapsed"),
)

# Told of one assignment, by the clock or by a change of reviewers, while the case stays where it is.
OF_ASSIGNMENTS = frozenset({"review.reminder", "review.overdue", "review.replaced", "review.recused"})

# Told instead of a transition's own notice, by an effect.
INSTEAD = frozenset({"case.failed_final"})

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def check_declarations() -> None:
    """Stop the start when a transition names an event that tells nobody, or an entry is never used."""
    named, declared = {t.notice for t in TRANSITIONS if t.notice}, {n.event for n in NOTICES}
    if unknown := sorted(named - declared):
        raise DeclarationError(
            f"app/notices/catalog.py: no entry for {unknown}: say in NOTICES who is told of it"
        )
    if unused := sorted(declared - named - OF_ASSIGNMENTS - INSTEAD):
        raise DeclarationError(
            f"app/notices/catalog.py: no transition names {unused}: drop the entry or name it there"
        )
    if len({(n.event, n.audience) for n in NOTICES}) != len(NOTICES):
        raise DeclarationError("app/notices/catalog.py: an event tells the same people twice; keep one entry")


def templates() -> dict[str, frozenset[str]]:
    """Every template that needs a row, with the placeholders that are filled in it."""
    return {n.template: n.placeholders for n in NOTICES}


def missing_templates() -> list[str]:
    """Templates without a row for all tracks: their notices go out in the built-in words."""
    rows = db.session.scalars(
        select(MessageTemplate.event).where(MessageTemplate.track == "", MessageTemplate.retired_at.is_(None))
    )
    return sorted(set(templates()) - set(rows))


def unknown_placeholders(template: str, *texts: str) -> list[str]:
    """Names in braces that nothing fills in this template, for the steward's screen to refuse."""
    known = templates().get(template, frozenset())
    return sorted({name for text in texts for name in _PLACEHOLDER.findall(text)} - known)


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its placeholders filled; one that nothing fills stays visible, nothing is evaluated."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)
