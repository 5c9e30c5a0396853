"""Fair timing: both sides warm, in turns, medians."""

import gc
import statistics
from collections.abc import Callable
from time import perf_counter
from typing import Any


def interleaved(
    ours: Callable[[], Any], rival: Callable[[], Any], *, rounds: int, warm: int
) -> tuple[float, float]:
    """Median milliseconds of each side; they take turns, so that a busy moment of the machine hits both."""
    for _ in range(warm):
        ours(), rival()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for side, call in enumerate((ours, rival)):
            gc.collect()
            start = perf_counter()
            call()
            times[side].append((perf_counter() - start) * 1000)
    return statistics.median(times[0]), statistics.median(times[1])
