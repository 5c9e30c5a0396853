"""認證審查結果申復表: what the applicant disputes, why, and by what it can be shown (FORMS.md section 8)."""

from flask_babel import lazy_gettext as _l

from app.forms.base import OfficialForm, Section
from app.forms.fields import LongTextField, TextField


class Appeal(OfficialForm):
    """Filled in on line within the appeal window; the published sources name no fields beyond these."""

    code = "appeal"
    version = 1
    title = _l("認證審查結果申復表")
    sections = (
        Section(_l("一、申復事項"), ("item",)),
        Section(_l("二、申復理由"), ("reason",)),
        Section(_l("三、佐證資料"), ("evidence",)),
    )

    item = TextField(
        _l("申復事項"),
        required=True,
        cols=12,
        hint=_l("Name the comment or the form that you question."),
    )
    reason = LongTextField(
        _l("申復理由"),
        required=True,
        rows=10,
        hint=_l("Say what you question in the comments and why."),
    )
    evidence = LongTextField(
        _l("佐證資料清單"),
        rows=5,
        hint=_l("List by what this can be shown: place in your documents, date, persons present."),
    )
