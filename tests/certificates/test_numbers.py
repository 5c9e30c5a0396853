"""Certificate numbers: their form, one series without gap or double, batches, the announcement, the check code."""

import re
from datetime import datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.access.matrix import Role
from app.access.models import PortalUser
from app.campaigns.models import Campaign, Office
from app.cases.models import Case
from app.cases.states import State, Verdict
from app.certificates import service
from app.certificates.models import NumberSeries
from app.core import clock
from app.core.clock import TAIPEI
from app.core.db import db, transaction
from app.core.errors import Forbidden, PortalError
from app.core.outbox import OutboxMail
from app.notices.models import Message
from app.people import service as people
from app.people.models import Certificate, CertificateState
from app.people.queries import certificate_by_code
from tests import factories
from tests.factories import decided

FIRST = "桃園證號第B115002001號"


def passed(there, at_school=None, count=1):
    """Passed cases of new teachers; the reviews are not what is tested here."""
    made = []
    for _ in range(count):
        there.teacher = factories.teacher(at_school)
        made.append(factories.place(factories.sent(there), State.PASSED))
    return made


def numbers(db_session):
    return sorted(db_session.scalars(select(Certificate.number).where(Certificate.case_id.is_not(None))))


def test_the_number_has_the_form_that_the_screens_show(there):
    certificate = service.issue(there.centre, decided(there, Verdict.PASS))
    assert certificate.number == FIRST
    assert (certificate.school_year, certificate.track, certificate.user_id) == (
        115,
        "advanced",
        there.teacher.id,
    )
    assert certificate.state is CertificateState.ISSUED
    assert certificate.issued_at == db.session.get(Case, certificate.case_id).state_since


@pytest.mark.parametrize("place", ["新竹市", "新竹縣", "嘉義市", "嘉義縣", "連江"])
def test_ambiguous_counties_print_their_full_name(db_session, place):
    campaign = factories.campaign(factories.county(place))
    assert service.draw_number(campaign) == f"{place}證號第B115002001號"


def test_a_campaign_may_have_another_form(db_session):
    campaign = factories.campaign(number_template="{letter}-{year}-{series}-{serial:05d}", number_series=7)
    assert [service.draw_number(campaign) for _ in range(2)] == ["B-115-7-00001", "B-115-7-00002"]


def test_each_county_year_and_series_counts_by_itself(db_session):
    here = factories.campaign()
    others = [
        factories.campaign(factories.county("連江")),
        factories.campaign(label_year=116),
        factories.campaign(batch=2, number_series=3),
    ]
    assert service.draw_number(here) == FIRST
    assert [service.draw_number(c)[-4:-1] for c in others] == ["001"] * 3
    # A further batch of the same series goes on where the first one stands.
    assert service.draw_number(factories.campaign(batch=3)) == "桃園證號第B115002002號"


def test_an_imported_number_of_the_same_series_is_not_given_again(there, db_session):
    for taken in (FIRST, "桃園證號第B115002003號"):
        people.import_certificate(
            None,
            user=there.reviewers[0],
            track="advanced",
            county_id=there.campaign.county_id,
            school_year=115,
            number=taken,
        )
    given = [service.issue(there.centre, case).number[-4:-1] for case in passed(there, count=2)]
    assert given == ["002", "004"]


# -- who and when -------------------------------------------------------------------------------------------


def test_only_a_passed_case_gets_a_number_and_only_once(there):
    case = factories.sent(there)
    with pytest.raises(PortalError) as refusal:
        service.issue(there.centre, case)
    assert refusal.value.code == "not_passed"
    case = factories.place(case, State.PASSED)
    service.issue(there.centre, case)
    with pytest.raises(PortalError) as refusal:
        service.issue(there.centre, case)
    assert refusal.value.code == "not_passed"


def test_the_issuing_office_issues(there):
    (case,) = passed(there)
    with pytest.raises(PortalError):
        service.issue(there.county, case)
    for stranger in (
        there.teacher,
        there.reviewers[0],
        factories.account(Role.COUNTY, place=factories.county("連江")),
    ):
        with pytest.raises(Forbidden):
            service.issue(stranger, case)
    assert service.draw_number(there.campaign) == FIRST


def test_a_county_issues_for_its_own_cases(db_session):
    there = factories.world(issuing_office=Office.COUNTY)
    (case,) = passed(there)
    stranger = factories.account(Role.COUNTY, place=factories.county("連江"))
    assert service.issue_batch(stranger, campaign=there.campaign) == []
    assert [c.case_id for c in service.issue_batch(there.county, campaign=there.campaign)] == [case.id]


# -- no gap, no double --------------------------------------------------------------------------------------


def test_a_failed_step_gives_its_number_back(there, db_session, monkeypatch):
    first, second = passed(there, count=2)
    db_session.commit()

    def broken(*_args, **_kwargs):
        raise RuntimeError("no")

    with monkeypatch.context() as patch:
        patch.setattr("app.certificates.service.workflow.fire", broken)
        with pytest.raises(RuntimeError), transaction():
            service.issue(there.centre, first)
    assert numbers(db_session) == []
    assert db_session.get(Case, first.id).state is State.PASSED
    with transaction():
        assert service.issue(there.centre, second).number == FIRST


