"""The outbox: mail that a transaction decided to send; `flask worker` sends it afterwards.

A mail is claimed with a lease, sent, and marked, each in a transaction of its own, so no lock is held
while the server is slow. If the worker dies in between, the lease ends and the mail is sent again
under the same Message-ID: once at least, and twice only when it died after the server said yes.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import Index, Integer, String, Text, and_, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core import audit, clock, mail
from app.core.db import Identified, UtcDateTime, db, text_enum, transaction

log = structlog.get_logger()

# Longer than all answers of a server that waits to the last second of `mail.TIMEOUT` each time.
LEASE = timedelta(minutes=5)
_STEPS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360))
# With 6 hours between the later tries this outlasts a mail server that is down over a weekend.
MAX_ATTEMPTS = 16


class MailState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class OutboxMail(Identified, db.Model):
    """One e-mail; `key` makes a repeated decision queue it once and gives the stable Message-ID."""

    __tablename__ = "outbox_mail"
    __table_args__ = (Index("ix_outbox_mail_due", "state", "next_attempt_at"),)

    key: Mapped[str] = mapped_column(String(120), unique=True)
    recipient: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[MailState] = mapped_column(text_enum(MailState, "state"), default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    last_error: Mapped[str] = mapped_column(String(500), default="")


def back_off(attempts: int) -> timedelta:
    """How long to wait after the n-th failed try: 1 minute to 6 hours."""
    return _STEPS[min(attempts, len(_STEPS)) - 1]


def send_due(*, should_stop: Callable[[], bool] = lambda: False) -> Counter[str]:
    """Send what is due; counts by outcome: `sent`, `failed` for good, `retry` later.

    Without a mail server everything stays waiting. When the server cannot be used at all, the run
    ends: the other mails keep their tries.
    """
    done: Counter[str] = Counter()
    if not mail.configured():
        return done
    with mail.Connection() as server:
        while not should_stop() and (claimed := claim()) is not None:
            outcome, error = MailState.SENT, ""
            try:
                server.send(
                    # With the time, since a database made anew counts its keys from one again.
                    key=f"{claimed.key}.{claimed.created_at:%Y%m%d%H%M%S}",
                    recipient=claimed.recipient,
                    subject=claimed.subject,
                    body=claimed.body,
                )
            except mail.Refused as refusal:
                outcome, error = MailState.FAILED, str(refusal)
            except mail.Unavailable as trouble:
                last = claimed.attempts >= MAX_ATTEMPTS
                outcome, error = MailState.FAILED if last else MailState.WAITING, str(trouble)
            _mark(claimed, outcome, error)
            done["retry" if outcome is MailState.WAITING else outcome.value] += 1
            if outcome is not MailState.SENT:
                # The address may be personal data: the log has the row, the row has the address.
                log.warning("mail not sent", mail=claimed.id, attempts=claimed.attempts, state=outcome.value)
            if outcome is MailState.WAITING and not server.is_open:
                break
    return done


def claim() -> OutboxMail | None:
    """Take the mail that waits longest for five minutes, or None; two workers never take the same one."""
    now = clock.now()
    due = or_(
        and_(OutboxMail.state == MailState.WAITING, OutboxMail.next_attempt_at <= now),
        and_(OutboxMail.state == MailState.SENDING, OutboxMail.lease_until < now),
    )
    # A cheap look first: an idle worker takes no write lock.
    if db.session.scalar(select(OutboxMail.id).where(due).limit(1)) is None:
        db.session.rollback()
        return None
    with transaction():
        row = db.session.scalar(
            select(OutboxMail)
            .where(due)
            .order_by(OutboxMail.next_attempt_at, OutboxMail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        if row is not None:
            row.state, row.lease_until, row.attempts = MailState.SENDING, now + LEASE, row.attempts + 1
            db.session.flush()
            db.session.refresh(row)
            db.session.expunge(row)
    return row


def _mark(claimed: OutboxMail, state: MailState, error: str) -> None:
    """Write the outcome, unless the lease ran out and another worker has taken the mail meanwhile."""
    now = clock.now()
    with transaction():
        db.session.execute(
            update(OutboxMail)
            .where(OutboxMail.id == claimed.id, OutboxMail.attempts == claimed.attempts)
            .values(
                state=state,
                lease_until=None,
                last_error=error[:500],
                sent_at=now if state is MailState.SENT else None,
                next_attempt_at=now + back_off(claimed.attempts),
            )
        )


def retry(actor: Any, row: OutboxMail) -> None:
    """Queue a failed or waiting mail for the next run, with all its tries; the caller has asked the right."""
    if row.state in (MailState.FAILED, MailState.WAITING):
        row.state, row.attempts, row.next_attempt_at = MailState.WAITING, 0, clock.now()
        audit.record(actor, "mail.retried", row)
        db.session.flush()


def counts() -> dict[str, int]:
    """How many mails stand in each state."""
    rows = db.session.execute(select(OutboxMail.state, func.count()).group_by(OutboxMail.state)).all()
    return {state.value: 0 for state in MailState} | {state.value: number for state, number in rows}
