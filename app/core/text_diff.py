"""What was taken out of a text and what was put in: to the character, and still fit to be read."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Part = tuple[Literal["same", "gone", "new"], str]

# A sentence with what ends it: sentences are matched first, characters inside those that differ.
_SENTENCE = re.compile(r"[^。！？.!?\n]+[。！？.!?\n]*|[。！？.!?\n]+")
# A character with what belongs to it: accents, the variant of an ideograph, what a joiner ties on.
_CHARACTER = re.compile(
    "(?s).(?:[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]|\u200d.)*"
)
# So many characters or fewer between two longer changes stayed by chance; as islands they only disturb.
_ISLAND = 4
# Comparing takes an eighth of this in bytes; longer texts without a sentence in common are shown as written anew.
_WORTH_IT = 400_000_000


class _Hunk(NamedTuple):
    """Text that stayed, what was taken out after it, and what was put in there."""

    same: str
    gone: str
    new: str

    @property
    def size(self) -> int:
        return max(len(self.gone), len(self.new))


def text_diff(before: str, after: str) -> list[Part]:
    """The parts of both texts in order: what is `same` or `gone` makes `before`, `same` or `new` makes `after`."""
    hunks: list[_Hunk] = []
    for hunk in _slid(list(_hunks(before, after))):
        hunks.append(hunk)
        while len(hunks) > 1 and len(hunks[-1].same) <= min(_ISLAND, hunks[-1].size, hunks[-2].size):
            (same, gone, new), (island, more_gone, more_new) = hunks[-2:]
            hunks[-2:] = [_Hunk(same, gone + island + more_gone, new + island + more_new)]
    parts: list[Part] = []
    for same, gone, new in hunks:
        parts += [("same", same), ("gone", gone), ("new", new)]
    return [part for part in parts if part[1]]


def _slid(hunks: list[_Hunk]) -> Iterator[_Hunk]:
    """A text put in (or taken out) between repetitions stands where a sentence, or at least a clause, begins."""
    taken = 0
    for n, (same, gone, new) in enumerate(hunks):
        same, taken = same[taken:], 0
        piece = gone or new
        if not (gone and new) and n + 1 < len(hunks):
            after = hunks[n + 1].same
            # Something has to stay between two changes.
            room = range(min(len(piece), len(after) - (hunks[n + 1].size > 0)))
            reach = next((k for k in room if after[k] != piece[k]), len(room))
            taken = max(range(reach + 1), key=lambda k: (_ends(piece[k - 1] if k else same[-1:]), -k))
            same += piece[:taken]
            gone, new = (text and text[taken:] + text[:taken] for text in (gone, new))
        yield _Hunk(same, gone, new)


def _ends(character: str) -> int:
    """How good a place for a change is behind this character, or with none at the beginning."""
    return 2 if character in "。！？.!?\n" else int(character in "，、；：,;: ")


def _hunks(before: str, after: str) -> Iterator[_Hunk]:
    """Sentences that stayed as they are; between them, the characters."""
    same = ""
    for sentence, gone, new in _runs(_SENTENCE.findall(before), _SENTENCE.findall(after)):
        same += sentence
        for kept, out, put in _runs(_CHARACTER.findall(gone), _CHARACTER.findall(new)):
            same += kept
            if out or put:
                yield _Hunk(same, out, put)
                same = ""
    if same:
        yield _Hunk(same, "", "")


def _runs(a: list[str], b: list[str]) -> Iterator[_Hunk]:
    """What both lists have in common, each time with what differs behind it."""
    start, same = (0, 0), ""
    for i, j in [*_common(a, b), (len(a), len(b))]:
        if start != (i, j):
            yield _Hunk(same, "".join(a[start[0] : i]), "".join(b[start[1] : j]))
            same = ""
        if i < len(a):
            same += a[i]
        start = (i + 1, j + 1)
    yield _Hunk(same, "", "")


def _common(a: list[str], b: list[str]) -> Iterator[tuple[int, int]]:
    """Places of a longest common subsequence, in order.

    A row of the usual table is one long number: bit j says that b[j] adds nothing to what the row has in common
    (Hyyrö 2004), so a row costs a few operations whatever its length.
    """
    first = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    yield from ((n, n) for n in range(first))
    a, b = a[first:], b[first:]
    if len(a) * len(b) > _WORTH_IT:
        return
    where: dict[str, int] = {}
    for j, item in enumerate(b):
        where[item] = where.get(item, 0) | 1 << j
    row = full = (1 << len(b)) - 1
    rows = [row]
    for item in a:
        hit = row & where.get(item, 0)
        row = ((row + hit) | (row - hit)) & full
        rows.append(row)
    found = []
    i, j = len(a), len(b)
    while i and j:
        if a[i - 1] == b[j - 1]:
            i, j = i - 1, j - 1
            found.append((first + i, first + j))
        elif rows[i] >> (j - 1) & 1:
            j -= 1
        else:
            i -= 1
    yield from reversed(found)
