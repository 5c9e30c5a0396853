"""Campaigns are made as drafts and published; a published one is frozen."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission
from app.access.policy import require
from app.campaigns.models import Campaign, CampaignState
from app.core import audit
from app.core.db import db
from app.core.errors import PortalError

YEAR = timedelta(days=365)


def create_campaign(actor: Any, **values: Any) -> Campaign:
    """A new draft campaign with the given columns; `actor` None is the seed."""
    if actor is not None:
        require(actor, Permission.CAMPAIGN_EDIT)
    campaign = Campaign(state=CampaignState.DRAFT, **values)
    db.session.add(campaign)
    db.session.flush()
    audit.record(actor, "campaign.created", campaign)
    return campaign


# What a copy takes over: the rules, not the label and the window.
_RULES = (
    "county_id", "track", "regular_months", "teaching_months", "prerequisite_track", "prerequisite_hours", "hours",
    "slots", "reopens", "verdicts", "bands", "reviewers_per_case", "checking_office", "assigning_office",
    "deciding_office", "issuing_office", "appeal_days", "revise_days", "number_template", "number_series",
)  # fmt: skip


def copy_campaign(actor: Any, campaign: Campaign) -> Campaign:
    """A draft for the following label year with the same rules, window and cohorts moved on by a year."""
    values = {name: getattr(campaign, name) for name in _RULES}
    values |= {
        "label_year": campaign.label_year + 1,
        "batch": campaign.batch,
        "opens_at": campaign.opens_at + YEAR,
        "closes_at": campaign.closes_at + YEAR,
        "cohorts": [year + 1 for year in campaign.cohorts],
    }
    return create_campaign(actor, **values)


def change_campaign(actor: Any, campaign: Campaign, **values: Any) -> None:
    """Change the rules of a draft; a published campaign is frozen."""
    require(actor, Permission.CAMPAIGN_EDIT, campaign)
    if campaign.state is not CampaignState.DRAFT:
        raise PortalError(_l("A published campaign does not change any more."), code="frozen")
    for name, value in values.items():
        setattr(campaign, name, value)
    db.session.flush()
    audit.record(actor, "campaign.changed", campaign)


def publish_campaign(actor: Any, campaign: Campaign) -> None:
    """Open the campaign's rules to teachers; from here on they do not change."""
    if actor is not None:
        require(actor, Permission.CAMPAIGN_EDIT)
    if campaign.state is not CampaignState.DRAFT:
        raise PortalError(_l("Only a draft can be published."), code="not_draft")
    campaign.state = CampaignState.PUBLISHED
    db.session.flush()
    audit.record(actor, "campaign.published", campaign)
