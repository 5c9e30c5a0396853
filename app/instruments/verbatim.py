"""選擇性逐字: what was said of the kind that was agreed on, word for word.

`wait_ms` of a teacher's words is the pause until somebody answers (wait time 1), of a pupil's words the pause
until the next speaker (wait time 2), after Rowe (1974).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from app.instruments.analysis import Analysis, Figure, Note, Table, plain, ratio, share
from app.instruments.record import Json

# Within this many seconds a pupil's words count as following the question.
ANSWER_S = 5

# A kind of utterance, or the agreed focus "questions" written as the kind.
QUESTION_KINDS = ("question", "questions")

PRAISE = (
    *("很好", "非常好", "很棒", "好棒", "真棒", "太棒了", "不錯", "厲害", "答對了", "沒錯", "很讚", "聰明"),
    *("very good", "good", "great", "excellent", "well done", "nice", "perfect", "wonderful", "awesome"),
)


def pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words, the longest first; words in Latin letters only as whole words, in any case."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    parts = [rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in ordered]
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE | re.ASCII)


def is_question(event: Json) -> bool:
    """A teacher's words that ask: by kind, by level, or by their question mark."""
    asks = (
        event.get("kind") in QUESTION_KINDS
        or event.get("level")
        or event.get("text", "").rstrip().endswith(("?", "？"))
    )
    return event["speaker"] == "teacher" and bool(asks)


def analyse(record: Json, praise: Sequence[str] = PRAISE, answer_s: float = ANSWER_S) -> Analysis:
    """All of it for a record of the shape `record.check` accepts."""
    events: list[Json] = record["events"]
    tables = (
        _shares("speakers", "speaker", events),
        _shares("kinds", "kind", events),
        _shares("levels", "level", [event for event in events if event.get("level")]),
        _praise(events, praise),
        _parts(events),
    )
    notes = []
    if not events:
        notes.append(Note("nothing_recorded"))
    elif empty := sum(not event.get("text", "").strip() for event in events):
        notes.append(Note("words_missing", {"n": empty}))
    return Analysis(
        "verbatim",
        tuple(_figures(record, events, answer_s)),
        {table.code: table for table in tables},
        tuple(notes),
        {"series": [(event.get("t"), event["speaker"], event.get("kind", "")) for event in events]},
    )


def _figures(record: Json, events: list[Json], answer_s: float) -> Iterator[Figure]:
    asked = [event for event in events if is_question(event)]
    levels = Counter(event.get("level", "") for event in events)
    length = record.get("length_ms") or max((event.get("t") or 0 for event in events), default=0)
    yield plain("utterances", len(events), "count", "n")
    yield plain("questions", len(asked), "count", "n that ask")
    yield ratio(
        "rate", 10 * len(events), length / 60_000, "10 × n / minutes", unit="per_10_min", missing="not_timed"
    )
    yield ratio(
        "open_share", levels["open"], (levels["open"], levels["closed"]), "100 × open / (open + closed)"
    )
    yield ratio("open_to_closed", levels["open"], levels["closed"], "open / closed", unit="quotient")
    for code, speaker in (("wait_1", "teacher"), ("wait_2", "pupil")):
        waits = [
            e["wait_ms"] / 1000 for e in events if e["speaker"] == speaker and e.get("wait_ms") is not None
        ]
        yield plain(
            code,
            median(waits) if waits else None,
            "seconds",
            f"median of {len(waits)} pauses after the {speaker}'s words",
            missing="no_waits",
        )
    timed = [event for event in asked if event.get("t") is not None]
    yield ratio(
        "answered",
        sum(_answered(event, events, answer_s) for event in timed),
        len(timed),
        f"100 × questions followed by a pupil within {answer_s:g} s / questions with a time",
    )


def _answered(question: Json, events: list[Json], answer_s: float) -> bool:
    """Does a pupil speak within the time after the question?"""
    later = events[events.index(question) + 1 :]
    return any(
        event["speaker"] == "pupil"
        and event.get("t") is not None
        and event["t"] - question["t"] <= 1000 * answer_s
        for event in later
    )


def _shares(code: str, key: str, events: list[Json]) -> Table:
    counts = Counter(event.get(key, "") for event in events)
    rows = tuple((name, n, share(n, len(events))) for name, n in counts.most_common())
    return Table(code, (key, "count", "percent"), rows)


def _praise(events: list[Json], praise: Sequence[str]) -> Table:
    """Words of praise the teacher used more than once."""
    found = pattern(praise)
    said = (event.get("text", "") for event in events if event["speaker"] == "teacher")
    counts = Counter(match.group().lower() for text in said for match in found.finditer(text))
    return Table("praise", ("word", "count"), tuple((word, n) for word, n in counts.most_common() if n > 1))


def _parts(events: list[Json]) -> Table:
    counts = Counter((event.get("part", 1), event["speaker"]) for event in events)
    parts = sorted({part for part, _speaker in counts})
    rows = tuple((part, counts[part, "teacher"], counts[part, "pupil"]) for part in parts)
    return Table("parts", ("part", "teacher", "pupil"), rows)
