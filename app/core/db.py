"""The database: one metadata for the product and Flask-AppBuilder, mix-ins, and the unit of work."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask import Flask, has_request_context, request
from flask_appbuilder import Model
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Enum, Integer, String, event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from app.core import clock

# Every constraint gets a name that Alembic can drop on both databases.
Model.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

db = SQLAlchemy(model_class=Model)
migrate = Migrate(render_as_batch=True)

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC datetimes on both databases (SQLite drops the zone, so it is put back)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime: use app.core.clock")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


def text_enum(kind: type[StrEnum], name: str) -> Enum:
    """A StrEnum stored as its text with a named check constraint."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [m.value for m in members],
    )


class Identified:
    """A whole-number primary key."""

    id: Mapped[int] = mapped_column(Integer, primary_key=True)


class Timestamped:
    """When the row was made and last changed."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now, onupdate=clock.now)


class Versioned:
    """A counter that the ORM checks on every update: a stale write raises instead of overwriting."""

    @declared_attr
    def version(cls) -> Mapped[int]:
        return mapped_column(Integer, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Labelled:
    """A bilingual label; `label` is in the language of the present user."""

    label_zh: Mapped[str] = mapped_column(String(200))
    label_en: Mapped[str] = mapped_column(String(200))

    @property
    def label(self) -> str:
        from app.core.i18n import pick

        return pick(self.label_zh, self.label_en)

    def __str__(self) -> str:
        return self.label


class Retirable:
    """Rows that cases use are retired, never deleted."""

    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


def init_app(app: Flask) -> None:
    """Bind the extensions and, on SQLite, the settings that keep concurrent writers safe."""
    db.init_app(app)
    migrate.init_app(app, db, directory=app.config["MIGRATIONS_DIR"])
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine)


def _tune_sqlite(engine: Engine) -> None:
    """WAL, foreign keys, a busy timeout, and BEGIN IMMEDIATE for requests that may write.

    The driver's own transaction start is turned off: it begins too late, and a reader that turns
    writer half-way gets SQLITE_BUSY at once, whatever the timeout.
    """

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            "busy_timeout=10000",
            "synchronous=FULL",
            "cache_size=-16000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _may_write() else "BEGIN")


_in_transaction: ContextVar[bool] = ContextVar("in_transaction", default=False)


def _may_write() -> bool:
    return _in_transaction.get() or (has_request_context() and request.method not in SAFE_METHODS)


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what the services inside did, or nothing of it.

    A read transaction left open before is ended first, so that the new one may take the write lock
    at its start; inside another `transaction()` this does nothing of its own.
    """
    if _in_transaction.get():
        yield
        return
    if not _may_write():
        db.session.rollback()
    token = _in_transaction.set(True)
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _in_transaction.reset(token)


def end_read() -> None:
    """Give the database lock back before slow work that needs no database (parsing an upload)."""
    db.session.rollback()
