"""The standard sheet as a form, made from the item rows of its track: page, draft, checks and comparison follow."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.campaigns.tracks import TRACKS, Track
from app.cases.models import Case
from app.cases.states import VERDICT_LABELS, Round, Verdict
from app.core.i18n import pick
from app.forms.base import OfficialForm, Section
from app.forms.fields import ChoiceField, LongTextField
from app.reviews.models import Assignment, Sheet
from app.reviews.queries import LEVELS, sheet_items, ticks

LOW_IS_GOOD = _l("A low level is good: 1-2 is the best, 5 the weakest.")


def sheet_class(case: Case, round_: Round) -> type[OfficialForm]:
    """The sheet of this case's track with the verdicts and limits that its campaign sets for the round."""
    items = tuple((item.code, item.label_zh, item.label_en) for item in sheet_items(case.track))
    rules = case.campaign
    verdicts = tuple(rules.verdicts.get(str(round_), []))
    return _made(
        case.track, items, verdicts, rules.correction_limit, rules.similar_revise, rules.similar_fail
    )


@lru_cache(64)
def _made(
    track: Track,
    items: tuple[tuple[str, str, str], ...],
    verdicts: tuple[str, ...],
    limit: int,
    similar_revise: int,
    similar_fail: int,
) -> type[OfficialForm]:
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
    fields["similar"] = ChoiceField(
        _l("認證資料與其他教師敘寫內容相仿情形"),
        options=tuple(ticks(similar_revise, similar_fail).items()),
        cols=12,
    )
    fields["correction"] = ChoiceField(
        _l("加權分數 (±%(limit)s等第)", limit=limit),
        options=tuple((str(points), _points(points)) for points in range(-limit, limit + 1)),
        look="select",
        hint=_l("Added to the sum of the levels. A low sum is good: minus makes it better, plus worse."),
        cols=12,
    )
    fields["correction_reason"] = LongTextField(
        _l("Why the sum is corrected"),
        rows=2,
        limit=2000,
        required=True,
        unless=("correction", "0"),
        hint=_l("Needed where the sum is corrected."),
    )
    fields["verdict"] = ChoiceField(
        _l("委員建議"),
        options=tuple((v, VERDICT_LABELS[Verdict(v)]) for v in verdicts),
        required=True,
        cols=12,
    )
    sections.append(Section(_l("其他文字補充說明"), ("remark",)))
    sections.append(Section(_l("認證資料與其他教師敘寫內容相仿情形"), ("similar",)))
    if limit:
        sections.append(Section(_l("加權分數"), ("correction", "correction_reason")))
    else:
        del fields["correction"], fields["correction_reason"]
    sections.append(Section(_l("委員建議"), ("verdict",)))
    return type(
        "SheetForm", (OfficialForm,), {**fields, "title": TRACKS[track].sheet, "sections": tuple(sections)}
    )


def _points(points: int) -> object:
    if not points:
        return _l("0 (no correction)")
    if points < 0:
        return _l("%(points)s (better)", points=f"−{-points}")
    return _l("%(points)s (worse)", points=f"+{points}")


def _bilingual(zh: str, en: str) -> Callable[[], str]:
    return lambda: pick(zh, en)


def answers_of(sheet: Sheet | None) -> dict[str, Any]:
    """The stored sheet as the answers of its form."""
    if sheet is None:
        return {"correction": "0"}
    return {
        **{f"level-{code}": str(level) for code, level in sheet.levels.items()},
        **{f"comment-{code}": text for code, text in sheet.comments.items()},
        "remark": sheet.remark,
        "similar": sheet.similar,
        "correction": str(sheet.correction),
        "correction_reason": sheet.correction_reason,
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
        "similar": answers["similar"],
        "correction": _whole(answers.get("correction", "0")),
        "correction_reason": answers.get("correction_reason", ""),
        "verdict": Verdict(verdict) if verdict in list(Verdict) else None,
    }


def _whole(typed: str) -> int:
    return int(typed) if re.fullmatch(r"-?[0-9]{1,2}", typed) else 0
