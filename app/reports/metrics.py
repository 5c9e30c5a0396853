"""/metrics: a few figures as Prometheus text, for callers on this machine only."""

from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Response, abort, request
from sqlalchemy import func, select

from app.access.models import LoginSession
from app.access.service import SESSION_LIMIT
from app.cases.models import Case
from app.cases.states import State
from app.core import clock, outbox
from app.core.db import db

bp = Blueprint("metrics", __name__)


@bp.get("/metrics")
def metrics() -> Response:
    """Mail, cases and open log-ins; looks like no page at all to anybody outside."""
    # A proxy on this machine speaks for somebody else.
    if not ip_address(request.remote_addr or "::").is_loopback or "X-Forwarded-For" in request.headers:
        abort(404)
    cases = dict(db.session.execute(select(Case.state, func.count()).group_by(Case.state)).all())
    open_logins = db.session.scalar(
        select(func.count()).where(
            LoginSession.ended_at.is_(None), LoginSession.created_at > clock.now() - SESSION_LIMIT
        )
    )
    lines = [
        *_gauge("portal_mails", "Mails of the outbox by state", outbox.counts()),
        *_gauge("portal_cases", "Cases by state", {s.value: cases.get(s, 0) for s in State}),
        *_gauge("portal_open_logins", "Log-ins that still open something", {"": open_logins or 0}),
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _gauge(name: str, words: str, values: dict[str, Any]) -> list[str]:
    rows = [
        f'{name}{{state="{label}"}} {value}' if label else f"{name} {value}"
        for label, value in values.items()
    ]
    return [f"# HELP {name} {words}", f"# TYPE {name} gauge", *rows]
