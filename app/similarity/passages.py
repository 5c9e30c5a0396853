"""Which stretches of two texts are the same, whatever their order."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from app.similarity.normalise import BREAK, plain_with_places
from app.similarity.winnow import GRAM

# Only the first so many places of a gram count: a text that repeats itself would pair each with every other.
_PLACES = 20
# Two stretches this near in both texts, in the same order, are one passage with a small edit in it.
_EDIT = 6


class Passage(NamedTuple):
    """Half-open stretches of both original texts that say the same once punctuation is left out."""

    start: int
    end: int
    other_start: int
    other_end: int


def passages(query: str, other: str, without: Collection[str] = ()) -> list[Passage]:
    """Matching stretches in the order of `query`, longest first where several compete for the same words.

    Every gram that counts for the containment lies in one of them, but for a few characters where two meet.
    """
    mine, theirs = plain_with_places(query), plain_with_places(other)
    here, there = _grams(mine.chars, without), _grams(theirs.chars, without)
    places: dict[str, list[int]] = defaultdict(list)
    for place, gram in enumerate(there):
        if gram and len(places[gram]) < _PLACES:
            places[gram].append(place)
    taken = bytearray(len(mine.chars))
    found = []
    for length, i, j in sorted(_runs(here, places), key=lambda run: (-run[0], run[1], run[2])):
        begin, end = i, i + length
        while begin < end and taken[begin]:
            begin += 1
        while end > begin and taken[end - 1]:
            end -= 1
        if end - begin < GRAM or any(taken[begin:end]):
            continue
        taken[begin:end] = b"\1" * (end - begin)
        found.append(
            Passage(
                mine.at[begin],
                mine.at[end - 1] + 1,
                theirs.at[begin - i + j],
                theirs.at[end - 1 - i + j] + 1,
            )
        )
    return sorted(found)


def _runs(here: list[str], places: Mapping[str, list[int]]) -> Iterator[tuple[int, int, int]]:
    """(characters, place here, place there) of every run of the same grams, as long as it can be."""
    longer: dict[int, int] = {}
    for i in range(len(here) - 1, -2, -1):
        row = {}
        for j in places.get(here[i], ()) if i >= 0 else ():
            row[j] = longer.pop(j + 1, 0) + 1
        # What was not carried on begins one place further on.
        yield from ((count + GRAM - 1, i + 1, j) for j, count in longer.items())
        longer = row


def numbered(found: list[Passage]) -> list[tuple[int, Passage]]:
    """Each passage with its number; those that only a small edit keeps apart share one."""
    rows: list[tuple[int, Passage]] = []
    for passage in found:
        number, last = rows[-1] if rows else (0, None)
        near = (
            last is not None
            and 0 <= passage.start - last.end <= _EDIT
            and 0 <= passage.other_start - last.other_end <= _EDIT
        )
        rows.append((number if near else number + 1, passage))
    return rows


def _grams(chars: str, without: Collection[str]) -> list[str]:
    """The gram at each place; empty where none counts."""
    rows = (chars[i : i + GRAM] for i in range(len(chars) - GRAM + 1))
    return ["" if BREAK in gram or gram in without else gram for gram in rows]
