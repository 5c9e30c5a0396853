"""Walks every page that a person can reach by links; the tests of it lie in two files, one for each worker."""

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, ViewportSize

from tests.browser.conftest import axe, sign_in

# Addresses that answer a file: the browser would show a PDF in a page of its own.
FILES = re.compile(r"\.(pdf|docx|csv|xlsx|json|boris|eaf)$|/(file|pdf|csv|receipt|letter)\b")
# The same for everybody: one role looks at them for all.
FOR_ALL = re.compile(r"/(help|tutorials|downloads|toolbox|verify)\b")
# Pages of the same kind are looked at this many times.
PER_KIND = 1
CJK = re.compile(r"[\u3400-\u9fff]+")
LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]{2,}")
# Names and terms that are the same in both languages.
SAME = {
    "acrobat", "adobe", "android", "backspace", "boris", "chrome", "control", "cookie", "csv", "ctrl",
    "delete", "docs", "docx", "elan", "email", "english", "excel", "firefox", "google", "ios", "iphone",
    "json", "kappa", "libreoffice", "linux", "mac", "macos", "microsoft", "office", "one-file", "openapi",
    "orid", "pdf", "pir", "print", "pssr", "save", "sha-", "sha-256", "sha256", "shift", "smtp", "tdo",
    "tqr", "url", "utf-8", "wcag", "web", "windows", "word", "xlsx",
}  # fmt: skip
# One look at a page: all that the walk asks of it, in one question.
LOOK = """() => {
  const out = [];
  const skip = document.documentElement.lang.startsWith('zh') ? '[lang^=en]' : '[lang^=zh]';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent || parent.closest('script,style,noscript,template,code,textarea,' + skip)) continue;
    out.push(walker.currentNode.textContent);
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
    for (const node of document.querySelectorAll(`[${name}]`))
      if (!node.closest(skip)) out.push(node.getAttribute(name));
  out.push(document.title);
  return {
    texts: out,
    headings: [...document.querySelectorAll('h1')].filter((title) => title.checkVisibility()).length,
    chinese: document.documentElement.lang.startsWith('zh'),
    links: [...document.querySelectorAll('a[href]')].map((link) => link.href),
  };
}"""


@cache
def corpus(database: Path) -> str:
    """What people and records say for themselves: all stored text but the wording kept in two languages."""
    pieces: list[str] = []
    with sqlite3.connect(database) as connection:
        for (table,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
            columns = [
                name
                for _, name, kind, *_ in connection.execute(f"pragma table_info({table})").fetchall()
                if not name.endswith(("_zh", "_en")) and kind.upper().startswith(("VARCHAR", "TEXT", "JSON"))
            ]
            for column in columns:
                rows = connection.execute(
                    f'select distinct "{column}" from {table} where "{column}" is not null'  # noqa: S608
                )
                pieces += [str(value) for (value,) in rows]
    text = "\n".join(pieces)
    return text.encode().decode("unicode_escape", "ignore") + text if "\\u" in text else text


@cache
def _known(word: str, database: Path) -> bool:
    return word in corpus(database)


@cache
def _known_in_small_letters(word: str, database: Path) -> bool:
    return word in _small_letters(database)


@cache
def _small_letters(database: Path) -> str:
    return corpus(database).lower()


def foreign(page: Page, database: Path) -> list[str]:
    """Words of the other language on the page as it stands."""
    return foreign_in(page.evaluate(LOOK), database)


def foreign_in(look: dict[str, Any], database: Path) -> list[str]:
    """The same of a look that was taken."""
    if look["chinese"]:
        words = {w for text in look["texts"] for w in LATIN.findall(text)}
        return sorted(
            w for w in words if w.lower() not in SAME and not _known_in_small_letters(w.lower(), database)
        )
    runs = {run for text in look["texts"] for run in CJK.findall(text)}
    return sorted(run for run in runs if not _known(run, database))


TELEPHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}

_examined: set[str] = set()


def kind_of(path: str) -> str:
    """The address without the numbers and names of rows: /cases/N/, /toolbox/recordings/N/."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+", "N", path.split("?")[0])


def walk(page: Page, *, whole: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every kind of page reachable by links from the home page, each visited and looked at; without `whole`
    not those for all."""
    seen: Counter[str] = Counter()
    queue = ["/"]
    known = set(queue)
    while queue:
        path = queue.pop(0)
        kind = kind_of(path)
        if seen[kind] >= PER_KIND or FILES.search(kind) or (FOR_ALL.match(path) and not whole):
            continue
        seen[kind] += 1
        answer = page.goto(path)
        assert answer is not None and answer.status < 500, f"{path}: {answer and answer.status}"
        look = page.evaluate(LOOK)
        here = urlsplit(page.url)
        yield path, look
        for link in look["links"]:
            parts = urlsplit(link)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            if (
                parts.netloc == here.netloc
                and target not in known
                and not parts.path.startswith(("/lang/", "/login"))
            ):
                known.add(target)
                queue.append(target)


def faults_of(
    open_page: Callable[..., Page], database: Path, username: str, *, whole: bool = False
) -> list[str]:
    """Everything wrong on the pages of `username`: a foreign word, what axe finds, wider than 360 px, no heading."""
    page = open_page()
    faults: list[str] = []
    visited = 0
    for locale in ("zh_Hant_TW", "en"):
        if locale == "en":
            page.goto("/lang/en")
        else:
            sign_in(page, username, locale=locale)
        # Telephones are the rule; a page is made wide only to be examined.
        page.set_viewport_size(TELEPHONE)
        for path, look in walk(page, whole=whole):
            visited += 1
            if look["headings"] != 1:
                faults.append(f"{locale} {path}: {look['headings']} main headings")
            if words := foreign_in(look, database):
                faults.append(f"{locale} {path}: {', '.join(words[:12])}")
            if (width := page.evaluate("document.documentElement.scrollWidth")) > 360:
                faults.append(f"{locale} {path}: {width} px wide on a telephone of 360")
            kind = kind_of(path)
            # The structure is the same in both languages, and for all who see the page but on the person's own.
            if locale == "zh_Hant_TW" and (
                kind not in _examined or kind == "/" or kind.startswith("/cases/")
            ):
                _examined.add(kind)
                page.set_viewport_size(DESK)
                faults += [f"{locale} {path}: {fault}" for fault in axe(page)]
                page.set_viewport_size(TELEPHONE)
    # A walk that found no links would find no faults either.
    assert visited > 12
    return faults
