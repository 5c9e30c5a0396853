"""Several people on the same few cases at once: what they did is written down, and afterwards it must make sense.

`Crowd` lets threads (or processes, see `tests/faults`) do random deeds through the services; every deed is noted
as it begins and as it ends. `faults` then asks whether the database tells of one legal order of just these deeds.
"""

import itertools
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from threading import local
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.access.models import PortalUser
from app.cases import service as cases
from app.cases import workflow
from app.cases.models import Case, CaseEvent, Document, Submission
from app.cases.states import Verdict
from app.certificates import service as certificates
from app.core.db import db, transaction
from app.core.errors import PortalError
from app.people.models import Certificate
from app.reviews import service as reviews
from app.reviews.models import Assignment, Decision
from app.reviews.queries import sheet_items
from tests import factories

SLOT, FORM = "pre-observation", "pre-observation-a"


@dataclass
class Deed:
    """One try: `moves` are the transitions that it fired, `saved` (document, version, text) of a save.

    `outcome` is "done", "refused", or "unknown" when nobody heard of the end: it happened wholly or not at all.
    """

    name: str
    case_id: int
    began: int
    ended: int = 0
    outcome: str = "unknown"
    moves: list[str] = field(default_factory=list)
    saved: tuple[int, int, str] | None = None


@dataclass
class People:
    """Who acts: ids, so that every process loads its own."""

    teachers: dict[int, int]  # case id -> applicant
    office: int
    reviewers: list[int]


_heard = local()


def _listen(ctx: Any, **_more: Any) -> None:
    getattr(_heard, "moves", []).append(ctx.transition.name)


@contextmanager
def listening() -> Iterator[None]:
    """Note what each thread's deed moves."""
    workflow.transitioned.connect(_listen)
    try:
        yield
    finally:
        workflow.transitioned.disconnect(_listen)


class Crowd:
    """Random deeds on hot cases; the same seed draws the same deeds, the machine decides how they meet."""

    def __init__(self, app: Flask, people: People, seed: int) -> None:
        self.app, self.people, self.draw = app, people, random.Random(seed)
        self.texts = (f"{seed}-{n}" for n in itertools.count())

    def one(self, note: Callable[[Deed], None] = lambda _deed: None) -> Deed:
        """Do one deed; `note` hears of it as it begins and as it has ended."""
        name = self.draw.choice(sorted(DEEDS))
        deed = Deed(name, self.draw.choice(sorted(self.people.teachers)), time.monotonic_ns())
        note(deed)
        _heard.moves = []
        with self.app.app_context():
            try:
                with transaction():
                    deed.saved = DEEDS[name](self, deed.case_id)
                deed.outcome, deed.moves = "done", _heard.moves
            except (PortalError, DBAPIError):
                deed.outcome = "refused"
        deed.ended = time.monotonic_ns()
        note(deed)
        return deed

    # -- the deeds -------------------------------------------------------------------------------------------

    def case(self, case_id: int) -> Case:
        return db.session.get_one(Case, case_id)

    def user(self, user_id: int) -> PortalUser:
        return db.session.get_one(PortalUser, user_id)

    def save(self, case_id: int) -> tuple[int, int, str]:
        """The version is the one a page was loaded with, which may be an old one."""
        found = cases.chosen_document(self.case(case_id), SLOT)
        version = (found.version if found else 0) - (self.draw.random() < 0.2)
        text = next(self.texts)
        document = cases.save_document(
            self.user(self.people.teachers[case_id]),
            self.case(case_id),
            slot=SLOT,
            form_code=FORM,
            form_version=1,
            answers={"teacher": text},
            complete=True,
            version=version,
        )
        return document.id, document.version, text

    def submit(self, case_id: int) -> None:
        cases.submit(self.user(self.people.teachers[case_id]), self.case(case_id))

    def give_back(self, case_id: int) -> None:
        workflow.fire(self.user(self.people.office), self.case(case_id), "formal_return", reason="補件")

    def let_pass(self, case_id: int) -> None:
        workflow.fire(self.user(self.people.office), self.case(case_id), "formal_pass")

    def assign(self, case_id: int) -> None:
        reviews.assign(self.user(self.people.office), self.case(case_id), reviewer_ids=self.people.reviewers)

    def judge(self, case_id: int) -> None:
        reviewer = self.user(self.draw.choice(self.people.reviewers))
        rows = select(Assignment).where(Assignment.case_id == case_id, Assignment.reviewer_id == reviewer.id)
        assignment = db.session.scalars(rows).first()
        if assignment is None:
            raise PortalError("no assignment", code="none")
        levels = {item.code: factories.LEVEL_OF[Verdict.PASS] for item in sheet_items(assignment.case.track)}
        version = assignment.sheet.version if assignment.sheet else 0
        reviews.save_sheet(
            reviewer, assignment, levels=levels, comments={}, remark="", verdict=Verdict.PASS, version=version
        )
        reviews.send_sheet(reviewer, assignment)

    def decide(self, case_id: int) -> None:
        verdict = self.draw.choice((Verdict.PASS, Verdict.MINOR))
        reviews.decide(
            self.user(self.people.office), self.case(case_id), verdict=verdict, reason="經委員會議決議"
        )

    def issue(self, case_id: int) -> None:
        certificates.issue(self.user(self.people.office), self.case(case_id))


