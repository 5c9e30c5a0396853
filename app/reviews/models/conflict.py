"""What a reviewer has declared: whose case, or which school's, is not for these eyes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.models import PortalUser
from app.access.policy import scoped
from app.core import clock
from app.core.db import Identified, UtcDateTime, db
from app.reference.models import School


class DeclaredConflict(Identified, db.Model):
    """A reviewer's conflict of interest with one person or with one school, until it is ended; never deleted."""

    __tablename__ = "declared_conflict"
    __table_args__ = (
        CheckConstraint("(person_id is null) <> (school_id is null)", name="one_reach"),
        CheckConstraint("trim(reason) <> ''", name="reason"),
        Index("ix_declared_conflict_reviewer", "reviewer_id", "ended_at"),
        *(
            Index(
                f"uq_declared_conflict_{column}",
                "reviewer_id",
                column,
                unique=True,
                sqlite_where=text(f"{column} is not null and ended_at is null"),
                postgresql_where=text(f"{column} is not null and ended_at is null"),
            )
            for column in ("person_id", "school_id")
        ),
    )

    reviewer_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(Text)
    declared_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    reviewer: Mapped[PortalUser] = relationship(foreign_keys=[reviewer_id])
    person: Mapped[PortalUser | None] = relationship(foreign_keys=[person_id])
    school: Mapped[School | None] = relationship()


scoped(DeclaredConflict, own="reviewer_id")
