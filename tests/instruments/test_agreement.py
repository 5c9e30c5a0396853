"""Agreement of two observers: the textbook numbers, the pairing, what is refused, and what always holds."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.instruments.agreement import (
    SeriesError,
    agreement,
    align,
    compare,
    kappa,
    scott_pi,
    series,
    timed_codes,
)
from app.instruments.practice import Miss, score
from tests.instruments.build import codes, record

code_lists = st.lists(st.integers(1, 4), min_size=1, max_size=30)
timed = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 4)), max_size=25)


def pairs_of(table):
    """Pairs from a table {(a, b): n}."""
    return [pair for pair, n in table.items() for _ in range(n)]


# --- kappa and pi --------------------------------------------------------------------------------


def test_kappa_by_hand():
    """20 and 15 of 50 alike, margins 25:25 and 30:20: Po .7, Pe .5, kappa .4."""
    table = {("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15}
    assert kappa(pairs_of(table)) == (pytest.approx(0.4), "")


def test_kappa_below_chance():
    assert kappa([(1, 2), (2, 1)]) == (-1, "")


@pytest.mark.parametrize(("pairs", "reason"), [([], "nothing_to_compare"), ([(4, 4)] * 9, "one_category")])
def test_kappa_is_refused_where_it_is_not_defined(pairs, reason):
    assert kappa(pairs) == (None, reason)


def test_kappa_of_two_constant_observers_who_differ():
    assert kappa([(4, 5), (4, 5)]) == (0, "")


def test_scott_pi_by_hand():
    """Shares .5 .5 and .25 .75: Po .75, Pe .375² + .625² = .53125."""
    assert scott_pi([1, 1, 2, 2], [1, 2, 2, 2]) == (pytest.approx((0.75 - 0.53125) / (1 - 0.53125)), "")


def test_scott_pi_compares_shares_and_not_moments():
    assert scott_pi([1, 2], [2, 1, 1, 2]) == (1, "")


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [([], [1], "nothing_to_compare"), ([1], [], "nothing_to_compare"), ([1, 1], [1], "one_category")],
)
def test_scott_pi_is_refused_where_it_is_not_defined(a, b, reason):
    assert scott_pi(a, b) == (None, reason)


@given(code_lists)
def test_identical_lists_agree_wholly(listed):
    found = compare(listed, listed)
    assert found.percent == 100
    if len(set(listed)) > 1:
        assert (found.kappa, found.pi, found.missing) == (1, 1, {})
    else:
        assert found.missing == {"kappa": "one_category", "pi": "one_category"}


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=30))
def test_agreement_is_symmetric_and_bounded(pairs):
    a, b = zip(*pairs, strict=True)
    there, back = compare(a, b), compare(b, a)
    assert (there.percent, there.kappa) == (back.percent, back.kappa)
    if there.pi is not None:
        assert there.pi == pytest.approx(back.pi)
    if there.kappa is not None:
        assert -1 <= there.kappa <= 1


# --- pairing in time -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "tolerance", "pairs"),
    [
        ([0, 3, 6], [0.5, 3.5, 6.5], 1, [(0, 0), (1, 1), (2, 2)]),
        ([0, 3, 6], [0, 3, 6], 0, [(0, 0), (1, 1), (2, 2)]),
        ([0], [1], 1, [(0, 0)]),
        ([0], [1.001], 1, []),
        ([1.001], [0], 1, []),
        # A code that only one of them wrote does not push the others along.
        ([0, 3, 6], [-3, 0, 3, 6], 3, [(0, 1), (1, 2), (2, 3)]),
        ([3, 6, 9], [0, 3, 6], 3, [(0, 1), (1, 2)]),
        # Order is kept where crossing pairs would be closer.
        ([1, 2.5], [0, 1.5], 3, [(0, 0), (1, 1)]),
        # Of equally near ones the earlier.
        ([1], [0, 2], 1, [(0, 0)]),
        ([0, 2], [1], 1, [(0, 0)]),
        ([5, 5], [5], 0, [(0, 0)]),
        ([], [1], 1, []),
        ([1], [], 1, []),
        ([], [], 1, []),
    ],
)
def test_pairs(a, b, tolerance, pairs):
    assert align(a, b, tolerance) == pairs


def cheapest(a, b, tolerance):
    """The cost of the best pairing and its number of pairs, by trying everything."""

    def best(i, j):
        if i == len(a) or j == len(b):
            return (len(a) - i + len(b) - j) * tolerance, 0
        rests = [(best(i + 1, j), tolerance, 0), (best(i, j + 1), tolerance, 0)]
        if abs(a[i] - b[j]) <= tolerance:
            rests.append((best(i + 1, j + 1), abs(a[i] - b[j]), -1))
        return min((cost + more, pairs + one) for (cost, pairs), more, one in rests)

    cost, pairs = best(0, 0)
    return cost, -pairs


small = st.lists(st.integers(0, 12), max_size=6).map(sorted)


@given(small, small, st.integers(0, 5))
def test_the_pairing_is_the_cheapest(a, b, tolerance):
    pairs = align(a, b, tolerance)
    alone = len(a) + len(b) - 2 * len(pairs)
    cost = sum(abs(a[i] - b[j]) for i, j in pairs) + alone * tolerance
    assert (cost, len(pairs)) == cheapest(a, b, tolerance)
    assert all(abs(a[i] - b[j]) <= tolerance for i, j in pairs)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(pairs))


@given(timed, timed, st.sampled_from([0, 1, 2.5, 70]))
def test_order_of_observers_and_of_rows_does_not_matter(a, b, tolerance):
    there, back = agreement(a, b, tolerance), agreement(b, a, tolerance)
    assert (there.n, there.unmatched) == (back.n, back.unmatched[::-1])
    shuffled = agreement(sorted(a, key=lambda row: -row[0]), b, tolerance)
    assert shuffled.n == there.n


def test_two_observers_by_hand():
    a = [[0, 5], [3, 4], [6, 8], [20, 2]]
    b = [[6.4, 8], [0.2, 5], [3.1, 5], [11, 9]]
    found = agreement(a, b, 1.5)
    assert (found.n, found.unmatched) == (3, (1, 1))
    assert found.percent == pytest.approx(200 / 3)
    # Po 2/3, Pe (1×2 + 1×0 + 1×1) / 9.
    assert found.kappa == pytest.approx((2 / 3 - 1 / 3) / (1 - 1 / 3))
    # Shares of 5 4 8 2 9: 1 1 1 1 0 and 2 0 1 0 1 of four each.
    assert found.pi == pytest.approx((0.5 - 0.25) / 0.75)
    assert found.confusion == {(5, 5): 1, (4, 5): 1, (8, 8): 1}
    assert found.disagreements == ((3, 4, 3.1, 5), (None, None, 11, 9), (20, 2, None, None))
    assert found.missing == {}
    assert found.few


def test_thirty_pairs_are_not_few():
    assert compare([1] * 29, [1] * 29).few
    assert not compare([1] * 30, [1] * 30).few


def test_nobody_recorded_anything():
    found = agreement([], [], 1)
    assert (found.n, found.percent, found.kappa, found.pi, found.disagreements) == (0, None, None, None, ())
    assert found.missing == dict.fromkeys(("percent", "kappa", "pi"), "nothing_to_compare")


def test_nothing_matches():
    found = agreement([[0, 5]], [[100, 5]], 1)
    assert (found.n, found.missing["kappa"], found.missing["pi"]) == (0, "nothing_to_compare", "one_category")


def test_beats_are_compared_by_number():
    found = compare([5, 4, 8], [5, 8, 8])
    assert found.disagreements == ((2, 4, 2, 8),)
    assert (found.n, found.unmatched) == (3, (0, 0))
    with pytest.raises(ValueError, match="zip"):
        compare([1], [])


def test_series_of_a_record():
    assert series(codes(5, 4)) == [(3, 5), (6, 4)]
    assert series(codes(5, 4, every_ms=2500)) == [(2.5, 5), (5, 4)]
    assert series(codes(5, 4, every_ms=None)) == [(3, 5), (6, 4)]
    assert series(codes(5, 4, every_ms=None) | {"rule": {"beat_s": 4}}) == [(4, 5), (8, 4)]
    mixed = record("flanders", [{"t": 100, "code": 5}, {"t": None, "code": 4}])
    assert series(mixed) == [(3, 5), (6, 4)]


# --- documents -----------------------------------------------------------------------------------


def test_a_document_of_two_lists():
    document = {"a": [[0, 5], [1.5, "A"]], "b": []}
    assert timed_codes(document) == ([[0, 5], [1.5, "A"]], [])


@pytest.mark.parametrize(
    ("document", "values", "words"),
    [
        ([], {}, "^the document must be an object with the lists a and b$"),
        ({"a": []}, {"side": "b"}, r"^b must be a list of \[seconds, code\]$"),
        ({"b": []}, {"side": "a"}, "^a must be a list"),
        ({"a": {}, "b": []}, {"side": "a"}, "a must be a list"),
        *(
            ({"a": [[0, 5]], "b": [[0, 5], row]}, {"side": "b", "position": 2}, "b, entry 2")
            for row in (
                [0],
                [0, 5, 6],
                "05",
                ["0", 5],
                [True, 5],
                [0, True],
                [0, 1.5],
                [0, None],
                [math.inf, 5],
                None,
            )
        ),
    ],
)
def test_a_wrong_document_is_refused(document, values, words):
    with pytest.raises(SeriesError, match=words) as refusal:
        timed_codes(document)
    assert (refusal.value.code, refusal.value.values) == ("bad_series", values)


# --- practice ------------------------------------------------------------------------------------

LINES = [
    {"key": 5, "rule": None},
    {"key": 2, "rule": "jokes"},
    {"key": 8, "rule": None},
    {"key": 9, "rule": "farthest_from_5"},
    {"key": 7, "rule": "jokes"},
]


def test_practice_beside_the_key():
    made = score(LINES, [5, 3, None, 8, 2])
    assert (made.agreement.n, made.agreement.percent, made.missed_beats) == (4, 25, 1)
    # Po 1/4; only 5 and 2 are used by both: Pe 1/16 + 1/16.
    assert made.agreement.kappa == pytest.approx((1 / 4 - 2 / 16) / (1 - 2 / 16))
    assert made.misses == (
        Miss(2, 3, 2, "jokes"),
        Miss(3, None, 8, None),
        Miss(4, 8, 9, "farthest_from_5"),
        Miss(5, 2, 7, "jokes"),
    )
    assert made.rules == (("jokes", 2), ("farthest_from_5", 1))
    assert made.agreement.confusion[(3, 2)] == 1


def test_the_whole_key():
    made = score(LINES, [line["key"] for line in LINES])
    assert (made.agreement.kappa, made.misses, made.rules, made.missed_beats) == (1, (), (), 0)


def test_rules_missed_equally_often_stand_by_name():
    lines = [{"key": 1, "rule": name} for name in ("b", "a")]
    assert score(lines, [2, 2]).rules == (("a", 1), ("b", 1))


def test_nothing_was_coded():
    made = score(LINES, [None] * 5)
    assert made.agreement.missing["kappa"] == "nothing_to_compare"
    assert made.missed_beats == len(made.misses) == 5


def test_one_answer_for_each_line():
    with pytest.raises(ValueError, match="zip"):
        score(LINES, [5])


def test_lists_in_which_everything_may_pair_with_everything_are_refused():
    crowd = [(0.0, 1)] * 800
    with pytest.raises(SeriesError, match="tolerance") as refusal:
        agreement(crowd, crowd, 1)
    assert refusal.value.code == "dense"


@pytest.mark.parametrize("time", [1e305, 10**400, math.inf, math.nan])
def test_a_time_beyond_all_lessons_is_refused(time):
    with pytest.raises(SeriesError):
        timed_codes({"a": [[time, 5]], "b": []})
