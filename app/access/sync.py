"""Sets Flask-AppBuilder's roles exactly to the matrix: what a view permits is declared on the view."""

from flask import current_app
from flask_appbuilder.security.sqla.models import PermissionView
from flask_appbuilder.security.sqla.models import Role as FabRole
from sqlalchemy import select

from app.access.matrix import MATRIX, Role
from app.core.db import db, transaction
from app.core.errors import DeclarationError


def sync() -> tuple[int, int]:
    """Make roles and permissions; returns how many grants were added and removed (0, 0 when in order).

    A view declares `permits = {"can_list": Permission.CASE_VIEW, ...}` for each of its FAB permissions;
    a permission that nobody declared stops the command instead of opening or closing something silently.
    """
    appbuilder = current_app.extensions["appbuilder"]
    wanted: dict[Role, set[tuple[str, str]]] = {role: set() for role in Role}
    for view in appbuilder.baseviews:
        for name in getattr(view, "base_permissions", None) or []:
            permits = getattr(view, "permits", {})
            if name not in permits:
                raise DeclarationError(
                    f"{type(view).__module__}.{type(view).__name__}: permission {name!r} is not in its `permits`; "
                    "name the matrix permission that opens it"
                )
            # Not FAB's own add_permissions: it wants its Admin role, which would hold everything.
            appbuilder.sm.add_permission_view_menu(name, view.class_permission_name)
            for role in Role:
                if permits[name] in MATRIX[role]:
                    wanted[role].add((name, view.class_permission_name))
    with transaction():
        return _grant(wanted)


def _grant(wanted: dict[Role, set[tuple[str, str]]]) -> tuple[int, int]:
    """Give each role exactly its pairs."""
    pairs = {
        (pair.permission.name, pair.view_menu.name): pair
        for pair in db.session.scalars(select(PermissionView)).all()
    }
    added = removed = 0
    for role, grants in wanted.items():
        row = db.session.scalar(select(FabRole).where(FabRole.name == role.value))
        if row is None:
            row = FabRole(name=role.value)
            db.session.add(row)
        rows = {pairs[grant] for grant in grants}
        before = set(row.permissions)
        added, removed = added + len(rows - before), removed + len(before - rows)
        if rows != before:
            row.permissions = sorted(rows, key=lambda pair: pair.id)
    return added, removed
