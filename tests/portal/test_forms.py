"""Filling in: nothing typed is lost, stale tabs overwrite nothing, messages stand at their fields."""

from typing import Any

from sqlalchemy import select

from app.cases.models import Document

PRE = "/cases/{}/pre-observation"


def stored(county: Any, slot: str) -> Document:
    from app.core.db import db

    return db.session.scalars(select(Document).where(Document.slot == slot)).one()


def test_missing_fields_keep_what_was_typed(visit: Any, drafting: int) -> None:
    page = (
        visit("teacher")
        .submit(
            PRE.format(drafting),
            {"version": "0", "teacher": "何佳蓉", "held_on": "沒有這一天"},
            follow_redirects=True,
        )
        .text
    )
    assert "草稿已儲存" in page and 'value="何佳蓉"' in page and 'value="沒有這一天"' in page
    assert 'id="held_on-error"' in page and 'id="course_context-error"' in page
    assert 'id="teacher-error"' not in page


def test_draft_as_soon_as_anything_is_typed(visit: Any, drafting: int, county: Any) -> None:
    teacher = visit("teacher")
    url = PRE.format(drafting) + "/draft"
    answer = teacher.submit(
        url, {"version": "0", "focus": "誰沒有開口"}, headers={"X-Requested-With": "draft"}
    )
    assert answer.json["version"] == 1 and answer.json["saved_at"]
    page = teacher.get(f"/cases/{drafting}/").text
    assert "尚未完成" in page and "編輯" in page
    assert "誰沒有開口" in teacher.get(PRE.format(drafting)).text


def test_stale_draft_is_refused_and_nothing_overwritten(visit: Any, drafting: int, county: Any) -> None:
    teacher = visit("teacher")
    url = PRE.format(drafting) + "/draft"
    for number, text in enumerate(("第一版", "第二版")):
        assert teacher.submit(url, {"version": str(number), "focus": text}).status_code == 200
    late = teacher.submit(url, {"version": "1", "focus": "另一個分頁"}, headers={"X-Requested-With": "draft"})
    assert late.status_code == 409 and late.json["compare_url"].startswith(PRE.format(drafting))
    with county.app.app_context():
        assert stored(county, "pre-observation").answers["focus"] == "第二版"


def test_stale_save_shows_both_texts_and_takes_what_is_chosen(visit: Any, drafting: int, county: Any) -> None:
    teacher = visit("teacher")
    url = PRE.format(drafting)
    teacher.submit(url, {"version": "0", "focus": "已儲存的焦點", "tool": "已儲存的工具"})
    page = teacher.submit(
        url, {"version": "0", "focus": "我打的焦點", "tool": "我打的工具", "place": "五年三班"}
    )
    assert page.status_code == 409
    for text in ("已儲存的焦點", "我打的焦點", "已儲存的工具", "我打的工具", "五年三班"):
        assert text in page.text
    with county.app.app_context():
        assert stored(county, "pre-observation").answers["focus"] == "已儲存的焦點"
    chosen = {"choose-focus": "theirs", "choose-tool": "mine", "choose-place": "mine"}
    teacher.submit(
        url, {"version": "1", "focus": "我打的焦點", "tool": "我打的工具", "place": "五年三班", **chosen}
    )
    with county.app.app_context():
        answers = stored(county, "pre-observation").answers
    assert (answers["focus"], answers["tool"], answers["place"]) == ("已儲存的焦點", "我打的工具", "五年三班")


def test_the_same_words_twice_are_no_conflict(visit: Any, drafting: int, county: Any) -> None:
    """A draft may still leave with the page whose form is being saved."""
    teacher = visit("teacher")
    url = PRE.format(drafting)
    sent = {"version": "0", "focus": "只打了一次"}
    assert teacher.submit(url + "/draft", sent).status_code == 200
    assert teacher.submit(url, sent).status_code == 303
    with county.app.app_context():
        assert stored(county, "pre-observation").version == 1


def test_a_form_of_a_sent_case_is_refused_with_the_text_in_sight(
    visit: Any, complete: int, county: Any
) -> None:
    teacher = visit("teacher")
    teacher.submit(f"/cases/{complete}/submit")
    late = teacher.submit(PRE.format(complete), {"version": "1", "focus": "太晚打的字"})
    assert late.status_code == 409 and "太晚打的字" in late.text
    draft = teacher.submit(PRE.format(complete) + "/draft", {"version": "1", "focus": "太晚打的字"})
    assert draft.status_code == 422
    with county.app.app_context():
        assert stored(county, "pre-observation").answers["focus"] != "太晚打的字"
    assert "此表單僅供檢視" in teacher.get(PRE.format(complete)).text


def test_rows_without_scripts(visit: Any, drafting: int) -> None:
    teacher = visit("teacher")
    url = f"/cases/{drafting}/post-observation?form=post-observation-b"
    page = teacher.submit(
        url,
        {"version": "0", "growth_plan-0-content": "讀書會", "rows-growth_plan": "add"},
        follow_redirects=True,
    ).text
    assert "讀書會" in page and 'id="growth_plan-1"' in page


def test_later_forms_start_from_the_earlier_ones(visit: Any, drafting: int) -> None:
    teacher = visit("teacher")
    teacher.submit(PRE.format(drafting), {"version": "0", "teacher": "何佳蓉", "unit": "分數的比較"})
    page = teacher.get(f"/cases/{drafting}/observation").text
    assert 'value="何佳蓉"' in page and 'value="分數的比較"' in page and 'value="陳雅雯"' in page
    teacher.submit(
        f"/cases/{drafting}/observation",
        {"version": "0", "ratings-A-2-rating": "developing", "ratings-A-2-evidence": "見聞"},
    )
    assert "A-2" in teacher.get(f"/cases/{drafting}/post-observation?form=post-observation-b").text


def test_the_observer_cannot_be_typed_over(visit: Any, drafting: int, county: Any) -> None:
    visit("teacher").submit(PRE.format(drafting), {"version": "0", "observer": "別人", "focus": "x"})
    with county.app.app_context():
        assert stored(county, "pre-observation").answers["observer"] == "陳雅雯"


def test_forms_not_on_line_or_unknown_are_not_there(visit: Any, drafting: int) -> None:
    teacher = visit("teacher")
    for path in (
        "observation?form=pre-observation-b",
        "observation?form=nonsense",
        "pre-observation?form=observation-105",
        "nonsense",
    ):
        assert teacher.get(f"/cases/{drafting}/{path}").status_code == 404, path


def test_pdf_of_a_typed_form(visit: Any, complete: int) -> None:
    answer = visit("teacher").get(f"/cases/{complete}/observation/pdf")
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
