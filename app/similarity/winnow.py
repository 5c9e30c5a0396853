"""Character 5-grams of a text, the few of them that stand for it, and how much of one text is in another.

Winnowing after Schleimer, Wilkerson and Aiken (2003): of every `WINDOW` neighbouring grams the one with the smallest
hash is kept, so two texts that share a run of `GRAM + WINDOW - 1` = 12 characters share a fingerprint.
"""

from collections.abc import Collection

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
        row = _other_than(without, hashes(part))
        if len(row) > WINDOW:
            row = np.lib.stride_tricks.sliding_window_view(row, WINDOW).min(axis=1)
        elif len(row):
            row = row.min(keepdims=True)
        chosen.append(row)
    return np.unique(np.concatenate(chosen))


def every(chars: str, without: Hashes) -> Hashes:
    """The hash of every gram, each once."""
    return _other_than(without, np.unique(np.concatenate([hashes(part) for part in chars.split(BREAK)])))


def _other_than(without: Hashes, row: Hashes) -> Hashes:
    """The hashes that are not in `without`, which is sorted."""
    if not len(without) or not len(row):
        return row
    near = np.searchsorted(without, row).clip(max=len(without) - 1)
    return row[without[near] != row]


def containment(query: set[str], other: set[str]) -> float:
    """How many percent of the query's grams stand in the other text; 0 for a query without grams."""
    return 100 * len(query & other) / len(query) if query else 0.0
