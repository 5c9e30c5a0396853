"""Runs the migrations on the application's own engine and metadata."""

from alembic import context
from flask import current_app

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


run()
