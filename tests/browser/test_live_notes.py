"""Verbatim and anecdotal records: stamp now, type now or later; judging words are pointed at, nothing is blocked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from app.instruments.record import fold
from tests.browser.conftest import axe, sign_in, until
from tests.browser.live import begin, stored, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

LOCALES = ("zh_Hant_TW", "en")


@pytest.fixture
def observer(open_page: Callable[..., Page]) -> Page:
    """A signed-in teacher at a desk."""
    page = open_page()
    sign_in(page, "teacher")
    return page


def rows(page: Page, number: int) -> Locator:
    """The entries, once there are so many."""
    found = page.locator("[data-note]")
    if number:
        found.nth(number - 1).wait_for()
    found.nth(number).wait_for(state="detached")
    return found


def field(row: Locator, name: str) -> Locator:
    return row.locator(f'[data-field="{name}"]')


def events(page: Page, uid: str) -> list[dict[str, Any]]:
    wait_for(page, "saved")
    return fold(stored(page, uid))


def test_utterances_are_stamped_and_typed_now_or_later(observer: Page) -> None:
    uid = begin(observer, "verbatim", "提問", focus="教師提問")
    observer.clock.install()
    observer.locator("[data-stamp]").click()
    rows(observer, 1)
    observer.clock.fast_forward(65_000)
    observer.locator("[data-stamp]").click()
    two = rows(observer, 2)
    assert two.locator("[data-row-time]").all_inner_texts() == ["0:00", "1:05"]
    # Later: the first one; it keeps itself, in the time of its stamp.
    field(two.nth(0), "text").fill("為什麼要通分？")
    two.nth(0).locator("summary").click()
    field(two.nth(0), "level").select_option("open")
    field(two.nth(0), "kind").select_option("question")
    field(two.nth(0), "wait_ms").fill("2.5")
    field(two.nth(1), "speaker").select_option("pupil")
    # Enter in the words stamps the next one; Shift+Enter is a new line.
    words = field(two.nth(1), "text")
    words.focus()
    observer.keyboard.type("因為分母不同")
    observer.keyboard.press("Shift+Enter")
    observer.keyboard.type("所以不能加")
    observer.clock.fast_forward(10_000)
    observer.keyboard.press("Enter")
    three = rows(observer, 3)
    observer.keyboard.type("還有呢？")
    assert field(three.nth(2), "text").input_value() == "還有呢？"
    observer.clock.run_for(3000)
    kept = events(observer, uid)
    assert [(e["speaker"], e["text"], e["level"], e["kind"], e["wait_ms"]) for e in kept] == [
        ("teacher", "為什麼要通分？", "open", "question", 2500),
        ("pupil", "因為分母不同\n所以不能加", "", "", None),
        ("teacher", "還有呢？", "", "", None),
    ]
    assert kept[0]["t"] < 5000 and 65_000 <= kept[1]["t"] < 70_000 and 75_000 <= kept[2]["t"] < 85_000
    head = observer.request.get(f"/toolbox/api/recordings/{uid}").json()["head"]
    assert head["rule"]["focus"] == "教師提問"


def test_enter_that_chooses_a_character_is_no_stamp(observer: Page) -> None:
    """Taiwan types with an input method: its Enter ends the choice of a character."""
    begin(observer, "verbatim")
    observer.keyboard.press("Enter")
    words = field(rows(observer, 1).nth(0), "text")
    for composing in ({"isComposing": True}, {"keyCode": 229}):
        words.dispatch_event("keydown", {"key": "Enter", **composing})
    rows(observer, 1)
    words.dispatch_event("keydown", {"key": "Enter"})
    rows(observer, 2)
    observer.evaluate("document.activeElement.blur()")
    observer.keyboard.press("Space")
    rows(observer, 3)


def test_typing_is_kept_from_the_first_key_without_network_and_through_a_crash(observer: Page) -> None:
    uid = begin(observer, "anecdotal", "軼事")
    observer.locator("[data-stamp]").click()
    field(rows(observer, 1).nth(0), "teacher").fill("老師")
    observer.context.set_offline(True)
    field(rows(observer, 1).nth(0), "pupil").press_sequentially("第三組討論", delay=20)
    wait_for(observer, "offline")
    observer.wait_for_timeout(500)
    context = observer.context
    observer.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(f"/toolbox/live/anecdotal/#{uid}")
    row = rows(again, 1).nth(0)
    assert field(row, "teacher").input_value() == "老師"
    assert field(row, "pupil").input_value() == "第三組討論"
    assert [event["pupil"] for event in events(again, uid)] == ["第三組討論"]


def test_judging_words_are_pointed_at_in_the_facts_only(observer: Page) -> None:
    uid = begin(observer, "anecdotal")
    observer.locator("[data-stamp]").click()
    row = rows(observer, 1).nth(0)
    hint = row.locator('[data-judging="pupil"]')
    field(row, "pupil").fill("兩位學生低頭抄寫黑板上的算式，其中一位說「很好」。")
    assert hint.is_hidden()
    field(row, "pupil").fill("學生上課不認真, not a good lesson")
    assert hint.is_visible()
    assert "不認真" in hint.inner_text() and "good" in hint.inner_text()
    field(row, "pupil").fill("學生說 goodbye")
    assert hint.is_hidden()
    field(row, "note").fill("我覺得很好")
    assert row.locator("[data-judging]:visible").count() == 0
    field(row, "teacher").fill("老師很有耐心")
    assert row.locator('[data-judging="teacher"]').is_visible()
    row.locator("[data-row-end]").click()
    observer.locator('.live-tools [data-do="finish"]').click()
    observer.locator("[data-ask-yes]").click()
    observer.locator("[data-done]").wait_for()
    (kept,) = events(observer, uid)
    assert kept["teacher"] == "老師很有耐心"
    assert kept["t_end"] >= kept["t"]


def test_entries_are_deleted_undone_and_corrected(observer: Page) -> None:
    uid = begin(observer, "anecdotal")
    for text in ("甲", "乙", "丙"):
        observer.locator("[data-stamp]").click()
        field(rows(observer, "甲乙丙".index(text) + 1).last, "note").fill(text)
        observer.locator("[data-stamp]").focus()
    rows(observer, 3).nth(1).locator("[data-row-drop]").click()
    rows(observer, 2)
    undo = observer.locator('.live-tools [data-do="undo"]')
    undo.click()
    three = rows(observer, 3)
    assert [field(three.nth(n), "note").input_value() for n in range(3)] == ["甲", "乙", "丙"]
    undo.click()
    until(observer, "document.querySelectorAll('[data-field=note]')[2].value === ''")
    observer.locator('.live-tools [data-do="redo"]').click()
    until(observer, "document.querySelectorAll('[data-field=note]')[2].value === '丙'")
    three.nth(0).locator("[data-row-time]").click()
    observer.locator("[data-event] [data-key^=edit]").first.click()
    observer.locator("#live-time").fill("0:30")
    observer.locator('[data-ask] [data-field="teacher"]').fill("走到第二組")
    observer.locator("[data-ask-yes]").click()
    observer.locator("[data-shut]").click()
    until(observer, "document.querySelectorAll('[data-field=note]')[2].value === '甲'")
    kept = events(observer, uid)
    assert [event["note"] for event in kept] == ["乙", "丙", "甲"]
    assert kept[2]["t"] == 30_000 and kept[2]["teacher"] == "走到第二組"


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("locale", LOCALES)
def test_axe_finds_nothing(open_page: Callable[..., Page], locale: str, width: int) -> None:
    page = open_page(width, 800)
    sign_in(page, "teacher", locale=locale)
    for instrument in ("verbatim", "anecdotal"):
        begin(page, instrument, "無障礙")
        assert axe(page) == []
        page.locator("[data-stamp]").click()
        page.locator("[data-stamp]").click()
        row = rows(page, 2).first
        if instrument == "anecdotal":
            field(row, "pupil").fill("很認真")
        else:
            row.locator("summary").click()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        row.locator("[data-row-time]").click()
        page.locator("[data-event] [data-key^=edit]").first.click()
        assert axe(page) == []
