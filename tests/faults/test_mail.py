"""A mail worker killed again and again: no mail is lost, and at most one for each kill arrives twice."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from app.core import clock
from app.core.db import transaction
from app.core.outbox import MailState, OutboxMail

pytestmark = pytest.mark.faults
ROOT = Path(__file__).resolve().parents[2]
MAILS, KILLS = 400, 8


def test_killed_workers_lose_nothing(db_session, database, smtp, tmp_path):
    with transaction():
        for number in range(MAILS):
            db_session.add(
                OutboxMail(key=f"{number}:x:1", recipient=f"t{number}@test.example", subject="s", body="b")
            )
    environment = {
        **os.environ,
        "DATABASE_URL": database.url,
        "PORTAL_INSTANCE": str(tmp_path),
        "SMTP_HOST": smtp.host,
        "SMTP_PORT": str(smtp.port),
    }
    command = [sys.executable, "-m", "flask", "--app", "run", "worker", "--interval", "0.1"]

    def left() -> int:
        db_session.rollback()
        return db_session.scalar(select(func.count()).where(OutboxMail.state != MailState.SENT))

    deadline, kills = time.monotonic() + 240, 0
    while left() and time.monotonic() < deadline:
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            before = len(smtp.messages)
            while len(smtp.messages) == before and left() and time.monotonic() < deadline:
                time.sleep(0.02)
            # The last worker may finish the work.
            wait = random.uniform(0, 0.4) if kills < KILLS else 60
            end = time.monotonic() + wait
            while time.monotonic() < end and left():
                time.sleep(0.02)
        finally:
            worker.kill()
            worker.wait()
            kills += 1
        with transaction():
            # Five minutes pass: the leases of the dead end.
            db_session.execute(
                update(OutboxMail)
                .where(OutboxMail.state == MailState.SENDING)
                .values(lease_until=clock.now() - timedelta(seconds=1))
            )

    assert left() == 0
    received = Counter(str(m["To"]) for m in smtp.messages)
    assert len(received) == MAILS
    twice = sum(received.values()) - MAILS
    assert twice <= kills
    # A repeat can be recognised: it carries the same Message-ID.
    assert len({m["Message-ID"] for m in smtp.messages}) == MAILS
    print(f"{kills} kills, {twice} mails twice")
