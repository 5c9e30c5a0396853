"""The addresses that devices sync with: exact shapes, log-in, tokens, and nothing of somebody else's."""

import json
import re
from typing import Any

import pytest

from tests.observations.batches import START, head, new_uid, plan_data, put

API = "/toolbox/api"


class Device:
    """A browser that sends JSON as the pages of live capture do."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.session = client.get(f"{API}/session").json

    def post(self, path: str, body: dict[str, Any], **more: Any) -> Any:
        headers = {"X-CSRFToken": self.session["csrf"], "X-Requested-With": "fetch", **more}
        return self.client.post(f"{API}/{path}", json={"user": self.session["user"], **body}, headers=headers)


@pytest.fixture
def device(visit: Any) -> Any:
    return lambda name: Device(visit(name))


def test_push_and_read_back(county: Any, device: Any) -> None:
    mine, uid, ops = device("teacher"), new_uid(), [put(1), put(2)]
    assert mine.session["user"] == county.users["teacher"]
    answer = mine.post(f"recordings/{uid}", {"head": head(), "ops": ops})
    assert (answer.status_code, answer.json) == (200, {"known": [op["uid"] for op in ops], "total": 2})
    assert mine.post(f"recordings/{uid}", {"head": head(), "ops": [*ops, put(3)]}).json["total"] == 3
    kept = mine.client.get(f"{API}/recordings/{uid}").json
    assert kept["head"] == head() and kept["ops"][:2] == ops


def test_signed_out_is_said_in_json_for_every_address(client: Any, county: Any) -> None:
    for method, path in (
        ("get", "session"),
        ("get", f"recordings/{new_uid()}"),
        ("post", f"recordings/{new_uid()}"),
        ("get", "plans"),
        ("post", f"plans/{new_uid()}"),
    ):
        answer = getattr(client, method)(f"{API}/{path}")
        assert (answer.status_code, answer.json["code"]) == (401, "login"), path


def test_a_write_needs_the_token(device: Any) -> None:
    mine, uid = device("teacher"), new_uid()
    for token in ("", "wrong"):
        answer = mine.post(f"recordings/{uid}", {"head": head(), "ops": []}, **{"X-CSRFToken": token})
        assert (answer.status_code, answer.json["code"]) == (400, "csrf")
    assert mine.client.get(f"{API}/recordings/{uid}").status_code == 404


def test_a_device_that_changed_hands_sends_nothing_under_the_new_name(county: Any, device: Any) -> None:
    theirs, uid = device("other"), new_uid()
    answer = theirs.post(
        f"recordings/{uid}", {"user": county.users["teacher"], "head": head(), "ops": [put(1)]}
    )
    assert (answer.status_code, answer.json["code"]) == (409, "other_user")
    assert theirs.client.get(f"{API}/recordings/{uid}").status_code == 404


def test_a_foreign_uid_looks_like_a_missing_one(device: Any) -> None:
    mine, theirs, uid = device("teacher"), device("other"), new_uid()
    mine.post(f"recordings/{uid}", {"head": head(), "ops": [put(1)]})
    mine.post(f"plans/{uid}", {"name": "五年三班", "version": 0, "data": plan_data()})
    foreign = theirs.client.get(f"{API}/recordings/{uid}")
    missing = theirs.client.get(f"{API}/recordings/{new_uid()}")
    assert (foreign.status_code, foreign.json) == (missing.status_code, missing.json) == (404, missing.json)
    assert theirs.post(f"recordings/{uid}", {"head": head(), "ops": [put(2)]}).json == missing.json
    stale = theirs.post(f"plans/{uid}", {"name": "x", "version": 0, "data": plan_data()})
    assert (stale.status_code, stale.json) == (404, missing.json)
    assert theirs.client.get(f"{API}/plans").json == {"plans": []}


def test_what_is_wrong_is_said_with_code_message_and_path(device: Any) -> None:
    mine = device("teacher")
    answer = mine.post(f"recordings/{new_uid()}", {"head": head(), "ops": [put(1, {"code": 12})]})
    assert answer.status_code == 422 and set(answer.json) == {"code", "message", "path"}
    assert (answer.json["code"], answer.json["path"]) == ("range", "ops.0.event.code")
    for body in ({"ops": 5}, {"ops": [5], "head": head()}, {"head": 5, "ops": []}, {"head": head()}):
        assert mine.post(f"recordings/{new_uid()}", body).status_code in (404, 422), body
    assert mine.post("recordings/not-a-uid", {"head": head(), "ops": []}).status_code == 422


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', "5", "[" * 100_000, '{"user": 1e999}'])
def test_nonsense_is_refused(device: Any, body: str) -> None:
    mine = device("teacher")
    headers = {"X-CSRFToken": mine.session["csrf"], "Content-Type": "application/json"}
    answer = mine.client.post(f"{API}/recordings/{new_uid()}", data=body, headers=headers)
    assert answer.status_code in (409, 422) and answer.json["code"] in ("json", "other_user")


def test_a_full_batch_is_taken_in_few_queries(device: Any, count_queries: Any) -> None:
    mine, uid = device("teacher"), new_uid()
    ops = [put(n) for n in range(2000)]
    with count_queries() as queries:
        assert mine.post(f"recordings/{uid}", {"head": head(), "ops": ops}).json["total"] == 2000
    assert len(queries) < 20
    with count_queries() as queries:
        assert mine.post(f"recordings/{uid}", {"head": None, "ops": ops[:9]}).json["total"] == 2000
    assert not [q for q in queries if re.match(r"INSERT|UPDATE", q)]


def test_plans_and_the_newer_one_of_another_device(device: Any) -> None:
    mine, uid = device("teacher"), new_uid()
    first = {"name": "五年三班", "version": 0, "data": plan_data()}
    assert mine.post(f"plans/{uid}", first).json == {"version": 1}
    assert mine.post(f"plans/{uid}", first).json == {"version": 1}
    assert mine.post(f"plans/{uid}", {**first, "name": "五年四班", "version": 1}).json == {"version": 2}
    stale = mine.post(f"plans/{uid}", {**first, "name": "五年五班", "version": 1})
    assert (stale.status_code, stale.json["code"]) == (409, "stale")
    assert stale.json["theirs"] == {"uid": uid, "name": "五年四班", "version": 2, "data": plan_data()}
    assert mine.client.get(f"{API}/plans").json == {"plans": [stale.json["theirs"]]}
    wrong = mine.post(f"plans/{new_uid()}", {"name": "", "version": 0, "data": plan_data()})
    assert (wrong.status_code, wrong.json["path"]) == (422, "name")


def test_reviewers_record_and_offices_do_not(device: Any) -> None:
    for name, status in (("reviewer", 200), ("county", 403), ("school", 403)):
        answer = device(name).post(f"recordings/{new_uid()}", {"head": head(), "ops": []})
        assert answer.status_code == status, name
        assert json.loads(answer.data)


def test_a_head_of_another_device_does_not_win_by_coming_last(device: Any) -> None:
    mine, uid = device("teacher"), new_uid()
    mine.post(f"recordings/{uid}", {"head": head(at=START + 9, title="new"), "ops": []})
    mine.post(f"recordings/{uid}", {"head": head(at=START, title="old"), "ops": [put(1)]})
    assert mine.client.get(f"{API}/recordings/{uid}").json["head"]["title"] == "new"
