"""Values that a form works out from what is typed in it: the weeks of a period, a share, a condition met."""

from collections.abc import Callable, Iterator
from typing import Any

from wtforms import Form

from app.forms.fields import AnswerField


class DerivedField(AnswerField):
    """Shown, never typed and never stored: `of` makes the text from the form (or row) it stands in;
    `wrong` may say what is the matter with it."""

    kind = "derived"

    def __init__(
        self,
        label: Any = None,
        *,
        of: Callable[[Form], str],
        wrong: Callable[[Form], str | None] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, read_only=True, **kwargs)
        self.of = of
        self.wrong = wrong

    def process_data(self, value: Any) -> None:
        self.data = None

    def answer(self) -> None:
        """Nothing: whoever reads the document works it out again."""

    @property
    def typed(self) -> str:
        return self.of(self._form)

    def complaint(self) -> str | None:
        return self.wrong(self._form) if self.wrong else None

    def leaves(self) -> Iterator[tuple[str, AnswerField]]:
        return iter(())
