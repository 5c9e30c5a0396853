"""Reads of the lookup tables."""

from typing import TypeVar

from sqlalchemy import func, select

from app.core.audit import AuditEntry
from app.core.db import db
from app.reference.models import Lookup

L = TypeVar("L", bound=Lookup)


def by_code(model: type[L], code: str) -> L:
    """The row with that code, retired or not; LookupError names what is missing."""
    row = db.session.scalar(select(model).where(model.code == code))
    if row is None:
        raise LookupError(f"{model.__name__} has no row {code!r}: load the reference rows")
    return row


def active(model: type[L]) -> list[L]:
    """The rows on offer, in the steward's order."""
    return list(db.session.scalars(select(model).where(model.retired_at.is_(None)).order_by(model.sort, model.code)))


def history(row: object, limit: int = 50) -> list[AuditEntry]:
    """What was done to a lookup row, newest first."""
    return list(
        db.session.scalars(
            select(AuditEntry)
            .where(AuditEntry.object_type == type(row).__name__, AuditEntry.object_id == str(getattr(row, "id", "")))
            .order_by(AuditEntry.id.desc())
            .limit(limit)
        )
    )


def last_changes(names: list[str], limit: int = 8) -> list[AuditEntry]:
    """The newest entries about any of the tables, whose model names are given."""
    return list(
        db.session.scalars(
            select(AuditEntry)
            .where(AuditEntry.object_type.in_(names), AuditEntry.actor_id.is_not(None))
            .order_by(AuditEntry.id.desc())
            .limit(limit)
        )
    )


def tally(model: type[Lookup]) -> tuple[int, int]:
    """How many rows are on offer, and how many of them nobody has confirmed."""
    confirmed = getattr(model, "confirmed", None)
    unconfirmed = func.count().filter(confirmed.is_(False)) if confirmed is not None else 0
    rows, open_ = db.session.execute(select(func.count(), unconfirmed).where(model.retired_at.is_(None))).one()
    return rows, open_
