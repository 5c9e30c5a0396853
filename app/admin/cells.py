"""How a value of any kind is shown in a list or on a page of the offices."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from app.access.matrix import ROLE_LABELS
from app.campaigns.models import CampaignState, Office
from app.campaigns.tracks import TRACKS, Track
from app.cases.models import Case
from app.cases.states import ROUND_LABELS, STATES, VERDICT_LABELS
from app.core import clock
from app.core.outbox import MailState
from app.people.models import CertificateState
from app.reviews.models import SheetState

# The tone of a state (app/cases/states.py) in the tones of the badges.
TONES = {
    "draft": "neutral",
    "office": "info",
    "review": "accent",
    "attention": "warn",
    "failed": "bad",
    "passed": "ok",
    "ended": "neutral",
}

CAMPAIGN_STATES = {
    CampaignState.DRAFT: _l("Draft"),
    CampaignState.PROPOSED: _l("Waiting for approval"),
    CampaignState.PUBLISHED: _l("Published"),
    CampaignState.CLOSED: _l("Closed"),
}
CAMPAIGN_TONES = {
    CampaignState.DRAFT: "neutral",
    CampaignState.PROPOSED: "warn",
    CampaignState.PUBLISHED: "ok",
    CampaignState.CLOSED: "info",
}
CERTIFICATE_STATES = {
    CertificateState.ISSUED: _l("已發證"),
    CertificateState.ANNOUNCED: _l("已公告"),
    CertificateState.IMPORTED: _l("Imported"),
    CertificateState.REVOKED: _l("Revoked"),
}
MAIL_STATES = {
    MailState.WAITING: _l("Waiting"),
    MailState.SENDING: _l("Being sent"),
    MailState.SENT: _l("Sent"),
    MailState.FAILED: _l("Failed"),
}
SHEET_STATES = {SheetState.DRAFT: _l("Not sent yet"), SheetState.SENT: _l("Sent")}
OFFICES = {Office.COUNTY: _l("縣市教專中心"), Office.CENTRE: _l("認證中心")}
TRACK_NAMES = {track: TRACKS[track].short for track in Track}

_LABELS: dict[Any, object] = {
    **{state: info.label for state, info in STATES.items()},
    **TRACK_NAMES,
}
_BY_TYPE: dict[type, dict[Any, object]] = {
    CampaignState: dict(CAMPAIGN_STATES),
    CertificateState: dict(CERTIFICATE_STATES),
    MailState: dict(MAIL_STATES),
    SheetState: dict(SHEET_STATES),
    Office: dict(OFFICES),
    **{
        type(next(iter(labels))): dict(labels)
        for labels in (ROUND_LABELS, VERDICT_LABELS, ROLE_LABELS, _LABELS, TRACK_NAMES)
    },
}


def moment(value: datetime | None) -> str:
    """2026-03-01 09:30, as clocks in Taiwan show it."""
    return clock.local(value).strftime("%Y-%m-%d %H:%M") if value else ""


def day(value: datetime | None) -> str:
    """2026-03-01 in Taiwan."""
    return clock.local(value).date().isoformat() if value else ""


def show(value: Any) -> Any:
    """The text of a value: enum members by their label, times in Taiwan, the rest as it is."""
    if isinstance(value, StrEnum):
        return str(_BY_TYPE.get(type(value), {}).get(value, value.value))
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def badge(label: object, tone: str) -> Markup:
    """A status badge; the words carry the meaning."""
    return Markup('<span class="badge-status tone-{}">{}</span>').format(tone, escape(str(label)))


def state_badge(case: Case) -> Markup:
    return badge(case.info.label, TONES[case.info.tone])


def code(text: object) -> Markup:
    """A name that machines use, the same in both languages."""
    return Markup("<code>{}</code>").format(str(text))


def link(url: str, text: object) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url, str(text))


def due(value: datetime | None) -> Any:
    """The last day, marked when it has passed."""
    if value is None:
        return ""
    if not clock.passed(value):
        return day(value)
    return Markup("{} {}").format(day(value), badge(_("late"), "bad"))
