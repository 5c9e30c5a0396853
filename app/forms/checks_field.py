"""Several boxes to tick under one heading."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from app.forms.fields import AnswerField


class ChecksField(AnswerField):
    """Any of `options` (stored value, wording), kept in the order of the options."""

    kind = "checks"

    def __init__(self, label: Any = None, *, options: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.options = tuple(options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.process_data(valuelist)

    def process_data(self, value: Any) -> None:
        self.data = [str(one) for one in value] if isinstance(value, list) else []

    @property
    def typed(self) -> str:
        return ",".join(self.data)

    def text(self, *, paper: bool = False) -> str:
        words = dict(self.options)
        return _(", ").join(str(words.get(one, one)) for one in self.data)

    def inputs(self) -> list[tuple[str, str]]:
        return [(self.name, one) for one in self.data]

    def complaint(self) -> str | None:
        unknown = [one for one in self.data if one not in dict(self.options)]
        return _("“%(value)s” is not one of the choices.", value=unknown[0]) if unknown else None

    def ask(self) -> str:
        return _("Please choose at least one.")
