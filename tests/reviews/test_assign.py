"""Who may review a case: the number, the hard blocks, and the office that chooses."""

import pytest
from sqlalchemy import func, select

from app.access.matrix import Permission, Role
from app.access.models import PortalUser
from app.access.policy import can, visible
from app.campaigns.models import Office
from app.cases import workflow
from app.cases.models import Case, CaseEvent
from app.cases.states import Round, State
from app.core.db import db
from app.core.errors import Forbidden, Invalid, PortalError
from app.people.queries import profile_of
from app.reviews import service
from app.reviews.candidates import candidates, plain_names
from app.reviews.models import Assignment, Sheet
from app.reviews.queries import assignments
from tests import factories


@pytest.fixture
def waiting(there):
    """A case that waits for its first reviewers."""
    return workflow.fire(there.centre, factories.sent(there), "formal_pass")


def refused(there, case, *people):
    with pytest.raises(Invalid) as refusal:
        service.assign(there.centre, case, reviewer_ids=[p.id for p in people])
    assert refusal.value.field == "reviewers"
    assert assignments(case) == []
    return refusal.value.code


def reviewer(**more):
    return factories.account(Role.REVIEWER, at_school=factories.school(factories.county("臺北")), **more)


def test_the_reviewers_get_the_case_and_a_last_day(there, waiting):
    case = service.assign(there.centre, waiting, reviewer_ids=[r.id for r in there.reviewers])
    rows = assignments(case, Round.FIRST)
    assert case.state is State.FIRST_REVIEW
    assert {row.reviewer_id for row in rows} == {r.id for r in there.reviewers}
    assert all(row.due_at and row.assigned_by_id == there.centre.id for row in rows)


@pytest.mark.parametrize("chosen", [0, 1, 3])
def test_exactly_the_campaigns_number(there, waiting, chosen):
    people = [*there.reviewers, reviewer()][:chosen]
    assert refused(there, waiting, *people) == "reviewer_count"


def test_the_same_person_twice_is_one(there, waiting):
    assert refused(there, waiting, there.reviewers[0], there.reviewers[0]) == "reviewer_count"


def test_no_applicant_reviews_the_own_case(db_session):
    there = factories.world()
    from app.access.service import set_roles

    set_roles(there.centre, user=there.teacher, roles=(Role.TEACHER, Role.REVIEWER))
    case = workflow.fire(there.centre, factories.sent(there), "formal_pass")
    assert refused(there, case, there.teacher, there.reviewers[0]) == "self"


def test_nobody_of_the_same_school(there, waiting):
    colleague = factories.account(Role.REVIEWER, at_school=waiting.school)
    assert refused(there, waiting, colleague, there.reviewers[0]) == "same_school"


def test_the_post_counts_beside_the_account(there, waiting):
    """The account still names the old school, the profile the applicant's."""
    moved = factories.teacher(factories.school(factories.county("臺北")))
    moved.roles = service_roles(Role.TEACHER, Role.REVIEWER)
    profile_of(moved).school_id = waiting.school_id
    assert refused(there, waiting, moved, there.reviewers[0]) == "same_school"


def test_an_applicant_who_moved_has_two_schools(there, waiting):
    profile_of(there.teacher).school_id = there.reviewers[0].school_id
    assert refused(there, waiting, *there.reviewers) == "same_school"


def service_roles(*roles):
    from app.access.service import _role_rows

    return _role_rows(roles)


@pytest.mark.parametrize(
    "written", ["王小明", " 王 小明 ", "王小明老師", "李四、王小明", "李四；王小明 老師"]
)
def test_nobody_whom_the_forms_name(there, waiting, written, db_session):
    document = next(d for d in waiting.documents if d.form_code == "pre-observation-a")
    document.answers = {"teacher": written}
    db_session.flush()
    assert refused(there, waiting, reviewer(name="王小明"), there.reviewers[0]) == "named"
    # A longer name that contains a shorter one is another person.
    service.assign(there.centre, waiting, reviewer_ids=[reviewer(name="王小").id, there.reviewers[0].id])


def test_names_are_compared_without_spaces_and_titles():
    assert plain_names(["王　小明主任", "李四/張三", ""]) == {"王小明", "李四", "張三"}


@pytest.mark.parametrize("role", [Role.TEACHER, Role.COUNTY, Role.CENTRE])
def test_only_reviewers(there, waiting, role):
    somebody = factories.account(role, place=factories.county("臺北"))
    assert refused(there, waiting, somebody, there.reviewers[0]) == "not_reviewer"


