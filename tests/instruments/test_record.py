"""The raw record: folding operations, the digest, zones, and what is refused."""

import copy
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.instruments import analyse
from app.instruments.record import (
    INSTRUMENTS,
    LONGEST_MS,
    RecordError,
    check,
    digest,
    fold,
    in_action_zone,
    seats_of,
    zones,
)
from tests.instruments.build import codes, plan, record

# --- folding -------------------------------------------------------------------------------------


def put(n, name, uid="", **event):
    return {"uid": uid or f"u{n}", "n": n, "at": 0, "op": "put", "id": name, "event": event}


def drop(n, name):
    return {"uid": f"u{n}", "n": n, "at": 0, "op": "drop", "id": name}


def test_events_stand_in_their_time():
    ops = [put(1, "a", t=5, code=4), put(2, "b", t=3, code=8)]
    assert fold(ops) == [{"id": "b", "t": 3, "code": 8}, {"id": "a", "t": 5, "code": 4}]


def test_the_last_put_counts_and_a_drop_removes():
    assert fold([put(1, "a", t=1, code=4), put(2, "a", t=1, code=5)]) == [{"id": "a", "t": 1, "code": 5}]
    assert fold([put(1, "a", t=1), drop(2, "a")]) == []
    assert fold([drop(1, "a"), put(2, "a", t=1)]) == [{"id": "a", "t": 1}]


def test_equal_times_keep_the_order_of_the_first_put():
    ops = [put(1, "a", t=1), put(2, "b", t=1), drop(3, "a"), put(4, "a", t=1, code=9), put(5, "c", t=1)]
    assert [event["id"] for event in fold(ops)] == ["a", "b", "c"]


def test_equal_counters_stand_by_uid():
    ops = [put(1, "a", uid="y", t=1), put(1, "b", uid="x", t=1)]
    assert [event["id"] for event in fold(ops)] == ["b", "a"]
    both = [put(1, "a", uid="y", t=1, code=2), put(1, "a", uid="x", t=1, code=1)]
    assert fold(both)[0]["code"] == 2


def test_untimed_events_come_last_in_their_order():
    ops = [put(1, "a", t=None), put(2, "b"), put(3, "c", t=7), put(4, "d", t=0)]
    assert [event["id"] for event in fold(ops)] == ["d", "c", "a", "b"]


def test_the_id_of_the_operation_rules():
    assert fold([put(1, "a", id="z", t=1)]) == [{"id": "a", "t": 1}]


operations = st.lists(
    st.tuples(st.booleans(), st.sampled_from("abcd"), st.integers(0, 3) | st.none()), max_size=12
).map(lambda rows: [put(n, name, t=t) if keep else drop(n, name) for n, (keep, name, t) in enumerate(rows)])


@given(operations, st.randoms(use_true_random=False))
def test_the_way_of_arrival_does_not_matter(ops, random):
    """Shuffled and sent twice, the log leaves the same events."""
    again = [*ops, *ops]
    random.shuffle(again)
    assert fold(again) == fold(ops)


# --- digest --------------------------------------------------------------------------------------


def test_the_digest_is_that_of_the_canonical_text():
    import hashlib

    text = '{"events":[],"instrument":"flanders","length_ms":null,"plan":null,"rule":{"名":[1]}}'
    made = {"events": [], "instrument": "flanders", "plan": None, "rule": {"名": [1.0]}, "title": "x"}
    assert digest(made) == hashlib.sha256(text.encode()).hexdigest()


def test_the_digest_rests_on_what_figures_rest_on():
    first = codes(5, 4)
    assert digest(first) == digest(first | {"title": "other", "uid": "x", "started_at": None})
    assert digest(first) == digest(dict(reversed(first.items())))
    changes = (
        {"rule": {"beat_s": 4}},
        {"plan": plan(1, 1)},
        {"events": []},
        {"instrument": "verbatim"},
        {"length_ms": 60_000},
    )
    for change in changes:
        assert digest(first) != digest(first | change)


def test_the_digest_refuses_what_is_no_json():
    with pytest.raises(ValueError, match="JSON"):
        digest(codes(5) | {"rule": {"beat_s": math.nan}})


def test_halves_stay_halves():
    assert digest(codes(5) | {"rule": {"beat_s": 2.5}}) != digest(codes(5) | {"rule": {"beat_s": 2}})


# --- zones ---------------------------------------------------------------------------------------


def test_zones_are_thirds_of_the_seats():
    made = zones(plan(5, 6))
    assert [made[f"s{n}"][1] for n in range(1, 6)] == ["left", "left", "middle", "right", "right"]
    assert [made[f"s{n}"][0] for n in range(1, 31, 5)] == [
        "front",
        "front",
        "middle",
        "middle",
        "back",
        "back",
    ]


