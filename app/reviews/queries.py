"""Reads of the reviewing."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.cases.models import Case
from app.cases.states import Round, State
from app.core.db import db
from app.reference.models import AppealGround, SheetItem
from app.reviews.models import Appeal, Assignment, Decision, Sheet, SheetState

ROUND_OF = {
    State.FIRST_ASSIGN: Round.FIRST,
    State.FIRST_REVIEW: Round.FIRST,
    State.FIRST_DECISION: Round.FIRST,
    State.SECOND_ASSIGN: Round.SECOND,
    State.SECOND_REVIEW: Round.SECOND,
    State.SECOND_DECISION: Round.SECOND,
    State.APPEAL_ACCEPTED: Round.APPEAL,
    State.APPEAL_REVIEW: Round.APPEAL,
    State.APPEAL_DECISION: Round.APPEAL,
}

# The four boxes of the standard sheet: low is good (FORMS.md 7.1).
LEVELS = {
    2: _l("第1-2等級 (優良)"),
    3: _l("第3等級 (中等)"),
    4: _l("第4等級 (待修正)"),
    5: _l("第5等級 (待加強)"),
}


def ticks(revise: int, fail: int) -> dict[str, object]:
    """認證資料與其他教師敘寫內容相仿情形: the boxes of the sheet under the campaign's thresholds (FORMS.md 7.4)."""
    return {
        "": _l("Not alike, or not as far as this"),
        "revise": _l("%(percent)s%% 以上相仿：修正後複審", percent=revise),
        "fail": _l("%(percent)s%% 以上相仿：未通過", percent=fail),
    }


def sheet_items(track: str, sheets: Iterable[Sheet] = ()) -> list[SheetItem]:
    """The rated items of the track's standard sheet, in order, also those retired since `sheets` rated them."""
    rated = {code for sheet in sheets for code in sheet.levels}
    return list(
        db.session.scalars(
            select(SheetItem)
            .where(SheetItem.track == track, or_(SheetItem.retired_at.is_(None), SheetItem.code.in_(rated)))
            .order_by(SheetItem.sort, SheetItem.id)
        )
    )


def assignments(case: Case, round_: Round | None = None) -> list[Assignment]:
    """Who reviews the case, those recused left out, with their sheets."""
    query = (
        select(Assignment)
        .where(Assignment.case_id == case.id, Assignment.ended_at.is_(None))
        .options(joinedload(Assignment.reviewer), joinedload(Assignment.sheet))
        .order_by(Assignment.round, Assignment.id)
        # A sheet that came in since the session first looked must be seen.
        .execution_options(populate_existing=True)
    )
    if round_ is not None:
        query = query.where(Assignment.round == round_)
    return list(db.session.scalars(query))


def work_list(reviewer: Any) -> list[Assignment]:
    """The reviewer's assignments, what is still to do first."""
    return list(
        db.session.scalars(
            select(Assignment)
            .join(Case, Case.id == Assignment.case_id)
            .outerjoin(Sheet, Sheet.assignment_id == Assignment.id)
            .where(Assignment.reviewer_id == reviewer.id, Assignment.ended_at.is_(None))
            .options(
                joinedload(Assignment.case).joinedload(Case.applicant),
                joinedload(Assignment.case).joinedload(Case.school),
                joinedload(Assignment.sheet),
            )
            .order_by(
                func.coalesce(Sheet.state, SheetState.DRAFT) == SheetState.SENT,
                Assignment.due_at,
                Assignment.id,
            )
        )
    )


def writes_still(user: Any, case: Case) -> bool:
    """Whether a sheet of the case is still the user's to write."""
    mine = select(Assignment.id).outerjoin(Sheet, Sheet.assignment_id == Assignment.id)
    unsent = func.coalesce(Sheet.state, SheetState.DRAFT) == SheetState.DRAFT
    mine = mine.where(Assignment.case_id == case.id, Assignment.reviewer_id == user.id, unsent)
    return db.session.scalar(mine.where(Assignment.ended_at.is_(None)).limit(1)) is not None


def appeal_of(case: Case) -> Appeal | None:
    """The office's answer to the appeal, None while there is none."""
    return db.session.scalar(select(Appeal).where(Appeal.case_id == case.id))


def grounds_of(appeal: Appeal) -> list[AppealGround]:
    """The coded grounds of an answer, also those that have been retired since."""
    query = select(AppealGround).where(AppealGround.code.in_(appeal.grounds))
    return list(db.session.scalars(query.order_by(AppealGround.sort, AppealGround.id)))


def decisions(case: Case) -> dict[Round, Decision]:
    """The decided verdicts of the case, by round."""
    rows = db.session.scalars(select(Decision).where(Decision.case_id == case.id)).all()
    return {d.round: d for d in rows}
