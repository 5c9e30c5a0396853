"""What goes wrong at a real desk: nothing typed is lost, nothing happens twice, and the portal says what to do."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest

from tests.browser.conftest import sign_in, until
from tests.browser.people import Person, wording
from tests.conftest import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

LOCALES = ("zh_Hant_TW", "en")
FOCUS = """() => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  return at === document.body || (ring && box.bottom > 0 && box.top < innerHeight);
}"""


@pytest.fixture
def visit(open_page: Callable[..., Page]) -> Callable[..., Person]:
    """`visit(username, locale)`: somebody who has just logged in."""

    def log_in(username: str, locale: str = "zh_Hant_TW", **options: Any) -> Person:
        page = open_page(**options)
        sign_in(page, username, locale)
        return Person(page, locale)

    return log_in


def go_to_form(person: Person, slot: str, word: str = "編輯", form: str = "") -> None:
    person.open_case()
    person.open_slot(slot, word, form)
    person.page.wait_for_load_state()


def second_tab(person: Person) -> Person:
    """The same person with the same page in another tab."""
    tab = Person(person.page.context.new_page(), person.locale)
    tab.page.goto(person.page.url)
    return tab


# -- twice -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_two_tabs_and_both_texts_are_kept(visit: Callable[..., Person], locale: str) -> None:
    """The later tab overwrites nothing: both texts stand side by side, the person chooses."""
    first = visit("teacher.draft", locale)
    go_to_form(first, "觀察紀錄表")
    second = second_tab(first)
    one, two, place = (
        f"{text} {locale}" for text in ("第一個視窗的目標", "第二個視窗的目標", "第二個視窗的地點")
    )
    first.fill({"教學目標": one})
    first.wait_until_saved()
    second.fill({"教學目標": two, "地點": place})
    second.wait_until_saved("conflict")
    second.sees(second.word("This form was changed in another window."))
    second.press("Compare the two texts")
    second.title(second.word("Compare the two texts"))
    for text in (one, two, place):
        second.sees(text)
    second.picture("mishap-compare")
    goals = second.page.get_by_role("group", name=second.word("教學目標"))
    goals.get_by_role("radio", name=re.compile(one)).check()
    second.press("Save what I chose")
    second.title(second.word("105年版教師專業發展規準觀察紀錄表"))
    second.page.reload()
    assert second.field("教學目標").input_value() == one
    assert second.field("地點").input_value() == place


def test_applying_twice_opens_one_case(visit: Callable[..., Person]) -> None:
    """A double click, and a second tab that still shows the button."""
    teacher = visit("teacher")
    teacher.menu("認證專區")
    teacher.follow(teacher.word("進階專業回饋人才認證"))
    teacher.follow(teacher.word("申請認證"))
    late = second_tab(teacher)
    teacher.page.get_by_role("button", name=teacher.word("申請"), exact=True).dblclick()
    teacher.state("填寫中")
    late.press("申請")
    late.state("填寫中")
    assert late.page.url == teacher.page.url
    assert late.page.locator(".timeline strong").count() == 1
    late.menu("首頁")
    assert late.page.get_by_role("link", name=late.word("Open the case")).count() == 1


def test_sending_twice_sends_once(visit: Callable[..., Person]) -> None:
    """A double click, a second tab, the back button, and a form that was still open."""
    teacher = visit("teacher.returned")
    go_to_form(teacher, "觀察紀錄表")
    writing = second_tab(teacher)
    teacher.follow(teacher.word("取消"))
    todo = teacher.page.locator("#todo")
    for answer in todo.locator("textarea").all():
        answer.fill("已依意見補正")
    teacher.press("Save the answers", inside=todo)
    teacher.follow(teacher.word("送出審查文件"))
    late = second_tab(teacher)
    teacher.page.get_by_role("button", name=teacher.word("確定"), exact=True).dblclick()
    teacher.state("形式審查")
    late.press("確定")
    late.sees(late.word("This case has already been sent. Nothing was sent a second time."))
    teacher.page.go_back()
    teacher.page.wait_for_load_state()
    teacher.sees(teacher.word("This case has already been sent. Nothing was sent a second time."))
    steps = teacher.page.locator(".timeline strong").all_inner_texts()
    assert [step.split(" → ")[0] for step in steps] == ["送出審查文件", "退件", "送出審查文件", "申請"]
    assert teacher.page.locator("#receipts li").count() == 2
    writing.fill({"教學目標": "送出之後才寫的字"})
    writing.wait_until_saved("refused")
    writing.press("儲存")
    writing.title(writing.word("Not saved"))
    writing.sees("送出之後才寫的字")
    writing.picture("mishap-refused")


# -- wrong or missing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_missing_is_said_at_the_field(visit: Callable[..., Person], locale: str) -> None:
    """Saved all the same; the summary has the focus and leads to the field."""
    teacher = visit("teacher.draft", locale)
    page = teacher.page
    word = "新增" if locale == LOCALES[0] else "編輯"
    go_to_form(teacher, "觀察後回饋會談紀錄表", word, "post-observation-b")
    teacher.fill({"教與學之優點及特色": "學生能說明理由。", "回饋會談(議課)日期": "昨天"})
    teacher.press("儲存")
    summary = page.locator(".error-summary")
    summary.wait_for()
    until(page, "document.activeElement.matches('.error-summary')")
    teacher.picture("mishap-missing")
    for name, text in (("教與學之優點及特色", "學生能說明理由。"), ("回饋會談(議課)日期", "昨天")):
        assert teacher.field(name).input_value() == text
    for name in ("教與學待調整或改變之處", "回饋會談(議課)日期"):
        field = teacher.field(name)
        assert field.get_attribute("aria-invalid") == "true"
        assert (
            page.locator("#" + (field.get_attribute("aria-describedby") or "").split()[-1])
            .inner_text()
            .strip()
        )
        summary.get_by_role("link", name=teacher.word(name), exact=True).click()
        until(page, "id => document.activeElement.id === id", field.get_attribute("id"))
    # Who types before the scripts came keeps the place: "interactive" is the last moment before they run.
    page.add_init_script(
        "document.addEventListener('readystatechange', () => document.getElementById('to_change')?.focus(),"
        " {once: true})"
    )
    with page.expect_navigation():
        teacher.press("儲存")
    summary.wait_for()
    page.keyboard.type(locale)
    assert locale in page.input_value("#to_change")


def pdf(pages: int = 1, **saving: Any) -> bytes:
    """A PDF of blank pages."""
    out, document = io.BytesIO(), pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    document.save(out, **saving)
    return out.getvalue()


def scripted() -> bytes:
    """A PDF that wants to run a script when it is opened."""
    out, document = io.BytesIO(), pikepdf.new()
    document.add_blank_page()
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("locale", LOCALES)
def test_a_wrong_file_is_refused_in_words(visit: Callable[..., Person], locale: str) -> None:
    """Each with what is wrong and what to do; the file that was there stays."""
    teacher = visit("teacher.draft", locale)
    page = teacher.page
    go_to_form(teacher, "實施證明")
    advice = [(message, teacher.word(message)) for message in wording(locale) if message.startswith("Th")]
    locked = pdf(encryption=pikepdf.Encryption(owner="a", user="b"))
    for name, data, start in (
        ("word.pdf", b"PK\x03\x04 not a PDF at all", "This file is not a PDF."),
        ("big.pdf", pdf() + b" " * 2 * 1024 * 1024, "The file is larger than 2 MB."),
        ("locked.pdf", locked, "The file is protected by a password."),
        ("half.pdf", pdf()[:-80], "The file is incomplete: its end is missing."),
        ("script.pdf", scripted(), "The file contains a script or another action that starts by itself."),
        ("empty.pdf", b"", "The file is empty."),
    ):
        page.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/pdf", "buffer": data}
        )
        teacher.press("儲存")
        message = next(text for text in advice if text[0].startswith(start))[1]
        teacher.sees(message, inside=page.locator(".error-summary"))
        teacher.sees(message, inside=page.locator("#file-error"))
        assert page.locator("input[type=file]").get_attribute("aria-invalid") == "true"
        teacher.sees(teacher.word("文件名稱：%(name)s", name="公開授課實施證明.pdf"))
    teacher.picture("mishap-file")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_foreign_case_looks_like_none(visit: Callable[..., Person], locale: str) -> None:
    other = visit("teacher.failed")
    other.open_case()
    teacher = visit("teacher.draft", locale)
    for address in (other.page.url, f"{other.page.url}observation", f"{other.page.url}submit"):
        answer = teacher.page.goto(address)
        assert answer and answer.status == 404
        teacher.title(teacher.word("We could not find this page"))
        assert "劉建宏" not in teacher.page.content()
    teacher.picture("mishap-foreign")
    teacher.follow(teacher.word("Go to the home page"))
    teacher.sees(teacher.word("Open the case"))


# -- away --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_without_network_the_text_waits_on_the_device(visit: Callable[..., Person], locale: str) -> None:
    teacher = visit("teacher.draft", locale)
    go_to_form(teacher, "觀察前會談紀錄表")
    teacher.page.context.set_offline(True)
    teacher.fill({"課程脈絡": f"沒有網路時寫的字 {locale}"})
    teacher.sees(teacher.word("Kept on this device, will be sent when the network is back"))
    teacher.page.context.set_offline(False)
    teacher.wait_until_saved()
    teacher.page.reload()
    assert teacher.field("課程脈絡").input_value() == f"沒有網路時寫的字 {locale}"


@pytest.mark.parametrize("locale", LOCALES)
def test_logged_out_while_typing(visit: Callable[..., Person], locale: str) -> None:
    """Log in again in a new tab; the text in the old one goes out by itself."""
    teacher = visit("teacher.draft", locale)
    context = teacher.page.context
    go_to_form(teacher, "觀察前會談紀錄表")
    context.clear_cookies()
    teacher.fill({"觀察焦點(問題)": f"登出之後寫的字 {locale}"})
    teacher.wait_until_saved("login")
    teacher.sees(teacher.word("You have been logged out."))
    teacher.picture("mishap-login")
    with context.expect_page() as opened:
        teacher.follow(teacher.word("Log in (new tab)"))
    again = Person(opened.value, locale)
    again.page.wait_for_load_state()
    again.page.goto(f"/lang/{locale}")
    again.page.goto("/login/")
    again.give_password("teacher.draft")
    again.page.wait_for_url(lambda url: "/login" not in url)
    teacher.page.bring_to_front()
    teacher.wait_until_saved()
    teacher.page.reload()
    assert teacher.field("觀察焦點(問題)").input_value() == f"登出之後寫的字 {locale}"


# -- without a mouse ---------------------------------------------------------------------------------------


def tab_to(person: Person, target: Locator) -> None:
    """Press Tab until the target has the focus; wherever it rests on the way, it can be seen."""
    target.wait_for()
    for _ in range(120):
        person.page.keyboard.press("Tab")
        until(person.page, FOCUS)
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab never reaches {target}")


def enter(person: Person, target: Locator) -> None:
    tab_to(person, target)
    person.page.keyboard.press("Enter")
    person.page.wait_for_load_state()


def test_the_keyboard_is_enough(open_page: Callable[..., Page]) -> None:
    """Log in, open a form, write, save, send: with Tab, Enter and letters."""
    teacher = Person(open_page())
    page, keys = teacher.page, teacher.page.keyboard
    page.goto("/")
    tab_to(teacher, page.get_by_label(teacher.word("Account")))
    keys.type("teacher.revise")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    enter(teacher, page.get_by_role("link", name=teacher.word("Open the case")))
    enter(teacher, teacher.slot("觀察前會談紀錄表").get_by_role("button"))
    tab_to(teacher, teacher.field("地點"))
    keys.press("Control+A")
    keys.type("五年二班教室")
    teacher.wait_until_saved()
    enter(teacher, page.get_by_role("button", name=teacher.word("儲存")).last)
    teacher.sees(teacher.word("Saved and complete: %(title)s", title=teacher.word("觀察前會談紀錄表")))
    for answer in page.locator("#todo textarea").all():
        tab_to(teacher, answer)
        keys.type("已依意見修正")
    enter(teacher, page.get_by_role("button", name=teacher.word("Save the answers")))
    enter(teacher, page.get_by_role("link", name=teacher.word("送出複審資料")))
    enter(teacher, page.get_by_role("button", name=teacher.word("確定"), exact=True))
    teacher.state("複審分發委員")


def test_a_question_is_answered_with_the_keyboard(visit: Callable[..., Person]) -> None:
    """Escape leaves everything as it was and gives the focus back; 確定 removes the file."""
    teacher = visit("teacher.draft")
    page = teacher.page
    go_to_form(teacher, "社群參與證明")
    remove = page.get_by_role("button", name=teacher.word("取消上傳此檔案"))
    enter(teacher, remove)
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    teacher.picture("mishap-dialog")
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert remove.evaluate("element => element === document.activeElement")
    teacher.sees(teacher.word("文件名稱：%(name)s", name="教師專業學習社群參與證明.pdf"))
    page.keyboard.press("Enter")
    enter(teacher, dialog.get_by_role("button", name=teacher.word("確定")))
    teacher.sees(teacher.word("The file was taken out. You can upload another one, or the same one again."))
    assert remove.count() == 0
