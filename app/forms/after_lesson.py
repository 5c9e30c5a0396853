"""What the records of the talk after the lesson share: they start from what was planned and observed."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.forms.fields import DateField
from app.forms.header import ObservationHeader


class AfterLesson(ObservationHeader):
    """Date and place as planned before the lesson; the observation's key figures as help at one field.

    `findings_at` names that field.
    """

    step = "feedback"
    findings_at: ClassVar[str] = ""

    held_on = DateField(_l("回饋會談(議課)日期"), required=True, cols=6)

    def prefill(self, context: Mapping[str, Any]) -> None:
        """Also takes `observation`: the observation record of the case, built; with `hints` its figures are
        worked out and shown.
        """
        super().prefill(context)
        observation = context.get("observation") if context.get("hints") else None
        lines = observation.findings() if observation else ()
        if lines:
            field = self._fields[self.findings_at]
            field.hints = (*field.hints, _("From the observation record:"), *lines)
