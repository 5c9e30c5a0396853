"""Reads of campaigns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import visible
from app.campaigns.models import (
    ROUNDS,
    Campaign,
    CampaignAmendment,
    CampaignExtension,
    CampaignState,
)
from app.campaigns.tracks import Track
from app.core import clock
from app.core.audit import AuditEntry
from app.core.db import db
from app.people.models import TeacherProfile
from app.reference.models import County, School, SheetItem


def current_campaign(
    *, county_id: int | None, track: Track, school_id: int | None = None, user_id: int | None = None
) -> Campaign | None:
    """The published campaign of the county and track that is open now for this school and person, else the one
    opening next, else the last."""
    if county_id is None:
        return None
    rows = db.session.scalars(
        select(Campaign)
        .where(
            Campaign.county_id == county_id,
            Campaign.track == track,
            Campaign.state == CampaignState.PUBLISHED,
        )
        .order_by(Campaign.opens_at)
    ).all()
    now = clock.now()
    open_now = [c for c in rows if window_open(c, school_id=school_id, user_id=user_id)]
    coming = [c for c in rows if c.opens_at > now]
    return next(iter(open_now or coming or rows[-1:]), None)


def _reaches(school_id: Any, user_id: Any) -> ColumnElement[bool]:
    """The extensions that are for everybody, for the school or for the person."""
    everybody = and_(CampaignExtension.school_id.is_(None), CampaignExtension.user_id.is_(None))
    # Not "school_id = null", which the framework would turn into "is null" and so into everybody's.
    reached = [everybody]
    if school_id is not None:
        reached.append(CampaignExtension.school_id == school_id)
    if user_id is not None:
        reached.append(CampaignExtension.user_id == user_id)
    return or_(*reached)


def closes_for(campaign: Campaign, *, school_id: int | None, user_id: int | None) -> datetime:
    """The last second for this school and person, extensions included."""
    later = db.session.scalar(
        select(func.max(CampaignExtension.until)).where(
            CampaignExtension.campaign_id == campaign.id, _reaches(school_id, user_id)
        )
    )
    return max(campaign.closes_at, later) if later else campaign.closes_at


def window_open(campaign: Campaign, *, school_id: int | None, user_id: int | None) -> bool:
    """Published and open for this school and person, the last second included."""
    if campaign.state is not CampaignState.PUBLISHED or campaign.opens_at > clock.now():
        return False
    return campaign.is_open or not clock.passed(closes_for(campaign, school_id=school_id, user_id=user_id))


def window_over(school_id: Any, user_id: Any) -> ColumnElement[bool]:
    """For a select that has joined `Campaign`: its last second is over for the school and person columns given."""
    last = clock.last_passed()
    longer = exists().where(
        CampaignExtension.campaign_id == Campaign.id,
        CampaignExtension.until > last,
        _reaches(school_id, user_id),
    )
    return and_(Campaign.closes_at <= last, ~longer)


def extensions(campaign: Campaign) -> Sequence[CampaignExtension]:
    """Every extension that was given, the latest first."""
    return db.session.scalars(
        select(CampaignExtension)
        .where(CampaignExtension.campaign_id == campaign.id)
        .order_by(CampaignExtension.id.desc())
    ).all()


def latest_close(campaign: Campaign) -> datetime:
    """The second after which nobody can send any more, whoever was given an extension."""
    later = db.session.scalar(
        select(func.max(CampaignExtension.until)).where(CampaignExtension.campaign_id == campaign.id)
    )
    return max(campaign.closes_at, later) if later else campaign.closes_at


def predecessor(campaign: Campaign) -> Campaign | None:
    """The published or closed campaign that this one follows: same county and track, the latest before it."""
    before = or_(
        Campaign.label_year < campaign.label_year,
        and_(Campaign.label_year == campaign.label_year, Campaign.batch < campaign.batch),
    )
    return db.session.scalar(
        select(Campaign)
        .where(
            Campaign.county_id == campaign.county_id,
            Campaign.track == campaign.track,
            Campaign.state.in_((CampaignState.PUBLISHED, CampaignState.CLOSED)),
            before,
        )
        .order_by(Campaign.label_year.desc(), Campaign.batch.desc())
        .limit(1)
    )


def item_count(track: str) -> int:
    """How many items the track's standard sheet rates; the sums that need a band follow from it."""
    query = select(func.count(SheetItem.id)).where(SheetItem.track == track, SheetItem.retired_at.is_(None))
    return db.session.scalar(query) or 0


def gaps(campaign: Campaign) -> dict[str, list[tuple[int, int]]]:
    """The sums of each round that have no result, as (first, last); a campaign without review has none."""
    if not campaign.reviewed:
        return {}
    items = item_count(campaign.track)
    found = {
        round_: spans(campaign.undefined_sums(round_, items))
        for round_ in ROUNDS
        if campaign.verdicts.get(round_) and items
    }
    return {round_: ranges for round_, ranges in found.items() if ranges}


def spans(values: Sequence[int]) -> list[tuple[int, int]]:
    """[1, 2, 3, 7] as [(1, 3), (7, 7)]."""
    starts = [v for v in values if v - 1 not in values]
    ends = [v for v in values if v + 1 not in values]
    return list(zip(starts, ends, strict=True))


def school_of(campaign: Campaign, code: str) -> School | None:
    """The school of the campaign's county with that code."""
    return db.session.scalar(
        select(School).where(School.code == code, School.county_id == campaign.county_id)
    )


def teacher_of(campaign: Campaign, username: str) -> PortalUser | None:
    """The teacher of the campaign's county with that account."""
    return db.session.scalar(
        select(PortalUser)
        .join(TeacherProfile, TeacherProfile.user_id == PortalUser.id)
        .where(PortalUser.username == username, TeacherProfile.county_id == campaign.county_id)
    )


def history(campaign: Campaign) -> Sequence[AuditEntry]:
    """What was done to the campaign's rules, the latest first."""
    return db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.object_type == "Campaign", AuditEntry.object_id == str(campaign.id))
        .order_by(AuditEntry.id.desc())
    ).all()


def counties() -> Sequence[County]:
    """Every county, in the official order."""
    return db.session.scalars(select(County).where(County.retired_at.is_(None)).order_by(County.sort)).all()


def waits_for(user: PortalUser) -> ColumnElement[bool]:
    """Campaigns in which somebody else's proposal, whole or of one band, waits for `user`."""
    proposed = and_(Campaign.state == CampaignState.PROPOSED, Campaign.proposed_by_id != user.id)
    band = exists().where(
        CampaignAmendment.campaign_id == Campaign.id,
        CampaignAmendment.approved_at.is_(None),
        CampaignAmendment.proposed_by_id != user.id,
    )
    return and_(visible(user, Campaign, Permission.CAMPAIGN_APPROVE), or_(proposed, band))