def test_a_seat_on_a_border_is_in_the_middle():
    made = zones(plan(4, 4))
    assert [made[f"s{n}"][1] for n in range(1, 5)] == ["left", "middle", "middle", "right"]
    assert [made[f"s{n}"][0] for n in range(1, 17, 4)] == ["front", "middle", "middle", "back"]


def test_one_row_and_one_column_are_middle():
    assert zones(plan(1, 1)) == {"s1": ("middle", "middle")}


def test_the_room_may_begin_anywhere():
    moved = plan(3, 1)
    for seat in moved["seats"]:
        seat["x"] += 10
    assert [zone[1] for zone in zones(moved).values()] == ["left", "middle", "right"]


def test_no_plan_has_no_zones_and_no_seats():
    assert zones(None) == {}
    assert seats_of({"plan": None}) == seats_of({}) == []


@pytest.mark.parametrize(
    ("zone", "inside"),
    [
        (("front", "left"), True),
        (("back", "middle"), True),
        (("middle", "right"), False),
        (("back", "left"), False),
    ],
)
def test_the_action_zone(zone, inside):
    assert in_action_zone(zone) is inside


# --- the shape -----------------------------------------------------------------------------------

GOOD = {
    "flanders": record(
        "flanders", [{"t": 0, "code": 1, "part": 4}, {"t": 0, "code": 10}, {"t": None, "code": 5}]
    ),
    "verbal-flow": record(
        "verbal-flow",
        [{"t": 1, "from": "teacher", "to": "s1", "kind": "question"}],
        rule={"kinds": [{"code": "question", "zh": "問", "en": "asks", "direction": "to_pupil"}]},
        plan=plan(2, 2),
    ),
    "at-task": record(
        "at-task",
        [{"t": 1, "sweep": 1, "seat": "s1", "code": "A"}],
        rule={
            "every_s": 180,
            "codes": [{"code": "A", "zh": "專注", "en": "At task", "on_task": True, "counts": True}],
        },
        plan=plan(2, 2),
    ),
    "teacher-movement": record(
        "teacher-movement",
        [{"t": 1, "x": -1.5, "y": 0, "seat": "s1", "contact": True, "reason": "help"}],
        rule={"reach": 0},
        plan=plan(2, 2),
    ),
    "verbatim": record(
        "verbatim",
        [{"t": 1, "speaker": "pupil", "text": "是", "kind": "", "level": "open", "wait_ms": 0}],
        rule={"focus": "questions"},
    ),
    "anecdotal": record("anecdotal", [{"t": 1, "t_end": 2, "teacher": "a", "pupil": "b", "note": "c"}]),
}


def test_good_records_pass_and_are_analysed():
    assert tuple(GOOD) == INSTRUMENTS
    for instrument, made in GOOD.items():
        check(made)
        assert analyse(made).instrument == instrument


def test_what_may_be_left_out():
    bare = {
        "flanders": {"code": 1},
        "verbal-flow": {"from": "class", "to": "teacher", "kind": "x"},
        "at-task": {"sweep": 1000, "seat": "s1", "code": "x"},
        "teacher-movement": {"x": 0, "y": 0},
        "verbatim": {"speaker": "teacher"},
        "anecdotal": {},
    }
    for instrument, event in bare.items():
        made = record(instrument, [event])
        for key in ("title", "class_name", "started_at", "length_ms", "plan"):
            del made[key]
        check(made)
    check(codes(5) | {"plan": {"seats": [{"id": "a", "x": 1, "y": 2}]}})
    check(codes(5) | {"started_at": "2026-11-23T01:02:03.000Z", "length_ms": LONGEST_MS})
    rows = {"kinds": [{"code": "a"}]}
    check(record("verbal-flow", [], rule=rows))
    check(record("at-task", [], rule={"codes": [{"code": "a"}, {"code": "b", "counts": False}]}))


