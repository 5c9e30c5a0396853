"""Rows of the same fields that can be added, removed and moved, with and without JavaScript."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, Form, FormField
from wtforms.utils import unset_value

from app.forms.fields import AnswerField, Problem, lines_of

_ACTION = re.compile(r"(add|remove|up|down)(?:-(\d{1,4}))?")


class RowForm(Form):
    """The fields of one row of a `RepeatField`."""

    @classmethod
    def names(cls) -> set[str]:
        return {name for name in dir(cls) if hasattr(getattr(cls, name), "_formfield")}

    @property
    def is_blank(self) -> bool:
        return all(field.is_blank for field in self)


class RepeatField(AnswerField, FieldList):
    """Rows of the same fields; wholly blank rows are kept while editing but count for nothing."""

    kind = "repeat"

    def __init__(
        self,
        row: type[RowForm],
        label: Any = None,
        *,
        min_rows: int = 1,
        max_rows: int = 50,
        add_label: Any = None,
        paper_rows: int = 3,
        required: bool = False,
        show_if: tuple[str, Any] | None = None,
        hint: Any = "",
        **kwargs: Any,
    ) -> None:
        FieldList.__init__(self, FormField(row), label, min_entries=min_rows, **kwargs)
        self.row = row
        self.max_rows = max_rows
        # Empty rows on the blank sheet for handwriting.
        self.paper_rows = paper_rows
        self.add_label = add_label or _l("Add a row")
        # Column -> (text, wording): that column becomes a list to pick from; the text is what is stored.
        self.suggestions: dict[str, Sequence[tuple[str, str]]] = {}
        self.required = required
        self.show_if = show_if
        self.unless = None
        self.hints = lines_of(hint)
        self.cols = 12
        self.person = self.read_only = False

    # FieldList, not AnswerField, knows how to take values in.
    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        names = self.row.names()
        rows = data if isinstance(data, list) else []
        kept = [{k: v for k, v in row.items() if k in names} for row in rows if isinstance(row, dict)]
        FieldList.process(self, formdata, kept, extra_filters)

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        # The stock method trips over digits such as "²" and over names that merely begin alike.
        pattern = re.compile(rf"{re.escape(prefix)}-([0-9]{{1,4}})-")
        return (int(match[1]) for match in map(pattern.match, formdata) if match)

    def answer(self) -> list[dict[str, Any]]:
        return [{field.short_name: field.answer() for field in entry.form} for entry in self.entries]

    def filled(self) -> list[RowForm]:
        """Rows in which something is written."""
        return [entry.form for entry in self.entries if not entry.form.is_blank]

    @property
    def typed(self) -> str:
        return self.text()

    @property
    def is_blank(self) -> bool:
        return not self.filled()

    def text(self, *, paper: bool = False) -> str:
        return "\n".join(
            " | ".join(field.text(paper=paper) for field in row if field.shown) for row in self.filled()
        )

    def inputs(self) -> list[tuple[str, str]]:
        return [pair for entry in self.entries for field in entry.form for pair in field.inputs()]

    def complaint(self) -> str | None:
        if len(self.entries) <= self.max_rows:
            return None
        return _("At most %(limit)s rows are allowed.", limit=self.max_rows)

    def ask(self) -> str:
        return _("Please fill in at least one row.")

    def problems(self) -> Iterator[Problem]:
        if not self.shown:
            return
        yield from AnswerField.problems(self)
        for number, row in enumerate((entry.form for entry in self.entries), start=1):
            for problem in () if row.is_blank else (p for field in row for p in field.problems()):
                label = _("%(field)s, row %(number)s", field=problem.label, number=number)
                yield Problem(problem.field_id, label, problem.message, problem.kind)

    def required_fields(self) -> Iterator[AnswerField]:
        if not self.shown:
            return
        yield from AnswerField.required_fields(self)
        for row in self.filled():
            for field in row:
                yield from field.required_fields()

    def people(self) -> list[str]:
        return [name for row in self.filled() for field in row for name in field.people()]

    def block(self, *, paper: bool = False) -> dict[str, Any]:
        sample = self.row()
        rows = [[field.text(paper=paper) if field.shown else "" for field in row] for row in self.filled()]
        table = {"columns": [str(field.label.text) for field in sample], "rows": rows}
        return {"label": str(self.label.text), "table": table}

    def blank_row(self) -> RowForm:
        """An empty row whose index is `__n__`, for the browser to copy."""
        return self.row(prefix=f"{self.name}-__n__-")

    def press(self, pressed: str) -> str | None:
        match = _ACTION.fullmatch(pressed)
        return self.change_rows(match[1], int(match[2] or 0)) if match else None

    def change_rows(self, action: str, index: int) -> str:
        """Add, remove or move a row; returns the HTML id of the row to show next."""
        rows = self.answer()
        if action == "add" and len(rows) < self.max_rows:
            rows.append({})
            index = len(rows) - 1
        elif action == "remove" and index < len(rows):
            del rows[index]
            index = max(0, index - 1)
        elif action in ("up", "down"):
            target = index + (1 if action == "down" else -1)
            if index < len(rows) and 0 <= target < len(rows):
                rows[index], rows[target] = rows[target], rows[index]
                index = target
        self.process(None, rows)
        return f"{self.id}-{index}"
