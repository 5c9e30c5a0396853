"""Portal messages: the words as they were sent, in both languages."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.models import PortalUser
from app.access.policy import scoped
from app.cases.models import Case
from app.core import clock
from app.core.db import Identified, UtcDateTime, db
from app.core.i18n import pick


class Message(Identified, db.Model):
    """訊息通知: frozen text; `key` is unique for case event, notice and person, so a repeat sends nothing."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("key"), Index("ix_message_user", "user_id", "id"))

    key: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    case_id: Mapped[int | None] = mapped_column(
        ForeignKey("certification_case.id", ondelete="CASCADE"), index=True
    )
    event: Mapped[str] = mapped_column(String(60))
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    body_zh: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    user: Mapped[PortalUser] = relationship()
    case: Mapped[Case | None] = relationship()

    @property
    def title(self) -> str:
        return pick(self.title_zh, self.title_en)

    @property
    def body(self) -> str:
        return pick(self.body_zh, self.body_en)


scoped(Message, own="user_id")
