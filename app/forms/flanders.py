"""佛蘭德斯互動分析法量化分析表: the talk of the lesson in ten categories (FORMS.md 5.8)."""

from flask_babel import lazy_gettext as _l

from app.forms.instrument_form import QuantitativeForm
from app.forms.record_field import RecordField


class FlandersForm(QuantitativeForm):
    """The ordered codes of the lesson; matrix, totals and ratios follow from them."""

    code = "flanders"
    version = 1
    title = _l("佛蘭德斯互動分析法量化分析表")

    record = RecordField(_l("觀察紀錄"), instrument="flanders", required=True)
