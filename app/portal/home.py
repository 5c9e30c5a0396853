"""Home: what waits for me, by role."""

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from app.access.matrix import Permission, Role
from app.access.models import PortalUser
from app.access.policy import has_role, scopes, visible
from app.cases.models import Case
from app.cases.offices import holder_label
from app.cases.states import ENDED, STATES
from app.core.db import db
from app.notices.queries import inbox
from app.portal.blueprint import bp, me
from app.portal.case_view import BADGES, deadline
from app.portal.words import days_left
from app.reports.waiting import ageing, waits_for
from app.reviews.models import Assignment, SheetState
from app.reviews.queries import work_list

SHOWN = 5


@bp.get("/")
def home() -> str:
    """What waits for me, by role."""
    user = me()
    teacher, reviewer = has_role(user, Role.TEACHER), has_role(user, Role.REVIEWER)
    todo = _open_work(user) if reviewer else []
    office = scopes(user, Permission.OFFICE_ENTER) and scopes(user, Permission.CASE_VIEW)
    seen = visible(user, Case, Permission.CASE_VIEW)
    # Who only looks on (school contacts, auditors) sees where all cases stand.
    acts = has_role(user, Role.COUNTY) or has_role(user, Role.CENTRE)
    return render_template(
        "portal/home.html",
        teacher=teacher,
        reviewer=reviewer,
        cases=_own_cases(user) if teacher else [],
        todo=todo[:SHOWN],
        todo_count=len(todo),
        office=bool(office),
        acts=acts,
        waiting=ageing(and_(seen, waits_for(user)) if acts else seen) if office else [],
        states=STATES,
        steward=bool(scopes(user, Permission.STEWARD_ENTER)),
        news=[message for message in inbox(user, limit=SHOWN) if message.read_at is None],
        badges=BADGES,
        deadline=deadline,
        days_left=days_left,
        holder_label=holder_label,
        greeting=_("%(name)s, welcome", name=user.name),
    )


def _own_cases(user: PortalUser) -> list[Case]:
    """Open cases, and per track the last one that has ended when nothing newer is open."""
    rows = db.session.scalars(
        select(Case)
        .where(Case.applicant_id == user.id)
        .options(joinedload(Case.campaign), joinedload(Case.county), joinedload(Case.school))
        .order_by(Case.id.desc())
    ).all()
    latest: dict[str, Case] = {}
    for case in rows:
        latest.setdefault(case.track, case)
    return sorted(latest.values(), key=lambda case: (case.state in ENDED, -case.id))


def _open_work(user: PortalUser) -> list[Assignment]:
    rows = work_list(user)
    return [row for row in rows if row.sheet is None or row.sheet.state is SheetState.DRAFT]
