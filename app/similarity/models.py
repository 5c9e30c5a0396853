"""What was written and sent, ready to be found again by its fingerprints."""

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.policy import scoped
from app.cases.models import Case, Submission
from app.core.db import Identified, db


class Narrative(Identified, db.Model):
    """The long texts of one form as sent, joined by `normalise.BREAK`; `fields` names them in the same order.

    A form that is sent again unchanged gets no second row. The text is a copy of the submission's, kept here
    because a look-up compares it with some hundred others, and goes with its case. `grams` counts the distinct
    5-grams that are the writer's own.
    """

    __tablename__ = "narrative"
    __table_args__ = (UniqueConstraint("submission_id", "slot"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("certification_case.id", ondelete="CASCADE"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"))
    slot: Mapped[str] = mapped_column(String(40))
    form_code: Mapped[str] = mapped_column(String(60))
    form_version: Mapped[int] = mapped_column(Integer)
    fields: Mapped[list[str]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(Text)
    grams: Mapped[int] = mapped_column(Integer)

    case: Mapped[Case] = relationship()
    submission: Mapped[Submission] = relationship()


class Fingerprint(db.Model):
    """That a narrative has a fingerprint; the key itself is the index.

    Without a foreign key: it would be asked some hundred times at every sending, and needs a second index as
    large as the table to delete by. Who deletes a narrative deletes these (`service.forget`).
    """

    __tablename__ = "fingerprint"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    narrative_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


scoped(Narrative, via="case")
