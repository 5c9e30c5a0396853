"""Which office holds a case, and whether somebody may act for it."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.access.matrix import ROLE_LABELS, Role
from app.access.policy import YES, Answer, has_role
from app.cases.models import Case
from app.cases.states import STATES, Holder
from app.cases.workflow import Context, guard

_OFFICE_ROLE = {"county": Role.COUNTY, "centre": Role.CENTRE}


def office_of(case: Case, holder: Holder) -> Role | None:
    """The role whose office holds the case, None when a person does."""
    campaign = case.campaign
    office = {
        Holder.CHECKING: campaign.checking_office,
        Holder.ASSIGNING: campaign.assigning_office,
        Holder.DECIDING: campaign.deciding_office,
        Holder.ISSUING: campaign.issuing_office,
    }.get(holder)
    return _OFFICE_ROLE[office.value] if office else None


def holder_label(case: Case) -> str:
    """Who holds the case now, in words (桃園市教專中心, 認證中心, 審查委員, 教師)."""
    holder = case.info.holder
    office = office_of(case, holder)
    if office is Role.COUNTY:
        return str(_l("%(county)s教專中心", county=case.county.label))
    if office is not None:
        return str(ROLE_LABELS[office])
    labels = {Holder.TEACHER: Role.TEACHER, Holder.REVIEWERS: Role.REVIEWER}
    return str(ROLE_LABELS[labels[holder]]) if holder in labels else "—"


def in_charge(actor: Any, case: Case, holder: Holder) -> Answer:
    """Whether `actor` may act for the office that holds the case as `holder`; nobody does in the own case."""
    if actor is not None and actor.id == case.applicant_id:
        return Answer(False, _l("Nobody acts for an office in the own case."))
    role = office_of(case, holder)
    if role is None or (has_role(actor, role) and (role is Role.CENTRE or actor.county_id == case.county_id)):
        return YES
    return Answer(False, _l("In this campaign this step belongs to: %(office)s.", office=ROLE_LABELS[role]))


@guard
def office_in_charge(ctx: Context) -> Answer:
    """Each step belongs to the office that the campaign names, and to nobody in the own case."""
    return in_charge(ctx.actor, ctx.case, ctx.transition.office or STATES[ctx.case.state].holder)
