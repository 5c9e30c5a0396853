"""How long cases wait and where: what the office's first page draws."""

from datetime import timedelta

from sqlalchemy import true

from app.cases.states import State
from app.core import clock
from app.reports.waiting import ageing, bottleneck
from tests import factories


def _waiting(there, state, *days):
    """Cases that have stood in `state` for so many days."""
    for number in days:
        case = factories.place(
            factories.apply_as(there, factories.teacher(at_school=there.teacher.school)),
            state,
            state_since=clock.now() - timedelta(days=number, hours=1),
        )
        assert case.state is state


def test_each_case_is_counted_once_where_it_stands_and_by_how_long(there):
    _waiting(there, State.FORMAL_CHECK, 0, 3, 7, 14, 30)
    _waiting(there, State.FIRST_ASSIGN, 1)
    _waiting(there, State.ANNOUNCED, 40)
    rows = {row.state: row for row in ageing(true())}
    assert rows[State.FORMAL_CHECK].counts == (1, 1, 1, 2)
    assert (clock.now() - rows[State.FORMAL_CHECK].oldest).days == 30
    assert rows[State.FIRST_ASSIGN].counts == (1, 0, 0, 0)
    assert set(rows) == {State.FORMAL_CHECK, State.FIRST_ASSIGN}


def test_the_bottleneck_is_where_most_wait_long(there):
    assert bottleneck(ageing(true())) is None
    # Whoever drafts for long holds nobody up.
    _waiting(there, State.DRAFTING, 20, 20, 20)
    assert bottleneck(ageing(true())) is None
    _waiting(there, State.FORMAL_CHECK, 15)
    _waiting(there, State.FIRST_DECISION, 15, 20, 1)
    found = bottleneck(ageing(true()))
    assert found is not None and (found.state, found.long) == (State.FIRST_DECISION, 2)
