"""The console through HTTP: one screen for each table, every change audited, nothing typed lost."""

import csv
import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditEntry
from app.core.db import db, transaction
from app.reference import queries, service
from app.reference.models import (
    County,
    Lookup,
    MessageTemplate,
    Rubric,
    RubricItem,
    RubricState,
    School,
    Subject,
)
from tests.conftest import Client

COUNTIES = "/steward/county/"


def id_of(app: Flask, model: Any, code: str) -> int:
    with app.app_context():
        return int(queries.by_code(model, code).id)


def last_entry(app: Flask) -> AuditEntry:
    with app.app_context():
        return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def test_every_lookup_table_has_a_screen(app: Flask, steward: Client) -> None:
    tables = {view.model for view in app.extensions["admin"][0]._views[1:]}
    assert {*Lookup.__subclasses__(), MessageTemplate, Rubric, RubricItem} == tables
    home = steward.get("/steward/").text
    assert all(f'href="/steward/{t.__tablename__.replace("_", "-")}/"' in home for t in tables - {RubricItem})
    assert "22 rows" in home and "4 unconfirmed" in home


def test_the_console_speaks_both_languages(steward: Client) -> None:
    assert "Taoyuan City" in steward.get(COUNTIES).text
    steward.get("/lang/zh_Hant_TW")
    assert "桃園市" in steward.get(COUNTIES).text


def test_an_edit_is_stored_and_audited(app: Flask, steward: Client, county_form: dict[str, Any]) -> None:
    number = id_of(app, County, "taoyuan")
    page = f"{COUNTIES}edit/?id={number}"
    answer = steward.submit(page, {**county_form, "contact": "03-322"}, page=page)
    assert answer.status_code == 302
    entry = last_entry(app)
    assert (entry.action, entry.object_id, entry.actor_name) == (
        "reference.changed",
        str(number),
        "one-steward",
    )
    assert entry.detail == {
        "changes": {"contact": ["", "03-322"], "note": [entry.detail["changes"]["note"][0], ""]}
    }
    details = steward.get(f"{COUNTIES}details/?id={number}").text
    assert "one-steward" in details and "03-322" in details


def test_saving_without_a_change_writes_nothing(app: Flask, steward: Client) -> None:
    with app.app_context():
        row = queries.by_code(Subject, "arts")
        number, before = row.id, row.updated_at
    page = f"/steward/subject/edit/?id={number}"
    steward.submit(page, {"label_zh": "藝術", "label_en": "Arts", "sort": str(8)}, page=page)
    with app.app_context():
        assert queries.by_code(Subject, "arts").updated_at == before


def test_the_code_of_a_row_that_is_there_cannot_be_changed(
    app: Flask, steward: Client, county_form: dict[str, Any]
) -> None:
    number = id_of(app, County, "taoyuan")
    page = f"{COUNTIES}edit/?id={number}"
    steward.submit(
        page, {**county_form, "code": "elsewhere", "retired_at": "2020-01-01", "id": "99"}, page=page
    )
    with app.app_context():
        row = db.session.get(County, number)
        assert (row.code, row.retired_at) == ("taoyuan", None)


@pytest.mark.parametrize(
    ("language", "message"),
    [("en", "A school code has six characters"), ("zh_Hant_TW", 'id="code-error"')],
)
def test_a_wrong_school_code_is_said_at_the_field_and_nothing_typed_is_lost(
    app: Flask, steward: Client, language: str, message: str
) -> None:
    steward.get(f"/lang/{language}")
    page = "/steward/school/new/"
    typed = {
        "code": "34601",
        "label_zh": "市立試驗國小",
        "label_en": "Trial School",
        "county": str(id_of(app, County, "taoyuan")),
        "level": "1",
        "sort": "0",
        "note": "typed with care",
    }
    answer = steward.submit(page, typed, page=page)
    assert answer.status_code == 200
    assert message in answer.text
    assert "市立試驗國小" in answer.text and "typed with care" in answer.text

    assert steward.submit(page, {**typed, "code": "034688"}, page=page).status_code == 302
    taken = steward.submit(page, {**typed, "code": "034688"}, page=page)
    assert taken.status_code == 200 and 'id="code-error"' in taken.text


