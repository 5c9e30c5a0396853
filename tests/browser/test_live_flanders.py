"""The Flanders page: one press one code, gaps shown, everything taken back and corrected, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, sign_in
from tests.browser.live import begin, codes, open_live, press, shown, stored, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Page

LOCALES = ("zh_Hant_TW", "en")
BEAT = 3000


@pytest.fixture
def observer(open_page: Callable[..., Page]) -> Page:
    """A signed-in teacher with a telephone."""
    page = open_page(390, 844, has_touch=True, is_mobile=True)
    sign_in(page, "teacher")
    return page


def gaps(page: Page) -> list[str]:
    return page.locator(".fl-gap").all_inner_texts()


def undo(page: Page) -> None:
    page.locator('.live-tools [data-do="undo"]').click()


def redo(page: Page) -> None:
    page.locator('.live-tools [data-do="redo"]').click()


def counted(page: Page, number: int) -> None:
    page.locator("[data-total]").get_by_text(str(number), exact=True).wait_for()


@pytest.mark.parametrize(("width", "height"), [(360, 640), (390, 844), (640, 360), (1280, 800)])
def test_ten_keys_for_the_thumb_without_scrolling(
    open_page: Callable[..., Page], width: int, height: int
) -> None:
    for locale in LOCALES:
        page = open_page(width, height, has_touch=True)
        sign_in(page, "teacher", locale=locale)
        begin(page, "flanders", "鍵的大小")
        press(page, 1, 2, 3)
        counted(page, 3)
        boxes = page.locator(".fl-key").evaluate_all(
            "keys => keys.map(key => key.getBoundingClientRect().toJSON())"
        )
        assert len(boxes) == 10
        assert min(box["width"] for box in boxes) >= 56
        assert min(box["height"] for box in boxes) >= 56
        assert max(box["bottom"] for box in boxes) <= height
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for key in page.locator(".fl-key").all():
            assert key.evaluate(
                "key => key.scrollHeight <= key.clientHeight && key.scrollWidth <= key.clientWidth"
            )


def test_a_held_key_repeats_on_the_beat_only(observer: Page) -> None:
    """The key repeat of a keyboard, or a resting finger, must not flood the record."""
    begin(observer, "flanders")
    observer.clock.install()
    for _ in range(30):
        observer.keyboard.down("5")
    observer.clock.fast_forward(BEAT)
    observer.clock.fast_forward(BEAT)
    observer.keyboard.up("5")
    observer.clock.fast_forward(5 * BEAT)
    counted(observer, 3)
    observer.locator('[data-code="8"]').dispatch_event("pointerdown", {"button": 0})
    observer.clock.fast_forward(BEAT)
    observer.evaluate("dispatchEvent(new Event('pointerup'))")
    observer.clock.fast_forward(5 * BEAT)
    counted(observer, 5)
    # A screen reader only clicks.
    observer.locator('[data-code="2"]').evaluate("key => key.click()")
    counted(observer, 6)
    assert shown(observer) == [5, 5, 5, 8, 8, 2]


def test_gaps_are_shown_and_filled_only_by_the_observer(observer: Page) -> None:
    uid = begin(observer, "flanders")
    observer.clock.install()
    press(observer, 5)
    observer.clock.fast_forward(BEAT)
    press(observer, 4)
    observer.clock.fast_forward(5 * BEAT)
    press(observer, 8)
    counted(observer, 3)
    assert gaps(observer) == ["?×4"]
    observer.locator(".fl-gap").click()
    observer.locator("#live-fill").fill("2 11")
    observer.locator("[data-ask-yes]").click()
    assert observer.locator("[data-ask]").is_visible()
    observer.locator("#live-fill").fill("2, 3 0")
    observer.locator("[data-ask-yes]").click()
    assert observer.locator("[data-ask]").is_visible()
    observer.locator("#live-fill").fill("2, 3、3 10")
    observer.locator("[data-ask-yes]").click()
    counted(observer, 7)
    assert shown(observer) == [5, 4, 2, 3, 3, 10, 8]
    assert gaps(observer) == []
    undo(observer)
    counted(observer, 3)
    assert gaps(observer) == ["?×4"]
    # A pause is no gap: the clock stands, and what follows is the next part.
    observer.locator('.live-tools [data-do="pause"]').click()
    observer.clock.fast_forward(20 * BEAT)
    press(observer, 1)
    observer.locator('.live-tools [data-do="pause"]').click()
    press(observer, 9)
    counted(observer, 4)
    assert gaps(observer) == ["?×4"]
    observer.clock.run_for(2000)
    wait_for(observer, "saved")
    assert [op["event"].get("part", 1) for op in stored(observer, uid) if op["op"] == "put"][-1] == 2


def test_undo_and_redo_without_end_and_through_a_reload(observer: Page) -> None:
    uid = begin(observer, "flanders")
    press(observer, 1, 2, 3, 4, 5)
    counted(observer, 5)
    for left in (4, 3, 2):
        undo(observer)
        counted(observer, left)
    observer.reload()
    counted(observer, 2)
    redo(observer)
    counted(observer, 3)
    undo(observer)
    counted(observer, 2)
    for left in (1, 0):
        observer.keyboard.press("Control+z")
        counted(observer, left)
    assert observer.locator('.live-tools [data-do="undo"]').is_disabled()
    for more in (1, 2, 3, 4, 5):
        observer.keyboard.press("Control+y")
        counted(observer, more)
    assert shown(observer) == [1, 2, 3, 4, 5]
    observer.keyboard.press("Backspace")
    counted(observer, 4)
    press(observer, 0)
    counted(observer, 5)
    assert observer.locator('.live-tools [data-do="redo"]').is_disabled()
    wait_for(observer, "saved")
    assert codes(stored(observer, uid)) == [1, 2, 3, 4, 10]


def test_corrections_on_the_time_line_keep_the_original(observer: Page) -> None:
    uid = begin(observer, "flanders")
    observer.clock.install()
    for digit in (5, 4, 8, 9):
        press(observer, digit)
        observer.clock.fast_forward(BEAT)
    counted(observer, 4)
    observer.locator('.live-tools [data-do="timeline"]').click()
    rows = observer.locator("[data-events] [data-event]")
    assert rows.count() == 4
    rows.nth(1).locator("[data-key^=edit]").click()
    observer.locator("#live-code").select_option("3")
    observer.locator("[data-ask-yes]").click()
    rows.nth(2).locator("[data-key^=trash]").click()
    expect(rows).to_have_count(3)
    rows.nth(0).locator("[data-key^=plus]").click()
    observer.locator("#live-code").select_option("7")
    observer.locator("[data-ask-yes]").click()
    expect(rows).to_have_count(4)
    observer.locator("[data-timeline] details summary").click()
    expect(observer.locator("[data-history] li")).to_have_count(7)
    observer.locator("[data-shut]").click()
    assert shown(observer) == [5, 7, 3, 9]
    observer.clock.run_for(2000)
    wait_for(observer, "saved")
    ops = stored(observer, uid)
    assert codes(ops) == [5, 7, 3, 9]
    # The 4 that was changed and the 8 that was deleted are still in the log.
    assert [op["event"]["code"] for op in ops if op["op"] == "put"][:4] == [5, 4, 8, 9]


def test_a_list_of_codes_is_pasted(observer: Page) -> None:
    """In the start panel and on the page; a wrong entry is named, an insertion keeps the order."""
    open_live(observer, "flanders")
    observer.get_by_text("I have a list").or_(observer.get_by_text("我已有代碼清單")).click()
    observer.locator("#live-codes").fill("5 5 4 11 2")
    observer.locator("[data-new] [type=submit]").click()
    observer.locator("[data-codes-error]").get_by_text("11").wait_for()
    assert observer.locator("[data-start]").is_visible()
    observer.locator("#live-codes").fill("5,5；4、8\n２ 10")
    observer.locator("[data-new] [type=submit]").dblclick()
    counted(observer, 6)
    uid = observer.evaluate("location.hash.slice(1)")
    assert shown(observer) == [5, 5, 4, 8, 2, 10]
    assert gaps(observer) == []
    observer.locator('.live-tools [data-do="timeline"]').click()
    observer.locator("[data-events] [data-event]").nth(2).locator("[data-key^=plus]").click()
    observer.locator("#live-code").select_option("9")
    observer.locator("[data-ask-yes]").click()
    observer.locator("[data-events] [data-event]").nth(6).wait_for()
    observer.locator("[data-timeline-tools] button").click()
    observer.locator("#paste-codes").fill("1 1")
    observer.locator("[data-ask-yes]").click()
    observer.locator("[data-events] [data-event]").nth(8).wait_for()
    observer.locator("[data-shut]").click()
    assert shown(observer) == [5, 5, 4, 9, 8, 2, 10, 1, 1]
    undo(observer)
    counted(observer, 7)
    undo(observer)
    counted(observer, 6)
    assert shown(observer) == [5, 5, 4, 8, 2, 10]
    wait_for(observer, "saved")
    open_live(observer, "flanders")
    assert observer.locator("[data-resume] .live-kept").count() == 1, "started once, however often pressed"
    assert codes(stored(observer, uid)) == [5, 5, 4, 8, 2, 10]


def test_from_a_form_and_back_with_the_keyboard_alone(open_page: Callable[..., Page]) -> None:
    """Fill in, record, correct, finish, and go back to the form of the case that asked for it."""
    page = open_page()
    sign_in(page, "teacher")
    open_live(page, "flanders", "?case=7&slot=observation")
    keys = page.keyboard

    def tab_to(selector: str) -> None:
        for _ in range(60):
            if page.evaluate("selector => Boolean(document.activeElement?.matches(selector))", selector):
                return
            keys.press("Tab")
        raise AssertionError(f"Tab never reaches {selector}")

    tab_to("#live-title")
    keys.type("鍵盤")
    keys.press("Enter")
    page.locator("[data-room]").wait_for()
    press(page, 5, 4, 8)
    tab_to('[data-code="2"]')
    keys.press("Enter")
    keys.press("Space")
    counted(page, 5)
    keys.press("Control+z")
    counted(page, 4)
    page.evaluate("document.activeElement.blur()")
    tab_to('.live-tools [data-do="timeline"]')
    keys.press("Enter")
    tab_to("[data-key^=trash]")
    keys.press("Enter")
    page.locator("[data-events] [data-event]").nth(3).wait_for(state="detached")
    keys.press("Escape")
    counted(page, 3)
    tab_to('.live-tools [data-do="finish"]')
    keys.press("Enter")
    tab_to("[data-ask-yes]")
    keys.press("Enter")
    page.locator("[data-done]").wait_for()
    wait_for(page, "saved")
    uid = page.evaluate("location.hash.slice(1)")
    back = page.locator("[data-done-case]").get_attribute("href")
    assert back == f"/cases/7/observation?form=flanders&record={uid}"
    page.locator('[data-do="reopen"]').click()
    # A key before the clock goes on again is no code.
    page.locator("[data-done]").wait_for(state="hidden")
    page.locator("[data-room]:not(.is-paused)").wait_for()
    press(page, 1)
    counted(page, 4)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("locale", LOCALES)
def test_axe_finds_nothing(open_page: Callable[..., Page], locale: str, width: int) -> None:
    page = open_page(width, 800)
    sign_in(page, "teacher", locale=locale)
    open_live(page, "flanders")
    assert axe(page) == []
    begin(page, "flanders", "無障礙")
    press(page, 1, 5, 9, 0)
    counted(page, 4)
    page.locator(".is-hit").first.evaluate("key => Promise.all(key.getAnimations().map(a => a.finished))")
    assert axe(page) == []
    page.locator('.live-tools [data-do="timeline"]').click()
    page.locator("[data-timeline] details summary").click()
    assert axe(page) == []
    page.locator("[data-events] [data-key^=edit]").first.click()
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.locator("[data-shut]").click()
    page.locator('.live-tools [data-do="finish"]').click()
    page.locator("[data-ask-yes]").click()
    page.locator("[data-done]").wait_for()
    assert axe(page) == []
