"""What is known of a teacher: post and service, training hours, certificates held."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.models import PortalUser
from app.access.policy import scoped
from app.core import clock
from app.core.db import Identified, Timestamped, UtcDateTime, db, text_enum
from app.reference.models import County, CourseType, IdentityType, School


class TeacherProfile(Identified, Timestamped, db.Model):
    """One teacher's post and service; the two month counts are independent facts (PROCESS.md 2.1)."""

    __tablename__ = "teacher_profile"
    __table_args__ = (CheckConstraint("regular_months >= 0 and teaching_months >= 0", name="months"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), unique=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"), index=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id", ondelete="RESTRICT"), index=True)
    identity_type_id: Mapped[int] = mapped_column(ForeignKey("identity_type.id", ondelete="RESTRICT"))
    regular_months: Mapped[int] = mapped_column(Integer, default=0)
    teaching_months: Mapped[int] = mapped_column(Integer, default=0)
    subject: Mapped[str] = mapped_column(String(100), default="")
    grade: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")

    user: Mapped[PortalUser] = relationship(lazy="joined")
    school: Mapped[School] = relationship(lazy="joined")
    county: Mapped[County] = relationship()
    identity_type: Mapped[IdentityType] = relationship(lazy="joined")


class FormerPost(Identified, db.Model):
    """A school at which a teacher was, and until when: whoever left it lately does not review its cases."""

    __tablename__ = "former_post"
    __table_args__ = (Index("ix_former_post_person", "user_id", "until"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    until: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)


class TrainingRecord(Identified, Timestamped, db.Model):
    """研習時數: one completed course; `school_year` is the cohort as recorded, never derived from the date."""

    __tablename__ = "training_record"
    __table_args__ = (
        CheckConstraint("hours > 0", name="hours_positive"),
        UniqueConstraint("user_id", "course_type_id", "finished_on"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    county_id: Mapped[int | None] = mapped_column(ForeignKey("county.id", ondelete="RESTRICT"), index=True)
    course_type_id: Mapped[int] = mapped_column(ForeignKey("course_type.id", ondelete="RESTRICT"))
    hours: Mapped[int] = mapped_column(Integer)
    finished_on: Mapped[date] = mapped_column(Date)
    school_year: Mapped[int] = mapped_column(Integer)
    organiser: Mapped[str] = mapped_column(String(120), default="")

    course_type: Mapped[CourseType] = relationship(lazy="joined")
    user: Mapped[PortalUser] = relationship()


class CertificateState(StrEnum):
    ISSUED = "issued"
    ANNOUNCED = "announced"
    IMPORTED = "imported"
    REVOKED = "revoked"


class Certificate(Identified, Timestamped, db.Model):
    """認證證號: the number is text of any shape (imported ones follow no pattern), unique per kind and authority."""

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("track", "county_id", "number"),
        UniqueConstraint("case_id"),
        # Numbers that were drawn here, whatever the track; imported ones may repeat what another office gave.
        Index(
            "uq_certificate_given",
            "county_id",
            "number",
            unique=True,
            sqlite_where=text("case_id is not null"),
            postgresql_where=text("case_id is not null"),
        ),
        CheckConstraint("state in ('imported', 'revoked') or case_id is not null", name="from_a_case"),
        Index("ix_certificate_holder", "user_id", "track"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    track: Mapped[str] = mapped_column(String(40))
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id", ondelete="RESTRICT"), index=True)
    school_year: Mapped[int] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(String(60))
    state: Mapped[CertificateState] = mapped_column(text_enum(CertificateState, "state"))
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    case_id: Mapped[int | None] = mapped_column(ForeignKey("certification_case.id", ondelete="RESTRICT"))
    # Readable by whoever holds the paper; not derivable from the number.
    verify_code: Mapped[str | None] = mapped_column(String(20), unique=True)

    user: Mapped[PortalUser] = relationship()
    county: Mapped[County] = relationship(lazy="joined")


scoped(TeacherProfile, own="user_id", school="school_id", county="county_id")
scoped(TrainingRecord, own="user_id", county="county_id")
scoped(Certificate, own="user_id", county="county_id")
