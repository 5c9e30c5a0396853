"""Recordings through their service: nothing lost, nothing twice, nothing of somebody else's."""

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.access.matrix import Role
from app.core.audit import AuditEntry
from app.core.errors import Forbidden, Invalid, NotFound, Stale
from app.observations import imports, queries, service
from app.observations.models import Recording, RecordingOp
from tests import factories
from tests.observations.batches import START, drop, head, new_uid, plan_data, put


@pytest.fixture
def teacher(db_session):
    return factories.teacher()


@pytest.fixture
def colleague(db_session):
    return factories.teacher()


def pushed(teacher, ops, **more):
    uid = new_uid()
    row, _known = service.push_ops(teacher, uid, head=head(**more), ops=ops)
    return row


def codes(row):
    return [event["code"] for event in queries.record_of(row)["events"]]


def test_a_first_batch_makes_the_recording_and_a_second_goes_on(teacher):
    uid, ops = new_uid(), [put(1), put(2, {"code": 4})]
    row, known = service.push_ops(teacher, uid, head=head(), ops=ops)
    assert known == [op["uid"] for op in ops]
    row, _known = service.push_ops(teacher, uid, head=None, ops=[put(3, {"code": 8})])
    record = queries.record_of(queries.recording(teacher, uid))
    assert [event["code"] for event in record["events"]] == [5, 4, 8]
    assert (record["format"], record["uid"], record["title"]) == ("portal-observation/1", uid, "五年級 數學")
    assert record["started_at"] == "2026-11-23T01:02:03.004Z"
    assert (row.op_count, row.event_count) == (3, 3)


def test_a_batch_that_comes_twice_has_one_effect(teacher, db_session):
    uid, ops = new_uid(), [put(1), put(2)]
    first = service.push_ops(teacher, uid, head=head(), ops=ops)
    again = service.push_ops(teacher, uid, head=head(), ops=[*ops, *ops])
    assert set(first[1]) == set(again[1])
    assert len(db_session.scalars(select(RecordingOp)).all()) == 2
    assert again[0].op_count == again[0].event_count == 2


def test_a_change_and_an_undo_stay_in_the_log(teacher):
    first, second = put(1), put(2)
    row = pushed(teacher, [first, second])
    service.push_ops(teacher, row.uid, head=None, ops=[put(3, {"t": 3000, "code": 6}, event_id=first["id"])])
    service.push_ops(teacher, row.uid, head=None, ops=[drop(4, second["id"])])
    assert codes(row) == [6] and row.event_count == 1
    back = put(5, {"t": 6000, "code": 9}, event_id=second["id"])
    service.push_ops(teacher, row.uid, head=None, ops=[back])
    assert codes(row) == [6, 9] and row.event_count == 2 and row.op_count == 5
    assert [op["op"] for op in queries.ops(row)] == ["put", "put", "put", "drop", "put"]


def test_operations_that_arrive_late_count_in_their_own_order(teacher):
    event = put(1, {"code": 1})
    later, latest = put(2, {"code": 2}, event_id=event["id"]), drop(3, event["id"])
    row = pushed(teacher, [latest])
    service.push_ops(teacher, row.uid, head=None, ops=[later])
    service.push_ops(teacher, row.uid, head=None, ops=[event])
    assert codes(row) == [] and row.event_count == 0


def test_the_newest_head_wins_whatever_the_order(teacher):
    row = pushed(teacher, [], at=START + 5, title="new")
    service.push_ops(teacher, row.uid, head=head(at=START, title="old"), ops=[put(1)])
    assert row.title == "new" and row.op_count == 1
    ended = "2026-11-23T01:42:03.000Z"
    service.push_ops(teacher, row.uid, head=head(at=START + 9, title="newest", ended_at=ended), ops=[])
    assert row.title == "newest"
    assert queries.record_of(row)["length_ms"] == 40 * 60 * 1000 - 4


