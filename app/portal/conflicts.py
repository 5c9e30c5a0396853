"""A reviewer's own conflicts of interest."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission
from app.access.policy import require
from app.core.db import db, transaction
from app.core.errors import Invalid, NotFound, PortalError
from app.portal.blueprint import bp, me
from app.reviews import service
from app.reviews.conflicts import declared, schools_called, teachers_called, touched
from app.reviews.models import DeclaredConflict


@bp.get("/reviews/conflicts")
def conflicts() -> Any:
    """What is declared, and the form for one more."""
    require(me(), Permission.SHEET_WRITE)
    return _page()


@bp.post("/reviews/conflicts")
def conflict_add() -> Any:
    user, reason = me(), request.form.get("reason", "")
    require(user, Permission.SHEET_WRITE)
    try:
        with transaction():
            row = service.declare_conflict(user, reviewer=user, reason=reason, **_meant())
            at_hand = len(touched(row))
    except PortalError as refusal:
        return _page(refusal)
    flash(_("The conflict is declared: such cases are not given to you."), "success")
    if at_hand:
        flash(
            _(
                "You already have such cases: %(number)s. Please hand them back, each on its own page.",
                number=at_hand,
            ),
            "warning",
        )
    return redirect(url_for("portal.conflicts"), 303)


@bp.post("/reviews/conflicts/<int:row_id>/end")
def conflict_end(row_id: int) -> Any:
    row = db.session.get(DeclaredConflict, row_id)
    if row is None or row.reviewer_id != me().id:
        raise NotFound(_l("There is nothing at this address."), code="not_found")
    with transaction():
        service.end_conflict(me(), row)
    flash(_("The conflict is removed."), "success")
    return redirect(url_for("portal.conflicts"), 303)


def _meant() -> dict[str, Any]:
    """The one teacher or school that the form names; `Invalid` when it is nobody, or not clear."""
    kind, typed = request.form.get("kind", ""), request.form.get("whom", "").strip()
    if kind not in ("person", "school"):
        raise Invalid(_l("Choose a teacher or a school."), code="kind_missing", field="kind")
    if not typed:
        raise Invalid(_l("Name one teacher or one school."), code="whom_missing", field="whom")
    if kind == "school":
        return {"school": _one(schools_called(typed), _l("Several schools have this name: give the code."))}
    several = _l("Several teachers have this name: give the account, or declare the school.")
    return {"person": _one(teachers_called(typed), several)}


def _one(found: Sequence[Any], several: object) -> Any:
    if not found:
        message = _l("Nothing was found under exactly this name. Please check how it is written.")
        raise Invalid(message, code="unknown", field="whom")
    if len(found) > 1:
        raise Invalid(several, code="several", field="whom")
    return found[0]


def _page(error: PortalError | None = None) -> Any:
    page = render_template(
        "reviews/conflicts.html",
        rows=declared(me()),
        error=error,
        typed=request.form if request.method == "POST" else {},
    )
    return page, error.status if error else 200
