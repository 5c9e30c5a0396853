"""Who may open what: every role against every address of the offices and the API, from the matrix."""

from typing import Any

import pytest
from flask import Flask

from app.access.matrix import MATRIX, Permission, Role
from app.access.sync import sync
from app.admin.base import OfficeModelView
from app.cases.states import State
from tests import factories


@pytest.mark.parametrize("role", list(Role))
def test_the_matrix_decides(app: Flask, db_session: Any, enter: Any, role: Role) -> None:
    place = factories.county()
    user = factories.account(
        role, place=place, at_school=factories.school(place) if role is Role.SCHOOL else None
    )
    db_session.commit()
    client = enter(user)
    office = Permission.OFFICE_ENTER in MATRIX[role]
    assert client.get("/office/").status_code == (200 if office else 403)
    for view in app.extensions["appbuilder"].baseviews:
        held = getattr(view, "permission", None) in MATRIX[role]
        if isinstance(view, OfficeModelView):
            expected = 200 if office and held else 403
            assert client.get(f"{view.route_base}/list/").status_code == expected, view
            assert client.get(f"{view.route_base}/csv").status_code == expected, view
        elif hasattr(view, "resource_name") and hasattr(view, "permission"):
            assert client.get(f"{view.route_base}/").status_code == (200 if held else 403), view
    assert client.get("/api/v1/_openapi").status_code == (200 if office else 403)


def test_a_visitor_is_sent_to_the_log_in_page_and_back(app: Flask, client: Any) -> None:
    answer = client.get("/office/cases/list/?state=passed")
    assert answer.status_code == 302
    assert answer.location == "/login/?next=/office/cases/list/?state%3Dpassed"
    assert client.get("/api/v1/cases/").status_code == 401
    assert client.get("/api/v1/_openapi").status_code == 401


def test_the_administrator_cannot_read_cases_and_nobody_a_password(
    offices: Any, db_session: Any, enter: Any
) -> None:
    admin = factories.account(Role.ADMIN)
    db_session.commit()
    client = enter(admin)
    for case in offices.cases.values():
        assert client.get(f"/office/cases/show/{case.id}").status_code == 403
    for path in ("list/", "csv", f"show/{offices.other.id}"):
        page = client.get(f"/office/users/{path}").text
        assert offices.other.username in page
        assert "argon2" not in page
        assert "password" not in page.lower().replace('type="password"', "")


def test_the_school_sees_the_state_and_nothing_else(offices: Any, db_session: Any, enter: Any) -> None:
    case = next(c for c in offices.cases.values() if c.info.label)
    contact = factories.account(Role.SCHOOL, at_school=case.school)
    db_session.commit()
    client = enter(contact)
    page = client.get(f"/office/cases/show/{case.id}").text
    assert str(case.applicant.name) in page
    for hidden in ('id="documents"', 'id="sheets"', "/office/cases/file/", offices.world.centre.name):
        assert hidden not in page
    assert client.get(f"/office/cases/file/{case.id}/{'0' * 64}").status_code == 403


def test_the_roles_in_the_database_are_the_matrix(app: Flask, db_session: Any) -> None:
    assert sync() == (0, 0)


def test_reading_changes_nothing(app: Flask, offices: Any, enter: Any, picture: Any) -> None:
    """No GET of the offices changes a row, whatever the address asks for."""
    client = enter(offices.world.centre)
    case = offices.cases[State.FORMAL_CHECK]
    before = picture()
    for path in (
        f"/office/cases/delete/{case.id}",
        f"/office/cases/action/issue/{case.id}",
        f"/office/cases/formal_pass/{case.id}",
        f"/office/users/action/disable/{case.applicant_id}",
        f"/office/certificates/batch/issue/{case.campaign_id}",
        f"/office/campaigns/delete/{case.campaign_id}",
    ):
        assert client.get(path).status_code in (200, 403, 404, 405), path
    assert picture() == before


def test_a_change_needs_the_form_token(offices: Any, enter: Any, picture: Any) -> None:
    client = enter(offices.world.centre)
    case = offices.cases[State.FORMAL_CHECK]
    before = picture()
    for path in (
        f"/office/cases/formal_pass/{case.id}",
        "/office/cases/action_post",
        "/office/training/add",
        "/office/cases/run/issue",
    ):
        assert client.post(path, data={"action": "issue", "rowid": str(case.id)}).status_code == 400, path
    for path in ("/api/v1/cases/", f"/api/v1/cases/{case.id}"):
        for method in ("post", "put", "delete"):
            assert getattr(client, method)(path, json={"state": "passed"}).status_code in (400, 404, 405), (
                path
            )
    assert picture() == before


def test_the_api_reads_only_and_is_not_exempt_from_the_token(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            assert rule.methods <= {"GET", "HEAD", "OPTIONS"}, rule
    apis = [view for view in app.extensions["appbuilder"].baseviews if hasattr(view, "csrf_exempt")]
    assert len(apis) >= 3
    assert not any(api.csrf_exempt for api in apis)
    assert not [rule for rule in app.url_map.iter_rules() if "security" in rule.rule], (
        "no second way to log in"
    )
