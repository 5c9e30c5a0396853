"""Teacher movement, reckoned by hand on a room of nine seats, the last of them absent."""

from math import sqrt

import pytest

from app.instruments import analyse
from app.instruments.analysis import Note
from tests.instruments.build import plan, record

# At the board, to s1, past the middle, to s8, to s1 again, to the absent s9.
POINTS = [
    {"t": 0, "x": 1, "y": -1, "part": 1, "reason": "other"},
    {"t": 10_000, "x": 0, "y": 0, "seat": "s1", "contact": True, "part": 1, "reason": "help"},
    {"t": 40_000, "x": 1, "y": 1, "seat": None, "part": 1, "reason": "patrol"},
    {"t": 45_000, "x": 1, "y": 2, "seat": "s8", "contact": True, "part": 2, "reason": "help"},
    {"t": 60_000, "x": 0, "y": 0, "seat": "s1", "contact": False, "part": 2},
    {"t": 70_000, "x": 2, "y": 2, "seat": "s9", "contact": True, "part": 2, "reason": "manage"},
]


def lesson(points=POINTS, **more):
    room = plan(3, 3, s9={"absent": True})
    return record("teacher-movement", points, rule={"reach": 1.0}, plan=room, length_ms=100_000) | more


@pytest.fixture
def made():
    return analyse(lesson())


def test_figures_by_hand(made):
    shown = {f.code: (f.value, f.unit, f.formula, f.working) for f in made.figures}
    length = sqrt(2) + sqrt(2) + 1 + sqrt(5) + sqrt(8)
    assert shown == {
        "points": (6, "count", "n", "6"),
        "stops": (3, "count", "n with contact", "3"),
        "seconds": (100, "seconds", "Σ dwell", "100"),
        "path_length": (
            pytest.approx(length),
            "desks",
            "Σ straight lines from point to point",
            f"{length:.10g}",
        ),
        # 10 at the board, 30 and 10 at s1.
        "front_share": (50, "percent", "100 × seconds there / Σ dwell", "100 × 50 / 100"),
        "stage_share": (10, "percent", "100 × seconds there / Σ dwell", "100 × 10 / 100"),
        "coverage": (25, "percent", "100 × pupils visited / pupils present", "100 × 2 / 8"),
        "never_visited": (6, "count", "pupils present - pupils visited", "8 - 2"),
        # From s1: s1 s2 s4; from the middle: s2 s4 s5 s6 s8; from s8: s5 s7 s8; from the board: s2.
        "reached": (
            75 + 12.5,
            "percent",
            "100 × pupils within reach at least once / pupils present",
            "100 × 7 / 8",
        ),
    }
    assert {f.missing for f in made.figures} == {""}
    assert made.figure("front_share").basis == "time"


def test_seats(made):
    table = made.tables["seats"]
    assert table.columns == ("seat", "visits", "stops", "seconds", "first_s", "last_s", "seconds_in_reach")
    assert table.rows == (
        ("01", 2, 1, 40, 10, 60, 40),
        ("02", 0, 0, 0, None, None, 55),
        ("03", 0, 0, 0, None, None, 0),
        ("04", 0, 0, 0, None, None, 45),
        ("05", 0, 0, 0, None, None, 20),
        ("06", 0, 0, 0, None, None, 35),
        ("07", 0, 0, 0, None, None, 15),
        ("08", 1, 1, 15, 45, 45, 50),
    )


def test_zones(made):
    assert made.tables["zones"].columns == ("zone", "points", "stops", "seconds", "percent")
    assert made.tables["zones"].rows == (
        ("back-middle", 1, 1, 15, 15),
        ("back-right", 1, 1, 30, 30),
        ("front-left", 2, 1, 40, 40),
        ("middle-middle", 1, 0, 5, 5),
        ("stage", 1, 0, 10, 10),
    )
    assert made.tables["transitions"].columns == (
        *(
            "zone",
            "zone:back-middle",
            "zone:back-right",
            "zone:front-left",
            "zone:middle-middle",
            "zone:stage",
        ),
    )
    assert made.tables["transitions"].rows == (
        ("back-middle", 0, 0, 1, 0, 0),
        ("back-right", 0, 0, 0, 0, 0),
        ("front-left", 0, 1, 0, 1, 0),
        ("middle-middle", 1, 0, 0, 0, 0),
        ("stage", 0, 0, 1, 0, 0),
    )


def test_parts(made):
    assert made.tables["parts"].columns == ("part", "points", "stops", "seconds", "desks")
    assert made.tables["parts"].rows == (
        (1, 3, 1, 45, pytest.approx(2 * sqrt(2))),
        (2, 3, 2, 55, pytest.approx(sqrt(5) + sqrt(8))),
    )


