"""The command line: `flask --app run …` (SURFACE: each command has --help, with --json one document)."""

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app


def init_app(app: Flask) -> None:
    """Register every command."""
    for command in (serve, worker, docs, sync_roles, seed, certificates, instruments, similarity, assign):
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


@click.group()
def instruments() -> None:
    """Figures of observation instruments; no database is asked."""


# The figures SURFACE.md promises; the analysis page shows more.
FLANDERS = (
    *("TT", "PT", "SC", "ID_quotient", "ID_share", "TRR", "TQR", "PIR", "TRR89", "TQR89"),
    *("CCR", "SSR", "PSSR", "VC"),
)


@instruments.command("flanders")
@click.option("--codes", help="categories in order: 5,3,6,7,9 (commas, spaces, Chinese commas)")
@click.option("--matrix", "path", metavar="FILE.json", help="or a matrix: 10 rows of 10 counts")
@click.option("--no-bracket", is_flag=True, help="no 10 is added at both ends (for a matrix: was added)")
@click.option("--json", "as_json", is_flag=True, help="one JSON document")
def flanders_figures(codes: str | None, path: str | None, no_bracket: bool, as_json: bool) -> None:
    """Matrix, totals and figures of a Flanders record.

    Every figure is times 100, ID_quotient = 100 × f(1..4) / f(5,6,7) too: above 100 indirect influence outweighs.
    A figure whose denominator is zero is null. A matrix whose row and column totals differ is refused.
    """
    from app.instruments import flanders

    bracket = "none" if no_bracket else "always"
    with refusals(as_json):
        if (codes is None) == (path is None):
            raise Refusal("usage", "give either --codes or --matrix")
        if path is None:
            listed = flanders.parse_codes(codes or "")
            counts = flanders.matrix(listed, bracket)
        else:
            counts = read_json(path)
            flanders.check_matrix(counts, bracket)
    rows, columns = flanders.totals(counts)
    figures = {figure.code: figure.value for figure in flanders.figures(counts)}
    pairs = sum(rows)
    answer = {
        "n_codes": pairs + 1 if no_bracket else pairs - 1,
        "n_pairs": pairs,
        "matrix": counts,
        "row_totals": rows,
        "column_totals": columns,
        "figures": {code: figures[code] for code in FLANDERS},
    }
    if as_json:
        click.echo(json.dumps(answer))
        return
    for name, row, total in zip([*range(1, 11), "f"], [*counts, columns], [*rows, pairs], strict=True):
        click.echo(f"{name:>3} |" + "".join(f"{cell:5d}" for cell in row) + f" |{total:6d}")
    click.echo(f"n {answer['n_codes']}, N {pairs}")
    for code in FLANDERS:
        click.echo(f"{code:<12}{shown(figures[code]):>10}")


@instruments.command("agreement")
@click.argument("path", metavar="FILE.json")
@click.option("--tolerance", type=float, required=True, help="seconds between codes that belong together")
@click.option("--json", "as_json", is_flag=True, help="one JSON document")
def observers_agreement(path: str, tolerance: float, as_json: bool) -> None:
    """Agreement of two observers: {"a": [[seconds, code], …], "b": […]}.

    Codes are paired one to one by time; percent and Cohen's kappa rest on the n pairs, Scott's pi on the totals of
    all codes, as Flanders used it. Null where a value is not defined; the reason is on standard error.
    """
    from app.instruments.agreement import agreement, timed_codes

    with refusals(as_json):
        if not 0 <= tolerance < 86_400:
            raise Refusal("usage", "--tolerance is a number of seconds from 0")
        found = agreement(*timed_codes(read_json(path)), tolerance)
    for key, reason in found.missing.items():
        click.echo(f"{key}: {reason.replace('_', ' ')}", err=True)
    if any(found.unmatched):
        click.echo(f"without a partner: {found.unmatched[0]} of a, {found.unmatched[1]} of b", err=True)
    answer = {"percent": found.percent, "kappa": found.kappa, "pi": found.pi, "n": found.n}
    if as_json:
        click.echo(json.dumps(answer))
        return
    for name, value in answer.items():
        click.echo(f"{name:<12}{shown(value):>10}")