MISSING = object()
# (instrument, where, wrong value, path, code)
WRONG = [
    ("flanders", ("format",), "portal-observation/2", "format", "unknown"),
    ("flanders", ("format",), MISSING, "format", "required"),
    ("flanders", ("format",), 1, "format", "type"),
    ("flanders", ("instrument",), "video", "instrument", "unknown"),
    ("flanders", ("instrument",), None, "instrument", "required"),
    ("flanders", ("uid",), "", "uid", "required"),
    ("flanders", ("uid",), MISSING, "uid", "required"),
    ("flanders", ("uid",), 7, "uid", "type"),
    ("flanders", ("title",), 7, "title", "type"),
    ("flanders", ("class_name",), None, "class_name", "type"),
    ("flanders", ("started_at",), "yesterday", "started_at", "type"),
    ("flanders", ("started_at",), "2026-11-23T01:02:03", "started_at", "type"),
    ("flanders", ("started_at",), 5, "started_at", "type"),
    ("flanders", ("length_ms",), -1, "length_ms", "range"),
    ("flanders", ("length_ms",), LONGEST_MS + 1, "length_ms", "range"),
    ("flanders", ("length_ms",), 1.5, "length_ms", "type"),
    ("flanders", ("rule",), MISSING, "rule", "required"),
    ("flanders", ("rule",), [], "rule", "type"),
    ("flanders", ("rule", "beat_s"), 0, "rule.beat_s", "range"),
    ("flanders", ("rule", "beat_s"), "3", "rule.beat_s", "type"),
    ("flanders", ("rule", "beat_s"), True, "rule.beat_s", "type"),
    ("flanders", ("rule", "beat_s"), math.inf, "rule.beat_s", "range"),
    ("flanders", ("rule", "bracket"), "both", "rule.bracket", "unknown"),
    ("flanders", ("events",), MISSING, "events", "required"),
    ("flanders", ("events",), {}, "events", "type"),
    ("flanders", ("events", 1), "5", "events[1]", "type"),
    ("flanders", ("events", 1, "id"), MISSING, "events[1].id", "required"),
    ("flanders", ("events", 1, "id"), "e1", "events[1].id", "duplicate"),
    ("flanders", ("events", 0, "code"), 0, "events[0].code", "range"),
    ("flanders", ("events", 0, "code"), 11, "events[0].code", "range"),
    ("flanders", ("events", 0, "code"), "5", "events[0].code", "type"),
    ("flanders", ("events", 0, "code"), True, "events[0].code", "type"),
    ("flanders", ("events", 0, "code"), MISSING, "events[0].code", "required"),
    ("flanders", ("events", 0, "t"), -1, "events[0].t", "range"),
    ("flanders", ("events", 0, "t"), "1", "events[0].t", "type"),
    ("flanders", ("events", 0, "t"), 1, "events[1].t", "order"),
    ("flanders", ("events", 0, "t"), None, "events[1].t", "order"),
    ("flanders", ("events", 0, "part"), 0, "events[0].part", "range"),
    ("flanders", ("events", 0, "part"), 5, "events[0].part", "range"),
    ("verbal-flow", ("plan",), [], "plan", "type"),
    ("verbal-flow", ("plan", "seats"), MISSING, "plan.seats", "required"),
    ("verbal-flow", ("plan", "seats"), {}, "plan.seats", "type"),
    ("verbal-flow", ("plan", "seats", 1, "id"), "s1", "plan.seats[1].id", "duplicate"),
    ("verbal-flow", ("plan", "seats", 1, "x"), MISSING, "plan.seats[1].x", "required"),
    ("verbal-flow", ("plan", "seats", 1, "y"), "0", "plan.seats[1].y", "type"),
    ("verbal-flow", ("plan", "seats", 1, "y"), math.nan, "plan.seats[1].y", "range"),
    ("verbal-flow", ("plan", "seats", 1, "code"), 2, "plan.seats[1].code", "type"),
    ("verbal-flow", ("plan", "seats", 1, "group"), 2, "plan.seats[1].group", "type"),
    ("verbal-flow", ("plan", "seats", 1, "mark"), 2, "plan.seats[1].mark", "type"),
    ("verbal-flow", ("plan", "seats", 1, "gender"), "q", "plan.seats[1].gender", "unknown"),
    ("verbal-flow", ("plan", "seats", 1, "absent"), 1, "plan.seats[1].absent", "type"),
    ("verbal-flow", ("plan", "furniture"), {}, "plan.furniture", "type"),
    ("verbal-flow", ("plan", "furniture", 0, "kind"), "piano", "plan.furniture[0].kind", "unknown"),
    ("verbal-flow", ("plan", "furniture", 0, "x"), None, "plan.furniture[0].x", "required"),
    ("verbal-flow", ("plan", "furniture", 0, "y"), "1", "plan.furniture[0].y", "type"),
    ("verbal-flow", ("rule", "kinds"), MISSING, "rule.kinds", "required"),
    ("verbal-flow", ("rule", "kinds", 0, "code"), "", "rule.kinds[0].code", "required"),
    ("verbal-flow", ("rule", "kinds", 0, "zh"), 1, "rule.kinds[0].zh", "type"),
    ("verbal-flow", ("rule", "kinds", 0, "en"), 1, "rule.kinds[0].en", "type"),
    ("verbal-flow", ("rule", "kinds", 0, "direction"), "up", "rule.kinds[0].direction", "unknown"),
    ("verbal-flow", ("events", 0, "from"), "", "events[0].from", "required"),
    ("verbal-flow", ("events", 0, "to"), MISSING, "events[0].to", "required"),
    ("verbal-flow", ("events", 0, "kind"), 1, "events[0].kind", "type"),
    ("at-task", ("rule", "codes"), MISSING, "rule.codes", "required"),
    ("at-task", ("rule", "codes", 0, "on_task"), "yes", "rule.codes[0].on_task", "type"),
    ("at-task", ("rule", "codes", 0, "counts"), 1, "rule.codes[0].counts", "type"),
    ("at-task", ("events", 0, "sweep"), 0, "events[0].sweep", "range"),
    ("at-task", ("events", 0, "sweep"), 1001, "events[0].sweep", "range"),
    ("at-task", ("events", 0, "seat"), "", "events[0].seat", "required"),
    ("at-task", ("events", 0, "code"), None, "events[0].code", "required"),
    ("teacher-movement", ("rule", "reach"), -0.1, "rule.reach", "range"),
    ("teacher-movement", ("events", 0, "x"), MISSING, "events[0].x", "required"),
    ("teacher-movement", ("events", 0, "y"), "1", "events[0].y", "type"),
    ("teacher-movement", ("events", 0, "seat"), 3, "events[0].seat", "type"),
    ("teacher-movement", ("events", 0, "contact"), "no", "events[0].contact", "type"),
    ("teacher-movement", ("events", 0, "reason"), "walk", "events[0].reason", "unknown"),
    ("verbatim", ("rule", "focus"), 1, "rule.focus", "type"),
    ("verbatim", ("events", 0, "speaker"), "class", "events[0].speaker", "unknown"),
    ("verbatim", ("events", 0, "text"), 1, "events[0].text", "type"),
    ("verbatim", ("events", 0, "kind"), 1, "events[0].kind", "type"),
    ("verbatim", ("events", 0, "level"), "high", "events[0].level", "unknown"),
    ("verbatim", ("events", 0, "wait_ms"), -1, "events[0].wait_ms", "range"),
    ("anecdotal", ("events", 0, "t_end"), "2", "events[0].t_end", "type"),
    ("anecdotal", ("events", 0, "teacher"), 1, "events[0].teacher", "type"),
    ("anecdotal", ("events", 0, "pupil"), 1, "events[0].pupil", "type"),
    ("anecdotal", ("events", 0, "note"), 1, "events[0].note", "type"),
]


