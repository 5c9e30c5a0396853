"""Reviewers are reminded once before their last day and once after it; who comes and goes is told as well."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import jobs
from app.access.matrix import Role
from app.core import clock
from app.core.outbox import OutboxMail
from app.notices.models import Message
from app.notices.queries import REMIND_BEFORE
from app.reviews import service
from app.reviews.models import Assignment
from app.reviews.queries import assignments
from tests import factories
from tests.reviews.conftest import judge

SECOND = timedelta(seconds=1)


@pytest.fixture
def case(there, db_session):
    found = factories.in_review(there)
    db_session.commit()
    return found


def told(db_session, event):
    """The accounts that were told of it, each as often as it was."""
    db_session.expire_all()
    return sorted(db_session.scalars(select(Message.user_id).where(Message.event == event)))


def at(moment):
    with clock.told_at(moment):
        return jobs.remind_due()


def test_once_before_the_last_day_and_once_after_it(there, case, db_session):
    both, due = sorted(r.id for r in there.reviewers), assignments(case)[0].due_at
    assert at(due - REMIND_BEFORE - SECOND) == 0
    assert at(due - REMIND_BEFORE) == 2
    assert at(due) == 0, "the last second still belongs to the deadline, and nobody is told twice"
    assert told(db_session, "review.reminder") == both and told(db_session, "review.overdue") == []
    assert at(due + SECOND) == 2
    assert at(due + timedelta(days=9)) == 0
    assert told(db_session, "review.reminder") == told(db_session, "review.overdue") == both
    message = db_session.scalars(select(Message).where(Message.event == "review.overdue")).first()
    day = clock.local(due)
    assert (
        f"{day.year}年{day.month}月{day.day}日" in message.body_zh and case.applicant.name in message.body_zh
    )
    assert "{" not in message.title_zh + message.title_en + message.body_zh + message.body_en
    assert len(db_session.scalars(select(OutboxMail).where(OutboxMail.key == message.key)).all()) == 1


def test_who_has_sent_or_handed_back_hears_nothing(there, case, db_session):
    first, second = assignments(case)
    late = second.due_at + SECOND
    service.recuse(first.reviewer, first, reason="親屬")
    third = factories.account(Role.REVIEWER, name="第三委員")
    service.replace_reviewer(there.centre, first, reviewer_id=third.id, reason="遞補")
    judge(second, 3)
    db_session.commit()
    assert at(late + timedelta(days=1)) == 1
    assert told(db_session, "review.overdue") == [third.id]


def test_a_short_time_is_not_reminded_of_at_once(there, case, db_session):
    for row in db_session.scalars(select(Assignment)):
        row.due_at = row.created_at + REMIND_BEFORE - SECOND
        late = row.due_at + SECOND
    db_session.commit()
    assert jobs.remind_due() == 0
    assert at(late) == 2


def test_two_rounds_at_once_remind_once(there, case, together, db_session):
    late = assignments(case)[0].due_at + SECOND
    together(lambda: at(late), lambda: at(late))
    assert told(db_session, "review.overdue") == sorted(r.id for r in there.reviewers)


def test_a_change_of_reviewers_tells_the_office_and_both(there, case, db_session):
    first, second = assignments(case)
    service.recuse(first.reviewer, first, reason="曾共同備課")
    assert told(db_session, "review.recused") == [there.centre.id]
    message = db_session.scalars(select(Message).where(Message.event == "review.recused")).one()
    assert (
        "曾共同備課" in message.body_zh
        and f"/office/cases/show/{case.id}"
        in db_session.scalars(select(OutboxMail.body).where(OutboxMail.key == message.key)).one()
    )
    third, fourth = (factories.account(Role.REVIEWER, name=name) for name in ("第三委員", "第四委員"))
    service.replace_reviewer(there.centre, first, reviewer_id=third.id, reason="遞補")
    assert third.id in told(db_session, "review.assigned")
    assert told(db_session, "review.replaced") == [], "who handed the case back knows"
    service.replace_reviewer(there.centre, second, reviewer_id=fourth.id, reason="公務繁忙")
    assert told(db_session, "review.replaced") == [second.reviewer_id]
    assert told(db_session, "review.assigned").count(fourth.id) == 1
    assert (
        "公務繁忙"
        in db_session.scalars(select(Message.body_en).where(Message.event == "review.replaced")).one()
    )
