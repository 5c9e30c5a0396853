"""Matrix and figures of a 1,200-code Flanders record (an hour) beside the same by pandas.crosstab.

Both start at the list of codes and end at the same numbers, which is checked before the clock runs. Ours also writes
the working of every figure and names its cells; the rival computes the values alone.
"""

import random
from typing import Any

import numpy as np
import pandas as pd

from app.instruments import flanders
from bench.timing import interleaved

CODES = 1_200
ROUNDS, WARM = 41, 5


def run() -> list[dict[str, Any]]:
    """One row {name, ours_ms, rival, rival_ms, ratio, aim}."""
    draw = random.Random(5)
    codes = [draw.choices(range(1, 11), weights=[1, 5, 8, 15, 35, 6, 2, 18, 6, 4])[0] for _ in range(CODES)]
    mine, other = ours(codes), rival(codes)
    assert mine.keys() == other.keys() and all(abs(mine[code] - other[code]) < 1e-9 for code in mine)
    ours_ms, rival_ms = interleaved(lambda: ours(codes), lambda: rival(codes), rounds=ROUNDS, warm=WARM)
    return [
        {
            "name": "Flanders figures, 1,200 codes",
            "ours_ms": round(ours_ms, 3),
            "rival": "pandas.crosstab",
            "rival_ms": round(rival_ms, 3),
            "ratio": round(rival_ms / ours_ms, 1),
            "aim": "",
            "met": None,
        }
    ]


def ours(codes: list[int]) -> dict[str, float]:
    """Every figure by the product's module."""
    return {figure.code: figure.value or 0 for figure in flanders.figures(flanders.matrix(codes))}


def rival(codes: list[int]) -> dict[str, float]:
    """The same figures by a cross table of neighbours; sums are slices of its array."""
    chain, categories = pd.Series([10, *codes, 10]), range(1, 11)
    cross = pd.crosstab(chain[:-1].to_numpy(), chain[1:].to_numpy())
    table = cross.reindex(index=categories, columns=categories, fill_value=0).to_numpy()
    totals = table.sum(axis=0)
    n = totals.sum()

    def f(*columns: int) -> float:
        return totals[np.array(columns) - 1].sum()

    def cells(rows: tuple[int, ...], columns: tuple[int, ...]) -> float:
        return table[np.ix_(np.array(rows) - 1, np.array(columns) - 1)].sum()

    everything, teacher, pupil = tuple(categories), (1, 2, 3, 4, 5, 6, 7), (8, 9)
    content = f(4, 5) + cells((4, 5), everything) - cells((4, 5), (4, 5))
    silence = f(10) + cells((10,), everything) - cells((10,), (10,))
    quotients = {
        "TT": (f(*teacher), n),
        "PT": (f(8, 9), n),
        "SC": (f(10), n),
        "ITT": (f(1, 2, 3, 4), n),
        "DTT": (f(5, 6, 7), n),
        "ID_quotient": (f(1, 2, 3, 4), f(5, 6, 7)),
        "ID_share": (f(1, 2, 3, 4), f(*teacher)),
        "id_revised": (f(1, 2, 3), f(6, 7)),
        "TRR": (f(1, 2, 3), f(1, 2, 3, 6, 7)),
        "TQR": (f(4), f(4, 5)),
        "PIR": (f(9), f(8, 9)),
        "TRR89": (cells(pupil, (1, 2, 3)), cells(pupil, (1, 2, 3, 6, 7))),
        "TQR89": (cells(pupil, (4,)), cells(pupil, (4, 5))),
        "CCR": (content, n),
        "SSR": (np.trace(table), n),
        "PSSR": (table[7, 7] + table[8, 8], f(8, 9)),
        "VC": (cells((6, 7), (6, 7)), n),
        "extended_indirect": (cells((1, 2, 3), (1, 2, 3)), n),
        "defect": (cells((6, 7), (6, 7)), n),
        "defect_variant": (cells((7, 8), (6, 7)), n),
        "QA_steady": (table[3, 3] + table[7, 7], n),
        "QA_turns": (table[3, 7] + table[7, 3], n),
        "creative_inquiry": (cells((3, 9), (3, 9)), n),
        "teacher_after_pupil": (cells(pupil, teacher), n),
        "pupil_after_teacher": (cells(teacher, pupil), n),
        "pupil_talk": (cells(pupil, pupil), n),
        "silence": (silence, n),
    }
    return {code: float(100 * above / below) for code, (above, below) in quotients.items()}
