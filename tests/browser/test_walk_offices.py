"""Every page that reviewers, offices and stewards can reach: accessible, in one language, not too wide."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.walk import faults_of


@pytest.mark.parametrize(
    "username", ["reviewer", "school", "county.taoyuan", "centre", "steward", "auditor", "admin"]
)
def test_every_page_of_an_office(open_page: Callable[..., Page], demo: Path, username: str) -> None:
    faults = faults_of(open_page, demo / "portal.db", username)
    assert not faults, "\n".join(faults)
