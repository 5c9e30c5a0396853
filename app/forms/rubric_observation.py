"""What the observation records made with a rubric share."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.forms.base import Section
from app.forms.header import HEADER
from app.forms.observed import FACTS_ONLY, GOALS, Observed
from app.forms.rubric_field import DEVELOPING


class RubricObservation(Observed):
    """Subclasses declare `ratings`, the rows of their rubric."""

    sections = (HEADER, GOALS, Section(_l("觀察紀錄"), ("ratings",), note=FACTS_ONLY))
    ratings: Any

    def indicators(self) -> list[tuple[str, str]]:
        """(official text, wording in the present language) of the rows of the sheet."""
        return [(row.official, row.title) for row in self.ratings.rows]

    def to_grow(self) -> list[tuple[str, str]]:
        """The same for the rows rated 待成長; they feed the growth plan."""
        return [(row.official, row.title) for row in self.ratings.rated(DEVELOPING)]
