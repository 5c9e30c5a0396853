"""The command line: `flask --app run …` (SURFACE: each command has --help, with --json one document)."""

import json
import signal
import threading
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click
from flask import Flask, current_app


def init_app(app: Flask) -> None:
    """Register every command."""
    for command in (serve, worker, docs, sync_roles, seed, certificates):
        app.cli.add_command(command)


@click.command("sync-roles")
def sync_roles() -> None:
    """Set Flask-AppBuilder's roles and permissions exactly to the matrix."""
    from app.access.sync import sync

    added, removed = sync()
    click.echo(f"permissions: {added} added, {removed} removed")


@click.group()
def seed() -> None:
    """Load reference rows or the demo county."""


@seed.command("reference")
def seed_reference() -> None:
    """Lookup rows, rubrics, message templates, campaign defaults; safe to repeat, safe in production."""
    from seed.reference import load

    click.echo(load())


@seed.command("demo")
@click.option("--stage", default="all", help="one scenario of the demo county, or all")
@click.option("--size", default=0, help="further cases, for load tests")
def seed_demo(stage: str, size: int) -> None:
    """The demo county, told as scenarios through the services."""
    if not current_app.config["DEMO"]:
        raise click.ClickException(
            "the demo accounts have a public password; set DEMO=1 on a demonstration site"
        )
    from seed.demo import load

    click.echo(load(stage=stage, size=size))


@click.group()
def certificates() -> None:
    """Certificate numbers."""


@certificates.command("issue")
@click.option("--campaign", "campaign_id", type=int, required=True, help="the campaign's number")
@click.option(
    "--as", "username", default="", help="who issues; default: first active account of the issuing office"
)
@click.option("--dry-run", is_flag=True, help="only say which numbers would be given")
@click.option("--json", "as_json", is_flag=True, help="one JSON document")
def issue_certificates(campaign_id: int, username: str, dry_run: bool, as_json: bool) -> None:
    """Give every passed case of a campaign its number: all of them or none."""
    from app.campaigns.models import Campaign
    from app.certificates.service import issue_batch, issuer
    from app.core.db import db, transaction
    from app.core.errors import PortalError

    try:
        with transaction():
            campaign = db.session.get(Campaign, campaign_id)
            if campaign is None:
                raise click.ClickException(f"there is no campaign {campaign_id}")
            actor = issuer(campaign, username=username)
            issued = [{"case": c.case_id, "number": c.number} for c in issue_batch(actor, campaign=campaign)]
            answer = {"campaign": campaign_id, "as": actor.username, "dry_run": dry_run, "issued": issued}
            if dry_run:
                db.session.rollback()
    except PortalError as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for row in issued:
        click.echo(f"#{row['case']} {row['number']}")
    click.echo(f"{len(issued)} numbers {'would be issued' if dry_run else 'issued'} by {answer['as']}")


@click.command()
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="PORT", default=8080, show_default=True, type=int)
def serve(host: str, port: int) -> None:
    """Migrate, load what an empty database needs, and serve until Ctrl-C."""
    from app.serving import check_port, prepare, serve_forever, settle

    check_port(host, port)
    settle(host, port)
    prepare()
    serve_forever(host, port)


@click.command()
@click.option("--once", is_flag=True, help="one round, then end")
@click.option("--interval", default=2.0, show_default=True, help="seconds between rounds")
@click.option("--json", "as_json", is_flag=True, help="with --once: the round's figures as one JSON document")
def worker(once: bool, interval: float, as_json: bool) -> None:
    """Background jobs: mail and deadlines; stops at SIGTERM or Ctrl-C after the mail at hand."""
    from app import jobs

    if once:
        figures = jobs.run_once()
        click.echo(
            json.dumps(figures) if as_json else ", ".join(f"{name} {n}" for name, n in figures.items())
        )
        return
    if as_json:
        raise click.UsageError("--json needs --once")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if not current_app.config["SMTP_HOST"]:
        click.echo("No mail server (SMTP_HOST): mail stays in the outbox, shown to the centre.")
    jobs.loop(current_app._get_current_object(), stop.is_set, interval=interval)  # type: ignore[attr-defined]


@click.command()
def docs() -> None:
    """Write the generated pages of docs/ again."""
    folder = Path(current_app.root_path).parent / "docs"
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
        click.echo(f"docs/{name}")


def pages() -> dict[str, str]:
    """The generated pages: file name and text."""
    from app.cases.describe import describe

    made = {"workflow.md": describe()}
    if find_spec("app.access.describe"):
        made["permissions.md"] = import_module("app.access.describe").describe()
    return made
