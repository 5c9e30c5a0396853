"""A case = applicant + campaign + slots + documents + history."""

from datetime import datetime
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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.models import PortalUser
from app.access.policy import scoped
from app.campaigns.models import Campaign
from app.campaigns.tracks import TRACKS, Track
from app.cases.states import ENDED, STATES, State, StateInfo
from app.core import clock
from app.core.db import Identified, Timestamped, UtcDateTime, Versioned, db, text_enum
from app.core.stored import StoredFile
from app.reference.models import County, School

_OPEN = "state not in ({})".format(", ".join(f"'{s.value}'" for s in sorted(ENDED)))


class Case(Identified, Versioned, Timestamped, db.Model):
    """案件. School and county are those of the application: the case stays when the teacher moves.

    `eligibility` keeps the six checks as they stood at application; `reopened` lists the slots that
    may be edited in the present state; `reason` is the 原因訊息 last given.
    """

    __tablename__ = "certification_case"
    __table_args__ = (
        # One open case per person and track: a double click on 申請 has one effect.
        Index(
            "uq_case_one_open",
            "applicant_id",
            "track",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index("ix_case_county_state", "county_id", "state", "id"),
        Index("ix_case_school", "school_id", "id"),
        Index("ix_case_state", "state", "id"),
    )

    applicant_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"), index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="RESTRICT"), index=True)
    track: Mapped[Track] = mapped_column(text_enum(Track, "track"))
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id", ondelete="RESTRICT"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    state: Mapped[State] = mapped_column(text_enum(State, "state"), default=State.DRAFTING)
    state_since: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), index=True)
    reopened: Mapped[list[str]] = mapped_column(JSON, default=list)
    eligibility: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(Text, default="")

    applicant: Mapped[PortalUser] = relationship(foreign_keys=[applicant_id])
    campaign: Mapped[Campaign] = relationship()
    county: Mapped[County] = relationship()
    school: Mapped[School] = relationship()
    documents: Mapped[list["Document"]] = relationship(back_populates="case", order_by="Document.id")
    events: Mapped[list["CaseEvent"]] = relationship(back_populates="case", order_by="CaseEvent.id")

    @property
    def info(self) -> StateInfo:
        return STATES[self.state]

    @property
    def state_label(self) -> str:
        return str(self.info.label)

    @property
    def track_label(self) -> str:
        """流程名稱 as the seed shows it (進階認證)."""
        return str(TRACKS[self.track].short)

    @property
    def sheet_label(self) -> str:
        """What the reviewers' sheet is called (進階審查標準表)."""
        return str(TRACKS[self.track].sheet)

    def __str__(self) -> str:
        return f"#{self.id}"


class Document(Identified, Versioned, Timestamped, db.Model):
    """What stands in one slot under one form; choosing another form keeps the first one's words.

    `answers` holds everything typed, valid or not; `complete` says whether the form's own rules are met.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("case_id", "slot", "form_code"),
        Index(
            "uq_document_chosen",
            "case_id",
            "slot",
            unique=True,
            sqlite_where=text("chosen"),
            postgresql_where=text("chosen"),
        ),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("certification_case.id", ondelete="CASCADE"), index=True)
    slot: Mapped[str] = mapped_column(String(40))
    form_code: Mapped[str] = mapped_column(String(60))
    form_version: Mapped[int] = mapped_column(Integer)
    chosen: Mapped[bool] = mapped_column(Boolean, default=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    complete: Mapped[bool] = mapped_column(Boolean, default=False)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id", ondelete="RESTRICT"))
    file_name: Mapped[str] = mapped_column(String(200), default="")
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))

    case: Mapped[Case] = relationship(back_populates="documents")
    file: Mapped[StoredFile | None] = relationship(lazy="joined")
    saved_by: Mapped[PortalUser | None] = relationship()


class Submission(Identified, db.Model):
    """An immutable snapshot of the documents as sent; the database refuses to change or delete it.

    content: [{"slot", "form", "version", "answers", "file": sha256 or null, "file_name"}, ...]
    digest: sha256 of the content, printed on the receipt.
    """

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("certification_case.id", ondelete="RESTRICT"))
    number: Mapped[int] = mapped_column(Integer)
    transition: Mapped[str] = mapped_column(String(40))
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)
    content: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))

    case: Mapped[Case] = relationship()


class CaseEvent(Identified, db.Model):
    """History: who moved the case, when, from where to where and why; append-only."""

    __tablename__ = "case_event"
    __table_args__ = (
        CheckConstraint("source is not null or transition = 'apply'", name="source_known"),
        Index("ix_case_event_case", "case_id", "id"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("certification_case.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    actor_role: Mapped[str] = mapped_column(String(40), default="")
    transition: Mapped[str] = mapped_column(String(40))
    source: Mapped[State | None] = mapped_column(text_enum(State, "source"))
    target: Mapped[State] = mapped_column(text_enum(State, "target"))
    reason: Mapped[str] = mapped_column(Text, default="")
    reasons: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)

    case: Mapped[Case] = relationship(back_populates="events")
    actor: Mapped[PortalUser | None] = relationship()


scoped(Case, own="applicant_id", school="school_id", county="county_id")
scoped(Document, via="case")
scoped(Submission, via="case")
scoped(CaseEvent, via="case")
