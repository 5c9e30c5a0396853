"""Lookup tables that a data steward keeps. Rows are retired, never deleted."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Identified, Labelled, Retirable, Timestamped, db, text_enum


class Lookup(Identified, Labelled, Retirable, Timestamped):
    """What every lookup row has: a stable code, both labels, an order, a source and a note."""

    code: Mapped[str] = mapped_column(String(60), unique=True)
    sort: Mapped[int] = mapped_column(Integer, default=0)
    confirmed: Mapped[bool] = mapped_column(Boolean, default=True)
    source: Mapped[str] = mapped_column(String(300), default="")
    note: Mapped[str] = mapped_column(String(500), default="")


class County(Lookup, db.Model):
    """One of the 22 counties and cities; `short_name` is what certificate numbers print (桃園)."""

    __tablename__ = "county"

    short_name: Mapped[str] = mapped_column(String(20))
    short_name_en: Mapped[str] = mapped_column(String(40), default="")
    contact: Mapped[str] = mapped_column(String(300), default="")


class SchoolLevel(Lookup, db.Model):
    __tablename__ = "school_level"


class School(Lookup, db.Model):
    """A school; `code` is the Ministry's six-character text, the county is a column, never a prefix."""

    __tablename__ = "school"
    __table_args__ = (CheckConstraint("length(code) between 6 and 8", name="code_length"),)

    county_id: Mapped[int] = mapped_column(ForeignKey("county.id", ondelete="RESTRICT"), index=True)
    level_id: Mapped[int] = mapped_column(ForeignKey("school_level.id", ondelete="RESTRICT"), index=True)

    county: Mapped[County] = relationship(lazy="joined")
    level: Mapped[SchoolLevel] = relationship()


class Subject(Lookup, db.Model):
    __tablename__ = "subject"


class Grade(Lookup, db.Model):
    __tablename__ = "grade"


class SchoolYear(Lookup, db.Model):
    """學年度 N runs from 1 August of N (ROC) to 31 July."""

    __tablename__ = "school_year"
    __table_args__ = (CheckConstraint("starts_on < ends_on", name="order"),)

    year: Mapped[int] = mapped_column(Integer, unique=True)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)


class IdentityType(Lookup, db.Model):
    """身份: whether a person of this kind may apply is `may_apply`."""

    __tablename__ = "identity_type"

    may_apply: Mapped[bool] = mapped_column(Boolean, default=False)


class CourseType(Lookup, db.Model):
    """A training course kind; `track` names the certification it counts for."""

    __tablename__ = "course_type"

    track: Mapped[str] = mapped_column(String(40), index=True)
    hours: Mapped[int] = mapped_column(Integer)


class FormType(Lookup, db.Model):
    """A form that a slot may offer; `code` is that of the form class when it can be filled on line."""

    __tablename__ = "form_type"


class ReturnReason(Lookup, db.Model):
    """A coded defect for returning a case (未核章, 缺漏 ...)."""

    __tablename__ = "return_reason"


class AppealGround(Lookup, db.Model):
    """A coded ground on which an appeal is accepted (受理) or not (未受理)."""

    __tablename__ = "appeal_ground"

    accepts: Mapped[bool] = mapped_column(Boolean, default=False)


class SheetItem(Lookup, db.Model):
    """One rated item of a reviewer's standard sheet, per track."""

    __tablename__ = "sheet_item"

    track: Mapped[str] = mapped_column(String(40), index=True)
    slot: Mapped[str] = mapped_column(String(40))


class InstrumentCodeSet(Lookup, db.Model):
    """A set of codes or kinds that an observer may choose for an instrument."""

    __tablename__ = "instrument_code_set"

    instrument: Mapped[str] = mapped_column(String(40), index=True)


