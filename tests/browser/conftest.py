"""A real Chromium before a real server with the demo county in a database of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import PASSWORD, free_port, once

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
# The one without windows first: a window of the other starts a second process for its own buttons.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No other machine is reached, whatever a page asks for; a guard in every request would turn the cache off.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies here."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; without one the tests here are skipped, or fail if REQUIRE_BROWSER=1."""
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, but there is no Chromium on this machine", pytrace=False)
        pytest.skip("skipped, no Chromium on this machine (REQUIRE_BROWSER=1 makes that a failure)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def settings(folder: Path, port: int) -> dict[str, str]:
    """The environment of a demo portal whose every file is in `folder`."""
    kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "FILES_DIR", "PORTAL_ENV"}}
    return {
        **kept,
        "DEMO": "1",
        "PORTAL_INSTANCE": str(folder),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "BASE_URL": f"http://127.0.0.1:{port}",
    }


@pytest.fixture(scope="session")
def demo(scratch: Path) -> Path:
    """A folder with the demo county, made once; servers start from copies of it."""
    folder = scratch / "demo"
    with once(scratch, "demo") as first:
        if first:
            with running(folder):
                pass
    return folder


class running:
    """`with running(folder) as address:` the portal as `make run` serves it; `kill()` and `start()` in between."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()

    def __enter__(self) -> str:
        self.folder.mkdir(exist_ok=True)
        self.log = (self.folder / "server.log").open("w")
        return self.start()

    def start(self) -> str:
        """Serve, and wait for the first answer."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "run", "serve"],
            cwd=ROOT,
            env=settings(self.folder, self.port),
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        address = f"http://127.0.0.1:{self.port}"
        for _ in range(1800):
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
                return address
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        self.__exit__()
        raise AssertionError("the server did not start:\n" + (self.folder / "server.log").read_text()[-3000:])

    def kill(self) -> None:
        """Pull the plug: no farewell to open requests."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def __exit__(self, *_error: object) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()


@pytest.fixture(scope="module")
def live_server(chromium: Browser, demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with a fresh demo county, one for each test file."""
    folder = tmp_path_factory.mktemp("live") / "instance"
    shutil.copytree(demo, folder)
    with running(folder) as address:
        yield address


@contextmanager
def visitors(chromium: Browser, live_server: str) -> Iterator[Callable[..., Page]]:
    """`new(width=1280, **context_options)`: a new visitor; at the end script errors fail the test."""
    contexts: list[Any] = []
    problems: list[str] = []

    def note(message: Any) -> None:
        # An answer of 4xx is the test's business; what scripts and the content policy say is ours.
        # A script cannot know that nobody pressed a key, so the browser says it shows no question.
        expected = ("Failed to load resource", "'beforeunload' confirmation panel")
        if message.type == "error" and not any(text in message.text for text in expected):
            problems.append(f"{message.location.get('url')}: {message.text}")

    def guard(request: Any) -> None:
        if not request.url.startswith((live_server, "data:", "blob:")):
            problems.append(f"fetched from outside: {request.url}")

    def new(width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = chromium.new_context(
            base_url=live_server, locale="zh-TW", viewport={"width": width, "height": height}, **options
        )
        context.set_default_timeout(30_000)
        context.on("request", guard)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield new
    for context in contexts:
        context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def open_page(chromium: Browser, live_server: str) -> Iterator[Callable[..., Page]]:
    """`open_page(width=1280, **context_options)`: a new visitor; script errors fail the test."""
    with visitors(chromium, live_server) as new:
        yield new


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A visitor at a desk, 1280 px wide."""
    return open_page()


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """A visitor with a telephone, 390 px wide."""
    return open_page(390, 844, has_touch=True, is_mobile=True)


# (server, user, language) -> cookies of a log-in that is open there.
_signed_in: dict[tuple[str, str, str], Any] = {}


def sign_in(page: Page, username: str, locale: str = "zh_Hant_TW") -> None:
    """Sign in through the page, in one of the two languages; the second time on one server by the same cookies."""
    page.goto("/healthz")
    person = (page.url, username, locale)
    if person in _signed_in:
        # Over the old ones: a request under way without any would come back with an anonymous session.
        page.context.add_cookies(_signed_in[person])
        page.goto("/")
        # A test may have ended the log-in.
        if page.locator("form[action='/logout/']").count():
            return
    page.goto(f"/lang/{locale}")
    page.goto("/login/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    _signed_in[person] = page.context.cookies()


def until(page: Page, expression: str, arg: Any = None) -> None:
    """Wait for something in the page to be true. Playwright's own waiting asks by `eval`, which the content policy
    forbids from the second look on."""
    for _ in range(300):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {expression}")


def axe(page: Page) -> list[str]:
    """Every WCAG 2.1 A and AA fault of the page as it stands: rule, help, and where."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
    return [
        f"{fault['id']}: {fault['help']}: " + "; ".join(str(node["target"]) for node in fault["nodes"])
        for fault in found.response["violations"]
    ]
