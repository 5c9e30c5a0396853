"""Verbal flow, reckoned by hand on a room of nine seats, the last of them absent."""

import pytest

from app.instruments import analyse
from app.instruments.analysis import Note
from app.instruments.verbal_flow import direction, gini, pupil
from tests.instruments.build import plan, record

KINDS = [
    {"code": code, "zh": code, "en": code, "direction": "any"}
    for code in ("question", "praise", "correction", "answer", "volunteer", "peer")
]
EXCHANGES = [
    ("teacher", "s1", "question", 1),
    ("s1", "teacher", "answer", 1),
    ("teacher", "s1", "praise", 1),
    ("teacher", "s2", "question", 1),
    ("s2", "class", "volunteer", 2),
    ("teacher", "s5", "correction", 2),
    ("teacher", "class", "question", 2),
    ("class", "teacher", "answer", 2),
    ("s3", "s4", "peer", 2),
    ("teacher", "group:A", "question", 2),
    ("s8", "teacher", "answer", 2),
    # Not one of the declared kinds.
    ("teacher", "s1", "nod", 2),
    # The absent pupil, and a seat that is no longer on the plan.
    ("teacher", "s9", "question", 2),
    ("teacher", "s77", "question", 2),
]


def lesson(exchanges=EXCHANGES, **more):
    events = [
        {"t": 1000 * n, "from": a, "to": b, "kind": kind, "part": part}
        for n, (a, b, kind, part) in enumerate(exchanges)
    ]
    room = plan(3, 3, s9={"absent": True}, s5={"group": "A"}, s6={"group": "B"})
    return record("verbal-flow", events, rule={"kinds": KINDS}, plan=room) | more


@pytest.fixture
def made():
    return analyse(lesson())


@pytest.mark.parametrize(
    ("start", "end", "way", "whose"),
    [
        ("teacher", "s1", "to_pupil", "s1"),
        ("s1", "teacher", "from_pupil", "s1"),
        ("s1", "class", "from_pupil", "s1"),
        ("s1", "group:A", "from_pupil", "s1"),
        ("class", "s1", "to_pupil", "s1"),
        ("s1", "s2", "between", ""),
        ("teacher", "class", "class", ""),
        ("class", "teacher", "class", ""),
        ("teacher", "group:A", "group", ""),
        ("group:A", "teacher", "group", ""),
    ],
)
def test_directions(start, end, way, whose):
    event = {"from": start, "to": end}
    assert (direction(event), pupil(event)) == (way, whose)


def test_figures_by_hand(made):
    values = {figure.code: figure.value for figure in made.figures}
    assert values == {
        "exchanges": 12,
        "pupil_exchanges": 8,
        "class_exchanges": 2,
        "group_exchanges": 1,
        "peer_exchanges": 1,
        # s1, s2, s5 and s8 of eight who are present.
        "coverage": 50,
        "never_reached": 4,
        # 4 + 2 + 1 of 8.
        "top3_share": 87.5,
        # Σ|x - y| over the contacts 4 2 1 1 0 0 0 0 is 84, of 2 × 8 × 8.
        # s1, s2 sit in front, s5 and s8 in the middle column.
        "action_zone_share": 100,
        "evenness": pytest.approx(0.34375),
        "called_share": pytest.approx(100 * 3 / 4),
        "praise_to_correction": 1,
        "to_class_share": pytest.approx(100 / 7),
        "to_group_share": pytest.approx(100 / 7),
        "to_one_share": pytest.approx(500 / 7),
    }
    assert {figure.missing for figure in made.figures} == {""}


def test_figures_show_their_working(made):
    shown = {figure.code: (figure.formula, figure.working, figure.unit) for figure in made.figures}
    assert shown == {
        "exchanges": ("n", "12", "count"),
        "pupil_exchanges": ("n with one pupil", "8", "count"),
        "class_exchanges": ("n with the whole class", "2", "count"),
        "group_exchanges": ("n with a group", "1", "count"),
        "peer_exchanges": ("n between pupils", "1", "count"),
        "coverage": ("100 × pupils reached / pupils present", "100 × 4 / 8", "percent"),
        "never_reached": ("pupils present - pupils reached", "8 - 4", "count"),
        "top3_share": (
            "100 × exchanges of the three pupils with most / n with one pupil",
            "100 × (4 + 2 + 1) / 8",
            "percent",
        ),
        "action_zone_share": ("100 × n in the action zone / n with one pupil", "100 × 8 / 8", "percent"),
        "evenness": ("1 - Gini = 1 - Σ|x - y| / (2 × pupils × Σx)", "0.34375", "quotient"),
        "called_share": ("100 × called on / (called on + volunteered)", "100 × 3 / (3 + 1)", "percent"),
        "praise_to_correction": ("praise / correction", "1 / 1", "quotient"),
        "to_class_share": ("100 × n of the teacher to them / n of the teacher", "100 × 1 / 7", "percent"),
        "to_group_share": ("100 × n of the teacher to them / n of the teacher", "100 × 1 / 7", "percent"),
        "to_one_share": ("100 × n of the teacher to them / n of the teacher", "100 × 5 / 7", "percent"),
    }


