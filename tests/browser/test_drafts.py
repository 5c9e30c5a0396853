"""The scripts of the typed forms in a real browser, before a portal that can be told to fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict

from app.forms import registry
from tests.browser.conftest import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

SOURCE = (
    '{% extends "layout/base.html" %}{% block title %}{{ form.title }}{% endblock %}{% block content %}'
    '{% from "forms/form.html" import render_form %}<h1>{{ form.title }}</h1>'
    '{{ render_form(form, action="/form", version=version, draft_url="/draft", draft_key="u1:c1:s:f") }}{% endblock %}'
)
COPY = "Object.entries(localStorage).find(([key]) => key.startsWith('draft:u1:c1:s:f'))?.[1] ?? null"


class Portal:
    """Answers every request of the page; `mode` is ok, down, logged-out, or lost (stored, but nobody hears of it).

    What lies in `held` waits for `release()`: addresses that a slow network has not delivered yet.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.code = "pre-observation-a"
        self.version = 0
        self.answers: dict[str, Any] | None = None
        self.mode = "ok"
        self.tokens: list[str] = []
        self.received: list[str] = []
        self.held: set[str] = set()
        self.waiting: list[Route] = []

    def release(self) -> None:
        """Deliver what was held."""
        self.held.clear()
        while self.waiting:
            self(self.waiting.pop(0))

    def store(self, **answers: Any) -> None:
        self.answers = (self.answers or {}) | answers
        self.version += 1

    def __call__(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path in self.held:
            self.waiting.append(route)
        elif path == "/form" and self.mode == "logged-out":
            route.fulfill(status=401, body="log in")
        elif path == "/form":
            route.fulfill(body=self.page(), content_type="text/html")
        elif path == "/draft":
            self.draft(route)
        else:
            answer = self.app.test_client().get(path, buffered=True)
            route.fulfill(status=answer.status_code, body=answer.data, content_type=answer.content_type)

    # No `fulfill` inside a context: Playwright goes on in another greenlet, which would leave it open.
    def page(self) -> str:
        with self.app.test_request_context():
            form = registry.build(self.code, answers=self.answers)
            return render_template_string(SOURCE, form=form, version=self.version)

    def draft(self, route: Route) -> None:
        posted = MultiDict(parse_qsl(route.request.post_data or "", keep_blank_values=True))
        self.tokens.append(posted["csrf_token"])
        self.received.append(posted["unit"])
        if self.mode == "down":
            route.abort()
        elif self.mode == "logged-out":
            route.fulfill(status=401, body="{}")
        elif int(posted["version"]) != self.version and (self.answers or {}).get("unit") != posted["unit"]:
            route.fulfill(status=409, body=json.dumps({"version": self.version, "theirs": {}}))
        else:
            with self.app.test_request_context():
                answers = registry.build(self.code, answers=self.answers, formdata=posted).answers()
            if answers != self.answers:
                self.store(**answers)
            if self.mode == "lost":
                route.abort()
                return
            saved = {
                "version": self.version,
                "saved_at": "2026-11-23T05:03:00+00:00",
                "complete": False,
                "missing": 1,
            }
            route.fulfill(body=json.dumps(saved), content_type="application/json")


@pytest.fixture
def portal(app: Flask) -> Portal:
    return Portal(app)


@pytest.fixture
def page(chromium: Browser, portal: Portal) -> Iterator[Page]:
    context = chromium.new_context(timezone_id="Asia/Taipei", locale="zh-TW")
    context.route("**/*", portal)
    context.set_default_timeout(8000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())
    yield page
    context.close()
    assert errors == []


def visit(page: Page) -> None:
    page.goto("http://portal.test/form")


def wait_for(page: Page, state: str) -> None:
    page.wait_for_selector(f'[data-draft-state="{state}"]', state="attached", timeout=8000)


def test_a_keystroke_is_kept_at_once_and_sent_within_two_seconds(page: Page, portal: Portal) -> None:
    visit(page)
    page.fill("#unit", "分數")
    assert "分數" in page.evaluate(COPY)
    page.wait_for_selector('[data-draft-state="saved"]', timeout=2500)
    assert portal.answers and portal.answers["unit"] == "分數"
    assert page.evaluate(COPY) is None
    assert "13:03" in page.inner_text("[data-draft-text]")
    assert page.text_content("[data-draft-status]") == page.text_content("[data-draft-text]")
    assert page.input_value("[name=version]") == "1"


def test_words_typed_before_the_script_has_arrived_are_kept(page: Page, portal: Portal) -> None:
    """A slow machine shows the form before its script runs: what was typed meanwhile is no part of the page."""
    portal.held.add("/static/js/draft.js")
    page.goto("http://portal.test/form", wait_until="commit")
    page.fill("#unit", "早到的字")
    portal.release()
    wait_for(page, "saved")
    assert portal.answers and portal.answers["unit"] == "早到的字"


def test_words_typed_while_a_draft_is_on_its_way_follow_it(page: Page, portal: Portal) -> None:
    """Also when the answer comes later than the next sending would, and when the text goes back and forth."""
    visit(page)
    portal.held.add("/draft")
    page.fill("#unit", "one")
    wait_for(page, "saving")
    page.fill("#unit", "two")
    page.wait_for_timeout(1600)
    assert page.get_attribute("[data-draft-state]", "data-draft-state") == "dirty"
    assert portal.received == []
    portal.release()
    until(page, f"{COPY} === null")
    wait_for(page, "saved")
    assert portal.received == ["one", "two"]
    portal.held.add("/draft")
    page.fill("#unit", "three")
    wait_for(page, "saving")
    page.fill("#unit", "four")
    page.fill("#unit", "three")
    portal.release()
    wait_for(page, "saved")
    page.wait_for_timeout(1600)
    assert page.get_attribute("[data-draft-state]", "data-draft-state") == "saved"
    assert portal.received == ["one", "two", "three"]


def test_an_answer_that_was_lost_is_no_conflict(page: Page, portal: Portal) -> None:
    """The server has stored the words, the browser does not know: they are repeated before what followed."""
    visit(page)
    portal.mode = "lost"
    page.fill("#unit", "one")
    wait_for(page, "offline")
    page.fill("#unit", "one and two")
    portal.mode = "ok"
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_for(page, "saved")
    until(page, f"{COPY} === null")
    assert portal.received == ["one", "one", "one and two"]
    assert portal.answers and portal.answers["unit"] == "one and two"


def test_copies_of_two_windows_are_offered_one_after_the_other(page: Page, portal: Portal) -> None:
    """New words, before anybody has chosen, do not push a copy out."""
    visit(page)
    portal.mode = "down"
    page.fill("#unit", "first window")
    wait_for(page, "offline")
    page.goto("about:blank")
    visit(page)
    page.fill("#unit", "second window")
    wait_for(page, "offline")
    page.goto("about:blank")
    portal.mode = "ok"
    visit(page)
    page.click('[data-restore="drop"]')
    page.click('[data-restore="take"]')
    assert page.input_value("#unit") == "first window"
    wait_for(page, "saved")
    assert page.evaluate("localStorage.length") == 0


def test_a_browser_that_keeps_no_copies_says_so(page: Page, portal: Portal) -> None:
    visit(page)
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    portal.mode = "down"
    page.fill("#unit", "分數")
    wait_for(page, "offline")
    assert page.inner_text("[data-draft-text]") == page.get_attribute(
        "[data-draft-state]", "data-text-nowhere"
    )


def test_without_network_the_text_waits_on_the_device(page: Page, portal: Portal) -> None:
    visit(page)
    portal.mode = "down"
    page.fill("#unit", "分數")
    wait_for(page, "offline")
    assert "分數" in page.evaluate(COPY)
    portal.mode = "ok"
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_for(page, "saved")
    assert portal.answers and portal.answers["unit"] == "分數"


def test_after_logging_in_again_the_draft_goes_out_with_a_new_token(page: Page, portal: Portal) -> None:
    visit(page)
    page.evaluate("document.querySelector('#official-form [name=csrf_token]').value = 'old'")
    portal.mode = "logged-out"
    page.fill("#unit", "分數")
    wait_for(page, "login")
    assert page.is_visible('[data-draft-notice="login"] a[href="/login/"]')
    portal.mode = "ok"
    page.evaluate("dispatchEvent(new Event('focus'))")
    wait_for(page, "saved")
    assert not page.is_visible('[data-draft-notice="login"]')
    assert portal.tokens[0] == "old"


def test_a_stale_page_overwrites_nothing(page: Page, portal: Portal) -> None:
    visit(page)
    portal.store(unit="from another tab")
    page.fill("#unit", "mine")
    wait_for(page, "conflict")
    assert page.is_visible('[data-draft-notice="conflict"] button')
    assert portal.answers == {"unit": "from another tab"}
    assert "mine" in page.evaluate(COPY)


def test_a_copy_that_was_never_sent_is_offered(page: Page, portal: Portal) -> None:
    portal.code = "post-observation-b"
    visit(page)
    portal.mode = "down"
    page.click('[data-row-action="add"]')
    page.fill("#growth_plan-1-content", "second row")
    wait_for(page, "offline")
    page.goto("about:blank")
    portal.mode = "ok"
    visit(page)
    assert page.input_value("#growth_plan-0-content") == ""
    page.click('[data-restore="take"]')
    assert page.input_value("#growth_plan-1-content") == "second row"
    wait_for(page, "saved")
    assert portal.answers and portal.answers["growth_plan"][1]["content"] == "second row"
    assert page.evaluate(COPY) is None


def test_rows_move_and_come_back(page: Page, portal: Portal) -> None:
    portal.code = "post-observation-b"
    portal.store(growth_plan=[{"content": "a"}, {"content": "b", "method": "other"}])
    visit(page)
    assert page.is_visible("#growth_plan-1-method_other")
    assert not page.is_visible("#growth_plan-0-method_other")
    page.click('#growth_plan-1 [data-row-action="up"]')
    assert page.input_value("#growth_plan-0-content") == "b"
    assert page.is_visible("#growth_plan-0-method_other")
    page.click('#growth_plan-0 [data-row-action="remove"]')
    assert page.locator("[data-row]").count() == 1
    page.click("[data-row-undo] button")
    assert [page.input_value(f"#growth_plan-{n}-content") for n in (0, 1)] == ["b", "a"]
    assert page.evaluate("document.activeElement.id") == "growth_plan-0"


def test_conditions_counters_and_progress(page: Page, portal: Portal) -> None:
    visit(page)
    assert not page.is_visible("#participation")
    before = page.inner_text("[data-progress]")
    page.check("#role-2")
    assert page.is_visible("#participation")
    assert page.inner_text("[data-progress]") != before
    page.fill("#participation", "第二組")
    page.check("#role-1")
    page.check("#role-2")
    assert page.input_value("#participation") == "第二組"
    page.fill("#focus", "字" * 5001)
    assert "is-over" in (page.get_attribute("#focus-count", "class") or "")
    assert len(page.input_value("#focus")) == 5001
