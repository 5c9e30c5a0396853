"""101年版教師專業發展規準觀察紀錄表: facts seen in class and a rating per observable checkpoint."""

from flask_babel import lazy_gettext as _l

from app.forms.fields import LongTextField
from app.forms.rubric_field import NOT_SHOWN, RATINGS, RubricField
from app.forms.rubric_observation import RubricObservation


class ObservationForm101(RubricObservation):
    """Teaching goals and one row per checkpoint; what did not happen in the lesson is 未呈現 and needs no facts."""

    code = "observation-101"
    version = 1
    title = _l("101年版教師專業發展規準觀察紀錄表")
    needs_rubric = "101"

    goals = LongTextField(_l("教學目標"), required=True, rows=4)
    # The levels of the official sheet are not published (FORMS.md 5.2): another scale is another version.
    ratings = RubricField(_l("指標與檢核重點"), per="checkpoint", scale=(*RATINGS, NOT_SHOWN))
