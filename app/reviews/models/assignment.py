"""Who reviews which case in which round."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.models import PortalUser
from app.access.policy import scoped, scoped_assigned
from app.cases.models import Case
from app.cases.states import Round
from app.core.db import Identified, Timestamped, UtcDateTime, db, text_enum

if TYPE_CHECKING:
    from app.reviews.models.sheet import Sheet


class Assignment(Identified, Timestamped, db.Model):
    """One reviewer on one case in one round; ended when recused or replaced, with the reason.

    `extra` marks whoever was added because the first sheets disagreed; `reason` says in words why this pair.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("case_id", "round", "reviewer_id"),
        Index("ix_assignment_reviewer", "reviewer_id", "ended_at"),
        CheckConstraint("ended_at is null or end_reason <> ''", name="end_reason"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("certification_case.id", ondelete="CASCADE"), index=True)
    round: Mapped[Round] = mapped_column(text_enum(Round, "round"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    end_reason: Mapped[str] = mapped_column(Text, default="")
    extra: Mapped[bool] = mapped_column(Boolean, default=False)
    reason: Mapped[str] = mapped_column(Text, default="")

    case: Mapped[Case] = relationship()
    reviewer: Mapped[PortalUser] = relationship(foreign_keys=[reviewer_id])
    sheet: Mapped["Sheet | None"] = relationship(back_populates="assignment", uselist=False)


def _mine(actor: PortalUser) -> Any:
    return exists().where(
        Assignment.case_id == Case.id, Assignment.reviewer_id == actor.id, Assignment.ended_at.is_(None)
    )


scoped_assigned(Case, _mine)
scoped(Assignment, via="case")
scoped_assigned(
    Assignment, lambda actor: (Assignment.reviewer_id == actor.id) & Assignment.ended_at.is_(None)
)
