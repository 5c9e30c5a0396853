"""What the machine did: mail that waits or failed, and the audit trail."""

import json
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, url_for
from flask_appbuilder.actions import action
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission
from app.admin import cells
from app.admin.base import OfficeModelView, actor
from app.core import mail
from app.core.audit import AuditEntry
from app.core.db import transaction
from app.core.outbox import MailState, OutboxMail
from app.core.tables import Filter, Order, one_of, text_in
from app.notices.service import retry_mail


class MailView(OfficeModelView):
    """/office/mail/"""

    route_base = "/office/mail"
    model = OutboxMail
    permission = Permission.MAIL_VIEW
    special_permits = {"retry": Permission.MAIL_RETRY}
    list_title = _l("Mail")
    show_title = _l("Mail")
    list_columns = ["subject", "recipient", "state", "attempts", "created_at", "sent_at", "last_error"]
    show_columns = [*list_columns, "next_attempt_at", "body"]
    label_columns = {
        "subject": _l("Subject"),
        "recipient": _l("To"),
        "state": _l("狀態"),
        "attempts": _l("Attempts"),
        "created_at": _l("Made"),
        "sent_at": _l("Sent"),
        "last_error": _l("Last error"),
        "next_attempt_at": _l("Next attempt"),
        "body": _l("Text"),
    }
    filters = (
        text_in("q", _l("Subject or address"), OutboxMail.subject, OutboxMail.recipient),
        one_of("state", _l("狀態"), OutboxMail.state, cells.MAIL_STATES),
    )
    orders = (Order("new", _l("Newest first"), OutboxMail.id, descending=True),)

    @property
    def lead(self) -> str:  # type: ignore[override]
        """Why nothing is sent, when nothing is."""
        return (
            ""
            if mail.configured()
            else _("No mail server is set up: all mail waits here and nothing is sent.")
        )

    def cell_subject(self, row: OutboxMail) -> Any:
        return cells.link(url_for("MailView.show", pk=row.id), row.subject)

    def cell_state(self, row: OutboxMail) -> Any:
        tone = {MailState.SENT: "ok", MailState.FAILED: "bad"}.get(row.state, "info")
        return cells.badge(cells.MAIL_STATES[row.state], tone)

    @action("retry", _l("Try again"), icon="refresh")
    def retry_rows(self, rows: Sequence[OutboxMail]) -> Any:
        """Put failed mail back into the queue; what was sent stays sent."""
        with transaction():
            failed = [row for row in rows if row.state is MailState.FAILED]
            for row in failed:
                retry_mail(actor(), row)
        flash(_("%(number)s mails wait for sending again.", number=len(failed)), "success")
        return redirect(self.get_redirect())


class AuditView(OfficeModelView):
    """/office/audit/"""

    route_base = "/office/audit"
    model = AuditEntry
    permission = Permission.AUDIT_VIEW
    list_title = _l("Audit trail")
    show_title = _l("Audit entry")
    list_columns = ["at", "actor_name", "action", "object_type", "object_id", "address"]
    show_columns = [*list_columns, "detail", "request_id"]
    label_columns = {
        "at": _l("When"),
        "actor_name": _l("Account"),
        "action": _l("What"),
        "object_type": _l("Of"),
        "object_id": _l("Number"),
        "address": _l("From"),
        "detail": _l("Details"),
        "request_id": _l("Request"),
    }
    filters = (
        text_in("account", _l("Account"), AuditEntry.actor_name),
        text_in("action", _l("What"), AuditEntry.action),
        Filter("number", _l("Number"), lambda typed: AuditEntry.object_id == typed),
    )
    orders = (Order("at", _l("Newest first"), AuditEntry.id, descending=True),)

    def cell_at(self, row: AuditEntry) -> Any:
        return cells.link(url_for("AuditView.show", pk=row.id), cells.moment(row.at))

    def cell_action(self, row: AuditEntry) -> Any:
        return cells.code(row.action)

    def cell_object_type(self, row: AuditEntry) -> Any:
        return cells.code(row.object_type)

    def cell_request_id(self, row: AuditEntry) -> Any:
        return cells.code(row.request_id)

    def cell_detail(self, row: AuditEntry) -> Any:
        return cells.code(json.dumps(row.detail, ensure_ascii=False)) if row.detail else ""
