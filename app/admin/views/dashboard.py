"""/office/: what waits, what is late and who holds it."""

from typing import Any

from flask import render_template, url_for
from flask_appbuilder import BaseView
from flask_appbuilder.baseviews import expose
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import can
from app.admin import cells, queries
from app.admin.base import actor, guarded, list_url
from app.cases.states import STATES
from app.cases.workflow import holder_label
from app.core import clock
from app.core.db import db
from app.core.outbox import MailState, OutboxMail

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
        return render_template(
            "office/home.html",
            seen=seen,
            queues=_queues(user, seen) if seen else [],
            bars=_bars(seen) if seen else [],
            machine=_machine(user),
            cells=cells,
            holder_label=holder_label,
            list_url=list_url,
        )


def _queues(user: PortalUser, seen: queries.Overview) -> list[dict[str, Any]]:
    """A card for each queue: how many wait for the visitor's office, and how many there are at all."""
    cards = []
    for name, (label, states, permission) in queries.QUEUES.items():
        mine = sum(seen.mine.get(state, 0) for state in states)
        everywhere = sum(seen.by_state.get(state, 0) for state in states)
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


def _bars(seen: queries.Overview) -> list[dict[str, Any]]:
    """One bar for each state that has cases; the longest is as wide as the picture."""
    most = max(seen.by_state.values(), default=1)
    return [
        {
            "label": STATES[state].label,
            "number": number,
            "width": max(3, round(PICTURE_WIDTH * number / most)),
            "tone": cells.TONES[STATES[state].tone],
            "url": list_url("CaseView", state=state.value),
        }
        for state, number in seen.by_state.items()
    ]


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
