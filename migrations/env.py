"""Runs the migrations on the application's own engine and metadata."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

database = current_app.extensions["migrate"].db


def _as_text_of_app(kind: str, item: object, autogen: object) -> str | bool:
    """Write the product's own column types without importing the product into a migration."""
    if kind == "type" and type(item).__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def _types_differ(
    _context: object, _inspected: object, _column: object, inspected_type: object, own_type: object
) -> bool | None:
    """SQLite keeps no zone; the type decorator puts it back."""
    return False if type(own_type).__name__ == "UtcDateTime" else None


def run() -> None:
    """Migrate online; each revision in its own transaction."""
    with database.engine.connect() as connection:
        _foreign_keys(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=_as_text_of_app,
            compare_type=_types_differ,
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        _foreign_keys(connection, "ON")


def _foreign_keys(connection: Connection, state: str) -> None:
    """SQLite changes a table by making it anew; dropping the old one must not reach the rows that point at it.

    The switch does nothing inside a transaction, so it goes to the driver before one begins.
    """
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute(f"PRAGMA foreign_keys={state}")


run()