def test_rows_are_retired_not_deleted(app: Flask, steward: Client) -> None:
    number = id_of(app, Subject, "arts")
    steward.submit("/steward/subject/delete/", {"id": number}, page="/steward/subject/")
    steward.submit(
        "/steward/subject/action/", {"action": "delete", "rowid": number}, page="/steward/subject/"
    )
    with app.app_context():
        assert queries.by_code(Subject, "arts").retired_at is None

    steward.submit(
        "/steward/subject/action/", {"action": "retire", "rowid": number}, page="/steward/subject/"
    )
    with app.app_context():
        assert queries.by_code(Subject, "arts").retired_at is not None
    assert last_entry(app).action == "reference.retired"
    assert "Retired" in steward.get("/steward/subject/?search=arts").text

    steward.submit(
        "/steward/subject/action/", {"action": "restore", "rowid": number}, page="/steward/subject/"
    )
    assert last_entry(app).action == "reference.restored"


def test_search_and_filters(app: Flask, steward: Client) -> None:
    found = steward.get("/steward/school/?search=東門").text
    assert "034602" in found and "353601" in found and "034601" not in found
    taipei = id_of(app, County, "taipei")
    groups = steward.get("/steward/school/").text
    assert "Taipei City" in groups
    filters = app.extensions["admin"][0]._views
    view = next(v for v in filters if getattr(v, "model", None) is School)
    number = next(
        i for i, f in enumerate(view._filters) if str(f.name) == "縣市" or "county" in str(f.column)
    )
    shown = steward.get(f"/steward/school/?flt0_{number}={taipei}").text
    assert "353601" in shown and "034601" not in shown


@pytest.mark.parametrize(
    "query",
    [
        "?page=-1",
        "?page=9999",
        "?page=99999999999999999999",
        "?page_size=0",
        "?page_size=1000000",
        "?sort=99",
        "?sort=-99",
        "?flt0_0=x",
        "?flt9_9=1",
        "?flt0_2=99999999999999999999",
        "?flt0_2=x",
        "?search=%00",
        "?search=%25",
    ],
)
def test_a_spoilt_address_is_no_error(steward: Client, query: str) -> None:
    assert steward.get(f"/steward/school/{query}").status_code in {200, 302}


@pytest.mark.parametrize("number", ["0", "-1", "abc", "99999999999999999999", "1,2"])
def test_a_row_that_is_not_there(steward: Client, number: str) -> None:
    for page in ("edit", "details"):
        assert steward.get(f"{COUNTIES}{page}/?id={number}").status_code == 302


def test_lists_ask_the_same_number_of_questions_for_few_and_many(
    app: Flask, steward: Client, count_queries: Any
) -> None:
    numbers = []
    for size in (1, 30):
        with count_queries() as queries_sent:
            steward.get(f"/steward/school/?page_size={size}")
        numbers.append(len(queries_sent))
    assert numbers[0] == numbers[1], numbers


def test_an_export_runs_nothing(app: Flask, steward: Client) -> None:
    with app.app_context(), transaction():
        row = queries.by_code(Subject, "arts")
        service.update(None, row, label_en='=HYPERLINK("http://x")', note="+1", source="＝1+1")
    answer = steward.get("/steward/subject/export/csv/")
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    rows = {r[0]: r for r in csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))}
    assert rows["arts"][2].startswith("'=HYPERLINK")
    assert not any(
        cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for row in rows.values() for cell in row
    )


# --- words ---------------------------------------------------------------------------------------


