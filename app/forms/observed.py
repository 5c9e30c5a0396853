"""What every observation record of the lesson itself shares."""

from flask_babel import lazy_gettext as _l

from app.forms.base import Section
from app.forms.fields import DateField, LongTextField
from app.forms.header import ObservationHeader

GOALS = Section(_l("教學目標"), ("goals",))
FACTS_ONLY = _l("備註：本紀錄表由觀課人員依據客觀具體事實填寫。")


class Observed(ObservationHeader):
    """Date and place as planned before the lesson, and the lesson's goals."""

    step = "lesson"

    held_on = DateField(_l("公開授課/教學觀察(觀課)日期"), required=True, cols=6)
    goals = LongTextField(_l("教學目標"), rows=4)

    def findings(self) -> list[str]:
        """Lines worth having at hand in the talk after the lesson."""
        return []
