"""Fields of official forms: they keep what was typed, right or wrong, and say what is the matter with it."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from flask_babel import gettext as _
from wtforms import Field

from app.forms.dates import parse_date, roc
from app.instruments.anecdotal import lint

SHORT_LIMIT = 200
LONG_LIMIT = 5000
# Control characters other than tab and line feed, and halves of surrogate pairs: no database takes them.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Problem:
    """Why a form is not complete: `field_id` is the HTML id to jump to."""

    field_id: str
    label: str
    message: str
    kind: Literal["missing", "invalid"]


def clean(value: Any, *, lines: bool = False) -> str:
    """Text as it is stored: NFC, line ends as LF, no control characters; one line unless `lines`."""
    text = value if isinstance(value, str) else "" if value is None or isinstance(value, bool) else str(value)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not lines:
        text = re.sub(r"[\n\t]+", " ", text)
    return unicodedata.normalize("NFC", _CONTROL.sub("", text))


def lines_of(hint: Any) -> tuple[Any, ...]:
    return hint if isinstance(hint, tuple) else (hint,) if hint else ()


class AnswerField(Field):
    """Base of all fields of an official form.

    `required` counts for completeness, never against saving. `show_if=(field, value)` names a choice or
    check of the same form: otherwise the field is hidden and not required, but its text is kept.
    `unless=(field, value)` waives a required field while the other one has that value.
    `hint` is one line of help or a tuple of lines. `cols` is the width on a wide screen in twelfths.
    `person` marks the name of a person. `read_only` fields take no value from the browser. `fill` is what a
    blank sheet has there already, from the values of `app.forms.paper`.
    """

    kind = "text"
    data: Any

    def __init__(
        self,
        label: Any = None,
        *,
        required: bool = False,
        show_if: tuple[str, Any] | None = None,
        unless: tuple[str, Any] | None = None,
        hint: Any = "",
        cols: int = 4,
        person: bool = False,
        read_only: bool = False,
        fill: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.required = required
        self.show_if = show_if
        self.unless = unless
        self.hints = lines_of(hint)
        self.cols = cols
        self.person = person
        self.read_only = read_only
        self.fill = fill

    # -- value ---------------------------------------------------------------------------------------------

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist and not self.read_only:
            self.process_data(valuelist[0])

    def process_data(self, value: Any) -> None:
        self.data = clean(value)

    def answer(self) -> Any:
        """The value as it stands in the JSON document."""
        return self.data

    @property
    def typed(self) -> str:
        """The value as the input shows it."""
        return str(self.data)

    def text(self, *, paper: bool = False) -> str:
        """The value as a reader sees it, in the present language."""
        return self.typed

    def inputs(self) -> list[tuple[str, str]]:
        return [] if self.read_only else [(self.name, self.typed)]

    # -- state ---------------------------------------------------------------------------------------------

    @property
    def is_blank(self) -> bool:
        return not self.typed.strip()

    @property
    def controller(self) -> "AnswerField | None":
        """The field that decides whether this one is shown."""
        return self._form[self.show_if[0]] if self.show_if else None

    @property
    def condition_text(self) -> str:
        """The choice that shows this field, in words."""
        decider, value = self.controller, self.show_if[1] if self.show_if else ""
        if isinstance(decider, ChoiceField):
            return str(dict(decider.options).get(value, value))
        return str(decider.label.text) if decider else ""

    @property
    def shown(self) -> bool:
        if self.show_if is None:
            return True
        decider = self._form[self.show_if[0]]
        return bool(decider.shown and decider.answer() == self.show_if[1])

    @property
    def needed(self) -> bool:
        """Must be filled in for the form to be complete, as things stand now."""
        waived = self.unless is not None and self._form[self.unless[0]].answer() == self.unless[1]
        return self.required and self.shown and not waived

    def complaint(self) -> str | None:
        """What is wrong with the value that was typed, or None."""
        return None

    def remark(self) -> str:
        """Something worth a second look that keeps nobody from going on; empty for most."""
        return ""

    def problems(self) -> Iterator[Problem]:
        """Complaints and missing values of this field and of the fields inside it."""
        if not self.shown:
            return
        if complaint := self.complaint():
            yield Problem(self.id, str(self.label.text), complaint, "invalid")
        elif self.needed and self.is_blank:
            yield Problem(self.id, str(self.label.text), self.ask(), "missing")

    def ask(self) -> str:
        """What to say when the value is missing."""
        return _("Please fill in this field.")

    # -- structure -----------------------------------------------------------------------------------------

    def required_fields(self) -> Iterator["AnswerField"]:
        if self.needed:
            yield self

    def press(self, pressed: str) -> str | None:
        """Do what a button of this field (`rows-<name>`) asked; the HTML id to show next, None if unknown."""
        return None

    def people(self) -> list[str]:
        return [self.typed.strip()] if self.person and self.shown and not self.is_blank else []

    def leaves(self) -> Iterator[tuple[str, "AnswerField"]]:
        yield str(self.label.text), self

    def block(self, *, paper: bool = False) -> dict[str, Any]:
        """One entry of `OfficialForm.blocks`."""
        wide = self.cols == 12
        return {"label": str(self.label.text), "value": self.text(paper=paper), "wide": wide}


class TextField(AnswerField):
    """One line of text; in a column of `facts` words that judge are pointed at."""

    limit = SHORT_LIMIT

    def __init__(
        self, label: Any = None, *, limit: int | None = None, facts: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.limit = limit or self.limit
        self.facts = facts

    def complaint(self) -> str | None:
        if len(self.data) <= self.limit:
            return None
        return _(
            "This text has %(length)s characters; at most %(limit)s are allowed.",
            length=f"{len(self.data):,}",
            limit=f"{self.limit:,}",
        )

    def remark(self) -> str:
        words = list(dict.fromkeys(word for _start, _end, word in lint(self.data))) if self.facts else []
        if not words:
            return ""
        return _(
            "These words judge rather than describe: %(words)s. What was seen or heard?",
            words="、".join(words),
        )


class LongTextField(TextField):
    """Text of several lines with a counter; `rows` is the height of the box."""

    kind = "long"
    limit = LONG_LIMIT

    def __init__(self, label: Any = None, *, rows: int = 5, cols: int = 12, **kwargs: Any) -> None:
        super().__init__(label, cols=cols, **kwargs)
        self.rows = rows

    def process_data(self, value: Any) -> None:
        self.data = clean(value, lines=True)


class DateField(AnswerField):
    """A date typed as ISO or in years of the Republic; stored as ISO, or as typed when it is no date."""

    kind = "date"

    def process_data(self, value: Any) -> None:
        typed = clean(value).strip()
        day = parse_date(typed)
        self.data = day.isoformat() if day else typed

    @property
    def day(self) -> date | None:
        return parse_date(self.data)

    def text(self, *, paper: bool = False) -> str:
        day = self.day
        return roc(day) if paper and day else self.data

    def complaint(self) -> str | None:
        if self.is_blank or self.day:
            return None
        return _("This is not a date. Please write it as 2021-01-05 or 110/1/5.")


class IntField(AnswerField):
    """A whole number between `low` and `high`; stored as a number, or as typed when it is none."""

    kind = "int"

    def __init__(self, label: Any = None, *, low: int = 0, high: int = 999, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.low = low
        self.high = high

    def process_data(self, value: Any) -> None:
        typed = clean(value).strip()
        plain = unicodedata.normalize("NFKC", typed)
        self.data = int(plain) if re.fullmatch(r"-?[0-9]{1,6}", plain) else typed

    def complaint(self) -> str | None:
        if self.is_blank or (isinstance(self.data, int) and self.low <= self.data <= self.high):
            return None
        return _("Please write a whole number from %(low)s to %(high)s.", low=self.low, high=self.high)


class ChoiceField(AnswerField):
    """One of `options` (stored value, wording); `look` is radio buttons or a drop-down."""

    kind = "choice"

    def __init__(
        self,
        label: Any = None,
        *,
        options: Sequence[tuple[str, Any]],
        look: Literal["radio", "select"] = "radio",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.options = tuple(options)
        self.look = look

    def text(self, *, paper: bool = False) -> str:
        return next((str(wording) for value, wording in self.options if value == self.data), self.data)

    def complaint(self) -> str | None:
        if self.is_blank or self.data in dict(self.options):
            return None
        return _("“%(value)s” is not one of the choices.", value=self.data)

    def ask(self) -> str:
        return _("Please choose one.")


class CheckField(AnswerField):
    """A box to tick; `required` means it must be ticked."""

    kind = "check"

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not self.read_only:
            self.data = bool(valuelist)

    def process_data(self, value: Any) -> None:
        self.data = value is True or value == "1"

    @property
    def typed(self) -> str:
        return "1" if self.data else ""

    def text(self, *, paper: bool = False) -> str:
        return _("Yes") if self.data else _("No")

    def inputs(self) -> list[tuple[str, str]]:
        return [(self.name, "1")] if self.data and not self.read_only else []

    def ask(self) -> str:
        return _("Please tick this box.")
