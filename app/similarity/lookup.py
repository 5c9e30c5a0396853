"""The index: which narratives share fingerprints with a text, the same on SQLite and PostgreSQL."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text

from app.core.db import db
from app.similarity import winnow
from app.similarity.winnow import Hashes

# A fingerprint of so many narratives at most is rare and always looked up.
CAP = 20
# So many of a text's own fingerprints are looked up whatever it costs: where the rare ones are fewer, the others are
# counted to FAR, and the rarest of them added.
SHARE, FAR = 0.6, 1_000
# So few characters have too few fingerprints to rely on.
SHORT = 400
# From so many percent on every copy is found; of less alike ones those in whole sentences are.
SURE = 60
# How many fingerprints a copy shares at the very least, beside what its containment lets expect: edits break more
# fingerprints than grams. tests/similarity measures what is left of it.
LOSS = 0.2


def candidates(chars: str, without: Hashes, *, before: int | None = None) -> list[int]:
    """Numbers of narratives, most shared fingerprints first, among them all with a containment of SURE percent or
    more; with `before` only those with a smaller number.

    1. Count in how many narratives each fingerprint is; of a short text each gram, since that many more may be a
    fingerprint over there. 2. Choose the rare ones, and whatever it costs SHARE of the text's own fingerprints: then
    what a copy shares cannot all lie among the rest, though hundreds have written the same. 3. Ask which narratives
    share enough of them.
    """
    own = winnow.fingerprints(chars, without)
    if not len(own):
        return []
    hashes = winnow.every(chars, without) if len(chars) <= SHORT else own
    is_own, must = winnow.among(hashes, own), ceil(SHARE * len(own))
    counts = _counted(hashes, CAP)
    wanted = counts <= CAP
    if np.count_nonzero(wanted & is_own) < must:
        counts[~wanted] = _counted(hashes[~wanted], FAR)
        order = np.argsort(counts, kind="stable")
        wanted[order[is_own[order]][:must]] = True
    seen = np.count_nonzero(wanted & is_own) / len(own)
    needed = LOSS * len(own) * (seen - (1 - SURE / 100))
    return _sharing(hashes[wanted], max(1, int(needed)), before)


def _counted(hashes: Hashes, cap: int) -> NDArray[np.int64]:
    """In how many narratives each hash is, counted to one above the cap."""
    found = dict(_asked(_COUNT, hashes, cap=cap + 1))
    return np.array([found[number] for number in hashes.tolist()], dtype=np.int64)


def _sharing(hashes: Hashes, needed: int, before: int | None) -> list[int]:
    rows = _asked(_SHARE, hashes, needed=needed, before=_LAST if before is None else before)
    return [number for (number,) in rows]


# Written out, since putting these together from parts takes longer than the database needs to answer. `given` is a
# table of hashes; one that nothing has is counted zero times.
_COUNT = """
    SELECT given.value, (
        SELECT count(*) FROM (SELECT 1 FROM fingerprint WHERE hash = given.value LIMIT :cap) AS counted
    ) FROM {given}
"""
_SHARE = """
    SELECT narrative_id FROM {given} CROSS JOIN fingerprint
    WHERE fingerprint.hash = given.value AND narrative_id < :before
    GROUP BY narrative_id HAVING count(*) >= :needed ORDER BY count(*) DESC, narrative_id
"""
_GIVEN = {
    "sqlite": "json_each(:hashes) AS given",
    "postgresql": "unnest(CAST(:hashes AS bigint[])) AS given(value)",
}
_STATEMENTS = {
    (sql, dialect): text(sql.format(given=given))
    for sql in (_COUNT, _SHARE)
    for dialect, given in _GIVEN.items()
}
_LAST = 2**31 - 1


def _asked(sql: str, hashes: Hashes, **values: int) -> Sequence[Any]:
    dialect = db.engine.dialect.name
    given = hashes.tolist()
    bound = {"hashes": str(given) if dialect == "sqlite" else given, **values}
    return db.session.execute(_STATEMENTS[sql, dialect], bound).all()
