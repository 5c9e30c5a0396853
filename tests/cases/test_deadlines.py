"""Deadlines count to the last second of the last day in Taipei, and the clock itself ends what is late."""

from datetime import datetime, timedelta

import pytest

from app import jobs
from app.cases import service as cases
from app.cases import workflow
from app.cases.states import State, Verdict
from app.core import clock
from app.core.clock import TAIPEI
from app.core.errors import Forbidden, PortalError
from tests import factories
from tests.factories import decided, drafted, fill, sent, world

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=TAIPEI)
SECOND = timedelta(seconds=1)


@pytest.fixture
def march(frozen, db_session):
    """Noon of 2 March 2026, with a campaign of that time."""
    frozen.move_to(NOON, tick=False)
    return world(closes_at=clock.days_after(clock.now(), 10))


def test_the_window_includes_its_last_second(march, frozen):
    case = drafted(march)
    frozen.move_to(march.campaign.closes_at + SECOND, tick=False)
    with pytest.raises(PortalError) as refusal:
        cases.submit(march.teacher, case)
    assert "2026-03-12 23:59" in str(refusal.value.message)
    frozen.move_to(march.campaign.closes_at, tick=False)
    assert cases.submit(march.teacher, case).state is State.FORMAL_CHECK


def test_ten_days_to_appeal_end_with_the_tenth_day(march, frozen):
    case = decided(march, Verdict.FAIL)
    fill(case, ["appeal"])
    assert clock.local(case.due_at) == datetime(2026, 3, 12, 23, 59, 59, tzinfo=TAIPEI)
    frozen.move_to(case.due_at + SECOND, tick=False)
    with pytest.raises(PortalError) as refusal:
        cases.file_appeal(march.teacher, case)
    assert "2026-03-12" in str(refusal.value.message)
    frozen.move_to(case.due_at, tick=False)
    assert cases.file_appeal(march.teacher, case).state is State.APPEAL_FILED


def test_an_appeal_needs_its_form(march):
    case = decided(march, Verdict.FAIL)
    with pytest.raises(PortalError) as refusal:
        cases.file_appeal(march.teacher, case)
    assert refusal.value.code == "not_possible"


def test_a_returned_case_has_thirty_days_and_then_lapses_by_itself(march, frozen, db_session):
    case = sent(march)
    workflow.fire(march.centre, case, "formal_return", reason="未核章")
    due = case.due_at
    assert clock.local(due) == datetime(2026, 4, 1, 23, 59, 59, tzinfo=TAIPEI)
    db_session.commit()

    frozen.move_to(due, tick=False)
    assert jobs.lapse_due() == 0
    frozen.move_to(due + SECOND, tick=False)
    assert jobs.lapse_due() == 1
    assert jobs.lapse_due() == 0

    db_session.refresh(case)
    assert (case.state, case.due_at) == (State.LAPSED, None)
    assert (case.events[-1].actor_id, case.events[-1].actor_role) == (None, "")


def test_a_draft_lapses_when_the_window_closes_and_a_sent_case_does_not(march, frozen, db_session):
    draft = drafted(march)
    march.teacher = factories.teacher()
    other = sent(march)
    db_session.commit()
    frozen.move_to(march.campaign.closes_at + SECOND, tick=False)
    assert jobs.lapse_due() == 1
    db_session.expire_all()
    assert (draft.state, other.state) == (State.LAPSED, State.FORMAL_CHECK)


def test_nobody_can_lapse_a_case_by_hand(march, frozen):
    case = drafted(march)
    frozen.move_to(march.campaign.closes_at + SECOND, tick=False)
    for actor in (march.teacher, march.centre, march.county):
        with pytest.raises(Forbidden):
            workflow.fire(actor, case, "lapse")


def test_the_clock_does_nothing_else(march):
    case = sent(march)
    with pytest.raises(PortalError):
        workflow.fire(None, case, "formal_pass")
