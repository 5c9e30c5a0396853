"""佛蘭德斯互動分析: from an ordered list of categories to the matrix and every figure of it.

Source: Flanders, Analyzing Teaching Behavior (1970), in the form published in Taiwan (鄭美宜 2010): a 10 is put
before the first and after the last code, neighbours are paired, and each pair (a, b) adds one to row a, column b.
The norms are Flanders' own, American lessons of the 1960s: history, never a grade.

f(k) is the column total of category k, N the number of all pairs, (a,b) one cell.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from app.instruments.analysis import Analysis, Cells, Figure, Note, Table, plain, ratio, share
from app.instruments.record import BRACKETS

CATEGORIES = range(1, 11)
GROUPS = {"indirect": (1, 2, 3, 4), "direct": (5, 6, 7), "pupil": (8, 9), "silence": (10,)}
TEACHER, PUPIL = (*GROUPS["indirect"], *GROUPS["direct"]), GROUPS["pupil"]
SILENCE = 10

# Below five minutes of codes the two added 10s weigh noticeably on the shares.
SHORT = 100

Matrix = Sequence[Sequence[int]]

# A term of a sum: the column total of a category, or the cells that are added up.
Term = int | Cells
ALL: Term = 0


class FlandersError(ValueError):
    """Input that is no list of categories or no matrix: `code` of the fault and its values."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(MESSAGES[code].format(**values))
        self.code = code
        self.values = values


MESSAGES = {
    "no_codes": "there is no code",
    "bad_code": "code {position} is {found!r}: a category is a whole number from 1 to 10",
    "bad_shape": "the matrix must have 10 rows of 10 numbers",
    "bad_cell": "cell ({row},{column}) is {found!r}: a count is a whole number from 0",
    "empty_matrix": "the matrix holds no pair",
    "unbalanced": "category {category}: row total {row_total} and column total {column_total} differ",
}


# --- codes and matrix ----------------------------------------------------------------------------


def parse_codes(text: str) -> list[int]:
    """The categories of a plain list; commas, semicolons, spaces and lines part them, Chinese ones too.

    FlandersError `no_codes` or `bad_code` (position counts from 1).
    """
    codes = []
    for position, token in enumerate(re.findall(r"[^\s,;、]+", unicodedata.normalize("NFKC", text)), 1):
        if not re.fullmatch(r"0?[1-9]|10", token):
            raise FlandersError("bad_code", position=position, found=token)
        codes.append(int(token))
    if not codes:
        raise FlandersError("no_codes")
    return codes


def bracketed(codes: Sequence[int], bracket: str = "always") -> list[int]:
    """The list with a 10 at both ends: always, only where missing, or none."""
    if bracket not in BRACKETS:
        raise ValueError(f"bracket {bracket!r} is not one of {BRACKETS}")
    if not codes or bracket == "none":
        return list(codes)
    needed = [bracket == "always" or end != SILENCE for end in (codes[0], codes[-1])]
    return [SILENCE] * needed[0] + list(codes) + [SILENCE] * needed[1]


def matrix(codes: Sequence[int], bracket: str = "always") -> list[list[int]]:
    """Counts of neighbouring pairs, 10 x 10; n codes make n + 1 pairs with the bracket `always`."""
    chain = bracketed(codes, bracket)
    pairs = Counter(pairwise(chain))
    return [[pairs[a, b] for b in CATEGORIES] for a in CATEGORIES]


def totals(counts: Matrix) -> tuple[list[int], list[int]]:
    """Row totals and column totals."""
    return [sum(row) for row in counts], [sum(column) for column in zip(*counts, strict=True)]


def check_matrix(counts: Any, bracket: str = "always") -> None:
    """Refuse what cannot come of a list of codes; FlandersError names the cell or the category.

    With a 10 at both ends the chain closes, so each category is entered as often as it is left. Without, the
    first code is left once more, and the last one entered once more.
    """
    if (
        not isinstance(counts, list)
        or [len(row) if isinstance(row, list) else 0 for row in counts] != [10] * 10
    ):
        raise FlandersError("bad_shape")
    for a, row in enumerate(counts, 1):
        for b, cell in enumerate(row, 1):
            if isinstance(cell, bool) or not isinstance(cell, int) or not 0 <= cell < 10**9:
                raise FlandersError("bad_cell", row=a, column=b, found=cell)
    rows, columns = totals(counts)
    if not sum(rows):
        raise FlandersError("empty_matrix")
    off = {k: rows[k - 1] - columns[k - 1] for k in CATEGORIES if rows[k - 1] != columns[k - 1]}
    if off and not (bracket == "none" and sorted(off.values()) == [-1, 1]):
        k = next(iter(off))
        raise FlandersError("unbalanced", category=k, row_total=rows[k - 1], column_total=columns[k - 1])


