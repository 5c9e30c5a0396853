"""Rows of a form that come from a published rubric: one per indicator, or one per checkpoint."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.utils import unset_value

from app.forms.fields import AnswerField, ChoiceField, LongTextField, Problem
from app.forms.repeat_field import RowForm

Scale = Sequence[tuple[str, Any]]
EXCELLENT, SATISFACTORY, DEVELOPING = "excellent", "satisfactory", "developing"
RATINGS = ((EXCELLENT, _l("優良")), (SATISFACTORY, _l("滿意")), (DEVELOPING, _l("待成長")))
# Did not happen in this lesson: neither good nor bad, and nothing to describe.
NOT_SHOWN = ("not_shown", _l("未呈現"))


def rating_row(scale: Scale, *, lines: int) -> type[RowForm]:
    """The fields of one row: the facts, in a box of so many lines, and a rating on `scale`."""

    class RatingRow(RowForm):
        """What the observer writes about one row of the rubric."""

        evidence = LongTextField(
            _l("事實摘要敘述"), required=True, rows=lines, facts=True, unless=("rating", NOT_SHOWN[0])
        )
        rating = ChoiceField(_l("評量"), options=scale, required=True, cols=12)

    return RatingRow


@dataclass
class RubricRow:
    """An item of the rubric to be rated, where it stands, the checkpoints printed with it, and the answers."""

    item: Any
    parents: list[Any]
    checkpoints: list[Any]
    form: Any = field(init=False)

    @property
    def code(self) -> str:
        return str(self.item.code)

    @property
    def title(self) -> str:
        return titled(self.item)

    @property
    def group(self) -> list[str]:
        """Titles of the dimension and, for a checkpoint, of the indicator above the row."""
        return [titled(parent) for parent in self.parents]

    @property
    def checkpoint_titles(self) -> list[str]:
        return [titled(point) for point in self.checkpoints]

    @property
    def official(self) -> str:
        """The normative Chinese text, as other forms store it."""
        return f"{self.code} {self.item.title_zh}"

    @property
    def facts(self) -> int:
        """How many facts are written: one per line."""
        return sum(bool(line.strip()) for line in self.form.evidence.data.splitlines())

    def problems(self) -> Iterator[Problem]:
        for part in self.form:
            for problem in part.problems():
                yield Problem(problem.field_id, f"{self.code} {problem.label}", problem.message, problem.kind)
        needed = self.item.min_evidence or 0
        if 0 < self.facts < needed:
            message = _(
                "Please write at least %(needed)s facts, one per line; there are %(found)s.",
                needed=needed,
                found=self.facts,
            )
            evidence = self.form.evidence
            yield Problem(evidence.id, f"{self.code} {evidence.label.text}", message, "missing")


def titled(item: Any) -> str:
    """Code and title of a rubric item in the present language; the official Chinese where there is no other."""
    locale = get_locale()
    english = locale is not None and locale.language == "en" and item.title_en
    return f"{item.code} {item.title_en if english else item.title_zh}"


def rows_of(rubric: Any, per: Literal["indicator", "checkpoint"]) -> list[RubricRow]:
    """Observable items of a rubric; items without confirmed text are left out.

    Per checkpoint, an observable indicator of which no checkpoint is known is a row itself.
    """
    usable = [item for item in rubric.items if item.title_zh and item.status != "missing"]
    by_code = {item.code: item for item in usable}
    rows: list[RubricRow] = []
    for item in usable:
        if item.level != "indicator" or not item.observable:
            continue
        above = [by_code[item.parent_code]] if item.parent_code in by_code else []
        points = [p for p in usable if p.level == "checkpoint" and p.parent_code == item.code]
        if per == "checkpoint" and points:
            rows += [RubricRow(point, [*above, item], []) for point in points]
        else:
            rows.append(RubricRow(item, above, points))
    return rows


def rubric_of(answers: Mapping[str, Any]) -> int | None:
    """Revision of the rubric that stored answers were written on; None when no field says."""
    stored = [value for value in answers.values() if isinstance(value, dict) and "revision" in value]
    return int(stored[0]["revision"]) if stored else None


class RubricField(AnswerField):
    """Evidence and rating per row; `scale` belongs to the version of the form.

    The answer is {"rubric": version, "revision": n, "rows": {code: {"evidence", "rating"}}}.
    """

    kind = "rubric"

    def __init__(
        self,
        label: Any = None,
        *,
        per: Literal["indicator", "checkpoint"] = "indicator",
        scale: Scale = RATINGS,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, cols=12, **kwargs)
        self.per = per
        self.scale = scale
        self.rows: list[RubricRow] = []

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Sequence[Any] = ()) -> None:
        stored = data.get("rows") if isinstance(data, dict) else None
        stored = stored if isinstance(stored, dict) else {}
        self.rows = rows_of(self._form.rubric, self.per)
        kind = rating_row(self.scale, lines=6 if self.per == "indicator" else 3)
        names = kind.names()
        for row in self.rows:
            values = stored.get(row.code)
            values = values if isinstance(values, dict) else {}
            known = {name: value for name, value in values.items() if name in names}
            row.form = kind(formdata, prefix=f"{self.name}-{row.code}-", data=known)

    def groups(self) -> list[tuple[list[str], list[RubricRow]]]:
        """Rows under the same headings, in the order of the sheet."""
        return [(titles, list(rows)) for titles, rows in groupby(self.rows, key=lambda row: row.group)]

    def answer(self) -> dict[str, Any]:
        rows = {row.code: {part.short_name: part.answer() for part in row.form} for row in self.rows}
        rubric = self._form.rubric
        return {"rubric": rubric.version, "revision": rubric.revision, "rows": rows}

    @property
    def typed(self) -> str:
        return "".join(part.typed for row in self.rows for part in row.form)

    def inputs(self) -> list[tuple[str, str]]:
        return [pair for row in self.rows for part in row.form for pair in part.inputs()]

    def problems(self) -> Iterator[Problem]:
        for row in self.rows:
            yield from row.problems()

    def required_fields(self) -> Iterator[AnswerField]:
        for row in self.rows:
            for part in row.form:
                yield from part.required_fields()

    def leaves(self) -> Iterator[tuple[str, AnswerField]]:
        for row in self.rows:
            for part in row.form:
                yield f"{row.code} {part.label.text}", part

    def rated(self, rating: str) -> list[RubricRow]:
        """Rows that were given a rating."""
        return [row for row in self.rows if row.form.rating.data == rating]

    def block(self, *, paper: bool = False) -> dict[str, Any]:
        columns = [_("指標與檢核重點"), _("事實摘要敘述"), _("評量")]
        rows = []
        for titles, members in self.groups():
            # A checkpoint's indicator stands once, above the first of its rows; it is no cell of its own.
            above = titles[-1:] if self.per == "checkpoint" and len(titles) > 1 else []
            for row in members:
                name = "\n".join([*above, row.title, *row.checkpoint_titles])
                rows.append([name, *(part.text(paper=paper) for part in row.form)])
                above = []
        return {"label": str(self.label.text), "table": {"columns": columns, "rows": rows}}
