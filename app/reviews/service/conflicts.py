"""Declaring a conflict of interest, and ending it."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import require
from app.core import audit, clock
from app.core.db import db
from app.core.errors import Forbidden, Invalid
from app.reference.models import School
from app.reviews.models import DeclaredConflict


def declare_conflict(
    actor: PortalUser,
    *,
    reviewer: PortalUser,
    reason: str,
    person: PortalUser | None = None,
    school: School | None = None,
) -> DeclaredConflict:
    """Keep the reviewer from cases of one person, or of one school; a second declaration changes nothing.

    Raises `Invalid` without a reason, without anybody meant, or for the reviewer's own self.
    """
    _own(actor, reviewer)
    if (person is None) is (school is None):
        raise Invalid(_l("Name one teacher or one school."), code="whom_missing", field="whom")
    if person is not None and person.id == reviewer.id:
        raise Invalid(_l("Nobody reviews the own case anyway."), code="self", field="whom")
    if not reason.strip():
        raise Invalid(_l("Please give a reason."), code="reason_missing", field="reason")
    values = {"person_id": person.id if person else None, "school_id": school.id if school else None}
    known = db.session.scalar(
        select(DeclaredConflict)
        .filter_by(reviewer_id=reviewer.id, **values)
        .where(DeclaredConflict.ended_at.is_(None))
        .limit(1)
    )
    if known is not None:
        return known
    row = DeclaredConflict(reviewer_id=reviewer.id, reason=reason.strip(), declared_by_id=actor.id, **values)
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "conflict.declared", row, reviewer=reviewer.id, **values)
    return row


def end_conflict(actor: PortalUser, conflict: DeclaredConflict) -> DeclaredConflict:
    """The conflict holds no longer; who ended it stays in the audit trail."""
    _own(actor, conflict.reviewer)
    if conflict.ended_at is None:
        conflict.ended_at = clock.now()
        db.session.flush()
        audit.record(actor, "conflict.ended", conflict, reviewer=conflict.reviewer_id)
    return conflict


def _own(actor: PortalUser, reviewer: PortalUser) -> None:
    """Reviewers declare for themselves; an office that knows better chooses another reviewer, with the reason."""
    if actor.id != reviewer.id:
        raise Forbidden(_l("This belongs to somebody else."), code="not_allowed")
    require(actor, Permission.SHEET_WRITE)
