"""A comment pinned to one form, or to one field of it, of one submission."""

from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import Boolean, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.models import PortalUser
from app.access.policy import scoped
from app.cases.models import Case, Submission
from app.cases.states import ROUND_LABELS, Round
from app.core import clock
from app.core.db import Identified, UtcDateTime, db, text_enum


class Stage(StrEnum):
    """What the comment was given in: the formal check, or a round of review."""

    FORMAL = "formal"
    FIRST = Round.FIRST.value
    SECOND = Round.SECOND.value
    APPEAL = Round.APPEAL.value


STAGE_LABELS = {Stage.FORMAL: _l("形式審查"), **{Stage(r.value): label for r, label in ROUND_LABELS.items()}}


class Pin(Identified, db.Model):
    """What somebody found in `slot` of `submission`, 必改 (`must`) or 建議, and what the teacher answered.

    `field` is a name of the form's `leaves()`, empty for the whole form; `reason` a code of
    `reference.ReturnReason` or empty. All but the answer is append-only in the database.
    """

    __tablename__ = "pin"
    __table_args__ = (
        CheckConstraint("reason <> '' or text <> ''", name="said"),
        CheckConstraint("(answer = '') = (answered_at is null)", name="answered"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("certification_case.id", ondelete="RESTRICT"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="RESTRICT"))
    round: Mapped[Stage] = mapped_column(text_enum(Stage, "round"))
    slot: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    must: Mapped[bool] = mapped_column(Boolean, default=True)
    given_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    case: Mapped[Case] = relationship()
    submission: Mapped[Submission] = relationship()
    given_by: Mapped[PortalUser] = relationship()


scoped(Pin, via="case")
