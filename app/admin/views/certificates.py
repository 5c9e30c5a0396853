"""Certificates: the register, and numbers for all passed cases of a campaign."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_appbuilder.baseviews import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import visible
from app.admin import cells
from app.admin.base import OfficeModelView, actor, guarded
from app.admin.views.cases import county_filter
from app.campaigns.models import Campaign
from app.cases import workflow
from app.cases.models import Case
from app.cases.states import State
from app.core.db import db
from app.core.tables import Filter, Order, one_of, whole_number
from app.people.models import Certificate


def holder_filter(model: Any) -> Filter:
    """A text field for the person's name or account, for any model with a `user_id`."""

    def clause(typed: str) -> Any:
        name = PortalUser.display_name.icontains(typed, autoescape=True)
        account = PortalUser.username.icontains(typed, autoescape=True)
        return model.user_id.in_(select(PortalUser.id).where(name | account))

    return Filter("person", _l("Name"), clause)


def person(model: Any) -> tuple[Any, ...]:
    """Load the person of a row without what stands behind the account."""
    relation = joinedload(model.user)
    return (relation.lazyload(PortalUser.county), relation.lazyload(PortalUser.school))


class CertificateView(OfficeModelView):
    """/office/certificates/"""

    route_base = "/office/certificates"
    model = Certificate
    permission = Permission.CERTIFICATE_VIEW
    special_permits = {"can_batch": Permission.CERTIFICATE_ISSUE}
    list_title = _l("Certificates")
    show_title = _l("Certificate")
    list_columns = [
        "number",
        "user.name",
        "track",
        "county.label",
        "school_year",
        "state",
        "issued_at",
        "announced_at",
    ]
    show_columns = [*list_columns, "verify_code", "case_id"]
    label_columns = {
        "number": _l("證號"),
        "user.name": _l("Name"),
        "track": _l("Kind"),
        "county.label": _l("縣市"),
        "school_year": _l("學年度"),
        "state": _l("狀態"),
        "issued_at": _l("Issued"),
        "announced_at": _l("Announced"),
        "verify_code": _l("Code for checking"),
        "case_id": _l("案件"),
    }
    filters = (
        Filter("number", _l("證號"), lambda typed: Certificate.number.icontains(typed, autoescape=True)),
        holder_filter(Certificate),
        one_of("state", _l("狀態"), Certificate.state, cells.CERTIFICATE_STATES),
        one_of("track", _l("Kind"), Certificate.track, cells.TRACK_NAMES),
        county_filter(Certificate, Permission.CERTIFICATE_VIEW),
    )
    orders = (Order("new", _l("Newest first"), Certificate.id, descending=True),)
    options = person(Certificate)

    def cell_number(self, row: Certificate) -> Any:
        return cells.link(url_for("CertificateView.show", pk=row.id), row.number)

    def cell_track(self, row: Certificate) -> Any:
        return cells.TRACK_NAMES.get(row.track, row.track)  # type: ignore[call-overload]

    def cell_case_id(self, row: Certificate) -> Any:
        return cells.link(url_for("CaseView.show", pk=row.case_id), f"#{row.case_id}") if row.case_id else ""

    @expose("/batch/<name>/<pk>", methods=["GET"])
    @guarded
    def batch(self, name: str, pk: str) -> Any:
        """All cases of a campaign that wait for a number (or for the announcement): look first, then do."""
        source = {"issue": State.PASSED, "announce": State.ISSUED}.get(name)
        number = whole_number(pk)
        campaign = db.session.get(Campaign, number) if number else None
        if source is None or campaign is None:
            abort(404)
        user = actor()
        allowed = visible(user, Case, Permission.CERTIFICATE_ISSUE)
        query = select(Case).where(Case.campaign_id == campaign.id, Case.state == source, allowed)
        cases = sorted(db.session.scalars(query), key=lambda c: (c.school.code, c.applicant_id))
        if not cases:
            flash(_("There is no case to do this to."), "info")
            return redirect(url_for("CampaignView.list"))
        transition = workflow.BY_NAME[name]
        rows = [(case, workflow.answer(workflow.Context(case, transition, user))) for case in cases]
        return render_template("office/preview.html", view=None, step=transition, rows=rows, outcome=None)
