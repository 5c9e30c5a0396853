"""Conflicts of interest that a reviewer declares: who may, what follows, and the reviewer's own page."""

import pytest
from sqlalchemy import select

from app.access.matrix import Role
from app.cases import workflow
from app.cases.states import Round
from app.core.db import db
from app.core.errors import Forbidden, Invalid
from app.people.queries import profile_of
from app.reviews import service
from app.reviews.candidates import candidates
from app.reviews.models import DeclaredConflict
from tests import factories

PAGE = "/reviews/conflicts"


@pytest.fixture
def waiting(there):
    return workflow.fire(there.centre, factories.sent(there), "formal_pass")


def block(case, person):
    return {c.user.id: c.block for c in candidates(case, Round.FIRST)}[person.id]


def declare(there, **whom):
    return service.declare_conflict(there.reviewers[0], reviewer=there.reviewers[0], reason="親屬", **whom)


def test_a_person_or_a_school_is_kept_away_until_it_is_ended(there, waiting):
    me = there.reviewers[0]
    for whom in ({"person": waiting.applicant}, {"school": waiting.school}):
        row = declare(there, **whom)
        assert block(waiting, me) == "declared" and block(waiting, there.reviewers[1]) == ""
        with pytest.raises(Invalid) as refusal:
            service.assign(there.centre, waiting, reviewer_ids=[r.id for r in there.reviewers])
        assert refusal.value.code == "declared"
        service.end_conflict(me, row)
        assert block(waiting, me) == ""


def test_the_applicants_new_school_counts_too(there, waiting):
    other = factories.school(number=3)
    profile_of(waiting.applicant).school_id = other.id
    declare(there, school=other)
    assert block(waiting, there.reviewers[0]) == "declared"


def test_twice_is_once(there, waiting):
    assert declare(there, school=waiting.school) is declare(there, school=waiting.school)


def test_who_may(there, waiting):
    me, colleague = there.reviewers
    with pytest.raises(Forbidden):
        service.declare_conflict(colleague, reviewer=me, school=waiting.school, reason="x")
    with pytest.raises(Forbidden):
        service.declare_conflict(there.teacher, reviewer=there.teacher, school=waiting.school, reason="x")
    with pytest.raises(Forbidden):
        service.declare_conflict(there.centre, reviewer=me, school=waiting.school, reason="x")
    row = declare(there, school=waiting.school)
    for stranger in (colleague, there.centre, there.county):
        with pytest.raises(Forbidden):
            service.end_conflict(stranger, row)
    assert row.ended_at is None


@pytest.mark.parametrize(
    ("whom", "reason", "code"),
    [({}, "x", "whom_missing"), ({"self": 1}, "x", "self"), ({"school": 1}, " ", "reason_missing")],
)
def test_what_is_asked(there, waiting, whom, reason, code):
    me = there.reviewers[0]
    meant = {"person": me} if "self" in whom else {"school": waiting.school} if whom else {}
    with pytest.raises(Invalid) as refusal:
        service.declare_conflict(me, reviewer=me, reason=reason, **meant)
    assert refusal.value.code == code


def test_the_page(there, waiting, client, login, db_session):
    me = there.reviewers[0]
    waiting.applicant.display_name = "周小芬"
    login(client, me.username)
    client.get("/lang/en")
    assert "Nothing declared" in client.get(PAGE).text
    typed = {"kind": "person", "whom": "周大芬", "reason": "多年好友"}
    for change in ({}, {"whom": ""}, {"kind": ""}, {"whom": "周小芬", "reason": ""}):
        answer = client.submit(PAGE, {**typed, **change}, page=PAGE)
        assert answer.status_code == 422
        assert {**typed, **change}["reason"] in answer.text and "field-error" in answer.text
    assert client.submit(PAGE, {**typed, "whom": "周小芬"}, page=PAGE).status_code == 303
    page = client.get(PAGE).text
    assert "周小芬" in page and "多年好友" in page
    row = db_session.scalars(select(DeclaredConflict)).one()
    other = client.application.test_client()
    login(other, there.reviewers[1].username)
    assert other.submit(f"{PAGE}/{row.id}/end", page=PAGE).status_code == 404
    assert client.submit(f"{PAGE}/{row.id}/end", page=PAGE).status_code == 303
    assert "周小芬" not in client.get(PAGE).text


def test_a_name_that_two_share_asks_for_the_account(there, waiting, client, login):
    one, two = factories.teacher(name="林怡君"), factories.teacher(name="林怡君")
    login(client, there.reviewers[0].username)
    typed = {"kind": "person", "whom": "林怡君", "reason": "同學"}
    assert client.submit(PAGE, typed, page=PAGE).status_code == 422
    assert client.submit(PAGE, {**typed, "whom": two.username}, page=PAGE).status_code == 303
    assert db.session.scalars(select(DeclaredConflict.person_id)).all() == [two.id] != [one.id]


def test_what_is_at_hand_already_is_pointed_out(there, client, login):
    case = factories.in_review(there)
    login(client, there.reviewers[0].username)
    client.get("/lang/en")
    typed = {"kind": "school", "whom": case.school.code, "reason": "任教過"}
    page = client.submit(PAGE, typed, page=PAGE, follow_redirects=True).text
    assert "You already have such cases: 1." in page


def test_teachers_have_no_such_page(there, client, login):
    login(client, there.teacher.username)
    assert client.get(PAGE).status_code == 403
    assert factories.account(Role.COUNTY, place=factories.county()).id
