"""Two people in one office on one thing: nothing is overwritten unseen, nothing typed disappears."""

import re
from datetime import date
from typing import Any

from sqlalchemy import select

from app.access.matrix import Role
from app.access.models import PortalUser
from app.cases.states import State
from app.core.db import db
from app.people import service as people
from app.people.models import TrainingRecord
from app.reference.models import CourseType
from tests import factories

VERSION = re.compile(r'name="version" value="([^"]*)"')


def test_the_later_edit_chooses_field_by_field(offices: Any, enter: Any) -> None:
    world = offices.world
    course = db.session.scalars(select(CourseType)).first()
    row = people.add_training(
        None, user=world.teacher, course=course, finished_on=date(2025, 8, 19), school_year=114,
        county_id=world.teacher.school.county_id, organiser="A",
    )  # fmt: skip
    db.session.commit()
    client, page = enter(world.centre), f"/office/training/edit/{row.id}"
    found = VERSION.search(client.get(page).text)
    assert found
    typed = {
        "teacher": world.teacher.username, "course": course.code, "hours": 3, "finished_on": "2025-08-19",
        "school_year": 114, "organiser": "first", "version": found[1],
    }  # fmt: skip
    assert client.submit(page, typed).status_code == 302
    late = client.submit(page, {**typed, "organiser": "second", "hours": 6})
    assert late.status_code == 409 and "first" in late.text and "second" in late.text
    now = VERSION.search(late.text)
    assert now
    choice = {**typed, "organiser": "second", "hours": 6, "version": now[1], "choose-hours": "theirs"}
    assert client.submit(page, choice).status_code == 302
    db.session.expire_all()
    kept = db.session.get(TrainingRecord, row.id)
    assert (kept.organiser, kept.hours) == ("second", 3)


def test_words_for_a_case_that_went_on_stay_readable(offices: Any, enter: Any) -> None:
    case = offices.cases[State.FORMAL_CHECK]
    first, second = enter(offices.world.centre), enter(offices.world.centre)
    assert first.submit(f"/office/cases/formal_pass/{case.id}").status_code == 302
    late = second.submit(
        f"/office/cases/formal_return/{case.id}",
        {
            "reason": "請補核章",
            "pins-0-place": "checklist",
            "pins-0-text": "第二頁",
            "_keep": f"case-{case.id}-return",
        },
    )
    assert late.status_code == 409
    assert "請補核章" in late.text and "第二頁" in late.text


def test_two_administrators_set_roles(offices: Any, enter: Any) -> None:
    admin = factories.account(Role.ADMIN)
    user = factories.account(Role.TEACHER)
    db.session.commit()
    client, page = enter(admin), f"/office/users/show/{user.id}"
    found = VERSION.search(client.get(page).text)
    assert found
    address = f"/office/users/roles/{user.id}"
    assert client.submit(address, {"roles": ["teacher", "reviewer"], "version": found[1]}).status_code == 302
    late = client.submit(address, {"roles": ["teacher", "auditor"], "version": found[1]})
    assert late.status_code == 409
    db.session.expire_all()
    assert db.session.get(PortalUser, user.id).role_set == {Role.TEACHER, Role.REVIEWER}
