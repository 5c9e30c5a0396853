"""Giving certificate numbers: one counter row per series, locked while a number is drawn."""

import secrets
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import can, require
from app.campaigns.models import Campaign, Office
from app.campaigns.tracks import TRACKS
from app.cases import workflow
from app.cases.locks import lock
from app.cases.models import Case
from app.cases.states import State
from app.certificates.models import NumberSeries
from app.core.db import db
from app.core.errors import PortalError
from app.people.models import Certificate, CertificateState

# No 0/O, 1/I/L: the code is read aloud and typed from paper.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def issue(actor: PortalUser, case: Case) -> Certificate:
    """產證 for one passed case: draw the next number of its series and move the case.

    Raises `PortalError` when the case has not passed; a second call finds it issued already.
    """
    case = lock(case.id)
    require(actor, Permission.CERTIFICATE_ISSUE, case)
    if case.state is not State.PASSED:
        raise PortalError(_l("Only a case that has passed can be given a number."), code="not_passed")
    allowed = workflow.answer(workflow.Context(case, workflow.BY_NAME["issue"], actor))
    if not allowed:
        raise PortalError(allowed.reason, code="not_possible")
    campaign = case.campaign
    certificate = Certificate(
        user_id=case.applicant_id,
        track=case.track,
        county_id=case.county_id,
        school_year=campaign.label_year,
        number=draw_number(campaign),
        state=CertificateState.ISSUED,
        case_id=case.id,
        verify_code="".join(secrets.choice(_ALPHABET) for _ in range(12)),
    )
    db.session.add(certificate)
    db.session.flush()
    workflow.fire(actor, case, "issue")
    certificate.issued_at = case.state_since
    db.session.flush()
    return certificate


def issue_batch(actor: PortalUser, *, campaign: Campaign) -> list[Certificate]:
    """Numbers for all passed cases of the campaign but the actor's own, in a repeatable order (school code, person);
    all or none."""
    # Every case before the counter, as `issue` does for one: two offices at once cannot wait for each other.
    waiting = select(Case).where(Case.campaign_id == campaign.id, Case.state == State.PASSED)
    db.session.scalars(
        waiting.order_by(Case.id).with_for_update(of=Case).execution_options(populate_existing=True)
    ).all()
    cases = passed_cases(campaign)
    mine = [case for case in cases if case.applicant_id != actor.id]
    return [issue(actor, case) for case in mine if can(actor, Permission.CERTIFICATE_ISSUE, case)]


def issuer(campaign: Campaign, *, username: str = "") -> PortalUser:
    """Who issues when no person is at a screen: that account, else the first active one of the issuing office.

    Raises `PortalError` when there is none.
    """
    query = select(PortalUser).where(PortalUser.active).order_by(PortalUser.id).limit(1)
    if username:
        query = query.where(PortalUser.username == username)
    else:
        query = query.where(PortalUser.roles.any(name=campaign.issuing_office.value))
        if campaign.issuing_office is Office.COUNTY:
            query = query.where(PortalUser.county_id == campaign.county_id)
    user = db.session.scalar(query)
    if user is None:
        raise PortalError(
            _l("There is no active account that could issue these certificates."), code="no_issuer"
        )
    require(user, Permission.CERTIFICATE_ISSUE)
    return user


def passed_cases(campaign: Campaign) -> Sequence[Case]:
    """The campaign's cases that wait for a number, in the order in which they would get one."""
    cases = db.session.scalars(
        select(Case)
        .where(Case.campaign_id == campaign.id, Case.state == State.PASSED)
        .options(joinedload(Case.school))
    ).all()
    return sorted(cases, key=lambda c: (c.school.code, c.applicant_id))


def announce(actor: PortalUser, case: Case) -> Case:
    """公告 one issued certificate."""
    return workflow.fire(actor, case, "announce")


def draw_number(campaign: Campaign) -> str:
    """The next number of the campaign's series; the counter row stays locked until the transaction ends."""
    key: dict[str, Any] = {
        "county_id": campaign.county_id,
        "letter": TRACKS[campaign.track].letter,
        "school_year": campaign.label_year,
        "series": campaign.number_series,
    }
    query = select(NumberSeries).filter_by(**key).with_for_update().execution_options(populate_existing=True)
    counter = db.session.scalar(query)
    if counter is None:
        try:
            with db.session.begin_nested():
                db.session.add(NumberSeries(**key))
        except IntegrityError:
            pass  # another transaction opened the series first
        counter = db.session.scalars(query).one()
    while True:
        serial, counter.next_serial = counter.next_serial, counter.next_serial + 1
        number = campaign.number_template.format(
            county=campaign.county.short_name,
            letter=key["letter"],
            year=campaign.label_year,
            series=campaign.number_series,
            serial=serial,
        )
        # An imported certificate may bear a number of this very series; it is taken, not given twice.
        if not _taken(campaign, number):
            break
    db.session.flush()
    return number


def _taken(campaign: Campaign, number: str) -> bool:
    # Whatever the track: a mentor's and a renewal's numbers share letter and counter.
    query = select(Certificate.id).where(
        Certificate.county_id == campaign.county_id, Certificate.number == number
    )
    return db.session.scalar(query) is not None
