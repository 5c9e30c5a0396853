"""個人資料: basic data, certificate numbers, training hours, account."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from app.access import service as access
from app.campaigns.tracks import TRACKS
from app.core import versions
from app.core.db import transaction
from app.core.errors import Invalid
from app.core.i18n import LOCALES
from app.people import queries, service
from app.portal.blueprint import bp, me


@bp.route("/profile/", methods=["GET", "POST"])
def profile() -> Any:
    """基本資訊; the person may change how to be reached, subject, grade and language."""
    user = me()
    own = queries.profile_of(user)
    fields = ("email", "phone", "subject", "grade") if own else ("email",)
    stored = {"email": user.email, "locale": user.locale}
    if own:
        stored |= {"phone": own.phone, "subject": own.subject, "grade": own.grade}
    seen = versions.values_digest(stored)
    typed, errors = stored, {}
    if request.method == "POST":
        typed = {name: request.form.get(name, "") for name in (*fields, "locale")}
        typed |= {name: stored[name] for name in typed if request.form.get(f"choose-{name}") == "theirs"}
        if request.form.get("version", seen) != seen:
            return _compare(typed, stored, seen)
        try:
            with transaction():
                service.update_own(user, **typed)
        except Invalid as refusal:
            errors = {refusal.field: str(refusal.message)}
        else:
            session["locale"] = session["chosen_locale"] = (
                user.locale if user.locale in LOCALES else session.get("locale")
            )
            flash(_("Your data have been saved."), "success")
            return redirect(url_for("portal.profile"), 303)
    page = render_template(
        "profile/index.html", profile=own, user=user, typed=typed, errors=errors, locales=LOCALES, seen=seen
    )
    return page, 422 if errors else 200


def _compare(typed: dict[str, str], stored: dict[str, str], seen: str) -> Any:
    """A second window was faster: both versions, a choice for each field."""
    labels = {
        "email": _("E-mail"),
        "phone": _("Telephone"),
        "subject": _("任教領域/科目"),
        "grade": _("任教年級"),
        "locale": _("Language"),
    }
    rows = [
        versions.Difference(name, labels[name], typed[name] or _("(empty)"), stored[name] or _("(empty)"))
        for name in typed
        if typed[name] != stored[name]
    ]
    mine = versions.Side([*typed.items(), ("_keep", request.form.get("_keep", ""))])
    title, here = _("個人資料"), url_for("portal.profile")
    page = render_template("office/compare.html", title=title, back=here, mine=mine, rows=rows, version=seen)
    return page, 409


@bp.get("/profile/certificates")
def certificates() -> str:
    """認證證號."""
    return render_template("profile/certificates.html", rows=queries.certificates_of(me()), tracks=TRACKS)


@bp.get("/profile/training")
def training() -> str:
    """研習時數, with the totals that the eligibility check counts."""
    rows = queries.training_of(me())
    return render_template("profile/training.html", rows=rows, totals=queries.training_totals(rows))


@bp.route("/profile/account", methods=["GET", "POST"])
def account() -> Any:
    """Password and log-ins."""
    user, errors = me(), {}
    if request.method == "POST":
        errors = _change_password(user)
        if not errors:
            flash(_("The password has been changed. All other log-ins have been ended."), "success")
            return redirect(url_for("portal.account"), 303)
    here = access.token_digest(session.get("login_token", ""))
    page = render_template(
        "profile/account.html", sessions=queries.open_sessions(user), here=here, errors=errors
    )
    return page, 422 if errors else 200


@bp.post("/profile/sessions/<int:session_id>/end")
def session_end(session_id: int) -> Any:
    """End one of the own log-ins."""
    with transaction():
        service.end_session(me(), session_id=session_id)
    flash(_("The log-in has been ended."), "success")
    return redirect(url_for("portal.account"), 303)


def _change_password(user: Any) -> dict[str, str]:
    """What is wrong, by field; empty when the password was changed and this browser has a new log-in."""
    current, new = request.form.get("current", ""), request.form.get("password", "")
    if new != request.form.get("again", ""):
        return {"again": _("The two new passwords differ.")}
    try:
        with transaction():
            changed = service.change_password(user, current=current, new=new)
            if changed:
                token = access.open_session(
                    user, address=request.remote_addr or "", agent=request.user_agent.string
                )
    except Invalid as refusal:
        return {str(refusal.field): str(refusal.message)}
    if not changed:
        return {"current": _("The present password is wrong, or the account is locked for 15 minutes.")}
    session["login_token"] = token
    return {}
