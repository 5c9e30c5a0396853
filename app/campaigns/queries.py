"""Reads of campaigns."""

from sqlalchemy import select

from app.campaigns.models import Campaign, CampaignState
from app.campaigns.tracks import Track
from app.core import clock
from app.core.db import db


def current_campaign(*, county_id: int | None, track: Track) -> Campaign | None:
    """The published campaign of the county and track that is open now, else the one opening next, else the last."""
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
    open_now = [c for c in rows if c.is_open]
    coming = [c for c in rows if c.opens_at > now]
    return next(iter(open_now or coming or rows[-1:]), None)
