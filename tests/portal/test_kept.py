"""What is typed and not saved: kept for its writer alone, given back, ended by the save."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app import jobs
from app.core import clock, scratch
from app.core.db import db
from app.people import queries as people
from tests.conftest import Client
from tests.portal.conftest import County

PAIRS = [["email", "new@school.example"], ["phone", "02-5555"]]
JSON_ASKED = {"X-Requested-With": "draft"}


@pytest.fixture
def signed_in(visit: Callable[[str], Client]) -> Client:
    return visit("teacher")


@pytest.fixture
def teacher_id(county: County) -> int:
    return county.users["teacher"]


def keep(client: Client, user: int, pairs: Any, *, key: str = "profile", version: int = 0) -> Any:
    data = {"user": user, "version": version, "pairs": json.dumps(pairs)}
    return client.submit(f"/drafts/{key}", data, headers=JSON_ASKED)


def test_a_text_is_kept_and_comes_back(signed_in: Client, teacher_id: int) -> None:
    answer = keep(signed_in, teacher_id, PAIRS)
    assert answer.status_code == 200 and answer.json["version"] > 0
    page = signed_in.get("/profile/").text
    assert "data-keep-stored" in page and "02-5555" in page


@pytest.mark.parametrize(("known", "left"), [(0, 0), (1, 1)])
def test_the_save_ends_what_its_page_knew(
    app: Flask, signed_in: Client, teacher_id: int, known: int, left: int
) -> None:
    """A text kept meanwhile in another window is not its own to end."""
    version = keep(signed_in, teacher_id, PAIRS).json["version"] - known
    saved = signed_in.submit(
        "/profile/", {"email": "t@school.example", "_keep": f"profile:abc123:{version}"}, page="/profile/"
    )
    assert saved.status_code == 303
    assert "kept-abc123=1" in "".join(saved.headers.getlist("Set-Cookie"))
    with app.app_context():
        assert db.session.query(scratch.Scratch).count() == left


def test_a_refused_save_keeps_it(app: Flask, signed_in: Client, teacher_id: int) -> None:
    version = keep(signed_in, teacher_id, PAIRS).json["version"]
    refused = signed_in.submit(
        "/profile/", {"email": "wrong", "_keep": f"profile:abc123:{version}"}, page="/profile/"
    )
    assert refused.status_code == 422
    # The page shows what was posted, which went on from what is kept: nothing to compare.
    assert "data-keep-refused" in refused.text and "data-keep-stored" not in refused.text.replace(
        f'data-keep-stored="{{&#34;version&#34;: {version}}}"', ""
    )
    with app.app_context():
        assert db.session.query(scratch.Scratch).count() == 1


def test_two_windows_are_told(signed_in: Client, teacher_id: int) -> None:
    first = keep(signed_in, teacher_id, PAIRS).json["version"]
    late = keep(signed_in, teacher_id, [["email", "other"]], version=0)
    assert late.status_code == 409
    assert late.json["theirs"]["pairs"] == PAIRS and late.json["theirs"]["version"] == first
    # The same words again, after an answer that was lost, are no second text.
    assert keep(signed_in, teacher_id, PAIRS, version=0).status_code == 200
    assert keep(signed_in, teacher_id, [["email", "other"]], version=first).status_code == 200


def test_only_for_its_writer(app: Flask, signed_in: Client, teacher_id: int) -> None:
    keep(signed_in, teacher_id, PAIRS)
    assert keep(signed_in, teacher_id + 1, PAIRS).status_code == 403
    stranger = app.test_client()
    assert stranger.get("/drafts/profile").status_code == 302
    assert stranger.post("/drafts/profile").status_code in (400, 401)


def test_what_is_no_text_is_refused(signed_in: Client, teacher_id: int) -> None:
    for pairs in ({"a": 1}, [["a"]], [["a", 1]], "a"):
        assert keep(signed_in, teacher_id, pairs).status_code == 422
    assert keep(signed_in, teacher_id, [["a", "b" * 600_000]]).status_code == 413
    assert keep(signed_in, teacher_id, PAIRS, key="../x").status_code == 404
    assert keep(signed_in, teacher_id, [["a", "b\0"]]).status_code == 200


def test_two_windows_on_the_own_data(app: Flask, signed_in: Client, teacher_id: int) -> None:
    page = signed_in.get("/profile/").text
    seen = page.split('name="version" value="')[1][:16]
    data = {"email": "one@school.example", "phone": "1", "subject": "", "grade": "", "version": seen}
    assert signed_in.submit("/profile/", data, page="/profile/").status_code == 303
    late = signed_in.submit(
        "/profile/", {**data, "email": "two@school.example", "phone": "2"}, page="/profile/"
    )
    assert late.status_code == 409
    assert "one@school.example" in late.text and "two@school.example" in late.text
    now = late.text.split('name="version" value="')[1][:16]
    choice = {**data, "email": "two@school.example", "phone": "2", "version": now, "choose-phone": "theirs"}
    assert signed_in.submit("/profile/", choice, page="/profile/").status_code == 303
    with app.app_context():
        from app.access.models import PortalUser

        user = db.session.get(PortalUser, teacher_id)
        own = people.profile_of(user)
        assert own is not None and (user.email, own.phone) == ("two@school.example", "1")


def test_a_draft_sent_twice_is_no_conflict(signed_in: Client, drafting: int) -> None:
    """The first answer was lost: the same words with the same version are acknowledged, others are not."""
    address = f"/cases/{drafting}/pre-observation"
    draft = {"version": 0, "focus": "哪些學生沒有開口？"}
    first = signed_in.submit(f"{address}/draft", draft, headers=JSON_ASKED)
    again = signed_in.submit(f"{address}/draft", draft, headers=JSON_ASKED)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json["version"] == again.json["version"]
    assert (
        signed_in.submit(f"{address}/draft", {**draft, "focus": "x"}, headers=JSON_ASKED).status_code == 409
    )


def test_what_was_never_saved_is_forgotten_after_half_a_year(
    app: Flask, signed_in: Client, teacher_id: int
) -> None:
    keep(signed_in, teacher_id, PAIRS)
    with app.app_context(), clock.told_at(clock.now() + timedelta(days=179)):
        assert jobs.forget_unsaved() == 0
    with app.app_context(), clock.told_at(clock.now() + timedelta(days=181)):
        assert jobs.forget_unsaved() == 1
    assert "02-5555" not in signed_in.get("/profile/").text
