"""Campaigns: what they ask for, how a draft is written, tried, approved and, once published, extended."""

from app.admin.views.campaigns.view import CampaignView

__all__ = ["CampaignView"]
