"""語言流動量化分析表: who speaks to whom, and how (FORMS.md 5.7)."""

from flask_babel import lazy_gettext as _l

from app.forms.instrument_form import QuantitativeForm
from app.forms.record_field import RecordField


class VerbalFlowForm(QuantitativeForm):
    """The exchanges on the seating plan; shares by seat, zone and gender follow from them."""

    code = "verbal-flow"
    version = 1
    title = _l("語言流動量化分析表")

    record = RecordField(_l("觀察紀錄"), instrument="verbal-flow", required=True)
