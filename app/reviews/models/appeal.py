"""申復: what was filed, and the office's answer to whether it is accepted."""

from datetime import datetime

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.models import PortalUser
from app.access.policy import scoped
from app.cases.models import Case
from app.core import clock
from app.core.db import Identified, UtcDateTime, db


class Appeal(Identified, db.Model):
    """The office's answer to an appeal: 受理 or 未受理, with coded grounds and words; one for each case,
    and append-only in the database. When and what was filed is the case's submission `appeal`.

    grounds: codes of `reference.AppealGround`.
    """

    __tablename__ = "appeal"
    __table_args__ = (CheckConstraint("accepted or reason <> ''", name="reason_given"),)

    case_id: Mapped[int] = mapped_column(
        ForeignKey("certification_case.id", ondelete="RESTRICT"), unique=True
    )
    accepted: Mapped[bool] = mapped_column(Boolean)
    grounds: Mapped[list[str]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)

    case: Mapped[Case] = relationship()
    answered_by: Mapped[PortalUser] = relationship()


scoped(Appeal, via="case")
