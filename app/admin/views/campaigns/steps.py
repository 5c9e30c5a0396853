"""The steps of one campaign: propose, approve, send back, extend, add a missing band, close."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from flask import flash, redirect, request, url_for
from flask_appbuilder.baseviews import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.admin.base import actor, guarded
from app.campaigns import queries, service
from app.campaigns.models import Campaign, CampaignAmendment
from app.core import clock
from app.core.db import transaction
from app.core.errors import Invalid, PortalError
from app.core.tables import whole_number
from app.forms.dates import parse_date
from app.reference.models import School


class CampaignSteps:
    """Routes under /office/campaigns/ that move one campaign."""

    step_permits: ClassVar[dict[str, Permission]] = {
        "can_propose": Permission.CAMPAIGN_EDIT,
        "can_approve": Permission.CAMPAIGN_APPROVE,
        # The proposer takes the own proposal back, others need the right to approve: the service asks.
        "can_send_back": Permission.CAMPAIGN_VIEW,
        "can_close": Permission.CAMPAIGN_APPROVE,
        "can_extend": Permission.CAMPAIGN_APPROVE,
        "can_amend": Permission.CAMPAIGN_EDIT,
        "can_approve_band": Permission.CAMPAIGN_APPROVE,
        "can_refuse_band": Permission.CAMPAIGN_VIEW,
    }
    row: Callable[..., Campaign]
    page: Callable[..., Any]

    def _step(self, pk: str, step: Callable[[Campaign], Any], done: str) -> Any:
        """Run `step` on the campaign in one transaction and go back to its page."""
        campaign = self.row(pk)
        try:
            with transaction():
                step(campaign)
        except PortalError as error:
            return self.page(self.row(pk), error)
        flash(done, "success")
        return redirect(url_for("CampaignView.show", pk=pk))

    @expose("/propose/<pk>", methods=["POST"])
    @guarded
    def propose(self, pk: str) -> Any:
        user = actor()
        done = _("The draft is proposed; a second person publishes it.")
        return self._step(pk, lambda row: service.propose_campaign(user, row), done)

    @expose("/approve/<pk>", methods=["POST"])
    @guarded
    def approve(self, pk: str) -> Any:
        user, seen = actor(), request.form.get("seen", "")
        done = _("The campaign is published.")
        return self._step(pk, lambda row: service.approve_campaign(user, row, seen=seen), done)

    @expose("/send_back/<pk>", methods=["POST"])
    @guarded
    def send_back(self, pk: str) -> Any:
        user, reason = actor(), request.form.get("reason", "")
        done = _("The proposal is a draft again.")
        return self._step(pk, lambda row: service.send_back_campaign(user, row, reason=reason), done)

    @expose("/close/<pk>", methods=["POST"])
    @guarded
    def close(self, pk: str) -> Any:
        user = actor()
        return self._step(pk, lambda row: service.close_campaign(user, row), _("The campaign is closed."))

    @expose("/extend/<pk>", methods=["POST"])
    @guarded
    def extend(self, pk: str) -> Any:
        user = actor()

        def step(campaign: Campaign) -> Any:
            school, person = _whom(campaign)
            return service.extend_campaign(
                user,
                campaign,
                until=_until(),
                reason=request.form.get("reason", ""),
                school=school,
                user=person,
            )

        return self._step(pk, step, _("The window is longer now."))

    @expose("/amend/<pk>", methods=["POST"])
    @guarded
    def amend(self, pk: str) -> Any:
        user = actor()

        def step(campaign: Campaign) -> Any:
            return service.propose_amendment(
                user,
                campaign,
                round_=request.form.get("round", ""),
                low=_sum("low"),
                high=_sum("high"),
                verdict=request.form.get("verdict", ""),
                reason=request.form.get("reason", ""),
            )

        return self._step(pk, step, _("The band is proposed; it counts once a second person approves it."))

    @expose("/approve_band/<pk>", methods=["POST"])
    @guarded
    def approve_band(self, pk: str) -> Any:
        user = actor()
        done = _("The band counts from now on.")
        return self._step(pk, lambda row: service.approve_amendment(user, _band(row)), done)

    @expose("/refuse_band/<pk>", methods=["POST"])
    @guarded
    def refuse_band(self, pk: str) -> Any:
        user, reason = actor(), request.form.get("reason", "")
        return self._step(
            pk,
            lambda row: service.refuse_amendment(user, _band(row), reason=reason),
            _("The proposed band was dropped."),
        )


def _band(campaign: Campaign) -> CampaignAmendment:
    """The band that the form names, of this campaign."""
    number = whole_number(request.form.get("band", ""))
    found = next((row for row in campaign.amendments if row.id == number), None)
    if found is None:
        raise PortalError(_l("This band is not there any more."), code="gone")
    return found


def _sum(name: str) -> int:
    typed = request.form.get(name, "").strip()
    # A generous correction makes a sum below nothing.
    if re.fullmatch(r"-?[0-9]{1,3}", typed) is None:
        raise Invalid(_l("Write a whole number."), code="number", field=name)
    return int(typed)


def _until() -> datetime:
    """The typed last second."""
    day = parse_date(request.form.get("until_day", ""))
    if day is None:
        raise Invalid(_l("Write the day like 2026-06-30."), code="day", field="until_day")
    try:
        moment = datetime.strptime(
            request.form.get("until_time", "").strip() or "23:59:59", "%H:%M:%S"
        ).time()
    except ValueError as error:
        raise Invalid(_l("Write the time like 23:59:59."), code="time", field="until_time") from error
    return clock.utc(datetime.combine(day, moment, clock.TAIPEI))


def _whom(campaign: Campaign) -> tuple[School | None, PortalUser | None]:
    """The school or the person whom the form names; neither for the whole campaign."""
    reach, typed = request.form.get("reach", ""), request.form.get("whom", "").strip()
    if reach not in ("all", "school", "person"):
        raise Invalid(_l("Choose for whom."), code="reach", field="reach")
    if reach == "all":
        return None, None
    if reach == "school":
        school = queries.school_of(campaign, typed)
        if school is None:
            message = _l("There is no school with this code in the county of the campaign.")
            raise Invalid(message, code="unknown_school", field="whom")
        return school, None
    person = queries.teacher_of(campaign, typed)
    if person is None:
        message = _l("There is no teacher with this account in the county of the campaign.")
        raise Invalid(message, code="unknown_person", field="whom")
    return None, person
