"""Campaigns: every rule that an authority may change, as columns of one row."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.models import PortalUser
from app.access.policy import scoped
from app.campaigns.tracks import TRACKS, Track
from app.core import clock
from app.core.db import Identified, Timestamped, UtcDateTime, db, text_enum
from app.reference.models import County, School

# Levels of a standard sheet's items (FORMS.md 7.1): the smallest and the largest sum follow from them.
LOWEST_LEVEL, HIGHEST_LEVEL = 2, 5
# The keys of `verdicts` and `bands`, in their order.
ROUNDS = ("first", "second", "appeal")
# What `reopens` may say instead of a list of slots: only the forms to which a comment is pinned.
PINNED = "pinned"


class CampaignState(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    CLOSED = "closed"


class Office(StrEnum):
    """Who acts for the authority; the seed contradicts itself, so it is data (PROCESS.md 0.1)."""

    COUNTY = "county"
    CENTRE = "centre"


class Disagreement(StrEnum):
    """What follows when the sheets of one round disagree."""

    NONE = "none"
    THIRD = "third"
    TALK = "talk"


class BandBasis(StrEnum):
    """Which number of several sheets is looked up in the bands."""

    MEAN = "mean"
    WORST = "worst"


class Campaign(Identified, Timestamped, db.Model):
    """認證梯次: authority x track x school-year label; a label is not a school year by date.

    slots: [{"slot": code, "forms": [form code, ...]}, ...] in filling order.
    hours: [{"from": iso date, "to": iso date or null, "hours": n}, ...] by date of the training.
    cohorts: admitted training years, listed, never computed (PROCESS.md 2.2).
    verdicts: {"first": [...], "second": [...], "appeal": [...]}.
    reopens: {"returned": [slot, ...] or "pinned", "revising": the same}.
    bands: {"first": [{"from": n, "to": n, "verdict": v}, ...], ...}; a sum without a band is never guessed.
    texts: {"apply_zh", "apply_en"}, shown on the apply page.
    From its publication on the row is frozen, by a trigger too; only the state moves on.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("opens_at < closes_at", name="window"),
        CheckConstraint("reviewers_per_case between 1 and 5", name="reviewers"),
        CheckConstraint("appeal_days > 0 and revise_days > 0 and review_days > 0", name="days"),
        CheckConstraint(
            "0 < similar_revise and similar_revise < similar_fail and similar_fail <= 100", name="similar"
        ),
        CheckConstraint("correction_limit >= 0", name="correction"),
        CheckConstraint("disagreement_levels between 1 and 3", name="disagreement_levels"),
        CheckConstraint("course_hours >= 0", name="course"),
        CheckConstraint("recommend_share between 1 and 100", name="share"),
        CheckConstraint("state <> 'proposed' or proposed_by_id is not null", name="proposer"),
        CheckConstraint("approved_by_id <> proposed_by_id", name="second_person"),
        Index(
            "uq_campaign_published",
            "county_id",
            "track",
            "label_year",
            "batch",
            unique=True,
            sqlite_where=text("state in ('published', 'closed')"),
            postgresql_where=text("state in ('published', 'closed')"),
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
    reopens: Mapped[dict[str, list[str] | str]] = mapped_column(JSON, default=dict)
    verdicts: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    bands: Mapped[dict[str, list[dict[str, Any]]]] = mapped_column(JSON, default=dict)
    band_basis: Mapped[BandBasis] = mapped_column(text_enum(BandBasis, "band_basis"), default=BandBasis.MEAN)
    correction_limit: Mapped[int] = mapped_column(Integer, default=5)
    reviewed: Mapped[bool] = mapped_column(Boolean, default=True)
    reviewers_per_case: Mapped[int] = mapped_column(Integer, default=2)
    review_days: Mapped[int] = mapped_column(Integer, default=21)
    disagreement: Mapped[Disagreement] = mapped_column(
        text_enum(Disagreement, "disagreement"), default=Disagreement.THIRD
    )
    disagreement_levels: Mapped[int] = mapped_column(Integer, default=2)
    similar_revise: Mapped[int] = mapped_column(Integer, default=60)
    similar_fail: Mapped[int] = mapped_column(Integer, default=90)
    course_hours: Mapped[int] = mapped_column(Integer, default=0)
    recommend_share: Mapped[int] = mapped_column(Integer, default=50)
    texts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
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

    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))

    county: Mapped[County] = relationship(lazy="joined")
    proposed_by: Mapped[PortalUser | None] = relationship(foreign_keys=[proposed_by_id])
    approved_by: Mapped[PortalUser | None] = relationship(foreign_keys=[approved_by_id])
    amendments: Mapped[list["CampaignAmendment"]] = relationship(
        back_populates="campaign", order_by="CampaignAmendment.id"
    )

    @property
    def title(self) -> str:
        return f"{self.county.label} {self.label_year} {TRACKS[self.track].short}"

    @property
    def is_open(self) -> bool:
        """Published and inside its window, the last second included."""
        started = self.opens_at <= clock.now()
        return self.state is CampaignState.PUBLISHED and started and not clock.passed(self.closes_at)

    @property
    def course_follows(self) -> bool:
        """Nobody reviews the case; a course comes after the formal check (renewal way one)."""
        return not self.reviewed and self.course_hours > 0

    @property
    def formal_only(self) -> bool:
        """Nobody reviews the case and no course follows: the formal check is all."""
        return not self.reviewed and not self.course_hours

    def forms_for(self, slot: str) -> list[str]:
        """Form codes that `slot` offers, in order; more than one means the teacher chooses."""
        return next((s["forms"] for s in self.slots if s["slot"] == slot), [])

    def all_bands(self, round_: str) -> list[dict[str, Any]]:
        """The round's bands, lowest first, with those that were added after publication and approved."""
        added = [a.band for a in self.amendments if a.round == round_ and a.approved_at]
        return sorted([*self.bands.get(round_, []), *added], key=lambda band: band["from"])

    def band_for(self, round_: str, value: int) -> str | None:
        """The verdict that a sum stands for in the round; None where nobody has defined one."""
        bands = self.all_bands(round_)
        return next((band["verdict"] for band in bands if band["from"] <= value <= band["to"]), None)

    def undefined_sums(self, round_: str, items: int) -> list[int]:
        """The sums that a sheet of `items` items can come to and that no band of the round covers."""
        lowest = items * LOWEST_LEVEL - self.correction_limit
        highest = items * HIGHEST_LEVEL + self.correction_limit
        bands = self.all_bands(round_)
        return [
            value
            for value in range(lowest, highest + 1)
            if not any(band["from"] <= value <= band["to"] for band in bands)
        ]

    @property
    def slot_codes(self) -> list[str]:
        return [s["slot"] for s in self.slots]

    def __str__(self) -> str:
        return self.title


