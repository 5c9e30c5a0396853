"""The menu at the side of the offices' pages, by right."""

from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

GROUPS = (
    (
        _l("Certification"),
        ("CaseView", "ProposalView", "AssignmentView", "ReviewerView", "CertificateView", "CampaignView"),
    ),
    (_l("Teachers"), ("ProfileView", "TrainingView")),
    (_l("Operation"), ("MailView", "UserView", "AuditView")),
)


def office_menu() -> list[tuple[str, list[dict[str, Any]]]]:
    """[(heading, [{label, url, active}, ...]), ...]: the lists that the visitor may open."""
    views = {type(view).__name__: view for view in current_app.extensions["appbuilder"].baseviews}
    home = {
        "label": _("Overview"),
        "url": url_for("OfficeHome.index"),
        "active": request.endpoint == "OfficeHome.index",
    }
    groups: list[tuple[str, list[dict[str, Any]]]] = [("", [home])]
    for heading, names in GROUPS:
        items = [
            {
                "label": views[name].list_title,
                "url": url_for(f"{name}.list"),
                "active": request.blueprint == name,
            }
            for name in names
            if views[name].may("list")
        ]
        if items:
            groups.append((str(heading), items))
    return groups
