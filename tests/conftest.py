"""What every test may use: the app on a database of its own, a browserless client, mail, time.

TEST_DATABASE chooses `sqlite` (default) or `postgresql`. The database is migrated and given its
reference rows once, as a template; each worker gets a copy, and after a test that wrote the copy is put
back. Commits are therefore real: nothing is rolled back behind a test's back.
"""

from __future__ import annotations

import gc
import os
import re
import shutil
import socket
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import event

from tests import postgres

DATABASE = os.environ.get("TEST_DATABASE", "sqlite")
PASSWORD = "Demo-1234!"
TOKEN = re.compile(r'name="csrf_token"[^>]*?value="([^"]+)"')
READS = re.compile(r"\s*(SELECT|WITH|PRAGMA|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SHOW|SET)\b", re.I)


# --- the run -------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """One scratch folder for all workers, made by whoever starts them."""
    # The portal's own code is a large heap that never goes away: looked through less often.
    gc.set_threshold(100_000, 50, 100)
    if DATABASE not in {"sqlite", "postgresql"}:
        raise pytest.UsageError(f"TEST_DATABASE={DATABASE}: sqlite or postgresql")
    if not hasattr(config, "workerinput"):
        os.environ["TEST_SCRATCH"] = tempfile.mkdtemp(prefix="portal-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop("TEST_SCRATCH"), ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what touches our database runs again."""
    if DATABASE == "sqlite":
        return
    again = [item for item in items if "app" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in again])
    items[:] = again


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line for each reason why tests were skipped, instead of one for each test."""
    skipped = Counter(str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []))
    for reason, number in skipped.items():
        terminalreporter.write_line(f"{number} tests: {reason}")


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Only this machine may be talked to."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            self.close()
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session")
def scratch() -> Path:
    """The folder that all workers of this run share."""
    return Path(os.environ["TEST_SCRATCH"])


@contextmanager
def once(scratch: Path, name: str) -> Iterator[bool]:
    """True for the one process that shall do a thing for all workers; the others wait for it."""
    done = scratch / f"{name}.done"
    with (scratch / f"{name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield not done.exists()
        done.touch()


# --- the database --------------------------------------------------------------------------------


@dataclass
class Database:
    """A worker's own copy of the template."""

    scratch: Path
    name: str
    server: str = ""
    written: bool = False

    def __post_init__(self) -> None:
        if DATABASE == "postgresql":
            with once(self.scratch, "server"):
                self.server = postgres.server_url(self.scratch)

    @property
    def url(self) -> str:
        return self.url_of(self.name)

    def url_of(self, name: str) -> str:
        if self.server:
            return postgres.with_database(self.server, name)
        return f"sqlite:///{self.scratch / name}.db"

    def copy(self) -> None:
        """Make the database from the template; no connection may be open."""
        if self.server:
            postgres.recreate(self.server, self.name, "portal_template")
        else:
            for path in self.scratch.glob(f"{self.name}.db*"):
                path.unlink()
            shutil.copyfile(self.scratch / "portal_template.db", self.scratch / f"{self.name}.db")

    def restore(self) -> None:
        """Undo what a test committed."""
        if self.server:
            postgres.put_back(self.url)
        else:
            self.copy()
        self.written = False


def build(url: str, folder: Path) -> Flask:
    """The real app on a database of the tests."""
    import config
    from app import create_app

    class Testing(config.Development):
        """Development, away from the developer's own files."""

        TESTING = True
        INSTANCE = folder
        FILES_DIR = str(folder / "files")
        SECRET_KEY = "only-for-tests"
        SQLALCHEMY_DATABASE_URI = url
        SMTP_HOST = ""
        DEMO = False

    return create_app(Testing)