def test_a_recording_keeps_its_instrument(teacher):
    row = pushed(teacher, [put(1)])
    with pytest.raises(Invalid) as refused:
        service.push_ops(teacher, row.uid, head=head("anecdotal", at=START + 1), ops=[])
    assert refused.value.code == "instrument"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"event": {"t": 0, "code": 11}}, "ops.1.event.code"),
        ({"event": {"t": -1, "code": 1}}, "ops.1.event.t"),
        ({"event": None}, "ops.1.event"),
        ({"op": "erase"}, "ops.1.op"),
        ({"uid": "x"}, "ops.1.uid"),
        ({"id": None}, "ops.1.id"),
        ({"n": -1}, "ops.1.n"),
        ({"n": 1.5}, "ops.1.n"),
        ({"n": True}, "ops.1.n"),
        ({"at": 2**60}, "ops.1.at"),
        ({"event": {"t": 0, "code": 1, "note": "x" * 70_000}}, "ops.1.event.note"),
        ({"event": {"t": 0, "code": 1, "x": float("nan")}}, "ops.1.event.x"),
        ({"event": {"t": 0, "code": 1, "x": [[[[[[[[[1]]]]]]]]]}}, "ops.1.event.x.0.0.0.0.0.0.0"),
    ],
)
def test_a_wrong_shape_is_refused_with_its_path_and_nothing_is_stored(teacher, db_session, change, path):
    with pytest.raises(Invalid) as refused:
        service.push_ops(teacher, new_uid(), head=head(), ops=[put(1), {**put(2), **change}])
    assert refused.value.field == path
    assert db_session.scalars(select(Recording)).all() == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"instrument": "piano"}, "head.instrument"),
        ({"rule": {"beat_s": 0}}, "head.rule.beat_s"),
        ({"rule": None}, "head.rule"),
        ({"plan": {"seats": [{"id": "s1"}]}}, "head.plan.seats[0].x"),
        ({"started_at": "yesterday"}, "head.started_at"),
        ({"started_at": "2026-11-23T01:02:03"}, "head.started_at"),
        ({"at": None}, "head.at"),
        ({"title": 5}, "head.title"),
    ],
)
def test_a_wrong_head_is_refused_with_its_path(teacher, change, path):
    with pytest.raises(Invalid) as refused:
        service.push_ops(teacher, new_uid(), head={**head(), **change}, ops=[])
    assert refused.value.field == path


def test_signs_that_no_database_keeps_are_dropped(teacher, db_session):
    event = {"t": 0, "speaker": "teacher", "text": "好\x00嗎\ud800?"}
    row = pushed(teacher, [put(1, event)], instrument="verbatim", title="a\x00b" + "長" * 300)
    db_session.expire_all()
    assert queries.record_of(row)["events"][0]["text"] == "好嗎?"
    assert row.title == ("ab" + "長" * 300)[:200]


def test_limits(teacher, monkeypatch):
    with pytest.raises(Invalid) as refused:
        pushed(teacher, [put(n) for n in range(2001)])
    assert refused.value.code == "too_many"
    monkeypatch.setattr(service, "MOST_OPS", 3)
    row = pushed(teacher, [put(1), put(2)])
    with pytest.raises(Invalid) as refused:
        service.push_ops(teacher, row.uid, head=None, ops=[put(3), put(4)])
    assert refused.value.code == "full" and row.op_count == 2


def test_a_lesson_that_nobody_ended_is_a_day_long(teacher):
    row = pushed(teacher, [], length_ms=10**12)
    assert row.length_ms == 24 * 60 * 60 * 1000


