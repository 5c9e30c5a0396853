"""Campaigns: every rule that an authority may change, as columns of one row."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.policy import scoped
from app.campaigns.tracks import TRACKS, Track
from app.core import clock
from app.core.db import Identified, Timestamped, UtcDateTime, db, text_enum
from app.reference.models import County


class CampaignState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


class Office(StrEnum):
    """Who acts for the authority; the seed contradicts itself, so it is data (PROCESS.md 0.1)."""

    COUNTY = "county"
    CENTRE = "centre"


class Campaign(Identified, Timestamped, db.Model):
    """認證梯次: authority x track x school-year label; a label is not a school year by date.

    slots: [{"slot": code, "forms": [form code, ...]}, ...] in filling order.
    hours: [{"from": iso date, "to": iso date or null, "hours": n}, ...] by date of the training.
    cohorts: admitted training years, listed, never computed (PROCESS.md 2.2).
    verdicts: {"first": [...], "second": [...]}; reopens: {"returned": [...], "revising": [...]} slot codes.
    bands: {"first": [{"from": n, "to": n, "verdict": v}, ...]}; empty means: no band is proposed.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("opens_at < closes_at", name="window"),
        CheckConstraint("reviewers_per_case between 1 and 5", name="reviewers"),
        CheckConstraint("appeal_days > 0 and revise_days > 0", name="days"),
        Index(
            "uq_campaign_published",
            "county_id",
            "track",
            "label_year",
            "batch",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("county.id", ondelete="RESTRICT"), index=True)
    track: Mapped[Track] = mapped_column(text_enum(Track, "track"))
    label_year: Mapped[int] = mapped_column(Integer)
    batch: Mapped[int] = mapped_column(Integer, default=1)
    state: Mapped[CampaignState] = mapped_column(
        text_enum(CampaignState, "state"), default=CampaignState.DRAFT
    )
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime())
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime())
    regular_months: Mapped[int] = mapped_column(Integer, default=36)
    teaching_months: Mapped[int] = mapped_column(Integer, default=36)
    prerequisite_track: Mapped[str] = mapped_column(String(40), default=Track.INITIAL)
    prerequisite_hours: Mapped[int] = mapped_column(Integer, default=6)
    hours: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    cohorts: Mapped[list[int]] = mapped_column(JSON, default=list)
    slots: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    reopens: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    verdicts: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    bands: Mapped[dict[str, list[dict[str, Any]]]] = mapped_column(JSON, default=dict)
    reviewers_per_case: Mapped[int] = mapped_column(Integer, default=2)
    checking_office: Mapped[Office] = mapped_column(text_enum(Office, "checking"), default=Office.CENTRE)
    assigning_office: Mapped[Office] = mapped_column(text_enum(Office, "assigning"), default=Office.CENTRE)
    deciding_office: Mapped[Office] = mapped_column(text_enum(Office, "deciding"), default=Office.COUNTY)
    issuing_office: Mapped[Office] = mapped_column(text_enum(Office, "issuing"), default=Office.CENTRE)
    appeal_days: Mapped[int] = mapped_column(Integer, default=10)
    revise_days: Mapped[int] = mapped_column(Integer, default=30)
    number_template: Mapped[str] = mapped_column(
        String(120), default="{county}證號第{letter}{year:03d}{series:03d}{serial:03d}號"
    )
    number_series: Mapped[int] = mapped_column(Integer, default=2)

    county: Mapped[County] = relationship(lazy="joined")

    @property
    def title(self) -> str:
        return f"{self.county.label} {self.label_year} {TRACKS[self.track].short}"

    @property
    def is_open(self) -> bool:
        """Published and inside its window, the last second included."""
        started = self.opens_at <= clock.now()
        return self.state is CampaignState.PUBLISHED and started and not clock.passed(self.closes_at)

    def forms_for(self, slot: str) -> list[str]:
        """Form codes that `slot` offers, in order; more than one means the teacher chooses."""
        return next((s["forms"] for s in self.slots if s["slot"] == slot), [])

    @property
    def slot_codes(self) -> list[str]:
        return [s["slot"] for s in self.slots]

    def __str__(self) -> str:
        return self.title


scoped(Campaign, county="county_id")
