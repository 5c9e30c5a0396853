"""Reads of the lookup tables."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import false, func, literal, select, union_all

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
    return list(
        db.session.scalars(select(model).where(model.retired_at.is_(None)).order_by(model.sort, model.code))
    )


def history(row: object, limit: int = 50) -> list[AuditEntry]:
    """What was done to a lookup row, newest first."""
    return list(
        db.session.scalars(
            select(AuditEntry)
            .where(
                AuditEntry.object_type == type(row).__name__,
                AuditEntry.object_id == str(getattr(row, "id", "")),
            )
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


def tallies(models: Sequence[Any]) -> dict[Any, tuple[int, int, int]]:
    """For each table, in one query: rows on offer, those of them that nobody has confirmed, retired rows."""
    parts = []
    for number, model in enumerate(models):
        offered = model.retired_at.is_(None)
        confirmed = getattr(model, "confirmed", None)
        unconfirmed = (offered & confirmed.is_(False)) if confirmed is not None else false()
        parts.append(
            select(
                literal(number),
                func.count().filter(offered),
                func.count().filter(unconfirmed),
                func.count().filter(~offered),
            ).select_from(model)
        )
    return {
        models[number]: (rows, open_, gone)
        for number, rows, open_, gone in db.session.execute(union_all(*parts))
    }
