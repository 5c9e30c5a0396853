"""What the pages of live capture ask for: recordings in batches, seating plans; JSON and nothing else."""

from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.exceptions import HTTPException

from app.core.db import db, transaction
from app.core.errors import Invalid, PortalError, Stale
from app.core.web import csrf
from app.observations import queries, service
from app.observations.models import SeatingPlan
from app.portal.blueprint import me

api = Blueprint("live_api", __name__, url_prefix="/toolbox/api")
# The token is asked for below, after the log-in: a device whose log-in ended must hear 401, not "old page".
csrf.exempt(api)


@api.before_request
def _guard() -> Any:
    """Signed in, and a form token on whatever writes."""
    if not current_user.is_authenticated:
        return _refused(401, "login", _("Please log in again."))
    said = request.headers.get("X-Portal-User")
    if said and said != str(me().id):
        return _refused(409, "other_user", _("Somebody else is signed in on this device now."))
    csrf.protect()
    return None


@api.get("/session")
def session() -> Response:
    """Who is signed in here, and the token for the next requests."""
    return jsonify(user=me().id, csrf=generate_csrf())


@api.get("/recordings/<uid>")
def recording(uid: str) -> Response:
    """The head and every operation of one's own recording."""
    row = queries.recording(me(), uid)
    return jsonify(head=queries.head_of(row), ops=queries.ops(row))


@api.post("/recordings/<uid>")
def push(uid: str) -> Any:
    """Keep a batch; answers which of its operations are stored now."""
    sent = _body()
    ops = sent.get("ops")
    if not isinstance(ops, list):
        raise Invalid(_("The operations are missing."), code="shape", field="ops")
    with transaction():
        row, known = service.push_ops(me(), uid, head=sent.get("head"), ops=ops)
        total = row.op_count
    return jsonify(known=known, total=total)


@api.get("/plans")
def plans() -> Response:
    """All of one's own seating plans."""
    return jsonify(plans=[_plan(row) for row in queries.plans(me())])


@api.post("/plans/<uid>")
def save_plan(uid: str) -> Any:
    """Keep a seating plan; somebody else's newer version comes back with 409."""
    sent = _body()
    version = sent.get("version") or 0
    if not isinstance(version, int):
        raise Invalid(_("The version is missing."), code="shape", field="version")
    try:
        with transaction():
            row = service.save_plan(
                me(), uid, name=sent.get("name", ""), data=sent.get("data", {}), version=version
            )
            saved = row.version
    except Stale as refusal:
        theirs = queries.plan(me(), uid, discarded=True)
        return jsonify(code="stale", message=refusal.message, theirs=_plan(theirs)), 409
    return jsonify(version=saved)


class OtherUser(PortalError):
    """What is sent was recorded by somebody else, on a device that several people use."""


def _body() -> dict[str, Any]:
    """The JSON sent, when it comes from the user who is signed in now."""
    try:
        sent = request.get_json(silent=True)
    except RecursionError:
        sent = None
    if not isinstance(sent, dict):
        raise Invalid(_("This is no JSON document."), code="json", field="")
    if sent.get("user") != me().id:
        raise OtherUser(_("Somebody else is signed in on this device now."), code="other_user")
    return sent


def _plan(row: SeatingPlan) -> dict[str, Any]:
    return {"uid": row.uid, "name": row.name, "version": row.version, "data": row.data}


def _refused(status: int, code: str, message: object, path: str | None = None) -> Any:
    return jsonify(code=code, message=str(message), path=path), status


@api.errorhandler(PortalError)
def _portal_error(error: PortalError) -> Any:
    db.session.rollback()
    return _refused(error.status, error.code, error.message, error.field)


@api.errorhandler(CSRFError)
def _csrf_error(_error: CSRFError) -> Any:
    return _refused(400, "csrf", _("This page is too old. It fetches a new token and tries again."))


@api.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> Any:
    db.session.rollback()
    status = error.code or 500
    return _refused(status, {404: "not_found", 413: "too_large"}.get(status, "error"), error.name)
