"""Who could review what: the proposal for all cases of a campaign that wait for reviewers."""

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
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.models import PortalUser
from app.access.policy import scoped
from app.campaigns.models import Campaign
from app.cases.models import Case
from app.cases.states import Round
from app.core import clock
from app.core.db import Identified, UtcDateTime, db, text_enum


class ProposalState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DROPPED = "dropped"


class Proposal(Identified, db.Model):
    """One for each campaign and round while it is open. `total` is the fit of all pairs together, `max_load`
    the most cases that one reviewer gets, `allowed_load` the limit that the office set, if any.

    infeasible: {} or what the solver found: {"cases": [id], "reviewers": [id], "needed", "places",
    "locked", "limits": [[reviewer id, now, then]], "max_load", "further"}.
    `optimal`: proved to be the best there is, and not changed by hand since.
    """

    __tablename__ = "assignment_proposal"
    __table_args__ = (
        CheckConstraint("allowed_load > 0", name="allowed_load"),
        Index(
            "uq_assignment_proposal_open",
            "campaign_id",
            "round",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="RESTRICT"))
    round: Mapped[Round] = mapped_column(text_enum(Round, "round"))
    state: Mapped[ProposalState] = mapped_column(
        text_enum(ProposalState, "state"), default=ProposalState.OPEN
    )
    made_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)
    total: Mapped[int] = mapped_column(Integer, default=0)
    max_load: Mapped[int] = mapped_column(Integer, default=0)
    allowed_load: Mapped[int | None] = mapped_column(Integer)
    optimal: Mapped[bool] = mapped_column(Boolean, default=False)
    infeasible: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    campaign: Mapped[Campaign] = relationship()
    made_by: Mapped[PortalUser] = relationship()


class ProposedCase(Identified, db.Model):
    """Why the other reviewers did not get the case: [[code, {figures}, [reviewer id, ...]], ...] of
    `solver.reasons`, conflicts with the code of the hard block as their figure."""

    __tablename__ = "proposed_case"
    __table_args__ = (UniqueConstraint("proposal_id", "case_id"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("assignment_proposal.id", ondelete="CASCADE"))
    case_id: Mapped[int] = mapped_column(ForeignKey("certification_case.id", ondelete="CASCADE"), index=True)
    others: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)

    proposal: Mapped[Proposal] = relationship()


class ProposedPair(Identified, db.Model):
    """One reviewer for one case. `score` is the fit, `reasons` its parts and the rank among those who may;
    `override_reason` the office's words where it chose the reviewer itself, and such a pair is locked."""

    __tablename__ = "proposed_pair"
    __table_args__ = (
        UniqueConstraint("proposal_id", "case_id", "reviewer_id"),
        CheckConstraint("override_reason = '' or locked", name="override_locked"),
    )

    proposal_id: Mapped[int] = mapped_column(ForeignKey("assignment_proposal.id", ondelete="CASCADE"))
    case_id: Mapped[int] = mapped_column(ForeignKey("certification_case.id", ondelete="CASCADE"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"))
    locked: Mapped[bool] = mapped_column(Boolean, default=False)
    score: Mapped[int] = mapped_column(Integer, default=0)
    reasons: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    override_reason: Mapped[str] = mapped_column(Text, default="")

    proposal: Mapped[Proposal] = relationship()
    case: Mapped[Case] = relationship()
    reviewer: Mapped[PortalUser] = relationship()


scoped(Proposal, via="campaign")
scoped(ProposedCase, via="proposal")
scoped(ProposedPair, via="case")
