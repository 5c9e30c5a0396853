"""Character 5-grams of a text, the few of them that stand for it, and how much of one text is in another.

Winnowing after Schleimer, Wilkerson and Aiken (2003): of every `WINDOW` neighbouring grams the one with the smallest
hash is kept, so two texts that share a run of `GRAM + WINDOW - 1` = 12 characters share a fingerprint.
"""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from app.similarity.normalise import BREAK

GRAM = 5
WINDOW = 8

# Odd numbers without a pattern; the hash must be the same in every process, on every machine, for ever.
_FACTORS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F],
    dtype=np.uint64,
)
_MIX = np.uint64(0xFF51AFD7ED558CCD)

Hashes = NDArray[np.int64]


def grams(chars: str, without: Collection[str] = ()) -> set[str]:
    """The distinct 5-grams of a text that is already plain; none runs across a break."""
    found = {part[i : i + GRAM] for part in chars.split(BREAK) for i in range(len(part) - GRAM + 1)}
    return found.difference(without) if without else found


def hashes(part: str) -> Hashes:
    """The 63-bit hash of each 5-gram of a stretch without breaks, in order."""
    codes = np.frombuffer(part.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    count = len(codes) - GRAM + 1
    if count < 1:
        return np.empty(0, dtype=np.int64)
    mixed = codes[:count] * _FACTORS[0]
    for shift in range(1, GRAM):
        mixed += codes[shift : shift + count] * _FACTORS[shift]
    mixed ^= mixed >> np.uint64(33)
    mixed *= _MIX
    mixed ^= mixed >> np.uint64(33)
    return (mixed >> np.uint64(1)).astype(np.int64)


def fingerprints(chars: str, without: Hashes) -> Hashes:
    """The smallest hash of every window, each once; grams in `without` are passed over as if they were not there."""
    chosen = []
    for part in chars.split(BREAK):
        row = _own(hashes(part), without)
        if len(row) > WINDOW:
            # The smallest of two, then of four, then of eight.
            for step in (1, 2, 4):
                row = np.minimum(row[:-step], row[step:])
        elif len(row):
            row = row.min(keepdims=True)
        chosen.append(row)
    return distinct(np.concatenate(chosen))


def every(chars: str, without: Hashes) -> Hashes:
    """The hash of every gram, each once."""
    return _own(distinct(np.concatenate([hashes(part) for part in chars.split(BREAK)])), without)


def distinct(row: Hashes) -> Hashes:
    """Each once, in order; numpy's own `unique` takes twenty times as long."""
    row = np.sort(row)
    return row[np.concatenate([[True], row[1:] != row[:-1]])] if len(row) else row


def held(mine: Hashes, texts: Sequence[str]) -> NDArray[np.bool_]:
    """Which of these grams, each once and in order, stand in which of the plain texts: a row for each text."""
    found = np.zeros((len(texts), len(mine)), dtype=bool)
    if found.size:
        # Grams across a break are made as well; nothing that is asked for is like them.
        row = hashes(BREAK.join(texts))
        which = np.repeat(np.arange(len(texts)), [len(text) + 1 for text in texts])[: len(row)]
        near, same = _places(row, mine)
        found[which[same], near[same]] = True
    return found


def among(row: Hashes, known: Hashes) -> NDArray[np.bool_]:
    """Which of the hashes are in `known`, which is in order."""
    return _places(row, known)[1] if len(known) else np.zeros(len(row), dtype=bool)


def _own(row: Hashes, without: Hashes) -> Hashes:
    return row[~among(row, without)]


def _places(row: Hashes, known: Hashes) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where each hash stands in `known`, which is in order and not empty, and whether it stands there at all."""
    near = known.searchsorted(row).clip(max=len(known) - 1)
    return near, known[near] == row