@click.group()
def similarity() -> None:
    """Which earlier documents a text is alike."""


@similarity.command("query")
@click.option("--text", "path", metavar="FILE", required=True, help="a narrative as UTF-8 text")
@click.option(
    "--limit", type=click.IntRange(1), default=10, show_default=True, help="at most so many documents"
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 100),
    default=30.0,
    show_default=True,
    help="from so many percent on",
)
@click.option("--json", "as_json", is_flag=True, help="one JSON document")
def similar_documents(path: str, limit: int, threshold: float, as_json: bool) -> None:
    """The sent documents that a text is most alike, most alike first.

    Containment is how many percent of the text's 5-grams (punctuation, spaces, width, case and the forms' own wording
    left out) stand in the document. Passages are [start, end, other_start, other_end] in characters of the file and of
    the document's long texts, which are joined by one form feed; ends are exclusive. `document` is the number in the
    addresses of the similarity pages. A text of less than some sixty characters of its own is like nothing.
    """
    from app.similarity.queries import most_alike

    with refusals(as_json):
        text = read_text(path)
    matches = most_alike(text, limit=limit, threshold=threshold)
    if as_json:
        rows = [
            {"document": m.narrative.id, "containment": m.containment, "passages": m.passages}
            for m in matches
        ]
        click.echo(json.dumps(rows))
        return
    for m in matches:
        place = f"#{m.narrative.case_id} {m.narrative.slot} {m.narrative.form_code}"
        click.echo(f"{m.narrative.id:>8} {m.containment:6.2f} %  {place}  passages: {len(m.passages)}")


@similarity.command("reindex")
def reindex_documents() -> None:
    """Read all that was sent again and make every fingerprint anew, after the wording of a form has changed."""
    from app.similarity.service import reindex

    click.echo(f"{reindex()} documents")


@click.group()
def assign() -> None:
    """Who reviews which case; no database is asked."""


@assign.command("solve")
@click.argument("path", metavar="FILE.json")
@click.option("--json", "as_json", is_flag=True, help="one JSON document")
def solve_assignment(path: str, as_json: bool) -> None:
    """The assignment of highest total score; exit code 3 where there is none.

    {"per_case", "max_load": number or null, "cases": [{"id"}], "reviewers": [{"id", "capacity"}], "conflicts":
    [[case, reviewer]], "scores": [[case, reviewer, score]], "locked": [[case, reviewer]]}. A pair without a score
    counts 0 and is allowed, a capacity of null is unlimited, locked pairs are kept. With max_load null the smallest
    possible maximum load comes first; the answer's max_load is the one reached.
    """
    from app.reviews.solver.command import answer, table, uncollected

    with refusals(as_json), uncollected():
        answered = answer(read_json(path))
    click.echo(json.dumps(answered) if as_json else table(answered))
    if "infeasible" in answered:
        raise click.exceptions.Exit(3)


class Refusal(ValueError):
    """Input of a command that is refused, with a stable code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.values: dict[str, Any] = {}


@contextmanager
def refusals(as_json: bool) -> Iterator[None]:
    """A refusal ends the command with 2: the message on standard error, with --json one document as well."""
    from app.instruments.agreement import SeriesError
    from app.instruments.flanders import FlandersError
    from app.reviews.solver.errors import Malformed

    try:
        yield
    except (Refusal, FlandersError, SeriesError, Malformed) as refusal:
        if as_json:
            click.echo(
                json.dumps({"error": {"code": refusal.code, "message": str(refusal), **refusal.values}})
            )
        click.echo(f"Error: {refusal}", err=True)
        raise click.exceptions.Exit(2) from refusal


def read_text(path: str) -> str:
    """The text in a file, line ends and all; Refusal when there is none."""
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Refusal("no_file", f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Refusal("bad_text", f"{path} is not UTF-8: {error.reason} at byte {error.start}") from error


def read_json(path: str) -> Any:
    """The document in a file; Refusal when there is none."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Refusal("no_file", f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise Refusal("bad_json", f"{path} is not JSON: {error}") from error


def shown(value: float | None) -> str:
    """Two decimals for people; a dash for what is not defined."""
    if value is None:
        return "—"
    return str(value) if isinstance(value, int) else f"{value:.2f}"


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
