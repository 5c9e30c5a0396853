"""Everything that changes recordings and seating plans; the log of operations only grows."""

import secrets
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import can, require
from app.core import audit, clock
from app.core.db import db
from app.core.errors import Invalid, Stale
from app.instruments import record as records
from app.observations import queries
from app.observations.checked import checked_head, checked_ops, checked_plan, checked_uid
from app.observations.models import Recording, RecordingOp, SeatingPlan

MOST_OPS = 20_000
MOST_OPS_AT_ONCE = 2_000
# No 0 O, 1 I L, 2 Z, 5 S, 8 B, U V: the code is read out across a staff room.
CODE_LETTERS = "ACDEFGHJKMNPQRTWXY34679"
CODE_LENGTH = 8

K = TypeVar("K", Recording, SeatingPlan)
Op = Mapping[str, Any]


def push_ops(
    actor: PortalUser, uid: str, *, head: Mapping[str, Any] | None, ops: Iterable[Op]
) -> tuple[Recording, list[str]]:
    """Keep a batch of a recording, made when new; returns it and the ids of the batch, all stored now.

    1. Check the shape of everything that came. 2. Lock the recording. 3. Take the head when it is newer.
    4. Add the operations that are not there yet: a batch that comes twice has one effect.
    Raises `NotFound` for somebody else's recording, `Invalid` with the path of what has the wrong shape.
    A recording that was discarded meanwhile keeps what a late device still sends.
    """
    require(actor, Permission.RECORDING_OWN)
    ops = list(ops)
    if len(ops) > MOST_OPS_AT_ONCE:
        raise Invalid(_l("Too many operations at once."), code="too_many", field="ops")
    found = db.session.scalar(select(Recording.instrument).where(Recording.uid == uid))
    fresh = checked_head(head, instrument=found) if head else None
    if found is None and fresh is None:
        raise queries.missing()
    batch = checked_ops(ops, instrument=found or fresh["instrument"])  # type: ignore[index]
    row = _locked(actor, Recording, uid) if found else _opened(actor, uid, fresh or {})
    if fresh and fresh["head_at"] > row.head_at:
        if fresh["instrument"] != row.instrument:
            raise Invalid(_l("A recording keeps its instrument."), code="instrument", field="head.instrument")
        for name, value in fresh.items():
            setattr(row, name, value)
    elif fresh and fresh["instrument"] == row.instrument:
        _complete(row, fresh)
    _append(row, batch)
    db.session.flush()
    return row, [op["uid"] for op in batch]


def _complete(row: Recording, older: Mapping[str, Any]) -> None:
    """Times that a newer head lacks: a title given here knows nothing of a lesson that was finished offline."""
    lacking = [
        name
        for name in ("started_at", "ended_at", "length_ms")
        if getattr(row, name) is None and older[name] is not None
    ]
    for name in lacking:
        setattr(row, name, older[name])
    if lacking:
        # Devices take the newer head over.
        row.head_at += 1


def _opened(actor: PortalUser, uid: str, head: Mapping[str, Any]) -> Recording:
    """A new recording; when another tab was faster, that one."""
    row = Recording(uid=checked_uid(uid), owner_id=actor.id, **head)
    return row if _added(row) else _locked(actor, Recording, uid)


def _added(row: Any) -> bool:
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return False
    return True


def _locked(actor: PortalUser, kind: type[K], uid: str) -> K:
    """The actor's row, discarded or not, held until the transaction ends."""
    query = select(kind).where(kind.uid == uid).with_for_update(of=kind)
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None or not can(actor, Permission.RECORDING_OWN, row):
        raise queries.missing()
    return row


def _append(row: Recording, ops: list[dict[str, Any]]) -> None:
    """Add what is new of `ops` and keep both counts; the caller holds the row's lock."""
    mine = RecordingOp.recording_id == row.id
    known = set(
        db.session.scalars(select(RecordingOp.uid).where(mine, RecordingOp.uid.in_([o["uid"] for o in ops])))
    )
    fresh = list({op["uid"]: op for op in ops if op["uid"] not in known}.values())
    if row.op_count + len(fresh) > MOST_OPS:
        raise Invalid(_l("This recording is full."), code="full", field="ops")
    touched = {op["id"] for op in fresh}
    before = list(db.session.scalars(select(RecordingOp.body).where(mine, RecordingOp.event_id.in_(touched))))
    row.op_count += len(fresh)
    row.event_count += len(records.fold([*before, *fresh])) - len(records.fold(before))
    if fresh:
        db.session.execute(
            insert(RecordingOp),
            [
                {
                    "recording_id": row.id,
                    "uid": o["uid"],
                    "n": o["n"],
                    "at": o["at"],
                    "event_id": o["id"],
                    "body": o,
                }
                for o in fresh
            ],
        )


