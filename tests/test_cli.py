"""The commands: the worker in one round and in a loop, and the generated pages."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app import cli
from app.core.db import transaction
from app.core.outbox import OutboxMail

ROOT = Path(__file__).resolve().parent.parent


def test_one_round_prints_one_document(app, db_session):
    with transaction():
        db_session.add(OutboxMail(key="1:x:1", recipient="a@test.example", subject="s", body="b"))
    result = app.test_cli_runner().invoke(args=["worker", "--once", "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {
        "lapsed": 0,
        "reminded": 0,
        "sent": 0,
        "retry": 0,
        "failed": 0,
        "waiting": 1,
        "server": False,
    }


def test_json_is_for_one_round(app):
    assert app.test_cli_runner().invoke(args=["worker", "--json"]).exit_code == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_loop_ends_at_a_signal(app, database, tmp_path, number):
    environment = {
        **os.environ,
        "DATABASE_URL": database.url,
        "PORTAL_INSTANCE": str(tmp_path),
        "SMTP_HOST": "",
    }
    command = [sys.executable, "-m", "flask", "--app", "run", "worker", "--interval", "0.2"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) as worker:
        try:
            assert "No mail server" in worker.stdout.readline()
            worker.send_signal(number)
            rest, _ = worker.communicate(timeout=20)
        finally:
            worker.kill()
    assert (worker.returncode, rest) == (0, "")


def test_a_failing_round_does_not_end_the_loop(app, monkeypatch, capsys):
    from app import jobs

    rounds = iter([RuntimeError("database away"), None, None])

    def once(**_kwargs):
        if error := next(rounds):
            raise error

    monkeypatch.setattr(jobs, "run_once", once)
    ends = iter([False] * 3 + [True] * 9)
    jobs.loop(app, lambda: next(ends), interval=0)
    assert "background round failed" in capsys.readouterr().out


def test_the_demo_is_refused_where_it_does_not_belong(app, db_session):
    result = app.test_cli_runner().invoke(args=["seed", "demo"])
    assert result.exit_code == 1
    assert "DEMO=1" in result.output


def test_the_generated_pages_are_those_in_docs(db_session):
    """Run `make docs` when this fails."""
    for name, text in cli.pages().items():
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == text, name
