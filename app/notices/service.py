"""Everything that tells people something: messages in the portal, mail through the outbox."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import func, select, update

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import require
from app.cases.models import CaseEvent
from app.cases.states import Holder
from app.cases.workflow import BY_NAME, Context
from app.core import clock, outbox
from app.core.db import db
from app.core.i18n import EN, LOCALES, ZH
from app.core.mail import one_line
from app.core.outbox import OutboxMail
from app.notices.catalog import NOTICES, Audience, Notice
from app.notices.models import Message
from app.notices.queries import about, office_users, reviewers
from app.notices.wording import letter, mail_language, writer
from app.reviews.models import Assignment


@dataclass(frozen=True)
class _Recipient:
    """One person, the page the notice leads to, and the last day if there is one."""

    user: PortalUser
    path: str
    due_at: datetime | None


def tell(ctx: Context) -> list[Message]:
    """Write the messages and queue the mail of one transition, in its transaction; a repeat writes nothing."""
    event_id = db.session.scalar(select(func.max(CaseEvent.id)).where(CaseEvent.case_id == ctx.case.id))
    written: list[Message] = []
    for notice in NOTICES:
        if notice.event == (ctx.notice or ctx.transition.notice):
            written += _write(ctx, notice, _recipients(ctx, notice), str(event_id))
    return written


def tell_of(assignment: Assignment, event: str) -> list[Message]:
    """Write the messages and queue the mail about one reviewer's assignment; the same event only once."""
    case, reviewer = assignment.case, assignment.reviewer
    ctx = Context(case, BY_NAME[f"assign_{assignment.round}"], None, assignment.end_reason)
    notice = next(n for n in NOTICES if n.event == event)
    if notice.audience is Audience.OFFICE:
        people = office_users(case, Holder.ASSIGNING)
        recipients = [_Recipient(user, f"/office/cases/show/{case.id}", None) for user in people]
    else:
        page = "/reviews/" if assignment.ended_at else f"/reviews/{assignment.id}/"
        recipients = [_Recipient(reviewer, page, assignment.due_at)]
    return _write(ctx, notice, recipients, about(assignment.id))


def _write(ctx: Context, notice: Notice, recipients: list[_Recipient], origin: str) -> list[Message]:
    """1. Leave out who has been told. 2. Freeze the words in both languages. 3. Queue the mail."""
    keys = {f"{origin}:{notice.event}:{r.user.id}": r for r in recipients}
    told = set(db.session.scalars(select(Message.key).where(Message.key.in_(keys))))
    write = writer(ctx, notice)
    written: list[Message] = []
    for key, recipient in keys.items():
        if key in told:
            continue
        url = current_app.config["BASE_URL"].rstrip("/") + recipient.path
        words = {locale: write(locale, url, recipient.due_at) for locale in LOCALES}
        message = Message(
            key=key,
            user_id=recipient.user.id,
            case_id=ctx.case.id,
            event=notice.event,
            title_zh=words[ZH].title,
            title_en=words[EN].title,
            body_zh=words[ZH].body,
            body_en=words[EN].body,
        )
        db.session.add(message)
        written.append(message)
        if recipient.user.email and recipient.user.active:
            mail = letter(words, first=mail_language(recipient.user.locale), url=url)
            subject = one_line(mail.title)[:300]
            db.session.add(
                OutboxMail(key=key, recipient=recipient.user.email, subject=subject, body=mail.body)
            )
    # The next entry of the same event must see who was told by this one.
    db.session.flush()
    return written


def _recipients(ctx: Context, notice: Notice) -> list[_Recipient]:
    case = ctx.case
    page = f"/cases/{case.id}/"
    if notice.audience is Audience.APPLICANT:
        return [_Recipient(case.applicant, page, case.due_at)]
    if notice.audience is Audience.REVIEWERS:
        return [
            _Recipient(user, f"/reviews/{row}/", due)
            for user, row, due in reviewers(case, ctx.transition.round)
        ]
    return [_Recipient(user, f"/office/cases/show/{case.id}", case.due_at) for user in office_users(case)]


def mark_read(user: PortalUser, message: Message) -> None:
    """Remember when the user first opened the message; `message` is the user's own (`queries.message_for`)."""
    if message.user_id == user.id and message.read_at is None:
        message.read_at = clock.now()
        db.session.flush()


def mark_all_read(user: PortalUser) -> int:
    """Mark every message of the user as read; returns how many were not."""
    done: Any = db.session.execute(
        update(Message)
        .where(Message.user_id == user.id, Message.read_at.is_(None))
        .values(read_at=clock.now())
    )
    return int(done.rowcount)


def retry_mail(actor: PortalUser, mail: OutboxMail) -> None:
    """Queue a mail again that was given up or waits for its next try; `Forbidden` without the right."""
    require(actor, Permission.MAIL_RETRY)
    outbox.retry(actor, mail)
