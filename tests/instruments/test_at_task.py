"""At-task sweeps, reckoned by hand on a room of six seats, the last of them absent."""

import pytest

from app.instruments import analyse
from app.instruments.analysis import Note
from app.instruments.at_task import longest_off, wilson
from tests.instruments.build import plan, record

CODES = [
    {"code": "A", "zh": "專注", "en": "At task", "on_task": True, "counts": True},
    {"code": "B", "zh": "停頓", "en": "Stalling", "on_task": False},
    {"code": "unseen", "zh": "看不到", "en": "Unseen", "counts": False},
]
# One letter for each of s1 to s5, two seconds apart, sweeps begin three minutes apart; u = unseen, - = no mark.
SWEEPS = ["AABAu", "ABBAA", "BBuAA", "A-BAA"]


def looks(sweeps=SWEEPS, parts=(1, 1, 2, 2)):
    return [
        {
            "t": 180_000 * n + 2000 * seat,
            "sweep": n + 1,
            "seat": f"s{seat + 1}",
            "code": {"u": "unseen"}.get(code, code),
            "part": parts[n],
        }
        for n, row in enumerate(sweeps)
        for seat, code in enumerate(row)
        if code != "-"
    ]


def lesson(events, **more):
    made = record(
        "at-task", events, rule={"every_s": 180, "codes": CODES}, plan=plan(3, 2, s6={"absent": True})
    )
    return made | more


@pytest.fixture
def made():
    return analyse(lesson(looks()))


def test_figures_by_hand(made):
    shown = {f.code: (f.value, f.unit, f.formula, f.working, f.missing) for f in made.figures}
    # 3 + 3 + 2 + 3 on task of 4 + 5 + 4 + 4 looks that count.
    assert shown == {
        "on_task": (
            pytest.approx(1100 / 17),
            "percent",
            "100 × Σ on task / Σ present and seen",
            "100 × 11 / 17",
            "",
        ),
        "sweeps": (4, "count", "sweeps", "4", ""),
        "looks": (17, "count", "Σ present and seen", "17", ""),
        # s3: off, off, then unseen; s2: off, off, then no mark.
        "longest_off_task": (2, "count", "sweeps in a row", "2", ""),
        "seconds_per_pupil": (
            pytest.approx(32 / 15),
            "seconds",
            "Σ (last mark - first mark) / Σ (marks - 1)",
            "32 / 15",
            "",
        ),
    }


def test_sweeps(made):
    table = made.tables["sweeps"]
    assert table.columns == (
        *("sweep", "on_task", "seen", "percent", "start_s", "duration_s", "seconds_per_pupil"),
    )
    assert table.rows == (
        (1, 3, 4, 75, 0, 8, 2),
        (2, 3, 5, 60, 180, 8, 2),
        (3, 2, 4, 50, 360, 8, 2),
        (4, 3, 4, 75, 540, 8, pytest.approx(8 / 3)),
    )
    assert made.data["trend"] == [(1, 75), (2, 60), (3, 50), (4, 75)]


def test_codes(made):
    assert made.tables["codes"].columns == ("code", "count", "percent")
    assert made.tables["codes"].rows == (
        ("A", 11, pytest.approx(1100 / 17)),
        ("B", 6, pytest.approx(600 / 17)),
        ("unseen", 2, None),
    )
    assert made.tables["sweep_codes"].columns == ("sweep", "code:A", "code:B", "code:unseen")
    assert made.tables["sweep_codes"].rows == ((1, 3, 1, 1), (2, 3, 2, 0), (3, 2, 2, 1), (4, 3, 1, 0))


def test_pupils(made):
    table = made.tables["pupils"]
    assert table.columns == (
        *("seat", "on_task", "seen", "percent", "low", "high", "longest_off_task"),
        *("code:A", "code:B", "code:unseen"),
    )
    rows = {row[0]: row for row in table.rows}
    assert rows["01"] == ("01", 3, 4, 75, *(pytest.approx(x, abs=0.01) for x in (30.06, 95.44)), 1, 3, 1, 0)
    assert rows["02"][1:4] == (1, 3, pytest.approx(100 / 3))
    assert [rows[seat][6] for seat in ("02", "03", "04")] == [2, 2, 0]
    assert rows["03"][7:] == (0, 3, 1)
    assert list(rows) == ["01", "02", "03", "04", "05"]
    assert made.data["pupils"] == {"s1": 75, "s2": pytest.approx(100 / 3), "s3": 0, "s4": 100, "s5": 100}
    assert made.data["cells"][4] == {"s1": "A", "s3": "B", "s4": "A", "s5": "A"}


def test_groups(made):
    assert made.tables["gender"].columns == ("gender", "pupils", "on_task", "seen", "percent")
    assert made.tables["gender"].rows == (
        ("f", 3, 6, 10, 60),
        ("m", 2, 5, 7, pytest.approx(500 / 7)),
    )
    assert made.tables["row_band"].rows == (
        ("front", 3, 4, 10, 40),
        ("back", 2, 7, 7, 100),
    )
    assert [row[:4] for row in made.tables["zone"].rows] == [
        *(("front-left", 1, 3, 4), ("front-middle", 1, 1, 3), ("front-right", 1, 0, 3)),
        *(("back-left", 1, 4, 4), ("back-middle", 1, 3, 3)),
    ]
    assert "group" not in made.tables


def test_parts(made):
    assert made.tables["parts"].columns == ("part", "on_task", "seen", "percent")
    assert made.tables["parts"].rows == ((1, 6, 9, pytest.approx(600 / 9)), (2, 5, 8, 62.5))


