"""What every official form is: a WTForms class whose declaration gives page, draft, check, PDF and comparison."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal

from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.forms.fields import AnswerField, Problem


@dataclass(frozen=True)
class Section:
    """A titled group of fields, in the order of the official sheet; `note` is help printed below the title."""

    title: Any
    fields: tuple[str, ...]
    note: Any = ""


@dataclass(frozen=True)
class Difference:
    """One field whose text differs between two versions; `name` is the HTML name of the field."""

    name: str
    label: str
    a: str
    b: str


class OfficialForm(Form):
    """One official form in one version; subclasses declare, this class derives everything else.

    `answers` is the JSON document of a stored form; `formdata` (a MultiDict) wins where it has a value.
    `rubric` is needed by forms that set `needs_rubric`: a `reference.Rubric` or its like. Outside tests
    forms are made by `registry.build`, which finds the rubric.
    """

    code: ClassVar[str] = ""
    version: ClassVar[int] = 1
    title: ClassVar[Any] = ""
    kind: ClassVar[Literal["typed", "upload"]] = "typed"
    who: ClassVar[Any] = ""
    sections: ClassVar[tuple[Section, ...]] = ()
    # Labels of the lines to sign on, on paper.
    signatures: ClassVar[tuple[Any, ...]] = ()
    needs_rubric: ClassVar[str | None] = None

    def __init__(
        self,
        formdata: MultiDict[str, str] | None = None,
        answers: Mapping[str, Any] | None = None,
        *,
        rubric: Any = None,
    ) -> None:
        if self.needs_rubric and rubric is None:
            raise TypeError(f"{type(self).__name__} is built from rubric {self.needs_rubric}: pass rubric=")
        self.rubric = rubric
        self.is_new = answers is None and not formdata
        super().__init__(formdata, data=self._known(answers or {}))

    # -- declaration ---------------------------------------------------------------------------------------

    @property
    def menu_title(self) -> str:
        """Title as in the drop-down of a slot, with who fills it in."""
        return f"{self.title} ({self.who})" if self.who else str(self.title)

    def fields_of(self, section: Section) -> list[AnswerField]:
        """The bound fields of a section."""
        return [self._fields[name] for name in section.fields]

    # -- answers -------------------------------------------------------------------------------------------

    def answers(self) -> dict[str, Any]:
        """Everything typed, wrong values as they were typed, as one JSON document."""
        return {name: field.answer() for name, field in self._fields.items()}

    def load(self, answers: Mapping[str, Any]) -> None:
        """Replace all values by a stored document; unknown names are ignored."""
        self.process(data=self._known(answers))

    def _known(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        return {name: answers[name] for name in self._fields_declared() if name in answers}

    @classmethod
    @cache
    def _fields_declared(cls) -> list[str]:
        return [name for name in dir(cls) if hasattr(getattr(cls, name), "_formfield")]

    def prefill(self, context: Mapping[str, Any]) -> None:
        """Fill what the portal already knows; see `ObservationHeader.prefill` for the keys."""

    def handover(self) -> dict[str, Any]:
        """What later forms of the same case start from, as keys of their `prefill`."""
        return {}

    @property
    def is_empty(self) -> bool:
        """Nothing was typed: values that come from the account do not count."""
        return all(field.is_blank or field.read_only for field in self)

    def inputs(self) -> list[tuple[str, str]]:
        """All values as name and value pairs of an HTML form, to carry them through a page unseen."""
        return [pair for field in self for pair in field.inputs()]

    # -- checks --------------------------------------------------------------------------------------------

    def problems(self) -> list[Problem]:
        """What keeps the form from being complete, in the order of the sheet; empty means complete."""
        return [problem for field in self._in_order() for problem in field.problems()]

    def messages(self, *, missing: bool = True) -> dict[str, str]:
        """HTML id -> what to say at that field; without `missing` only what was typed wrongly."""
        return {p.field_id: p.message for p in self.problems() if missing or p.kind == "invalid"}

    def progress(self, section: Section | None = None) -> tuple[int, int]:
        """How many required fields are filled, and how many there are now, in the form or in one section."""
        fields = self.fields_of(section) if section else self._in_order()
        needed = [needed for field in fields for needed in field.required_fields()]
        return sum(not field.is_blank and not field.complaint() for field in needed), len(needed)

    def people(self) -> list[str]:
        """Names of persons in the form, for finding reviewers with a conflict of interest."""
        return [name for field in self._in_order() for name in field.people()]

    def _in_order(self) -> Iterator[AnswerField]:
        names = [name for section in self.sections for name in section.fields]
        return (self._fields[name] for name in names)

    # -- rows without JavaScript ---------------------------------------------------------------------------

    def apply_row_action(self, formdata: Mapping[str, str]) -> str | None:
        """Do what a button of a field asked (`rows-<field>` = add, remove-2, up-2, down-2, take, renew).

        Returns the HTML id to show next, or None when no such button was pressed.
        """
        for name, field in self._fields.items():
            shown = field.press(formdata[f"rows-{name}"]) if f"rows-{name}" in formdata else None
            if shown:
                return str(shown)
        return None

    # -- views of the answers ------------------------------------------------------------------------------

    def summary(self) -> str:
        """One line that tells this document from others of its kind."""
        return str(self.title)

    def blocks(self, locale: str | None = None, *, paper: bool = False) -> list[dict[str, Any]]:
        """The filled form as data: read view, PDF and reviewer view are drawn from it.

        `[{"title", "note", "blocks": [{"label", "value", "wide"} | {"label", "table": {"columns",
        "rows"}} | {"label", "record"}]}]`; `wide` values want a line of their own, `record` is a
        `Presentation`. With `paper` dates are written in years of the Republic. Hidden conditional
        fields are left out.
        """
        if locale:
            with force_locale(locale):
                return self.blocks(paper=paper)
        return [
            {
                "title": str(section.title),
                "note": str(section.note),
                "blocks": [field.block(paper=paper) for field in self.fields_of(section) if field.shown],
            }
            for section in self.sections
        ]

    def leaves(self) -> dict[str, tuple[str, AnswerField]]:
        """HTML name -> (label, field) of everything that can be compared and taken over on its own."""
        return {leaf.name: (label, leaf) for field in self._in_order() for label, leaf in field.leaves()}

    def resolve(self, formdata: Mapping[str, str], theirs: "OfficialForm") -> None:
        """Take from `theirs` each field for which `choose-<name>` says so; the rest stays as it is here."""
        other = theirs.leaves()
        for name, (_label, field) in self.leaves().items():
            if formdata.get(f"choose-{name}") == "theirs" and name in other:
                field.process(None, other[name][1].answer())


class UploadForm(OfficialForm):
    """A form that is filled on paper, signed, and uploaded as one PDF; `paper` declares the blank."""

    kind = "upload"
    paper: ClassVar[Any] = None


def differences(a: OfficialForm, b: OfficialForm) -> list[Difference]:
    """Fields whose answers differ between two versions of the same form, in the order of the sheet."""
    other = b.leaves()
    return [
        Difference(name, label, field.text() or _("(empty)"), other[name][1].text() or _("(empty)"))
        for name, (label, field) in a.leaves().items()
        if name in other and field.answer() != other[name][1].answer()
    ]
