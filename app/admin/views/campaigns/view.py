"""/office/campaigns/: the list, a campaign's page, its draft as a form, the comparison with last year's."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder.actions import action
from flask_appbuilder.baseviews import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission, Scope
from app.access.models import PortalUser
from app.access.policy import can, scopes
from app.admin import cells
from app.admin.base import OfficeModelView, actor, guarded
from app.admin.views.campaigns import words
from app.admin.views.campaigns.form import RulesForm
from app.admin.views.campaigns.steps import CampaignSteps
from app.admin.views.cases import county_filter
from app.campaigns import eligibility, queries, service
from app.campaigns.models import Campaign, CampaignState
from app.campaigns.simulation import applicants
from app.campaigns.tracks import TRACKS
from app.core import clock, versions
from app.core.db import db, transaction
from app.core.errors import Invalid, PortalError
from app.core.tables import Filter, Order, one_of, whole_number
from app.forms.base import differences
from app.reports.simulation import outcomes


def _everywhere(user: PortalUser) -> bool:
    return Scope.NATION in scopes(user, Permission.CAMPAIGN_EDIT)


class CampaignView(CampaignSteps, OfficeModelView):
    """The campaigns that the visitor may see."""

    route_base = "/office/campaigns"
    model = Campaign
    permission = Permission.CAMPAIGN_VIEW
    edit_permission = Permission.CAMPAIGN_EDIT
    special_permits = {
        "copy": Permission.CAMPAIGN_EDIT,
        "can_copy_to": Permission.CAMPAIGN_EDIT,
        **CampaignSteps.step_permits,
    }
    exclude_route_methods = {"add"}
    list_title = _l("Campaigns")
    show_title = _l("Campaign")
    list_columns = ["title", "state", "opens_at", "closes_at", "deciding_office", "waits"]
    # The form is written by hand; none is generated from the columns.
    add_columns = edit_columns = ["label_year"]
    edit_form = RulesForm
    label_columns = {
        "title": _l("認證梯次"),
        "state": _l("狀態"),
        "opens_at": _l("Opens"),
        "closes_at": _l("Closes"),
        "deciding_office": _l("Decides"),
        "waits": _l("Waiting"),
    }
    filters = (
        one_of("state", _l("狀態"), Campaign.state, cells.CAMPAIGN_STATES),
        one_of("track", _l("Kind"), Campaign.track, cells.TRACK_NAMES),
        county_filter(Campaign, Permission.CAMPAIGN_VIEW),
        Filter(
            "waiting",
            _l("Waiting"),
            lambda typed: queries.waits_for(actor()) if typed == "me" else ~queries.waits_for(actor()),
            lambda: [("me", _("For my approval")), ("no", _("Not for my approval"))],
        ),
    )
    orders = (
        Order("opens_at:new", _l("Newest first"), Campaign.opens_at, descending=True),
        Order("opens_at:old", _l("Oldest first"), Campaign.opens_at),
    )

    def cell_title(self, row: Campaign) -> Any:
        return cells.link(url_for("CampaignView.show", pk=row.id), row.title)

    def cell_state(self, row: Campaign) -> Any:
        return cells.badge(cells.CAMPAIGN_STATES[row.state], cells.CAMPAIGN_TONES[row.state])

    def cell_waits(self, row: Campaign) -> Any:
        """What the visitor is asked for."""
        if row.state is not CampaignState.PROPOSED:
            return ""
        mine = row.proposed_by_id == actor().id
        asked = not mine and bool(can(actor(), Permission.CAMPAIGN_APPROVE, row))
        return cells.badge(_("For my approval"), "warn") if asked else _("For somebody's approval")

    def may_change(self, row: Campaign) -> bool:
        return row.state is CampaignState.DRAFT

    # -- one campaign ----------------------------------------------------------------------------------------

    @expose("/show/<pk>")
    @guarded
    def show(self, pk: str) -> Any:
        return self.page(self.row(pk))

    def page(self, row: Campaign, error: PortalError | None = None) -> Any:
        """The campaign with its steps; after a refusal with the reason and everything that was typed."""
        user = actor()
        after = row.state in (CampaignState.PUBLISHED, CampaignState.CLOSED)
        answer = render_template(
            "office/campaign.html",
            view=self,
            title=row.title,
            row=row,
            state=self.cell_state(row),
            sections=words.facts(row),
            gaps=words.gap_lines(row),
            broken=service.broken_rule(row) if row.state is CampaignState.DRAFT else "",
            last=queries.predecessor(row),
            after=after,
            is_over=clock.passed(queries.latest_close(row)),
            extensions=queries.extensions(row) if after else [],
            may={
                "edit": bool(can(user, Permission.CAMPAIGN_EDIT, row)),
                "approve": bool(can(user, Permission.CAMPAIGN_APPROVE, row)),
                "issue": bool(can(user, Permission.CERTIFICATE_ISSUE, row)),
                "send_back": service.may_send_back(user, row),
            },
            # Who reaches every county may begin another one's rules with these.
            counties=[c for c in queries.counties() if c.id != row.county_id] if _everywhere(user) else [],
            history=words.history(row),
            error=error,
            typed=request.form if request.method == "POST" else {},
            words=words,
            cells=cells,
        )
        return answer, error.status if error else 200

    @expose("/compare/<pk>")
    @guarded
    def compare(self, pk: str) -> Any:
        """What differs from the campaign that this one follows."""
        row = self.row(pk)
        last = queries.predecessor(row)
        return render_template(
            "office/campaign_compare.html",
            view=self,
            title=_("What is new"),
            row=row,
            last=last,
            rows=words.difference(last, row) if last else [],
        )

    @expose("/simulate/<pk>")
    @guarded
    def simulate(self, pk: str) -> Any:
        """Who could apply, and which open cases would come out otherwise, if these rules held."""
        row = self.row(pk)
        last = queries.predecessor(row)
        return render_template(
            "office/campaign_simulate.html",
            view=self,
            title=_("Try it out"),
            row=row,
            last=last,
            who=applicants(last, row),
            check_names=eligibility.LABELS,
            found=outcomes(actor(), row),
            # The steward sees how many, not who.
            may_see_people=bool(can(actor(), Permission.PROFILE_VIEW, row)),
            may_see_cases=bool(can(actor(), Permission.CASE_VIEW, row)),
            cells=cells,
        )

    # -- the draft -------------------------------------------------------------------------------------------

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @guarded
    def edit(self, pk: str) -> Any:
        row = self.row(pk, self.edit_permission)
        if request.method == "GET":
            return self._rules(row, RulesForm(row)) if self.may_change(row) else redirect(self._show_url(row))
        versions.lock(Campaign, row.id)
        db.session.expire_all()
        form, stored = RulesForm(row, request.form), RulesForm(row)
        if shown := form.apply_row_action(request.form):
            return self._rules(row, form, shown=shown)
        seen = request.form.get("version", "")
        if seen and seen != stored.digest():
            return self._both(row, form, stored)
        form.resolve(request.form, stored)
        form.look_again()
        if form.problems():
            return self._rules(row, form, checked=True), 422
        try:
            with transaction():
                service.change_campaign(actor(), row, **form.values())
        except PortalError as error:
            return self._rules(row, form, error=error), error.status
        flash(_("Saved."), "success")
        return redirect(self._show_url(row))

    def _show_url(self, row: Campaign) -> str:
        return url_for("CampaignView.show", pk=row.id)

    def _rules(self, row: Campaign, form: RulesForm, *, checked: bool = False, **more: Any) -> str:
        return render_template(
            "office/campaign_form.html",
            view=self,
            title=_("Change a draft"),
            row=row,
            form=form,
            checked=checked,
            seen=request.form.get("version") or form.digest(),
            key=f"campaignview-{row.id}",
            letter=TRACKS[row.track].letter,
            **more,
        )

    def _both(self, row: Campaign, form: RulesForm, stored: RulesForm) -> Any:
        """Somebody else saved the draft meanwhile: both versions, a choice for each field."""
        return render_template(
            "office/compare.html",
            mine=form,
            rows=differences(form, stored),
            version=stored.digest(),
            title=row.title,
            back=url_for("CampaignView.edit", pk=row.id),
        ), 409

    @expose("/copy_to/<pk>", methods=["POST"])
    @guarded
    def copy_to(self, pk: str) -> Any:
        """A draft for the county that the form names."""
        row, number = self.row(pk), whole_number(request.form.get("county", ""))
        county = next((c for c in queries.counties() if c.id == number), None)
        if county is None:
            return self.page(row, Invalid(_l("Choose a county."), code="county", field="county"))
        return self._copied(row, county=county)

    @action("copy", _l("Copy for the next year"), icon="plus", multiple=False)
    def copy_rows(self, rows: Sequence[Campaign]) -> Any:
        return self._copied(rows[0])

    def _copied(self, row: Campaign, **more: Any) -> Any:
        with transaction():
            draft = service.copy_campaign(actor(), row, **more)
            address = url_for("CampaignView.edit", pk=draft.id)
        flash(_("A draft was made. Look through it and propose it when it is right."), "success")
        return redirect(address)
