"""Returning a case with comments at its fields, as both people meet it: an office at a desk, a teacher with a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.conftest import axe, until
from tests.browser.people import Person

if TYPE_CHECKING:
    from playwright.sync_api import Page

FIELD = "observation/ratings-A-4-evidence"
FACTS = "#ratings-A-4-evidence"
COMMENT = "請補上學生的反應。"
STAMP = "校長欄未核章。"
ANSWER = "已請校長補章，正本存學校。"
ADDED = "十二位學生說出理由。"


def test_a_return_is_mended_on_a_phone_and_read_side_by_side(open_page: Callable[..., Page]) -> None:
    teacher = Person(open_page(390, 844, has_touch=True, is_mobile=True)).log_in("demo.teacher1")
    teacher.open_case()
    case = teacher.page.url.rstrip("/").split("/")[-1].partition("#")[0]
    office = Person(open_page()).log_in("centre")

    returns_with_two_comments(office, case)
    finds_them(teacher, case)
    mends_one_and_answers_the_other(teacher, case)
    teacher.send("送出審查文件")

    office.page.goto(f"/office/cases/show/{case}")
    field, stamp = office.page.locator("#comments article.pin").all()
    before, after = (field.locator(".pin-column").nth(n) for n in (1, 2))
    assert field.locator("ins").filter(has_text=ADDED).count() == 1 and not field.locator("del").count()
    assert ADDED in after.inner_text() and ADDED not in before.inner_text()
    for text in (STAMP, office.word("Unchanged"), ANSWER):
        office.sees(text, inside=stamp)
    assert axe(office.page) == []
    office.picture("pins-compared")


def returns_with_two_comments(office: Person, case: str) -> None:
    """The second comment is begun without a text: the page names the row and keeps the first."""
    page = office.page
    page.goto(f"/office/cases/show/{case}")
    step = page.locator("section.step-panel")
    step.get_by_text(office.word("Return the case to the teacher")).click()
    page.select_option("#pins-0-place", FIELD)
    page.fill("#pins-0-text", COMMENT)
    office.press("Another comment", inside=step)
    page.select_option("#pins-1-place", "checklist")
    office.press("退件", inside=step)
    until(page, "document.querySelector('#pins-1-text')?.getAttribute('aria-invalid') === 'true'")
    assert page.input_value("#pins-0-text") == COMMENT and page.input_value("#pins-0-place") == FIELD
    page.fill("#pins-1-text", STAMP)
    office.picture("pins-return")
    office.press("退件", inside=step)
    office.sees(office.word("The case was returned to the teacher."))


def finds_them(teacher: Person, case: str) -> None:
    """What is to do stands on the case's page and at the field; sending is refused and names it."""
    page = teacher.page
    page.goto(f"/cases/{case}/")
    todo = page.locator("#todo")
    for text in (COMMENT, STAMP):
        teacher.sees(text, inside=todo)
    assert page.get_by_role("button", name=teacher.word("送出審查文件")).is_disabled()
    teacher.sees("A-4", inside=page.locator("#why-not"))
    teacher.sees(teacher.word("認證檢核表"), inside=page.locator("#why-not"))
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    teacher.picture("pins-todo")
    # Who goes there all the same is told the same.
    page.goto(f"/cases/{case}/submit")
    teacher.sees(STAMP)
    todo = page.get_by_role("link", name="A-4")
    todo.first.click()
    until(page, "location.hash === '#ratings-A-4-evidence'")


def mends_one_and_answers_the_other(teacher: Person, case: str) -> None:
    page = teacher.page
    teacher.sees(COMMENT, inside=page.locator(f"{FACTS}-pins"))
    page.fill(FACTS, page.input_value(FACTS) + ADDED)
    teacher.wait_until_saved()
    teacher.picture("pins-field")
    teacher.press("儲存")
    page.wait_for_url(f"**/cases/{case}/")
    stamp = page.locator("#todo .pin").filter(has_text=STAMP)
    field = page.locator("#todo .pin").filter(has_text=COMMENT)
    teacher.sees(teacher.word("Mended"), inside=field)
    stamp.get_by_role("textbox").fill(ANSWER)
    teacher.press("Save the answers", inside=page.locator("#todo"))
    teacher.sees(teacher.word("Your answers have been saved. They are sent with the case."))
    teacher.sees(teacher.word("Answered"), inside=stamp)
    teacher.picture("pins-answered")
