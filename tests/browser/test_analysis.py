"""The analysis in a browser: replay by keyboard, nothing wider than a telephone, no WCAG fault, no scripts needed."""

import uuid
from typing import Any

import pytest

from tests.browser.conftest import axe, sign_in, until
from tests.observations import lessons

PLANNED = ("verbal-flow", "at-task", "teacher-movement")


def keep(page: Any, record: dict[str, Any]) -> str:
    """Send a recording as the capture page does; answers the address of its analysis."""
    uid = str(uuid.uuid4())
    head = {
        key: record[key]
        for key in ("instrument", "title", "class_name", "started_at", "length_ms", "rule", "plan")
    }
    head |= {"at": 1, "ended_at": "2026-11-23T01:45:03.000Z"}
    ids = {event["id"]: str(uuid.uuid4()) for event in record["events"]}
    ops = [
        {
            "uid": str(uuid.uuid4()),
            "n": n,
            "at": 1_800_000_000_000,
            "op": "put",
            "id": ids[event["id"]],
            "event": {**event, "id": ids[event["id"]]},
        }
        for n, event in enumerate(record["events"], 1)
    ]
    session = page.request.get("/toolbox/api/session").json()
    answer = page.request.post(
        f"/toolbox/api/recordings/{uid}",
        data={"user": session["user"], "head": head, "ops": ops},
        headers={"X-CSRFToken": session["csrf"], "X-Requested-With": "fetch"},
    )
    assert answer.ok, answer.text()
    return f"/toolbox/recordings/{uid}/"


def width(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize("locale", ["zh_Hant_TW", "en"])
def test_pages_have_no_fault_and_fit(open_page: Any, locale: str) -> None:
    page = open_page(360, 800)
    sign_in(page, "teacher", locale=locale)
    made = {**lessons.ALL, "flanders": lambda: lessons.flanders([5, 5, 4, 8, 10, 6, 7, 9, 3, 2, 1] * 4)}
    pages = [keep(page, make()) for make in made.values()]
    other = keep(page, lessons.flanders([5, 4, 8, 2, 3] * 8))
    first, second = pages[0].split("/")[3], other.split("/")[3]
    pages += [f"/toolbox/agreement/?a={first}&b={second}", "/toolbox/growth/?instrument=flanders"]
    for at in pages:
        page.goto(at)
        page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true; })")
        assert width(page) <= 360, at
        # The checker looks at every node, and long tables only repeat their first rows.
        page.evaluate("document.querySelectorAll('tbody tr:nth-child(n+5)').forEach((row) => row.remove())")
        assert axe(page) == [], at


def test_replay_builds_the_matrix_by_keyboard(page: Any) -> None:
    sign_in(page, "teacher")
    page.goto(keep(page, lessons.flanders([5, 4, 8, 8])))
    slider = page.get_by_label("紀錄中的位置")
    slider.focus()
    for _n in range(2):
        page.keyboard.press("ArrowRight")
    assert "4 提問" in page.locator("[data-replay-said]").inner_text()
    cell = page.locator(".replay-matrix tbody tr").nth(4).locator("td").nth(3)
    assert cell.inner_text() == "1" and "is-now" in cell.get_attribute("class")
    assert page.locator(".replay-codes .is-now").inner_text() == "4 提問"
    page.keyboard.press("End")
    assert "第 4 筆，共 4 筆" in slider.get_attribute("aria-valuetext")
    page.get_by_role("button", name="播放").press("Enter")
    until(page, "document.querySelector('[data-replay-place]').value > 0")
    page.locator("[data-replay-play]").press("Enter")
    assert page.locator("[data-replay-play]").inner_text() == "播放"


@pytest.mark.parametrize("instrument", PLANNED)
def test_replay_moves_over_the_plan(page: Any, instrument: str) -> None:
    sign_in(page, "teacher")
    page.goto(keep(page, lessons.ALL[instrument]()))
    page.get_by_label("紀錄中的位置").focus()
    page.keyboard.press("End")
    marks = {
        "verbal-flow": ".replay-head",
        "at-task": ".replay-seat.is-now",
        "teacher-movement": ".replay-stop",
    }
    assert page.locator(marks[instrument]).count() == 1
    page.keyboard.press("Home")
    assert page.locator(marks[instrument]).count() == 0


def test_a_figure_opens_by_keyboard_and_tables_do_without_scripts(open_page: Any) -> None:
    with_scripts = open_page()
    sign_in(with_scripts, "teacher")
    at = keep(with_scripts, lessons.flanders([5, 3, 6, 7, 9]))
    page = open_page(java_script_enabled=False)
    sign_in(page, "teacher")
    page.goto(at)
    assert not page.locator("[data-replay]").is_visible()
    line = page.locator(".figure-line", has_text="教師話語比率").first
    line.locator("summary").press("Enter")
    assert "100 × f(1..7) / N" in line.inner_text() and "66.7%" in line.inner_text()
    assert page.locator(".table-matrix td.shade-5").count() > 0
