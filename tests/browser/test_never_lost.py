"""Nothing typed is ever lost: every mishap of the list, on a long field of every role, before a real server."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import conftest
from tests.browser.conftest import axe, running, sign_in, visitors

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

OFFICIAL = ("teacher's form", "reviewer's sheet")
LID = """() => {
  Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


@dataclass(frozen=True)
class Place:
    """A long field: who writes there, where, and how the field is found; `row` is a query for the address."""

    name: str
    username: str
    address: str
    field: str
    row: str = "select 0"


def _case(state: str) -> str:
    return f"select min(id) from certification_case where state = '{state}'"  # noqa: S608


PLACES = (
    Place("teacher's form", "teacher.draft", "/cases/{}/pre-observation", "#focus", _case("drafting")),
    Place("teacher's withdrawal", "teacher.draft", "/cases/{}/withdraw", "#reason", _case("drafting")),
    Place(
        "reviewer's sheet",
        "reviewer",
        "/reviews/{}/",
        "[name=remark]",
        "select min(a.id) from assignment a join ab_user u on u.id = a.reviewer_id "
        "join certification_case k on k.id = a.case_id "
        "where u.username = 'reviewer' and a.ended_at is null and k.state = 'first_review'",
    ),
    Place("centre's return", "centre", "/office/cases/show/{}", "#reason", _case("formal_check")),
    Place("county's decision", "county.taoyuan", "/office/cases/show/{}", "#reason", _case("first_decision")),
    Place("centre's record", "centre", "/office/training/add", "input[name=organiser]"),
    Place(
        "steward's tutorial",
        "steward",
        "/steward/tutorial/edit/?id={}",
        "[name=body_zh]",
        "select min(id) from tutorial",
    ),
    Place(
        "steward's notice",
        "steward",
        "/steward/message-template/edit/?id={}",
        "[name=body_zh]",
        "select min(id) from message_template",
    ),
    Place("steward's lookup row", "steward", "/steward/county/edit/?id=1", "[name=note]"),
    Place("school's own data", "school", "/profile/", "[name=email]"),
)


@pytest.fixture(scope="module")
def server(chromium: Browser, demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[running]:
    """A server of this file's own, which may be killed and started again."""
    folder = tmp_path_factory.mktemp("lost") / "instance"
    shutil.copytree(demo, folder)
    made = running(folder)
    with made:
        yield made


@pytest.fixture(scope="module")
def live_server(server: running) -> str:
    return f"http://127.0.0.1:{server.port}"


class Desk:
    """Somebody at work on one long field."""

    def __init__(self, page: Page, place: Place, folder: Path) -> None:
        self.place = place
        self.take(page)
        with closing(sqlite3.connect(folder / "portal.db")) as database:
            self.address = place.address.format(database.execute(place.row).fetchone()[0])

    def take(self, page: Page) -> None:
        """Work in this window from now on."""
        self.page = page
        page.on("dialog", lambda dialog: dialog.accept())

    @property
    def field(self) -> Locator:
        return self.page.locator(self.place.field)

    @property
    def form(self) -> Locator:
        return self.page.locator("form").filter(has=self.field)

    def open(self) -> None:
        self.page.goto(self.address)
        # A folded part of the page opens when somebody looks for it there.
        self.page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")

    def write(self, text: str) -> None:
        self.field.fill(f"{self.place.name}: {text}")

    def says(self, state: str) -> None:
        """The line beside the form tells where the text is."""
        line = self.form.locator("[data-draft-state]")
        self.form.locator(f'[data-draft-state="{state}"]').wait_for()
        assert line.inner_text().strip()

    def has(self, text: str) -> None:
        """The text is in its field: by itself, or offered by the official forms."""
        offer = self.form.locator('[data-restore="take"]')
        if offer.is_visible():
            offer.click()
        assert self.field.input_value() == f"{self.place.name}: {text}"

    def again(self, page: Page) -> Desk:
        """The same work in another window."""
        desk = Desk.__new__(Desk)
        desk.place, desk.address = self.place, self.address
        desk.take(page)
        return desk


@pytest.fixture(scope="module")
def everybody(chromium: Browser, server: running, live_server: str) -> Iterator[list[Desk]]:
    """Everybody logged in, each in a browser of their own."""
    with visitors(chromium, live_server) as new:
        made = [Desk(new(), place, server.folder) for place in PLACES]
        for desk in made:
            sign_in(desk.page, desk.place.username)
        yield made


@pytest.fixture
def desks(everybody: list[Desk]) -> list[Desk]:
    """Everybody at work."""
    for desk in everybody:
        if desk.page.is_closed():
            desk.take(desk.page.context.new_page())
        desk.open()
    return everybody


def test_reload(desks: list[Desk]) -> None:
    """At once after the last key, before anything was sent; the line says so, and discarding is possible."""
    for desk in desks:
        desk.write("reload")
        desk.page.reload()
        desk.open()
        desk.has("reload")
    for desk in desks:
        desk.says("saved")


def test_crash_of_the_page(desks: list[Desk]) -> None:
    for desk in desks:
        desk.write("crash")
        desk.page.wait_for_timeout(100)
        with suppress(Exception), desk.page.expect_event("crash", timeout=5000):
            desk.page.goto("chrome://crash", timeout=3000)
        context = desk.page.context
        desk.page.close()
        desk.take(context.new_page())
        desk.open()
        desk.has("crash")


def test_closed_lid(desks: list[Desk], open_page: Callable[..., Page]) -> None:
    """The page is hidden and killed a moment after the last key; the text is on another device."""
    for desk in desks:
        desk.write("lid")
        desk.page.evaluate(LID)
        desk.page.close()
    for desk in desks:
        device = desk.again(open_page())
        sign_in(device.page, desk.place.username)
        device.open()
        device.has("lid")


def test_expired_log_in(desks: list[Desk]) -> None:
    """The text waits on the device, and goes out after logging in again in another tab."""
    for desk in desks:
        desk.page.context.clear_cookies()
        desk.write("log-in")
    conftest._signed_in.clear()
    for desk in desks:
        desk.says("login")
        tab = desk.page.context.new_page()
        sign_in(tab, desk.place.username)
        tab.close()
        desk.page.evaluate("dispatchEvent(new Event('focus'))")
        desk.says("saved")
    for desk in desks:
        desk.open()
        desk.has("log-in")


def test_dead_network(desks: list[Desk]) -> None:
    for desk in desks:
        desk.page.context.set_offline(True)
        desk.write("network")
    for desk in desks:
        desk.says("offline")
        desk.page.context.set_offline(False)
        desk.says("saved")
        desk.open()
        desk.has("network")


def test_server_restart(desks: list[Desk], server: running) -> None:
    """Killed without a farewell after one text was saved, and down while the next is typed."""
    for desk in desks:
        desk.write("restart")
    for desk in desks:
        desk.says("saved")
    server.kill()
    for desk in desks:
        desk.write("restart, and more")
    for desk in desks:
        desk.says("offline")
    server.start()
    for desk in desks:
        desk.page.evaluate("dispatchEvent(new Event('online'))")
        desk.says("saved")
        desk.open()
        desk.has("restart, and more")


def test_two_tabs(desks: list[Desk]) -> None:
    """The second is told, sees both texts side by side, and chooses."""
    for desk in desks:
        other = desk.again(desk.page.context.new_page())
        other.open()
        desk.write("tab one")
        desk.says("saved")
        other.write("tab two")
        other.says("conflict")
        if desk.place.name in OFFICIAL:
            other.form.locator('[data-draft-notice="conflict"] button').click()
            other.page.locator(".compare-field").first.wait_for()
            texts = " ".join(other.page.locator(".compare-field .read-text").all_inner_texts())
        else:
            notice = other.form.locator('[data-draft-notice="other"]')
            texts = " ".join(notice.locator(".read-text").all_inner_texts())
        for text in ("tab one", "tab two"):
            assert f"{desk.place.name}: {text}" in texts
        if desk.place.name not in OFFICIAL:
            if desk.place.name == "centre's return":
                assert axe(other.page) == []
            notice.locator("input[value=theirs]").last.check()
            notice.locator("[data-keep-choose]").click()
            other.has("tab one")
            other.says("saved")


def test_the_save_ends_it(desks: list[Desk]) -> None:
    """A text that was saved does not come back as one that was not."""
    for desk in desks:
        if desk.place.name not in ("steward's tutorial", "school's own data"):
            continue
        saved = "a@school.example" if "data" in desk.place.name else "saved text"
        desk.field.fill(saved)
        desk.form.locator("button[type=submit]").first.click()
        desk.page.wait_for_load_state()
        desk.open()
        assert desk.field.input_value() == saved
        assert not desk.form.locator('[data-draft-notice="restored"]').is_visible()
        # Nothing but the mark of who is signed in.
        assert desk.page.evaluate("Object.keys(localStorage)") == ["signed-in"]


def test_two_people_on_one_row(desks: list[Desk], open_page: Callable[..., Page]) -> None:
    """Both loaded the row; the first saves; the second sees both versions, field by field, and chooses."""
    first = next(desk for desk in desks if desk.place.name == "steward's lookup row")
    second = first.again(open_page())
    sign_in(second.page, "steward")
    second.open()
    first.field.fill("first person")
    first.form.locator("[name=contact]").fill("first contact")
    first.form.locator("button[type=submit]").first.click()
    first.page.wait_for_url(lambda url: "/edit/" not in url)
    second.field.fill("second person")
    second.form.locator("[name=contact]").fill("second contact")
    second.form.locator("button[type=submit]").first.click()
    second.page.locator(".compare-field").first.wait_for()
    texts = " ".join(second.page.locator(".compare-field .read-text").all_inner_texts())
    for text in ("first person", "second person", "first contact", "second contact"):
        assert text in texts
    assert axe(second.page) == []
    second.page.locator("[name=choose-contact][value=theirs]").check()
    second.page.locator(".official-compare button[type=submit]").click()
    second.page.wait_for_url(lambda url: "/edit/" not in url)
    second.open()
    assert second.field.input_value() == "second person"
    assert second.form.locator("[name=contact]").input_value() == "first contact"
