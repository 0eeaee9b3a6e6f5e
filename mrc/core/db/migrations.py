"""Bringing the schema up to date, and knowing whether it is.

Alembic is imported where it is used: the processes that serve and work never need its 10 MB.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import text

from mrc.core.db import db

DIRECTORY = Path(__file__).parents[3] / "migrations"


class SchemaRefused(Exception):
    """The schema cannot be brought up to date; the words are Alembic's."""


def init_migrations(app: Flask) -> None:
    """Tell Flask-Migrate where the migrations are; needed before any of its commands. Safe to repeat."""
    from flask_migrate import Migrate

    if "migrate" not in app.extensions:
        Migrate(app, db, directory=str(DIRECTORY))


def upgrade_schema() -> None:
    """Take the database of the present application to the newest migration. Raises SchemaRefused."""
    from alembic.util import CommandError
    from flask_migrate import upgrade

    init_migrations(current_app)
    try:
        upgrade()
    except CommandError as error:
        raise SchemaRefused(str(error)) from error


def newest_revision() -> str:
    """The newest migration that this code has. The files are one line, numbered in their order."""
    return max(path.stem.partition("_")[0] for path in (DIRECTORY / "versions").glob("[0-9]*.py"))


def schema_is_current() -> bool:
    """True when the database stands at the newest migration that this code has."""
    # The session's own connection: on SQLite another one would wait for the first to let go of the lock.
    return db.session.scalar(text("SELECT version_num FROM alembic_version")) == newest_revision()
