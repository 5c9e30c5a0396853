"""What people typed and have not saved yet: one text for each form of each user, kept until the form is saved."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Identified, UtcDateTime, db
from app.core.errors import Stale

# A form has tens of fields; a key names the form and its row.
KEY_LENGTH = 120


class Scratch(Identified, db.Model):
    """The fields of a form as typed: `pairs` is [[name, value], ...], empty when nothing is left to keep."""

    __tablename__ = "scratch"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(KEY_LENGTH))
    # Milliseconds, always growing: also after the row was removed and made again.
    version: Mapped[int] = mapped_column(BigInteger)
    pairs: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now, index=True)

    def shown(self) -> dict[str, Any]:
        """What the page needs to put the text back: {"pairs", "version", "at"}."""
        at = self.updated_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"pairs": self.pairs, "version": self.version, "at": at}


def find(actor: Any, key: str, *, lock: bool = False) -> Scratch | None:
    """The text that `actor` has not saved under `key`."""
    query = select(Scratch).where(Scratch.user_id == actor.id, Scratch.key == key)
    return db.session.scalar(query.with_for_update() if lock else query)


def write(actor: Any, key: str, pairs: list[list[str]], *, version: int) -> Scratch:
    """Keep a text; `Stale` when another window has kept a different one since `version`."""
    row = find(actor, key, lock=True)
    if row is not None and row.pairs == pairs:
        return row
    if row is not None and row.pairs and row.version != version:
        raise Stale("another text is kept", code="stale")
    now = clock.now()
    if row is None:
        row = Scratch(user_id=actor.id, key=key, version=0)
        db.session.add(row)
    row.pairs, row.updated_at = pairs, now
    row.version = max(int(now.timestamp() * 1000), row.version + 1, version + 1)
    db.session.flush()
    return row


def clear(actor: Any, key: str, *, version: int) -> None:
    """The form was saved: its text, up to the version that its page knew, is where it belongs."""
    known = Scratch.version <= version
    db.session.execute(delete(Scratch).where(Scratch.user_id == actor.id, Scratch.key == key, known))


def forget_before(moment: datetime) -> int:
    """Remove the texts that nobody has touched since `moment`; returns how many."""
    gone: Any = db.session.execute(delete(Scratch).where(Scratch.updated_at < moment))
    return int(gone.rowcount)
