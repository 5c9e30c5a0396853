"""What the three forms of one mentoring share: who mentors whom (FORMS.md section 9).

Only the titles of 表4-1, 4-2 and 4-3 are published (112 review sheet); their fields are the usual ones.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.forms.base import OfficialForm, Section
from app.forms.fields import TextField

SHARED = ("mentee", "mentee_grade", "mentee_subject")


class Mentoring(OfficialForm):
    """The mentor comes from the account; the colleague is taken over from an earlier form of the case."""

    signatures = (_l("教學輔導教師："), _l("夥伴教師："))

    mentor = TextField(_l("教學輔導教師"), read_only=True, fill="%(teacher)s", cols=6)
    mentee = TextField(_l("夥伴教師"), required=True, person=True, cols=6)
    mentee_grade = TextField(_l("夥伴教師任教年級"), cols=6)
    mentee_subject = TextField(_l("夥伴教師任教領域/科目"), cols=6)

    def handover(self) -> dict[str, Any]:
        return {"mentoring": {name: self._fields[name].answer() for name in SHARED}}

    def prefill(self, context: Mapping[str, Any]) -> None:
        """Keys: `observer` (name from the account) and, for a new form, `mentoring` (an earlier `handover()`)."""
        self.mentor.process(None, context.get("observer", self.mentor.data))
        if self.is_new:
            for name, value in context.get("mentoring", {}).items():
                self._fields[name].process(None, value)

    def summary(self) -> str:
        return " · ".join(
            part.text().strip() for part in (self.mentee, self.mentee_grade) if not part.is_blank
        )


def head(*more: str) -> Section:
    """The first section: the people, then what the form adds."""
    return Section(_l("基本資料"), ("mentor", *SHARED, *more))