@pytest.fixture(scope="session")
def database(scratch: Path, worker_id: str) -> Iterator[Database]:
    """The worker's database, migrated from nothing and with its reference rows."""
    own = Database(scratch, f"portal_{worker_id}_{os.getpid()}")
    with once(scratch, "template") as first:
        if first:
            from flask_migrate import upgrade

            from app.access.sync import sync
            from app.core.db import db, transaction
            from seed import reference

            if own.server:
                postgres.recreate(own.server, "portal_template")
            template = build(own.url_of("portal_template"), scratch / "template")
            with template.app_context():
                upgrade()
                sync()
                with transaction():
                    reference.load()
                if own.server:
                    postgres.keep(own.url_of("portal_template"))
                else:
                    # The copy takes one file: nothing may wait in the write-ahead log.
                    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
                        plain.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                db.session.remove()
                db.engine.dispose()
    own.copy()
    yield own
    if own.server:
        postgres.drop(own.server, own.name)
        postgres.leave(scratch)


class Client(FlaskClient):
    """Requests as separate visitors make them, beside a test that has its own session open."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Commit what the test made, then ask outside of the test's own application context.

        Inside of it, Flask would share `g` (the signed-in user among others) between requests.
        """
        from app.core.db import db

        if has_app_context():
            db.session.commit()
        return Context().run(super().open, *args, **kwargs)

    def token(self, page: str = "/") -> str:
        """The form token of this visitor, read from a page that has a form."""
        found = TOKEN.search(self.get(page, follow_redirects=True).text)
        assert found, f"{page} has no csrf_token"
        return found[1]

    def submit(self, url: str, data: dict[str, Any] | None = None, page: str = "/", **kwargs: Any) -> Any:
        """POST with the visitor's token."""
        return self.post(url, data={"csrf_token": self.token(page), **(data or {})}, **kwargs)


@pytest.fixture(scope="session")
def quick_passwords() -> Iterator[None]:
    """Hashes that take no time: every test makes people, and none of them has a secret."""
    from app.access import service

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def app(database: Database, quick_passwords: None) -> Iterator[Flask]:
    """The application, one per worker."""
    from app.core.db import db

    app = build(database.url, database.scratch / database.name)
    app.test_client_class = Client
    with app.app_context():
        engine = db.engine

    @event.listens_for(engine, "before_cursor_execute")
    def notice(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        database.written = database.written or not READS.match(statement)

    yield app
    engine.dispose()


@pytest.fixture(autouse=True)
def fresh_database(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that wrote leaves the rows of the template behind."""
    if "app" not in request.fixturenames:
        yield
        return
    from app.core.db import db

    app: Flask = request.getfixturevalue("app")
    database: Database = request.getfixturevalue("database")
    yield
    if database.written:
        with app.app_context():
            db.engine.dispose()
        database.restore()


# --- what tests ask for --------------------------------------------------------------------------


@pytest.fixture
def db_session(app: Flask) -> Iterator[Any]:
    """The session inside an application context; a client's request commits it first."""
    from app.core.db import db

    with app.app_context():
        yield db.session
        db.session.rollback()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor who is not signed in; `app.test_client()` makes further ones."""
    return app.test_client()


@pytest.fixture
def login() -> Callable[..., FlaskClient]:
    """`login(client, username)` signs in through the page, form token and all."""

    def sign_in(client: Client, username: str, password: str = PASSWORD) -> Client:
        answer = client.submit("/login/", {"username": username, "password": password}, page="/login/")
        assert answer.status_code == 302, answer.text
        return client

    return sign_in


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with count_queries() as queries:` fills a list with the statements sent meanwhile."""
    from app.core.db import db

    @contextmanager
    def counting() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not re.match(r"\s*(BEGIN|PRAGMA|SAVEPOINT|RELEASE)", statement):
                sent.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def frozen(time_machine: Any) -> Any:
    """`frozen.move_to(moment, tick=False)`, `frozen.shift(seconds)`: the clock of the whole process."""
    return time_machine


@dataclass
class Mailbox:
    """A mail server on this machine; `refuse` is the answer to the next mails, if set."""

    host: str = "127.0.0.1"
    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    refuse: str = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep the mail, or answer as the test wants."""
        if self.refuse:
            return self.refuse
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def smtp(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A real mail server that the app is told to use."""
    from aiosmtpd.controller import Controller

    box = Mailbox(port=free_port())
    controller = Controller(box, hostname=box.host, port=box.port)
    controller.start()
    monkeypatch.setitem(app.config, "SMTP_HOST", box.host)
    monkeypatch.setitem(app.config, "SMTP_PORT", box.port)
    yield box
    controller.stop()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
