"""Home."""

from flask import Blueprint, render_template

from app.access.security import deny_anonymous

bp = Blueprint("portal", __name__)
bp.before_request(deny_anonymous)


@bp.get("/")
def home() -> str:
    """What waits for me, by role."""
    return render_template("portal/home.html")
