"""Pages for everybody: help, statements, and the check of a certificate."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select

from app.campaigns.tracks import TRACKS, Track
from app.core.db import db
from app.core.i18n import pick
from app.people.models import CertificateState
from app.people.queries import certificate_by_code, masked
from app.portal.blueprint import public as bp
from app.reference.models import Tutorial
from app.reference.queries import active


@bp.get("/tutorials/")
def tutorials() -> str:
    """操作教學."""
    return render_template("tutorials/index.html", rows=active(Tutorial))


@bp.get("/tutorials/<code>")
def tutorial(code: str) -> str:
    """One page of help; `## ` begins a heading, an empty line ends a paragraph."""
    row = db.session.scalar(select(Tutorial).where(Tutorial.code == code, Tutorial.retired_at.is_(None)))
    if row is None:
        abort(404)
    parts = [part.strip() for part in pick(row.body_zh, row.body_en).split("\n\n")]
    blocks = [("h", part[3:]) if part.startswith("## ") else ("p", part) for part in parts if part]
    others = [other for other in active(Tutorial) if other.code != code]
    return render_template("tutorials/tutorial.html", row=row, blocks=blocks, others=others)


@bp.get("/verify/")
def verify_form() -> Any:
    """Where a school types the code that stands on a certificate."""
    code = request.args.get("code", "").strip()
    if code:
        return redirect(url_for("public.verify", code=code))
    return render_template("portal/verify.html", code="", certificate=None, tried=False)


@bp.get("/verify/<code>")
def verify(code: str) -> Any:
    """Number, kind, county, year and the masked name, for whoever holds the paper."""
    found = certificate_by_code(code)
    page = render_template(
        "portal/verify.html",
        code=code,
        certificate=found,
        holder=masked(found.user.name) if found else "",
        track=_track(found.track) if found else "",
        revoked=bool(found and found.state is CertificateState.REVOKED),
        tried=True,
    )
    return page, 200 if found else 404


def _track(code: str) -> str:
    """The official name; imported certificates may be of a kind that we do not know."""
    return str(TRACKS[Track(code)].title) if code in TRACKS else code


@bp.get("/help/accessibility")
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("portal/accessibility.html")


@bp.get("/help/privacy")
def privacy() -> str:
    """What is kept of whom, and who may see it."""
    return render_template("portal/privacy.html")
