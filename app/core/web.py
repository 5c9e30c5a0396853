"""What every page shares: CSRF, headers, language, errors, health."""

import secrets
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import structlog
from babel.support import Translations
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import refresh
from flask_bootstrap import Bootstrap5
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError
from wtforms.i18n import messages_path

from app.core.db import db
from app.core.errors import PortalError
from app.core.i18n import ALIASES, LOCALES, ZH, locale_code

csrf = CSRFProtect()
bootstrap = Bootstrap5()
log = structlog.get_logger()
bp = Blueprint("web", __name__)

# Features add their entries to the main navigation; each callback returns a list of dicts.
_nav: list[Callable[[], list[dict[str, Any]]]] = []
# WTForms knows zh_TW, not zh_Hant_TW.
_wtforms_zh = Translations.load(messages_path(), ["zh_TW"], "wtforms")


def nav(entries: Callable[[], list[dict[str, Any]]]) -> Callable[[], list[dict[str, Any]]]:
    """Register a function that returns navigation entries {label, url, icon, badge, covers} for the present user;
    `covers` are further addresses that belong to the entry."""
    _nav.append(entries)
    return entries


def init_app(app: Flask) -> None:
    """Bind CSRF, headers, context, errors and the shared addresses."""
    csrf.init_app(app)
    bootstrap.init_app(app)
    app.register_blueprint(bp)
    app.before_request(_before)
    app.after_request(_headers)
    app.context_processor(_context)
    app.jinja_env.globals.update(csp_nonce=csp_nonce)
    app.register_error_handler(PortalError, _portal_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(Exception, _unexpected)


def csp_nonce() -> str:
    """The nonce of this answer's scripts."""
    if not hasattr(g, "csp_nonce"):
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _before() -> None:
    g.request_id = uuid.uuid4().hex
    if locale_code() == ZH:
        # WTForms finds no catalogue for zh_Hant_TW and would fall back to Simplified Chinese.
        request.wtforms_translations = _wtforms_zh  # type: ignore[attr-defined]


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{csp_nonce()}'; "
        "style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "frame-src 'self'; object-src 'none'; manifest-src 'self'; worker-src 'self'; "
        "form-action 'self'; frame-ancestors 'self'; base-uri 'none'",
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if "static" not in (request.endpoint or ""):
        headers["Cache-Control"] = "no-store"
        headers["Vary"] = "Cookie"
    headers["X-Request-ID"] = getattr(g, "request_id", "")
    return response


def _context() -> dict[str, Any]:
    here = locale_code()
    other = next(code for code in LOCALES if code != here)
    # The page that says the database is down must not ask it.
    entries = [] if g.get("broken") else [e for source in _nav for e in source()]
    for entry in entries:
        entry["active"] = any(_is_active(url) for url in (entry["url"], *entry.get("covers", ())))
    return {
        "nav_items": entries,
        "user_label": "" if g.get("broken") else user_label(),
        "locale_code": here,
        "other_locale": {"code": other, "name": LOCALES[other]},
        "demo": current_app.config["DEMO"],
    }


def _is_active(url: str) -> bool:
    return request.path == url if url == "/" else request.path.startswith(url)


def user_label() -> str:
    """莉2老師 (教師/審查委員)"""
    if not current_user.is_authenticated:
        return ""
    return f"{current_user.name} ({current_user.roles_label})"


def safe_back(fallback: str) -> str:
    """The page the user came from when it is one of ours, else `fallback`."""
    referrer = urlsplit(request.referrer or "")
    if (
        referrer.path
        and referrer.netloc == request.host
        and not referrer.path.startswith(("/lang/", "/login"))
    ):
        return referrer.path + (f"?{referrer.query}" if referrer.query else "")
    return fallback


def safe_next(target: str | None) -> str:
    """`target` when it is a path on this site, else the home page; nothing absolute, nothing with a host."""
    target = (target or "").replace("\\", "/")
    parts = urlsplit(target)
    if target.startswith("/") and not target.startswith("//") and not parts.netloc and not parts.scheme:
        return target
    return "/"


def flash_error(error: PortalError) -> None:
    """Show a refusal on the next page."""
    flash(str(error.message), "danger")


@bp.get("/lang/<locale>")
def language(locale: str) -> Any:
    """Switch the language of this session and go back."""
    if locale not in LOCALES:
        alias = ALIASES.get(locale.lower())
        if alias is None:
            abort(404)
        return redirect(url_for("web.language", locale=alias))
    # FAB writes the default into "locale" by itself; only this key says that a person chose.
    session["locale"] = session["chosen_locale"] = locale
    refresh()
    return redirect(safe_back("/"))


@bp.get("/healthz")
def healthz() -> Any:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> Any:
    """The database answers."""
    try:
        db.session.execute(text("select 1"))
    except Exception:  # any driver error means the same to the caller
        return jsonify(status="database unavailable"), 503
    return jsonify(status="ok")


def wants_json() -> bool:
    """Whether the caller is a script of ours or an API client."""
    return request.path.startswith(("/api/", "/toolbox/api/")) or request.headers.get("X-Requested-With") in (
        "draft",
        "fetch",
    )


def _page(status: int, template: str, message: str = "", **more: Any) -> Any:
    with suppress(SQLAlchemyError):
        db.session.rollback()
    if wants_json():
        return jsonify(message=message, **more), status
    return render_template(
        f"errors/{template}.html", message=message, request_id=getattr(g, "request_id", "")
    ), status


def _portal_error(error: PortalError) -> Any:
    if error.status == 404:
        return _page(404, "404", str(error.message))
    if error.status == 403:
        return _page(403, "403", str(error.message))
    return _page(error.status, "409", str(error.message), code=error.code, field=error.field)


def _csrf_error(_error: CSRFError) -> Any:
    # 400 and not 419: only registered status codes travel safely through proxies.
    return _page(
        400, "csrf", _("Your session has ended or the page is too old. Please go back, reload and try again.")
    )


def _http_error(error: HTTPException) -> Any:
    if isinstance(error, MethodNotAllowed | SecurityError):
        # For a host that is not ours no address can be built, so no page of ours either.
        db.session.rollback()
        return error
    code = error.code or 500
    if code < 400:
        return error
    known = {403, 404, 413, 429}
    return _page(code, str(code) if code in known else ("404" if code < 500 else "500"))


def _database_error(error: OperationalError) -> Any:
    g.broken = True
    log.error("database", error=str(error.orig), request_id=getattr(g, "request_id", ""))
    response = _page(503, "503")
    return (*response, {"Retry-After": "5"})


def _unexpected(error: Exception) -> Any:
    g.broken = True
    log.exception("unexpected", request_id=getattr(g, "request_id", ""))
    if current_app.testing:
        raise error
    return _page(500, "500")
