"""The standard sheet that a reviewer fills in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.policy import scoped
from app.cases.states import Verdict
from app.core.db import Identified, Timestamped, UtcDateTime, Versioned, db, text_enum
from app.reviews.models.assignment import Assignment


class SheetState(StrEnum):
    DRAFT = "draft"
    SENT = "sent"


class Sheet(Identified, Versioned, Timestamped, db.Model):
    """進階審查標準表: `levels` {item code: 2..5} (boxes 第1-2 = 2, 3, 4, 5; low is good),
    `comments` {item code: text}; `correction` is the weighted correction of their sum, `similar` the tick for
    likeness to another teacher's text: "", "revise" or "fail"; frozen once sent."""

    __tablename__ = "sheet"
    __table_args__ = (
        # How far a correction may go is the campaign's rule; that it is explained, everybody's.
        CheckConstraint(
            "state = 'draft' or correction = 0 or trim(correction_reason) <> ''", name="correction"
        ),
        CheckConstraint("\"similar\" in ('', 'revise', 'fail')", name="similar"),
        CheckConstraint("state = 'draft' or (sent_at is not null and verdict is not null)", name="sent"),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"), unique=True)
    state: Mapped[SheetState] = mapped_column(text_enum(SheetState, "state"), default=SheetState.DRAFT)
    levels: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    comments: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    remark: Mapped[str] = mapped_column(Text, default="")
    correction: Mapped[int] = mapped_column(Integer, default=0)
    correction_reason: Mapped[str] = mapped_column(Text, default="")
    similar: Mapped[str] = mapped_column(String(10), default="")
    verdict: Mapped[Verdict | None] = mapped_column(text_enum(Verdict, "verdict"))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    assignment: Mapped[Assignment] = relationship(back_populates="sheet")


scoped(Sheet, via="assignment")