def rename_recording(actor: PortalUser, row: Recording, *, title: str) -> Recording:
    """Give the recording another title; a head that a device sends later with an older time does not undo it."""
    row = _locked(actor, Recording, row.uid)
    title = " ".join(title.split())
    if not title or len(title) > 200:
        raise Invalid(_l("A title has 1 to 200 characters."), code="title", field="title")
    row.title, row.head_at = title, max(row.head_at + 1, epoch_ms())
    db.session.flush()
    return row


def discard(actor: PortalUser, row: K) -> K:
    """Take a recording or a plan off the lists; nothing is deleted, `restore` brings it back."""
    row = _locked(actor, type(row), row.uid)
    if row.deleted_at is None:
        row.deleted_at = clock.now()
        audit.record(actor, f"{row.__tablename__}.discarded", row)
        db.session.flush()
    return row


def restore(actor: PortalUser, row: K) -> K:
    """Bring a discarded recording or plan back."""
    row = _locked(actor, type(row), row.uid)
    if row.deleted_at is not None:
        row.deleted_at = None
        audit.record(actor, f"{row.__tablename__}.restored", row)
        db.session.flush()
    return row


def share(actor: PortalUser, row: Recording) -> str:
    """A code with which a colleague may read and copy the recording; the same one until it is taken back."""
    row = _locked(actor, Recording, row.uid)
    while row.share_code is None:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        if db.session.scalar(select(Recording.id).where(Recording.share_code == code)) is None:
            row.share_code = code
            audit.record(actor, "recording.shared", row)
    db.session.flush()
    return row.share_code


def unshare(actor: PortalUser, row: Recording) -> Recording:
    """Make the code worthless; copies that colleagues took stay theirs."""
    row = _locked(actor, Recording, row.uid)
    if row.share_code is not None:
        row.share_code = None
        audit.record(actor, "recording.unshared", row)
        db.session.flush()
    return row


def copy_shared(actor: PortalUser, *, code: str) -> Recording:
    """The colleague's own copy of a shared recording, log included."""
    source = queries.shared(actor, code)
    return import_record(actor, head=queries.head_of(source), ops=queries.ops(source))


def import_record(actor: PortalUser, *, head: Mapping[str, Any], ops: Iterable[Op]) -> Recording:
    """A new recording with this head and log; the operations keep their ids and times."""
    ops = list(ops)
    uid = str(uuid.uuid4())
    row, _known = push_ops(actor, uid, head=head, ops=ops[:MOST_OPS_AT_ONCE])
    for start in range(MOST_OPS_AT_ONCE, len(ops), MOST_OPS_AT_ONCE):
        push_ops(actor, uid, head=None, ops=ops[start : start + MOST_OPS_AT_ONCE])
    return row


def save_plan(
    actor: PortalUser, uid: str, *, name: str, data: Mapping[str, Any], version: int
) -> SeatingPlan:
    """Keep a seating plan, made when new (version 0); saving the same again changes nothing.

    Raises `Stale` when another device saved in between: nothing is overwritten.
    """
    require(actor, Permission.RECORDING_OWN)
    values = checked_plan(uid, name, data)
    row = db.session.scalar(select(SeatingPlan.id).where(SeatingPlan.uid == uid))
    if row is None:
        made = SeatingPlan(uid=uid, owner_id=actor.id, **values)
        if _added(made):
            return made
    kept = _locked(actor, SeatingPlan, uid)
    if (kept.name, kept.data) == (values["name"], values["data"]):
        return kept
    if kept.version != version:
        raise Stale(_l("This seating plan was changed elsewhere after you opened it."), code="stale")
    kept.name, kept.data = values["name"], values["data"]
    db.session.flush()
    return kept


def epoch_ms() -> int:
    """Now, as browsers count: milliseconds since 1970."""
    return round(clock.now().timestamp() * 1000)