# --- figures -------------------------------------------------------------------------------------


def _block(rows: Sequence[int], columns: Sequence[int]) -> Cells:
    return tuple((a, b) for a in rows for b in columns)


def _each(cells: Cells) -> tuple[Term, ...]:
    return tuple((cell,) for cell in cells)


_CROSS: tuple[Term, ...] = (
    _block((4,), CATEGORIES),
    _block((5,), CATEGORIES),
    *(_block([a for a in CATEGORIES if a not in (4, 5)], (b,)) for b in (4, 5)),
)
_STEADY = tuple((k, k) for k in CATEGORIES)
_VICIOUS = _block((6, 7), (6, 7))

# Named areas of the matrix, for outlines and for the table of areas.
AREAS: dict[str, Cells] = {
    "CCR": tuple(cell for cell in _block(CATEGORIES, CATEGORIES) if {4, 5} & set(cell)),
    "SSR": _STEADY,
    "VC": _VICIOUS,
    "extended_indirect": _block((1, 2, 3), (1, 2, 3)),
    "teacher_after_pupil": _block(PUPIL, TEACHER),
    "pupil_after_teacher": _block(TEACHER, PUPIL),
    "pupil_talk": _block(PUPIL, PUPIL),
    "silence": tuple(cell for cell in _block(CATEGORIES, CATEGORIES) if SILENCE in cell),
}

# code, terms above, terms below, formula, reference value (and its upper end where sources differ). All are
# times 100, I/D and i/d too: 100 is where indirect and direct influence weigh the same.
DEFINITIONS: tuple[tuple[Any, ...], ...] = (
    ("TT", TEACHER, (ALL,), "100 × f(1..7) / N", 68),
    ("PT", PUPIL, (ALL,), "100 × f(8,9) / N", 20),
    ("SC", (10,), (ALL,), "100 × f(10) / N", 11, 12),
    ("ITT", (1, 2, 3, 4), (ALL,), "100 × f(1..4) / N"),
    ("DTT", (5, 6, 7), (ALL,), "100 × f(5,6,7) / N"),
    ("ID_quotient", (1, 2, 3, 4), (5, 6, 7), "100 × f(1..4) / f(5,6,7)"),
    ("ID_share", (1, 2, 3, 4), TEACHER, "100 × f(1..4) / f(1..7)"),
    ("id_revised", (1, 2, 3), (6, 7), "100 × f(1,2,3) / f(6,7)"),
    ("TRR", (1, 2, 3), (1, 2, 3, 6, 7), "100 × f(1,2,3) / f(1,2,3,6,7)", 42),
    ("TQR", (4,), (4, 5), "100 × f(4) / f(4,5)", 26),
    ("PIR", (9,), PUPIL, "100 × f(9) / f(8,9)", 34),
    (
        "TRR89",
        _each(_block(PUPIL, (1, 2, 3))),
        _each(_block(PUPIL, (1, 2, 3, 6, 7))),
        "100 × Σ(8|9, 1..3) / Σ(8|9, 1,2,3,6,7)",
        60,
    ),
    (
        "TQR89",
        _each(_block(PUPIL, (4,))),
        _each(_block(PUPIL, (4, 5))),
        "100 × [(8,4)+(9,4)] / [(8,4)+(8,5)+(9,4)+(9,5)]",
        44,
    ),
    # Counted by cells: the textbook short cut over margins is right only when the margins are equal.
    ("CCR", _CROSS, (ALL,), "100 × Σ(rows 4,5 and columns 4,5) / N", 55),
    ("SSR", _each(_STEADY), (ALL,), "100 × Σ(k,k) / N", 50),
    ("PSSR", _each(((8, 8), (9, 9))), PUPIL, "100 × [(8,8)+(9,9)] / f(8,9)", 35, 40),
    # A widely read textbook prints 9 for 7 here and below TRR; both are misprints.
    ("VC", _each(_VICIOUS), (ALL,), "100 × [(6,6)+(6,7)+(7,6)+(7,7)] / N"),
    ("extended_indirect", _each(AREAS["extended_indirect"]), (ALL,), "100 × Σ(1..3, 1..3) / N"),
    ("defect", _each(_VICIOUS), (ALL,), "100 × Σ(6..7, 6..7) / N"),
    ("defect_variant", _each(_block((7, 8), (6, 7))), (ALL,), "100 × Σ(7..8, 6..7) / N"),
    ("QA_steady", _each(((4, 4), (8, 8))), (ALL,), "100 × [(4,4)+(8,8)] / N"),
    ("QA_turns", _each(((4, 8), (8, 4))), (ALL,), "100 × [(4,8)+(8,4)] / N"),
    (
        "creative_inquiry",
        _each(_block((3, 9), (3, 9))),
        (ALL,),
        "100 × [(3,3)+(3,9)+(9,3)+(9,9)] / N",
    ),
    ("teacher_after_pupil", (AREAS["teacher_after_pupil"],), (ALL,), "100 × Σ(8..9, 1..7) / N"),
    ("pupil_after_teacher", (AREAS["pupil_after_teacher"],), (ALL,), "100 × Σ(1..7, 8..9) / N"),
    ("pupil_talk", _each(AREAS["pupil_talk"]), (ALL,), "100 × Σ(8..9, 8..9) / N"),
    ("silence", (AREAS["silence"],), (ALL,), "100 × Σ(row 10 and column 10) / N"),
)


