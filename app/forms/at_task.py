"""在工作中量化分析表: what each pupil does, sweep after sweep (FORMS.md 5.5)."""

from flask_babel import lazy_gettext as _l

from app.forms.instrument_form import QuantitativeForm
from app.forms.record_field import RecordField


class AtTaskForm(QuantitativeForm):
    """The codes by sweep and seat; shares by time, zone and pupil follow from them."""

    code = "at-task"
    version = 1
    title = _l("在工作中量化分析表")

    record = RecordField(_l("觀察紀錄"), instrument="at-task", required=True)
