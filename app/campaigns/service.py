"""A campaign is a draft, then proposed, published by a second person, and from then on frozen."""

import re
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import can, require
from app.campaigns.models import (
    PINNED,
    Campaign,
    CampaignAmendment,
    CampaignExtension,
    CampaignState,
)
from app.campaigns.queries import closes_for, latest_close
from app.campaigns.tracks import SLOTS, TRACKS
from app.core import audit, clock
from app.core.db import db
from app.core.errors import Forbidden, Invalid, PortalError, Stale
from app.reference.models import County, School

S = CampaignState

# Every move of a campaign; nothing else assigns `state`.
_MOVES = {
    S.DRAFT: {S.PROPOSED, S.PUBLISHED},
    S.PROPOSED: {S.DRAFT, S.PUBLISHED},
    S.PUBLISHED: {S.CLOSED},
    S.CLOSED: frozenset(),
}


def create_campaign(actor: Any, **values: Any) -> Campaign:
    """A new draft campaign with the given columns; `actor` None is the seed."""
    campaign = Campaign(state=S.DRAFT, **values)
    if actor is not None:
        require(actor, Permission.CAMPAIGN_EDIT, campaign)
    campaign.verdicts = {"appeal": ["pass", "fail"], **(campaign.verdicts or {})}
    _check_window(campaign)
    db.session.add(campaign)
    db.session.flush()
    audit.record(actor, "campaign.created", campaign)
    return campaign


# What a copy takes over as it is, besides the label, the window and the cohorts.
RULES = (
    "regular_months", "teaching_months", "prerequisite_track", "prerequisite_hours", "hours", "slots", "reopens",
    "verdicts", "bands", "band_basis", "correction_limit", "reviewed", "reviewers_per_case", "review_days",
    "disagreement", "disagreement_levels", "similar_revise", "similar_fail", "course_hours", "recommend_share",
    "texts", "checking_office", "assigning_office", "deciding_office", "issuing_office", "appeal_days",
    "revise_days", "number_template", "number_series",
)  # fmt: skip


def copy_campaign(actor: Any, campaign: Campaign, *, county: County | None = None) -> Campaign:
    """A draft with the same rules: for the following year, with label, window and cohorts moved on by one,
    or for another `county` as they are.

    Bands that were added after publication come with it.
    """
    on = 0 if county else 1
    values = {name: getattr(campaign, name) for name in ("track", "batch", *RULES)}
    rounds = {*campaign.bands, *(a.round for a in campaign.amendments)}
    values |= {
        "county_id": county.id if county else campaign.county_id,
        "bands": {round_: campaign.all_bands(round_) for round_ in sorted(rounds)},
        "label_year": campaign.label_year + on,
        "opens_at": _years_on(campaign.opens_at, on),
        "closes_at": _years_on(campaign.closes_at, on),
        "cohorts": [year + on for year in campaign.cohorts],
    }
    return create_campaign(actor, **values)


def _years_on(moment: datetime, years: int) -> datetime:
    """The same day and hour in Taipei some years later; 29 February becomes the 28th."""
    here = clock.local(moment)
    day = 28 if years and (here.month, here.day) == (2, 29) else here.day
    return clock.utc(here.replace(year=here.year + years, day=day))


def _check_window(campaign: Campaign) -> None:
    if campaign.opens_at >= campaign.closes_at:
        raise Invalid(_l("The last day comes before the first."), code="window", field="closes_on")


def _lock(campaign: Campaign) -> None:
    db.session.refresh(campaign, with_for_update={"of": Campaign})


def change_campaign(actor: Any, campaign: Campaign, **values: Any) -> None:
    """Change the rules of a draft; a proposed or published campaign is frozen."""
    require(actor, Permission.CAMPAIGN_EDIT, campaign)
    _lock(campaign)
    if campaign.state is not S.DRAFT:
        raise PortalError(_l("Only a draft can be changed."), code="frozen")
    before = {name: getattr(campaign, name) for name in values}
    for name, value in values.items():
        setattr(campaign, name, value)
    with db.session.no_autoflush:
        _check_window(campaign)
    db.session.flush()
    changed = sorted(name for name, value in before.items() if value != getattr(campaign, name))
    audit.record(actor, "campaign.changed", campaign, rules=changed)


