"""Number series: the counter rows behind certificate numbers."""

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Identified, db


class NumberSeries(Identified, db.Model):
    """The next serial of one county, letter, school year and series; locked while a number is given."""

    __tablename__ = "number_series"
    __table_args__ = (
        UniqueConstraint("county_id", "letter", "school_year", "series"),
        CheckConstraint("next_serial > 0", name="serial_positive"),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("county.id", ondelete="RESTRICT"))
    letter: Mapped[str] = mapped_column(String(2))
    school_year: Mapped[int] = mapped_column(Integer)
    series: Mapped[int] = mapped_column(Integer)
    next_serial: Mapped[int] = mapped_column(Integer, default=1)