def test_what_belongs_to_somebody_else_is_not_there(teacher, colleague):
    row = pushed(teacher, [put(1)])
    plan = service.save_plan(teacher, new_uid(), name="五年三班", data=plan_data(), version=0)
    attempts = [
        lambda: queries.recording(colleague, row.uid),
        lambda: service.push_ops(colleague, row.uid, head=head(), ops=[put(2)]),
        lambda: service.push_ops(colleague, new_uid(), head=None, ops=[put(2)]),
        lambda: service.discard(colleague, row),
        lambda: service.share(colleague, row),
        lambda: service.rename_recording(colleague, row, title="mine"),
        lambda: queries.plan(colleague, plan.uid),
        lambda: service.save_plan(colleague, plan.uid, name="x", data=plan_data(), version=1),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    assert queries.recordings(colleague) == [] and queries.plans(colleague) == []
    assert row.op_count == 1


def test_only_observers_record(db_session):
    with pytest.raises(Forbidden):
        pushed(factories.account(Role.COUNTY), [put(1)])
    assert pushed(factories.account(Role.REVIEWER), [put(1)]).op_count == 1


def test_discard_and_undo(teacher, db_session):
    row = pushed(teacher, [put(1)])
    service.discard(teacher, row)
    service.discard(teacher, row)
    assert queries.recordings(teacher) == []
    with pytest.raises(NotFound):
        queries.recording(teacher, row.uid)
    # A tablet that was off line meanwhile loses nothing.
    service.push_ops(teacher, row.uid, head=None, ops=[put(2)])
    service.restore(teacher, row)
    assert queries.recordings(teacher) == [row] and row.op_count == 2
    actions = db_session.scalars(select(AuditEntry.action).where(AuditEntry.object_type == "Recording")).all()
    assert actions == ["recording.discarded", "recording.restored"]


def test_a_code_lets_a_colleague_read_and_copy_until_it_is_taken_back(teacher, colleague):
    row = pushed(teacher, [put(1), put(2)])
    code = service.share(teacher, row)
    assert len(code) == 8 and set(code) <= set(service.CODE_LETTERS)
    assert not set(service.CODE_LETTERS) & set("0O1IL2Z5S8BUV")
    assert service.share(teacher, row) == code
    assert queries.shared(colleague, f" {code[:4].lower()}-{code[4:]} ") is row
    copy = service.copy_shared(colleague, code=code)
    assert copy.owner_id == colleague.id and copy.uid != row.uid
    assert queries.record_of(copy)["events"] == queries.record_of(row)["events"]
    service.unshare(teacher, row)
    with pytest.raises(NotFound):
        queries.shared(colleague, code)
    assert queries.recording(colleague, copy.uid) is copy


def test_rename_is_not_undone_by_an_older_head(teacher):
    row = pushed(teacher, [], at=START - 10**12)
    service.rename_recording(teacher, row, title="  第一節   數學 ")
    service.push_ops(teacher, row.uid, head=head(at=START - 10**12 + 5), ops=[])
    assert row.title == "第一節 數學"
    for title in ("", " ", "長" * 201):
        with pytest.raises(Invalid):
            service.rename_recording(teacher, row, title=title)


def test_plans_are_kept_once_and_a_stale_one_is_told(teacher):
    uid = new_uid()
    plan = service.save_plan(teacher, uid, name=" 五年三班 ", data=plan_data(), version=0)
    assert (plan.name, plan.version) == ("五年三班", 1)
    # The answer was lost on the way: the same again is no conflict.
    assert service.save_plan(teacher, uid, name="五年三班", data=plan_data(), version=0).version == 1
    assert service.save_plan(teacher, uid, name="五年四班", data=plan_data(), version=1).version == 2
    with pytest.raises(Stale):
        service.save_plan(teacher, uid, name="五年五班", data=plan_data(), version=1)
    assert queries.plan(teacher, uid).name == "五年四班"
    service.discard(teacher, plan)
    assert queries.plans(teacher) == []
    service.restore(teacher, plan)
    assert queries.plans(teacher) == [plan]


@pytest.mark.parametrize(
    ("name", "data", "path"),
    [("", plan_data(), "name"), ("長" * 101, plan_data(), "name"), ("a", [], "data"),
     ("a", {"seats": [{"id": "s1", "x": "0", "y": 0}]}, "data.seats[0].x")],
)  # fmt: skip
def test_a_wrong_plan_is_refused(teacher, name, data, path):
    with pytest.raises(Invalid) as refused:
        service.save_plan(teacher, new_uid(), name=name, data=data, version=0)
    assert refused.value.field == path


def test_the_database_refuses_to_change_the_log(teacher, db_session):
    row = pushed(teacher, [put(1)])
    for statement in (update(RecordingOp).values(n=9), text("delete from recording_op")):
        with pytest.raises((DatabaseError, IntegrityError), match="append-only"), db_session.begin_nested():
            db_session.execute(statement)
    assert codes(row) == [5]


def test_the_code_sets_have_the_shape_of_a_rule(db_session):
    (flow,) = queries.code_sets("verbal-flow")
    assert flow["codes"][0] == {
        "code": "question", "zh": "教師發問", "en": "Teacher asks", "direction": "to_pupil",
    }  # fmt: skip
    assert len(flow["codes"]) == 8
    first = queries.code_sets("at-task")[0]
    assert [(c["code"], c["on_task"], c["counts"]) for c in first["codes"]][-3:] == [
        ("F", False, True), ("absent", False, False), ("unseen", False, False),
    ]  # fmt: skip
    assert queries.code_sets("flanders") == []


def test_a_rename_here_keeps_the_end_of_a_lesson_that_was_finished_without_a_network(teacher):
    row = pushed(teacher, [put(1)])
    service.rename_recording(teacher, row, title="第一節")
    late = head(at=START + 1, ended_at="2026-11-23T01:42:03Z", length_ms=2_400_000)
    row, _known = service.push_ops(teacher, row.uid, head=late, ops=[])
    assert (row.title, row.length_ms, row.ended_at is not None) == ("第一節", 2_400_000, True)
    # The device learns of it, since the head here is the newer one.
    assert queries.head_of(row)["at"] > START + 1


def test_a_list_too_long_to_keep_is_refused_before_it_is_read(teacher):
    with pytest.raises(Invalid) as refusal:
        imports.from_codes(teacher, text="1 " * 9 * service.MOST_OPS, title="x")
    assert refusal.value.code == "full"