def figures(counts: Matrix) -> tuple[Figure, ...]:
    """Every figure of a matrix, in percent, by DEFINITIONS; None where the denominator is zero."""
    columns = totals(counts)[1]
    f = [sum(columns), *columns]

    def amount(term: Term) -> int:
        return f[term] if isinstance(term, int) else sum(counts[a - 1][b - 1] for a, b in term)

    def cells(term: Term) -> Cells:
        return _block(CATEGORIES, (term,)) if isinstance(term, int) else term

    return tuple(
        ratio(
            code,
            [amount(term) for term in above],
            [amount(term) for term in below],
            formula,
            cells=tuple(sorted(cell for term in above for cell in cells(term))),
            norm=norms[0] if norms else None,
            norm_to=norms[1] if norms[1:] else None,
            basis="matrix",
        )
        for code, above, below, formula, *norms in DEFINITIONS
    )


def main_flow(counts: Matrix) -> list[tuple[int, int]]:
    """The steps (from, to) of the main flow, the last one closing it.

    Start at the largest cell off the diagonal, go on with the largest of the row it leads to, until a category
    returns or nothing follows. Steady cells are no steps: they would close the flow at once. Of equal cells the
    one with the lower category counts.
    """

    def largest(cells: Cells) -> tuple[int, int] | None:
        best = max(cells, key=lambda cell: counts[cell[0] - 1][cell[1] - 1])
        return best if counts[best[0] - 1][best[1] - 1] else None

    def changes(rows: Sequence[int]) -> Cells:
        return tuple((a, b) for a, b in _block(rows, CATEGORIES) if a != b)

    steps: list[tuple[int, int]] = []
    step = largest(changes(CATEGORIES))
    while step:
        steps.append(step)
        if step[1] in {a for a, _b in steps}:
            break
        step = largest(changes((step[1],)))
    return steps


# --- time ----------------------------------------------------------------------------------------


def gaps(times: Sequence[int], beat_ms: float, length_ms: int | None = None) -> list[dict[str, Any]]:
    """Intervals longer than one and a half beats: {after (code number, 0 at the start), start, end, missed};
    times in ms. The first begins with the recording, the last ends with it when its length is known.

    They are shown, never filled: a missing beat is not known.
    """
    marks = [0, *times, *([max([length_ms, *times])] if length_ms is not None else [])]
    return [
        {"after": n, "start": a, "end": b, "missed": int((b - a) / beat_ms + 0.5) - 1}
        for n, (a, b) in enumerate(pairwise(marks))
        if b - a > 1.5 * beat_ms
    ]


def durations(times: Sequence[int], beat_ms: float) -> list[float]:
    """Milliseconds each code stands for: the time since the code before it, after a gap one beat."""
    spans = [b - a for a, b in zip([0, *times], times, strict=False)]
    return [min(span, beat_ms) if n == 0 or span > 1.5 * beat_ms else span for n, span in enumerate(spans)]


# --- the whole -----------------------------------------------------------------------------------


