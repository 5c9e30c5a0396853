"""`make run`: bring the database up to date, then serve the portal and its background jobs until Ctrl-C."""

import hashlib
import multiprocessing
import os
import socket
import threading
from pathlib import Path
from typing import Any

import click
from alembic.migration import MigrationContext
from flask import Flask, current_app
from flask_babel import force_locale
from flask_migrate import upgrade
from sqlalchemy import select
from whitenoise import WhiteNoise

from app.access import sync
from app.access.models import PortalUser
from app.core import charts
from app.core.db import db
from app.core.i18n import ZH

# SQLite lets one writer in at a time; a few threads keep readers going meanwhile.
THREADS = 8
# File names carry no hash, so browsers ask again after this many seconds and mostly hear "not changed".
STATIC_MAX_AGE = 300
WILDCARDS = {"0.0.0.0", "::", ""}


def check_port(host: str, port: int) -> None:
    """Stop with a sentence when somebody listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"cannot listen on {host}:{port} ({error.strerror}); another program may be using it: "
                f"stop that one, or choose another port, for example PORT={port + 1}"
            ) from error


def settle(host: str, port: int) -> None:
    """Take the address into the settings, here (the demo's mail has links) and in the server process to come."""
    name = "127.0.0.1" if host in WILDCARDS else host
    address = f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
    # Read by `application`.
    os.environ |= {"PORTAL_HOST": host, "PORTAL_ADDRESS": address}
    current_app.config.update(_settings(host, address))


def prepare() -> None:
    """Folders, migrations, roles, reference rows and, for a demo without accounts, the demo county."""
    from seed import demo, reference

    Path(current_app.config["FILES_DIR"]).mkdir(parents=True, exist_ok=True)
    mark, state = _mark()
    if not (mark.exists() and mark.read_text() == state):
        click.echo("Preparing the database …")
        upgrade()
        sync.sync()
        click.echo(reference.load())
        # Taken again: the migrations have moved the database on.
        mark.write_text(_mark()[1])
    unfinished = mark.with_name("demo-unfinished")
    empty = db.session.scalar(select(PortalUser.id).limit(1)) is None
    if current_app.config["DEMO"] and (empty or unfinished.exists()):
        click.echo("Making the demo county …")
        # Ctrl-C may come in between; the next start then makes the rest.
        unfinished.touch()
        click.echo(demo.load(stage="all", size=0))
        unfinished.unlink()
    db.session.remove()


def _mark() -> tuple[Path, str]:
    """Where the last preparation is noted, and a fingerprint of all that it depends on.

    Migrations, permissions and reference rows are made from files; while neither they nor the migration
    that the database stands at have changed, a second start has nothing to do.
    """
    folder = Path(current_app.root_path)
    with db.engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_heads()
    digest = hashlib.sha256(f"{db.engine.url.render_as_string(hide_password=False)} {at}".encode())
    sources = [
        *folder.rglob("*.py"),
        *(folder.parent / "migrations").rglob("*.py"),
        *(folder.parent / "seed" / "reference").iterdir(),
    ]
    for source in sorted(s for s in sources if s.is_file()):
        status = source.stat()
        digest.update(f"{source}{status.st_mtime_ns}{status.st_size}".encode())
    return Path(current_app.config["INSTANCE"]) / "prepared", digest.hexdigest()


def greet(address: str) -> None:
    """Print the address, and the accounts of a demo."""
    click.echo(f"\n  The portal: {address}  (Ctrl-C stops it)")
    if current_app.config["DEMO"]:
        click.echo("\n  Demo accounts, password of all: Demo-1234!\n")
        with force_locale(ZH):
            # Those that have a page in the story; the others only fill the lists.
            told = select(PortalUser).where(PortalUser.username.not_like("demo.%")).order_by(PortalUser.id)
            for user in db.session.scalars(told.limit(22)).unique():
                county = f", {user.county.label_zh}" if user.county else ""
                click.echo(f"    {user.username:20} {user.name} ({user.roles_label}{county})")
    if not current_app.config["SMTP_HOST"]:
        click.echo("\n  No mail server (SMTP_HOST): mail stays in the outbox, shown to the centre.")
    click.echo("")
    db.session.remove()


def serve_forever(host: str, port: int) -> None:
    """Serve until a signal; the server process loads the portal for itself, so no connection is shared."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    greet(os.environ["PORTAL_ADDRESS"])
    db.engine.dispose()
    # Making the demo has set type: a process forked from here would wait for typst's threads for ever.
    multiprocessing.set_start_method("spawn", force=True)
    Server(
        "app.serving:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.error,
        workers_kill_timeout=20,
        working_dir=Path(current_app.root_path).parent,
    ).serve()


def application() -> Flask:
    """The portal as the server process runs it: with its files served directly and its jobs beside it."""
    from app import create_app, jobs

    app = create_app(_settings(os.environ["PORTAL_HOST"], os.environ["PORTAL_ADDRESS"]))
    serve_files(app)
    jobs.start_thread(app)
    # The first picture takes seconds; nobody should wait for it.
    threading.Thread(target=charts.warm, daemon=True, name="charts").start()
    return app


def _settings(host: str, address: str) -> dict[str, Any]:
    """In development the site answers to the name it is served under; what the environment says goes first."""
    import config

    settings: dict[str, Any] = {}
    if "TRUSTED_HOSTS" not in os.environ:
        own = [socket.gethostname()] if host in WILDCARDS else [host]
        settings["TRUSTED_HOSTS"] = settings["FAB_SAFE_REDIRECT_HOSTS"] = [*config.Config.TRUSTED_HOSTS, *own]
    if "BASE_URL" not in os.environ:
        settings["BASE_URL"] = address
    return settings


def serve_files(app: Flask) -> None:
    """Answer for static files before Flask is asked: no session, no database, with ETag and Last-Modified."""

    def headers(headers: Any, _path: str, _url: str) -> None:
        headers["X-Content-Type-Options"] = "nosniff"

    files = WhiteNoise(
        app.wsgi_app, max_age=STATIC_MAX_AGE, allow_all_origins=False, add_headers_function=headers
    )
    files.add_files(str(app.static_folder), prefix="static/")
    bootstrap = app.blueprints["bootstrap"]
    files.add_files(
        str(bootstrap.static_folder), prefix=f"{bootstrap.url_prefix or ''}{bootstrap.static_url_path}/"
    )
    app.wsgi_app = files  # type: ignore[method-assign]
