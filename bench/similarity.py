"""The most alike of 100,000 documents on SQLite beside an exact scan of all of them in numpy.

A third of the sentences are common ones, the rest is new; the queries are copies at 30 to 95 percent by block, by
re-ordering and by scattered edits, and texts like nothing. The rival holds every distinct 5-gram of every document in
memory and does nothing but count; wherever it finds 60 or 90 percent, ours must find the same and nothing else.
"""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
from flask import Flask
from numpy.typing import NDArray
from sqlalchemy import insert

from app.similarity.normalise import plain
from app.similarity.winnow import every, fingerprints
from bench.case_list import portal

DOCUMENTS, CHUNK = 100_000, 1_000
COPIES, OTHERS, SCANNED, WARM = 400, 400, 150, 20
AIM_MS, AIM_RATIO = 20.0, 50.0
WORDS, TEMPLATES, LONGEST, POOL = 20_000, 2_000, 14, 1 << 20
END = "。\n"
NOTHING = np.empty(0, dtype=np.int64)
Numbers = NDArray[np.int64]
Rows = tuple[Numbers, Numbers]


def run() -> list[dict[str, Any]]:
    """Rows {name, ours_ms, rival, rival_ms, ratio, aim, met}."""
    start = perf_counter()
    texts, index, scan = corpus()
    with portal() as app, app.app_context():
        from app.similarity.queries import most_alike

        fill(app, texts, index)
        built = perf_counter() - start
        queries = [*copies(texts, COPIES), *author().texts(OTHERS)]
        for text in queries[:WARM]:
            most_alike(text)
        times, scanned, marked, pairs = [], [], [], 0
        for number, text in enumerate(queries):
            begin = perf_counter()
            matches = most_alike(text, limit=1_000)
            times.append((perf_counter() - begin) * 1000)
            if number >= SCANNED:
                continue
            begin = perf_counter()
            shares = scan(every(plain(text), NOTHING))
            scanned.append((perf_counter() - begin) * 1000)
            ours = {match.narrative.id - 1: match.containment for match in matches}
            for threshold in (60, 90):
                expected = {int(n): float(shares[n]) for n in np.flatnonzero(shares >= threshold)}
                assert {n: share for n, share in ours.items() if share >= threshold} == expected
                pairs += len(expected)
            if matches:
                begin = perf_counter()
                assert matches[0].passages
                marked.append((perf_counter() - begin) * 1000)
    middle, slow, other = np.median(times), np.percentile(times, 99), np.median(scanned)
    facts = f"{pairs} pairs found, none missed or false; built in {built:.0f} s"
    return [
        row("similarity, 100,000 documents, p50", middle, "exact scan in numpy", other, AIM_RATIO),
        {
            "name": "similarity, 100,000 documents, p99",
            "ours_ms": round(slow, 2),
            "rival": facts,
            "rival_ms": round(float(np.percentile(scanned, 99)), 1),
            "ratio": "",
            "aim": f"<= {AIM_MS:g} ms",
            "met": bool(slow <= AIM_MS),
        },
        {
            "name": "similarity, passages of one pair",
            "ours_ms": round(float(np.median(marked)), 2),
            "rival": "",
            "rival_ms": "",
            "ratio": "",
            "aim": "",
            "met": None,
        },
    ]


def row(name: str, ours: float, rival: str, theirs: float, aim: float) -> dict[str, Any]:
    return {
        "name": name,
        "ours_ms": round(float(ours), 2),
        "rival": rival,
        "rival_ms": round(float(theirs), 1),
        "ratio": round(float(theirs / ours), 1),
        "aim": f">= {aim:g}",
        "met": bool(theirs / ours >= aim),
    }


# -- the texts ---------------------------------------------------------------------------------------------


