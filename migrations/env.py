"""How migrations run: online only, on the application's own engine.

On SQLite a table is altered by copying it (batch). With foreign keys on, dropping the old copy would delete
the rows of every ON DELETE CASCADE child, without an error; so they are off while migrating and checked
afterwards.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app
from sqlalchemy import Connection, Engine

from mrc.core.db import db
from mrc.core.db.types import Instant, StringEnum


class DanglingReferences(Exception):
    """A migration left rows that point at nothing; it was rolled back."""


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our column types as plain ones: a migration must not change when a class does."""
    if kind != "type":
        return False
    if isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, StringEnum):
        return "sa.String(length=40)"
    return "JSON" if isinstance(item, sa.JSON) else False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render_item,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
        if (
            connection.dialect.name == "sqlite"
            and connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        ):
            raise DanglingReferences


def without_foreign_keys(engine: Engine) -> None:
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            migrate(connection)
        finally:
            raw.rollback()
            raw.execute("PRAGMA foreign_keys = ON")


def run() -> None:
    engine: Engine = current_app.extensions["migrate"].db.engine
    if given := context.config.attributes.get("connection"):
        migrate(given)
    elif engine.dialect.name == "sqlite":
        without_foreign_keys(engine)
    else:
        with engine.connect() as connection:
            migrate(connection)


run()
