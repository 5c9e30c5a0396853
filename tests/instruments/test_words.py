"""Selective verbatim and anecdotal records."""

import pytest

from app.instruments import analyse
from app.instruments.analysis import Note
from app.instruments.anecdotal import JUDGING, lint
from app.instruments.anecdotal import analyse as analyse_anecdotal
from app.instruments.verbatim import analyse as analyse_verbatim
from app.instruments.verbatim import is_question, pattern
from tests.instruments.build import record

SAID = [
    {
        "t": 0,
        "speaker": "teacher",
        "text": "為什麼會浮起來？",
        "kind": "question",
        "level": "open",
        "wait_ms": 2000,
    },
    {"t": 3000, "speaker": "pupil", "text": "因為輕", "wait_ms": 1000},
    {"t": 5000, "speaker": "teacher", "text": "很好，很好！", "kind": "praise"},
    {"t": 9000, "speaker": "teacher", "text": "這是鐵嗎?", "level": "closed", "wait_ms": 500, "part": 2},
    {"t": 14_001, "speaker": "pupil", "text": "是", "wait_ms": 2000, "part": 2},
    {"t": 15_000, "speaker": "teacher", "text": "Very good, good.", "kind": "praise", "part": 2},
    {"t": 20_000, "speaker": "teacher", "text": "What is this? ", "wait_ms": 3000, "part": 2},
    {"t": 25_000, "speaker": "pupil", "text": "很好", "part": 2},
    {"t": 26_000, "speaker": "teacher", "text": "Good!", "kind": "praise", "part": 2},
]


def verbatim(events=SAID, **more):
    return record("verbatim", events, length_ms=300_000) | more


def test_figures_by_hand():
    made = analyse(verbatim())
    assert {f.code: (f.value, f.unit, f.formula, f.working, f.missing) for f in made.figures} == {
        "utterances": (9, "count", "n", "9", ""),
        "questions": (3, "count", "n that ask", "3", ""),
        "rate": (18, "per_10_min", "10 × n / minutes", "90 / 5", ""),
        "open_share": (50, "percent", "100 × open / (open + closed)", "100 × 1 / (1 + 1)", ""),
        "open_to_closed": (1, "quotient", "open / closed", "1 / 1", ""),
        "wait_1": (2, "seconds", "median of 3 pauses after the teacher's words", "2", ""),
        "wait_2": (1.5, "seconds", "median of 2 pauses after the pupil's words", "1.5", ""),
        # The second answer comes a millisecond too late.
        "answered": (
            pytest.approx(200 / 3),
            "percent",
            "100 × questions followed by a pupil within 5 s / questions with a time",
            "100 × 2 / 3",
            "",
        ),
    }
    assert made.notes == ()


def test_tables():
    tables = analyse(verbatim()).tables
    assert tables["speakers"].columns == ("speaker", "count", "percent")
    assert [row[:2] for row in tables["speakers"].rows] == [("teacher", 6), ("pupil", 3)]
    assert tables["speakers"].rows[1][2] == pytest.approx(100 / 3)
    assert tables["kinds"].columns == ("kind", "count", "percent")
    assert [row[:2] for row in tables["kinds"].rows] == [("", 5), ("praise", 3), ("question", 1)]
    assert tables["levels"].columns == ("level", "count", "percent")
    assert tables["levels"].rows == (("open", 1, 50), ("closed", 1, 50))
    assert tables["praise"].columns == ("word", "count")
    assert tables["praise"].rows == (("很好", 2), ("good", 2))
    assert tables["parts"].columns == ("part", "teacher", "pupil")
    assert tables["parts"].rows == ((1, 2, 1), (2, 4, 2))
    assert {name: table.code for name, table in tables.items()} == {
        name: name for name in ("speakers", "kinds", "levels", "praise", "parts")
    }


def test_the_series():
    assert analyse(verbatim(SAID[:2])).data == {"series": [(0, "teacher", "question"), (3000, "pupil", "")]}


def test_without_a_length_the_last_words_end_the_lesson():
    assert analyse(verbatim(length_ms=None)).figure("rate").value == pytest.approx(9 * 10 / (26 / 60))
    untimed = analyse(verbatim([{"speaker": "teacher", "text": "a?"}], length_ms=None))
    assert (untimed.figure("rate").value, untimed.figure("rate").missing) == (None, "not_timed")
    assert untimed.figure("answered").missing == "zero_denominator"


def test_what_is_not_there():
    made = analyse(verbatim([]))
    assert made.notes == (Note("nothing_recorded"),)
    missing = {f.code: f.missing for f in made.figures if f.value is None}
    assert missing == {
        "open_share": "zero_denominator",
        "open_to_closed": "zero_denominator",
        "wait_1": "no_waits",
        "wait_2": "no_waits",
        "answered": "zero_denominator",
    }
    assert made.figure("rate").value == 0