@pytest.mark.parametrize(("instrument", "where", "value", "path", "code"), WRONG)
def test_a_wrong_shape_is_refused_with_its_place(instrument, where, value, path, code):
    made = copy.deepcopy(GOOD[instrument])
    holder = made
    for step in where[:-1]:
        holder = holder[step]
    if value is MISSING:
        del holder[where[-1]]
    else:
        holder[where[-1]] = value
    with pytest.raises(RecordError) as refusal:
        check(made)
    assert (refusal.value.path, refusal.value.code) == (path, code)
    assert str(refusal.value) == f"{path}: {code}"
    with pytest.raises(RecordError):
        analyse(made)


def test_a_duplicate_code_of_a_rule():
    row = {"code": "A", "on_task": True}
    with pytest.raises(RecordError, match=r"rule.codes\[1\].code: duplicate"):
        check(record("at-task", [], rule={"codes": [row, row]}))


@pytest.mark.parametrize("thing", [None, [], "record", 3])
def test_what_is_no_record_at_all(thing):
    with pytest.raises(RecordError, match="record: type"):
        check(thing)


def test_a_deleted_seat_does_not_cost_the_lesson():
    check(GOOD["verbal-flow"] | {"plan": {"seats": []}})


@pytest.mark.parametrize("x", [10**400, 1e308, -2e6])
def test_a_seat_outside_every_room_is_refused(x):
    made = codes(5) | {"plan": plan(1, 1)}
    made["plan"]["seats"][0]["x"] = x
    with pytest.raises(RecordError) as refusal:
        check(made)
    assert (refusal.value.path, refusal.value.code) == ("plan.seats[0].x", "range")


def test_a_plan_has_room_for_two_hundred_seats():
    check(codes(5) | {"plan": plan(10, 20)})
    with pytest.raises(RecordError) as refusal:
        check(codes(5) | {"plan": plan(3, 67)})
    assert (refusal.value.path, refusal.value.code) == ("plan.seats", "range")
