"""Reads of declared conflicts, and whom a typed name means."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.access.models import PortalUser
from app.cases.models import Case
from app.core.db import db
from app.people.models import TeacherProfile
from app.reference.models import School
from app.reviews.models import Assignment, DeclaredConflict
from app.reviews.queries import ROUND_OF


def declared(reviewer: PortalUser) -> Sequence[DeclaredConflict]:
    """The reviewer's conflicts in force, the latest first."""
    return db.session.scalars(
        select(DeclaredConflict)
        .where(DeclaredConflict.reviewer_id == reviewer.id, DeclaredConflict.ended_at.is_(None))
        .options(joinedload(DeclaredConflict.person), joinedload(DeclaredConflict.school))
        .order_by(DeclaredConflict.id.desc())
    ).all()


def teachers_called(typed: str) -> Sequence[PortalUser]:
    """Teachers with exactly this name, or with this account; two are enough to see that it is not clear."""
    return db.session.scalars(
        select(PortalUser)
        .join(TeacherProfile, TeacherProfile.user_id == PortalUser.id)
        .where(or_(PortalUser.display_name == typed, PortalUser.username == typed))
        .limit(2)
    ).all()


def schools_called(typed: str) -> Sequence[School]:
    """Schools with exactly this name in either language, or with this code."""
    names = (School.code, School.label_zh, School.label_en)
    return db.session.scalars(select(School).where(or_(*(name == typed for name in names))).limit(2)).all()


def touched(conflict: DeclaredConflict) -> Sequence[Assignment]:
    """What the reviewer has at hand and should hand back because of the conflict."""
    at_school = (
        select(TeacherProfile.user_id).where(TeacherProfile.school_id == conflict.school_id).scalar_subquery()
    )
    return db.session.scalars(
        select(Assignment)
        .join(Case, Case.id == Assignment.case_id)
        .where(
            Assignment.reviewer_id == conflict.reviewer_id,
            Assignment.ended_at.is_(None),
            Case.state.in_(ROUND_OF),
            or_(
                Case.applicant_id == conflict.person_id,
                Case.school_id == conflict.school_id,
                Case.applicant_id.in_(at_school),
            ),
        )
        .order_by(Assignment.id)
    ).all()