class Author:
    """Writes any number of narratives from a language of its own: popular words, common sentences, new ones."""

    def __init__(self) -> None:
        made = np.random.default_rng(1)
        signs = made.permutation(np.arange(0x4E00, 0x4E00 + 3_500, dtype=np.uint32))
        words = signs[(made.random((WORDS, 2)) ** 1.5 * len(signs)).astype(int)]
        self.words = np.vstack([words, [[ord(sign) for sign in END]]])
        self.pool = zipf(made, WORDS, 1.0)
        self.common = self.pool[made.integers(POOL, size=(TEMPLATES, LONGEST))]
        self.common_lengths = made.integers(8, LONGEST + 1, TEMPLATES)
        self.popular = zipf(made, TEMPLATES, 0.7)
        self.draw = np.random.default_rng(2)

    def texts(self, count: int) -> list[str]:
        """Narratives of 28 to 49 sentences, three in ten of them common ones with one word changed."""
        draw, sizes = self.draw, self.draw.integers(28, 50, count)
        total = int(sizes.sum())
        rows = self.pool[draw.integers(POOL, size=(total, LONGEST + 1))]
        lengths = draw.integers(8, LONGEST + 1, total)
        places = np.flatnonzero(draw.random(total) < 0.3)
        chosen = self.popular[draw.integers(POOL, size=len(places))]
        slots = draw.integers(0, 8, len(places))
        own = rows[places, slots]
        rows[places, :LONGEST], lengths[places] = self.common[chosen], self.common_lengths[chosen]
        rows[places, slots] = own
        rows[np.arange(total), lengths] = WORDS
        kept = rows[np.arange(LONGEST + 1) <= lengths[:, None]]
        text = self.words[kept].astype("<u4").tobytes().decode("utf-32-le")
        ends = np.concatenate([[0], np.cumsum(2 * (lengths + 1))])[np.concatenate([[0], np.cumsum(sizes)])]
        return [text[a:b] for a, b in pairwise(ends)]


def zipf(made: np.random.Generator, size: int, power: float) -> Numbers:
    """POOL draws of 0..size-1, the n-th as frequent as 1 / n ** power."""
    weights = 1 / np.arange(1, size + 1) ** power
    drawn = np.searchsorted(np.cumsum(weights) / weights.sum(), made.random(POOL))
    return drawn.clip(0, size - 1).astype(np.int64)


@cache
def author() -> Author:
    return Author()


def copies(texts: list[str], count: int) -> list[str]:
    """Copies of documents from anywhere in the corpus, at 30 to 95 percent, each kind in turn."""
    draw = author().draw
    kinds: tuple[Callable[[str, str, float], str], ...] = (block, reorder, scatter)
    made = []
    for number, other in enumerate(author().texts(count)):
        original = texts[int(draw.integers(len(texts)))]
        made.append(kinds[number % 3](original, other, float(draw.uniform(0.3, 0.95))))
    return made


def block(original: str, other: str, share: float) -> str:
    rows = original.split(END)
    kept = round(len(rows) * share)
    return END.join([*rows[:kept], *other.split(END)[: len(rows) - kept]])


def reorder(original: str, other: str, share: float) -> str:
    rows = block(original, other, share).split(END)
    return END.join(rows[n] for n in author().draw.permutation(len(rows)))


def scatter(original: str, other: str, share: float) -> str:
    """Single characters replaced, so many that about `share` of the 5-grams stay whole."""
    changed = author().draw.random(len(original)) > share ** (1 / 5)
    return "".join(
        other[n % len(other)] if new else sign
        for n, (sign, new) in enumerate(zip(original, changed, strict=True))
    )


# -- the two sides -----------------------------------------------------------------------------------------


@dataclass
class Scan:
    """All distinct grams of all documents, document after document; a call gives the containment in each."""

    grams: Numbers
    starts: Numbers

    def __call__(self, query: Numbers) -> NDArray[np.float64]:
        """The last 20 bits decide for nearly every gram, from a table that stays in the processor's cache: thirty
        times as fast as `np.isin`."""
        wanted = np.zeros(1 << 20, dtype=bool)
        wanted[query & 0xFFFFF] = True
        hits = []
        for start in range(0, len(self.grams), 1 << 18):
            near = np.flatnonzero(wanted[self.grams[start : start + (1 << 18)] & 0xFFFFF]) + start
            hits.append(near[np.isin(self.grams[near], query)])
        where = np.searchsorted(self.starts, np.concatenate(hits), side="right") - 1
        return 100 * np.bincount(where, minlength=len(self.starts)) / len(query)


