"""People at a browser: they read labels, press what they see, and fill fields by their names."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.messages.pofile import read_po

from tests.conftest import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ROOT = Path(__file__).resolve().parents[2]
# Set it to a folder to keep a picture of every page that a test thinks worth looking at.
PICTURES = os.environ.get("PICTURES", "")


@cache
def wording(locale: str) -> dict[str, str]:
    """Message id -> what stands on the screen in that language."""
    with (ROOT / "translations" / locale / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return {str(message.id): str(message.string) for message in read_po(source) if message.string}


class Person:
    """Somebody before the portal, in one language, at a desk or with a telephone."""

    def __init__(self, page: Page, locale: str = "zh_Hant_TW") -> None:
        self.page = page
        self.locale = locale
        self.pictures = 0

    # -- reading -------------------------------------------------------------------------------------------

    def word(self, message: str, **values: Any) -> str:
        """A message id in the person's language."""
        text = wording(self.locale)[message]
        return text % values if values else text

    def sees(self, text: str, *, inside: Locator | None = None) -> None:
        """The text stands on the page, in sight."""
        (inside or self.page.locator("main")).get_by_text(text).filter(visible=True).first.wait_for()

    def title(self, text: str) -> None:
        """The page has this main heading."""
        self.page.get_by_role("heading", level=1, name=text).wait_for()

    def state(self, label: str) -> None:
        """流程進度 names this state."""
        term = self.page.locator("dt").get_by_text(self.word("狀態"), exact=True)
        fact = self.page.locator("main dl.facts div").filter(has=term)
        fact.locator("dd").get_by_text(self.word(label), exact=True).wait_for()

    def picture(self, name: str) -> None:
        """Keep a picture of the page, when somebody wants to look at them."""
        if PICTURES:
            self.pictures += 1
            width = (self.page.viewport_size or {"width": 0})["width"]
            self.page.screenshot(path=f"{PICTURES}/{name}-{self.locale[:2]}-{width}.png", full_page=True)

    # -- pressing ------------------------------------------------------------------------------------------

    def press(self, label: str, *, inside: Any = None) -> None:
        (inside or self.page.locator("main")).get_by_role(
            "button", name=self.word(label), exact=True
        ).first.click()

    def follow(self, label: str, *, inside: Any = None) -> None:
        (inside or self.page.locator("main")).get_by_role("link", name=label, exact=True).first.click()

    def menu(self, label: str) -> None:
        """Choose from the main menu, which a telephone folds away."""
        self.unfold()
        name = re.compile("^" + re.escape(self.word(label)))
        self.page.get_by_role("navigation", name=self.word("Main menu")).get_by_role(
            "link", name=name
        ).click()
        self.page.wait_for_load_state()

    def unfold(self) -> None:
        if (self.page.viewport_size or {})["width"] < 600:
            self.page.locator('[data-menu-button][aria-expanded="false"]').click()

    def log_in(self, username: str) -> Person:
        """Come to the portal, choose the language, log in."""
        self.page.goto("/")
        if not self.page.evaluate("document.documentElement.lang").startswith(self.locale[:2]):
            self.unfold()
            self.page.locator("header a[hreflang]").click()
        self.give_password(username)
        self.page.wait_for_url(lambda url: "/login" not in url)
        return self

    def give_password(self, username: str) -> None:
        """Fill in the log-in page and send it."""
        self.page.get_by_label(self.word("Account")).fill(username)
        self.page.get_by_label(self.word("Password")).fill(PASSWORD)
        self.press("Log in")

    # -- filling -------------------------------------------------------------------------------------------

    def field(self, label: str, inside: Any = None) -> Locator:
        """The field with this label, required or not."""
        exact = re.compile("^" + re.escape(self.word(label)) + r"\s*(\*.*)?$", re.S)
        fields = self.page.locator("input, textarea, select")
        return (inside or self.page.locator("form[data-official]")).get_by_label(exact).and_(fields)

    def fill(self, answers: dict[str, str], inside: Any = None) -> None:
        """Type each text into the field of that label."""
        for label, text in answers.items():
            self.field(label, inside).fill(text)

    def choose(self, label: str, inside: Any = None) -> None:
        """Mark one of several round buttons."""
        (inside or self.page.locator("form[data-official]")).get_by_role(
            "radio", name=self.word(label), exact=True
        ).check()

    def wait_until_saved(self, state: str = "saved") -> None:
        """The line that tells where the text is says that it is there."""
        self.page.locator(f'[data-draft-state="{state}"]').wait_for()

    # -- a case --------------------------------------------------------------------------------------------

    def slot(self, title: str) -> Locator:
        """One row of 編輯表單列表."""
        heading = self.page.get_by_role("heading", name=self.word(title), exact=True)
        return self.page.locator("li.slot").filter(has=heading)

    def open_slot(self, title: str, word: str, form: str = "") -> None:
        """Press 新增 or 編輯 beside a form; `form` chooses it by its code where the slot offers several."""
        row = self.slot(title)
        if form:
            row.get_by_role("combobox").select_option(form)
        name = f"{self.word(word)} {self.word(title)}"
        row.get_by_role("button", name=name).or_(row.get_by_role("link", name=name)).click()

    def open_case(self, track: str = "進階專業回饋人才認證") -> None:
        """認證專區, the track, 審查."""
        self.menu("認證專區")
        self.follow(self.word(track))
        self.follow(self.word("審查"))

    def send(self, word: str) -> None:
        """Press the sending, read the warning of the platform, confirm."""
        self.follow(self.word(word))
        self.title(self.word("送出文件"))
        self.sees(self.word("提醒您：送出後即不可再修改。"))
        self.sees(self.word("若不修改，請按確定。若需修改者，請按取消。"))
        self.press("確定")
        self.sees(self.word("The documents have been sent. The receipt is below, with time and check sum."))

    # -- a certificate -------------------------------------------------------------------------------------

    def find_number(self, kind: str, letter: str) -> str:
        """個人資料, 認證證號: the number given this year, and the page on which anybody may check it."""
        self.menu("個人資料")
        self.follow(self.word("認證證號"))
        row = self.page.get_by_role("row").filter(has_text=self.word(kind)).filter(has_text=f"第{letter}115")
        number = next(c for c in row.get_by_role("cell").all_inner_texts() if c.startswith("桃園證號第"))
        assert re.fullmatch(rf"桃園證號第{letter}115\d{{6}}號", number)
        self.picture("journey-certificates")
        row.get_by_role("link", name=self.word("Public check")).click()
        return str(number)
