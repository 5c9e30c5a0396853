"""Reads of the reviewing."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.access.matrix import Role
from app.access.models import PortalUser
from app.cases.models import Case
from app.cases.states import Round, State, Verdict
from app.core.db import db
from app.forms import registry
from app.people.models import TeacherProfile
from app.reference.models import SheetItem
from app.reviews.models import Assignment, Decision, Sheet, SheetState

ROUND_OF = {
    State.FIRST_ASSIGN: Round.FIRST,
    State.FIRST_REVIEW: Round.FIRST,
    State.FIRST_DECISION: Round.FIRST,
    State.SECOND_ASSIGN: Round.SECOND,
    State.SECOND_REVIEW: Round.SECOND,
    State.SECOND_DECISION: Round.SECOND,
}

# The four boxes of the standard sheet: low is good (FORMS.md 7.1).
LEVELS = {
    2: _l("第1-2等級 (優良)"),
    3: _l("第3等級 (中等)"),
    4: _l("第4等級 (待修正)"),
    5: _l("第5等級 (待加強)"),
}


@dataclass
class Candidate:
    """A reviewer who might take the case; `block` is the hard reason against, `load` the open work."""

    user: PortalUser
    load: int
    block: str
    school: str


def sheet_items(track: str) -> list[SheetItem]:
    """The rated items of the track's standard sheet, in order."""
    return list(
        db.session.scalars(
            select(SheetItem)
            .where(SheetItem.track == track, SheetItem.retired_at.is_(None))
            .order_by(SheetItem.sort)
        )
    )


def assignments(case: Case, round_: Round | None = None) -> list[Assignment]:
    """Who reviews the case, those recused left out, with their sheets."""
    query = (
        select(Assignment)
        .where(Assignment.case_id == case.id, Assignment.ended_at.is_(None))
        .options(joinedload(Assignment.reviewer), joinedload(Assignment.sheet))
        .order_by(Assignment.round, Assignment.id)
        # A sheet that came in since the session first looked must be seen.
        .execution_options(populate_existing=True)
    )
    if round_ is not None:
        query = query.where(Assignment.round == round_)
    return list(db.session.scalars(query))


def work_list(reviewer: Any) -> list[Assignment]:
    """The reviewer's assignments, what is still to do first."""
    return list(
        db.session.scalars(
            select(Assignment)
            .join(Case, Case.id == Assignment.case_id)
            .outerjoin(Sheet, Sheet.assignment_id == Assignment.id)
            .where(Assignment.reviewer_id == reviewer.id, Assignment.ended_at.is_(None))
            .options(
                joinedload(Assignment.case).joinedload(Case.applicant),
                joinedload(Assignment.case).joinedload(Case.school),
                joinedload(Assignment.sheet),
            )
            .order_by(
                func.coalesce(Sheet.state, SheetState.DRAFT) == SheetState.SENT,
                Assignment.due_at,
                Assignment.id,
            )
        )
    )


def decisions(case: Case) -> dict[Round, Decision]:
    """The decided verdicts of the case, by round."""
    rows = db.session.scalars(select(Decision).where(Decision.case_id == case.id)).all()
    return {d.round: d for d in rows}


def total(sheet: Sheet) -> int:
    """Sum of the levels with the weighted correction: low is good."""
    return sum(sheet.levels.values()) + sheet.correction


def band(case: Case, sheet: Sheet, round_: Round) -> Verdict | None:
    """The verdict that the campaign's bands give for the sheet's sum; None where no band is defined."""
    value = total(sheet)
    for row in case.campaign.bands.get(str(round_), []):
        if row["from"] <= value <= row["to"]:
            return Verdict(row["verdict"])
    return None


def named_in(case: Case) -> set[str]:
    """Names of people whom the applicant's forms mention (observed teacher, peers, convenors)."""
    names: set[str] = set()
    for document in case.documents:
        form = registry.build(document.form_code, document.form_version, answers=document.answers)
        names.update(form.people())
    return plain_names(names)


# 王小明老師、李四 names two people, and 王 小明 is the same person as 王小明.
_BETWEEN = re.compile(r"[,;/&、\n]+")
_TITLE = re.compile(r"(老師|教師|主任|組長|校長)$")


def plain_names(texts: Iterable[str]) -> set[str]:
    """Names as they can be compared: one person each, without spaces, width variants and titles."""
    parts = (part for text in texts for part in _BETWEEN.split(unicodedata.normalize("NFKC", text)))
    return {name for part in parts if (name := _TITLE.sub("", "".join(part.split())))}


def candidates(case: Case, round_: Round) -> list[Candidate]:
    """Every active reviewer with the hard block against, if any, and the open load; least loaded first."""
    open_load = dict(
        db.session.execute(
            select(Assignment.reviewer_id, func.count())
            .outerjoin(Sheet, Sheet.assignment_id == Assignment.id)
            .where(Assignment.ended_at.is_(None), or_(Sheet.id.is_(None), Sheet.state == SheetState.DRAFT))
            .group_by(Assignment.reviewer_id)
        ).all()
    )
    reviewers = db.session.scalars(
        select(PortalUser).where(PortalUser.active, PortalUser.roles.any(name=Role.REVIEWER.value))
    ).all()
    posts = (
        dict(db.session.execute(select(TeacherProfile.user_id, TeacherProfile.school_id)).all())
        if reviewers
        else {}
    )
    named = named_in(case)
    # The applicant may have moved since applying; both schools are conflicts.
    schools = {case.school_id, posts.get(case.applicant_id) or case.school_id}
    rows = [
        Candidate(
            user=user,
            load=open_load.get(user.id, 0),
            block=_block(case, user, schools & {posts.get(user.id), user.school_id}, named),
            school=str(user.school or ""),
        )
        for user in reviewers
    ]
    return sorted(rows, key=lambda c: (bool(c.block), c.load, c.user.name))


def _block(case: Case, user: PortalUser, shared_schools: Collection[int | None], named: set[str]) -> str:
    """The code of the hard conflict, or empty (PROCESS.md 5)."""
    if user.id == case.applicant_id:
        return "self"
    if shared_schools:
        return "same_school"
    if plain_names([user.name]) & named:
        return "named"
    return ""