def analyse(record: dict[str, Any]) -> Analysis:
    """All of it for a record of the shape `record.check` accepts."""
    rule, events = record["rule"], record["events"]
    bracket, beat_ms = rule.get("bracket", "always"), 1000 * rule.get("beat_s", 3)
    codes = [event["code"] for event in events]
    times = [event.get("t") for event in events]
    timed = bool(codes) and None not in times
    counts = matrix(codes, bracket)
    found = gaps(times, beat_ms, record.get("length_ms")) if timed else []
    seconds = dict.fromkeys(CATEGORIES, 0.0)
    for code, span in zip(codes, durations(times, beat_ms) if timed else [], strict=False):
        seconds[code] += span / 1000
    return Analysis(
        "flanders",
        (
            plain("n_codes", len(codes), "count", "n"),
            plain("n_pairs", sum(totals(counts)[0]), "count", "N"),
            *figures(counts),
            *_shares("codes", Counter(codes), "zero_denominator"),
            *_shares("time", seconds, "zero_denominator" if timed else "not_timed"),
            plain(
                "gaps",
                len(found) if timed else None,
                "count",
                "t(n+1) - t(n) > 1.5 beats",
                missing="not_timed",
            ),
            plain(
                "gap_seconds",
                sum(gap["end"] - gap["start"] for gap in found) / 1000 if timed else None,
                "seconds",
                "Σ t(n+1) - t(n) over the gaps",
                missing="not_timed",
            ),
        ),
        {table.code: table for table in _tables(codes, counts, seconds if timed else {}, found)},
        tuple(_notes(codes, timed, found, bracket)),
        {
            "codes": codes,
            "timed": timed,
            "beat_s": beat_ms / 1000,
            "series": [
                (t if timed else n * beat_ms, code)
                for n, (t, code) in enumerate(zip(times, codes, strict=True), 1)
            ],
            "chain": bracketed(codes, bracket),
            "matrix": counts,
            "row_totals": totals(counts)[0],
            "column_totals": totals(counts)[1],
            "areas": AREAS,
            "main_flow": main_flow(counts),
            "gaps": found,
        },
    )


def _shares(basis: str, amounts: Mapping[int, float], missing: str) -> Iterator[Figure]:
    """TT, PT and SC without the added 10s, which inflate SC in a short run: of the codes, or of the time."""
    sign = {"codes": "n", "time": "s"}[basis]
    whole = [amounts[k] for k in CATEGORIES]
    for code, categories, shown in (("TT", TEACHER, "1..7"), ("PT", PUPIL, "8,9"), ("SC", (SILENCE,), "10")):
        yield ratio(
            f"{code}_{basis}",
            [amounts[k] for k in categories],
            sum(whole),
            f"100 × {sign}({shown}) / {sign}(1..10)",
            missing=missing,
            basis=basis,
        )


def _tables(
    codes: list[int], counts: Matrix, seconds: Mapping[int, float], found: list[dict[str, Any]]
) -> Iterator[Table]:
    columns = totals(counts)[1]
    n, n_pairs, per_code = len(codes), sum(columns), Counter(codes)
    yield Table(
        "categories",
        ("category", "codes", "percent_of_codes", "pairs", "percent_of_pairs", "seconds"),
        tuple(
            (
                k,
                per_code[k],
                share(per_code[k], n),
                columns[k - 1],
                share(columns[k - 1], n_pairs),
                seconds.get(k),
            )
            for k in CATEGORIES
        ),
    )
    sums = {name: sum(counts[a - 1][b - 1] for a, b in cells) for name, cells in AREAS.items()}
    yield Table(
        "areas",
        ("area", "count", "percent"),
        tuple((name, amount, share(amount, n_pairs)) for name, amount in sums.items()),
    )
    flow = main_flow(counts)
    yield Table("main_flow", ("from", "to", "count"), tuple((a, b, counts[a - 1][b - 1]) for a, b in flow))
    yield Table(
        "gaps",
        ("after_code", "start_s", "end_s", "missed_beats"),
        tuple((gap["after"], gap["start"] / 1000, gap["end"] / 1000, gap["missed"]) for gap in found),
    )


def _notes(codes: list[int], timed: bool, found: list[dict[str, Any]], bracket: str) -> Iterator[Note]:
    if not codes:
        yield Note("nothing_recorded")
        return
    if not timed:
        yield Note("not_timed")
    if found:
        yield Note("gaps", {"n": len(found), "missed": sum(gap["missed"] for gap in found)})
    if len(codes) < SHORT:
        yield Note("short_record", {"n": len(codes)})
    if bracket == "none":
        yield Note("no_bracket")
