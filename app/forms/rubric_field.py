"""Rows of a form that come from a published rubric: one per indicator, with its checkpoints printed below."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.utils import unset_value

from app.forms.fields import AnswerField, ChoiceField, LongTextField, Problem
from app.forms.repeat_field import RowForm

EXCELLENT, SATISFACTORY, DEVELOPING = "excellent", "satisfactory", "developing"
RATINGS = ((EXCELLENT, _l("優良")), (SATISFACTORY, _l("滿意")), (DEVELOPING, _l("待成長")))


class RatingRow(RowForm):
    """What the observer writes about one indicator."""

    evidence = LongTextField(_l("事實摘要敘述"), required=True, rows=6)
    rating = ChoiceField(_l("評量"), options=RATINGS, required=True, cols=12)


@dataclass
class RubricRow:
    """An indicator of the rubric, its checkpoints, and the answers to it."""

    item: Any
    dimension: Any
    checkpoints: list[Any]
    form: RatingRow = field(init=False)

    @property
    def code(self) -> str:
        return str(self.item.code)

    @property
    def title(self) -> str:
        return f"{self.code} {wording(self.item)}"

    @property
    def dimension_title(self) -> str:
        return f"{self.dimension.code} {wording(self.dimension)}"

    @property
    def checkpoint_titles(self) -> list[str]:
        return [f"{point.code} {wording(point)}" for point in self.checkpoints]

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


def wording(item: Any) -> str:
    """Title of a rubric item in the present language; the official Chinese one where there is no other."""
    locale = get_locale()
    if locale is not None and locale.language == "en" and item.title_en:
        return str(item.title_en)
    return str(item.title_zh)


def rows_of(rubric: Any) -> list[RubricRow]:
    """Observable indicators of a rubric with their checkpoints; items without confirmed text are left out."""
    usable = [item for item in rubric.items if item.title_zh and item.status != "missing"]
    by_code = {item.code: item for item in usable}
    return [
        RubricRow(
            item,
            by_code.get(item.parent_code),
            [point for point in usable if point.level == "checkpoint" and point.parent_code == item.code],
        )
        for item in usable
        if item.level == "indicator" and item.observable
    ]


def rubric_of(answers: Mapping[str, Any]) -> int | None:
    """Revision of the rubric that stored answers were written on; None when no field says."""
    stored = [value for value in answers.values() if isinstance(value, dict) and "revision" in value]
    return int(stored[0]["revision"]) if stored else None


class RubricField(AnswerField):
    """Evidence and rating per indicator.

    The answer is {"rubric": version, "revision": n, "rows": {code: {"evidence", "rating"}}}.
    """

    kind = "rubric"

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, cols=12, **kwargs)
        self.rows: list[RubricRow] = []

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Sequence[Any] = ()) -> None:
        stored = data.get("rows") if isinstance(data, dict) else None
        stored = stored if isinstance(stored, dict) else {}
        self.rows = rows_of(self._form.rubric)
        names = RatingRow.names()
        for row in self.rows:
            values = stored.get(row.code)
            values = values if isinstance(values, dict) else {}
            known = {name: value for name, value in values.items() if name in names}
            row.form = RatingRow(formdata, prefix=f"{self.name}-{row.code}-", data=known)

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
        """Indicators that were given a rating."""
        return [row for row in self.rows if row.form.rating.data == rating]

    def block(self, *, paper: bool = False) -> dict[str, Any]:
        columns = [_("指標與檢核重點"), *(str(part.label.text) for part in RatingRow())]
        rows = [
            [
                "\n".join([row.title, *row.checkpoint_titles]),
                *(part.text(paper=paper) for part in row.form),
            ]
            for row in self.rows
        ]
        return {"label": str(self.label.text), "table": {"columns": columns, "rows": rows}}
