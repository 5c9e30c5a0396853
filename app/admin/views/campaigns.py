"""Campaigns: what they ask for; drafts are made, changed and published by the centre."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_appbuilder.actions import action
from flask_appbuilder.baseviews import expose
from flask_appbuilder.forms import DynamicForm
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from app.access.matrix import Permission
from app.access.policy import can
from app.admin import cells
from app.admin.base import OfficeModelView, actor, guarded
from app.admin.views.cases import county_filter
from app.campaigns import service
from app.campaigns.models import Campaign, CampaignState, Office
from app.campaigns.tracks import SLOTS
from app.cases.states import ROUND_LABELS, VERDICT_LABELS
from app.core import clock
from app.core.db import transaction
from app.core.errors import Invalid, PortalError
from app.core.tables import Order, one_of


def _number(label: object, low: int, high: int) -> IntegerField:
    return IntegerField(label, [InputRequired(), NumberRange(low, high)])


def _office(label: object) -> SelectField:
    return SelectField(
        label, choices=[SelectChoice(office.value, cells.OFFICES[office]) for office in Office]
    )


class CampaignForm(DynamicForm):
    """The numbers and dates of a draft; slots, verdicts and bands come with the copy."""

    label_year = _number(_l("學年度"), 100, 200)
    batch = _number(_l("Batch"), 1, 9)
    opens_on = DateField(_l("First day"), [InputRequired()])
    closes_on = DateField(_l("Last day"), [InputRequired()])
    cohorts = StringField(
        _l("研習年度"),
        [InputRequired(), Length(max=100)],
        description=_l("School years with commas: 115, 114"),
    )
    regular_months = _number(_l("Months as a regular teacher"), 0, 480)
    teaching_months = _number(_l("Months of teaching"), 0, 480)
    prerequisite_hours = _number(_l("Hours that replace the certificate asked for"), 0, 200)
    reviewers_per_case = _number(_l("Reviewers for each case"), 1, 5)
    revise_days = _number(_l("Days for mending"), 1, 365)
    appeal_days = _number(_l("Days for an appeal"), 1, 365)
    checking_office = _office(_l("Checks the forms"))
    assigning_office = _office(_l("Assigns the reviewers"))
    deciding_office = _office(_l("Decides"))
    issuing_office = _office(_l("Issues the numbers"))
    number_series = _number(_l("Series in the number"), 1, 999)


class CampaignView(OfficeModelView):
    """/office/campaigns/"""

    route_base = "/office/campaigns"
    model = Campaign
    permission = Permission.CAMPAIGN_VIEW
    edit_permission = Permission.CAMPAIGN_EDIT
    special_permits = {"copy": Permission.CAMPAIGN_EDIT, "publish": Permission.CAMPAIGN_EDIT}
    exclude_route_methods = {"add"}
    list_title = _l("Campaigns")
    show_title = _l("Campaign")
    edit_title = _l("Change a draft")
    list_columns = ["title", "state", "opens_at", "closes_at", "reviewers_per_case", "deciding_office"]
    show_columns = [
        *list_columns,
        *("cohorts", "regular_months", "teaching_months", "prerequisite_hours", "slots", "verdicts", "bands"),
        *(
            "revise_days",
            "appeal_days",
            "checking_office",
            "assigning_office",
            "issuing_office",
            "number_series",
        ),
    ]
    label_columns = {
        "title": _l("認證梯次"),
        "state": _l("狀態"),
        "opens_at": _l("First day"),
        "closes_at": _l("Last day"),
        "cohorts": _l("研習年度"),
        "slots": _l("Forms"),
        "verdicts": _l("Possible results"),
        "bands": _l("Bands of the sums"),
        **{name: getattr(CampaignForm, name).args[0] for name in (
            "regular_months", "teaching_months", "prerequisite_hours", "reviewers_per_case", "revise_days",
            "appeal_days", "checking_office", "assigning_office", "deciding_office", "issuing_office", "number_series",
        )},
    }  # fmt: skip
    filters = (
        one_of("state", _l("狀態"), Campaign.state, cells.CAMPAIGN_STATES),
        one_of("track", _l("Kind"), Campaign.track, cells.TRACK_NAMES),
        county_filter(Campaign, Permission.CAMPAIGN_VIEW),
    )
    orders = (
        Order("opens_at:new", _l("Newest first"), Campaign.opens_at, descending=True),
        Order("opens_at:old", _l("Oldest first"), Campaign.opens_at),
    )
    edit_form = CampaignForm

    def cell_title(self, row: Campaign) -> Any:
        return cells.link(url_for("CampaignView.show", pk=row.id), row.title)

    def cell_state(self, row: Campaign) -> Any:
        tone = {CampaignState.PUBLISHED: "ok", CampaignState.DRAFT: "neutral"}.get(row.state, "info")
        return cells.badge(cells.CAMPAIGN_STATES[row.state], tone)

    def cell_opens_at(self, row: Campaign) -> str:
        return cells.day(row.opens_at)

    def cell_closes_at(self, row: Campaign) -> str:
        return cells.day(row.closes_at)

    def cell_cohorts(self, row: Campaign) -> str:
        return ", ".join(map(str, row.cohorts))

    def cell_slots(self, row: Campaign) -> str:
        return ", ".join(str(SLOTS[code].title) for code in row.slot_codes)

    def cell_verdicts(self, row: Campaign) -> str:
        rounds = (
            (ROUND_LABELS[r], [VERDICT_LABELS[v] for v in VERDICT_LABELS if v in row.verdicts.get(r, [])])
            for r in ROUND_LABELS
        )
        return "; ".join(f"{label}: {', '.join(map(str, names))}" for label, names in rounds)

    def cell_bands(self, row: Campaign) -> str:
        lines = [
            f"{ROUND_LABELS[r]} {band['from']}-{band['to']}: {VERDICT_LABELS[band['verdict']]}"
            for r in ROUND_LABELS
            for band in row.bands.get(r, [])
        ]
        return "; ".join(lines) or _("no band defined")

    def may_change(self, row: Campaign) -> bool:
        return row.state is CampaignState.DRAFT

    @expose("/show/<pk>")
    @guarded
    def show(self, pk: str) -> Any:
        row = self.row(pk)
        facts = [(self.label_columns[name], self.cell(row, name)) for name in self.show_columns]
        user = actor()
        return render_template(
            "office/campaign.html",
            view=self,
            title=row.title,
            row=row,
            facts=facts,
            is_draft=self.may_change(row),
            may_edit=bool(can(user, Permission.CAMPAIGN_EDIT, row)),
            may_issue=bool(can(user, Permission.CERTIFICATE_ISSUE, row)),
        )

    def prefill_form(self, form: Any, row: Campaign) -> None:
        form.opens_on.data = clock.local(row.opens_at).date()
        form.closes_on.data = clock.local(row.closes_at).date()
        form.cohorts.data = self.cell_cohorts(row)

    def write(self, form: Any, row: Campaign | None) -> None:
        values = {
            name: value
            for name, value in form.data.items()
            if name not in ("opens_on", "closes_on", "csrf_token")
        }
        for name, value in values.items():
            if name.endswith("_office"):
                values[name] = Office(value)
        values["cohorts"] = _years(form.cohorts.data)
        first = datetime.combine(form.opens_on.data, time(0), clock.TAIPEI)
        values |= {"opens_at": clock.utc(first), "closes_at": clock.end_of_day(form.closes_on.data)}
        if values["opens_at"] >= values["closes_at"]:
            raise Invalid(_l("The last day comes before the first."), code="window", field="closes_on")
        assert row is not None
        service.change_campaign(actor(), row, **values)

    @action("copy", _l("Copy for the next year"), icon="plus", multiple=False)
    def copy_rows(self, rows: Sequence[Campaign]) -> Any:
        user = actor()
        with transaction():
            draft = service.copy_campaign(user, rows[0])
            address = url_for("CampaignView.edit", pk=draft.id)
        flash(_("A draft was made. Look through it and publish it when it is right."), "success")
        return redirect(address)

    @action(
        "publish",
        _l("Publish"),
        confirmation=_l("A published campaign does not change any more."),
        icon="check",
        multiple=False,
    )
    def publish_rows(self, rows: Sequence[Campaign]) -> Any:
        address = url_for("CampaignView.show", pk=rows[0].id)
        try:
            with transaction():
                service.publish_campaign(actor(), rows[0])
            flash(_("The campaign is published."), "success")
        except PortalError as error:
            flash(str(error.message), "danger")
        return redirect(address)


def _years(typed: str) -> list[int]:
    """115, 114 -> [115, 114]; `Invalid` for anything else."""
    parts = [part.strip() for part in typed.replace("、", ",").replace("，", ",").split(",")]
    if not all(part.isdecimal() and part.isascii() and 90 <= int(part) <= 200 for part in parts):
        raise Invalid(_l("Write school years with commas, like 115, 114."), code="cohorts", field="cohorts")
    return [int(part) for part in parts]
