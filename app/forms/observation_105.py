"""105年版教師專業發展規準觀察紀錄表: facts seen in class and a rating per observable indicator."""

from flask_babel import lazy_gettext as _l

from app.forms.fields import LongTextField
from app.forms.rubric_field import RATINGS, RubricField
from app.forms.rubric_observation import RubricObservation


class ObservationForm105(RubricObservation):
    """Teaching goals and one row per observable indicator of the rubric given as `rubric`."""

    code = "observation-105"
    version = 1
    title = _l("105年版教師專業發展規準觀察紀錄表")
    needs_rubric = "105"

    goals = LongTextField(_l("教學目標"), required=True, rows=4)
    ratings = RubricField(_l("指標與檢核重點"), per="indicator", scale=RATINGS)
