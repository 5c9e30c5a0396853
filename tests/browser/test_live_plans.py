"""The seating plan of a class: drawn by keyboard and by dragging, kept without a network, never overwritten."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import axe, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Plan = dict[str, Any]
EDIT = "/toolbox/plans/edit/"


def seat(page: Page, number: int) -> Locator:
    return page.locator(f'[data-plan] [data-id="s{number}"]')


def state(page: Page, wanted: str) -> None:
    page.locator(f'[data-plan-state="{wanted}"]').wait_for(state="attached")


def stored(page: Page) -> Plan:
    """The plan of the page as the portal has it."""
    state(page, "saved")
    uid = page.url.split("#")[1]
    answer = page.evaluate("fetch('/toolbox/api/plans').then((answer) => answer.json())")
    found: Plan = next(plan for plan in answer["plans"] if plan["uid"] == uid)
    return found


def place(page: Page, number: int) -> tuple[float, float]:
    found = next(row for row in stored(page)["data"]["seats"] if row["id"] == f"s{number}")
    return found["x"], found["y"]


def edit(page: Page, uid: str = "", username: str = "teacher", locale: str = "zh_Hant_TW") -> None:
    sign_in(page, username, locale=locale)
    page.goto(EDIT + (f"#{uid}" if uid else ""))
    seat(page, 1).wait_for()


def new_plan(page: Page, name: str, locale: str = "zh_Hant_TW") -> str:
    edit(page, locale=locale)
    page.locator("#plan-name").fill(name)
    page.keyboard.press("Tab")
    state(page, "saved")
    return page.url.split("#")[1]


def test_a_plan_is_drawn_with_the_keyboard_alone(page: Page) -> None:
    sign_in(page, "teacher")
    page.goto(EDIT)
    seat(page, 1).wait_for()
    page.locator("#plan-name").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("五年三班")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset?.id") == "s1":
            break
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("座位 01")
    # From seat to seat, choose one, move it by half a desk, let go, go on.
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.id") == "s7"
    page.keyboard.press("Enter")
    assert seat(page, 7).get_attribute("aria-pressed") == "true"
    page.keyboard.press("ArrowRight")
    assert place(page, 7) == (1.5, 1)
    assert "2.5" in page.locator("[data-say]").inner_text()
    page.keyboard.press("ArrowDown")
    assert place(page, 7) == (1.5, 1.5)
    page.keyboard.press("Control+z")
    assert place(page, 7) == (1.5, 1)
    page.keyboard.press("Control+y")
    assert place(page, 7) == (1.5, 1.5)
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    focused = page.evaluate("document.activeElement.dataset.id")
    assert focused == "s12"
    page.keyboard.press("Delete")
    plan = stored(page)
    assert plan["name"] == "五年三班"
    assert focused not in {row["id"] for row in plan["data"]["seats"]} and len(plan["data"]["seats"]) == 29


def test_marks_groups_and_codes(page: Page) -> None:
    new_plan(page, "marks")
    seat(page, 1).click()
    page.locator("label", has=page.locator('[name="seat-gender"][value="f"]')).click()
    page.locator("#seat-mark").fill("★")
    page.locator("#seat-mark").press("Tab")
    page.get_by_role("button", name="選取多個").click()
    for number in (2, 6, 7):
        seat(page, number).click()
    page.get_by_role("button", name="編為新的一組").click()
    page.locator("#seat-absent").check()
    seats = {row["id"]: row for row in stored(page)["data"]["seats"]}
    assert (seats["s1"]["gender"], seats["s1"]["mark"], seats["s1"]["group"]) == ("f", "★", "1")
    assert {row["id"] for row in seats.values() if row["group"] == "1"} == {"s1", "s2", "s6", "s7"}
    assert {row["id"] for row in seats.values() if row["absent"]} == {"s1", "s2", "s6", "s7"}
    assert seat(page, 1).get_attribute("aria-label") == "座位 01、女、第 1 組、★、缺席"
    page.get_by_role("button", name="取消選取").click()
    page.get_by_role("button", name="選取多個").click()
    seat(page, 5).click()
    page.locator("#seat-code").fill("06")
    page.locator("#seat-code").press("Tab")
    assert page.locator("[data-doubles]").is_visible()


def test_a_seat_is_dragged_and_half_desks_catch_it(page: Page) -> None:
    new_plan(page, "drag")
    one, two = seat(page, 30).bounding_box(), seat(page, 29).bounding_box()
    assert one and two
    desk = one["x"] - two["x"]
    seat(page, 30).scroll_into_view_if_needed()
    box = seat(page, 30).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 0.6 * desk, y - 0.4 * desk, steps=6)
    page.mouse.up()
    assert place(page, 30) == (3.5, 4.5)
    assert seat(page, 30).get_attribute("aria-pressed") == "true"
    # Both together, and one undo for both.
    seat(page, 29).click(modifiers=["Shift"], position={"x": 5, "y": 5})
    page.get_by_role("button", name="右移").click()
    assert (place(page, 30), place(page, 29)) == ((4, 4.5), (3.5, 5))
    page.get_by_role("button", name="復原").click()
    assert (place(page, 30), place(page, 29)) == ((3.5, 4.5), (3, 5))


def test_the_other_view_turns_the_picture_not_the_room(page: Page) -> None:
    new_plan(page, "views")
    first = seat(page, 1).bounding_box()
    last = seat(page, 30).bounding_box()
    page.locator("label", has=page.locator('[name="plan-view"][value="teacher"]')).click()
    turned = seat(page, 30).bounding_box()
    assert first and last and turned
    assert turned["x"] == pytest.approx(first["x"], abs=2)
    # An arrow key moves what one sees: to the right on the screen is to the left in the room.
    seat(page, 30).click()
    page.keyboard.press("ArrowRight")
    assert place(page, 30) == (3.5, 5)
    assert place(page, 1) == (0, 0)


def test_rooms_are_set_out_and_furnished(page: Page) -> None:
    new_plan(page, "room")
    page.locator("#make-rows").fill("4")
    page.locator("#make-columns").fill("6")
    page.locator("label", has=page.locator('[value="fours"]')).click()
    page.get_by_role("button", name="重新排列座位").click()
    for name in ("門", "窗", "柱", "螢幕"):
        page.get_by_role("button", name=name, exact=True).filter(has=page.locator("svg")).click()
    page.get_by_role("button", name="座位", exact=True).click()
    data = stored(page)["data"]
    assert len(data["seats"]) == 25 and data["seats"][-1]["code"] == "25"
    assert {row["group"] for row in data["seats"][:24]} == {"1", "2", "3", "4", "5", "6"}
    assert [row["kind"] for row in data["furniture"]] == [
        "board",
        "desk",
        "door",
        "window",
        "pillar",
        "screen",
    ]
    page.get_by_role("button", name="復原").click()
    assert len(stored(page)["data"]["seats"]) == 24


def test_the_list_does_what_the_drawing_does(page: Page) -> None:
    new_plan(page, "list")
    page.get_by_text("以清單編輯座位").first.click()
    table = page.locator("[data-table] tbody")
    table.get_by_label("座位 03 的直行").fill("3.5")
    table.get_by_label("座位 03 的直行").press("Tab")
    table.get_by_label("座位 03 的性別").select_option("m")
    table.get_by_label("座位 03 的組別").fill("A")
    table.get_by_label("座位 03 的組別").press("Tab")
    table.get_by_label("座位 04 的缺席").check()
    seats = {row["id"]: row for row in stored(page)["data"]["seats"]}
    assert (seats["s3"]["x"], seats["s3"]["gender"], seats["s3"]["group"]) == (2.5, "m", "A")
    assert seats["s4"]["absent"] is True
    table.get_by_label("座位 05 的移除").click()
    assert table.locator("tr").count() == 29
    assert "s5" not in {row["id"] for row in stored(page)["data"]["seats"]}


def test_without_a_network_it_waits_on_the_device(page: Page) -> None:
    uid = new_plan(page, "offline")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    seat(page, 1).click()
    page.keyboard.press("ArrowLeft")
    state(page, "offline")
    # The page opens again from the device, with the change.
    page.reload()
    seat(page, 1).wait_for()
    state(page, "offline")
    assert page.url.endswith(uid)
    page.get_by_text("以清單編輯座位").first.click()
    assert page.get_by_label("座位 01 的直行").input_value() == "0.5"
    page.context.set_offline(False)
    assert place(page, 1) == (-0.5, 0)
    page.goto("/toolbox/plans/")
    page.get_by_role("link", name="offline").first.click()
    seat(page, 1).wait_for()
    assert page.url.endswith(uid)


def test_two_devices_are_told_and_choose(open_page: Callable[..., Page]) -> None:
    here, there = open_page(), open_page()
    uid = new_plan(here, "two devices")
    edit(there, uid)
    seat(there, 1).click()
    there.keyboard.press("ArrowUp")
    assert place(there, 1) == (0, -0.5)
    # The first one still holds the older version.
    seat(here, 2).click()
    here.keyboard.press("ArrowUp")
    dialog = here.get_by_role("dialog")
    dialog.wait_for()
    assert dialog.locator("svg.plan-room").count() == 2
    assert not axe(here)
    dialog.get_by_role("button", name="採用此處的版本").click()
    assert place(here, 2) == (1, -0.5) and place(here, 1) == (0, 0)
    # Now the second is behind; it takes what the account has, and undo still knows its own.
    seat(there, 3).click()
    there.keyboard.press("ArrowUp")
    there.get_by_role("dialog").get_by_role("button", name="採用帳號中的版本").click()
    assert place(there, 2) == (1, -0.5) and place(there, 3) == (2, 0)
    there.get_by_role("button", name="復原").click()
    assert place(there, 3) == (2, -0.5) and place(there, 1) == (0, -0.5)


def test_two_tabs_show_the_same(page: Page) -> None:
    uid = new_plan(page, "two tabs")
    other = page.context.new_page()
    other.goto(f"{EDIT}#{uid}")
    seat(other, 1).click()
    other.keyboard.press("ArrowUp")
    assert place(other, 1) == (0, -0.5)
    page.get_by_text("另一個分頁做了修改").wait_for(state="attached")
    seat(page, 2).click()
    page.keyboard.press("ArrowUp")
    assert place(page, 2) == (1, -0.5) and place(page, 1) == (0, -0.5)


def test_seats_are_large_enough_for_a_finger(phone: Page) -> None:
    new_plan(phone, "finger")
    box = seat(phone, 18).bounding_box()
    assert box and box["width"] >= 44 and box["height"] >= 44
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    seat(phone, 18).tap()
    assert seat(phone, 18).get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("locale", ["zh_Hant_TW", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_accessible(open_page: Callable[..., Page], width: int, locale: str) -> None:
    page = open_page(width)
    new_plan(page, f"axe {width} {locale}", locale)
    seat(page, 1).click()
    page.locator("[data-table] summary").click()
    assert not axe(page)
    page.goto("/toolbox/plans/")
    page.locator(".plan-card").first.wait_for()
    assert not axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
