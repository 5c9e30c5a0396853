"""Campaigns are made as drafts and published; a published one is frozen."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from app.access.matrix import Permission
from app.access.policy import require
from app.campaigns.models import Campaign, CampaignState
from app.campaigns.tracks import SLOTS
from app.core import audit, clock
from app.core.db import db
from app.core.errors import Invalid, PortalError


def create_campaign(actor: Any, **values: Any) -> Campaign:
    """A new draft campaign with the given columns; `actor` None is the seed."""
    if actor is not None:
        require(actor, Permission.CAMPAIGN_EDIT)
    campaign = Campaign(state=CampaignState.DRAFT, **values)
    _check_window(campaign)
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
        "opens_at": _next_year(campaign.opens_at),
        "closes_at": _next_year(campaign.closes_at),
        "cohorts": [year + 1 for year in campaign.cohorts],
    }
    return create_campaign(actor, **values)


def _next_year(moment: datetime) -> datetime:
    """The same day and hour in Taipei a year later; 29 February becomes the 28th."""
    here = clock.local(moment)
    day = 28 if (here.month, here.day) == (2, 29) else here.day
    return clock.utc(here.replace(year=here.year + 1, day=day))


def _check_window(campaign: Campaign) -> None:
    if campaign.opens_at >= campaign.closes_at:
        raise Invalid(_l("The last day comes before the first."), code="window", field="closes_on")


def change_campaign(actor: Any, campaign: Campaign, **values: Any) -> None:
    """Change the rules of a draft; a published campaign is frozen."""
    require(actor, Permission.CAMPAIGN_EDIT, campaign)
    db.session.refresh(campaign, with_for_update={"of": Campaign})
    if campaign.state is not CampaignState.DRAFT:
        raise PortalError(_l("A published campaign does not change any more."), code="frozen")
    for name, value in values.items():
        setattr(campaign, name, value)
    with db.session.no_autoflush:
        _check_window(campaign)
    db.session.flush()
    audit.record(actor, "campaign.changed", campaign)


def publish_campaign(actor: Any, campaign: Campaign) -> None:
    """Open the campaign's rules to teachers; from here on they do not change.

    Raises `PortalError` for rules that no case could follow, and when the county has published this one.
    """
    if actor is not None:
        require(actor, Permission.CAMPAIGN_EDIT)
    db.session.refresh(campaign, with_for_update={"of": Campaign})
    if campaign.state is not CampaignState.DRAFT:
        raise PortalError(_l("Only a draft can be published."), code="not_draft")
    if problem := broken_rule(campaign):
        raise PortalError(
            _l("This draft cannot be published yet: %(what)s", what=problem), code="broken_rule"
        )
    try:
        with db.session.begin_nested():
            campaign.state = CampaignState.PUBLISHED
    except IntegrityError as error:
        message = _l("This county has already published a campaign of this year and batch.")
        raise PortalError(message, code="published_already") from error
    audit.record(actor, "campaign.published", campaign)
    db.session.flush()


_VERDICTS = {"first": {"pass", "minor", "revise", "fail"}, "second": {"pass", "minor", "fail"}}


def broken_rule(campaign: Campaign) -> object:
    """What would leave a case of this campaign without a way on, in words; empty when all is well."""
    slots = set(campaign.slot_codes)
    if not slots or slots - set(SLOTS) or not all(campaign.forms_for(slot) for slot in slots):
        return _l("each slot needs at least one form.")
    if any(set(scope) - slots for scope in campaign.reopens.values()):
        return _l("only slots of the campaign can be reopened.")
    if any(
        not set(campaign.verdicts.get(r, [])) or set(campaign.verdicts[r]) - v for r, v in _VERDICTS.items()
    ):
        return _l("each round needs possible results.")
    bands = [(r, band) for r in campaign.bands for band in campaign.bands[r]]
    if any(b["from"] > b["to"] or b["verdict"] not in campaign.verdicts.get(r, []) for r, b in bands):
        return _l("a band needs a range and a result that its round allows.")
    if not campaign.hours or not campaign.cohorts:
        return _l("hours and training years are needed.")
    if not _numbers_differ(campaign):
        return _l("the number template must use the serial number.")
    return ""


def _numbers_differ(campaign: Campaign) -> bool:
    """Whether the template can be filled and makes another number of each serial."""
    values = {"county": "", "letter": "", "year": campaign.label_year, "series": campaign.number_series}
    try:
        return len({campaign.number_template.format(serial=n, **values) for n in (1, 2)}) == 2
    except (KeyError, ValueError, IndexError):
        return False
