"""Two stewards on one row: the second sees both versions side by side and chooses, field by field."""

from typing import Any

from flask import Flask

from app.core.db import db
from app.reference.models import County
from tests.conftest import Client
from tests.steward.test_console import COUNTIES, id_of


def seen(page: str) -> str:
    return page.split('name="version" value="')[1][:16]


def test_the_second_save_is_told_and_chooses(
    app: Flask, steward: Client, county_form: dict[str, Any]
) -> None:
    number = id_of(app, County, "taoyuan")
    page = f"{COUNTIES}edit/?id={number}"
    loaded = seen(steward.get(page).text)
    first = {**county_form, "contact": "03-111", "note": "first", "version": loaded}
    assert steward.submit(page, first, page=page).status_code == 302
    second = {**county_form, "contact": "03-222", "note": "second", "version": loaded}
    answer = steward.submit(page, second, page=page)
    assert answer.status_code == 409
    assert all(text in answer.text for text in ("03-111", "03-222", "first", "second"))
    assert 'name="choose-contact"' in answer.text and 'name="choose-label_zh"' not in answer.text
    choice = {**second, "version": seen(answer.text), "choose-contact": "theirs", "choose-note": "mine"}
    assert steward.submit(page, choice, page=page).status_code == 302
    with app.app_context():
        row = db.session.get(County, number)
        assert (row.contact, row.note) == ("03-111", "second")


def test_a_language_is_no_change(app: Flask, steward: Client, county_form: dict[str, Any]) -> None:
    page = f"{COUNTIES}edit/?id={id_of(app, County, 'taoyuan')}"
    loaded = seen(steward.get(page).text)
    steward.get("/lang/zh_Hant_TW")
    assert seen(steward.get(page).text) == loaded
    assert steward.submit(page, {**county_form, "version": loaded}, page=page).status_code == 302


def test_a_refused_save_still_knows_what_it_showed(
    app: Flask, steward: Client, county_form: dict[str, Any]
) -> None:
    page = f"{COUNTIES}edit/?id={id_of(app, County, 'taoyuan')}"
    loaded = seen(steward.get(page).text)
    wrong = steward.submit(page, {**county_form, "label_zh": "", "version": loaded}, page=page)
    assert seen(wrong.text) == loaded