def test_a_disabled_reviewer_gets_nothing(there, waiting):
    there.reviewers[0].active = False
    assert refused(there, waiting, *there.reviewers) == "not_reviewer"


def test_the_office_of_the_campaign_assigns_and_leaves_no_trace_otherwise(there, waiting):
    ids = [r.id for r in there.reviewers]
    with pytest.raises(PortalError) as refusal:
        service.assign(there.county, waiting, reviewer_ids=ids)
    assert "認證中心" in str(refusal.value.message)
    assert assignments(waiting) == []


def test_a_county_assigns_in_its_own_county_only(db_session):
    there = factories.world(assigning_office=Office.COUNTY)
    case = workflow.fire(there.centre, factories.sent(there), "formal_pass")
    stranger = factories.account(Role.COUNTY, place=factories.county("連江"))
    ids = [r.id for r in there.reviewers]
    with pytest.raises(Forbidden):
        service.assign(stranger, case, reviewer_ids=ids)
    with pytest.raises(Forbidden):
        service.assign(there.reviewers[0], case, reviewer_ids=ids)
    assert service.assign(there.county, case, reviewer_ids=ids).state is State.FIRST_REVIEW


def test_nobody_acts_for_an_office_in_the_own_case(db_session):
    there = factories.world(checking_office=Office.COUNTY)
    there.teacher.roles = service_roles(Role.TEACHER, Role.COUNTY)
    case = factories.sent(there)
    with pytest.raises(PortalError) as refusal:
        workflow.fire(there.teacher, case, "formal_pass")
    assert refusal.value.code == "not_possible"
    workflow.fire(there.county, case, "formal_pass")


def test_two_offices_assign_at_once(there, waiting, together, db_session):
    others = [reviewer().id, reviewer().id]
    case_id, centre_id = waiting.id, there.centre.id
    choices = [[r.id for r in there.reviewers], others, [others[0], there.reviewers[0].id]]

    def assign(ids):
        return lambda: service.assign(
            db.session.get(PortalUser, centre_id), db.session.get(Case, case_id), reviewer_ids=ids
        )

    results = together(*(assign(ids) for ids in choices))

    assert sorted(getattr(r, "code", "done") for r in results) == ["done", "not_possible", "not_possible"]
    chosen = set(db_session.scalars(select(Assignment.reviewer_id).where(Assignment.case_id == case_id)))
    assert chosen in [set(ids) for ids in choices]
    moves = select(func.count()).where(CaseEvent.case_id == case_id, CaseEvent.transition == "assign_first")
    assert db_session.scalar(moves) == 1


def test_the_list_shows_who_is_free_first_and_who_is_blocked_last(there, db_session):
    factories.in_review(there)
    there.teacher = factories.teacher()
    case = workflow.fire(there.centre, factories.sent(there), "formal_pass")
    colleague = factories.account(Role.REVIEWER, at_school=case.school)
    free = reviewer()
    rows = candidates(case, Round.FIRST)
    order = [row.user.id for row in rows]
    assert (order[0], order[-1]) == (free.id, colleague.id)
    assert {row.user.id: row.load for row in rows}[there.reviewers[0].id] == 1
    factories.reviewed(there, db_session.get(Case, case.id - 1))
    assert {row.user.id: row.load for row in candidates(case, Round.FIRST)}[there.reviewers[0].id] == 0


def test_what_is_assigned_to_a_colleague_is_not_mine(there, db_session):
    """Both have the case; each has only the own assignment and sheet."""
    case = factories.reviewed(there)
    mine, other = sorted(assignments(case), key=lambda row: row.reviewer_id != there.reviewers[0].id)
    me, write = there.reviewers[0], Permission.SHEET_WRITE
    assert can(me, write, case) and can(me, write, mine) and can(me, write, mine.sheet)
    assert not can(me, write, other)
    assert not can(me, write, other.sheet)
    assert list(db_session.scalars(select(Assignment).where(visible(me, Assignment, write)))) == [mine]
    assert list(db_session.scalars(select(Sheet).where(visible(me, Sheet, write)))) == [mine.sheet]
    foreign = reviewer()
    assert not can(foreign, Permission.CASE_READ, case)
    assert not db_session.scalars(select(Case).where(visible(foreign, Case, Permission.CASE_READ))).all()


def test_a_recused_reviewer_sees_the_case_no_more(there, db_session):
    case = factories.in_review(there)
    row = assignments(case)[0]
    row.ended_at, row.end_reason = row.created_at, "迴避"
    db_session.flush()
    assert not can(row.reviewer, Permission.CASE_READ, case)
    assert row not in assignments(case)
