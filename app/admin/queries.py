"""What the dashboard counts: where the cases stand, what is late, what waits for the visitor's office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import can, visible
from app.campaigns.models import Campaign
from app.cases.models import Case
from app.cases.offices import holder_label
from app.cases.states import Holder, State
from app.core import clock
from app.core.db import db
from app.reference.models import School
from app.reports.waiting import held_by, vacant, waits_for
from app.reviews.models import Assignment, Sheet, SheetState

# No rule gives the offices a deadline for checking, assigning and deciding: two weeks are what we call late.
OFFICE_TIME = timedelta(days=14)

# What waits for the offices: name, states, and whose permission the step needs.
QUEUES = {
    "check": (_l("To check"), (State.FORMAL_CHECK,), Permission.CASE_CHECK),
    "assign": (
        _l("To assign"),
        (State.FIRST_ASSIGN, State.SECOND_ASSIGN, State.APPEAL_ACCEPTED),
        Permission.CASE_ASSIGN,
    ),
    "decide": (
        _l("To decide"),
        (State.FIRST_DECISION, State.SECOND_DECISION, State.APPEAL_FILED, State.APPEAL_DECISION),
        Permission.CASE_DECIDE,
    ),
    "issue": (_l("To issue"), (State.PASSED,), Permission.CERTIFICATE_ISSUE),
    "announce": (_l("To announce"), (State.ISSUED,), Permission.CERTIFICATE_ISSUE),
}


def in_queue(actor: PortalUser, name: str) -> ColumnElement[bool]:
    """The cases that the number of a queue counts: those of the actor's office, or all for who only looks."""
    permission = QUEUES[name][2]
    return and_(_stands_in(name), waits_for(actor)) if can(actor, permission) else _stands_in(name)


def _stands_in(name: str) -> ColumnElement[bool]:
    """The cases of a queue, whoever acts; an empty reviewer's place waits for assigning too."""
    waiting = Case.state.in_(QUEUES[name][1])
    return or_(waiting, vacant()) if name == "assign" else waiting


def queue_counts(actor: PortalUser) -> dict[str, tuple[int, int]]:
    """For each queue how many wait for the actor's office, and how many there are in the actor's scope."""
    number = func.count(Case.id)
    columns = [
        number.filter(condition)
        for name in QUEUES
        for condition in (and_(_stands_in(name), waits_for(actor)), _stands_in(name))
    ]
    found = db.session.execute(select(*columns).where(visible(actor, Case, Permission.CASE_VIEW))).one()
    return {name: (found[2 * place], found[2 * place + 1]) for place, name in enumerate(QUEUES)}


def is_late() -> ColumnElement[bool]:
    """A last day passed, or a step that took longer than it should; numbers wait for each other, so never late."""
    now = clock.now()
    return or_(
        and_(Case.state.in_([State.RETURNED, State.REVISING]), Case.due_at <= clock.last_passed()),
        and_(Case.state.in_(held_by(Holder.REVIEWERS)), _waits_for_a_sheet()),
        and_(
            or_(Case.state.in_(held_by(Holder.CHECKING, Holder.ASSIGNING, Holder.DECIDING)), vacant()),
            Case.state_since < now - OFFICE_TIME,
        ),
    )


def _waits_for_a_sheet() -> ColumnElement[bool]:
    """A reviewer's last day passed and the sheet has not come."""
    return exists().where(
        Assignment.case_id == Case.id,
        Assignment.ended_at.is_(None),
        Assignment.due_at <= clock.last_passed(),
        ~exists().where(Sheet.assignment_id == Assignment.id, Sheet.state == SheetState.SENT),
    )


@dataclass
class Overview:
    """What is late of all that the actor may see."""

    late_count: int
    late: Sequence[Case]
    late_by_holder: dict[str, int]


def overview(actor: PortalUser) -> Overview:
    """What is late within the actor's scope, in three queries."""
    seen = visible(actor, Case, Permission.CASE_VIEW)
    late = and_(seen, is_late())
    shown = db.session.scalars(
        select(Case).where(late).options(*row_options()).order_by(Case.state_since, Case.id).limit(8)
    ).all()
    holders = _holders(late)
    return Overview(sum(holders.values()), shown, holders)


def _holders(late: ColumnElement[bool]) -> dict[str, int]:
    """How many late cases each holder has; one case of each state and campaign tells who that is."""
    groups = db.session.execute(
        select(func.min(Case.id), func.count()).where(late).group_by(Case.state, Case.campaign_id)
    )
    numbers = dict(groups.all())
    found: dict[str, int] = {}
    for case in db.session.scalars(select(Case).where(Case.id.in_(numbers)).options(*row_options())):
        found[holder_label(case)] = found.get(holder_label(case), 0) + numbers[case.id]
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def row_options() -> tuple[Any, ...]:
    """What a list row of a case shows, in one query; nothing behind it is loaded."""
    return (
        joinedload(Case.applicant).load_only(
            PortalUser.display_name, PortalUser.first_name, PortalUser.last_name
        ),
        joinedload(Case.applicant).lazyload(PortalUser.county),
        joinedload(Case.applicant).lazyload(PortalUser.school),
        joinedload(Case.school).load_only(School.code, School.label_zh, School.label_en),
        joinedload(Case.school).lazyload(School.county),
        joinedload(Case.county),
        joinedload(Case.campaign).lazyload(Campaign.county),
    )
