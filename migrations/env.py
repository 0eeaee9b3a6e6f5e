"""How migrations run: online only, on the application's own engine.

On SQLite a table is altered by copying it (batch). With foreign keys on, dropping the old copy would delete the
rows of every ON DELETE CASCADE child, without an error; so they are off while migrating and checked afterwards.
"""

from __future__ import annotations


from alembic import context
from flask import current_app
from sqlalchemy import Connection, Engine

from mrc.core.db import db


class DanglingReferences(Exception):
    """A migration left rows that point at nothing; it was rolled back."""




def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
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