# -- the way of a draft to its publication ------------------------------------------------------------------


def _move(actor: Any, campaign: Campaign, target: CampaignState, action: str, **detail: Any) -> None:
    """Change the state of a locked campaign and write it down."""
    if target not in _MOVES[campaign.state]:
        raise PortalError(
            _l("This step is not possible in the present state of the campaign."), code="not_possible"
        )
    campaign.state = target
    db.session.flush()
    audit.record(actor, action, campaign, **detail)


def propose_campaign(actor: PortalUser, campaign: Campaign) -> None:
    """Lay a finished draft before a second person; `PortalError` for rules that no case could follow."""
    require(actor, Permission.CAMPAIGN_EDIT, campaign)
    _lock(campaign)
    if campaign.state is not S.DRAFT:
        raise PortalError(_l("Only a draft can be proposed."), code="not_possible")
    _refuse_broken(campaign)
    campaign.proposed_by_id, campaign.proposed_at = actor.id, clock.now()
    _move(actor, campaign, S.PROPOSED, "campaign.proposed")


def approve_campaign(actor: PortalUser, campaign: Campaign, *, seen: str | None = None) -> None:
    """Publish what somebody else proposed; from here on the rules do not change.

    `seen`: when the proposal that the second person looked at was made, in ISO 8601; `Stale` if there is another
    by now.
    """
    require(actor, Permission.CAMPAIGN_APPROVE, campaign)
    _lock(campaign)
    if campaign.state is not S.PROPOSED:
        raise PortalError(_l("Only a proposed campaign can be approved."), code="not_possible")
    _refuse_own(actor, campaign.proposed_by_id)
    if seen is not None and (campaign.proposed_at is None or seen != campaign.proposed_at.isoformat()):
        raise Stale(_l("The proposal was made again meanwhile. Please look at it as it is now."))
    campaign.approved_by_id = actor.id
    _publish(actor, campaign)


def send_back_campaign(actor: PortalUser, campaign: Campaign, *, reason: str) -> None:
    """Make a proposal a draft again, with the reason; the proposer may do so too."""
    if campaign.proposed_by_id != actor.id:
        require(actor, Permission.CAMPAIGN_APPROVE, campaign)
    _lock(campaign)
    if campaign.state is not S.PROPOSED:
        raise PortalError(_l("Only a proposed campaign can be sent back."), code="not_possible")
    words = _reason(reason)
    _move(actor, campaign, S.DRAFT, "campaign.sent_back", reason=words)
    campaign.proposed_by_id = campaign.proposed_at = None
    db.session.flush()


def publish_campaign(actor: None, campaign: Campaign) -> None:
    """Publish a draft without a second person: for the seed alone, `actor` must be None."""
    if actor is not None:
        raise Forbidden(_l("A campaign is published by proposing and approving it."), code="not_allowed")
    _lock(campaign)
    _publish(None, campaign)


def _publish(actor: Any, campaign: Campaign) -> None:
    with db.session.no_autoflush:
        _refuse_broken(campaign)
    try:
        with db.session.begin_nested():
            _move(actor, campaign, S.PUBLISHED, "campaign.published")
    except IntegrityError as error:
        message = _l("This county has already published a campaign of this year and batch.")
        raise PortalError(message, code="published_already") from error


def close_campaign(actor: PortalUser, campaign: Campaign) -> None:
    """Put a campaign away whose window is over for everybody; its cases go on under its rules."""
    require(actor, Permission.CAMPAIGN_APPROVE, campaign)
    _lock(campaign)
    if campaign.state is S.PUBLISHED and not clock.passed(last := latest_close(campaign)):
        day = clock.local(last).strftime("%Y-%m-%d %H:%M:%S")
        raise PortalError(_l("The window is open until %(day)s.", day=day), code="window_open")
    _move(actor, campaign, S.CLOSED, "campaign.closed")


def _refuse_own(actor: PortalUser, proposer_id: int | None) -> None:
    if actor.id == proposer_id:
        raise Forbidden(_l("A second person approves what you proposed."), code="own_proposal")


