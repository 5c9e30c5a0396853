"""The two blueprints, and what every view needs: who asks, and the case at the address."""

from collections.abc import Callable

from flask import Blueprint
from flask_login import current_user

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import fetch
from app.access.security import deny_anonymous
from app.cases.models import Case
from app.cases.queries import case_page

bp = Blueprint("portal", __name__)
bp.before_request(deny_anonymous)

# Help and the check of a certificate: for everybody.
public = Blueprint("public", __name__)


def me() -> PortalUser:
    """The signed-in user itself, not the proxy."""
    user: PortalUser = current_user._get_current_object()
    return user


def load_case(
    case_id: int,
    permission: Permission = Permission.CASE_VIEW,
    *,
    read: Callable[[int], Case | None] = case_page,
) -> Case:
    """The case with what its pages show, or with what `read` loads; `NotFound` when it is not there for this user."""
    row = read(case_id)
    return fetch(me(), Case, row.id if row else 0, permission)
