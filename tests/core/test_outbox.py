"""The outbox against a real mail server: once, in order, with patience, and never silently lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock, outbox
from app.core.db import transaction
from app.core.outbox import LEASE, MAX_ATTEMPTS, MailState, OutboxMail


@pytest.fixture
def queue(db_session):
    """`queue(recipient=...)` commits one waiting mail."""

    def put(key="1:case.passed:1", recipient="teacher@test.example", subject="通過", body="恭喜\n", **more):
        with transaction():
            row = OutboxMail(key=key, recipient=recipient, subject=subject, body=body, **more)
            db_session.add(row)
        return row

    return put


def again(db_session, row):
    """The row as the database has it now."""
    db_session.expire_all()
    return db_session.get(OutboxMail, row.id)


def test_a_mail_arrives_whole(queue, smtp, db_session):
    row = queue(subject="申請進階專業回饋人才認證通過", body="感謝您申請。\n\nThank you.\n")

    assert outbox.send_due() == {"sent": 1}

    (mail,) = smtp.messages
    assert mail["Subject"] == "申請進階專業回饋人才認證通過"
    assert mail["To"] == "teacher@test.example"
    assert mail["From"] == "no-reply@portal.example"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines() == ["感謝您申請。", "", "Thank you."]
    assert mail["Message-ID"].startswith("<1.case.passed.1.")
    row = again(db_session, row)
    assert (row.state, row.attempts) == (MailState.SENT, 1)
    assert row.sent_at is not None


def test_a_sent_mail_is_not_sent_again(queue, smtp):
    queue()
    outbox.send_due()
    assert outbox.send_due() == {}
    assert len(smtp.messages) == 1


def test_without_a_server_everything_waits(queue, db_session):
    row = queue()
    assert outbox.send_due() == {}
    row = again(db_session, row)
    assert (row.state, row.attempts) == (MailState.WAITING, 0)


def test_a_busy_server_is_asked_again_later(queue, smtp, db_session, frozen):
    frozen.move_to(clock.now(), tick=False)
    row = queue()
    smtp.refuse = "451 4.7.1 Greylisted, please come back"

    assert outbox.send_due() == {"retry": 1}
    row = again(db_session, row)
    assert (row.state, row.attempts) == (MailState.WAITING, 1)
    assert "451" in row.last_error and "Greylisted" in row.last_error
    assert row.next_attempt_at == clock.now() + timedelta(minutes=1)

    smtp.refuse = ""
    assert outbox.send_due() == {}
    frozen.shift(61)
    assert outbox.send_due() == {"sent": 1}
    assert again(db_session, row).last_error == ""


def test_a_refused_mail_fails_at_once_and_the_next_one_goes_out(queue, smtp, db_session):
    row = queue()
    smtp.refuse = "550 5.1.1 No such user"
    assert outbox.send_due() == {"failed": 1}
    row = again(db_session, row)
    assert row.state is MailState.FAILED
    assert row.last_error == "550 5.1.1 No such user"

    smtp.refuse = ""
    queue(key="2:case.passed:2", recipient="other@test.example")
    assert outbox.send_due() == {"sent": 1}


def test_a_server_that_is_down_costs_only_the_first_mail_a_try(queue, smtp, app, monkeypatch, db_session):
    rows = [queue(key=f"{n}:case.passed:1") for n in range(3)]
    monkeypatch.setitem(app.config, "SMTP_PORT", 1)

    assert outbox.send_due() == {"retry": 1}

    rows = [again(db_session, r) for r in rows]
    assert [r.attempts for r in rows] == [1, 0, 0]
    assert "ConnectionRefusedError" in rows[0].last_error


@pytest.mark.parametrize("setting", [{"SMTP_STARTTLS": True}, {"SMTP_USER": "u", "SMTP_PASSWORD": "p"}])
def test_a_server_that_lacks_what_we_insist_on_gets_no_mail(
    queue, smtp, app, monkeypatch, db_session, setting
):
    for name, value in setting.items():
        monkeypatch.setitem(app.config, name, value)
    row = queue()
    assert outbox.send_due() == {"retry": 1}
    assert "not supported" in again(db_session, row).last_error
    assert smtp.messages == []


def test_patience_ends(queue, smtp, db_session):
    row = queue(attempts=MAX_ATTEMPTS - 1)
    smtp.refuse = "451 later"
    assert outbox.send_due() == {"failed": 1}
    assert again(db_session, row).state is MailState.FAILED


def test_the_waits_grow_from_a_minute_to_six_hours_and_outlast_a_weekend():
    waits = [outbox.back_off(n) for n in range(1, MAX_ATTEMPTS)]
    assert waits[0] == timedelta(minutes=1)
    assert waits[-1] == timedelta(hours=6)
    assert waits == sorted(waits)
    assert sum(waits, timedelta()) > timedelta(hours=60)


def test_a_mail_is_claimed_by_one_worker_only(queue):
    queue()
    assert outbox.claim() is not None
    assert outbox.claim() is None


def test_three_workers_at_once_send_each_mail_once(queue, smtp, app, db_session):
    rows = [queue(key=f"{n}:case.passed:1", recipient=f"t{n}@test.example") for n in range(24)]
    db_session.rollback()

    def work(_number):
        with app.app_context():
            return outbox.send_due()["sent"]

    with ThreadPoolExecutor(3) as pool:
        sent = list(pool.map(work, range(3)))

    assert sum(sent) == len(rows)
    assert sorted(str(m["To"]) for m in smtp.messages) == sorted(f"t{n}@test.example" for n in range(24))


def test_a_dead_workers_mail_is_taken_up_after_the_lease_under_the_same_id(queue, smtp, db_session, frozen):
    frozen.move_to(clock.now(), tick=False)
    queue()
    assert outbox.claim() is not None  # and the worker dies here
    assert outbox.send_due() == {}
    frozen.shift(LEASE + timedelta(seconds=1))
    assert outbox.send_due() == {"sent": 1}
    assert smtp.messages[0]["Message-ID"].startswith("<1.case.passed.1.")


def test_a_worker_whose_lease_ran_out_changes_nothing(queue, db_session, frozen):
    frozen.move_to(clock.now(), tick=False)
    row = queue()
    slow = outbox.claim()
    frozen.shift(LEASE + timedelta(seconds=1))
    assert outbox.claim() is not None
    outbox._mark(slow, MailState.FAILED, "too late")
    assert again(db_session, row).state is MailState.SENDING


def test_a_failed_mail_can_be_queued_again(queue, smtp, db_session):
    row = queue()
    smtp.refuse = "550 no"
    outbox.send_due()
    smtp.refuse = ""
    with transaction():
        outbox.retry(None, db_session.get(OutboxMail, row.id))
    assert outbox.send_due() == {"sent": 1}


@pytest.mark.parametrize("subject", ["a\r\nBcc: everybody@test.example", "a\nb\x07c\u2028d"])
def test_a_subject_cannot_smuggle_a_header(queue, smtp, subject):
    queue(subject=subject)
    outbox.send_due()
    (mail,) = smtp.messages
    assert "\n" not in mail["Subject"] and mail["Bcc"] is None


@pytest.mark.parametrize(
    "recipient", ["", "no address", "a@b.example\r\nBcc: c@d.example", "林@test.example"]
)
def test_an_impossible_address_fails_with_a_reason(queue, smtp, db_session, recipient):
    row = queue(recipient=recipient)
    assert outbox.send_due() == {"failed": 1}
    assert again(db_session, row).last_error
    assert smtp.messages == []


def test_the_figures_name_every_state(queue, db_session):
    queue()
    assert outbox.counts() == {"waiting": 1, "sending": 0, "sent": 0, "failed": 0}
    assert db_session.scalar(select(OutboxMail.state)) is MailState.WAITING
