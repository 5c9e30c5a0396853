"""Facts about teachers: profile, training hours, certificates held; the only functions that write them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import require
from app.core import audit
from app.core.db import db
from app.people.models import Certificate, CertificateState, TeacherProfile, TrainingRecord
from app.reference.models import CourseType, IdentityType, School


def open_profile(
    actor: Any,
    *,
    user: PortalUser,
    school: School,
    identity: IdentityType,
    regular_months: int,
    teaching_months: int,
    subject: str = "",
    grade: str = "",
) -> TeacherProfile:
    """Make or replace the facts of `user`'s post; `actor` None is an import or the seed."""
    if actor is not None:
        require(actor, Permission.USER_EDIT)
    profile = db.session.scalar(select(TeacherProfile).where(TeacherProfile.user_id == user.id))
    if profile is None:
        profile = TeacherProfile(user_id=user.id)
        db.session.add(profile)
    profile.school_id, profile.county_id = school.id, school.county_id
    profile.identity_type_id = identity.id
    profile.regular_months, profile.teaching_months = regular_months, teaching_months
    profile.subject, profile.grade = subject, grade
    db.session.flush()
    audit.record(actor, "profile.opened", profile)
    return profile


def add_training(
    actor: Any,
    *,
    user: PortalUser,
    course: CourseType,
    finished_on: date,
    school_year: int,
    county_id: int | None,
    hours: int | None = None,
    organiser: str = "",
) -> TrainingRecord:
    """Record one completed course; the hours are the course's own unless given."""
    record = TrainingRecord(
        user_id=user.id,
        county_id=county_id,
        course_type_id=course.id,
        hours=hours or course.hours,
        finished_on=finished_on,
        school_year=school_year,
        organiser=organiser,
    )
    if actor is not None:
        require(actor, Permission.TRAINING_EDIT, record)
    db.session.add(record)
    db.session.flush()
    audit.record(actor, "training.added", record)
    return record


def import_certificate(
    actor: Any,
    *,
    user: PortalUser,
    track: str,
    county_id: int,
    school_year: int,
    number: str,
    issued_at: datetime | None = None,
) -> Certificate:
    """Record a certificate given elsewhere, its number as it was, of any shape."""
    if actor is not None:
        require(actor, Permission.USER_EDIT)
    certificate = Certificate(
        user_id=user.id,
        track=track,
        county_id=county_id,
        school_year=school_year,
        number=number.strip(),
        state=CertificateState.IMPORTED,
        issued_at=issued_at,
    )
    db.session.add(certificate)
    db.session.flush()
    audit.record(actor, "certificate.imported", certificate)
    return certificate
