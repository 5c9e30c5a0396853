"""Flanders: published pairs, a list reckoned by hand, and what must hold for every list."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.instruments import analyse
from app.instruments.analysis import Note
from app.instruments.flanders import (
    AREAS,
    CATEGORIES,
    FlandersError,
    bracketed,
    check_matrix,
    durations,
    figures,
    gaps,
    main_flow,
    matrix,
    parse_codes,
    totals,
)
from tests.instruments.build import codes, record

LESSON = [5, 5, 4, 8, 2, 5, 4, 4, 8, 8, 3, 4, 9, 9, 3, 1, 6, 7, 7, 8, 5, 9, 1, 9, 6, 10]
lists = st.lists(st.integers(1, 10), min_size=1, max_size=60)


def cells(counts):
    """The non-zero cells of a matrix."""
    return {(a, b): n for a, row in enumerate(counts, 1) for b, n in enumerate(row, 1) if n}


# --- the pairing rule ----------------------------------------------------------------------------


def test_the_published_pairs():
    """鄭美宜 (2010): 5, 3, 6, 7, 9 with a 10 at both ends."""
    pairs = {(10, 5): 1, (5, 3): 1, (3, 6): 1, (6, 7): 1, (7, 9): 1, (9, 10): 1}
    assert cells(matrix([5, 3, 6, 7, 9])) == pairs
    assert cells(matrix([5, 3, 6, 7, 9], "missing")) == pairs
    assert cells(matrix([5, 3, 6, 7, 9], "none")) == {(5, 3): 1, (3, 6): 1, (6, 7): 1, (7, 9): 1}


@pytest.mark.parametrize(
    ("bracket", "expected"),
    [
        ("always", [10, 10, 4, 10, 10]),
        ("missing", [10, 4, 10]),
        ("none", [10, 4, 10]),
    ],
)
def test_ends_that_are_silent_already(bracket, expected):
    assert bracketed([10, 4, 10], bracket) == expected


def test_one_end_is_missing():
    assert bracketed([10, 4], "missing") == [10, 4, 10]
    assert bracketed([4, 10], "missing") == [10, 4, 10]


def test_no_codes_make_no_pairs():
    assert cells(matrix([])) == {}


def test_an_unknown_bracket_is_a_mistake():
    with pytest.raises(ValueError, match="'both'"):
        bracketed([4], "both")


@given(lists, st.sampled_from(["always", "missing"]))
def test_a_bracketed_list_closes(listed, bracket):
    rows, columns = totals(matrix(listed, bracket))
    assert rows == columns


@given(lists)
def test_n_codes_make_n_plus_one_pairs(listed):
    assert sum(totals(matrix(listed))[0]) == len(listed) + 1
    assert sum(totals(matrix(listed, "none"))[1]) == len(listed) - 1


@given(lists)
def test_every_matrix_of_a_list_passes_the_check(listed):
    check_matrix(matrix(listed))
    if len(listed) > 1:
        check_matrix(matrix(listed, "none"), "none")


# --- reading codes and matrices ------------------------------------------------------------------


@pytest.mark.parametrize("text", ["5,3,10", " 5 3\n10 ", "5，3、10", "５;３；１０,", "05\t03\r\n10"])
def test_lists_as_people_write_them(text):
    assert parse_codes(text) == [5, 3, 10]


@pytest.mark.parametrize(
    ("text", "position", "found"),
    [
        ("5,11", 2, "11"),
        ("0", 1, "0"),
        ("5 3 -1", 3, "-1"),
        ("5.5", 1, "5.5"),
        ("3,x", 2, "x"),
        ("100", 1, "100"),
    ],
)
def test_a_wrong_code_is_named(text, position, found):
    with pytest.raises(FlandersError) as refusal:
        parse_codes(text)
    assert (refusal.value.code, refusal.value.values) == ("bad_code", {"position": position, "found": found})
    assert str(refusal.value) == f"code {position} is {found!r}: a category is a whole number from 1 to 10"


@pytest.mark.parametrize("text", ["", " ,，、 \n"])
def test_no_code_at_all(text):
    with pytest.raises(FlandersError, match="there is no code") as refusal:
        parse_codes(text)
    assert (refusal.value.code, refusal.value.values) == ("no_codes", {})


def changed(row, column, value):
    """The published matrix with another value in one cell."""
    counts = matrix([5, 3, 6, 7, 9])
    counts[row - 1][column - 1] = value
    return counts


@pytest.mark.parametrize(
    "counts", [None, {}, [], [[0] * 10] * 9, [[0] * 10] * 11, [[0] * 9] * 10, [3] * 10, "x" * 10]
)
def test_a_wrong_shape(counts):
    with pytest.raises(FlandersError) as refusal:
        check_matrix(counts)
    assert refusal.value.code == "bad_shape"


@pytest.mark.parametrize("value", [-1, 1.0, "1", True, None])
def test_a_wrong_cell_is_named(value):
    with pytest.raises(FlandersError) as refusal:
        check_matrix(changed(2, 3, value))
    assert (refusal.value.code, refusal.value.values) == ("bad_cell", {"row": 2, "column": 3, "found": value})


def test_an_empty_matrix():
    with pytest.raises(FlandersError) as refusal:
        check_matrix([[0] * 10 for _ in range(10)])
    assert refusal.value.code == "empty_matrix"


def test_unequal_totals_name_the_category():
    with pytest.raises(FlandersError) as refusal:
        check_matrix(changed(4, 8, 2))
    assert refusal.value.code == "unbalanced"
    assert refusal.value.values == {"category": 4, "row_total": 2, "column_total": 0}
    assert str(refusal.value) == "category 4: row total 2 and column total 0 differ"


def test_an_open_chain_is_off_by_one_at_its_ends_only():
    check_matrix(matrix([5, 3], "none"), "none")
    with pytest.raises(FlandersError):
        check_matrix(matrix([5, 3], "none"))
    with pytest.raises(FlandersError):
        check_matrix(changed(4, 8, 2), "none")


# --- figures -------------------------------------------------------------------------------------

# numerator and denominator, counted by hand from the 27 pairs of LESSON.
BY_HAND = {
    "TT": (17, 27),
    "PT": (8, 27),
    "SC": (2, 27),
    "ITT": (9, 27),
    "DTT": (8, 27),
    "ID_quotient": (9, 8),
    "ID_share": (9, 17),
    "id_revised": (5, 4),
    "TRR": (5, 9),
    "TQR": (4, 8),
    "PIR": (4, 8),
    "TRR89": (4, 5),
    "TQR89": (0, 1),
    "CCR": (12, 27),
    "SSR": (6, 27),
    "PSSR": (2, 8),
    "VC": (2, 27),
    "extended_indirect": (1, 27),
    "defect": (2, 27),
    "defect_variant": (1, 27),
    "QA_steady": (2, 27),
    "QA_turns": (2, 27),
    "creative_inquiry": (2, 27),
    "teacher_after_pupil": (6, 27),
    "pupil_after_teacher": (6, 27),
    "pupil_talk": (2, 27),
    "silence": (3, 27),
}


def test_every_figure_by_hand():
    made = {figure.code: figure for figure in figures(matrix(LESSON))}
    assert list(made) == list(BY_HAND)
    for code, (above, below) in BY_HAND.items():
        assert made[code].value == pytest.approx(100 * above / below, abs=1e-9), code
        assert (made[code].unit, made[code].basis, made[code].missing) == ("percent", "matrix", "")


def test_the_published_figures_of_reference():
    norms = {figure.code: (figure.norm, figure.norm_to) for figure in figures(matrix(LESSON)) if figure.norm}
    assert norms == {
        "TT": (68, None),
        "PT": (20, None),
        "SC": (11, 12),
        "TRR": (42, None),
        "TQR": (26, None),
        "PIR": (34, None),
        "TRR89": (60, None),
        "TQR89": (44, None),
        "CCR": (55, None),
        "SSR": (50, None),
        "PSSR": (35, 40),
    }
    assert [figure.norm for figure in figures(matrix(LESSON)) if figure.code == "ITT"] == [None]


def test_a_figure_shows_its_working_and_its_cells():
    made = {figure.code: figure for figure in figures(matrix(LESSON))}
    assert made["TRR"].formula == "100 × f(1,2,3) / f(1,2,3,6,7)"
    assert made["TRR"].working == "100 × (2 + 1 + 2) / (2 + 1 + 2 + 2 + 2)"
    assert made["TRR"].cells == tuple((a, b) for a in CATEGORIES for b in (1, 2, 3))
    assert made["TQR89"].working == "100 × (0 + 0) / (0 + 1 + 0 + 0)"
    assert made["TQR89"].cells == ((8, 4), (9, 4))
    assert made["SC"].working == "100 × 2 / 27"
    assert len(made["CCR"].cells) == 36 and set(made["CCR"].cells) == set(AREAS["CCR"])
    # Row 4 has 5 pairs, row 5 too; 3-4 and 10-5, 2-5, 8-5 come from elsewhere.
    assert made["CCR"].working == "100 × (4 + 4 + 1 + 3) / 27"


def test_a_zero_denominator_has_no_value_but_a_reason():
    made = {figure.code: figure for figure in figures(matrix([4, 8, 4, 8]))}
    none = {code for code, figure in made.items() if figure.value is None}
    assert none == {"ID_quotient", "id_revised", "TRR"} | ({"TRR89"})
    assert made["id_revised"].missing == "zero_denominator"
    assert made["id_revised"].working == "100 × (0 + 0 + 0) / (0 + 0)"
    assert made["TQR"].value == 100


def test_nothing_at_all():
    assert {figure.value for figure in figures(matrix([]))} == {None}


def counted(pairs, rows, columns):
    return sum(a in rows and b in columns for a, b in pairs)


@given(lists)
def test_figures_are_counts_of_pairs(listed):
    """The same figures by walking over the pairs, without a matrix."""
    chain = [10, *listed, 10]
    pairs, anything = list(pairwise(chain)), range(1, 11)
    n = len(pairs)

    def f(*categories):
        return counted(pairs, anything, categories)

    same = sum(a == b for a, b in pairs)
    expected = {
        "TT": (f(1, 2, 3, 4, 5, 6, 7), n),
        "PT": (f(8, 9), n),
        "SC": (f(10), n),
        "ITT": (f(1, 2, 3, 4), n),
        "DTT": (f(5, 6, 7), n),
        "ID_quotient": (f(1, 2, 3, 4), f(5, 6, 7)),
        "ID_share": (f(1, 2, 3, 4), f(1, 2, 3, 4, 5, 6, 7)),
        "id_revised": (f(1, 2, 3), f(6, 7)),
        "TRR": (f(1, 2, 3), f(1, 2, 3, 6, 7)),
        "TQR": (f(4), f(4, 5)),
        "PIR": (f(9), f(8, 9)),
        "TRR89": (counted(pairs, (8, 9), (1, 2, 3)), counted(pairs, (8, 9), (1, 2, 3, 6, 7))),
        "TQR89": (counted(pairs, (8, 9), (4,)), counted(pairs, (8, 9), (4, 5))),
        "CCR": (sum(a in (4, 5) or b in (4, 5) for a, b in pairs), n),
        "SSR": (same, n),
        "PSSR": (pairs.count((8, 8)) + pairs.count((9, 9)), f(8, 9)),
        "VC": (counted(pairs, (6, 7), (6, 7)), n),
        "extended_indirect": (counted(pairs, (1, 2, 3), (1, 2, 3)), n),
        "defect": (counted(pairs, (6, 7), (6, 7)), n),
        "defect_variant": (counted(pairs, (7, 8), (6, 7)), n),
        "QA_steady": (pairs.count((4, 4)) + pairs.count((8, 8)), n),
        "QA_turns": (pairs.count((4, 8)) + pairs.count((8, 4)), n),
        "creative_inquiry": (counted(pairs, (3, 9), (3, 9)), n),
        "teacher_after_pupil": (counted(pairs, (8, 9), range(1, 8)), n),
        "pupil_after_teacher": (counted(pairs, range(1, 8), (8, 9)), n),
        "pupil_talk": (counted(pairs, (8, 9), (8, 9)), n),
        "silence": (sum(10 in pair for pair in pairs), n),
    }
    made = {figure.code: figure.value for figure in figures(matrix(listed))}
    assert made.keys() == expected.keys()
    for code, (above, below) in expected.items():
        assert made[code] == (pytest.approx(100 * above / below) if below else None), code
    assert made["TT"] + made["PT"] + made["SC"] == pytest.approx(100)
    assert made["ITT"] + made["DTT"] == pytest.approx(made["TT"])


# --- main flow -----------------------------------------------------------------------------------


def test_the_main_flow_follows_the_largest_cells():
    assert main_flow(matrix(LESSON)) == [(4, 8), (8, 2), (2, 5), (5, 4)]


def test_the_main_flow_leaves_out_steady_cells():
    assert main_flow(matrix([5, 5, 5, 5, 4, 4, 4], "none")) == [(5, 4)]


def test_the_main_flow_may_close_before_its_beginning():
    assert main_flow(matrix([1, 4, 1, 4, 8, 4, 8, 4, 8], "none")) == [(4, 8), (8, 4)]
    # 1 goes to 4 thrice, 4 and 8 alternate: the start is never seen again.
    assert main_flow(matrix([1, 4, 8, 1, 4, 8, 4, 8, 1, 4], "none")) == [(1, 4), (4, 8), (8, 1)]
    start = [[0] * 10 for _ in range(10)]
    start[0][3], start[3][7], start[7][3] = 9, 2, 1
    assert main_flow(start) == [(1, 4), (4, 8), (8, 4)]


def test_no_flow_of_nothing():
    assert main_flow(matrix([])) == []
    assert main_flow(matrix([5, 5, 5], "none")) == []


# --- time ----------------------------------------------------------------------------------------


def test_gaps_are_longer_than_the_beat_by_half():
    assert gaps([3000, 7500, 12_001, 15_001, 30_001], 3000) == [
        {"after": 2, "start": 7500, "end": 12_001, "missed": 1},
        {"after": 4, "start": 15_001, "end": 30_001, "missed": 4},
    ]
    assert gaps([0, 7500], 3000) == [{"after": 1, "start": 0, "end": 7500, "missed": 2}]
    assert gaps([], 3000) == []


def test_a_recording_that_begins_late_or_runs_on_has_gaps_at_its_ends():
    assert gaps([4500, 7500], 3000, 12_000) == []
    assert gaps([4501, 7500], 3000, 12_001) == [
        {"after": 0, "start": 0, "end": 4501, "missed": 1},
        {"after": 2, "start": 7500, "end": 12_001, "missed": 1},
    ]
    # A length that is shorter than the last code is no gap backwards.
    assert gaps([3000, 6000], 3000, 4000) == []
    made = analyse(record("flanders", [{"code": 5, "t": 3000}], length_ms=9000))
    assert made.tables["gaps"].rows == ((1, 3, 9, 1),)


def test_a_code_stands_for_the_time_since_the_one_before():
    assert durations([3000, 4000, 8500, 13_001], 3000) == [3000, 1000, 4500, 3000]
    assert durations([9000], 3000) == [3000]
    assert durations([1000], 3000) == [1000]
    assert durations([], 3000) == []


# --- the whole -----------------------------------------------------------------------------------


def test_the_analysis_of_a_timed_record():
    made = analyse(codes(*LESSON))
    assert made.instrument == "flanders"
    values = {figure.code: figure.value for figure in made.figures}
    assert (values["n_codes"], values["n_pairs"]) == (26, 27)
    assert values["TT"] == pytest.approx(1700 / 27)
    assert values["TT_codes"] == values["TT_time"] == pytest.approx(1700 / 26)
    assert values["PT_codes"] == values["PT_time"] == pytest.approx(800 / 26)
    assert values["SC_codes"] == values["SC_time"] == pytest.approx(100 / 26)
    assert (values["gaps"], values["gap_seconds"]) == (0, 0)
    assert made.notes == (Note("short_record", {"n": 26}),)
    assert made.tables["categories"].rows[3] == (4, 4, 400 / 26, 4, 400 / 27, 12)
    assert made.tables["categories"].rows[9] == (10, 1, 100 / 26, 2, 200 / 27, 3)
    assert made.tables["categories"].columns == (
        *("category", "codes", "percent_of_codes", "pairs", "percent_of_pairs", "seconds"),
    )
    assert made.tables["areas"].columns == ("area", "count", "percent")
    assert made.tables["areas"].rows == (
        ("CCR", 12, 1200 / 27),
        ("SSR", 6, 600 / 27),
        ("VC", 2, 200 / 27),
        ("extended_indirect", 1, 100 / 27),
        ("teacher_after_pupil", 6, 600 / 27),
        ("pupil_after_teacher", 6, 600 / 27),
        ("pupil_talk", 2, 200 / 27),
        ("silence", 3, 300 / 27),
    )
    assert made.tables["main_flow"].columns == ("from", "to", "count")
    assert made.tables["main_flow"].rows == ((4, 8, 2), (8, 2, 1), (2, 5, 1), (5, 4, 2))
    assert {name: table.code for name, table in made.tables.items()} == {
        name: name for name in ("categories", "areas", "main_flow", "gaps")
    }


def test_what_pictures_need():
    data = analyse(codes(5, 3, 3)).data
    assert data == {
        "codes": [5, 3, 3],
        "timed": True,
        "beat_s": 3,
        "series": [(3000, 5), (6000, 3), (9000, 3)],
        "chain": [10, 5, 3, 3, 10],
        "matrix": matrix([5, 3, 3]),
        "row_totals": [0, 0, 2, 0, 1, 0, 0, 0, 0, 1],
        "column_totals": [0, 0, 2, 0, 1, 0, 0, 0, 0, 1],
        "areas": AREAS,
        "main_flow": [(3, 10), (10, 5), (5, 3)],
        "gaps": [],
    }


def test_the_rule_of_the_record_counts():
    made = analyse(codes(10, 4, 8) | {"rule": {"bracket": "missing", "beat_s": 5}})
    assert made.data["chain"] == [10, 4, 8, 10]
    assert made.data["beat_s"] == 5
    made = analyse(codes(4, 8) | {"rule": {"bracket": "none"}})
    assert made.figure("n_pairs").value == 1
    assert Note("no_bracket") in made.notes


def test_gaps_are_shown_and_told():
    made = analyse(
        record("flanders", [{"code": 5, "t": 3000}, {"code": 4, "t": 6000}, {"code": 8, "t": 16_000}])
    )
    assert made.tables["gaps"].columns == ("after_code", "start_s", "end_s", "missed_beats")
    assert made.tables["gaps"].rows == ((2, 6, 16, 2),)
    assert (made.figure("gaps").value, made.figure("gap_seconds").value) == (1, 10)
    assert made.figure("gap_seconds").unit == "seconds" and made.figure("gaps").unit == "count"
    assert made.figure("gaps").formula == "t(n+1) - t(n) > 1.5 beats"
    assert made.figure("gap_seconds").formula == "Σ t(n+1) - t(n) over the gaps"
    assert (made.figure("n_codes").formula, made.figure("n_pairs").formula) == ("n", "N")
    assert {made.figure(code).unit for code in ("n_codes", "n_pairs")} == {"count"}
    assert Note("gaps", {"n": 1, "missed": 2}) in made.notes
    # After the gap a code stands for one beat only.
    assert made.figure("PT_time").value == pytest.approx(100 * 3 / 9)
    assert made.figure("PT_time").working == "100 × (3 + 0) / 9"
    assert made.figure("PT_time").formula == "100 × s(8,9) / s(1..10)"
    assert made.figure("PT_codes").formula == "100 × n(8,9) / n(1..10)"
    assert made.figure("TT_codes").formula == "100 × n(1..7) / n(1..10)"
    assert made.figure("SC_codes").formula == "100 × n(10) / n(1..10)"
    assert (made.figure("PT_codes").basis, made.figure("PT_time").basis) == ("codes", "time")


def test_a_shorter_beat_finds_more_gaps():
    events = [{"code": 5, "t": 3000}, {"code": 5, "t": 6000}]
    assert analyse(record("flanders", events, rule={"beat_s": 1.9})).figure("gaps").value == 2
    assert analyse(record("flanders", events, rule={"beat_s": 2})).figure("gaps").value == 0


def test_a_pasted_list_has_no_times():
    made = analyse(codes(5, 4, every_ms=None))
    assert Note("not_timed") in made.notes
    assert {
        made.figure(code).missing for code in ("TT_time", "PT_time", "SC_time", "gaps", "gap_seconds")
    } == {"not_timed"}
    assert made.figure("gaps").working == ""
    assert made.data["series"] == [(3000, 5), (6000, 4)]
    assert made.data["timed"] is False
    assert [row[5] for row in made.tables["categories"].rows] == [None] * 10


def test_nothing_recorded():
    made = analyse(record("flanders", []))
    assert made.notes == (Note("nothing_recorded"),)
    assert made.figure("TT").missing == made.figure("TT_codes").missing == "zero_denominator"
    assert made.figure("n_codes").value == 0
    assert made.tables["categories"].rows[0] == (1, 0, None, 0, None, None)
    assert made.tables["areas"].rows[0] == ("CCR", 0, None)


def test_five_minutes_of_codes_are_not_short():
    assert analyse(codes(*[5] * 100)).notes == ()
    assert analyse(codes(*[5] * 99)).notes == (Note("short_record", {"n": 99}),)


def test_an_unknown_figure():
    with pytest.raises(KeyError):
        analyse(codes(5)).figure("XX")
