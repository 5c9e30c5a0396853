"""教師移動量化分析表: where the teacher stands and goes (FORMS.md 5.6)."""

from flask_babel import lazy_gettext as _l

from app.forms.instrument_form import QuantitativeForm
from app.forms.record_field import RecordField


class TeacherMovementForm(QuantitativeForm):
    """The stops of the teacher in order; stays, zones and pupils never visited follow from them."""

    code = "teacher-movement"
    version = 1
    title = _l("教師移動量化分析表")

    record = RecordField(_l("觀察紀錄"), instrument="teacher-movement", required=True)
