"""PDF from typst templates: tagged, archivable (PDF/A-2a and PDF/UA-1), and never a box for a character.

The fonts come from an installed package, so every machine sets the same page. Typst starts threads at the
first compile: a process that has rendered must not `os.fork()` afterwards (start children by spawn).
"""

import json
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, cast

import pylopdf_fonts_zh_tw
import typst

TEMPLATES = Path(__file__).parents[1] / "templates" / "pdf"

_one_at_a_time = Lock()


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[pylopdf_fonts_zh_tw.serif_path().parent])
    return typst.Compiler(root=TEMPLATES, font_paths=fonts)


def _compile(template: str, data: object) -> bytes:
    with _one_at_a_time:
        made = _compiler().compile(
            input=str(TEMPLATES / f"{template}.typ"),
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2a", "ua-1"],
        )
    return cast(bytes, made)


def render(template: str, data: dict) -> bytes:
    """The PDF of `templates/pdf/<template>.typ` with `data`, which holds `title` and may hold `lang` (`zh`).

    A character that no font has is printed as its code, 〔U+20BB7〕; callers for whom that is not good enough
    (certificates) ask `missing_glyphs` first. Values are data, never typst markup.
    """
    data = _each_text(data, _without_controls)
    try:
        return _compile(template, data)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
    return _compile(template, legible(data)[0])


def legible(data: Any) -> tuple[Any, list[str]]:
    """`data` with every character in its texts that no font has as its code, and those characters."""
    data = _each_text(data, _without_controls)
    missing = _missing(set(json.dumps(data, ensure_ascii=False)))
    codes = {ord(char): f"〔U+{ord(char):04X}〕" for char in missing}
    return (_each_text(data, lambda text: text.translate(codes)) if codes else data), missing


def missing_glyphs(text: str) -> list[str]:
    """The characters of `text` that cannot be printed, each once, in order of appearance."""
    text = _without_controls(text)
    missing = set(_missing(set(text)))
    return [char for char in dict.fromkeys(text) if char in missing]


def _missing(chars: Iterable[str]) -> list[str]:
    # Halving asks typst itself, so its built-in fonts count too: one compile when nothing is missing.
    chars = sorted(chars)
    if not chars or _printable("".join(chars)):
        return []
    if len(chars) == 1:
        return chars
    middle = len(chars) // 2
    return _missing(chars[:middle]) + _missing(chars[middle:])


@lru_cache(4096)
def _printable(chars: str) -> bool:
    try:
        _compile("glyphs", {"title": "-", "chars": chars})
    except (typst.TypstError, UnicodeEncodeError):
        return False
    return True


def _without_controls(text: str) -> str:
    """`text` without invisible marks (joiners, selectors, controls); lone surrogates become codes."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(map(_visible, text))


@lru_cache(30_000)
def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cs":
        return f"〔U+{ord(char):04X}〕"
    if (category in ("Cc", "Cf") and char != "\n") or "VARIATION SELECTOR" in unicodedata.name(char, ""):
        return ""
    return char


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    """`value` with every text in it changed; numbers stay, anything else is taken as text (lazy strings)."""
    if isinstance(value, dict):
        return {str(key): _each_text(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(item, change) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return change(str(value))
