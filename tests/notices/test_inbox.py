"""A user's messages: newest first, page by page, read once, and nobody else's."""

import pytest
from sqlalchemy import select

from app.access.matrix import Role
from app.cases import workflow
from app.core.errors import Forbidden, NotFound
from app.core.outbox import MailState, OutboxMail
from app.notices import queries, service
from app.notices.models import Message
from tests import factories


@pytest.fixture
def box(db_session):
    """A teacher with seven messages."""
    user = factories.teacher()
    for number in range(7):
        words = {f"{part}_{code}": f"{number}" for part in ("title", "body") for code in ("zh", "en")}
        db_session.add(Message(key=f"{number}:x:{user.id}", user_id=user.id, event="x", **words))
        db_session.flush()
    return user


def test_the_newest_comes_first_and_pages_join(box):
    first = queries.inbox(box, limit=3)
    second = queries.inbox(box, limit=3, before=first[-1].id)
    third = queries.inbox(box, limit=3, before=second[-1].id)
    assert [m.title_zh for m in first + second + third] == list("6543210")


def test_reading_counts_down_and_keeps_the_first_time(box, frozen):
    assert queries.unread_count(box) == 7
    message = queries.inbox(box)[0]
    service.mark_read(box, message)
    first_time = message.read_at
    service.mark_read(box, message)
    assert message.read_at == first_time
    assert queries.unread_count(box) == 6
    assert service.mark_all_read(box) == 6
    assert queries.unread_count(box) == 0


def test_another_ones_message_is_not_there(box):
    message = queries.inbox(box)[0]
    assert queries.message_for(box, message.id) is message
    stranger = factories.teacher()
    for asked in (message.id, 10**9):
        with pytest.raises(NotFound):
            queries.message_for(stranger, asked)
    service.mark_read(stranger, message)
    assert message.read_at is None


def test_the_inbox_costs_one_query(box, count_queries):
    with count_queries() as sent:
        assert len(queries.inbox(box)) == 7
    assert len(sent) == 1


def test_only_the_centre_and_the_administrator_queue_a_mail_again(there, db_session):
    case = factories.sent(there)
    workflow.fire(there.centre, case, "formal_return", reason="未核章")
    mail = db_session.scalars(select(OutboxMail)).first()
    mail.state, mail.attempts, mail.last_error = MailState.FAILED, 3, "550 no"
    for actor in (there.teacher, there.county, factories.account(Role.AUDITOR)):
        with pytest.raises(Forbidden):
            service.retry_mail(actor, mail)
    service.retry_mail(there.centre, mail)
    assert (mail.state, mail.attempts) == (MailState.WAITING, 0)


def test_telling_an_office_of_thirty_costs_the_queries_of_one(there, count_queries):
    def cost():
        there.teacher = factories.teacher()
        case = factories.drafted(there)
        from app.cases import service as cases

        with count_queries() as sent:
            cases.submit(there.teacher, case)
        telling = ("FROM message", "FROM ab_user")  # the checks before it read what the session does not hold
        return len([s for s in sent if any(table in s for table in telling)])

    one = cost()
    for _ in range(29):
        factories.account(Role.CENTRE)
    assert cost() == one > 0