class CampaignExtension(Identified, db.Model):
    """A later last second for the whole campaign, one school or one person, with the reason; append-only."""

    __tablename__ = "campaign_extension"
    __table_args__ = (
        CheckConstraint("school_id is null or user_id is null", name="one_reach"),
        CheckConstraint("trim(reason) <> ''", name="reason"),
        Index("ix_campaign_extension_campaign", "campaign_id", "until"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="RESTRICT"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    until: Mapped[datetime] = mapped_column(UtcDateTime())
    reason: Mapped[str] = mapped_column(Text)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)

    campaign: Mapped[Campaign] = relationship()
    school: Mapped[School | None] = relationship(lazy="joined")
    user: Mapped[PortalUser | None] = relationship(foreign_keys=[user_id])
    created_by: Mapped[PortalUser | None] = relationship(foreign_keys=[created_by_id])


class CampaignAmendment(Identified, db.Model):
    """A band for sums that a published campaign left undefined; it counts once a second person approved it.

    The campaign's own row stays as published, so a band is only ever added, never changed.
    """

    __tablename__ = "campaign_amendment"
    __table_args__ = (
        CheckConstraint("low <= high", name="range"),
        CheckConstraint("trim(reason) <> ''", name="reason"),
        CheckConstraint("approved_by_id <> proposed_by_id", name="second_person"),
        CheckConstraint("(approved_at is null) = (approved_by_id is null)", name="approval"),
        Index("ix_campaign_amendment_campaign", "campaign_id"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="RESTRICT"))
    round: Mapped[str] = mapped_column(String(40))
    low: Mapped[int] = mapped_column(Integer)
    high: Mapped[int] = mapped_column(Integer)
    verdict: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    campaign: Mapped[Campaign] = relationship(back_populates="amendments")
    proposed_by: Mapped[PortalUser] = relationship(foreign_keys=[proposed_by_id])
    approved_by: Mapped[PortalUser | None] = relationship(foreign_keys=[approved_by_id])

    @property
    def band(self) -> dict[str, Any]:
        """The same shape as a band of the campaign."""
        return {"from": self.low, "to": self.high, "verdict": self.verdict}


scoped(Campaign, county="county_id")
scoped(CampaignExtension, via="campaign")
scoped(CampaignAmendment, via="campaign")