class InstrumentCode(Lookup, db.Model):
    """One code of a set; a recording takes a copy into its rule, so a change reaches only new recordings.

    `key` is what recordings store. `direction` matters for verbal flow; `on_task` and `counts` for at-task
    (`counts` is false for a pupil who is absent or cannot be seen).
    """

    __tablename__ = "instrument_code"
    __table_args__ = (
        UniqueConstraint("set_id", "key"),
        CheckConstraint("direction in ('to_pupil', 'from_pupil', 'between', 'any')", name="direction"),
    )

    set_id: Mapped[int] = mapped_column(ForeignKey("instrument_code_set.id", ondelete="RESTRICT"))
    key: Mapped[str] = mapped_column(String(40))
    direction: Mapped[str] = mapped_column(String(20), default="any")
    on_task: Mapped[bool] = mapped_column(Boolean, default=False)
    counts: Mapped[bool] = mapped_column(Boolean, default=True)

    set: Mapped[InstrumentCodeSet] = relationship(lazy="joined")


class MessageTemplate(Identified, Retirable, Timestamped, db.Model):
    """The words of one notice in both languages; `event` names the entry of the notice catalogue."""

    __tablename__ = "message_template"
    __table_args__ = (UniqueConstraint("event", "track"),)

    event: Mapped[str] = mapped_column(String(60))
    track: Mapped[str] = mapped_column(String(40), default="")
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    body_zh: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(300), default="")

    def __str__(self) -> str:
        return f"{self.event} {self.title_zh}"


class Download(Lookup, db.Model):
    """檔案下載: a blank form (by form code) or a text; the file itself is made when asked for."""

    __tablename__ = "download"

    form_code: Mapped[str] = mapped_column(String(60), default="")
    description_zh: Mapped[str] = mapped_column(Text, default="")
    description_en: Mapped[str] = mapped_column(Text, default="")


class Tutorial(Lookup, db.Model):
    """操作教學: one page of help in both languages (Markdown-free plain paragraphs)."""

    __tablename__ = "tutorial"

    body_zh: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)


class RubricState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class Rubric(Identified, Timestamped, Retirable, db.Model):
    """A rubric version (101, 105); once published it is frozen, a change is a new version."""

    __tablename__ = "rubric"
    __table_args__ = (UniqueConstraint("version", "revision"),)

    version: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(Integer, default=1)
    state: Mapped[RubricState] = mapped_column(text_enum(RubricState, "state"), default=RubricState.DRAFT)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    items: Mapped[list["RubricItem"]] = relationship(back_populates="rubric", order_by="RubricItem.sort")

    def __str__(self) -> str:
        return f"{self.version}-{self.revision}"


class RubricItem(Identified, db.Model):
    """A dimension, indicator or checkpoint; keyed by (rubric, code) since codes recur across versions."""

    __tablename__ = "rubric_item"
    __table_args__ = (
        UniqueConstraint("rubric_id", "code"),
        CheckConstraint("level in ('dimension', 'indicator', 'checkpoint')", name="level"),
    )

    rubric_id: Mapped[int] = mapped_column(ForeignKey("rubric.id", ondelete="RESTRICT"))
    code: Mapped[str] = mapped_column(String(20))
    level: Mapped[str] = mapped_column(String(20))
    parent_code: Mapped[str | None] = mapped_column(String(20))
    title_zh: Mapped[str | None] = mapped_column(String(300))
    title_en: Mapped[str | None] = mapped_column(String(300))
    optional: Mapped[bool] = mapped_column(Boolean, default=False)
    observable: Mapped[bool] = mapped_column(Boolean, default=False)
    min_evidence: Mapped[int] = mapped_column(Integer, default=0)
    status: Mapped[str] = mapped_column(String(20), default="memory")
    source: Mapped[str] = mapped_column(String(300), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    sort: Mapped[int] = mapped_column(Integer, default=0)

    rubric: Mapped[Rubric] = relationship(back_populates="items")

    def __str__(self) -> str:
        return f"{self.code} {self.title_zh or ''}"