def test_an_aborted_batch_leaves_nothing(there, db_session, monkeypatch):
    cases = passed(there, count=3)
    db_session.commit()
    told, real = db_session.scalar(select(func.count(Message.id))), service.workflow.fire

    def third_fails(actor, case, name, **more):
        if case.id == cases[2].id:
            raise RuntimeError("disk full")
        return real(actor, case, name, **more)

    with monkeypatch.context() as patch:
        patch.setattr(service.workflow, "fire", third_fails)
        with pytest.raises(RuntimeError), transaction():
            service.issue_batch(there.centre, campaign=there.campaign)
    assert numbers(db_session) == []
    assert db_session.scalar(select(func.count(Message.id))) == told
    assert db_session.scalars(select(NumberSeries)).all() == []


def test_many_draw_at_once(there, together, db_session):
    cases = [case.id for case in passed(there, count=6)]
    centre_id = there.centre.id

    def issue(case_id):
        return lambda: (
            service.issue(db.session.get(PortalUser, centre_id), db.session.get(Case, case_id)).number
        )

    results = together(*(issue(case_id) for case_id in cases))
    assert sorted(results) == [f"桃園證號第B11500200{n}號" for n in range(1, 7)]
    assert db_session.scalars(select(NumberSeries.next_serial)).one() == 7


def test_a_batch_beside_single_steps_and_another_batch(there, together, db_session):
    """Nobody waits for the other for ever, and every case has one number."""
    cases = [case.id for case in passed(there, count=5)]
    centre_id, campaign_id = there.centre.id, there.campaign.id

    def batch():
        return len(
            service.issue_batch(
                db.session.get(PortalUser, centre_id), campaign=db.session.get(Campaign, campaign_id)
            )
        )

    def single(case_id):
        return lambda: (
            service.issue(db.session.get(PortalUser, centre_id), db.session.get(Case, case_id)).number
        )

    together(batch, single(cases[4]), batch, single(cases[2]))
    assert numbers(db_session) == [f"桃園證號第B11500200{n}號" for n in range(1, 6)]
    assert set(db_session.scalars(select(Case.state))) == {State.ISSUED}


def test_the_batch_has_an_order_that_can_be_repeated(there, db_session):
    schools = [factories.school(number=n) for n in (2, 0, 1)]
    cases = [case for place in schools for case in passed(there, place, count=2)]
    db_session.commit()
    expected = [c.id for c in sorted(cases, key=lambda c: (c.school.code, c.applicant_id))]
    assert [c.id for c in service.passed_cases(there.campaign)] == expected

    for _ in range(2):  # taken back, the batch gives the same numbers again
        issued = service.issue_batch(there.centre, campaign=there.campaign)
        assert [c.case_id for c in issued] == expected
        assert [c.number[-4:-1] for c in issued] == ["001", "002", "003", "004", "005", "006"]
        db_session.rollback()


def test_a_batch_takes_its_own_campaign_only(there, db_session):
    (mine,) = passed(there)
    there.campaign = factories.campaign(label_year=116)
    passed(there)
    assert [c.case_id for c in service.issue_batch(there.centre, campaign=mine.campaign)] == [mine.id]


def test_the_database_refuses_a_double(there, db_session):
    first, second = passed(there, count=2)
    given = service.issue(there.centre, first)
    db_session.commit()
    columns = {
        "user_id": there.teacher.id,
        "track": "advanced",
        "school_year": 115,
        "state": CertificateState.ISSUED,
    }
    for wrong in (
        {"number": given.number, "county_id": given.county_id, "case_id": second.id},
        {"number": "x", "county_id": given.county_id, "case_id": first.id},
        {"number": "y", "county_id": given.county_id},  # issued, but of no case
    ):
        db_session.add(Certificate(**columns, **wrong))
        with pytest.raises(IntegrityError):
            db_session.flush()
        db_session.rollback()


# -- announcing and checking --------------------------------------------------------------------------------


def test_the_announcement_is_dated_and_told(there, db_session, frozen):
    (case,) = passed(there)
    certificate = service.issue(there.centre, case)
    assert certificate.announced_at is None
    frozen.move_to(datetime(2027, 1, 22, 9, tzinfo=TAIPEI), tick=False)
    assert service.announce(there.centre, case).state is State.ANNOUNCED
    assert (certificate.state, certificate.announced_at) == (CertificateState.ANNOUNCED, clock.now())
    told = db_session.scalars(
        select(Message.event).where(Message.user_id == there.teacher.id).order_by(Message.id)
    )
    assert list(told)[-2:] == ["certificate.issued", "certificate.announced"]
    assert db_session.scalar(select(func.count(OutboxMail.id))) > 0
    with pytest.raises(PortalError):
        service.announce(there.centre, case)


def test_nothing_is_announced_before_it_is_issued(there):
    (case,) = passed(there)
    with pytest.raises(PortalError):
        service.announce(there.centre, case)


def test_the_check_code_finds_the_certificate_however_it_is_typed(there):
    made = [service.issue(there.centre, case) for case in passed(there, count=3)]
    codes = {c.verify_code for c in made}
    assert len(codes) == 3
    for certificate in made:
        code = certificate.verify_code
        assert re.fullmatch(r"[2-9A-HJKMNP-Z]{12}", code)
        assert certificate.number not in code
        assert certificate_by_code(f" {code[:4].lower()}-{code[4:8]}-{code[8:]}") is certificate
    assert certificate_by_code("") is None
    assert certificate_by_code("2222-2222-2222") is None


def test_the_database_counts_from_one(db_session):
    service.draw_number(factories.campaign())
    db_session.commit()
    with pytest.raises(IntegrityError):
        db_session.execute(text("update number_series set next_serial = 0"))
    db_session.rollback()
