"""Reads of what is known of a person."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.access.models import LoginSession, PortalUser
from app.access.service import SESSION_LIMIT
from app.core import clock
from app.core.db import db
from app.people.models import Certificate, TeacherProfile, TrainingRecord


@dataclass
class TrainingTotal:
    """Hours of one course kind in one school year."""

    school_year: int
    course: str
    hours: int
    count: int


def profile_of(user: PortalUser) -> TeacherProfile | None:
    """The user's post and service, None for accounts that are no teachers."""
    return db.session.scalar(select(TeacherProfile).where(TeacherProfile.user_id == user.id))


def certificates_of(user: PortalUser) -> Sequence[Certificate]:
    """Certificate numbers held, the newest school year first."""
    return db.session.scalars(
        select(Certificate)
        .where(Certificate.user_id == user.id)
        .order_by(Certificate.school_year.desc(), Certificate.id.desc())
    ).all()


def training_of(user: PortalUser) -> Sequence[TrainingRecord]:
    """Completed courses, the latest first."""
    return db.session.scalars(
        select(TrainingRecord)
        .where(TrainingRecord.user_id == user.id)
        .order_by(TrainingRecord.finished_on.desc(), TrainingRecord.id.desc())
    ).all()


def training_totals(records: Sequence[TrainingRecord]) -> list[TrainingTotal]:
    """Hours for each school year and course kind, the latest year first."""
    groups: dict[tuple[int, str], list[int]] = defaultdict(list)
    for record in records:
        groups[record.school_year, record.course_type.label].append(record.hours)
    rows = [TrainingTotal(year, course, sum(hours), len(hours)) for (year, course), hours in groups.items()]
    return sorted(rows, key=lambda row: (-row.school_year, row.course))


def open_sessions(user: PortalUser) -> Sequence[LoginSession]:
    """The user's log-ins that still open something, the latest first."""
    return db.session.scalars(
        select(LoginSession)
        .where(
            LoginSession.user_id == user.id,
            LoginSession.ended_at.is_(None),
            LoginSession.created_at > clock.now() - SESSION_LIMIT,
        )
        .order_by(LoginSession.id.desc())
    ).all()


def certificate_by_code(code: str) -> Certificate | None:
    """The certificate with that verification code, however it was typed."""
    plain = "".join(char for char in code.upper() if char.isalnum())
    return db.session.scalar(select(Certificate).where(Certificate.verify_code == plain)) if plain else None


def masked(name: str) -> str:
    """王○明: enough to recognise a person one knows, too little to learn a name."""
    if len(name) < 2:
        return name
    if len(name) == 2:
        return name[0] + "○"
    return name[0] + "○" * (len(name) - 2) + name[-1]
