"""The portal's own lists send as many queries for thirty rows as for one."""

from collections.abc import Callable
from typing import Any

import pytest

from app.access.matrix import Role
from tests import factories
from tests.conftest import PASSWORD


@pytest.mark.parametrize("path", ["/reviews/", "/messages/", "/"])
def test_a_list_of_thirty_costs_no_more_than_one(
    client: Any, db_session: Any, login: Any, count_queries: Callable[..., Any], path: str
) -> None:
    """A reviewer with work and a message for each case; the page names every one of them."""
    there = factories.world()
    reviewer = there.reviewers[0]

    def more(number: int) -> None:
        for _ in range(number):
            there.teacher = factories.teacher()
            factories.in_review(there)
        db_session.commit()

    def queries() -> int:
        with count_queries() as sent:
            answer = client.get(path)
        assert answer.status_code == 200
        return len(sent)

    more(1)
    login(client, reviewer.username, PASSWORD)
    client.get(path)
    one = queries()
    more(29)
    assert queries() <= one
    assert client.get("/reviews/").text.count('href="/reviews/') >= 30


def test_an_empty_work_list_says_so(client: Any, db_session: Any, login: Any) -> None:
    """An empty work list says so instead of showing an empty table."""
    reviewer = factories.account(Role.REVIEWER, at_school=factories.school(factories.county("臺北")))
    db_session.commit()
    login(client, reviewer.username, PASSWORD)
    page = client.get("/reviews/").text
    assert "<table" not in page
