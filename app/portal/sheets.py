"""查看: the standard sheets of a decided round, for the applicant and the offices."""

from typing import Any

from flask import Response, abort, render_template
from flask_babel import gettext as _

from app.access.matrix import Permission
from app.cases.models import Case
from app.cases.states import ROUND_LABELS, VERDICT_LABELS
from app.core.file_answers import file_answer
from app.forms.printed import document_pdf
from app.portal.blueprint import bp, load_case, me
from app.portal.case_view import readable_sheets
from app.portal.sheet_form import LOW_IS_GOOD
from app.portal.words import short_day
from app.reviews.models import Sheet
from app.reviews.outcome import total
from app.reviews.queries import LEVELS, decisions, sheet_items, ticks


@bp.get("/cases/<int:case_id>/sheets/<int:sheet_id>")
def sheet_page(case_id: int, sheet_id: int) -> str:
    """Levels in words, comments and remark; never who wrote them."""
    case, sheet = _find(case_id, sheet_id)
    return render_template(
        "cases/sheet.html",
        case=case,
        sheet=sheet,
        title=title_of(case, sheet),
        rows=rows_of(case, sheet),
        sums=_sums(case, sheet),
        decision=decisions(case).get(sheet.assignment.round),
        verdict_labels=VERDICT_LABELS,
        low_is_good=LOW_IS_GOOD,
        own=case.applicant_id == me().id,
    )


@bp.get("/cases/<int:case_id>/sheets/<int:sheet_id>/pdf")
def sheet_pdf(case_id: int, sheet_id: int) -> Response:
    """The same on paper."""
    case, sheet = _find(case_id, sheet_id)
    rows = [[row["label"], row["level"], row["comment"]] for row in rows_of(case, sheet)]
    table = {"columns": [_("項目"), _("等級"), _("審查意見")], "rows": rows}
    sections: list[dict[str, Any]] = [
        {"title": _("審查結果"), "note": str(LOW_IS_GOOD), "blocks": [{"label": "", "table": table}]}
    ]
    sections.append({"title": _("加權分數與相仿情形"), "blocks": [{"pairs": _sums(case, sheet)}]})
    if sheet.remark:
        sections.append({"title": _("其他文字補充說明"), "blocks": [{"label": "", "value": sheet.remark}]})
    header = [
        [_("流程名稱"), case.track_label],
        [_("審查階段"), str(ROUND_LABELS[sheet.assignment.round])],
        [_("教師"), case.applicant.name],
        [_("學校"), case.school.label],
    ]
    decision = decisions(case).get(sheet.assignment.round)
    if decision:
        header.append([_("判定"), str(VERDICT_LABELS[decision.verdict])])
    title = title_of(case, sheet)
    data = document_pdf(
        title, header=header, sections=sections, footer=f"{case} · {short_day(sheet.sent_at)}"
    )
    return file_answer(data, f"{title}.pdf")


def _sums(case: Case, sheet: Sheet) -> list[list[str]]:
    """Sum, correction and tick, low being good."""
    pairs = [[_("Sum of the levels (low is good)"), str(total(sheet) - sheet.correction)]]
    if sheet.correction:
        pairs += [
            [_("加權分數"), f"{sheet.correction:+d}"],
            [_("Why the sum is corrected"), sheet.correction_reason],
            [_("Corrected sum (low is good)"), str(total(sheet))],
        ]
    rules = case.campaign
    alike = ticks(rules.similar_revise, rules.similar_fail)[sheet.similar]
    return [*pairs, [_("認證資料與其他教師敘寫內容相仿情形"), str(alike)]]


def title_of(case: Case, sheet: Sheet) -> str:
    """進階審查標準表 初審, numbered when the round has more than one sheet."""
    same = [s.id for s in readable_sheets(me(), case) if s.assignment.round == sheet.assignment.round]
    name = f"{case.sheet_label} {ROUND_LABELS[sheet.assignment.round]}"
    return f"{name} ({same.index(sheet.id) + 1})" if len(same) > 1 else name


def rows_of(case: Case, sheet: Sheet) -> list[dict[str, str]]:
    """Item, level in words and comment, in the order of the sheet."""
    return [
        {
            "label": item.label,
            "level": str(LEVELS.get(sheet.levels.get(item.code, 0), "—")),
            "comment": sheet.comments.get(item.code, ""),
        }
        for item in sheet_items(case.track, [sheet])
    ]


def _find(case_id: int, sheet_id: int) -> tuple[Case, Sheet]:
    case = load_case(case_id, Permission.SHEET_VIEW)
    sheet = next((s for s in readable_sheets(me(), case) if s.id == sheet_id), None)
    if sheet is None:
        abort(404)
    return case, sheet
