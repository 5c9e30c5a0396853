"""Verbal flow, at task and teacher movement before a class: by touch, by keyboard alone, with the network cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Event = dict[str, Any]
INSTRUMENTS = ("verbal-flow", "at-task", "teacher-movement")


def begin(page: Page, instrument: str, locale: str = "zh_Hant_TW", plan: str = "6x5") -> None:
    """Sign in, open the instrument, start on the plan that is there without drawing one."""
    sign_in(page, "teacher", locale=locale)
    page.goto(f"/toolbox/live/{instrument}/")
    page.locator('body[data-open="yes"]').wait_for(state="attached")
    page.locator("#live-title").fill("數學 分數")
    page.locator("#live-plan").select_option(plan)
    page.locator("[data-new] button[type=submit]").click()
    seat(page, 1).wait_for()


def seat(page: Page, name: int | str) -> Locator:
    wanted = f"s{name}" if isinstance(name, int) else name
    return page.locator(f'.stage-plan [data-id="{wanted}"]')


def label(page: Page, name: int | str) -> str:
    return seat(page, name).get_attribute("aria-label") or ""


# Reading waits behind every tap that is being written; then nothing may be left to send.
SENT = """async () => {
  const base = document.querySelector('script[src*="start.js"]').src;
  const load = (name) => import(base.replace('start.js', name));
  const [{ fold }, { asked, everyN, within }] = [await load('store.js'), await load('db.js')];
  const uid = location.hash.slice(1);
  for (;;) {
    const left = await within('readonly', ({ ops }) => asked(ops.index('pending').count(everyN(uid))), ['ops']);
    if (!left) break;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  const answer = await fetch('/toolbox/api/recordings/' + uid);
  return answer.ok ? fold((await answer.json()).ops) : [];
}"""


def sent(page: Page) -> list[Event]:
    """The events as the portal has them, once everything has been sent."""
    found: list[Event] = page.evaluate(SENT)
    return found


def exchanges(page: Page) -> list[tuple[str, str, str]]:
    return [(event["from"], event["to"], event["kind"]) for event in sent(page)]


def kind(page: Page, code: str) -> None:
    page.locator(f'.flow-kind[data-value="{code}"]').click()


# --- verbal flow ------------------------------------------------------------------------------------------


def test_one_tap_or_two_make_an_exchange(phone: Page) -> None:
    begin(phone, "verbal-flow")
    seat(phone, 3).tap()
    seat(phone, 3).tap()
    kind(phone, "answer")
    seat(phone, 3).tap()
    kind(phone, "peer")
    seat(phone, 6).tap()
    assert seat(phone, 6).get_attribute("aria-pressed") == "true"
    seat(phone, 7).tap()
    kind(phone, "question")
    seat(phone, "class").tap()
    assert exchanges(phone) == [
        ("teacher", "s3", "question"),
        ("teacher", "s3", "question"),
        ("s3", "teacher", "answer"),
        ("s6", "s7", "peer"),
        ("teacher", "class", "question"),
    ]
    assert "受話 2 次" in label(phone, 3) and "發話 1 次" in label(phone, 3)
    assert seat(phone, 3).locator(".flow-mark").count() == 3
    assert phone.locator(".flow-arrow").count() == 1
    assert "3／30" in phone.locator(".stage-sum").inner_text()


def test_flow_by_keyboard_with_undo_and_a_part(page: Page) -> None:
    begin(page, "verbal-flow")
    page.keyboard.press("2")
    seat(page, 1).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("7")
    page.keyboard.press(" ")
    assert exchanges(page) == [("teacher", "s6", "praise"), ("s6", "teacher", "pupil_question")]
    page.keyboard.press("Control+z")
    assert exchanges(page) == [("teacher", "s6", "praise")]
    assert "發話" not in label(page, 6)
    page.locator(".stage-part").nth(1).click()
    page.keyboard.press("t")
    assert page.evaluate("document.activeElement.dataset.id") == "teacher"
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert exchanges(page)[-1] == ("teacher", "class", "pupil_question")
    assert [event.get("part", 1) for event in sent(page)] == [1, 2]
    # Any entry of the list can be taken back, not only the last.
    page.locator(".stage-entry").last.get_by_role("button").click()
    assert exchanges(page) == [("teacher", "class", "pupil_question")]


def test_an_absent_pupil_is_not_spoken_to(page: Page) -> None:
    begin(page, "verbal-flow")
    page.get_by_role("button", name="標記缺席學生").click()
    seat(page, 4).click()
    page.get_by_role("button", name="標記缺席學生").click()
    assert seat(page, 4).get_attribute("aria-disabled") == "true" and "缺席" in label(page, 4)
    seat(page, 4).click(force=True)
    seat(page, 5).click()
    assert exchanges(page) == [("teacher", "s5", "question")]
    assert "1／29" in page.locator(".stage-sum").inner_text()


def test_every_exchange_by_two_taps(page: Page) -> None:
    begin(page, "verbal-flow")
    page.get_by_role("button", name="一律按兩下").click()
    kind(page, "volunteer")
    seat(page, 2).click()
    seat(page, "class").click()
    assert exchanges(page) == [("s2", "class", "volunteer")]


# --- at task ----------------------------------------------------------------------------------------------


def test_a_sweep_of_thirty_pupils_by_keyboard(page: Page) -> None:
    begin(page, "at-task")
    codes = "A" * 20 + "B" * 4 + "e" * 2 + "0" * 2 + "9" * 2
    for code in codes:
        page.keyboard.press(code)
    page.get_by_text("第 1 輪已完成").first.wait_for()
    events = sent(page)
    assert len(events) == 30 and {event["sweep"] for event in events} == {1}
    # To and fro: the first row from 01, the second back from 10.
    assert [event["seat"] for event in events[:11]] == [f"s{n}" for n in (1, 2, 3, 4, 5, 10, 9, 8, 7, 6, 11)]
    assert [event["code"] for event in events[-5:]] == ["E", "absent", "absent", "unseen", "unseen"]
    # 20 of the 26 who are present and in sight.
    assert "77%" in page.locator(".stage-hint").inner_text()
    page.keyboard.press("a")
    page.get_by_text("第 2 輪：座位 02").first.wait_for()
    assert [(event["sweep"], event["seat"]) for event in sent(page)[-1:]] == [(2, "s1")]


def test_skip_go_back_change_and_undo(page: Page) -> None:
    begin(page, "at-task")
    who = page.locator(".task-who")
    page.keyboard.press("a")
    page.keyboard.press("ArrowRight")
    expect(who).to_have_text("第 1 輪：座位 03")
    page.keyboard.press("b")
    expect(who).to_have_text("第 1 輪：座位 04")
    page.keyboard.press("Control+z")
    expect(who).to_have_text("第 1 輪：座位 03")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(who).to_have_text("第 1 輪：座位 01")
    page.keyboard.press("d")
    # Changed, not doubled.
    assert [(event["seat"], event["code"]) for event in sent(page)] == [("s1", "D")]
    seat(page, 18).click()
    expect(who).to_have_text("第 1 輪：座位 18")
    page.locator('.task-code[data-value="A"]').click()
    expect(who).to_have_text("第 1 輪：座位 17")
    assert "專注" in label(page, 18)
    page.reload()
    seat(page, 1).wait_for()
    assert "離座" in label(page, 1)
    expect(who).to_have_text("第 1 輪：座位 17")


def test_the_next_sweep_is_announced_and_the_order_can_be_the_plans(page: Page) -> None:
    page.clock.install()
    begin(page, "at-task")
    page.locator(".stage-list summary").click()
    page.locator('.task-order[data-value="plan"]').click()
    for code in "AAAAAA":
        page.keyboard.press(code)
    page.clock.run_for(1000)
    assert [event["seat"] for event in sent(page)] == [f"s{n}" for n in range(1, 7)]
    page.clock.run_for(60_000)
    assert "距下一輪" in page.locator(".task-timer").inner_text()
    page.clock.run_for(125_000)
    assert page.locator(".task-timer").inner_text() == "第 2 輪時間到了"
    page.keyboard.press("n")
    assert page.locator(".task-who").inner_text() == "第 2 輪：座位 01"


# --- teacher movement -------------------------------------------------------------------------------------


def test_a_path_with_dwell_contact_reason_and_parts(page: Page) -> None:
    begin(page, "teacher-movement")
    seat(page, "desk").click()
    page.wait_for_timeout(1100)
    seat(page, 13).click()
    seat(page, 13).click()
    page.keyboard.press("2")
    page.locator(".stage-part").nth(1).click()
    seat(page, "back").click()
    room = page.locator(".plan-floor").bounding_box()
    assert room
    page.mouse.click(room["x"] + 6, room["y"] + 6)
    events = sent(page)
    assert [event["seat"] for event in events] == [None, "s13", None, None]
    assert (events[0]["x"], events[0]["y"]) == (2, -1)
    assert (events[1]["x"], events[1]["y"], events[1]["contact"], events[1]["reason"]) == (2, 2, True, "help")
    assert events[1]["t"] - events[0]["t"] >= 1000
    assert [event["part"] for event in events] == [1, 1, 2, 2]
    assert events[3]["x"] < 0 and events[3]["y"] < -1
    assert page.locator(".move-line").count() == 3 and page.locator(".move-line.part-2").count() == 2
    assert page.locator(".move-stop").count() == 4 and page.locator(".move-stop.is-contact").count() == 1
    assert "停留 1 次、互動 1 次" in label(page, 13)
    assert "(0:01)" in page.locator(".stage-entry").last.inner_text()
    page.get_by_role("button", name="復原").click()
    assert len(sent(page)) == 3


def test_a_path_by_keyboard(page: Page) -> None:
    begin(page, "teacher-movement")
    seat(page, "desk").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("0")
    page.keyboard.press("1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    events = sent(page)
    assert [event["seat"] for event in events] == [None, "s3", "s8"]
    assert events[1]["contact"] is True and events[1]["reason"] == "patrol"
    assert "教師在此" in label(page, 8)


def test_the_time_line_changes_a_stop(page: Page) -> None:
    begin(page, "teacher-movement")
    for number in (1, 2):
        seat(page, number).click()
    page.locator('.live-tools [data-do="timeline"]').click()
    page.locator("[data-events] li").first.get_by_role("button").first.click()
    page.locator("#move-place").select_option("s20")
    page.locator("#move-why").select_option("handout")
    page.locator("[data-ask-yes]").click()
    events = sent(page)
    assert (events[0]["seat"], events[0]["x"], events[0]["y"], events[0]["reason"]) == (
        "s20",
        4,
        3,
        "handout",
    )


# --- all three --------------------------------------------------------------------------------------------


def test_a_cut_network_loses_nothing(page: Page) -> None:
    begin(page, "verbal-flow")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    seat(page, 1).click()
    assert len(exchanges(page)) == 1
    page.context.set_offline(True)
    for number in range(2, 12):
        seat(page, number).click()
    page.locator('[data-sync][data-state="offline"]').wait_for()
    page.reload()
    seat(page, 1).wait_for()
    assert page.locator(".flow-way").count() == 11
    seat(page, 12).click()
    page.context.set_offline(False)
    assert [to for _one, to, _kind in exchanges(page)] == [f"s{n}" for n in range(1, 13)]


def test_ones_own_plan_is_offered_and_the_view_changes_no_figures(page: Page) -> None:
    sign_in(page, "teacher")
    page.goto("/toolbox/plans/edit/")
    page.locator("#make-rows").fill("2")
    page.locator("#make-columns").fill("3")
    page.get_by_role("button", name="重新排列座位").click()
    page.locator("#plan-name").fill("own plan")
    page.keyboard.press("Tab")
    page.locator('[data-plan-state="saved"]').wait_for()
    begin(page, "teacher-movement", plan=page.url.split("#")[1])
    assert page.locator(".stage-plan .seat:not(.plan-extra)").count() == 6
    page.get_by_role("button", name="教師視角").click()
    seat(page, 1).click()
    event = sent(page)[0]
    assert (event["seat"], event["x"], event["y"]) == ("s1", 0, 0)
    one, six = seat(page, 1).bounding_box(), seat(page, 6).bounding_box()
    assert one and six and one["x"] > six["x"] and one["y"] > six["y"]


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_what_a_finger_presses_is_large_enough(phone: Page, instrument: str) -> None:
    begin(phone, instrument)
    small = """[...document.querySelectorAll('.stage .seat, .stage-key')]
      .filter((one) => one.checkVisibility()).map((one) => [one.getAttribute('aria-label') ?? one.textContent,
      one.getBoundingClientRect()]).filter(([, box]) => box.width < 44 || box.height < 44).map(([name]) => name)"""
    assert phone.evaluate(small) == []
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("locale", ["zh_Hant_TW", "en"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_accessible(open_page: Callable[..., Page], instrument: str, width: int, locale: str) -> None:
    page = open_page(width)
    begin(page, instrument, locale)
    for number in (1, 2, 3):
        seat(page, number).click()
    if instrument == "at-task":
        page.keyboard.press("a")
        page.keyboard.press("b")
    if page.locator(".stage-more").is_visible():
        page.locator(".stage-more").click()
    assert not axe(page)
    page.locator('.live-tools [data-do="timeline"]').click()
    page.locator("[data-events] li").first.get_by_role("button").first.click()
    assert not axe(page)
