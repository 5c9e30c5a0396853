"""Log-in, log-out and what a cookie opens afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.access import service
from app.access.matrix import Role
from app.access.models import LoginSession, PortalUser
from app.core import clock
from app.core.db import db, transaction
from tests import factories
from tests.conftest import PASSWORD, Client


@pytest.fixture
def person(db_session: Any) -> PortalUser:
    user = factories.account(Role.CENTRE)
    db_session.commit()
    return user


def tried(client: Client, name: str, password: str, page: str = "/login/") -> Any:
    return client.submit(page, {"username": name, "password": password}, page="/login/")


def cookie(client: Client) -> str:
    found = client.get_cookie("portal")
    return found.value if found else ""


def test_the_session_changes_at_log_in_and_the_old_cookie_opens_nothing(
    app: Flask, client: Client, person: PortalUser
) -> None:
    client.get("/login/")
    before = cookie(client)
    assert tried(client, person.username, PASSWORD).status_code == 302
    inside = cookie(client)
    assert inside != before
    assert client.get("/office/").status_code == 200
    client.submit("/logout/")
    thief = app.test_client()
    thief.set_cookie("portal", inside)
    answer = thief.get("/office/")
    assert answer.status_code == 302
    assert answer.location.startswith("/login/")


@pytest.mark.parametrize("change", ["password", "disable", "roles", "age"])
def test_an_open_log_in_ends_with(change: str, client: Client, login: Any, person: PortalUser) -> None:
    login(client, person.username)
    assert client.get("/office/").status_code == 200
    with transaction():
        user = db.session.get(PortalUser, person.id)
        match change:
            case "password":
                service.set_password(None, user=user, password="Another-9876!")
            case "disable":
                service.set_active(None, user=user, active=False)
            case "roles":
                service.set_roles(None, user=user, roles=(Role.TEACHER,))
            case _:
                row = db.session.scalars(select(LoginSession).where(LoginSession.user_id == user.id)).one()
                row.created_at = clock.now() - service.SESSION_LIMIT - timedelta(minutes=1)
    assert client.get("/office/").status_code == 302


def test_five_failures_lock_for_fifteen_minutes(client: Client, person: PortalUser, frozen: Any) -> None:
    frozen.move_to(clock.now(), tick=False)
    for _ in range(5):
        assert tried(client, person.username, "wrong").status_code == 401
    assert tried(client, person.username, PASSWORD).status_code == 401, "even the right one"
    frozen.shift(timedelta(minutes=14, seconds=59))
    assert tried(client, person.username, PASSWORD).status_code == 401
    frozen.shift(timedelta(seconds=2))
    assert tried(client, person.username, PASSWORD).status_code == 302


def test_a_wrong_name_reads_like_a_wrong_password(client: Client, person: PortalUser) -> None:
    wrong_password, wrong_name = tried(client, person.username, "wrong"), tried(client, "nobody", "wrong")
    assert wrong_name.status_code == wrong_password.status_code == 401
    assert "15" in wrong_name.text
    assert _message(wrong_name.text) == _message(wrong_password.text)


def _message(page: str) -> str:
    return page[page.index('class="notice-text"') :][:300]


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/x",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aX: y",
        "///evil.example",
    ],
)
def test_log_in_leads_nowhere_else(client: Client, person: PortalUser, target: str) -> None:
    answer = client.submit(
        "/login/",
        {"username": person.username, "password": PASSWORD},
        page="/login/",
        query_string={"next": target},
    )
    assert answer.status_code == 302
    assert answer.location.startswith("/")
    assert not answer.location.startswith(("//", "/\\"))
    assert "evil" not in answer.location or answer.location.startswith("/%")


def test_log_in_leads_back_to_the_page_that_was_asked_for(client: Client, person: PortalUser) -> None:
    answer = client.submit(
        "/login/",
        {"username": person.username, "password": PASSWORD},
        page="/login/",
        query_string={"next": "/office/cases/list/?state=passed"},
    )
    assert answer.location == "/office/cases/list/?state=passed"


def test_a_foreign_host_is_refused(client: Client) -> None:
    assert client.get("/login/", headers={"Host": "evil.example"}).status_code == 400
    assert (
        client.get("/login/?next=http://evil.example/", headers={"Host": "evil.example"}).status_code == 400
    )


def test_log_out_by_a_planted_link_does_nothing(client: Client, login: Any, person: PortalUser) -> None:
    login(client, person.username)
    client.get("/logout/")
    assert client.get("/office/").status_code == 200
    assert client.post("/logout/").status_code == 400
    assert client.get("/office/").status_code == 200
