"""What the deciding office made of the sheets of a round."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.models import PortalUser
from app.access.policy import scoped
from app.cases.models import Case
from app.cases.states import Round, Verdict
from app.core import clock
from app.core.db import Identified, UtcDateTime, db, text_enum


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


class Talk(Identified, db.Model):
    """What the reviewers agreed on when their sheets disagreed and the campaign wants them to talk;
    one for each case and round, and append-only in the database."""

    __tablename__ = "talk"
    __table_args__ = (UniqueConstraint("case_id", "round"), CheckConstraint("text <> ''", name="said"))

    case_id: Mapped[int] = mapped_column(ForeignKey("certification_case.id", ondelete="RESTRICT"))
    round: Mapped[Round] = mapped_column(text_enum(Round, "round"))
    text: Mapped[str] = mapped_column(Text)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)

    case: Mapped[Case] = relationship()
    recorded_by: Mapped[PortalUser] = relationship()


scoped(Decision, via="case")
scoped(Talk, via="case")
