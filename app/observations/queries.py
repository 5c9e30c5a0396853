"""Reads of recordings and seating plans; foreign ones look like missing ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import can, require, visible
from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.instruments import record as records
from app.observations.models import Recording, RecordingOp, SeatingPlan
from app.reference.models import InstrumentCode, InstrumentCodeSet
from app.reference.queries import active

K = TypeVar("K", Recording, SeatingPlan)


def missing() -> NotFound:
    """The answer for what is not there, and for what belongs to somebody else."""
    return NotFound(_l("There is nothing at this address."), code="not_found")


def own(actor: PortalUser, kind: type[K]) -> ColumnElement[bool]:
    """True for the rows of `kind` that the actor keeps and has not discarded."""
    return visible(actor, kind, Permission.RECORDING_OWN) & kind.deleted_at.is_(None)


def recordings(actor: PortalUser, instrument: str | None = None) -> list[Recording]:
    """The actor's recordings, newest first; of one instrument when named."""
    query = select(Recording).where(own(actor, Recording)).order_by(Recording.id.desc())
    if instrument:
        query = query.where(Recording.instrument == instrument)
    return list(db.session.scalars(query))


def recording(actor: PortalUser, uid: str, *, discarded: bool = False) -> Recording:
    """The actor's recording, or `NotFound`; a discarded one only when asked for."""
    return _fetch(actor, Recording, uid, discarded)


def shared(actor: PortalUser, code: str) -> Recording:
    """The recording that a colleague's code opens for reading, or `NotFound`."""
    require(actor, Permission.RECORDING_OWN)
    typed = "".join(code.upper().split()).replace("-", "")
    row = db.session.scalar(
        select(Recording).where(Recording.share_code == typed, Recording.deleted_at.is_(None))
    )
    if row is None:
        raise NotFound(_l("No recording has this code."), code="share_code")
    return row


def plans(actor: PortalUser) -> list[SeatingPlan]:
    """The actor's seating plans, last changed first."""
    query = (
        select(SeatingPlan)
        .where(own(actor, SeatingPlan))
        .order_by(SeatingPlan.updated_at.desc(), SeatingPlan.id.desc())
    )
    return list(db.session.scalars(query))


def plan(actor: PortalUser, uid: str, *, discarded: bool = False) -> SeatingPlan:
    """The actor's seating plan, or `NotFound`."""
    return _fetch(actor, SeatingPlan, uid, discarded)


def _fetch(actor: PortalUser, kind: type[K], uid: str, discarded: bool) -> K:
    row = db.session.scalar(select(kind).where(kind.uid == uid))
    if row is None or not can(actor, Permission.RECORDING_OWN, row) or (row.deleted_at and not discarded):
        raise missing()
    return row


def ops(row: Recording) -> list[dict[str, Any]]:
    """Every operation of the recording, in the order in which they count."""
    query = (
        select(RecordingOp.body)
        .where(RecordingOp.recording_id == row.id)
        .order_by(RecordingOp.n, RecordingOp.uid)
    )
    return list(db.session.scalars(query))


def head_of(row: Recording) -> dict[str, Any]:
    """The head as the browser keeps it."""
    return {
        "instrument": row.instrument,
        "title": row.title,
        "class_name": row.class_name,
        "started_at": iso(row.started_at),
        "ended_at": iso(row.ended_at),
        "length_ms": row.length_ms,
        "rule": row.rule,
        "plan": row.plan,
        "at": row.head_at,
    }


def record_of(row: Recording) -> dict[str, Any]:
    """The whole recording in the one shape that forms, pictures and exports read; ops folded."""
    length = row.length_ms
    if length is None and row.started_at and row.ended_at:
        length = round((row.ended_at - row.started_at).total_seconds() * 1000)
        length = min(max(length, 0), records.LONGEST_MS)
    return {
        "format": records.FORMAT,
        "uid": row.uid,
        "instrument": row.instrument,
        "title": row.title,
        "class_name": row.class_name,
        "started_at": iso(row.started_at),
        "length_ms": length,
        "rule": row.rule,
        "plan": row.plan,
        "events": records.fold(ops(row)),
    }


def iso(moment: datetime | None) -> str | None:
    """2026-11-23T01:02:03.000Z, as JavaScript writes it."""
    return clock.utc(moment).isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None


def code_sets(instrument: str) -> list[dict[str, Any]]:
    """The sets of codes on offer for an instrument: [{"code", "zh", "en", "codes": [...]}, ...].

    The codes have the shape of a record's rule: of "verbal-flow" {"code", "zh", "en", "direction"},
    of "at-task" {"code", "zh", "en", "on_task", "counts"}, of others {"code", "zh", "en"}.
    """
    codes = active(InstrumentCode)
    return [
        {
            "code": row.code,
            "zh": row.label_zh,
            "en": row.label_en,
            "codes": _codes(instrument, [c for c in codes if c.set_id == row.id]),
        }
        for row in active(InstrumentCodeSet)
        if row.instrument == instrument
    ]


def _codes(instrument: str, rows: Sequence[InstrumentCode]) -> list[dict[str, Any]]:
    more = {"verbal-flow": ("direction",), "at-task": ("on_task", "counts")}.get(instrument, ())
    return [
        {
            "code": row.key,
            "zh": row.label_zh,
            "en": row.label_en,
            **{name: getattr(row, name) for name in more},
        }
        for row in rows
    ]
