"""Texts that are kept while somebody types (keep.js), and their end when the form is saved."""

import json
import re
from typing import Any

from flask import Flask, Response, abort, g, jsonify, request
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import IntegrityError

from app.core import clock, scratch
from app.core.db import db, transaction
from app.core.errors import Stale
from app.portal.blueprint import bp, me

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,119}")
# What keep.js writes into the form: key, page, and the version that the page knew.
MARK = re.compile(rf"({KEY.pattern})(?::(\w{{1,40}}):(\d{{1,16}}))?")
LONGEST = 500_000


def init_app(app: Flask) -> None:
    """Let templates show what is kept, and end it when a form is accepted."""
    app.context_processor(lambda: {"kept": kept})
    app.after_request(_settle)


def kept(key: str) -> dict[str, Any] | None:
    """{"version"} of the text kept under `key`, with "pairs" and "at" unless the page shows its successor."""
    row = scratch.find(me(), key)
    if row is None:
        return None
    posted = MARK.fullmatch(request.form.get("_keep", "")) if request.method == "POST" else None
    follows = posted and posted[1] == key and posted[3] == str(row.version)
    return {"version": row.version} if follows or not row.pairs else row.shown()


@bp.get("/drafts/<key>")
def kept_text(key: str) -> Any:
    """Who is logged in, with a fresh token for going on."""
    return jsonify(user=me().id, csrf=generate_csrf())


@bp.post("/drafts/<key>")
def keep_text(key: str) -> Any:
    """Keep the fields of a form as typed; 409 with the other text when a second window was faster."""
    if not KEY.fullmatch(key):
        abort(404)
    user = me()
    if request.form.get("user") != str(user.id):
        return jsonify(code="other_user"), 403
    pairs = _pairs(request.form.get("pairs", ""))
    try:
        with transaction():
            row = scratch.write(user, key, pairs, version=request.form.get("version", 0, int))
            answer = {"version": row.version, "saved_at": clock.now().isoformat()}
    except (Stale, IntegrityError):
        db.session.rollback()
        other = scratch.find(user, key)
        return jsonify(code="stale", theirs=other.shown() if other else None), 409
    return jsonify(answer)


def _pairs(typed: str) -> list[list[str]]:
    """[[name, value], ...]; 422 for anything else, 413 for too much."""
    if len(typed) > LONGEST:
        abort(413)
    try:
        pairs = json.loads(typed)
    except ValueError:
        abort(422)
    # PostgreSQL stores no NUL.
    fit = isinstance(pairs, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)
        for pair in pairs
    )
    if not fit:
        abort(422)
    return [[part.replace("\0", "") for part in pair] for pair in pairs]


def hold() -> None:
    """This answer sends the visitor on though nothing was saved: what was typed stays."""
    g.text_held = True


def _settle(response: Response) -> Response:
    """A form that was accepted sends the visitor on: its text goes here, and a cookie says so to the browser."""
    if request.method != "POST" or response.status_code not in (302, 303) or g.get("text_held"):
        return response
    mark = MARK.fullmatch(request.form.get("_keep", ""))
    if mark and current_user.is_authenticated:
        with transaction():
            scratch.clear(me(), mark[1], version=int(mark[3] or 0))
        if mark[2]:
            response.set_cookie(
                f"kept-{mark[2]}",
                "1",
                max_age=86400,
                secure=request.is_secure,
                samesite="Lax",
                httponly=False,
            )
    return response
