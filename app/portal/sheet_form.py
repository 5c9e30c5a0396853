"""The standard sheet as a form, made from the item rows of its track: page, draft, checks and comparison follow."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.cases.models import Case
from app.cases.states import VERDICT_LABELS, Round, Verdict
from app.core.i18n import pick
from app.forms.base import OfficialForm, Section
from app.forms.fields import ChoiceField, LongTextField
from app.reviews.models import Assignment, Sheet
from app.reviews.queries import LEVELS, sheet_items

LOW_IS_GOOD = _l("A low level is good: 1-2 is the best, 5 the weakest.")


def sheet_class(case: Case, round_: Round) -> type[OfficialForm]:
    """The sheet of this case's track with the verdicts that its campaign allows in the round."""
    items = tuple((item.code, item.label_zh, item.label_en) for item in sheet_items(case.track))
    return _made(items, tuple(case.campaign.verdicts.get(str(round_), [])))


@lru_cache(64)
def _made(items: tuple[tuple[str, str, str], ...], verdicts: tuple[str, ...]) -> type[OfficialForm]:
    fields: dict[str, Any] = {}
    sections: list[Section] = []
    for code, zh, en in items:
        fields[f"level-{code}"] = ChoiceField(
            _l("等級"),
            options=tuple((str(level), label) for level, label in LEVELS.items()),
            required=True,
            cols=12,
            hint=LOW_IS_GOOD if not sections else "",
        )
        fields[f"comment-{code}"] = LongTextField(_l("審查意見"), rows=3, limit=2000)
        sections.append(Section(LazyString(_bilingual(zh, en)), (f"level-{code}", f"comment-{code}")))
    fields["remark"] = LongTextField(_l("其他文字補充說明"), rows=4)
    fields["verdict"] = ChoiceField(
        _l("委員建議"),
        options=tuple((v, VERDICT_LABELS[Verdict(v)]) for v in verdicts),
        required=True,
        cols=12,
    )
    sections.append(Section(_l("其他文字補充說明"), ("remark",)))
    sections.append(Section(_l("委員建議"), ("verdict",)))
    return type(
        "SheetForm", (OfficialForm,), {**fields, "title": _l("進階審查標準表"), "sections": tuple(sections)}
    )


def _bilingual(zh: str, en: str) -> Callable[[], str]:
    return lambda: pick(zh, en)


def answers_of(sheet: Sheet | None) -> dict[str, Any]:
    """The stored sheet as the answers of its form."""
    if sheet is None:
        return {}
    return {
        **{f"level-{code}": str(level) for code, level in sheet.levels.items()},
        **{f"comment-{code}": text for code, text in sheet.comments.items()},
        "remark": sheet.remark,
        "verdict": sheet.verdict.value if sheet.verdict else "",
    }


def sheet_form(assignment: Assignment, formdata: Any = None) -> OfficialForm:
    """The sheet of an assignment, as stored or as posted."""
    kind = sheet_class(assignment.case, assignment.round)
    return kind(formdata, answers_of(assignment.sheet))


def values_of(form: OfficialForm) -> dict[str, Any]:
    """The form's answers as the arguments of `reviews.service.save_sheet`."""
    answers = form.answers()
    levels = {
        name[6:]: int(value)
        for name, value in answers.items()
        if name.startswith("level-") and value.isdigit() and int(value) in LEVELS
    }
    verdict = answers["verdict"]
    return {
        "levels": levels,
        "comments": {name[8:]: value for name, value in answers.items() if name.startswith("comment-")},
        "remark": answers["remark"],
        "verdict": Verdict(verdict) if verdict in list(Verdict) else None,
    }
