"""An observer at a page of live capture: opens it, taps, looks at what the portal has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.instruments.record import fold

if TYPE_CHECKING:
    from playwright.sync_api import Page

READY = "body[data-open]"


def open_live(page: Page, instrument: str, more: str = "") -> None:
    """The page of an instrument, once its script has run."""
    page.goto(f"/toolbox/live/{instrument}/{more}")
    page.locator(READY).wait_for()


def begin(page: Page, instrument: str, title: str = "", **fields: str) -> str:
    """Start a recording; returns its uid."""
    open_live(page, instrument)
    page.fill("#live-title", title)
    for field, value in fields.items():
        page.locator(f"#live-{field}").fill(value)
    page.locator("[data-new] [type=submit]").click()
    page.locator("[data-stage] > *").first.wait_for(state="attached")
    return page.evaluate("location.hash.slice(1)")


def works_offline(page: Page) -> None:
    """Wait until the worker has kept everything; it says so on the start panel."""
    open_live(page, "flanders")
    page.locator("[data-ready]").wait_for()


def wait_for(page: Page, state: str) -> None:
    """The line under the title says where the codes are."""
    page.locator(f'[data-sync][data-state="{state}"]').wait_for()


def stored(page: Page, uid: str) -> list[dict[str, Any]]:
    """Every operation that the portal has of a recording."""
    answer = page.request.get(f"/toolbox/api/recordings/{uid}")
    return answer.json()["ops"] if answer.ok else []


def codes(ops: list[dict[str, Any]]) -> list[int]:
    return [event["code"] for event in fold(ops)]


def shown(page: Page) -> list[int]:
    """The last codes on the strip, without the gaps."""
    return [int(text) for text in page.locator(".fl-chip .fl-mark").all_inner_texts()]


def press(page: Page, *digits: int) -> None:
    """Digits on the keyboard: 0 is a 10."""
    for digit in digits:
        page.keyboard.press(str(digit))