def _reason(words: str) -> str:
    if not words.strip():
        raise Invalid(_l("Give the reason."), code="reason_missing", field="reason")
    return words.strip()


# -- after publication --------------------------------------------------------------------------------------


def extend_campaign(
    actor: PortalUser,
    campaign: Campaign,
    *,
    until: datetime,
    reason: str,
    school: School | None = None,
    user: PortalUser | None = None,
) -> CampaignExtension:
    """Let the whole campaign, one school or one person send until a later second.

    Raises `Invalid` when `until` is over or gives nothing that they do not have already.
    """
    require(actor, Permission.CAMPAIGN_APPROVE, campaign)
    _lock(campaign)
    if campaign.state is not S.PUBLISHED:
        raise PortalError(_l("Only a published campaign can be extended."), code="not_possible")
    if school is not None and school.county_id != campaign.county_id:
        raise Invalid(_l("This school belongs to another county."), code="other_county", field="whom")
    if user is not None and user.id == actor.id:
        raise Invalid(_l("Nobody acts for an office in the own case."), code="self", field="whom")
    words = _reason(reason)
    now_until = closes_for(campaign, school_id=school and school.id, user_id=user and user.id)
    if clock.passed(until) or until <= now_until:
        day = clock.local(now_until).strftime("%Y-%m-%d %H:%M:%S")
        message = _l("Choose a time to come that is later than the present end, %(day)s.", day=day)
        raise Invalid(message, code="not_later", field="until_day")
    row = CampaignExtension(
        campaign_id=campaign.id,
        school_id=school and school.id,
        user_id=user and user.id,
        until=until,
        reason=words,
        created_by_id=actor.id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor, "campaign.extended", campaign, until=until.isoformat(), reason=words,
        school=school and school.code, user=user and user.username,
    )  # fmt: skip
    return row


def propose_amendment(
    actor: PortalUser, campaign: Campaign, *, round_: str, low: int, high: int, verdict: str, reason: str
) -> CampaignAmendment:
    """Propose a verdict for sums that a published campaign left undefined; a defined sum is never touched."""
    require(actor, Permission.CAMPAIGN_EDIT, campaign)
    _lock(campaign)
    if campaign.state not in (S.PUBLISHED, S.CLOSED):
        raise PortalError(_l("Change the draft itself: it is not published yet."), code="not_possible")
    if verdict not in campaign.verdicts.get(round_, []):
        raise Invalid(_l("This round does not allow this result."), code="verdict", field="verdict")
    if low > high:
        raise Invalid(_l("The first sum is larger than the last."), code="range", field="low")
    words = _reason(reason)
    _refuse_overlap(campaign, round_, low, high, campaign.amendments)
    row = CampaignAmendment(
        campaign=campaign, round=round_, low=low, high=high, verdict=verdict, reason=words, proposed_by_id=actor.id
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor, "campaign.amendment_proposed", campaign, round=round_, band=[low, high], verdict=verdict, reason=words
    )  # fmt: skip
    return row


def approve_amendment(actor: PortalUser, amendment: CampaignAmendment) -> None:
    """Let a proposed band count from now on; decisions that waited for it can be made."""
    campaign = amendment.campaign
    require(actor, Permission.CAMPAIGN_APPROVE, campaign)
    _lock(campaign)
    db.session.refresh(amendment)
    if amendment.approved_at:
        raise PortalError(_l("This band has been approved already."), code="not_possible")
    _refuse_own(actor, amendment.proposed_by_id)
    approved = [a for a in campaign.amendments if a.approved_at]
    _refuse_overlap(campaign, amendment.round, amendment.low, amendment.high, approved)
    amendment.approved_by_id, amendment.approved_at = actor.id, clock.now()
    db.session.flush()
    audit.record(actor, "campaign.amendment_approved", campaign, **_of(amendment))


def refuse_amendment(actor: PortalUser, amendment: CampaignAmendment, *, reason: str) -> None:
    """Drop a proposed band, with the reason; the proposer may do so too. The log keeps it."""
    campaign = amendment.campaign
    if amendment.proposed_by_id != actor.id:
        require(actor, Permission.CAMPAIGN_APPROVE, campaign)
    _lock(campaign)
    db.session.refresh(amendment)
    if amendment.approved_at:
        raise PortalError(_l("This band has been approved already."), code="not_possible")
    audit.record(
        actor, "campaign.amendment_refused", campaign, **_of(amendment) | {"reason": _reason(reason)}
    )
    db.session.delete(amendment)
    db.session.flush()


