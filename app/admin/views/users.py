"""Accounts: on and off, unlocking, roles. Passwords never leave the table."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder.actions import action
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.sqla.models import Role as FabRole
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload

from app.access import service
from app.access.matrix import ROLE_LABELS, Permission, Role
from app.access.models import PortalUser
from app.access.policy import can
from app.admin import cells
from app.admin.base import OfficeModelView, actor, guarded
from app.admin.views.cases import county_filter, school_filter
from app.core import clock
from app.core.db import transaction
from app.core.errors import PortalError, Stale
from app.core.tables import Filter, Order, text_in
from app.reference.models import School


def _with_role(typed: str) -> Any:
    return PortalUser.roles.any(FabRole.name == typed) if typed in set(Role) else None


def _in_state(typed: str) -> Any:
    locked = PortalUser.locked_until > clock.now()
    return {"active": PortalUser.active, "disabled": ~PortalUser.active, "locked": locked}.get(typed)


class UserView(OfficeModelView):
    """/office/users/"""

    route_base = "/office/users"
    model = PortalUser
    permission = Permission.USER_VIEW
    special_permits = {
        "enable": Permission.USER_EDIT,
        "disable": Permission.USER_EDIT,
        "unlock": Permission.USER_EDIT,
        "can_roles": Permission.USER_EDIT,
    }
    list_title = _l("Accounts")
    show_title = _l("Account")
    list_columns = ["username", "name", "roles_label", "county.label", "school.label", "status", "last_login"]
    show_columns = [*list_columns, "email", "failed_logins", "login_count"]
    label_columns = {
        "username": _l("Account"),
        "name": _l("Name"),
        "roles_label": _l("Roles"),
        "county.label": _l("縣市"),
        "school.label": _l("學校"),
        "status": _l("狀態"),
        "last_login": _l("Last log-in"),
        "email": _l("E-mail"),
        "failed_logins": _l("Failed log-ins"),
        "login_count": _l("Log-ins"),
    }
    filters = (
        text_in("q", _l("Name or account"), PortalUser.username, PortalUser.display_name, PortalUser.email),
        Filter("role", _l("Role"), _with_role, lambda: [(r.value, ROLE_LABELS[r]) for r in Role]),
        Filter(
            "status",
            _l("狀態"),
            _in_state,
            lambda: [("active", _("Active")), ("disabled", _("Disabled")), ("locked", _("Locked"))],
        ),
        county_filter(PortalUser, Permission.USER_VIEW),
        school_filter(PortalUser),
    )
    orders = (Order("new", _l("Newest first"), PortalUser.id, descending=True),)
    options = (selectinload(PortalUser.roles), selectinload(PortalUser.school).lazyload(School.county))

    def cell_username(self, row: PortalUser) -> Any:
        return cells.link(url_for("UserView.show", pk=row.id), row.username)

    def cell_last_login(self, row: PortalUser) -> str:
        return cells.moment(row.last_login)

    def cell_status(self, row: PortalUser) -> Any:
        if not row.active:
            return cells.badge(_("Disabled"), "neutral")
        if row.locked_until and row.locked_until > clock.now():
            return cells.badge(_("Locked"), "bad")
        return cells.badge(_("Active"), "ok")

    @expose("/show/<pk>")
    @guarded
    def show(self, pk: str) -> Any:
        return self.page(self.row(pk, None, *self.options))

    def page(self, user: PortalUser, error: PortalError | None = None) -> Any:
        facts = [(self.label_columns[name], self.cell(user, name)) for name in self.show_columns]
        answer = render_template(
            "office/user.html",
            view=self,
            row=user,
            facts=facts,
            error=error,
            roles=ROLE_LABELS,
            may_edit=bool(can(actor(), Permission.USER_EDIT)),
            own=user.id == actor().id,
        )
        return answer, error.status if error else 200

    @expose("/roles/<pk>", methods=["POST"])
    @guarded
    def roles(self, pk: str) -> Any:
        """Give the account exactly the ticked roles."""
        user = self.row(pk, Permission.USER_EDIT)
        wanted = tuple(role for role in Role if role.value in request.form.getlist("roles"))
        seen = request.form.get("version")
        if seen is not None and seen != ",".join(sorted(user.role_set)):
            chosen = "/".join(str(ROLE_LABELS[role]) for role in wanted) or "—"
            text = _(
                "Somebody else has set the roles meanwhile: %(theirs)s. You wanted: %(mine)s. Choose again.",
                theirs=user.roles_label or "—",
                mine=chosen,
            )
            return self.page(user, Stale(text, code="stale"))
        try:
            with transaction():
                service.set_roles(actor(), user=user, roles=wanted)
        except PortalError as error:
            return self.page(self.row(pk), error)
        flash(_("The roles are set; open log-ins of this account were ended."), "success")
        return redirect(url_for("UserView.show", pk=pk))

    @action("enable", _l("Enable"), icon="check")
    def enable_rows(self, rows: Sequence[PortalUser]) -> Any:
        return self._change(rows, lambda user: service.set_active(actor(), user=user, active=True))

    @action("disable", _l("Disable"), confirmation=_l("These accounts cannot log in any more."), icon="lock")
    def disable_rows(self, rows: Sequence[PortalUser]) -> Any:
        return self._change(rows, lambda user: service.set_active(actor(), user=user, active=False))

    @action("unlock", _l("Unlock"), icon="refresh")
    def unlock_rows(self, rows: Sequence[PortalUser]) -> Any:
        return self._change(rows, lambda user: service.unlock(actor(), user=user))

    def _change(self, rows: Sequence[PortalUser], step: Any) -> Any:
        refused = [reason for _key, reason in self.run_each(rows, step) if reason]
        for reason in sorted(set(refused)):
            flash(reason, "danger")
        if len(refused) < len(rows):
            flash(_("%(number)s accounts changed.", number=len(rows) - len(refused)), "success")
        return redirect(self.get_redirect())
