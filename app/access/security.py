"""Flask-AppBuilder as an adapter: it asks about views, the answers come from the matrix."""

from typing import Any

from flask import abort, flash, g, redirect, request, session, url_for
from flask_appbuilder import AppBuilder, expose
from flask_appbuilder.security.forms import LoginForm_db
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    ViewMenu,
    assoc_permissionview_role,
)
from flask_appbuilder.security.views import AuthDBView
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from sqlalchemy import select

from app.access import service
from app.access.models import LoginSession, PortalUser
from app.core import clock
from app.core.db import db, transaction
from app.core.i18n import LOCALES, ZH
from app.core.web import safe_next


class PortalAppBuilder(AppBuilder):
    """FAB without its own home, back, language and security pages: the portal has its own."""

    def _add_admin_views(self) -> None:
        self.sm.register_views()
        self.openapi_manager.register_views()

    @property
    def get_url_for_index(self) -> str:
        return url_for("portal.home")

    def get_url_for_locale(self, lang: str) -> str:
        return url_for("web.language", locale=lang)


class LoginView(AuthDBView):
    """/login/ and /logout/: our lock-out, revocable sessions, and no redirect off this site."""

    route_base = ""

    @expose("/login/", methods=["GET", "POST"])
    def login(self) -> Any:
        target = safe_next(request.args.get("next"))
        if current_user.is_authenticated:
            return redirect(target)
        form = LoginForm_db()
        if form.validate_on_submit():
            with transaction():
                user = service.authenticate(username=form.username.data, password=form.password.data)
                if user is not None:
                    token = service.open_session(
                        user, address=request.remote_addr or "", agent=request.user_agent.string
                    )
            if user is not None:
                locale = session.get("chosen_locale") or user.locale
                session.clear()
                session["login_token"] = token
                session["locale"] = locale if locale in LOCALES else ZH
                login_user(user)
                return redirect(target)
            flash(_("The name or the password is wrong, or the account is locked for 15 minutes."), "danger")
            return self._page(form), 401
        return self._page(form)

    def _page(self, form: LoginForm_db) -> str:
        return str(
            self.render_template(
                self.login_template, title=_("Log in"), form=form, appbuilder=self.appbuilder
            )
        )

    @expose("/logout/", methods=["GET", "POST"])
    def logout(self) -> Any:
        if request.method == "GET":
            # An old bookmark must not log anybody out: a link could be planted anywhere.
            return redirect("/")
        if current_user.is_authenticated:
            with transaction():
                service.close_session(
                    current_user._get_current_object(), token=session.get("login_token", "")
                )
        locale = session.get("locale")
        logout_user()
        session.clear()
        session["locale"] = locale
        return redirect(url_for("LoginView.login"))


class PortalSecurityManager(SecurityManager):
    """Users are `PortalUser`; a cookie counts only while its log-in session is open."""

    user_model = PortalUser
    authdbview = LoginView

    def register_views(self) -> None:
        self.auth_view = self.appbuilder.add_view_no_menu(LoginView)

    def load_user(self, pk: str) -> PortalUser | None:
        """The user behind the cookie, in one query; None when the log-in was ended or is too old."""
        token = session.get("login_token")
        # The page that says the database is down must not ask it again.
        if not token or g.get("broken"):
            return None
        return db.session.scalar(
            select(PortalUser)
            .join(LoginSession, LoginSession.user_id == PortalUser.id)
            .where(
                PortalUser.id == int(pk),
                PortalUser.active,
                LoginSession.token_hash == service.token_digest(token),
                LoginSession.ended_at.is_(None),
                LoginSession.created_at > clock.now() - service.SESSION_LIMIT,
            )
        )

    def auth_user_db(self, username: str, password: str) -> PortalUser | None:
        """FAB's own door leads to the same lock-out."""
        with transaction():
            return service.authenticate(username=username, password=password)

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        return False

    def get_user_roles(self, user: Any) -> list[Any]:
        return list(user.roles) if user.is_authenticated else []

    def exist_permission_on_roles(self, view_name: str, permission_name: str, role_ids: list[int]) -> bool:
        """FAB asks this up to twenty times a page: the roles' pairs are read once per request."""
        cache: dict[frozenset[int], set[tuple[str, str]]] = g.setdefault("fab_permissions", {})
        key = frozenset(role_ids)
        if key not in cache:
            cache[key] = self._pairs(key)
        return (permission_name, view_name) in cache[key]

    @staticmethod
    def _pairs(role_ids: frozenset[int]) -> set[tuple[str, str]]:
        rows = db.session.execute(
            select(Permission.name, ViewMenu.name)
            .select_from(assoc_permissionview_role)
            .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
            .join(Permission, Permission.id == PermissionView.permission_id)
            .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
            .where(assoc_permissionview_role.c.role_id.in_(role_ids))
        )
        return {(permission, view) for permission, view in rows}


def deny_anonymous() -> None:
    """For blueprints of the portal: everything needs a log-in."""
    if not current_user.is_authenticated:
        if request.method == "GET":
            abort(redirect(url_for("LoginView.login", next=request.full_path.rstrip("?"))))
        abort(401)
