"""Campaigns are made as drafts and published; a published one is frozen."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission
from app.access.policy import require
from app.campaigns.models import Campaign, CampaignState
from app.core import audit
from app.core.db import db
from app.core.errors import PortalError


def create_campaign(actor: Any, **values: Any) -> Campaign:
    """A new draft campaign with the given columns; `actor` None is the seed."""
    if actor is not None:
        require(actor, Permission.CAMPAIGN_EDIT)
    campaign = Campaign(state=CampaignState.DRAFT, **values)
    db.session.add(campaign)
    db.session.flush()
    audit.record(actor, "campaign.created", campaign)
    return campaign


def publish_campaign(actor: Any, campaign: Campaign) -> None:
    """Open the campaign's rules to teachers; from here on they do not change."""
    if actor is not None:
        require(actor, Permission.CAMPAIGN_EDIT)
    if campaign.state is not CampaignState.DRAFT:
        raise PortalError(_l("Only a draft can be published."), code="not_draft")
    campaign.state = CampaignState.PUBLISHED
    db.session.flush()
    audit.record(actor, "campaign.published", campaign)
