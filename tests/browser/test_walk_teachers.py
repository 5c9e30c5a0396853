"""Every page that teachers can reach by links: accessible, in one language, not wider than a telephone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import axe
from tests.browser.walk import faults_of, foreign

TEACHERS = ("teacher", "draft", "ineligible", "returned", "revise", "failed", "certified", "reviewer")


@pytest.mark.parametrize("stage", TEACHERS)
def test_every_page_of_a_teacher(open_page: Callable[..., Page], demo: Path, stage: str) -> None:
    username = stage if stage == "teacher" else f"teacher.{stage}"
    faults = faults_of(open_page, demo / "portal.db", username, whole=stage == "teacher")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("path", ["/login/", "/verify/NOTHING", "/help/accessibility"])
@pytest.mark.parametrize("locale", ["zh_Hant_TW", "en"])
def test_pages_before_log_in(page: Page, demo: Path, path: str, locale: str) -> None:
    page.goto(f"/lang/{locale}")
    page.goto(path)
    assert foreign(page, demo / "portal.db") == []
    assert axe(page) == []
