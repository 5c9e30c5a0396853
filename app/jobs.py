"""What happens without anybody clicking: due mail, reminders, and cases whose last day has passed."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from flask import Flask, current_app
from sqlalchemy import and_, or_, select

from app.campaigns.models import Campaign
from app.campaigns.queries import window_over
from app.cases import workflow
from app.cases.locks import lock
from app.cases.models import Case
from app.cases.states import State
from app.core import clock, mail, outbox, scratch
from app.core.db import db, transaction
from app.core.errors import PortalError
from app.notices import catalog
from app.notices import service as notices
from app.notices.queries import reminders
from app.reviews.models import Assignment

log = structlog.get_logger()


def run_once(*, should_stop: Callable[[], bool] = lambda: False) -> dict[str, Any]:
    """One round: {"lapsed", "reminded", "sent", "retry", "failed": how many just now; "waiting": left; "server":
    set up?}."""
    done: Counter[str] = Counter(lapsed=lapse_due(), reminded=remind_due())
    done += outbox.send_due(should_stop=should_stop)
    left = outbox.counts()
    db.session.rollback()
    numbers = {name: done[name] for name in ("lapsed", "reminded", "sent", "retry", "failed")}
    return {**numbers, "waiting": left["waiting"] + left["sending"], "server": mail.configured()}


def lapse_due() -> int:
    """Fire 逾期 for every case whose last second has passed; each in a transaction of its own."""
    over = window_over(Case.school_id, Case.applicant_id)
    due = (
        select(Case.id)
        .join(Campaign, Campaign.id == Case.campaign_id)
        .where(
            or_(
                and_(Case.state == State.DRAFTING, over),
                and_(Case.state.in_((State.RETURNED, State.REVISING)), Case.due_at <= clock.last_passed()),
            )
        )
    )
    ids = db.session.scalars(due.order_by(Case.id)).all()
    lapsed = 0
    for case_id in ids:
        try:
            with transaction():
                workflow.fire(None, lock(case_id), "lapse")
            lapsed += 1
        except PortalError:
            continue  # sent or withdrawn in this very moment
    return lapsed


def remind_due() -> int:
    """Remind the reviewers whose last day is near or over, each once; each in a transaction of its own."""
    reminded = 0
    for number, _event in reminders():
        with transaction():
            row = db.session.get_one(Assignment, number)
            lock(row.case_id)
            # The sheet may have been sent, or another process may have reminded, in this very moment.
            for _number, event in reminders(only=number):
                reminded += len(notices.tell_of(row, event))
    return reminded


def forget_unsaved() -> int:
    """Remove what was typed long ago and never saved: a text is kept for its writer, not for ever."""
    kept = timedelta(days=current_app.config["UNSAVED_DAYS"])
    with transaction():
        return scratch.forget_before(clock.now() - kept)


def loop(app: Flask, should_stop: Callable[[], bool], *, interval: float = 2.0) -> None:
    """Run rounds until `should_stop`; a round that fails (database away) is logged and tried again."""
    looked = None
    while not should_stop():
        try:
            with app.app_context():
                if looked != clock.today():
                    if missing := catalog.missing_templates():
                        log.error("message templates missing", templates=missing)
                    forget_unsaved()
                    looked = clock.today()
                run_once(should_stop=should_stop)
        except Exception:
            log.exception("background round failed")
        wake = time.monotonic() + interval
        while time.monotonic() < wake and not should_stop():
            time.sleep(0.1)


def start_thread(app: Flask) -> threading.Thread:
    """The loop beside a single server process; it ends by itself when the process's main thread ends."""
    main = threading.main_thread()
    thread = threading.Thread(target=loop, args=(app, lambda: not main.is_alive()), name="jobs")
    thread.start()
    return thread
