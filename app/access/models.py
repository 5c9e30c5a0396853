"""Accounts: Flask-AppBuilder's user table with the scope columns, and log-in sessions."""

from datetime import datetime
from functools import cached_property

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.matrix import ROLE_LABELS, Role
from app.core import clock
from app.core.db import Identified, UtcDateTime, db


class PortalUser(User):
    """One person's account. `county_id` and `school_id` bound the county and school scopes.

    Query this class, never FAB's `role.user`: that yields base users without the scope columns.
    """

    __tablename__ = "ab_user"

    county_id: Mapped[int | None] = mapped_column(ForeignKey("county.id", ondelete="RESTRICT"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"), index=True)
    display_name: Mapped[str] = mapped_column(String(100), default="", server_default="")
    locale: Mapped[str] = mapped_column(String(20), default="zh_Hant_TW", server_default="zh_Hant_TW")
    failed_logins: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime())

    county = relationship("County", lazy="joined", innerjoin=False)
    school = relationship("School", lazy="joined", innerjoin=False)

    @cached_property
    def role_set(self) -> frozenset[Role]:
        """The product's roles on this account; roles made by hand in the database grant nothing."""
        known = {r.value for r in Role}
        return frozenset(Role(r.name) for r in self.roles if r.name in known)

    @property
    def name(self) -> str:
        return self.display_name or f"{self.last_name}{self.first_name}"

    @property
    def roles_label(self) -> str:
        """教師/審查委員, as the header shows it."""
        return "/".join(str(ROLE_LABELS[role]) for role in Role if role in self.role_set)

    def __str__(self) -> str:
        return self.name


class LoginSession(Identified, db.Model):
    """One log-in; the cookie carries the token, this row decides whether it still opens anything."""

    __tablename__ = "login_session"
    __table_args__ = (Index("ix_login_session_user_open", "user_id", "ended_at"),)

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    address: Mapped[str] = mapped_column(String(45), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")
