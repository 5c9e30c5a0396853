"""A recording is a head and an append-only log of operations; a seating plan is drawn once per class."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.models import PortalUser
from app.access.policy import scoped
from app.core.db import Identified, Timestamped, UtcDateTime, Versioned, db


class Recording(Identified, Timestamped, db.Model):
    """The head of one recording; the browser makes `uid`, the events are the fold of `ops`.

    `head_at` is the browser's time (epoch ms) of the head kept here: the newest wins. `op_count` and
    `event_count` are kept by the service under a lock of the row. `deleted_at`: discarded, can be restored.
    """

    __tablename__ = "recording"
    __table_args__ = (Index("ix_recording_owner", "owner_id", "id"),)

    uid: Mapped[str] = mapped_column(String(36), unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    instrument: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200), default="")
    class_name: Mapped[str] = mapped_column(String(100), default="")
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    length_ms: Mapped[int | None] = mapped_column(Integer)
    rule: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    plan: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    head_at: Mapped[int] = mapped_column(BigInteger, default=0)
    op_count: Mapped[int] = mapped_column(Integer, default=0)
    event_count: Mapped[int] = mapped_column(Integer, default=0)
    share_code: Mapped[str | None] = mapped_column(String(8), unique=True)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    owner: Mapped[PortalUser] = relationship()

    def __str__(self) -> str:
        return self.title or self.uid


class RecordingOp(Identified, db.Model):
    """One tap or correction as the browser sent it; the database refuses to change or delete it.

    body: {"uid", "n", "at", "op": "put"|"drop", "id", "event": {...} for put}
    """

    __tablename__ = "recording_op"
    __table_args__ = (
        UniqueConstraint("recording_id", "uid"),
        Index("ix_recording_op_event", "recording_id", "event_id"),
        CheckConstraint("n >= 0", name="counter"),
    )

    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id", ondelete="RESTRICT"))
    uid: Mapped[str] = mapped_column(String(36))
    n: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[str] = mapped_column(String(36))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)

    recording: Mapped[Recording] = relationship()


class SeatingPlan(Identified, Versioned, Timestamped, db.Model):
    """One class in its room; `data` is the plan of a record: seats, furniture, rows, columns."""

    __tablename__ = "seating_plan"
    __table_args__ = (Index("ix_seating_plan_owner", "owner_id", "id"),)

    uid: Mapped[str] = mapped_column(String(36), unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(String(100))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    owner: Mapped[PortalUser] = relationship()

    def __str__(self) -> str:
        return self.name


scoped(Recording, own="owner_id")
scoped(RecordingOp, via="recording")
scoped(SeatingPlan, own="owner_id")