def test_utterances_without_a_part_or_a_kind():
    tables = analyse(verbatim([{"t": 1, "speaker": "teacher"}])).tables
    assert tables["parts"].rows == ((1, 1, 0),)
    assert tables["kinds"].rows == (("", 1, 100),)
    assert tables["levels"].rows == tables["praise"].rows == ()


def test_words_still_to_be_typed():
    events = [
        {"t": 1, "speaker": "teacher", "text": " "},
        {"t": 2, "speaker": "pupil"},
        {"t": 3, "speaker": "pupil", "text": "a"},
    ]
    assert analyse(verbatim(events)).notes == (Note("words_missing", {"n": 2}),)


@pytest.mark.parametrize(
    ("event", "asks"),
    [
        ({"kind": "question"}, True),
        ({"kind": "questions"}, True),
        ({"level": "closed"}, True),
        ({"text": "為什麼？"}, True),
        ({"text": "Why? "}, True),
        ({"text": "Why? Because."}, False),
        ({"kind": "praise", "text": "很好"}, False),
        ({}, False),
    ],
)
def test_what_asks(event, asks):
    assert is_question({"speaker": "teacher", **event}) is asks
    assert is_question({"speaker": "pupil", **event}) is False


def test_an_answer_must_follow_in_time():
    question = {"t": 5000, "speaker": "teacher", "text": "?"}
    before, untimed = {"t": 4000, "speaker": "pupil"}, {"t": None, "speaker": "pupil"}
    teacher = {"t": 6000, "speaker": "teacher", "text": "."}
    exactly = {"t": 10_000, "speaker": "pupil"}
    assert analyse(verbatim([before, question, teacher, untimed])).figure("answered").value == 0
    assert analyse(verbatim([before, question, teacher, exactly])).figure("answered").value == 100
    assert analyse_verbatim(verbatim([question, exactly]), answer_s=4).figure("answered").value == 0
    assert "within 2.5 s" in analyse_verbatim(verbatim(), answer_s=2.5).figure("answered").formula


def test_the_words_of_praise_are_an_argument():
    events = [{"t": n, "speaker": "teacher", "text": "讚"} for n in range(2)]
    assert analyse_verbatim(verbatim(events), praise=["讚"]).tables["praise"].rows == (("讚", 2),)
    assert analyse(verbatim(events)).tables["praise"].rows == ()


def test_patterns():
    found = pattern(["好", "很好", "good", "very good"])
    assert found.findall("很好 好 Very Good goodness 真good") == ["很好", "好", "Very Good", "good"]
    assert pattern([]).findall("abc") == []
    assert pattern(["a.c"]).findall("abc a.c") == ["a.c"]


# --- anecdotal -----------------------------------------------------------------------------------


def test_judging_words_are_found_where_they_stand():
    assert lint("學生很認真，老師教得很好。") == [(3, 5, "認真"), (10, 12, "很好")]
    assert lint("The lesson was Excellent and clear.") == [(15, 24, "Excellent")]
    assert lint("學生不認真") == [(2, 5, "不認真")]
    assert lint("") == []


@pytest.mark.parametrize(
    "text", ["老師說「很好」", "他寫『認真』", "“very good” 他說", 'T: "good"', "學生舉手", "the goods"]
)
def test_what_was_said_is_a_fact(text):
    assert lint(text) == []


def test_places_are_those_of_the_whole_text():
    assert lint("老師說「很好」，語氣不佳") == [(10, 12, "不佳")]


def test_a_school_may_give_its_own_words():
    assert lint("很好，可以", ["可以"]) == [(3, 5, "可以")]


def test_the_default_list_has_both_languages_and_no_word_twice():
    assert {"很好", "不佳", "認真", "excellent"} <= set(JUDGING)
    assert len(JUDGING) == len(set(JUDGING))


def test_anecdotes():
    events = [
        {"t": 1000, "t_end": 5000, "teacher": "老師走到第二組", "pupil": "學生很認真", "note": "很好"},
        {"t": None, "teacher": "發下學習單，適當", "part": 2},
    ]
    made = analyse(record("anecdotal", events))
    assert (made.figure("entries").value, made.figure("entries").unit, made.figure("entries").formula) == (
        2,
        "count",
        "n",
    )
    assert made.tables["judging"].code == "judging"
    assert made.tables["judging"].columns == ("entry", "column", "word", "position")
    assert made.tables["judging"].rows == ((1, "pupil", "認真", 3), (2, "teacher", "適當", 6))
    assert made.notes == (Note("judging_words", {"n": 2}),)
    assert made.data == {"series": [(1000, 5000, 1, True, True), (None, None, 2, True, False)]}
    assert analyse_anecdotal(record("anecdotal", events), words=["發下"]).tables["judging"].rows == (
        (2, "teacher", "發下", 0),
    )


def test_no_anecdotes():
    made = analyse(record("anecdotal", []))
    assert made.notes == (Note("nothing_recorded"),)
    assert analyse(record("anecdotal", [{"t": 1}])).notes == ()
