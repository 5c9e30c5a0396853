"""Facts about teachers: profile, training hours, certificates held; the only functions that write them."""

import re
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.access import service as access
from app.access.matrix import Permission
from app.access.models import LoginSession, PortalUser
from app.access.policy import require
from app.core import audit, clock
from app.core.db import db
from app.core.errors import Forbidden, Invalid, NotFound
from app.core.i18n import LOCALES
from app.people.models import Certificate, CertificateState, FormerPost, TeacherProfile, TrainingRecord
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
    elif profile.school_id != school.id:
        db.session.add(FormerPost(user_id=user.id, school_id=profile.school_id))
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
        _not_own(actor, record)
    db.session.add(record)
    db.session.flush()
    audit.record(actor, "training.added", record)
    return record


def change_training(
    actor: Any,
    record: TrainingRecord,
    *,
    course: CourseType,
    finished_on: date,
    school_year: int,
    hours: int,
    organiser: str = "",
) -> TrainingRecord:
    """Correct a recorded course; the person and the county stay."""
    require(actor, Permission.TRAINING_EDIT, record)
    _not_own(actor, record)
    record.course_type_id, record.hours, record.organiser = course.id, hours, organiser
    record.finished_on, record.school_year = finished_on, school_year
    db.session.flush()
    audit.record(actor, "training.changed", record)
    return record


def _not_own(actor: Any, record: TrainingRecord) -> None:
    """Hours decide who may apply: nobody records the own ones."""
    if record.user_id == actor.id:
        raise Forbidden(_l("Nobody acts for an office in the own case."), code="self")


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


_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_OWN_LIMITS = {"email": 320, "phone": 40, "subject": 100, "grade": 60}


def update_own(actor: PortalUser, *, email: str, locale: str, **profile: str) -> None:
    """Change what a person may change of the own data; `profile` may hold phone, subject and grade.

    Raises `Invalid` naming the field.
    """
    values = {"email": email.strip(), **{name: value.strip() for name, value in profile.items()}}
    for name, value in values.items():
        if len(value) > _OWN_LIMITS[name]:
            message = _l("At most %(most)s characters.", most=_OWN_LIMITS[name])
            raise Invalid(message, code="too_long", field=name)
    if not _MAIL.fullmatch(values["email"]):
        raise Invalid(
            _l("Please write an e-mail address such as name@school.example."), code="email", field="email"
        )
    taken = select(PortalUser.id).where(PortalUser.email == values["email"], PortalUser.id != actor.id)
    if db.session.scalar(taken) is not None:
        raise Invalid(
            _l("This e-mail address belongs to another account."), code="email_taken", field="email"
        )
    actor.email = values.pop("email")
    if locale in LOCALES:
        access.set_locale(actor, locale=locale)
    own = db.session.scalar(select(TeacherProfile).where(TeacherProfile.user_id == actor.id))
    if own is not None and values:
        require(actor, Permission.PROFILE_EDIT, own)
        for name, value in values.items():
            setattr(own, name, value)
    db.session.flush()
    audit.record(actor, "profile.changed", actor, fields=["email", "locale", *values])


def change_password(actor: PortalUser, *, current: str, new: str) -> bool:
    """Set a new password and end every log-in; False when the present one is wrong.

    A wrong one counts towards the lock-out, so the caller has to commit in both cases.
    """
    if access.authenticate(username=actor.username, password=current) is None:
        return False
    access.set_password(actor, user=actor, password=new)
    return True


def end_session(actor: PortalUser, *, session_id: int) -> None:
    """End one of the own log-ins; `NotFound` for anybody else's."""
    row = db.session.get(LoginSession, session_id)
    if row is None or row.user_id != actor.id:
        raise NotFound(_l("There is nothing at this address."), code="not_found")
    if row.ended_at is None:
        row.ended_at = clock.now()
        audit.record(actor, "session.ended", row)
