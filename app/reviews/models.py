"""Who reviews which case, what they wrote, and what was decided."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    exists,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.models import PortalUser
from app.access.policy import scoped, scoped_assigned
from app.cases.models import Case
from app.cases.states import Round, Verdict
from app.core import clock
from app.core.db import Identified, Timestamped, UtcDateTime, Versioned, db, text_enum


class Assignment(Identified, Timestamped, db.Model):
    """One reviewer on one case in one round; `ended_at` when recused or replaced."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("case_id", "round", "reviewer_id"),
        Index("ix_assignment_reviewer", "reviewer_id", "ended_at"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("certification_case.id", ondelete="CASCADE"), index=True)
    round: Mapped[Round] = mapped_column(text_enum(Round, "round"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    case: Mapped[Case] = relationship()
    reviewer: Mapped[PortalUser] = relationship(foreign_keys=[reviewer_id])
    sheet: Mapped["Sheet | None"] = relationship(back_populates="assignment", uselist=False)


class SheetState(StrEnum):
    DRAFT = "draft"
    SENT = "sent"


class Sheet(Identified, Versioned, Timestamped, db.Model):
    """進階審查標準表: `levels` {item code: 2..5} (boxes 第1-2 = 2, 3, 4, 5; low is good),
    `comments` {item code: text}; frozen once sent."""

    __tablename__ = "sheet"
    __table_args__ = (
        CheckConstraint("correction between -5 and 5", name="correction"),
        CheckConstraint("state = 'draft' or (sent_at is not null and verdict is not null)", name="sent"),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"), unique=True)
    state: Mapped[SheetState] = mapped_column(text_enum(SheetState, "state"), default=SheetState.DRAFT)
    levels: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    comments: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    remark: Mapped[str] = mapped_column(Text, default="")
    correction: Mapped[int] = mapped_column(Integer, default=0)
    similar: Mapped[str] = mapped_column(String(10), default="")
    verdict: Mapped[Verdict | None] = mapped_column(text_enum(Verdict, "verdict"))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    assignment: Mapped[Assignment] = relationship(back_populates="sheet")


class Decision(Identified, db.Model):
    """The decided verdict, apart from the sheets and the computed band; one for each case and round,
    and append-only in the database."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("case_id", "round"),
        CheckConstraint("not differs or reason <> ''", name="reason_given"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("certification_case.id", ondelete="RESTRICT"))
    round: Mapped[Round] = mapped_column(text_enum(Round, "round"))
    verdict: Mapped[Verdict] = mapped_column(text_enum(Verdict, "verdict"))
    band: Mapped[Verdict | None] = mapped_column(text_enum(Verdict, "band"))
    reason: Mapped[str] = mapped_column(Text, default="")
    differs: Mapped[bool] = mapped_column(Boolean, default=False)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    case: Mapped[Case] = relationship()
    decided_by: Mapped[PortalUser] = relationship()


def _mine(actor: PortalUser) -> Any:
    return exists().where(
        Assignment.case_id == Case.id, Assignment.reviewer_id == actor.id, Assignment.ended_at.is_(None)
    )


scoped_assigned(Case, _mine)
scoped(Assignment, via="case")
scoped_assigned(
    Assignment, lambda actor: (Assignment.reviewer_id == actor.id) & Assignment.ended_at.is_(None)
)
scoped(Sheet, via="assignment")
scoped(Decision, via="case")
