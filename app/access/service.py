"""Accounts and log-ins: the only functions that change them."""

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask_appbuilder.security.sqla.models import Role as FabRole
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from app.access.matrix import Role
from app.access.models import LoginSession, PortalUser
from app.core import audit, clock
from app.core.db import db
from app.core.errors import Invalid, PortalError

# OWASP's argon2id setting with 19 MiB: 24 ms a check, four times the log-ins of Werkzeug's default.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_nobody = _hasher.hash(secrets.token_urlsafe(16))

# 資通系統防護基準 附表十: five failures lock the account for fifteen minutes.
MAX_FAILURES = 5
LOCK_FOR = timedelta(minutes=15)
SESSION_LIMIT = timedelta(hours=12)


def authenticate(*, username: str, password: str) -> PortalUser | None:
    """The account, or None: wrong name, wrong password, locked and disabled look and take the same.

    1. Find the account and hash even when there is none, so that time tells nothing.
    2. Refuse while locked; count a failure, lock at the fifth.
    3. Reset the counter on success.
    """
    user = db.session.scalar(select(PortalUser).where(PortalUser.username == username.strip()))
    matches = _matches(user.password if user and user.password else _nobody, password)
    if user is None or not user.active:
        return None
    if user.locked_until and user.locked_until > clock.now():
        audit.record(user, "login.refused", user, reason="locked")
        return None
    if not matches:
        user.failed_logins += 1
        if user.failed_logins >= MAX_FAILURES:
            user.locked_until, user.failed_logins = clock.now() + LOCK_FOR, 0
            audit.record(user, "login.locked", user)
        return None
    user.failed_logins, user.locked_until = 0, None
    user.last_login = clock.now().replace(tzinfo=None)
    user.login_count = (user.login_count or 0) + 1
    return user


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def open_session(user: PortalUser, *, address: str, agent: str) -> str:
    """Open a log-in and return its token; only the token's hash is kept."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        LoginSession(token_hash=token_digest(token), user_id=user.id, address=address, agent=agent[:200])
    )
    audit.record(user, "login", user)
    return token


def token_digest(token: str) -> str:
    """What is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def close_session(user: PortalUser, *, token: str) -> None:
    """End one log-in: its cookie opens nothing any more."""
    _end(LoginSession.token_hash == token_digest(token))
    audit.record(user, "logout", user)


def close_all_sessions(actor: Any, *, user: PortalUser) -> None:
    """End every log-in of `user` (password or role change, disabling)."""
    _end(LoginSession.user_id == user.id)
    audit.record(actor, "sessions.closed", user)


def _end(condition: Any) -> None:
    db.session.execute(
        update(LoginSession).where(condition, LoginSession.ended_at.is_(None)).values(ended_at=clock.now())
    )


def create_user(
    actor: Any,
    *,
    username: str,
    name: str,
    email: str,
    password: str,
    roles: tuple[Role, ...],
    county_id: int | None = None,
    school_id: int | None = None,
    locale: str = "zh_Hant_TW",
) -> PortalUser:
    """Open an account; `Invalid` when the name is taken or malformed."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{3,60}", username):
        raise Invalid(_l("Use 3 to 60 letters, digits, dots or hyphens."), code="username", field="username")
    if db.session.scalar(select(PortalUser.id).where(PortalUser.username == username)):
        raise Invalid(_l("This user name is taken."), code="username_taken", field="username")
    user = PortalUser(
        username=username,
        display_name=name,
        first_name=name[1:] or name,
        last_name=name[:1],
        email=email,
        password=_hasher.hash(password),
        active=True,
        county_id=county_id,
        school_id=school_id,
        locale=locale,
    )
    user.roles = _role_rows(roles)
    db.session.add(user)
    db.session.flush()
    audit.record(actor, "user.created", user, roles=[r.value for r in roles])
    return user


def set_roles(actor: Any, *, user: PortalUser, roles: tuple[Role, ...]) -> None:
    """Give the account exactly `roles`; takes effect at once. Nobody changes the own roles."""
    _not_oneself(actor, user)
    user.roles = _role_rows(roles)
    user.__dict__.pop("role_set", None)
    close_all_sessions(actor, user=user)
    audit.record(actor, "user.roles", user, roles=[r.value for r in roles])


def set_password(actor: Any, *, user: PortalUser, password: str) -> None:
    """Set a new password (at least 10 characters) and end every log-in."""
    if len(password) < 10:
        raise Invalid(_l("Use at least 10 characters."), code="password_short", field="password")
    user.password = _hasher.hash(password)
    user.locked_until, user.failed_logins = None, 0
    close_all_sessions(actor, user=user)
    audit.record(actor, "user.password", user)


def set_active(actor: Any, *, user: PortalUser, active: bool) -> None:
    """Enable or disable the account; nobody disables the own one."""
    _not_oneself(actor, user)
    user.active = active
    user.locked_until, user.failed_logins = None, 0
    close_all_sessions(actor, user=user)
    audit.record(actor, "user.enabled" if active else "user.disabled", user)


def unlock(actor: Any, *, user: PortalUser) -> None:
    """End a lock-out before its time."""
    user.locked_until, user.failed_logins = None, 0
    audit.record(actor, "user.unlocked", user)


def _not_oneself(actor: Any, user: PortalUser) -> None:
    """Nobody shuts the door behind oneself."""
    if actor is not None and actor.id == user.id:
        raise PortalError(_l("You cannot do this to your own account."), code="own_account")


def set_locale(user: PortalUser, *, locale: str) -> None:
    """Remember the language for mail and the next log-in."""
    user.locale = locale


def _role_rows(roles: tuple[Role, ...]) -> list[FabRole]:
    rows = db.session.scalars(select(FabRole).where(FabRole.name.in_([r.value for r in roles]))).all()
    missing = {r.value for r in roles} - {row.name for row in rows}
    return [*rows, *(FabRole(name=name) for name in sorted(missing))]
