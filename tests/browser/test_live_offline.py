"""A lesson recorded on a telephone: the network goes, the tab dies, the log-in ends, somebody else signs in."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from app.instruments.record import INSTRUMENTS, fold
from tests.browser.conftest import sign_in, until
from tests.browser.live import begin, codes, open_live, press, shown, stored, wait_for, works_offline

if TYPE_CHECKING:
    from playwright.sync_api import Page

BEAT = 3000
LESSON = 40 * 60 * 1000 // BEAT


# Notes the time of day of every press before the page itself hears of it, and after.
WATCH = """() => {
  window.pressed = [];
  window.heard = [];
  for (const kind of ["pointerdown", "keydown"]) {
    addEventListener(kind, () => pressed.push(Date.now()), true);
    addEventListener(kind, () => heard.push(Date.now()));
  }
}"""


class Observer:
    """Presses a code on every beat of a faked clock, by finger and by keyboard in turn."""

    def __init__(self) -> None:
        self.codes: list[int] = []
        self.times: list[int] = []  # time of day in ms, before the page heard of the press
        self.ends: list[int] = []  # and after
        self.choice = random.Random(7)

    def sit_down(self, page: Page) -> None:
        self.page = page
        self.keys = {}
        for key in page.locator("[data-code]").all():
            box = key.bounding_box() or {}
            middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            self.keys[int(key.get_attribute("data-code") or 0)] = middle
        page.evaluate(WATCH)

    def record(self, number: int) -> None:
        for _ in range(number):
            code = self.choice.randint(1, 10)
            if len(self.codes) % 2:
                self.page.touchscreen.tap(*self.keys[code])
            else:
                press(self.page, code % 10)
            self.codes.append(code)
            self.page.clock.fast_forward(BEAT)

    def stand_up(self) -> None:
        self.times += self.page.evaluate("pressed")
        self.ends += self.page.evaluate("heard")


def test_forty_minutes_with_the_network_cut_twice_and_the_tab_killed(phone: Page) -> None:
    """No code is lost, order and times are kept, the portal has the same list, and got each code once."""
    sign_in(phone, "teacher")
    works_offline(phone)
    context = phone.context
    sent: Counter[str] = Counter()

    def count(request: Any) -> None:
        if request.method == "POST" and "/toolbox/api/recordings/" in request.url:
            sent.update(op["uid"] for op in request.post_data_json["ops"])

    context.on("requestfinished", count)
    context.clock.install()
    uid = begin(phone, "flanders", "四十分鐘")
    observer = Observer()
    observer.sit_down(phone)
    observer.record(200)
    phone.clock.run_for(2000)
    wait_for(phone, "saved")
    assert len(stored(phone, uid)) == 200

    context.set_offline(True)
    observer.record(150)
    wait_for(phone, "offline")
    assert "150" in phone.locator("[data-sync]").inner_text()
    context.set_offline(False)
    phone.clock.run_for(2000)
    wait_for(phone, "saved")
    observer.record(150)

    context.set_offline(True)
    observer.record(100)
    observer.stand_up()
    phone.close()
    phone = context.new_page()
    open_live(phone, "flanders")
    phone.locator(f'[data-resume] a[href="#{uid}"]').tap()
    phone.locator("[data-strip] li").first.wait_for()
    observer.sit_down(phone)
    observer.record(LESSON - len(observer.codes))
    observer.stand_up()
    context.set_offline(False)
    phone.clock.run_for(2000)
    wait_for(phone, "saved")

    ops = stored(phone, uid)
    events = fold(ops)
    assert [event["code"] for event in events] == observer.codes
    assert len(ops) == len(observer.times) == LESSON == 800
    # Each time lies between the two moments at which its press went by, to the rounding of a millisecond.
    begins = [time - event["t"] for event, time in zip(events, observer.times, strict=True)]
    ends = [time - event["t"] for event, time in zip(events, observer.ends, strict=True)]
    assert max(begins) <= min(ends) + 2
    assert set(sent.values()) == {1}
    assert sent.keys() == {op["uid"] for op in ops}

    phone.locator('[data-do="finish"]:visible').tap()
    phone.locator("[data-ask-yes]").tap()
    phone.locator("[data-done]").wait_for()
    phone.clock.run_for(2000)
    wait_for(phone, "saved")
    head = phone.request.get(f"/toolbox/api/recordings/{uid}").json()["head"]
    assert head["ended_at"] and head["length_ms"] >= 39 * 60 * 1000
    assert phone.locator("[data-done-analysis]").get_attribute("href") == f"/toolbox/recordings/{uid}/"


def test_a_page_seen_once_opens_without_a_network(phone: Page) -> None:
    """All instruments, with their look; signing out leaves what was not sent on the device."""
    sign_in(phone, "teacher")
    works_offline(phone)
    phone.context.set_offline(True)
    for instrument in INSTRUMENTS:
        open_live(phone, instrument)
        assert phone.evaluate("getComputedStyle(document.querySelector('.card-soft')).borderRadius") != "0px"
    phone.goto("/toolbox/")
    phone.locator('main a[href="/toolbox/live/flanders/"]').click()
    uid = begin(phone, "flanders", "沒有網路")
    press(phone, 5, 4, 8)
    phone.locator("[data-strip] li").nth(2).wait_for()
    wait_for(phone, "offline")
    phone.reload()
    phone.locator("[data-strip] li").first.wait_for()
    assert shown(phone) == [5, 4, 8]
    phone.context.clear_cookies()
    phone.context.set_offline(False)
    phone.reload()
    assert "/login/" in phone.url
    sign_in(phone, "teacher")
    phone.goto(f"/toolbox/live/flanders/#{uid}")
    wait_for(phone, "saved")
    assert codes(stored(phone, uid)) == [5, 4, 8]


def test_two_tabs_of_one_recording(page: Page) -> None:
    """Both write, both see all of it, and one undo takes back what the other did last."""
    sign_in(page, "teacher")
    uid = begin(page, "flanders", "兩個分頁")
    press(page, 1, 2)
    other = page.context.new_page()
    open_live(other, "flanders", f"#{uid}")
    other.locator("[data-strip] li").nth(1).wait_for()
    page.context.set_offline(True)
    for digit in (3, 4, 5, 6):
        press(page if digit % 2 else other, digit)
        for tab in (page, other):
            tab.locator("[data-total]").get_by_text(str(digit), exact=True).wait_for()
    other.locator('.live-tools [data-do="undo"]').click()
    page.locator("[data-total]").get_by_text("5", exact=True).wait_for()
    press(page, 9)
    other.locator("[data-total]").get_by_text("6", exact=True).wait_for()
    page.context.set_offline(False)
    for tab in (page, other):
        wait_for(tab, "saved")
        assert shown(tab) == [1, 2, 3, 4, 5, 9]
    ops = stored(page, uid)
    assert codes(ops) == [1, 2, 3, 4, 5, 9]
    assert len({op["n"] for op in ops}) == len(ops) == 8


def test_the_log_in_ends_in_the_middle(page: Page) -> None:
    """It says so, keeps recording, and sends by itself after logging in again in another tab."""
    sign_in(page, "teacher")
    uid = begin(page, "flanders", "登出")
    press(page, 5)
    wait_for(page, "saved")
    page.context.clear_cookies()
    press(page, 4, 8)
    wait_for(page, "login")
    assert page.locator("[data-trouble]").is_visible()
    assert shown(page) == [5, 4, 8]
    with page.context.expect_page() as opened:
        page.locator("[data-trouble-login] a").click()
    opened.value.wait_for_load_state()
    sign_in(opened.value, "teacher")
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    wait_for(page, "saved")
    assert page.locator("[data-trouble]").is_hidden()
    assert codes(stored(page, uid)) == [5, 4, 8]


def test_nothing_goes_out_under_a_wrong_name(page: Page, open_page: Callable[..., Page]) -> None:
    """Somebody else signs in on the device: the recording waits, unseen by them, for its owner."""
    sign_in(page, "teacher")
    uid = begin(page, "flanders", "別人登入")
    press(page, 5)
    wait_for(page, "saved")
    other = page.context.new_page()
    other.context.clear_cookies()
    sign_in(other, "teacher.draft")
    press(page, 4, 8)
    wait_for(page, "other_user")
    assert page.locator("[data-trouble]").is_visible()
    assert stored(other, uid) == []
    open_live(other, "flanders")
    assert other.locator("[data-strangers]").is_visible()
    assert other.locator(f'a[href="#{uid}"]').count() == 0
    open_live(other, "flanders", f"#{uid}")
    other.reload()
    assert other.locator("[data-room]").is_hidden()
    other.context.clear_cookies()
    sign_in(other, "teacher")
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    wait_for(page, "saved")
    assert codes(stored(page, uid)) == [5, 4, 8]
    # On another device the whole recording comes from the portal, undo included.
    elsewhere = open_page()
    sign_in(elsewhere, "teacher")
    open_live(elsewhere, "flanders", f"#{uid}")
    elsewhere.locator('.live-tools [data-do="undo"]').click()
    elsewhere.locator("[data-total]").get_by_text("2", exact=True).wait_for()
    wait_for(elsewhere, "saved")
    assert codes(stored(page, uid)) == [5, 4]


def test_another_language_is_kept_too(page: Page) -> None:
    """After a change of the language all pages open in it, not only the one that was visited since."""
    sign_in(page, "teacher")
    works_offline(page)
    page.goto("/lang/en")
    works_offline(page)
    kept = "caches.match('/toolbox/live/anecdotal/').then((kept) => kept.text())"
    until(page, kept + ".then((text) => text.includes('lang=\"en\"'))")
    page.context.set_offline(True)
    for instrument in INSTRUMENTS:
        open_live(page, instrument)
        assert page.evaluate("document.documentElement.lang") == "en"


def test_the_clock_counts_sleep_and_ignores_a_clock_set_back(page: Page) -> None:
    """Neither a device that slept nor one whose clock is corrected gets its codes out of order."""
    sign_in(page, "teacher")
    begin(page, "flanders")
    times = page.evaluate("""async () => {
      const { src } = document.querySelector("script[src*='start.js']");
      const { Clock } = await import(src.replace("start.js", "clock.js"));
      let wall = 1e12, steady = 0;
      Date.now = () => wall;
      performance.now = () => steady;
      const clock = new Clock();
      clock.start();
      const times = [];
      const go = (byWall, bySteady) => { wall += byWall; steady += bySteady; times.push(clock.now); };
      go(3000, 3000);
      go(600000, 0);            // ten minutes asleep
      go(3000, 3000);
      go(-3600000 + 3000, 3000); // set back by an hour
      go(3000, 3000);
      go(500, 0);               // a small correction
      const saved = clock.saved;
      wall += 60000;
      times.push(new Clock(saved).now); // the page was shut for a minute
      wall += 5 * 3600000;
      const left = new Clock(saved);    // forgotten: it stopped
      return [...times, left.now, left.paused];
    }""")
    assert times == [3000, 603000, 606000, 609000, 612000, 612000, 672000, 612000, True]


def test_what_the_portal_refuses_holds_nothing_else_up(page: Page) -> None:
    """It is set aside on the device with the reason, and everything after it is sent."""
    sign_in(page, "teacher")
    uid = begin(page, "flanders")
    press(page, 5)
    other = page.context.new_page()
    open_live(other, "flanders", f"#{uid}")
    other.evaluate(
        """async (uid) => {
          const { src } = document.querySelector("script[src*='start.js']");
          const { Recording } = await import(src.replace("start.js", "store.js"));
          const recording = await Recording.load(uid);
          await recording.put({ code: 11 });
        }""",
        uid,
    )
    press(page, 4)
    wait_for(page, "refused")
    assert page.locator("[data-trouble]").is_visible()
    assert codes(stored(page, uid)) == [5, 4]


def test_a_device_that_cannot_keep_a_tap_says_so(page: Page) -> None:
    sign_in(page, "teacher")
    begin(page, "flanders")
    press(page, 5)
    page.locator("[data-total]").get_by_text("1", exact=True).wait_for()
    page.evaluate("""() => {
      window.add = IDBObjectStore.prototype.add;
      IDBObjectStore.prototype.add = () => { throw new Error("full"); };
    }""")
    press(page, 4)
    page.locator("[data-trouble]").wait_for()
    assert page.locator("[data-total]").inner_text() == "1"
    page.evaluate("() => { IDBObjectStore.prototype.add = window.add; }")
    press(page, 8)
    page.locator("[data-trouble]").wait_for(state="hidden")
    assert shown(page) == [5, 8]