def template(app: Flask, event: str) -> tuple[str, dict[str, str]]:
    """Address of the page that changes the words of an event, and what it would send unchanged."""
    with app.app_context():
        row = db.session.scalars(select(MessageTemplate).where(MessageTemplate.event == event)).one()
        names = ("title_zh", "title_en", "body_zh", "body_en", "source")
        return f"/steward/message-template/edit/?id={row.id}", {n: getattr(row, n) for n in names}


def test_a_placeholder_that_nothing_fills_is_refused(app: Flask, steward: Client) -> None:
    page, words = template(app, "case.passed")
    answer = steward.submit(page, {**words, "body_zh": "您好 {techer}"}, page=page)
    assert answer.status_code == 200
    assert "Unknown placeholder: {techer}" in answer.text and "您好 {techer}" in answer.text
    # Known elsewhere, but this event has no certificate number.
    assert (
        "Unknown placeholder: {number}"
        in steward.submit(page, {**words, "body_en": "{number}"}, page=page).text
    )
    assert template(app, "case.passed")[1] == words


def test_a_preview_shows_sample_values_and_stores_nothing(app: Flask, steward: Client) -> None:
    page, words = template(app, "case.returned")
    typed = {**words, "body_zh": "{teacher}老師您好：{reason}", "_preview": "1"}
    answer = steward.submit(page, typed, page=page)
    assert "王小明老師您好" in answer.text and "{teacher}老師您好" in answer.text
    assert template(app, "case.returned")[1] == words


def test_words_are_changed_and_the_history_shows_it(app: Flask, steward: Client) -> None:
    page, words = template(app, "case.returned")
    answer = steward.submit(page, {**words, "body_en": "Please look again.\r\n\r\n{reason}"}, page=page)
    assert answer.status_code == 302
    assert template(app, "case.returned")[1]["body_en"] == "Please look again.\n\n{reason}"
    assert last_entry(app).detail["changes"].keys() == {"body_en"}


# --- rubrics -------------------------------------------------------------------------------------


def rubric(app: Flask, revision: int = 1) -> Any:
    with app.app_context():
        found = db.session.scalar(select(Rubric).where(Rubric.version == "105", Rubric.revision == revision))
        return found and (found.id, found.state, found.items[0].id)


def test_a_rubric_is_copied_changed_and_published(app: Flask, steward: Client) -> None:
    number, _state, item = rubric(app)
    details = f"/steward/rubric/details/?id={number}"
    assert "Unconfirmed" in steward.get(details).text
    frozen = f"/steward/rubric-item/edit/?id={item}"
    assert steward.get(frozen).status_code == 302

    steward.submit("/steward/rubric/action/", {"action": "copy", "rowid": number}, page=details)
    draft, state, item = rubric(app, 2)
    assert state is RubricState.DRAFT

    page = f"/steward/rubric-item/edit/?id={item}"
    form = {
        "level": "dimension",
        "title_zh": "課程設計與教學（修）",
        "status": "confirmed",
        "min_evidence": "0",
        "sort": "1",
    }
    answer = steward.submit(page, form, page=page)
    assert (answer.status_code, answer.location) == (302, f"/steward/rubric/details/?id={draft}")

    page = f"/steward/rubric-item/new/?rubric={draft}"
    added = {**form, "code": "D", "title_zh": "新層面", "sort": "99"}
    assert steward.submit(page, added, page=page).status_code == 302

    shown = f"/steward/rubric/details/?id={draft}"
    steward.submit("/steward/rubric/action/", {"action": "publish", "rowid": draft}, page=shown)
    assert rubric(app, 2)[1] is RubricState.PUBLISHED
    text = steward.get(shown).text
    assert "課程設計與教學（修）" in text and "新層面" in text
    refused = steward.submit(
        f"/steward/rubric-item/edit/?id={item}", {**form, "title_zh": "晚了"}, page=shown
    )
    # Refused, with the words still in the form.
    assert refused.status_code == 200 and "晚了" in refused.text
    assert "晚了" not in steward.get(shown).text
