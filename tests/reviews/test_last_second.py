"""A last day ends with its last second in Taipei, wherever the server stands and whatever its database calls now."""

import os
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from app import jobs
from app.cases import service as cases
from app.cases import workflow
from app.cases.states import State, Verdict
from app.core import clock
from app.core.db import db
from app.core.errors import PortalError
from app.reviews.queries import assignments
from tests import factories

# In the last hour of Friday 13 February 2026 in Taipei; the ten days go over the lunar new year.
NOTICE = datetime(2026, 2, 13, 15, 30, tzinfo=UTC)
LAST = datetime(2026, 2, 23, 15, 59, 59, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


@pytest.fixture(params=["UTC", "Asia/Taipei", "America/Los_Angeles", "Pacific/Kiritimati"])
def at(request, app, frozen):
    """`at(moment)` with process and database sessions in one of the zones."""

    def move(moment):
        # As a time stamp, because a moment in a zone would move the process into that zone.
        frozen.move_to(moment.timestamp(), tick=False)

    with pytest.MonkeyPatch.context() as patch, app.app_context():
        patch.setitem(os.environ, "TZ", request.param)
        patch.setitem(os.environ, "PGTZ", request.param)
        time.tzset()
        db.engine.dispose()
        move(NOTICE)
        assert (
            datetime.now().astimezone().utcoffset() == NOTICE.astimezone(ZoneInfo(request.param)).utcoffset()
        )
        if db.engine.dialect.name == "postgresql":
            assert db.session.scalar(text("show time zone")) == request.param
        yield move
        db.session.rollback()
        db.engine.dispose()
    time.tzset()


@pytest.fixture
def there(at):
    """A world whose every deadline of days given now is day ten."""
    return factories.world(revise_days=10, review_days=10, closes_at=clock.days_after(clock.now(), 10))


def test_the_appeal_by_its_service(there, at):
    case = factories.decided(there, Verdict.FAIL)
    assert case.due_at == LAST
    factories.fill(case, ["appeal"])
    at(LAST + timedelta(seconds=1))
    with pytest.raises(PortalError) as refusal:
        cases.file_appeal(there.teacher, case)
    assert "2026-02-23" in str(refusal.value.message)
    db.session.commit()
    assert (jobs.lapse_due(), case.state) == (0, State.FIRST_FAILED), "a result stands, it does not lapse"
    at(LAST + timedelta(seconds=1) - INSTANT)
    assert cases.file_appeal(there.teacher, case).state is State.APPEAL_FILED


def test_the_appeal_by_its_page(there, at, app, login):
    case = factories.decided(there, Verdict.FAIL)
    factories.fill(case, ["appeal"])
    client = login(app.test_client(), there.teacher.username)
    page, send = f"/cases/{case.id}/", f"/cases/{case.id}/submit"
    assert "星期一 (2026-02-23)" in client.get(page).text and "10" in client.get(page).text

    at(LAST + timedelta(seconds=1))
    login(client := app.test_client(), there.teacher.username)
    assert f'href="{send}"' not in client.get(page).text
    assert "2026-02-23" in client.submit(send, follow_redirects=True).text
    db.session.expire_all()
    assert case.state is State.FIRST_FAILED

    at(LAST + timedelta(seconds=1) - INSTANT)
    login(client := app.test_client(), there.teacher.username)
    assert f'href="{send}"' in client.get(page).text
    assert "2026-02-23 23:59:59" in client.submit(send, follow_redirects=True).text
    db.session.expire_all()
    assert case.state is State.APPEAL_FILED


@pytest.mark.parametrize("begun", ["draft", "returned", "revising"])
def test_what_is_to_be_sent_is_taken_in_the_last_second_and_closed_in_the_next(there, at, begun):
    def one():
        there.teacher = factories.teacher()
        if begun == "draft":
            return factories.drafted(there)
        if begun == "revising":
            return factories.decided(there, Verdict.REVISE)
        return workflow.fire(there.centre, factories.sent(there), "formal_return", reason="未核章")

    in_time, late = one(), one()
    assert late.due_at == (None if begun == "draft" else LAST)
    db.session.commit()
    at(LAST + timedelta(seconds=1) - INSTANT)
    assert jobs.lapse_due() == 0
    cases.submit(in_time.applicant, in_time)
    db.session.commit()
    at(LAST + timedelta(seconds=1))
    with pytest.raises(PortalError) as refusal:
        cases.submit(late.applicant, late)
    assert "2026-02-23" in str(refusal.value.message)
    db.session.rollback()
    assert (jobs.lapse_due(), jobs.lapse_due()) == (1, 0)
    db.session.expire_all()
    assert late.state is State.LAPSED and late.events[-1].transition == "lapse"
    assert in_time.state is not State.LAPSED


def test_a_reviewer_is_late_after_the_last_second(there, at, app, login):
    case = factories.in_review(there)
    assert {row.due_at for row in assignments(case)} == {LAST}
    link = f"/office/cases/show/{case.id}"
    for moment, late in ((LAST + timedelta(seconds=1) - INSTANT, False), (LAST + timedelta(seconds=1), True)):
        at(moment)
        client = login(app.test_client(), there.centre.username)
        page = client.get("/office/reviews/list/?sheet=late").text
        assert (there.reviewers[0].name in page) is late
        assert ("tone-bad" in client.get("/office/reviews/list/").text) is late
        assert (link in client.get("/office/cases/list/?waiting=late").text) is late
