"""The coded checks before a case is sent; teacher and office read the same list. Errors block, hints do not.

A check looks at a `Bundle` and yields findings; it neither asks the database nor knows who reads. What a form
itself demands (a share that is too high, a level that is missing) comes in through the form's own problems.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _

from app.campaigns import eligibility
from app.campaigns.tracks import SLOTS, slot_kind
from app.cases.models import Case
from app.cases.queries import content_of, slot_editable
from app.core import clock
from app.core.stored import page_counts
from app.forms import registry
from app.forms.base import OfficialForm
from app.forms.fields import AnswerField, LongTextField
from app.forms.header import ObservationHeader, PlannedObservation
from app.forms.rubric_field import RubricField

# Fewer characters than this in a field that asks for a description say next to nothing; ours, nobody sets one.
SHORTEST = 20
# The steps of one observation in the order in which they happen.
STEPS = ("pre-observation", "observation", "post-observation")


class Severity(StrEnum):
    ERROR = "error"
    HINT = "hint"


@dataclass(frozen=True)
class Finding:
    """What a check found in `slot` (empty: in the case), at the HTML id `field` (empty: in the whole form)."""

    code: str
    severity: Severity
    slot: str
    field: str
    words: str

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.ERROR

    @property
    def title(self) -> str:
        """The form's place in the list; empty for the case itself."""
        return str(SLOTS[self.slot].title) if self.slot else ""


@dataclass(frozen=True)
class Paper:
    """One document: the filled form, and for an upload the file's digest."""

    slot: str
    form: OfficialForm
    file: str | None
    complete: bool


@dataclass(frozen=True)
class Bundle:
    """All that the checks look at: `pages` by digest, `failing` rows of the eligibility checks."""

    slots: Sequence[str]
    applicant: str
    today: date
    papers: dict[str, Paper]
    pages: dict[str, int]
    failing: Sequence[dict[str, Any]] = field(default_factory=tuple)

    def observations(self) -> list[list[tuple[str, ObservationHeader]]]:
        """(slot, form) of the steps that are there, for each observed lesson."""
        lessons: dict[int, list[tuple[str, ObservationHeader]]] = {}
        for slot in sorted((s for s in self.papers if slot_kind(s) in STEPS), key=_step):
            form = self.papers[slot].form
            if isinstance(form, ObservationHeader):
                lessons.setdefault(SLOTS[slot].cycle, []).append((slot, form))
        return [lessons[cycle] for cycle in sorted(lessons)]


def _step(slot: str) -> int:
    return STEPS.index(slot_kind(slot))


Check = Callable[[Bundle], Iterator[Finding]]
CHECKS: list[Check] = []


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


def preflight(case: Case, content: Sequence[dict[str, Any]] | None = None) -> list[Finding]:
    """Everything the checks find in what is written now, or in the `content` of a submission.

    Errors come first, then in the order of filling.
    """
    bundle = _bundle(case, content)
    order = ["", *bundle.slots]
    found = [finding for check in CHECKS for finding in check(bundle)]
    return sorted(found, key=lambda f: (not f.blocks, order.index(f.slot)))


def blocking(case: Case) -> list[Finding]:
    """The errors that stand in the way of sending; one in a form that is closed now could not be mended."""
    return [f for f in preflight(case) if f.blocks and slot_editable(case, f.slot)]


def _bundle(case: Case, content: Sequence[dict[str, Any]] | None) -> Bundle:
    entries = [e for e in content_of(case) if e["slot"] != "appeal"] if content is None else content
    done = {d.slot for d in case.documents if d.chosen and d.complete} if content is None else None
    codes = case.campaign.slot_codes
    papers = {
        entry["slot"]: Paper(
            entry["slot"],
            registry.build(entry["form"], entry["version"], answers=entry["answers"]),
            entry["file"],
            done is None or entry["slot"] in done,
        )
        for entry in entries
        if entry["slot"] in codes
    }
    return Bundle(
        slots=codes,
        applicant=case.applicant.name,
        today=clock.today(),
        papers=papers,
        pages=page_counts(paper.file for paper in papers.values()),
        failing=[row for row in eligibility.check(case.applicant, case.campaign) if not row["ok"]],
    )