def test_notes(made):
    assert made.notes == (
        Note("thin_sample", {"least": 3, "most": 4}),
        Note("few_sweeps", {"n": 4, "least": 5}),
        Note("fast_sweeps", {"sweeps": "1, 2, 3, 4", "least": 3}),
    )


def test_the_tables_know_their_names(made):
    assert {name: table.code for name, table in made.tables.items()} == {
        name: name
        for name in (
            *("sweeps", "codes", "sweep_codes", "pupils", "parts"),
            *("gender", "row_band", "column_band", "zone", "action_zone"),
        )
    }


def test_a_later_code_replaces_the_earlier_but_not_its_time():
    events = [
        {"t": 0, "sweep": 1, "seat": "s1", "code": "B"},
        {"t": 4000, "sweep": 1, "seat": "s2", "code": "A"},
        {"t": 90_000, "sweep": 1, "seat": "s1", "code": "A"},
    ]
    made = analyse(lesson(events))
    assert made.figure("on_task").value == 100
    assert made.figure("looks").value == 2
    assert made.figure("seconds_per_pupil").value == 4
    assert made.tables["parts"].rows == ((1, 2, 2, 100),)


def test_sweeps_stand_in_their_order():
    events = [
        {"t": 0, "sweep": 2, "seat": "s1", "code": "B"},
        {"t": 4000, "sweep": 1, "seat": "s1", "code": "A"},
    ]
    assert [row[0] for row in analyse(lesson(events)).tables["sweeps"].rows] == [1, 2]


def test_five_slow_sweeps_are_enough_but_a_pupil_stays_thin():
    events = [
        {"t": 180_000 * n + 3000 * seat, "sweep": n + 1, "seat": f"s{seat + 1}", "code": "A"}
        for n in range(5)
        for seat in range(5)
    ]
    assert analyse(lesson(events)).notes == (Note("thin_sample", {"least": 5, "most": 5}),)


def test_twenty_looks_are_not_thin():
    events = [{"t": 3000 * n, "sweep": n + 1, "seat": "s1", "code": "A"} for n in range(20)]
    assert analyse(lesson(events)).notes == ()
    assert analyse(lesson(events[:19])).notes == (Note("thin_sample", {"least": 19, "most": 19}),)


def test_strays_are_told_and_left_out():
    events = [
        {"t": 0, "sweep": 1, "seat": "s6", "code": "A"},
        {"t": 1, "sweep": 1, "seat": "s99", "code": "A"},
        {"t": 2, "sweep": 1, "seat": "s1", "code": "Z"},
        {"t": 2, "sweep": 1, "seat": "s2", "code": "Z"},
        {"t": 3, "sweep": 1, "seat": "s1", "code": "A"},
    ]
    made = analyse(lesson(events))
    assert made.notes[:3] == (
        Note("absent_seat", {"n": 1, "seats": "06"}),
        Note("unknown_seat", {"n": 1}),
        Note("unknown_code", {"code": "Z", "n": 2}),
    )
    assert made.figure("looks").value == 1
    assert made.figure("seconds_per_pupil").missing == "zero_denominator"


def test_untimed_sweeps_have_no_duration():
    events = [{"sweep": 1, "seat": f"s{n}", "code": "A"} for n in (1, 2)]
    made = analyse(lesson(events))
    assert made.tables["sweeps"].rows == ((1, 2, 2, 100, None, None, None),)
    assert made.figure("seconds_per_pupil").missing == "not_timed"
    partly = [{"sweep": 1, "seat": "s1", "code": "A", "t": 5}, {"sweep": 1, "seat": "s2", "code": "A"}]
    assert analyse(lesson(partly)).tables["sweeps"].rows[0][4:] == (None, None, None)


def test_a_single_mark_has_no_pace():
    made = analyse(lesson([{"t": 7000, "sweep": 1, "seat": "s1", "code": "A"}]))
    assert made.tables["sweeps"].rows == ((1, 1, 1, 100, 7, 0, None),)


def test_nothing_recorded():
    made = analyse(lesson([]))
    assert made.notes == (Note("nothing_recorded"),)
    missing = {figure.code: figure.missing for figure in made.figures}
    assert missing["on_task"] == missing["longest_off_task"] == "zero_denominator"
    assert made.tables["pupils"].rows[0] == ("01", 0, 0, None, None, None, 0, 0, 0, 0)


def test_without_a_plan():
    assert analyse(lesson(looks(), plan=None)).figure("on_task").missing == "no_plan"


def test_all_unseen():
    made = analyse(lesson([{"t": 0, "sweep": 1, "seat": "s1", "code": "unseen"}]))
    assert made.figure("on_task").missing == "zero_denominator"
    assert made.notes == (Note("few_sweeps", {"n": 1, "least": 5}),)


# --- parts of it ---------------------------------------------------------------------------------


def test_the_interval_of_the_literature():
    """3 of 5 is 60 %, from about 23 to 88 (Wilson's score interval)."""
    assert wilson(3, 5) == (pytest.approx(23.07, abs=0.01), pytest.approx(88.24, abs=0.01))
    assert wilson(0, 10) == (pytest.approx(0, abs=1e-9), pytest.approx(27.75, abs=0.01))
    assert wilson(10, 10) == (pytest.approx(72.25, abs=0.01), pytest.approx(100))
    assert wilson(0, 0) is None


def test_runs_off_task():
    assert longest_off([]) == 0
    assert longest_off([True, None]) == 0
    assert longest_off([False, False, True, False]) == 2
    assert longest_off([False, None, False]) == 1
