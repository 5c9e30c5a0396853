"""What was taken out of a text and what was put in, to the character."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, Literal

Part = tuple[Literal["same", "gone", "new"], str]

# A sentence with what ends it: sentences are matched first, characters inside those that differ.
_SENTENCE = re.compile(r"[^。！？.!?\n]*[。！？.!?\n]*")
# Comparing character by character takes the product of the lengths; a text written anew is shown as such.
_WORTH_IT = 4_000_000


def text_diff(before: str, after: str) -> list[Part]:
    """The parts of both texts in order: what is `same` or `gone` makes `before`, `same` or `new` makes `after`."""
    parts: list[Part] = []
    for kind, text in _sentences(before, after):
        if not text:
            continue
        if parts and parts[-1][0] == kind:
            parts[-1] = (kind, parts[-1][1] + text)
        else:
            parts.append((kind, text))
    return parts


def _sentences(before: str, after: str) -> Iterator[Part]:
    a, b = _SENTENCE.findall(before), _SENTENCE.findall(after)
    for same, old, new in _blocks(a, b):
        gone, come = "".join(old), "".join(new)
        if same:
            yield "same", gone
        elif gone and come and len(gone) * len(come) <= _WORTH_IT:
            yield from _characters(gone, come)
        else:
            yield "gone", gone
            yield "new", come


def _characters(before: str, after: str) -> Iterator[Part]:
    for same, old, new in _blocks(before, after):
        if same:
            yield "same", old
        else:
            yield "gone", old
            yield "new", new


def _blocks(a: Any, b: Any) -> Iterator[tuple[bool, Any, Any]]:
    """(whether they are the same, piece of a, piece of b), from the first to the last."""
    for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        yield tag == "equal", a[i:j], b[k:m]
