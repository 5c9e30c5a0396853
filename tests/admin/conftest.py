"""Two counties with cases in every office queue, and a picture of the whole database."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.access.matrix import Role
from app.access.models import PortalUser
from app.cases.models import Case
from app.cases.states import State, Verdict
from app.certificates import service as certificates
from app.core.db import db
from tests import factories


@dataclass
class Offices:
    """County A has the cases; county B has nothing to do with them."""

    world: factories.World
    other: PortalUser
    cases: dict[State, Case]


@pytest.fixture
def offices(db_session: Any) -> Offices:
    """One case of county A in each queue of the offices, each of its own teacher."""
    world = factories.world()
    cases = {}

    def made(step: Callable[[factories.World], Case]) -> Case:
        world.teacher = factories.teacher()
        case = step(world)
        cases[case.state] = case
        return case

    made(factories.drafted)
    made(factories.sent)
    made(factories.in_review)
    made(factories.reviewed)
    made(lambda there: factories.place(factories.sent(there), State.FIRST_ASSIGN))

    def passed(there: factories.World) -> Case:
        factories.decided(there, Verdict.PASS)
        return db.session.scalars(select(Case).order_by(Case.id.desc())).first()  # type: ignore[return-value]

    issued = made(passed)
    certificates.issue(world.centre, issued)
    cases[State.ISSUED] = issued
    cases[State.PASSED] = made(passed)
    db_session.commit()
    other = factories.account(Role.COUNTY, place=factories.county("連江"))
    db_session.commit()
    return Offices(world, other, cases)


@pytest.fixture
def picture(db_session: Any) -> Callable[[], dict[str, str]]:
    """A digest of every table but the log-ins: equal pictures mean that nothing changed."""

    def take() -> dict[str, str]:
        db_session.rollback()
        found = {}
        for table in sorted(db.metadata.tables):
            if table in ("login_session", "audit_entry"):
                continue
            rows = db_session.execute(text(f'select * from "{table}"')).all()  # noqa: S608
            found[table] = hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()
        db_session.rollback()
        return found

    return take


@pytest.fixture
def enter(app: Any, login: Callable[..., FlaskClient]) -> Callable[[PortalUser], FlaskClient]:
    """A visitor signed in as the account."""
    return lambda user: login(app.test_client(), user.username)