DEEDS: dict[str, Callable[[Crowd, int], Any]] = {
    "save": Crowd.save,
    "submit": Crowd.submit,
    "return": Crowd.give_back,
    "pass": Crowd.let_pass,
    "assign": Crowd.assign,
    "judge": Crowd.judge,
    "decide": Crowd.decide,
    "issue": Crowd.issue,
}


def faults(deeds: list[Deed], case_ids: list[int]) -> list[str]:
    """What in the database no legal order of the deeds explains; empty when all is well."""
    found: list[str] = []
    for case_id in case_ids:
        events = db.session.scalars(
            select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)
        ).all()
        own = [deed for deed in deeds if deed.case_id == case_id]
        found += [f"case {case_id}: {fault}" for fault in _history(db.session.get_one(Case, case_id), events)]
        found += [f"case {case_id}: {fault}" for fault in _told(own, events)]
        found += [f"case {case_id}: {fault}" for fault in _decisions(case_id, events)]
        found += [f"case {case_id}: {fault}" for fault in _saves(own)]
    return [*found, *_numbers(case_ids)]


def _history(case: Case, events: Any) -> Iterator[str]:
    """Each event is a move of the table from where the one before it ended, and the last is where the case is."""
    known = {(t.name, source, t.target) for t in workflow.TRANSITIONS for source in t.sources}
    for event in events[1:]:
        if (event.transition, event.source, event.target) not in known:
            yield f"{event.transition} from {event.source} to {event.target} is no move of the table"
    for before, after in itertools.pairwise(events):
        if after.source != before.target:
            yield f"{after.transition} began in {after.source}, but the case was in {before.target}"
    if events[-1].target is not case.state:
        yield f"the history ends in {events[-1].target}, the case is in {case.state}"


def _told(deeds: list[Deed], events: Any) -> Iterator[str]:
    """Every move was somebody's deed, every deed that was done has its move, in the order in which they ended."""
    done = Counter(move for deed in deeds if deed.outcome == "done" for move in deed.moves)
    written = Counter(event.transition for event in events if event.transition != "apply")
    open_ends = sum(deed.outcome == "unknown" for deed in deeds)
    if lost := done - written:
        yield f"answered as done, but not in the history: {dict(lost)}"
    if sum((written - done).values()) > 2 * open_ends:
        yield f"in the history, but nobody's deed: {dict(written - done)}"
    places = defaultdict(list)
    for place, event in enumerate(events):
        places[event.transition].append(place)
    sure = [(deed, places[move][0]) for deed in deeds for move in deed.moves if len(places[move]) == 1]
    for (first, earlier), (second, later) in itertools.permutations(sure, 2):
        if first.ended < second.began and earlier > later:
            yield f"{first.name} had ended when {second.name} began, but stands after it"


def _decisions(case_id: int, events: Any) -> Iterator[str]:
    """One decision for each round, and it says what the move says."""
    rows = db.session.scalars(select(Decision).where(Decision.case_id == case_id)).all()
    written = Counter(f"{row.round}_{row.verdict}" for row in rows)
    moved = Counter(
        e.transition
        for e in events
        if workflow.BY_NAME.get(e.transition, None) and workflow.BY_NAME[e.transition].verdict
    )
    if written != moved:
        yield f"decisions {dict(written)}, moves {dict(moved)}"
    if max(Counter(row.round for row in rows).values(), default=0) > 1:
        yield "two decisions in one round"
    sent = db.session.scalars(select(Submission.number).where(Submission.case_id == case_id)).all()
    moves = sum(e.transition in ("submit", "resubmit", "resubmit_revised") for e in events)
    if sorted(sent) != list(range(1, moves + 1)):
        yield f"{moves} sendings, snapshots {sorted(sent)}"


def _saves(deeds: list[Deed]) -> Iterator[str]:
    """No version was given twice, and what was saved last stands."""
    saves = [deed.saved for deed in deeds if deed.outcome == "done" and deed.saved]
    texts: dict[tuple[int, int], set[str]] = defaultdict(set)
    for document, version, text in saves:
        texts[document, version].add(text)
    for place, written in texts.items():
        if len(written) > 1:
            yield f"document {place[0]}: version {place[1]} was given to {sorted(written)}"
    for document in {place[0] for place in texts}:
        row = db.session.get_one(Document, document)
        last = max(version for number, version in texts if number == document)
        if row.version < last or (
            row.version == last and row.answers.get("teacher") not in texts[document, last]
        ):
            yield f"document {document}: {texts[document, last]} was saved last, {row.answers} stands"


def _numbers(case_ids: list[int]) -> Iterator[str]:
    """No number twice, none left out."""
    rows = db.session.scalars(select(Certificate).where(Certificate.case_id.in_(case_ids))).all()
    serials = sorted(int(row.number[-4:-1]) for row in rows)
    if serials != list(range(1, len(serials) + 1)):
        yield f"numbers given: {serials}"
    if max(Counter(row.case_id for row in rows).values(), default=0) > 1:
        yield "two numbers for one case"


def as_line(deed: Deed) -> dict[str, Any]:
    """The deed as JSON, for a journal that outlives its process."""
    return asdict(deed)