def prepare(seed: int) -> tuple[list[str], Rows, Rows]:
    """One chunk: texts, their fingerprints as the portal makes them, and all their grams for the rival."""
    writer = author()
    writer.draw = np.random.default_rng(seed)
    texts = writer.texts(CHUNK)
    clean = [plain(text) for text in texts]
    marks, grams = (joined([of(text, NOTHING) for text in clean]) for of in (fingerprints, every))
    return texts, marks, grams


def joined(rows: list[Numbers]) -> Rows:
    """All of them in one, and how many each had."""
    return np.concatenate(rows), np.array([len(row) for row in rows])


def corpus() -> tuple[list[str], Rows, Scan]:
    """The texts, (hash, number of the document) in the order of the index, and the rival."""
    with ProcessPoolExecutor(2) as pool:
        texts, marks, grams = zip(*pool.map(prepare, range(100, 100 + DOCUMENTS // CHUNK)), strict=True)
    hashes, counts = (np.concatenate(part) for part in zip(*marks, strict=True))
    order = np.argsort(hashes)
    numbers = np.repeat(np.arange(1, DOCUMENTS + 1), counts)
    rows, sizes = (np.concatenate(part) for part in zip(*grams, strict=True))
    scan = Scan(rows, np.cumsum(sizes) - sizes)
    return [text for chunk in texts for text in chunk], (hashes[order], numbers[order]), scan


def fill(app: Flask, texts: list[str], index: Rows) -> None:
    """A withdrawn case with one sending for each text, and the index as the service would have written it."""
    from app.access import service
    from app.access.matrix import Role
    from app.campaigns.service import create_campaign
    from app.campaigns.tracks import Track
    from app.cases.models import Case, Submission
    from app.cases.states import State
    from app.core import clock
    from app.core.db import db, transaction
    from app.reference.models import School
    from app.similarity.models import Narrative
    from seed.reference import advanced_defaults

    now = clock.now()
    with transaction():
        school = db.session.scalars(db.select(School).limit(1)).one()
        user = service.create_user(
            None, username="bench", name="bench", email="", password="Bench-1234!", roles=(Role.TEACHER,)
        )
        campaign = create_campaign(
            None,
            **advanced_defaults(115),
            county_id=school.county_id,
            track=Track.ADVANCED,
            label_year=115,
            opens_at=now,
            closes_at=clock.days_after(now, 60),
        )
        db.session.flush()
        case = {
            "applicant_id": user.id,
            "campaign_id": campaign.id,
            "track": Track.ADVANCED,
            "county_id": school.county_id,
            "school_id": school.id,
            "state": State.WITHDRAWN,
            "version": 1,
        }
        sending = {
            "number": 1,
            "transition": "submit",
            "submitted_by_id": user.id,
            "content": [],
            "digest": "",
        }
        words = {
            "slot": "post-observation",
            "form_code": "post-observation-a",
            "form_version": 1,
            "grams": 800,
        }
        numbers = range(1, len(texts) + 1)
        db.session.execute(insert(Case), [{"id": n, **case} for n in numbers])
        db.session.execute(insert(Submission), [{"id": n, "case_id": n, **sending} for n in numbers])
        rows = [
            {"id": n, "case_id": n, "submission_id": n, "fields": ["facts"], "text": text, **words}
            for n, text in zip(numbers, texts, strict=True)
        ]
        db.session.execute(insert(Narrative), rows)
    db.session.remove()
    db.engine.dispose()
    write(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"), index)


def write(path: str, index: Rows) -> None:
    """The fingerprints, without the care that a database in use needs."""
    connection = sqlite3.connect(path)
    for pragma in ("journal_mode=OFF", "synchronous=OFF"):
        connection.execute(f"PRAGMA {pragma}")
    for start in range(0, len(index[0]), 500_000):
        part = slice(start, start + 500_000)
        pairs = zip(index[0][part].tolist(), index[1][part].tolist(), strict=True)
        connection.executemany("INSERT INTO fingerprint VALUES (?, ?)", pairs)
    connection.commit()
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
