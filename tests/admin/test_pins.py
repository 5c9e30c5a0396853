"""Returning a case with comments pinned to its forms, through the office's page, with and without a script."""

from typing import Any

import pytest
from sqlalchemy import select

from app.cases import service as cases
from app.cases.models import Case
from app.cases.states import State
from app.core.db import db
from app.reviews.models import Pin
from app.reviews.pins import digest, todo
from app.reviews.service import answer_pins

FIRST = {
    "pins-0-place": "pre-observation/unit",
    "pins-0-reason": "unclear",
    "pins-0-must": "1",
    "pins-0-text": "請寫出單元名稱",
}
SECOND = {"pins-1-place": "checklist", "pins-1-reason": "", "pins-1-must": "0", "pins-1-text": "掃描可再清楚"}


@pytest.fixture
def case(offices: Any) -> Case:
    return offices.cases[State.FORMAL_CHECK]  # type: ignore[no-any-return]


@pytest.fixture
def centre(offices: Any, enter: Any) -> Any:
    return enter(offices.world.centre)


def now(case: Case) -> Case:
    db.session.expire_all()
    return db.session.get(Case, case.id)  # type: ignore[return-value]


def test_rows_come_and_go_without_a_script_and_keep_the_words(case: Case, centre: Any) -> None:
    url = f"/office/cases/formal_return/{case.id}"
    page = centre.get(f"/office/cases/show/{case.id}").text
    assert page.count('name="pins-0-place"') == 1 and 'name="pins-1-place"' not in page
    more = centre.submit(url, {**FIRST, "reason": "整體", "rows-pins": "add"})
    assert more.status_code == 200
    assert "請寫出單元名稱</textarea>" in more.text and "整體</textarea>" in more.text
    assert 'name="pins-1-place"' in more.text
    assert 'value="pre-observation/unit" selected' in more.text
    less = centre.submit(url, {**FIRST, **SECOND, "rows-pins": "remove-0"})
    assert "請寫出單元名稱" not in less.text and "掃描可再清楚</textarea>" in less.text
    assert 'value="checklist" selected' in less.text and '<option value="0" selected' in less.text
    assert now(case).state is State.FORMAL_CHECK
    assert db.session.scalars(select(Pin)).all() == []


def test_a_refused_return_says_where_and_loses_nothing(case: Case, centre: Any) -> None:
    url = f"/office/cases/formal_return/{case.id}"
    empty = centre.submit(url, {"reason": "請重新上傳"})
    assert empty.status_code == 422
    assert "請重新上傳</textarea>" in empty.text and 'href="#pins"' in empty.text
    # The empty row in the middle is left out, and the error stands at the row as it is shown again.
    wrong = centre.submit(url, {**FIRST, "pins-1-place": "", "pins-2-place": "", "pins-2-text": "哪一份？"})
    assert wrong.status_code == 422
    assert 'href="#pins-1-place"' in wrong.text and "哪一份？</textarea>" in wrong.text
    assert "請寫出單元名稱</textarea>" in wrong.text
    assert now(case).state is State.FORMAL_CHECK


def test_a_return_pins_every_row_and_the_page_tells_of_it(
    case: Case, centre: Any, offices: Any, enter: Any
) -> None:
    done = centre.submit(f"/office/cases/formal_return/{case.id}", {**FIRST, **SECOND, "reason": "請補件"})
    assert done.status_code == 302
    assert now(case).state is State.RETURNED
    pins = db.session.scalars(select(Pin).order_by(Pin.id)).all()
    assert [(p.slot, p.field, p.reason, p.must, p.text) for p in pins] == [
        ("pre-observation", "unit", "unclear", True, "請寫出單元名稱"),
        ("checklist", "", "", False, "掃描可再清楚"),
    ]
    centre.get("/lang/en")
    page = centre.get(f"/office/cases/show/{case.id}").text
    assert "請寫出單元名稱" in page and "Not sent again yet" in page


def test_a_finding_becomes_a_comment_with_one_press(case: Case, centre: Any) -> None:
    press = {**FIRST, "rows-pins": "take observation/held_on 2025-09-30 在前"}
    page = centre.submit(f"/office/cases/formal_return/{case.id}", press).text
    assert 'value="observation/held_on" selected' in page and "2025-09-30 在前</textarea>" in page
    assert "請寫出單元名稱</textarea>" in page


def test_after_the_next_sending_the_office_reads_before_after_and_answer(case: Case, centre: Any) -> None:
    centre.submit(f"/office/cases/formal_return/{case.id}", {**FIRST, **SECOND})
    case = now(case)
    kept = next(d for d in case.documents if d.slot == "pre-observation")
    cases.save_document(
        case.applicant, case, slot=kept.slot, form_code=kept.form_code, form_version=1,
        answers={"unit": "圓的面積"}, complete=True, version=kept.version,
    )  # fmt: skip
    views = todo(case)
    answer_pins(case.applicant, case, answers={views[1].pin.id: "已重新掃描"}, seen=digest(views))
    db.session.commit()
    draft = centre.get(f"/office/cases/show/{case.id}").text
    assert "圓的面積" not in draft and "已重新掃描" not in draft, "drafts are for their writer alone"
    cases.submit(case.applicant, now(case))
    db.session.commit()
    page = centre.get(f"/office/cases/show/{case.id}").text
    assert "<ins>" in page and "圓的面積" in page and "已重新掃描" in page


def test_the_second_of_two_offices_finds_the_words_again(
    case: Case, centre: Any, offices: Any, enter: Any
) -> None:
    """The case was returned by a colleague meanwhile: what was typed stays readable."""
    url = f"/office/cases/formal_return/{case.id}"
    assert centre.submit(url, FIRST).status_code == 302
    late = centre.submit(
        url, {**FIRST, "pins-0-text": "我的意見", "reason": "我的話", "_keep": f"case-{case.id}-return"}
    )
    assert late.status_code == 409
    assert "我的意見" in late.text and "我的話" in late.text
    assert [pin.text for pin in db.session.scalars(select(Pin))] == ["請寫出單元名稱"]


def test_a_comment_that_is_too_long_comes_back_whole(case: Case, centre: Any) -> None:
    long = "長" * 5001
    page = centre.submit(f"/office/cases/formal_return/{case.id}", {**FIRST, "pins-0-text": long})
    assert page.status_code == 422
    assert f"{long}</textarea>" in page.text and "5,000" in page.text and 'href="#pins-0-text"' in page.text


def test_words_of_an_earlier_visit_are_in_sight(case: Case, centre: Any, offices: Any) -> None:
    url = f"/office/cases/show/{case.id}"
    fold = '<details class="fold" open>'
    assert fold not in centre.get(url).text.split('id="return-form"')[0]
    kept = {"user": offices.world.centre.id, "version": 0, "pairs": '[["pins-0-text", "未寫完的意見"]]'}
    assert centre.submit(f"/drafts/case-{case.id}-return", kept).status_code == 200
    assert fold in centre.get(url).text.split('id="return-form"')[0]
