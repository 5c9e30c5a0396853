"""Reads of the messages, and who is told."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.access.matrix import Role
from app.access.models import PortalUser
from app.cases.models import Case
from app.cases.states import Round
from app.cases.workflow import office_of
from app.core.db import db
from app.core.errors import NotFound
from app.notices.models import Message
from app.reviews.models import SheetState
from app.reviews.queries import assignments

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


def office_users(case: Case) -> Sequence[PortalUser]:
    """Active accounts of the office that holds the case: the county's own, or the national centre's."""
    role = office_of(case, case.info.holder)
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
