"""`can` and `visible` answer the same for every role, permission and row."""

from typing import Any

import pytest
from sqlalchemy import select

from app.access.describe import describe
from app.access.matrix import MATRIX, Permission, Role, Scope
from app.access.models import PortalUser
from app.access.policy import can, visible
from app.cases.models import Case
from app.core.db import db
from app.people.models import TrainingRecord
from app.reviews.models import Assignment
from tests import factories


@pytest.fixture
def there(db_session: Any) -> factories.World:
    world = factories.world()
    factories.in_review(world)
    world.teacher = factories.teacher(factories.school(number=1))
    factories.sent(world)
    return world


def test_a_list_and_a_page_never_disagree(there: factories.World, db_session: Any) -> None:
    lienchiang = factories.county("連江")
    people = [
        *db_session.scalars(select(PortalUser)).unique(),
        factories.account(Role.COUNTY, place=lienchiang),
        factories.account(Role.COUNTY),  # a county that was never filled in
        factories.account(Role.SCHOOL),
        factories.account(Role.SCHOOL, at_school=factories.school()),
        *(factories.account(role) for role in (Role.STEWARD, Role.AUDITOR, Role.ADMIN)),
        factories.account(Role.TEACHER, Role.REVIEWER),
        factories.account(),
    ]
    compared = 0
    for model in (Case, Assignment):
        rows = list(db_session.scalars(select(model)))
        for person in people:
            for permission in Permission:
                listed = set(db.session.scalars(select(model.id).where(visible(person, model, permission))))
                opened = {row.id for row in rows if can(person, permission, row)}
                assert listed == opened, (person.username, permission, model)
                compared += len(rows)
    assert compared > 500


def test_an_account_without_a_county_sees_nothing(there: factories.World, db_session: Any) -> None:
    """Not even the rows that have no county either."""
    lost = factories.account(Role.COUNTY)
    record = db_session.scalars(select(TrainingRecord)).first()
    record.county_id = None
    db_session.flush()
    for model, permission in ((Case, Permission.CASE_VIEW), (TrainingRecord, Permission.PROFILE_VIEW)):
        assert not list(db_session.scalars(select(model).where(visible(lost, model, permission))))
    assert not can(lost, Permission.TRAINING_EDIT, record)


def test_a_disabled_account_holds_nothing(there: factories.World) -> None:
    there.centre.active = False
    assert not can(there.centre, Permission.CASE_VIEW)


def test_the_administrator_has_no_way_to_documents() -> None:
    assert not {Permission.CASE_VIEW, Permission.CASE_READ, Permission.SHEET_VIEW} & set(MATRIX[Role.ADMIN])
    assert all(scope is not Scope.SELF for scope in MATRIX[Role.COUNTY].values())


def test_the_page_of_permissions_names_every_role_and_permission(app: Any) -> None:
    with app.app_context():
        text = describe()
    for permission in Permission:
        assert f"`{permission}`" in text
    assert "縣市教專中心" in text
    assert "County centre" in text or "county" in text
