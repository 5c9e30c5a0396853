"""其他觀察後回饋會談紀錄表: the shared header and free text, for schools with a sheet of their own."""

from flask_babel import lazy_gettext as _l

from app.forms.after_lesson import AfterLesson
from app.forms.base import Section
from app.forms.fields import LongTextField, TextField
from app.forms.header import HEADER


class PostObservationOther(AfterLesson):
    """What the talk was recorded with, and its text."""

    code = "post-observation-other"
    version = 1
    title = _l("觀察後回饋會談紀錄表")
    findings_at = "content"
    sections = (
        HEADER,
        Section(_l("紀錄表名稱"), ("record_title",)),
        Section(_l("紀錄內容"), ("content",)),
    )

    record_title = TextField(_l("紀錄表名稱"), required=True, cols=12)
    content = LongTextField(_l("紀錄內容"), required=True, rows=16, limit=20000)
