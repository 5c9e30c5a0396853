"""The audit trail: one append-only row for each change, written in the change's own transaction."""

from datetime import datetime
from typing import Any

from flask import g, has_request_context, request
from sqlalchemy import JSON, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Identified, UtcDateTime, db


class AuditEntry(Identified, db.Model):
    """Who did what to which row, when and from where; the database refuses update and delete."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_object", "object_type", "object_id"),)

    at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now, index=True)
    actor_id: Mapped[int | None] = mapped_column(Integer, index=True)
    actor_name: Mapped[str] = mapped_column(String(150), default="")
    action: Mapped[str] = mapped_column(String(80))
    object_type: Mapped[str] = mapped_column(String(60), default="")
    object_id: Mapped[str] = mapped_column(String(40), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    address: Mapped[str] = mapped_column(String(45), default="")
    request_id: Mapped[str] = mapped_column(String(40), default="")


def record(actor: Any, action: str, obj: Any = None, **detail: Any) -> AuditEntry:
    """Add one entry; `actor` is a user or None for the system, `detail` must be plain JSON values."""
    in_request = has_request_context()
    entry = AuditEntry(
        actor_id=getattr(actor, "id", None),
        actor_name=str(getattr(actor, "username", "") or ""),
        action=action,
        object_type=type(obj).__name__ if obj is not None else "",
        object_id=str(getattr(obj, "id", "") or ""),
        detail=detail,
        address=(request.remote_addr or "") if in_request else "",
        request_id=str(getattr(g, "request_id", "")) if in_request else "",
    )
    db.session.add(entry)
    return entry
