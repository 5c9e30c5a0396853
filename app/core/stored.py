"""The row behind each stored file; the bytes lie in the file store under their sha256."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Identified, UtcDateTime, db


class StoredFile(Identified, db.Model):
    """One immutable file: `sha256` (hex), `size` in bytes, `pages` of a PDF."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("size > 0", name="size_positive"),)

    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int] = mapped_column(Integer)
    media_type: Mapped[str] = mapped_column(String(100), default="application/pdf")
    pages: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)


def page_counts(digests: Iterable[str | None]) -> dict[str, int]:
    """Number of pages of each stored file among `digests`."""
    if not (wanted := [digest for digest in digests if digest]):
        return {}
    query = select(StoredFile.sha256, StoredFile.pages).where(StoredFile.sha256.in_(wanted))
    return {digest: pages or 0 for digest, pages in db.session.execute(query)}
