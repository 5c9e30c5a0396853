"""The main navigation: what each role finds in the header."""

from typing import Any

from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import OperationalError

from app.access.matrix import Permission, Role
from app.access.policy import has_role, scopes
from app.core import web
from app.core.db import db
from app.notices.queries import unread_count


@web.nav
def entries() -> list[dict[str, Any]]:
    """The entries for the present user; one query, for the number of unread messages."""
    if not current_user.is_authenticated:
        return []
    user = current_user._get_current_object()
    office = scopes(user, Permission.OFFICE_ENTER)
    teacher = has_role(user, Role.TEACHER)
    rows = [
        ("/", _("首頁"), "home", True),
        ("/certification/", _("認證專區"), "award", teacher),
        ("/reviews/", _("審查專區"), "review", has_role(user, Role.REVIEWER)),
        ("/office/", _("行政專區"), "office", bool(office)),
        ("/steward/", _("資料管理"), "table", bool(scopes(user, Permission.STEWARD_ENTER))),
        ("/toolbox/", _("功能專區"), "tools", teacher or has_role(user, Role.REVIEWER)),
        ("/messages/", _("訊息通知"), "bell", True),
        ("/downloads/", _("檔案下載"), "download", True),
        ("/tutorials/", _("操作教學"), "play", True),
        ("/profile/", _("個人資料"), "user", True),
    ]
    found: list[dict[str, Any]] = [
        {"url": url, "label": label, "icon": icon, "badge": 0} for url, label, icon, shown in rows if shown
    ]
    try:
        next(entry for entry in found if entry["url"] == "/messages/")["badge"] = unread_count(user)
    except OperationalError:
        # The page that says the database is away has this header, too.
        db.session.rollback()
    for entry in found:
        if entry["url"] == "/certification/":
            entry["covers"] = ["/cases/"]
    return found
