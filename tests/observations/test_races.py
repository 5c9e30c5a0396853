"""Two tabs or devices at once, on a real database, each with its own session: no operation lost, no error."""

from sqlalchemy import func, select

from app.access.models import PortalUser
from app.core.db import db
from app.core.errors import Stale
from app.observations import queries, service
from app.observations.models import Recording, RecordingOp
from tests.observations.batches import START, drop, head, new_uid, plan_data, put


def user(user_id):
    return db.session.get(PortalUser, user_id)


def test_many_devices_on_a_new_recording(there, together, db_session):
    user_id, uid = there.teacher.id, new_uid()
    batches = [[put(n * 10 + device) for n in range(30)] for device in range(6)]

    def push(number):
        def deed():
            sent = head(at=START + number, title=f"device {number}")
            return service.push_ops(user(user_id), uid, head=sent, ops=batches[number])[1]

        return deed

    results = together(*(push(number) for number in range(6)))

    assert [sorted(known) for known in results] == [sorted(o["uid"] for o in ops) for ops in batches]
    row = db_session.scalars(select(Recording)).one()
    assert (row.op_count, row.event_count, row.title) == (180, 180, "device 5")
    assert len(queries.record_of(row)["events"]) == 180


def test_the_same_batch_from_two_tabs(there, together, db_session):
    user_id, uid = there.teacher.id, new_uid()
    first = put(1)
    ops = [first, *(put(n) for n in range(2, 40)), drop(99, first["id"])]

    def push():
        return len(service.push_ops(user(user_id), uid, head=head(), ops=ops)[1])

    assert together(*[push] * 4) == [40] * 4
    row = db_session.scalars(select(Recording)).one()
    assert db_session.scalar(select(func.count(RecordingOp.id))) == row.op_count == 40
    assert row.event_count == 38


def test_two_people_with_the_same_new_uid(there, together, db_session):
    from tests import factories

    uid, ids = new_uid(), (there.teacher.id, factories.teacher().id)

    def push(user_id):
        return lambda: service.push_ops(user(user_id), uid, head=head(), ops=[put(1)])[0].owner_id

    results = together(*(push(user_id) for user_id in ids))
    assert sum(result in ids for result in results) == 1


def test_two_tabs_on_a_plan_one_is_told(there, together, db_session):
    user_id, uid = there.teacher.id, new_uid()
    service.save_plan(there.teacher, uid, name="五年三班", data=plan_data(), version=0)

    def save(name):
        return lambda: service.save_plan(user(user_id), uid, name=name, data=plan_data(), version=1).version

    results = together(*(save(f"class {n}") for n in range(4)))
    assert results.count(2) == 1 and sum(isinstance(r, Stale) for r in results) == 3


def test_two_tabs_make_the_same_plan(there, together, db_session):
    user_id, uid = there.teacher.id, new_uid()

    def save():
        return service.save_plan(user(user_id), uid, name="五年三班", data=plan_data(), version=0).version

    assert together(*[save] * 4) == [1] * 4