def _of(amendment: CampaignAmendment) -> dict[str, Any]:
    band = [amendment.low, amendment.high]
    return {"round": amendment.round, "band": band, "verdict": amendment.verdict}


def _refuse_overlap(
    campaign: Campaign, round_: str, low: int, high: int, others: Iterable[CampaignAmendment]
) -> None:
    bands = [*campaign.bands.get(round_, []), *(a.band for a in others if a.round == round_)]
    if any(low <= band["to"] and band["from"] <= high for band in bands):
        message = _l("One of these sums has a result already; only undefined sums can be added.")
        raise PortalError(message, code="defined_already")


def may_send_back(actor: PortalUser, campaign: Campaign) -> bool:
    """Whether the visitor may turn the proposal down or take the own one back."""
    own = campaign.proposed_by_id == actor.id
    return campaign.state is S.PROPOSED and (own or bool(can(actor, Permission.CAMPAIGN_APPROVE, campaign)))


# -- what cannot be published -------------------------------------------------------------------------------

ALLOWED_VERDICTS = {
    "first": {"pass", "minor", "revise", "fail"},
    "second": {"pass", "minor", "fail"},
    "appeal": {"pass", "minor", "revise", "fail"},
}


def _refuse_broken(campaign: Campaign) -> None:
    if problem := broken_rule(campaign):
        message = _l("This draft cannot be published yet: %(what)s", what=problem)
        raise PortalError(message, code="broken_rule")


def broken_rule(campaign: Campaign) -> object:
    """What would leave a case of this campaign without a way on, in words; empty when all is well."""
    slots = set(campaign.slot_codes)
    if not slots or slots - set(SLOTS) or not all(campaign.forms_for(slot) for slot in slots):
        return _l("each slot needs at least one form.")
    if any(set(scope) - slots for scope in campaign.reopens.values() if scope != PINNED):
        return _l("only slots of the campaign can be reopened.")
    for round_, possible in ALLOWED_VERDICTS.items():
        chosen = set(campaign.verdicts.get(round_, []))
        if chosen - possible or (campaign.reviewed and not chosen):
            return _l("each round needs possible results.")
        bands = sorted(campaign.bands.get(round_, []), key=lambda band: band["from"])
        if any(b["from"] > b["to"] or b["verdict"] not in chosen for b in bands):
            return _l("a band needs a range and a result that its round allows.")
        if any(low["to"] >= high["from"] for low, high in pairwise(bands)):
            return _l("no sum may stand in two bands of a round.")
    if not campaign.cohorts or not (campaign.hours or TRACKS[campaign.track].renews):
        return _l("hours and training years are needed.")
    if not _numbers_differ(campaign):
        return _l(
            "the number template must use the serial number, and nothing but the names given beside it."
        )
    return ""


# A template may name these and pad whole numbers with zeros; str.format itself could do far more.
_FIELD = re.compile(r"\{(?:county|letter|(?:year|series|serial)(?::0?[1-9]d)?)\}")


def number_of(template: str, *, county: str, letter: str, year: int, series: int, serial: int) -> str:
    """The certificate number that `template` makes; empty for a template with anything unknown in braces."""
    if re.search(r"[{}]", _FIELD.sub("", template)):
        return ""
    return template.format(county=county, letter=letter, year=year, series=series, serial=serial)


def example_number(campaign: Campaign, serial: int = 1) -> str:
    """The number that the campaign would give as its `serial`-th; empty for a template that cannot be filled."""
    return number_of(
        campaign.number_template,
        county=campaign.county.short_name,
        letter=TRACKS[campaign.track].letter,
        year=campaign.label_year,
        series=campaign.number_series,
        serial=serial,
    )


def _numbers_differ(campaign: Campaign) -> bool:
    first, second = example_number(campaign, 1), example_number(campaign, 2)
    return bool(first) and first != second
