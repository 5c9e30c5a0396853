"""Which pairs a flow gets to see: the best of each case, and some at random."""

import numpy as np

from app.reviews.solver.model import FORBIDDEN, Ints

ROWS = 256  # cases looked at together: the block stays in the processor's cache
MOST = 16  # pairs per case that are added at once


def widened(
    arcs: Ints,
    worth: Ints,
    rows: Ints,
    *,
    price: Ints | None = None,
    least: Ints | None = None,
    at_random: bool = False,
) -> Ints:
    """The arcs and up to MOST pairs more of each of these cases, the best ones or random ones.

    Arcs are sorted codes case * reviewers + reviewer. Only pairs that are not FORBIDDEN and, where `least` gives
    a bound for each case, whose worth less the reviewer's price is above it.
    """
    n = worth.shape[1]
    most, found, random = min(MOST, n), [arcs], np.random.default_rng(n)
    for first in range(0, len(rows), ROWS):
        block = rows[first : first + ROWS]
        net = worth[block] if price is None else worth[block] - price
        above = net > (FORBIDDEN // 2 if least is None else least[block, None])
        known = arcs[slice(*np.searchsorted(arcs, [block[0] * n, (block[-1] + 1) * n]))]
        row = np.searchsorted(block, known // n)
        here = block[row] == known // n
        above[row[here], known[here] % n] = False
        some = np.flatnonzero(above.any(axis=1))
        if len(some):
            key = random.random((len(some), n)) if at_random else net[some]
            best = np.argpartition(np.where(above[some], key, FORBIDDEN), n - most, axis=1)[:, n - most :]
            kept = np.take_along_axis(above[some], best, axis=1)
            found.append((block[some, None] * n + best)[kept])
    return np.sort(np.concatenate(found))
