"""其他觀察前紀錄表: the shared header and free text, for schools with a sheet of their own."""

from flask_babel import lazy_gettext as _l

from app.forms.base import Section
from app.forms.fields import DateField, LongTextField, TextField
from app.forms.header import HEADER, ObservationHeader


class PreObservationOther(ObservationHeader):
    """What the talk was recorded with, and its text."""

    code = "pre-observation-other"
    version = 1
    title = _l("其他或觀察前紀錄表")
    sections = (
        HEADER,
        Section(_l("紀錄表名稱"), ("record_title",)),
        Section(_l("紀錄內容"), ("content",)),
    )

    held_on = DateField(_l("觀察前會談(備課)日期"), required=True, cols=6)
    record_title = TextField(_l("紀錄表名稱"), required=True, cols=12)
    content = LongTextField(_l("紀錄內容"), required=True, rows=16, limit=20000)
