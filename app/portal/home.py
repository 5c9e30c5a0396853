"""Home: what waits for me, by role."""

from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.access.matrix import Permission, Role
from app.access.models import PortalUser
from app.access.policy import has_role, scopes, visible
from app.cases.models import Case
from app.cases.states import ENDED, STATES, State
from app.cases.workflow import holder_label
from app.core.db import db
from app.notices.queries import inbox
from app.portal.blueprint import bp, me
from app.portal.case_view import BADGES, deadline
from app.portal.words import days_left
from app.reviews.models import Assignment, SheetState
from app.reviews.queries import work_list

SHOWN = 5


@dataclass
class Queue:
    """How many cases stand in one state."""

    label: str
    count: int
    tone: str


@bp.get("/")
def home() -> str:
    """What waits for me, by role."""
    user = me()
    teacher, reviewer = has_role(user, Role.TEACHER), has_role(user, Role.REVIEWER)
    todo = _open_work(user) if reviewer else []
    return render_template(
        "portal/home.html",
        teacher=teacher,
        reviewer=reviewer,
        cases=_own_cases(user) if teacher else [],
        todo=todo[:SHOWN],
        todo_count=len(todo),
        office=bool(scopes(user, Permission.OFFICE_ENTER)),
        steward=bool(scopes(user, Permission.STEWARD_ENTER)),
        queues=_queues(user) if scopes(user, Permission.OFFICE_ENTER) else [],
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


def _queues(user: PortalUser) -> list[Queue]:
    """Cases under way that the user may see, counted by state in the order of the workflow."""
    rows = db.session.execute(
        select(Case.state, func.count())
        .where(visible(user, Case, Permission.CASE_VIEW), Case.state.not_in([State.WITHDRAWN, State.LAPSED]))
        .group_by(Case.state)
    )
    counts = {state: number for state, number in rows}
    return [
        Queue(str(info.label), counts[state], BADGES[info.tone])
        for state, info in STATES.items()
        if state in counts
    ]
