"""Who may review a case: hard conflicts, open load, and how well each fits; for one case or for many at once."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, lazyload

from app.access.matrix import Role
from app.access.models import PortalUser
from app.cases.models import Case, Document
from app.cases.states import Round
from app.core import clock
from app.core.db import db
from app.forms import registry
from app.people.models import FormerPost, TeacherProfile
from app.reference.models import School
from app.reviews.fitness import Fit, Traits, fit
from app.reviews.models import Assignment, DeclaredConflict, Sheet, SheetState

# 同校 counts as long after a move (PROCESS.md 5).
SCHOOL_YEARS = 3
# Databases limit how many values a statement may carry.
MANY = 500


@dataclass
class Candidate:
    """A reviewer who might take the case; `block` is the hard reason against, `load` the open work."""

    user: PortalUser
    load: int
    block: str
    school: str
    fit: Fit


@dataclass
class Reader:
    """A reviewer with everything that does not depend on the case."""

    id: int
    user: PortalUser
    load: int
    school: str
    names: set[str]
    schools: set[int | None]
    traits: Traits
    declared_people: set[int | None] = field(default_factory=set)
    declared_schools: set[int | None] = field(default_factory=set)


# 王小明老師、李四 names two people, and 王 小明 is the same person as 王小明.
_BETWEEN = re.compile(r"[,;/&、\n]+")
_TITLE = re.compile(r"(老師|教師|主任|組長|校長)$")


def plain_names(texts: Iterable[str]) -> set[str]:
    """Names as they can be compared: one person each, without spaces, width variants and titles."""
    parts = (part for text in texts for part in _BETWEEN.split(unicodedata.normalize("NFKC", text)))
    return {name for part in parts if (name := _TITLE.sub("", "".join(part.split())))}


def candidates(case: Case, round_: Round, *, only: Collection[int] | None = None) -> list[Candidate]:
    """Every active reviewer, or `only` these, with the hard block against and the open load; least loaded first."""
    return candidates_for([case], round_, only=only)[case.id]


def candidates_for(
    cases: Sequence[Case], round_: Round, *, only: Collection[int] | None = None
) -> dict[int, list[Candidate]]:
    """The candidates of each case, in a number of queries that does not depend on how many cases there are."""
    people = readers(only)
    found = {
        case.id: [
            Candidate(
                reader.user,
                reader.load,
                blocks.get(reader.id, ""),
                reader.school,
                fit(traits, reader.traits, reader.load),
            )
            for reader in people
        ]
        for case, traits, blocks in weighed(cases, round_, people)
    }
    for listed in found.values():
        listed.sort(key=lambda c: (bool(c.block), c.load, c.user.name))
    return found


def weighed(
    cases: Sequence[Case], round_: Round, people: Sequence[Reader]
) -> Iterator[tuple[Case, Traits, dict[int, str]]]:
    """Each case with what it wants, and the codes of the hard conflicts by reviewer (PROCESS.md 5); in bulk."""
    profiles = _profiles({case.applicant_id for case in cases})
    former = _former_schools({case.applicant_id for case in cases})
    named, before = _named(cases, people), _read_before(cases, round_)
    present = {reader.id for reader in people}
    at, called, person, school = (defaultdict[Any, list[int]](list) for _ in range(4))
    for reader in people:
        groups: tuple[tuple[dict[Any, list[int]], Iterable[Any]], ...] = (
            (at, reader.schools),
            (called, reader.names),
            (person, reader.declared_people),
            (school, reader.declared_schools),
        )
        for group, keys in groups:
            for key in keys:
                group[key].append(reader.id)
    for case in cases:
        applicant = case.applicant_id
        subject, post, _county, _level = profiles.get(applicant, ("", None, None, None))
        # The applicant may have moved since applying, or shortly before.
        schools = {case.school_id, post or case.school_id, *former[applicant]}
        blocks = {applicant: "self"} if applicant in present else {}
        found: tuple[tuple[str, dict[Any, list[int]], Iterable[Any]], ...] = (
            ("same_school", at, schools),
            ("named", called, named[case.id]),
            ("declared", person, {applicant}),
            ("declared", school, schools),
        )
        for code, group, keys in found:
            for key in keys:
                for reviewer_id in group.get(key, ()):
                    blocks.setdefault(reviewer_id, code)
        for reviewer_id, code in before[case.id].items():
            if reviewer_id in present:
                blocks.setdefault(reviewer_id, code)
        yield case, Traits(subject, case.school.level_id, case.county_id), blocks


def readers(only: Collection[int] | None = None) -> list[Reader]:
    """Every active reviewer, or `only` these, with posts, open work and declared conflicts."""
    load = (
        select(Assignment.reviewer_id, func.count())
        .outerjoin(Sheet, Sheet.assignment_id == Assignment.id)
        .where(Assignment.ended_at.is_(None), or_(Sheet.id.is_(None), Sheet.state == SheetState.DRAFT))
        .group_by(Assignment.reviewer_id)
    )
    active = (
        select(PortalUser)
        .where(PortalUser.active, PortalUser.roles.any(name=Role.REVIEWER.value))
        .options(lazyload(PortalUser.county), joinedload(PortalUser.school).lazyload(School.county))
        .order_by(PortalUser.id)
    )
    if only is not None:
        load, active = load.where(Assignment.reviewer_id.in_(only)), active.where(PortalUser.id.in_(only))
    open_load = dict(db.session.execute(load).all())
    users = db.session.scalars(active).all()
    ids = {user.id for user in users}
    profiles, former = _profiles(ids), _former_schools(ids)
    found = []
    for user in users:
        subject, post, county, level = profiles.get(user.id, ("", None, None, None))
        own = user.school
        traits = Traits(
            subject,
            level or (own.level_id if own else None),
            county or (own.county_id if own else user.county_id),
        )
        schools = {post, user.school_id, *former[user.id]} - {None}
        names = plain_names([user.name])
        found.append(Reader(user.id, user, open_load.get(user.id, 0), str(own or ""), names, schools, traits))
    _add_declared(found)
    return found


def _add_declared(people: list[Reader]) -> None:
    by_id = {reader.id: reader for reader in people}
    rows = db.session.execute(
        select(DeclaredConflict.reviewer_id, DeclaredConflict.person_id, DeclaredConflict.school_id).where(
            DeclaredConflict.ended_at.is_(None)
        )
    )
    for reviewer_id, person_id, school_id in rows:
        if reader := by_id.get(reviewer_id):
            (reader.declared_people if person_id else reader.declared_schools).add(person_id or school_id)


def _in_parts(ids: Iterable[int]) -> Iterator[list[int]]:
    listed = sorted(ids)
    return (listed[first : first + MANY] for first in range(0, len(listed), MANY))


def _profiles(ids: Iterable[int]) -> dict[int, Any]:
    """Subject, school, county and level of school by account, of those who are teachers."""
    query = select(
        TeacherProfile.user_id,
        TeacherProfile.subject,
        TeacherProfile.school_id,
        TeacherProfile.county_id,
        School.level_id,
    ).join(School, School.id == TeacherProfile.school_id)
    rows = (
        row
        for part in _in_parts(ids)
        for row in db.session.execute(query.where(TeacherProfile.user_id.in_(part)))
    )
    return {user_id: tuple(rest) for user_id, *rest in rows}


def _former_schools(ids: Iterable[int]) -> defaultdict[int, set[int]]:
    """Schools that somebody left, or from which somebody applied, in the last years."""
    since = clock.now() - timedelta(days=365 * SCHOOL_YEARS + 1)
    applied = select(Case.applicant_id, Case.school_id).where(Case.created_at >= since)
    left = select(FormerPost.user_id, FormerPost.school_id).where(FormerPost.until >= since)
    found: defaultdict[int, set[int]] = defaultdict(set)
    for part in _in_parts(ids):
        both = applied.where(Case.applicant_id.in_(part)).union_all(left.where(FormerPost.user_id.in_(part)))
        for user_id, school_id in db.session.execute(both):
            found[user_id].add(school_id)
    return found


def _named(cases: Sequence[Case], people: Sequence[Reader]) -> defaultdict[int, set[str]]:
    """Names of people whom the forms of each case mention (observed teacher, peers, convenors).

    A form is built only where the name of a reviewer stands somewhere in its words.
    """
    query = select(Document.case_id, Document.form_code, Document.form_version, Document.answers)
    found: defaultdict[int, set[str]] = defaultdict(set)
    rubrics: dict[Any, Any] = {}
    names = sorted(name for reader in people for name in reader.names)
    somebody = re.compile("|".join(map(re.escape, names)) or r"(?!)")
    for part in _in_parts(case.id for case in cases):
        for case_id, code, version, answers in db.session.execute(query.where(Document.case_id.in_(part))):
            if somebody.search(_run_together(_words(answers))):
                form = registry.build(code, version, answers=answers, rubrics=rubrics)
                found[case_id].update(plain_names(form.people()))
    return found


def _words(answers: Any) -> Iterator[str]:
    """Every text in stored answers, rows within rows too."""
    if isinstance(answers, str):
        yield answers
    elif isinstance(answers, dict | list):
        for value in answers.values() if isinstance(answers, dict) else answers:
            yield from _words(value)


def _run_together(texts: Iterable[str]) -> str:
    """As `plain_names` has it: whoever is named in the texts is in here."""
    return "".join(unicodedata.normalize("NFKC", "\n".join(texts)).split())


def _read_before(cases: Sequence[Case], round_: Round) -> defaultdict[int, dict[int, str]]:
    """Who cannot read a case (again): those of earlier rounds for an appeal, and whoever has it or lost it."""
    query = select(Assignment.case_id, Assignment.reviewer_id, Assignment.round, Assignment.ended_at)
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for part in _in_parts(case.id for case in cases):
        for case_id, reviewer_id, where, ended_at in db.session.execute(
            query.where(Assignment.case_id.in_(part))
        ):
            codes = found[case_id]
            if where == round_:
                codes[reviewer_id] = "recused" if ended_at else "reads_now"
            elif round_ is Round.APPEAL:
                codes.setdefault(reviewer_id, "read_before")
            elif ended_at:
                codes.setdefault(reviewer_id, "recused")
    return found