def test_seats(made):
    table = made.tables["seats"]
    assert table.columns == (
        *("seat", "to_pupil", "from_pupil", "between"),
        *("kind:question", "kind:answer", "kind:praise", "kind:volunteer", "kind:correction"),
        *("kind:peer", "kind:nod", "total"),
    )
    assert table.rows == (
        ("01", 3, 1, 0, 1, 1, 1, 0, 0, 0, 1, 4),
        ("02", 1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 2),
        ("03", 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1),
        ("04", 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1),
        ("05", 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1),
        ("06", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        ("07", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        ("08", 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1),
    )


def test_kinds_and_directions(made):
    ways = ("to_pupil", "from_pupil", "between", "group", "class")
    assert made.tables["kinds"].columns == ("kind", *ways, "total", "percent")
    assert made.tables["kinds"].rows == (
        ("question", 2, 0, 0, 1, 1, 4, pytest.approx(400 / 12)),
        ("praise", 1, 0, 0, 0, 0, 1, pytest.approx(100 / 12)),
        ("correction", 1, 0, 0, 0, 0, 1, pytest.approx(100 / 12)),
        ("answer", 0, 2, 0, 0, 1, 3, 25),
        ("volunteer", 0, 1, 0, 0, 0, 1, pytest.approx(100 / 12)),
        ("peer", 0, 0, 1, 0, 0, 1, pytest.approx(100 / 12)),
        ("nod", 1, 0, 0, 0, 0, 1, pytest.approx(100 / 12)),
    )
    assert made.tables["directions"].columns == ("direction", "count", "percent")
    assert [row[:2] for row in made.tables["directions"].rows] == list(
        zip(ways, (5, 3, 1, 1, 2), strict=True)
    )
    assert made.tables["directions"].rows[1][2] == 25


def test_parts(made):
    assert made.tables["parts"].columns == (
        *("part", "to_pupil", "from_pupil", "between", "group", "class", "total", "coverage"),
    )
    assert made.tables["parts"].rows == ((1, 3, 1, 0, 0, 0, 4, 25), (2, 2, 2, 1, 1, 2, 8, 50))


def test_an_exchange_without_a_part_is_of_the_first():
    exchange = {"from": "teacher", "to": "s1", "kind": "question"}
    assert analyse(lesson() | {"events": [{"id": "a", **exchange}]}).tables["parts"].rows == (
        (1, 1, 0, 0, 0, 0, 1, 12.5),
    )


def test_shares_beside_shares_of_pupils(made):
    """Girls sit on s1, s3, s5, s7; all but s1 and s2 are spoken to once or never."""
    gender = made.tables["gender"]
    assert gender.columns == ("gender", "pupils", "count", "percent", "percent_of_pupils", "evenness")
    assert gender.rows == (("f", 4, 5, 62.5, 50, 1.25), ("m", 4, 3, 37.5, 50, 0.75))
    assert made.tables["row_band"].rows == (
        ("front", 3, 6, 75, 37.5, 2),
        ("middle", 3, 1, 12.5, 37.5, pytest.approx(1 / 3)),
        ("back", 2, 1, 12.5, 25, 0.5),
    )
    assert [row[:3] for row in made.tables["column_band"].rows] == [
        ("left", 3, 4),
        ("middle", 3, 4),
        ("right", 2, 0),
    ]
    assert [row[:3] for row in made.tables["action_zone"].rows] == [("inside", 5, 8), ("outside", 3, 0)]
    assert [row[:3] for row in made.tables["group"].rows] == [("", 6, 7), ("A", 1, 1), ("B", 1, 0)]
    assert [row[:3] for row in made.tables["zone"].rows] == [
        *(("front-left", 1, 4), ("front-middle", 1, 2), ("front-right", 1, 0)),
        *(("middle-left", 1, 0), ("middle-middle", 1, 1), ("middle-right", 1, 0)),
        *(("back-left", 1, 0), ("back-middle", 1, 1)),
    ]
    assert {made.tables[way].columns[0] for way in ("zone", "group", "action_zone")} == {
        *("zone", "group", "action_zone")
    }


def test_who_was_never_reached(made):
    table = made.tables["never_reached"]
    assert table.columns == ("seat", "gender", "row_band", "column_band")
    assert table.rows == (
        ("03", "f", "front", "right"),
        ("04", "m", "middle", "left"),
        ("06", "m", "middle", "right"),
        ("07", "f", "back", "left"),
    )
    assert made.data["never_reached"] == ["s3", "s4", "s6", "s7"]
    assert made.data["contacts"] == {"s1": 4, "s2": 2, "s3": 0, "s4": 0, "s5": 1, "s6": 0, "s7": 0, "s8": 1}


def test_what_cannot_be_counted_is_told(made):
    assert made.notes == (
        Note("absent_seat", {"n": 1, "seats": "09"}),
        Note("unknown_seat", {"n": 1}),
    )


def test_arrows(made):
    assert {"from": "s3", "to": "s4", "kind": "peer", "n": 1} in made.data["arrows"]
    assert len(made.data["arrows"]) == 12
    twice = analyse(lesson([("teacher", "s1", "question", 1)] * 2))
    assert twice.data["arrows"] == [{"from": "teacher", "to": "s1", "kind": "question", "n": 2}]


def test_the_tables_know_their_names(made):
    assert {name: table.code for name, table in made.tables.items()} == {
        name: name
        for name in (
            *("seats", "kinds", "directions", "parts", "never_reached"),
            *("gender", "row_band", "column_band", "zone", "action_zone", "group"),
        )
    }


def test_nothing_recorded():
    made = analyse(lesson([]))
    assert made.notes == (Note("nothing_recorded"),)
    values = {figure.code: (figure.value, figure.missing) for figure in made.figures}
    assert values["coverage"] == (0, "")
    assert values["never_reached"] == (8, "")
    for code in ("top3_share", "evenness", "called_share", "praise_to_correction", "to_one_share"):
        assert values[code] == (None, "zero_denominator")
    assert made.tables["gender"].rows[0] == ("f", 4, 0, None, 50, None)
    assert made.tables["directions"].rows[0] == ("to_pupil", 0, None)


def test_without_a_plan():
    made = analyse(lesson([("teacher", "class", "question", 1), ("teacher", "s1", "question", 1)], plan=None))
    assert made.notes == (Note("unknown_seat", {"n": 1}),)
    assert made.figure("coverage").missing == made.figure("never_reached").missing == "no_plan"
    assert made.figure("class_exchanges").value == 1
    assert "gender" not in made.tables


def test_all_absent():
    empty = plan(1, 1, s1={"absent": True})
    made = analyse(lesson([], plan=empty))
    assert made.figure("coverage").missing == made.figure("never_reached").missing == "zero_denominator"
    assert "zone" not in made.tables


def test_without_groups_there_is_no_table_of_groups():
    assert "group" not in analyse(lesson(plan=plan(2, 2))).tables


def test_a_seat_without_a_code_goes_by_its_id():
    made = analyse(lesson([], plan=plan(1, 1, s1={"code": ""})))
    assert made.tables["never_reached"].rows[0][0] == "s1"


def test_gini():
    assert gini([]) is None
    assert gini([0, 0]) is None
    assert gini([2, 2, 2]) == pytest.approx(0)
    assert gini([0, 0, 0, 8]) == pytest.approx(0.75)
    # Σ|x - y| = 2 × (1 + 2 + 1) = 8 over 2 × 3 × 6.
    assert gini([3, 1, 2]) == pytest.approx(8 / 36)


def test_a_plan_with_places_only():
    bare = {"seats": [{"id": "s1", "x": 0, "y": 0}, {"id": "s2", "x": 1, "y": 0}]}
    made = analyse(lesson([("teacher", "s1", "question", 1)], plan=bare))
    assert made.tables["gender"].rows == (("", 2, 1, 100, 100, 1),)
    assert made.tables["never_reached"].rows == (("s2", "", "middle", "right"),)
    assert "group" not in made.tables
    assert made.notes == ()