def _error(code: str, slot: str, field: AnswerField | str, words: str) -> Finding:
    return Finding(code, Severity.ERROR, slot, field if isinstance(field, str) else str(field.id), words)


def _hint(code: str, slot: str, field: AnswerField | str, words: str) -> Finding:
    return Finding(code, Severity.HINT, slot, field if isinstance(field, str) else str(field.id), words)


# -- is everything there? ----------------------------------------------------------------------------------


@check
def incomplete(bundle: Bundle) -> Iterator[Finding]:
    """Each form of the campaign is filled in, by its own rules."""
    for slot in bundle.slots:
        paper = bundle.papers.get(slot)
        if paper is None:
            yield _error("incomplete", slot, "", _("This form has not been begun."))
        elif not paper.complete and paper.form.kind == "upload":
            yield _error("incomplete", slot, "", _("No signed file has been uploaded here."))
        elif not paper.complete:
            problems = paper.form.problems()
            words = [_("Fields that still need your attention: %(number)s.", number=len(problems))]
            if problems:
                first = problems[0]
                words.insert(0, _("%(field)s: %(problem)s", field=first.label, problem=first.message))
            yield _error("incomplete", slot, problems[0].field_id if problems else "", " ".join(words))


@check
def unreadable(bundle: Bundle) -> Iterator[Finding]:
    """Each file has at least one page that can be read."""
    for slot, paper in bundle.papers.items():
        if paper.file and not bundle.pages.get(paper.file):
            words = _("The uploaded file has no page that can be read: please upload it again.")
            yield _error("unreadable", slot, "file", words)


@check
def same_file(bundle: Bundle) -> Iterator[Finding]:
    """No file stands in two places; a scan of several sheets in one file may be meant, so it blocks nothing."""
    first: dict[str, str] = {}
    for slot, paper in bundle.papers.items():
        if not paper.file:
            continue
        other = first.setdefault(paper.file, slot)
        if other != slot:
            words = _("The very same file is uploaded under “%(other)s”.", other=SLOTS[other].title)
            yield _hint("same_file", slot, "file", words)


# -- do the dates agree? -----------------------------------------------------------------------------------


@check
def future_date(bundle: Bundle) -> Iterator[Finding]:
    """What a form reports has happened."""
    for slot, paper in bundle.papers.items():
        held = getattr(paper.form, "held_on", None)
        if held is not None and held.day and held.day > bundle.today:
            words = _(
                "%(label)s %(day)s lies in the future.", label=held.label.text, day=held.day.isoformat()
            )
            yield _error("future_date", slot, held, words)


@check
def wrong_order(bundle: Bundle) -> Iterator[Finding]:
    """Talk, lesson, talk: each on the day of the one before or later."""
    for lesson in bundle.observations():
        dated = [(slot, form.held_on, form.held_on.day) for slot, form in lesson if form.held_on.day]
        for (earlier, _held, before), (slot, held, day) in pairwise(dated):
            if day < before:
                words = _(
                    "%(day)s is before “%(other)s” on %(before)s.",
                    day=day.isoformat(),
                    other=SLOTS[earlier].title,
                    before=before.isoformat(),
                )
                yield _error("wrong_order", slot, held, words)


@check
def not_as_planned(bundle: Bundle) -> Iterator[Finding]:
    """Lesson and talk took place on the days that were planned; they may have been moved."""
    for lesson in bundle.observations():
        plan = next((form for _slot, form in lesson if isinstance(form, PlannedObservation)), None)
        planned = (
            {"observation": plan.lesson_on.day, "post-observation": plan.feedback_on.day} if plan else {}
        )
        for slot, form in lesson:
            day = planned.get(slot_kind(slot))
            if day and form.held_on.day and form.held_on.day != day:
                words = _("The talk before the lesson planned this for %(day)s.", day=day.isoformat())
                yield _hint("not_as_planned", slot, form.held_on, words)


# -- who is it about? --------------------------------------------------------------------------------------


