"""/office/: what waits, what is late and who holds it."""

from typing import Any

from flask import render_template, url_for
from flask_appbuilder import BaseView
from flask_appbuilder.baseviews import expose
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import can, visible
from app.admin import cells, queries
from app.admin.base import actor, guarded, list_url
from app.campaigns.models import Campaign, CampaignState
from app.campaigns.queries import waits_for
from app.cases.models import Case
from app.cases.offices import holder_label
from app.cases.states import STATES
from app.core import clock
from app.core.db import db
from app.core.i18n import age
from app.core.outbox import MailState, OutboxMail
from app.reports.waiting import LIMITS, Ageing, ageing, bottleneck

PICTURE_WIDTH = 400


class OfficeHome(BaseView):
    """The first page of the offices."""

    route_base = "/office"
    default_view = "index"
    permits = {"can_index": Permission.OFFICE_ENTER}

    @expose("/")
    @guarded
    def index(self) -> Any:
        user = actor()
        seen = queries.overview(user) if can(user, Permission.CASE_VIEW) else None
        waits = ageing(visible(user, Case, Permission.CASE_VIEW)) if seen else []
        slowest = bottleneck(waits)
        return render_template(
            "office/home.html",
            seen=seen,
            queues=_queues(user) if seen else [],
            bars=_bars(waits),
            spans=_spans(),
            slowest=slowest
            and _(
                "Most wait long in: %(state)s, %(number)s cases for more than %(days)s days.",
                state=STATES[slowest.state].label,
                number=slowest.long,
                days=LIMITS[-1],
            ),
            campaigns=_campaigns(user),
            machine=_machine(user),
            cells=cells,
            holder_label=holder_label,
            list_url=list_url,
        )


def _queues(user: PortalUser) -> list[dict[str, Any]]:
    """A card for each queue: how many wait for the visitor's office, and how many there are at all."""
    cards, counts = [], queries.queue_counts(user)
    for name, (label, _states, permission) in queries.QUEUES.items():
        mine, everywhere = counts[name]
        acts = bool(can(user, permission))
        cards.append(
            {
                "label": label,
                "number": mine if acts else everywhere,
                "note": _("%(number)s in all offices", number=everywhere)
                if acts and everywhere != mine
                else "",
                "url": list_url("CaseView", waiting=name),
            }
        )
    return cards


def _bars(rows: list[Ageing]) -> list[dict[str, Any]]:
    """One bar for each state under way, cut by how long its cases wait; the longest is as wide as the picture."""
    most = max((row.number for row in rows), default=1)
    bars = []
    for row in rows:
        parts, x = [], 0.0
        for place, number in enumerate(row.counts):
            width = PICTURE_WIDTH * number / most
            if number:
                parts.append({"x": round(x, 1), "width": max(2, round(width, 1)), "span": place})
            x += width
        bars.append(
            {
                "label": STATES[row.state].label,
                "number": row.number,
                "parts": parts,
                "spans": [
                    (label, number) for label, number in zip(_spans(), row.counts, strict=True) if number
                ],
                "oldest": age(row.oldest),
                "url": list_url("CaseView", state=row.state.value),
            }
        )
    return bars


def _spans() -> list[str]:
    """The spans of `waiting.LIMITS` in words."""
    first, second, third = LIMITS
    return [
        _("up to %(days)s days", days=first),
        _("%(first)s to %(last)s days", first=first + 1, last=second),
        _("%(first)s to %(last)s days", first=second + 1, last=third),
        _("more than %(days)s days", days=third),
    ]


def _campaigns(user: PortalUser) -> list[tuple[object, int, str]]:
    """Drafts of rules, and proposals that wait for the visitor's approval."""
    rows: list[tuple[object, int, str]] = []
    if can(user, Permission.CAMPAIGN_APPROVE):
        mine = db.session.scalar(select(func.count(Campaign.id)).where(waits_for(user))) or 0
        rows.append((_("For my approval"), mine, list_url("CampaignView", waiting="me")))
    if can(user, Permission.CAMPAIGN_EDIT):
        draft = (Campaign.state == CampaignState.DRAFT, visible(user, Campaign, Permission.CAMPAIGN_EDIT))
        drafts = db.session.scalar(select(func.count(Campaign.id)).where(*draft)) or 0
        rows.append((_("Drafts"), drafts, list_url("CampaignView", state="draft")))
    return rows


def _machine(user: PortalUser) -> list[tuple[object, int, str]]:
    """Failed mail and locked accounts, for those who look after them."""
    rows: list[tuple[object, int, str]] = []
    if can(user, Permission.MAIL_VIEW):
        failed = db.session.scalar(select(func.count()).where(OutboxMail.state == MailState.FAILED)) or 0
        rows.append((_("Mail that could not be sent"), failed, list_url("MailView", state="failed")))
    if can(user, Permission.USER_VIEW):
        locked = db.session.scalar(select(func.count()).where(PortalUser.locked_until > clock.now())) or 0
        rows.append((_("Locked accounts"), locked, list_url("UserView", status="locked")))
        rows.append(
            (
                _("Accounts"),
                db.session.scalar(select(func.count(PortalUser.id))) or 0,
                url_for("UserView.list"),
            )
        )
    return rows
