"""Assignments and their sheets, for reading."""

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.admin import cells
from app.admin.base import OfficeModelView, actor
from app.cases.models import Case
from app.cases.states import ROUND_LABELS
from app.core import clock
from app.core.tables import Filter, Order, one_of
from app.reference.models import School
from app.reviews.models import Assignment, Sheet, SheetState


def _reviewer(typed: str) -> Any:
    return Assignment.reviewer_id.in_(
        select(PortalUser.id).where(PortalUser.display_name.icontains(typed, autoescape=True))
    )


def _sheet_state(typed: str) -> Any:
    sent = Assignment.sheet.has(Sheet.state == SheetState.SENT)
    late = ~sent & Assignment.ended_at.is_(None) & (Assignment.due_at <= clock.last_passed())
    return {SheetState.SENT: sent, SheetState.DRAFT: ~sent, "late": late}.get(typed)


class AssignmentView(OfficeModelView):
    """/office/reviews/"""

    route_base = "/office/reviews"
    model = Assignment
    permission = Permission.SHEET_VIEW
    list_title = _l("Reviews")
    show_title = _l("Review")
    list_columns = ["case_id", "round", "reviewer.name", "case.school.label", "sheet", "proposed", "due_at"]
    show_columns = [*list_columns, "created_at"]
    label_columns = {
        "case_id": _l("案件"),
        "round": _l("審查階段"),
        "reviewer.name": _l("審查委員"),
        "case.school.label": _l("學校"),
        "sheet": _l("Sheet"),
        "proposed": _l("Proposed"),
        "due_at": _l("期限"),
        "created_at": _l("Assigned"),
    }
    filters = (
        Filter("reviewer", _l("審查委員"), _reviewer),
        one_of("round", _l("審查階段"), Assignment.round, ROUND_LABELS),
        Filter(
            "sheet", _l("Sheet"), _sheet_state, lambda: [*cells.SHEET_STATES.items(), ("late", _l("late"))]
        ),
    )
    orders = (Order("new", _l("Newest first"), Assignment.id, descending=True),)
    options = (
        joinedload(Assignment.reviewer).lazyload(PortalUser.county),
        joinedload(Assignment.reviewer).lazyload(PortalUser.school),
        joinedload(Assignment.sheet),
        joinedload(Assignment.case).joinedload(Case.school).lazyload(School.county),
    )

    def reach(self, permission: Permission) -> Any:
        """Nobody finds out here who reads the own case."""
        return super().reach(permission) & Assignment.case.has(Case.applicant_id != actor().id)

    def cell_case_id(self, row: Assignment) -> Any:
        return cells.link(url_for("CaseView.show", pk=row.case_id), f"#{row.case_id}")

    def cell_sheet(self, row: Assignment) -> Any:
        sent = row.sheet is not None and row.sheet.state is SheetState.SENT
        state = SheetState.SENT if sent else SheetState.DRAFT
        return cells.badge(cells.SHEET_STATES[state], "ok" if sent else "neutral")

    def cell_proposed(self, row: Assignment) -> Any:
        # What a reviewer has not sent is nobody else's business.
        return cells.show(row.sheet.verdict) if row.sheet and row.sheet.state is SheetState.SENT else ""

    def cell_due_at(self, row: Assignment) -> Any:
        sent = row.sheet is not None and row.sheet.state is SheetState.SENT
        return cells.day(row.due_at) if sent or row.ended_at else cells.due(row.due_at)
