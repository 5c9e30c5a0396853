"""Reads of the messages, and who is told."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, and_, cast, exists, func, literal, or_, select

from app.access.matrix import Role
from app.access.models import PortalUser
from app.cases.models import Case
from app.cases.offices import office_of
from app.cases.states import Holder, Round
from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.notices.models import Message
from app.reviews.models import Assignment, Sheet, SheetState
from app.reviews.queries import ROUND_OF, assignments
from app.reviews.service.assigning import REVIEWING

# An office is a handful of desks; a cap keeps a wrongly filled role from flooding hundreds of mailboxes.
OFFICE_LIMIT = 50


def inbox(user: PortalUser, *, limit: int = 20, before: int | None = None) -> list[Message]:
    """The user's messages, newest first; `before` is the id of the last one on the page before."""
    query = select(Message).where(Message.user_id == user.id).order_by(Message.id.desc()).limit(limit)
    return list(db.session.scalars(query if before is None else query.where(Message.id < before)))


def unread_count(user: PortalUser) -> int:
    """How many messages the user has not opened."""
    return (
        db.session.scalar(select(func.count()).where(Message.user_id == user.id, Message.read_at.is_(None)))
        or 0
    )


def message_for(user: PortalUser, message_id: int) -> Message:
    """The user's own message; `NotFound` for anybody else's."""
    row = db.session.get(Message, message_id)
    if row is None or row.user_id != user.id:
        raise NotFound(_l("There is nothing at this address."), code="not_found")
    return row


def office_users(case: Case, holder: Holder | None = None) -> Sequence[PortalUser]:
    """Active accounts of the office that holds the case, or makes another's steps: the county's own, or the
    national centre's."""
    role = office_of(case, holder or case.info.holder)
    if role is None:
        return []
    query = select(PortalUser).where(PortalUser.active, PortalUser.roles.any(name=role.value))
    if role is Role.COUNTY:
        query = query.where(PortalUser.county_id == case.county_id)
    return db.session.scalars(query.order_by(PortalUser.id).limit(OFFICE_LIMIT)).all()


def reviewers(case: Case, round_: Round | None) -> list[tuple[PortalUser, int, datetime | None]]:
    """Who has yet to send a sheet of the round, with the id and the last day of the assignment."""
    return [
        (a.reviewer, a.id, a.due_at)
        for a in assignments(case, round_)
        if a.sheet is None or a.sheet.state is SheetState.DRAFT
    ]


# Reviewers are reminded so long before the end of their last day.
REMIND_BEFORE = timedelta(days=3)


def about(assignment_id: Any) -> Any:
    """How the keys of the messages about one assignment begin; of a number, or of a column in a query."""
    if isinstance(assignment_id, int):
        return f"assignment-{assignment_id}"
    return literal("assignment-").concat(cast(assignment_id, String))


def reminders(only: int | None = None) -> list[tuple[int, str]]:
    """(assignment, event) of every reviewer who is to be reminded now, or of `only` this assignment: the sheet
    is not sent, the last day is near or over, and the same was not said before."""
    now = clock.now()
    reads = [and_(Case.state == state, Assignment.round == ROUND_OF[state]) for state in REVIEWING]
    told = {
        event: exists().where(
            Message.key
            == about(Assignment.id).concat(f":{event}:").concat(cast(Assignment.reviewer_id, String))
        )
        for event in ("review.reminder", "review.overdue")
    }
    query = (
        select(Assignment.id, Assignment.created_at, Assignment.due_at, told["review.reminder"])
        .join(Case, Case.id == Assignment.case_id)
        .outerjoin(Sheet, Sheet.assignment_id == Assignment.id)
        .where(
            or_(*reads),
            Assignment.ended_at.is_(None),
            or_(Sheet.id.is_(None), Sheet.state == SheetState.DRAFT),
            Assignment.due_at <= now + REMIND_BEFORE,
            ~told["review.overdue"],
        )
        .order_by(Assignment.id)
    )
    if only is not None:
        query = query.where(Assignment.id == only)
    found = []
    for number, given, due, reminded in db.session.execute(query):
        assert due is not None
        if clock.passed(due):
            found.append((number, "review.overdue"))
        # Who got the case with fewer days than that has just been told the last day.
        elif not reminded and given < due - REMIND_BEFORE:
            found.append((number, "review.reminder"))
    return found
