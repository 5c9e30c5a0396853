"""What a visitor reads when the machine behind the page is not well."""

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from app.access.matrix import Role
from app.core.db import db
from tests import factories
from tests.conftest import PASSWORD


def test_a_dead_database_is_said_kindly(client: Any, db_session: Any, login: Any, monkeypatch: Any) -> None:
    """A signed-in person gets the 503 page with the time to come back, not a second error from its menu."""
    user = factories.account(Role.TEACHER)
    db_session.commit()
    login(client, user.username, PASSWORD)

    def dead(*_args: Any, **_more: Any) -> None:
        raise OperationalError("select 1", {}, Exception("server closed the connection"))

    monkeypatch.setattr(db.session, "execute", dead)
    monkeypatch.setattr(db.session, "scalar", dead)
    monkeypatch.setattr(db.session, "scalars", dead)
    answer = client.get("/certification/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "select" not in answer.text.lower().split("<main")[1].split("</main")[0]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health(client: Any, path: str) -> None:
    assert client.get(path).json == {"status": "ok"}
