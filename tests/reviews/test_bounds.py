"""Where a right ends: one's own case, another county, what was sent, what a campaign has begun."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app.access import service as access
from app.access.matrix import Role
from app.admin.queries import queue_counts
from app.campaigns import service as campaigns
from app.campaigns.queries import current_campaign
from app.campaigns.tracks import Track
from app.cases import service as cases
from app.cases import workflow
from app.cases.states import Round, State, Verdict
from app.certificates import service as certificates
from app.core import clock
from app.core.db import db
from app.core.errors import Forbidden, Invalid, PortalError
from app.notices.models import Message
from app.people import service as people
from app.reference import service as reference
from app.reference.models import AppealGround, CourseType, IdentityType, SheetItem
from app.reference.queries import by_code
from app.reports.simulation import outcomes
from app.reviews import service
from app.reviews.candidates import candidates
from app.reviews.queries import assignments
from tests import factories
from tests.reviews.conftest import judge, judged


def officer(role, **more):
    """Somebody of an office who is a teacher of 桃園 as well."""
    user = factories.account(role, Role.TEACHER, at_school=factories.school(), **more)
    people.open_profile(
        None,
        user=user,
        school=user.school,
        identity=by_code(IdentityType, "regular"),
        regular_months=60,
        teaching_months=60,
    )
    factories.earn(user, Track.ADVANCED)
    return user


# -- the own case -------------------------------------------------------------------------------------------------


def test_nobody_extends_the_own_window_or_records_the_own_hours(there):
    me = officer(Role.COUNTY)
    with pytest.raises(Invalid):
        campaigns.extend_campaign(
            me, there.campaign, until=clock.days_after(clock.now(), 90), reason="x", user=me
        )
    hours = {"finished_on": clock.today(), "school_year": 115, "county_id": me.county_id}
    course = by_code(CourseType, "advanced-stage-1")
    with pytest.raises(Forbidden):
        people.add_training(me, user=me, course=course, **hours)
    assert people.add_training(me, user=there.teacher, course=course, **hours).hours == course.hours


def test_a_simulation_leaves_out_the_own_case_and_what_is_decided(there):
    me = officer(Role.CENTRE)
    there.teacher, colleague = me, there.teacher
    judged(there, (2, Verdict.PASS), (2, Verdict.PASS))
    draft = factories.campaign(published=False, batch=2, bands={})
    assert outcomes(there.centre, draft).looked_at == 1
    assert outcomes(me, draft).looked_at == 0
    there.teacher = colleague
    factories.decided(there, Verdict.PASS)
    assert outcomes(there.centre, draft).looked_at == 1


def test_a_batch_of_numbers_leaves_out_the_issuers_own_case(there):
    there.teacher, colleague = officer(Role.CENTRE), there.teacher
    me, mine = there.teacher, factories.decided(there, Verdict.PASS)
    there.teacher = colleague
    factories.decided(there, Verdict.PASS)
    (given,) = certificates.issue_batch(me, campaign=there.campaign)
    assert given.user_id == colleague.id and mine.state is State.PASSED


def test_whoever_has_read_a_case_does_not_decide_it(there):
    case = judged(there, (2, Verdict.PASS), (2, Verdict.PASS))
    reader = there.reviewers[0]
    access.set_roles(None, user=reader, roles=(Role.REVIEWER, Role.COUNTY))
    reader.county_id = there.campaign.county_id
    with pytest.raises(PortalError) as refusal:
        service.decide(reader, case, verdict=Verdict.PASS)
    assert "曾審查" in str(refusal.value.message)


# -- another county -----------------------------------------------------------------------------------------------


def test_a_county_decides_only_its_own_cases_whatever_other_office_the_account_has(there):
    both = factories.account(Role.COUNTY, Role.CENTRE, place=factories.county("臺北"))
    case = judged(there, (2, Verdict.PASS), (2, Verdict.PASS))
    with pytest.raises(PortalError):
        service.decide(both, case, verdict=Verdict.PASS)
    service.decide(there.county, case, verdict=Verdict.PASS)


# -- what was sent or given ---------------------------------------------------------------------------------------


def test_a_sent_sheet_stays_as_it_was_in_the_database_too(there):
    case = judged(there, (2, Verdict.PASS), (2, Verdict.PASS))
    sheet = assignments(case)[0].sheet
    with pytest.raises(DatabaseError), db.session.begin_nested():
        db.session.execute(text("update sheet set verdict = 'fail' where id = :id"), {"id": sheet.id})


def test_a_sheet_keeps_its_items_while_cases_are_read_with_it(there, db_session):
    steward = factories.account(Role.STEWARD)
    item = db_session.scalars(select(SheetItem).where(SheetItem.track == Track.ADVANCED)).first()
    factories.in_review(there)
    with pytest.raises(PortalError):
        reference.retire(steward, item)
    assert item.retired_at is None
    other = db_session.scalars(select(SheetItem).where(SheetItem.track == Track.MENTOR)).first()
    assert reference.retire(steward, other)


def test_no_number_is_given_twice_whatever_the_track(there):
    people.import_certificate(
        None,
        user=there.teacher,
        track=Track.MENTOR,
        county_id=there.campaign.county_id,
        school_year=115,
        number="桃園證號第B115002001號",
    )
    case = factories.decided(there, Verdict.PASS)
    assert certificates.issue(there.centre, case).number == "桃園證號第B115002002號"


# -- posts, extensions, second beginnings --------------------------------------------------------------------------


def test_whoever_left_the_school_lately_does_not_review_its_cases(there, frozen):
    case = factories.sent(there)
    reader = factories.account(Role.REVIEWER, at_school=factories.school(factories.county("臺北")))
    for school in (case.school, factories.school(factories.county("臺北"))):
        people.open_profile(
            None,
            user=reader,
            school=school,
            identity=by_code(IdentityType, "regular"),
            regular_months=60,
            teaching_months=60,
        )

    def block():
        return next(c.block for c in candidates(case, Round.FIRST) if c.user.id == reader.id)

    assert block() == "same_school"
    frozen.move_to(clock.now() + timedelta(days=3 * 365 + 2), tick=False)
    assert not block()


def test_an_extension_is_found_behind_the_next_campaign(there, frozen):
    frozen.move_to(clock.days_after(clock.now(), 61), tick=False)
    following = factories.campaign(
        batch=2, opens_at=clock.days_after(clock.now(), 30), closes_at=clock.days_after(clock.now(), 60)
    )
    campaigns.extend_campaign(
        there.county,
        there.campaign,
        until=clock.days_after(clock.now(), 5),
        reason="住院",
        user=there.teacher,
    )
    where = {"county_id": there.campaign.county_id, "track": Track.ADVANCED}
    assert current_campaign(**where, user_id=there.teacher.id) is there.campaign
    assert current_campaign(**where) is following


def test_a_revision_is_not_begun_again_in_the_same_campaign(there):
    case = factories.decided(there, Verdict.REVISE)
    cases.withdraw(there.teacher, case, reason="重新來過")
    with pytest.raises(PortalError) as refusal:
        cases.apply(there.teacher, campaign=there.campaign)
    assert refusal.value.code == "already_decided"


def test_after_an_appeal_and_a_failed_revision_nothing_more_is_offered(db_session):
    verdicts = {
        "first": list(Verdict),
        "second": [Verdict.PASS, Verdict.MINOR, Verdict.FAIL],
        "appeal": list(Verdict),
    }
    there = factories.world(verdicts=verdicts)
    case = factories.decided(there, Verdict.FAIL)
    factories.fill(case, ["appeal"])
    cases.file_appeal(there.teacher, case)
    ground = select(AppealGround.code).where(AppealGround.accepts.is_(True))
    service.answer_appeal(there.county, case, accepted=True, grounds=[db.session.scalar(ground)])
    elsewhere = factories.school(factories.county("臺北"))
    there.reviewers = [factories.account(Role.REVIEWER, at_school=elsewhere) for _ in range(2)]
    factories.decided(there, Verdict.REVISE, factories.in_review(there, case))
    cases.submit(there.teacher, case)
    there.reviewers = [factories.account(Role.REVIEWER, at_school=elsewhere) for _ in range(2)]
    factories.decided(there, Verdict.FAIL, factories.in_review(there, case))
    assert (case.state, case.due_at) == (State.SECOND_FAILED, None)
    told = db_session.scalars(
        select(Message.event).where(Message.user_id == there.teacher.id).order_by(Message.id.desc())
    ).first()
    assert told == "case.failed_final"
    assert not any(answer for t, answer in workflow.available(there.teacher, case) if t.name == "appeal")


def test_an_empty_place_is_in_the_assigning_offices_queue(there, db_session):
    case = factories.in_review(there)
    assert queue_counts(there.centre)["assign"] == (0, 0)
    service.recuse(there.reviewers[0], assignments(case)[0], reason="親屬")
    assert queue_counts(there.centre)["assign"] == (1, 1)
    judge(assignments(case)[0], 2, Verdict.PASS)
    assert case.state is State.FIRST_REVIEW