@check
def observes_self(bundle: Bundle) -> Iterator[Finding]:
    """The teacher who is observed is another person than the applicant, who observes."""
    for slot, paper in bundle.papers.items():
        for name in ("teacher", "mentee"):
            other = getattr(paper.form, name, None)
            if other is not None and not other.read_only and _same(other.data, bundle.applicant):
                words = _(
                    "%(label)s is yourself. If a colleague has the same name, write the class behind it.",
                    label=other.label.text,
                )
                yield _error("observes_self", slot, other, words)


@check
def other_name(bundle: Bundle) -> Iterator[Finding]:
    """The applicant's name in the forms is that of the account."""
    for slot, paper in bundle.papers.items():
        for part in paper.form if paper.form.kind == "typed" else ():
            if (
                part.short_name not in ("observer", "mentor", "teacher")
                or not part.read_only
                or part.is_blank
            ):
                continue
            if not _same(part.data, bundle.applicant):
                words = _(
                    "The form says %(found)s, the account %(name)s: save the form once more.",
                    found=part.data,
                    name=bundle.applicant,
                )
                yield _hint("other_name", slot, part, words)


@check
def lesson_differs(bundle: Bundle) -> Iterator[Finding]:
    """The forms of one observation name the same teacher and the same unit."""
    for lesson in bundle.observations():
        for name in ("teacher", "unit"):
            written = [(slot, form[name]) for slot, form in lesson if not form[name].is_blank]
            for slot, part in written[1:]:
                if not _same(part.data, written[0][1].data):
                    words = _(
                        "%(label)s: here “%(here)s”, in “%(form)s” “%(there)s”.",
                        label=part.label.text,
                        here=part.data,
                        form=SLOTS[written[0][0]].title,
                        there=written[0][1].data,
                    )
                    yield _hint("lesson_differs", slot, part, words)


@check
def same_lesson(bundle: Bundle) -> Iterator[Finding]:
    """Two observations are of two lessons."""
    seen: dict[tuple[Any, ...], str] = {}
    for slot, form in (row for lesson in bundle.observations() for row in lesson):
        if slot_kind(slot) != "observation" or not form.held_on.day:
            continue
        key = (_plain(form.teacher.data), _plain(form.unit.data), form.held_on.day, form.period_no.data)
        other = seen.setdefault(key, slot)
        if other != slot:
            yield _hint(
                "same_lesson",
                slot,
                form.held_on,
                _("This is the lesson of “%(other)s”.", other=SLOTS[other].title),
            )


def _plain(text: Any) -> str:
    return re.sub(r"\s", "", str(text))


def _same(a: Any, b: Any) -> bool:
    return bool(_plain(a)) and _plain(a) == _plain(b)


# -- does it say something? --------------------------------------------------------------------------------


@check
def not_rated(bundle: Bundle) -> Iterator[Finding]:
    """Facts without a judgement beside them."""
    for slot, paper in bundle.papers.items():
        for row in (row for part in paper.form if isinstance(part, RubricField) for row in part.rows):
            if row.form.rating.is_blank and not row.form.evidence.is_blank:
                yield _error("not_rated", slot, row.form.rating, _("%(row)s is not rated.", row=row.code))


@check
def very_short(bundle: Bundle) -> Iterator[Finding]:
    """What asks for a description got more than a word or two."""
    for slot, paper in bundle.papers.items():
        for label, part in paper.form.leaves().values():
            if not isinstance(part, LongTextField) or not part.needed or part.rows < 3:
                continue
            if 0 < (length := len(_plain(part.data))) < SHORTEST:
                words = _("%(label)s: only %(number)s characters.", label=label, number=length)
                yield _hint("very_short", slot, part, words)


# -- may the applicant still apply? ------------------------------------------------------------------------


@check
def not_eligible(bundle: Bundle) -> Iterator[Finding]:
    """The six checks as they come out today; they decided when the case was opened."""
    for row in bundle.failing:
        words = _(
            "%(check)s: needed %(needed)s; in the profile now: %(found)s",
            check=eligibility.label(row),
            needed="; ".join(eligibility.needed_lines(row)),
            found=eligibility.found_line(row),
        )
        yield _hint("not_eligible", "", "", words)
