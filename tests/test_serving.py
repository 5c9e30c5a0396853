"""`make run`: from nothing to a served page, a quick second start, a clean end."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import click
import pytest

from app import serving
from tests.conftest import DATABASE, free_port

ROOT = Path(__file__).resolve().parent.parent


class Served:
    """A portal started as `make run` starts it."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.port = free_port()
        self.began = time.monotonic()
        own = {"PORTAL_INSTANCE": str(folder), "PORT": str(self.port), "DEMO": "1"}
        clean = {
            k: v
            for k, v in os.environ.items()
            if k not in ("DATABASE_URL", "TRUSTED_HOSTS", "HOST", "SMTP_HOST")
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "run", "serve"],
            cwd=ROOT,
            env={**clean, **own, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def get(self, path: str, **headers: str):
        return urlopen(Request(f"http://127.0.0.1:{self.port}{path}", headers=headers), timeout=20)

    def wait(self) -> None:
        """Until the first answer."""
        while time.monotonic() < self.began + 90:
            assert self.process.poll() is None, self.process.stdout.read()
            try:
                self.get("/healthz")
                return
            except URLError:
                time.sleep(0.1)
        raise AssertionError("nobody answers")

    def end(self) -> str:
        """Ctrl-C; returns all that was printed."""
        self.process.send_signal(signal.SIGINT)
        printed, _ = self.process.communicate(timeout=30)
        return printed


@pytest.fixture
def start(tmp_path):
    """`start(**environment)` serves on the test's own folder."""
    running = []

    def one(**environment: str) -> Served:
        running.append(Served(tmp_path, **environment))
        return running[-1]

    yield one
    for served in running:
        if served.process.poll() is None:
            # Not killed: its server process would live on and hold the pipe open.
            served.end()


@pytest.mark.skipif(DATABASE != "sqlite", reason="starts on SQLite as `make run` does")
def test_from_nothing_and_again(start, tmp_path):
    first = start()
    first.wait()
    page = first.get("/login/").read().decode()
    assert "teacher.returned" in page
    figures = first.get("/metrics").read().decode()
    assert 'portal_cases{state="returned"} 1' in figures
    assert re.search(r'portal_mails\{state="waiting"\} [1-9]', figures)
    style = first.get("/static/css/app.css")
    assert style.headers["ETag"] and style.headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age" in style.headers["Cache-Control"] and "Set-Cookie" not in style.headers
    printed = first.end()
    assert first.process.returncode == 0, printed
    assert f"http://127.0.0.1:{first.port}" in printed
    for account in ("teacher.draft", "county.lienchiang", "admin", "Demo-1234!"):
        assert account in printed
    assert "Traceback" not in printed

    with sqlite3.connect(tmp_path / "portal.db") as database:
        (body,) = database.execute("select body from outbox_mail limit 1").fetchone()
    assert f"http://127.0.0.1:{first.port}/cases/" in body

    second = start()
    second.wait()
    printed = second.end()
    assert "Preparing" not in printed and "demo county" not in printed


def test_a_busy_port_is_said_in_a_sentence():
    import socket

    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(click.ClickException, match=f"PORT={port + 1}"):
            serving.check_port("127.0.0.1", port)
    serving.check_port("127.0.0.1", port)


def test_the_served_name_is_trusted_and_links_lead_to_it(monkeypatch):
    monkeypatch.delenv("TRUSTED_HOSTS", raising=False)
    monkeypatch.delenv("BASE_URL", raising=False)
    settings = serving._settings("192.0.2.7", "http://192.0.2.7:8100")
    assert "192.0.2.7" in settings["TRUSTED_HOSTS"] and "localhost" in settings["TRUSTED_HOSTS"]
    assert settings["BASE_URL"] == "http://192.0.2.7:8100"
    monkeypatch.setenv("TRUSTED_HOSTS", "portal.example")
    assert "TRUSTED_HOSTS" not in serving._settings("0.0.0.0", "http://127.0.0.1:8100")


def test_figures_are_for_this_machine_only(client):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404