def test_reasons(made):
    assert made.tables["reasons"].columns == ("reason", "points", "percent", "seconds")
    assert made.tables["reasons"].rows == (
        ("", 1, pytest.approx(100 / 6), 10),
        ("help", 2, pytest.approx(200 / 6), 45),
        ("manage", 1, pytest.approx(100 / 6), 30),
        ("other", 1, pytest.approx(100 / 6), 10),
        ("patrol", 1, pytest.approx(100 / 6), 5),
    )


def test_shares_of_stops(made):
    """s1 is a girl, s8 a boy; four of each are present."""
    assert made.tables["gender"].rows == (("f", 4, 1, 50, 50, 1), ("m", 4, 1, 50, 50, 1))


def test_lists_of_pupils(made):
    assert [row[0] for row in made.tables["never_visited"].rows] == ["02", "03", "04", "05", "06", "07"]
    assert made.tables["never_near"].rows == (("03", "f", "front", "right"),)
    assert made.data["never_visited"] == ["s2", "s3", "s4", "s5", "s6", "s7"]
    assert made.data["contacts"]["s1"] == made.data["contacts"]["s8"] == 1
    assert made.data["seat_seconds"]["s1"] == 40


def test_points_for_the_picture(made):
    assert made.data["points"][1] == {
        "x": 0,
        "y": 0,
        "part": 1,
        "t": 10_000,
        "seconds": 30,
        "seat": "s1",
        "contact": True,
    }
    assert made.data["points"][0]["seat"] is None and made.data["points"][0]["contact"] is False
    assert made.data["points"][5]["seconds"] == 30


def test_the_tables_know_their_names(made):
    assert {name: table.code for name, table in made.tables.items()} == {
        name: name
        for name in (
            *("seats", "zones", "transitions", "parts", "reasons", "never_visited", "never_near"),
            *("gender", "row_band", "column_band", "zone", "action_zone"),
        )
    }


def test_what_cannot_be_counted_is_told(made):
    assert made.notes == (Note("absent_seat", {"n": 1, "seats": "09"}),)


def test_the_stage_begins_half_a_desk_before_the_first_row():
    points = [{"t": 0, "x": 1, "y": -0.5}, {"t": 1000, "x": 1, "y": -0.51}]
    assert [row[0] for row in analyse(lesson(points)).tables["zones"].rows] == ["front-middle", "stage"]


def test_the_last_point_of_an_open_record_has_no_dwell():
    made = analyse(lesson(length_ms=None))
    assert made.notes[0] == Note("not_finished")
    assert made.figure("seconds").value == 70
    assert made.data["points"][-1]["seconds"] is None


def test_a_length_before_the_last_point_is_no_negative_dwell():
    assert analyse(lesson(length_ms=50_000)).data["points"][-1]["seconds"] == 0


def test_the_reach_is_data():
    wider = analyse(lesson(POINTS[:2], rule={"reach": 1.5}))
    assert wider.figure("reached").value == 62.5
    assert analyse(lesson(POINTS[:2], rule={})).figure("reached").value == 37.5


def test_without_times():
    points = [{"x": 0, "y": 0, "seat": "s1", "contact": True}, {"x": 1, "y": 0, "seat": "s2"}]
    made = analyse(lesson(points))
    assert made.notes == (Note("not_timed"),)
    assert made.figure("seconds").missing == made.figure("front_share").missing == "not_timed"
    assert made.figure("path_length").value == 1
    assert made.tables["seats"].rows[0] == ("01", 1, 1, None, None, None, None)
    assert made.tables["parts"].rows == ((1, 2, 1, None, 1),)
    assert made.tables["zones"].rows[0] == ("front-left", 1, 1, None, None)


def test_without_a_plan():
    made = analyse(lesson([{"t": 0, "x": 0, "y": 0}, {"t": 9, "x": 3, "y": 4}], plan=None))
    assert made.figure("path_length").value == 5
    for code in ("front_share", "stage_share", "coverage", "never_visited", "reached"):
        assert (made.figure(code).value, made.figure(code).missing) == (None, "no_plan")


def test_nothing_recorded():
    made = analyse(lesson([]))
    assert made.notes == (Note("nothing_recorded"),)
    assert made.figure("stage_share").missing == made.figure("seconds").missing == "not_timed"
    assert made.figure("coverage").value == 0


def test_one_moment_has_no_shares():
    made = analyse(lesson([{"t": 0, "x": 0, "y": 0}], length_ms=0))
    assert made.figure("front_share").missing == "zero_denominator"


def test_all_absent():
    made = analyse(lesson([], plan=plan(1, 1, s1={"absent": True})))
    assert made.figure("coverage").missing == "zero_denominator"
    assert made.figure("reached").missing == made.figure("never_visited").missing == "zero_denominator"
