"""Lists: the same queries for one row and for thirty, no argument that breaks them, paging, downloads."""

import csv
import io
import re
import threading
from typing import Any

import pytest
from flask import Flask
from flask_appbuilder.models.filters import Filters
from sqlalchemy import func, insert, select

from app.access.matrix import Role
from app.access.models import PortalUser
from app.cases.models import Case
from app.cases.states import State
from app.core import clock
from app.core.db import db
from app.core.tables import COUNT_LIMIT, Order, Page
from tests import factories

LISTS = ("cases", "reviews", "certificates", "campaigns", "profiles", "training", "mail", "users", "audit")


def crowd(case: Case, number: int) -> None:
    """`number` further ended cases like `case`, each of a person of its own."""
    first = db.session.scalar(select(func.max(PortalUser.id))) or 0
    people = list(range(first + 1, first + 1 + number))
    names = [
        {
            "id": n,
            "username": f"crowd{n}",
            "first_name": "眾",
            "last_name": "某",
            "email": f"{n}@test.example",
            "active": True,
        }
        for n in people
    ]
    db.session.execute(insert(PortalUser), names)
    row = {
        "campaign_id": case.campaign_id, "track": case.track, "county_id": case.county_id, "school_id": case.school_id,
        "state": State.LAPSED, "state_since": clock.now(), "reopened": [], "eligibility": [], "reason": "",
        "version": 1,
    }  # fmt: skip
    db.session.execute(insert(Case), [{**row, "applicant_id": person} for person in people])
    db.session.commit()


@pytest.fixture
def one_case(db_session: Any) -> tuple[Case, Any]:
    there = factories.world()
    case = factories.drafted(there)
    db_session.commit()
    return case, there


def test_thirty_rows_cost_as_many_queries_as_one(one_case: Any, enter: Any, count_queries: Any) -> None:
    case, there = one_case
    client = enter(there.centre)
    client.get("/office/cases/list/")
    with count_queries() as one:
        assert client.get("/office/cases/list/").text.count('data-label="') < 30
    crowd(case, 29)
    with count_queries() as thirty:
        page = client.get("/office/cases/list/?size=50").text
    assert page.count("/office/cases/show/") == 30
    assert len(one) == len(thirty) <= 8, thirty


@pytest.mark.parametrize("name", LISTS)
def test_no_argument_breaks_a_list_or_swells_it(one_case: Any, enter: Any, name: str) -> None:
    case, there = one_case
    client = enter(factories.account(Role.AUDITOR) if name in ("users", "audit") else there.centre)
    crowd(case, 60)
    for query in (
        "page=abc", "page_CaseView=abc", "after=abc", "after=-1", "after=99999999999999999999", "before=0&after=",
        "order=nonsense", "_oc_CaseView=password&_od_CaseView=asc", "size=1000000", "psize_CaseView=1000000", "size=-5",
        "state=nonsense&county=%27%20or%201=1", "q=%25_%27%22%00&school=" + "x" * 5000, "after=٣",
    ):  # fmt: skip
        answer = client.get(f"/office/{name}/list/?{query}")
        assert answer.status_code == 200, query
        assert len(answer.data) < 300_000, query
        assert answer.text.count("<tr>") <= 102, query


def test_paging_shows_every_row_once_forwards_and_backwards(one_case: Any, enter: Any) -> None:
    case, there = one_case
    crowd(case, 59)
    client = enter(there.centre)
    for order in ("", "?order=id:old", "?order=since:long"):
        seen, backwards = [], []
        url: str | None = f"/office/cases/list/{order}"
        while url:
            page = client.get(url).text
            seen.append(_numbers(page))
            previous, url = _link(page, "prev"), _link(page, "next")
        while previous:
            page = client.get(previous).text
            backwards.append(_numbers(page))
            previous = _link(page, "prev")
        assert [len(rows) for rows in seen] == [25, 25, 10]
        assert len({n for rows in seen for n in rows}) == 60
        assert backwards == seen[-2::-1]


def _numbers(page: str) -> list[int]:
    return [int(n) for n in re.findall(r">#(\d+)</a>", page)]


def _link(page: str, rel: str) -> str | None:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', page)
    return found[1].replace("&amp;", "&") if found else None


def test_filters_find_and_combine(offices: Any, enter: Any) -> None:
    client = enter(offices.world.centre)
    case = offices.cases[State.FIRST_REVIEW]
    for query, found in (
        (f"q={case.applicant.name}", {case.id}),
        (f"q=%23{case.id}", {case.id}),
        ("state=first_review", {case.id}),
        (f"school={case.school.code}&state=first_review", {case.id}),
        ("school=nowhere&state=first_review", set()),
        ("waiting=mine&state=first_review", set()),
    ):
        assert set(_numbers(client.get(f"/office/cases/list/?{query}").text)) == found, query


def test_counting_stops(app: Flask) -> None:
    order = Order("id", "", None)
    assert Page([], 812, order, 25).count_text == "812"
    assert Page([], COUNT_LIMIT + 1, order, 25).count_text == "10,000+"


def test_a_download_opens_in_a_spreadsheet_and_runs_nothing(one_case: Any, enter: Any) -> None:
    case, there = one_case
    case.applicant.display_name = '=HYPERLINK("http://evil.example")'
    db.session.commit()
    answer = enter(there.centre).get("/office/cases/csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[1][1].startswith("'=HYPERLINK")
    assert "<" not in rows[1][0]


def test_a_search_of_somebody_else_meanwhile_does_not_leak_in(
    offices: Any, enter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flask-AppBuilder keeps the conditions on the view: the second visitor comes exactly in between."""
    first, second = enter(offices.world.centre), enter(offices.world.centre)
    everything = first.get("/api/v1/cases/").json["count"]
    added = Filters.rest_add_filters
    inside = threading.Event()

    def interrupted(self: Filters, data: Any) -> None:
        added(self, data)
        if data and not inside.is_set():
            inside.set()
            other = threading.Thread(target=second.get, args=("/api/v1/cases/?q=(filters:!())",))
            other.start()
            other.join()

    monkeypatch.setattr(Filters, "rest_add_filters", interrupted)
    answer = first.get("/api/v1/cases/?q=(filters:!((col:track,opr:eq,value:initial)))")
    assert inside.is_set()
    assert everything > 0
    assert answer.json["count"] == 0


def test_the_api_caps_its_pages_and_takes_only_declared_conditions(one_case: Any, enter: Any) -> None:
    case, there = one_case
    crowd(case, 120)
    client = enter(there.centre)
    assert len(client.get("/api/v1/cases/?q=(page_size:100000)").json["result"]) == 100
    assert client.get("/api/v1/cases/?q=(filters:!((col:reason,opr:ct,value:x)))").status_code == 400
    assert client.get("/api/v1/cases/?q=(order_column:reason,order_direction:asc)").status_code == 400
    assert client.get("/api/v1/cases/?q=nonsense(").status_code == 400
    row = client.get(f"/api/v1/cases/{case.id}").json["result"]
    assert row["state"] in ("drafting", "DRAFTING")
    assert "reason" not in row
    assert "answers" not in row


def test_the_newest_case_stands_first(one_case: Any, enter: Any) -> None:
    case, there = one_case
    crowd(case, 2)
    numbers = _numbers(enter(there.centre).get("/office/cases/list/").text)
    assert numbers == list(db.session.scalars(select(Case.id).order_by(Case.id.desc())))
