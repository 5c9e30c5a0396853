"""105年版教師專業發展規準觀察紀錄表: facts seen in class and a rating per observable indicator."""

from flask_babel import lazy_gettext as _l

from app.forms.base import Section
from app.forms.fields import DateField, LongTextField
from app.forms.header import HEADER, ObservationHeader
from app.forms.rubric_field import DEVELOPING, RubricField


class ObservationForm105(ObservationHeader):
    """Teaching goals and one row per observable indicator of the rubric given as `rubric`."""

    code = "observation-105"
    version = 1
    title = _l("105年版教師專業發展規準觀察紀錄表")
    needs_rubric = "105"
    sections = (
        HEADER,
        Section(_l("教學目標"), ("goals",)),
        Section(_l("觀察紀錄"), ("ratings",), note=_l("備註：本紀錄表由觀課人員依據客觀具體事實填寫。")),
    )

    held_on = DateField(_l("公開授課/教學觀察(觀課)日期"), required=True, cols=6)
    goals = LongTextField(_l("教學目標"), required=True, rows=4)
    ratings = RubricField(_l("指標與檢核重點"))

    def indicators(self) -> list[tuple[str, str]]:
        """(official text, wording in the present language) of the indicators observed."""
        return [(row.official, row.title) for row in self.ratings.rows]

    def to_grow(self) -> list[tuple[str, str]]:
        """The same for the indicators rated 待成長; they feed the growth plan."""
        return [(row.official, row.title) for row in self.ratings.rated(DEVELOPING)]
