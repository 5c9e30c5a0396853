"""Practice: a learner's categories beside the agreed key of a scripted lesson, beat by beat."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.instruments.agreement import Agreement, compare
from app.instruments.record import Json


@dataclass(frozen=True)
class Miss:
    """One line that was coded otherwise than the key; `given` is None for a beat that was let pass."""

    line: int
    given: int | None
    key: int
    rule: str | None


@dataclass(frozen=True)
class Score:
    """Agreement over the beats that were coded; misses over all of them; misses per ground rule, most first."""

    agreement: Agreement
    missed_beats: int
    misses: tuple[Miss, ...]
    rules: tuple[tuple[str, int], ...]


def score(lines: Sequence[Json], given: Sequence[int | None]) -> Score:
    """Compare with the key of lines `{"key": 1..10, "rule": name of the ground rule that decides it, or None}`.

    ValueError when there is not one answer, or None, for each line.
    """
    answers = list(zip(given, lines, strict=True))
    coded = [(code, line["key"]) for code, line in answers if code is not None]
    misses = tuple(
        Miss(n, code, line["key"], line["rule"])
        for n, (code, line) in enumerate(answers, 1)
        if code != line["key"]
    )
    rules = Counter(miss.rule for miss in misses if miss.rule is not None)
    return Score(
        compare([code for code, _key in coded], [key for _code, key in coded]),
        len(lines) - len(coded),
        misses,
        tuple(sorted(rules.items(), key=lambda row: (-row[1], row[0]))),
    )
