"""The most alike earlier documents, and what the campaign's thresholds propose.

Containment is the share of the 5-grams of the later document that stand in the earlier one, in percent, the forms' own
wording left out on both sides. A document is one form as sent: all its long texts together. Order does not count,
and neither do punctuation, width, case and variants of characters.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from flask_babel import lazy_gettext as _l
from numpy.typing import NDArray
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from app.cases.models import Submission
from app.cases.states import Verdict
from app.core.db import db
from app.forms import registry
from app.forms.base import OfficialForm
from app.forms.dates import parse_date
from app.forms.header import ObservationHeader, PlannedObservation
from app.forms.observed import Observed
from app.similarity.lookup import candidates
from app.similarity.models import Narrative
from app.similarity.normalise import plain
from app.similarity.passages import Passage, passages
from app.similarity.winnow import GRAM, every, held
from app.similarity.wording import Wording, own_wording

# A shorter text of one's own says too little to be judged: some sixty characters.
SHORTEST = 60 - GRAM + 1
# What is worth showing. Every document from 60 percent on is found; below that, copies of whole passages are.
WORTH = 30.0
# When more share as many fingerprints, a text goes around: its best so many copies are compared.
COMPARED = 500
# 王小明老師 and 王小明 are one person.
_TITLE = re.compile("(老師|教師|主任|組長|校長)$")


class Relation(StrEnum):
    """What the two documents have to do with each other."""

    SAME_CASE = "same_case"
    SAME_TEACHER = "same_teacher"
    SAME_LESSON = "same_lesson"
    OTHER = "other"


RELATION_LABELS = {
    Relation.SAME_CASE: _l("An earlier sending of the same case"),
    Relation.SAME_TEACHER: _l("Another case of the same teacher"),
    Relation.SAME_LESSON: _l("Another observer of the same lesson"),
    Relation.OTHER: _l("Another teacher"),
}
# One's own words may be used again; whoever copies a colleague's record of the same lesson copies.
OWN = frozenset({Relation.SAME_CASE, Relation.SAME_TEACHER})


@dataclass
class Match:
    """An earlier document, how many percent of the text stand in it, and where."""

    narrative: Narrative
    containment: float
    relation: Relation
    text: str

    @cached_property
    def passages(self) -> list[Passage]:
        return passages(self.text, self.narrative.text, own_wording().grams)

    @property
    def relation_label(self) -> str:
        return str(RELATION_LABELS[self.relation])


@dataclass
class Finding:
    """What was found for one document of a sending; `matches` most alike first, `reaches` what the campaign's
    thresholds propose, `judged` false when it has too little text of its own."""

    narrative: Narrative
    judged: bool
    matches: list[Match] = field(default_factory=list)

    @property
    def closest(self) -> Match | None:
        """The most alike document of another teacher."""
        return next((match for match in self.matches if match.relation not in OWN), None)

    @property
    def highest(self) -> float:
        return self.closest.containment if self.closest else 0.0

    @property
    def reaches(self) -> Verdict | None:
        campaign = self.narrative.case.campaign
        if self.highest >= campaign.similar_fail:
            return Verdict.FAIL
        return Verdict.REVISE if self.highest >= campaign.similar_revise else None


def latest(case_id: int, up_to: int | None = None) -> dict[str, Narrative]:
    """The narrative that counts in each slot of the case, of any sending or of those up to the number given."""
    query = select(Narrative).where(Narrative.case_id == case_id).order_by(Narrative.submission_id)
    if up_to is not None:
        query = query.where(Narrative.submission_id <= up_to)
    return {row.slot: row for row in db.session.scalars(query)}


def of_submission(submission: Submission, limit: int = 5) -> list[Finding]:
    """What was found for each document of the sending, in the order of filling."""
    kept = latest(submission.case_id, submission.id)
    rows = [kept[item["slot"]] for item in submission.content if item["slot"] in kept]
    return [of_narrative(row, limit) for row in rows]


def of_narrative(narrative: Narrative, limit: int = 5) -> Finding:
    """The most alike documents that were sent before this one, each with its relation to it.

    What the writer had sent before the other document came in was not taken from there and does not count.
    """
    own = own_wording()
    chars = plain(narrative.text)
    mine = every(chars, own.hashes)
    if len(mine) < SHORTEST:
        return Finding(narrative, judged=False)
    rows = [
        row
        for row in _similar(chars, own, before=narrative.id)
        if row.case_id != narrative.case_id
        or (row.slot == narrative.slot and row.submission_id != narrative.submission_id)
    ]
    found = held(mine, [plain(row.text) for row in rows])
    later = np.array(
        [row.submission_id if row.case_id != narrative.case_id else 0 for row in rows], dtype=int
    )
    for number, text in _own_before(narrative):
        found[later > number] &= ~held(mine, [plain(text)])
    lessons = _Lessons()
    matches = [
        Match(row, share, _relation(narrative, row, lessons), narrative.text)
        for share, row in _best(rows, found, WORTH)
    ]
    return Finding(narrative, True, _most(matches, limit))


def chosen(finding: Finding, number: int | None) -> Match | None:
    """The match that somebody picked by the number of its document, else the one that weighs most."""
    picked = next((match for match in finding.matches if match.narrative.id == number), None)
    return picked or finding.closest or next(iter(finding.matches), None)


def proposal(findings: Iterable[Finding]) -> Verdict | None:
    """What the most alike document proposes for the case; a person confirms."""
    reached = {finding.reaches for finding in findings}
    return next((verdict for verdict in (Verdict.FAIL, Verdict.REVISE) if verdict in reached), None)


def most_alike(text: str, *, limit: int = 10, threshold: float = WORTH) -> list[Match]:
    """The most alike documents of all to a text of any origin; none for one too short to be judged."""
    own = own_wording()
    chars = plain(text)
    mine = every(chars, own.hashes)
    if len(mine) < SHORTEST:
        return []
    rows = _similar(chars, own)
    best = _best(rows, held(mine, [plain(row.text) for row in rows]), threshold)
    return [Match(row, share, Relation.OTHER, text) for share, row in best[:limit]]


_TEXTS = select(
    Narrative.id, Narrative.case_id, Narrative.submission_id, Narrative.slot, Narrative.text
).where(Narrative.id.in_(bindparam("numbers", expanding=True)))
_ROWS = (
    select(Narrative)
    .where(Narrative.id.in_(bindparam("numbers", expanding=True)))
    .options(joinedload(Narrative.case))
)


def _similar(chars: str, own: Wording, *, before: int | None = None) -> Sequence[Any]:
    """The texts that may be alike, to be compared gram by gram; what the query leaves out need not be left out of
    them as well."""
    numbers = candidates(chars, own.hashes, before=before)[:COMPARED]
    return db.session.execute(_TEXTS, {"numbers": numbers}).all() if numbers else []


def _best(rows: Sequence[Any], found: NDArray[np.bool_], threshold: float) -> list[tuple[float, Narrative]]:
    """Those that reach the threshold, most alike first, the earlier one first where two are equal."""
    shares = zip((100 * found.sum(axis=1) / found.shape[1]).tolist(), rows, strict=True)
    reached = {row.id: share for share, row in shares if share >= threshold}
    if not reached:
        return []
    kept = db.session.scalars(_ROWS, {"numbers": list(reached)})
    return sorted(((reached[row.id], row) for row in kept), key=lambda pair: (-pair[0], pair[1].id))


def _own_before(narrative: Narrative) -> Sequence[Any]:
    """(submission, text) of what the case had said in earlier sendings."""
    query = select(Narrative.submission_id, Narrative.text).where(
        Narrative.case_id == narrative.case_id, Narrative.submission_id < narrative.submission_id
    )
    return db.session.execute(query).all()


def _most(matches: list[Match], limit: int) -> list[Match]:
    """The first few, and the closest of another teacher wherever it stands: nothing own hides it."""
    other = [match for match in matches[limit:] if match.relation not in OWN]
    if other and all(match.relation in OWN for match in matches[:limit]):
        return [*matches[: limit - 1], other[0]]
    return matches[:limit]


def _relation(mine: Narrative, other: Narrative, lessons: "_Lessons") -> Relation:
    if mine.case_id == other.case_id:
        return Relation.SAME_CASE
    if mine.case.applicant_id == other.case.applicant_id:
        return Relation.SAME_TEACHER
    same = lessons.of(mine) & lessons.of(other)
    return Relation.SAME_LESSON if same else Relation.OTHER


class _Lessons:
    """Which lessons a document is about: the observed teacher and the day, as its form or its cycle's forms say."""

    def __init__(self) -> None:
        self._known: dict[int, set[tuple[str, date]]] = {}

    def of(self, narrative: Narrative) -> set[tuple[str, date]]:
        """Empty for a form without a lesson."""
        form = registry.get(narrative.form_code, narrative.form_version)
        if not issubclass(form, ObservationHeader):
            return set()
        if narrative.submission_id not in self._known:
            self._known[narrative.submission_id] = _lessons(narrative.submission)
        return self._known[narrative.submission_id]


def _lessons(submission: Submission) -> set[tuple[str, date]]:
    found = set()
    for item in submission.content:
        form = registry.load().get((item["form"], item["version"]), OfficialForm)
        day = (
            "lesson_on"
            if issubclass(form, PlannedObservation)
            else "held_on"
            if issubclass(form, Observed)
            else ""
        )
        held = parse_date(str(item["answers"].get(day, "")))
        teacher = _TITLE.sub("", plain(str(item["answers"].get("teacher", ""))))
        if held and teacher:
            found.add((teacher, held))
    return found
