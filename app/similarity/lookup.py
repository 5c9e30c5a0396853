"""The index: which narratives share fingerprints with a text, the same on SQLite and PostgreSQL."""

import json
from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
from sqlalchemy import text

from app.core.db import db
from app.similarity import winnow
from app.similarity.winnow import Hashes

# A fingerprint is counted no further: what so many documents share is looked at only when it must be.
CAP = 100
# The rarest of a text's fingerprints that are looked up whatever it costs, and the rows others may add to that.
SHARE, ROWS = 0.7, 500
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

    1. Count in how many narratives each fingerprint is, up to CAP; of a short text each gram, since that many more
    may be a fingerprint over there. 2. Look up the rare ones, as long as they bring few rows, and whatever it costs
    SHARE of the text's own fingerprints: then what a copy shares cannot all lie among the rest, though hundreds have
    written the same. 3. Ask which narratives share enough of them.
    """
    own = winnow.fingerprints(chars, without)
    if not len(own):
        return []
    hashes, counts = _counted(winnow.every(chars, without) if len(chars) <= SHORT else own)
    order = np.argsort(counts, kind="stable")
    hashes, few = hashes[order], int(np.searchsorted(np.cumsum(counts[order]), ROWS, side="right"))
    wanted = np.union1d(hashes[:few], hashes[np.isin(hashes, own)][: ceil(SHARE * len(own))])
    seen = np.isin(own, wanted).mean()
    needed = LOSS * len(own) * (seen - (1 - SURE / 100))
    return _sharing(wanted.tolist(), max(1, int(needed)), before)


def _counted(found: Hashes) -> tuple[Hashes, Hashes]:
    """Each hash, and in how many narratives it is, counted to one above CAP."""
    rows = _asked(_COUNT, found.tolist(), cap=CAP + 1)
    hashes, counts = zip(*rows, strict=True)
    return np.array(hashes, dtype=np.int64), np.array(counts, dtype=np.int64)


def _sharing(hashes: Sequence[int], needed: int, before: int | None) -> list[int]:
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


def _asked(sql: str, hashes: Sequence[int], **values: int) -> Sequence[Any]:
    dialect = db.engine.dialect.name
    given = json.dumps(hashes) if dialect == "sqlite" else list(hashes)
    return db.session.execute(_STATEMENTS[sql, dialect], {"hashes": given, **values}).all()
