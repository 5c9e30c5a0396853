"""What browser and portal both compute comes out the same: folding a log, reading a list of codes, judging words."""

from __future__ import annotations

import random
import uuid
from typing import TYPE_CHECKING, Any

from app.instruments import anecdotal, flanders
from app.instruments.record import fold
from tests.browser.conftest import sign_in
from tests.browser.live import open_live

if TYPE_CHECKING:
    from playwright.sync_api import Page

ASK = """async ([file, name, ...given]) => {
  const { src } = document.querySelector("script[src*='start.js']");
  const module = await import(src.replace("start.js", file));
  try { return module[name](...given); } catch (error) { return "refused"; }
}"""
TEXTS = (
    "學生很認真，老師說「很好」。",
    "不認真 not a Good lesson, goodbye",
    'he said “excellent” and then “bad" poor',
    "『非常好』之外還是非常好",
    "hard-working pupils; very well done",
    "",
)
LISTS = ("5 5 4 8", "５，５、４；10", "01 2\n\n3", "11", "a", "", "5..5", "0", "1-2", "10,10,")


def log(choice: random.Random) -> list[dict[str, Any]]:
    """Operations on a few events, with equal counters, equal times and none, in any order, some twice."""
    ids = [str(uuid.UUID(int=choice.getrandbits(128))) for _ in range(12)]
    ops = []
    for _ in range(60):
        op: dict[str, Any] = {
            "uid": str(uuid.UUID(int=choice.getrandbits(128))),
            "n": choice.randint(1, 30),
            "at": 0,
            "op": choice.choice(["put", "put", "put", "drop"]),
            "id": choice.choice(ids),
        }
        if op["op"] == "put":
            op["event"] = {"t": choice.choice([None, 0, 1000, 2000]), "code": choice.randint(1, 10)}
        ops.append(op)
    ops += choice.sample(ops, 5)
    choice.shuffle(ops)
    return ops


def test_browser_and_portal_agree(page: Page) -> None:
    sign_in(page, "teacher")
    open_live(page, "flanders")
    choice = random.Random(11)
    for _ in range(40):
        ops = log(choice)
        once = list({op["uid"]: op for op in ops}.values())
        assert page.evaluate(ASK, ["store.js", "fold", once]) == fold(ops)
    for text in LISTS:
        try:
            expected: Any = flanders.parse_codes(text)
        except flanders.FlandersError:
            expected = "refused"
        assert page.evaluate(ASK, ["flanders.js", "parseCodes", text]) == expected, text
    for text in TEXTS:
        words = {word.lower() for _start, _end, word in anecdotal.lint(text)}
        found = page.evaluate(ASK, ["notes.js", "judging", text, list(anecdotal.JUDGING)])
        assert {word.lower() for word in found} == words, text
