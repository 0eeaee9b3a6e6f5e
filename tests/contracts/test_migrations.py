"""Four questions to every migration: up, down, with data, and equal to the models; on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Column, Integer, MetaData, Table, func, inspect, select, text

from mrc.core.db import db
from mrc.core.db.migrations import DIRECTORY, init_migrations, newest_revision, schema_is_current
from tests.contracts.records import make_records


@pytest.fixture(autouse=True)
def _migrations(context: Flask) -> None:
    init_migrations(context)


def revisions() -> list[str]:
    """Every revision, oldest first."""
    script = ScriptDirectory(str(DIRECTORY))
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


def differences() -> list[Any]:
    """How the database differs from the models."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        return [change for change in compare_metadata(context, db.metadata) if not _is_known(change)]


def _is_known(change: Any) -> bool:
    """Alembic's own table, which is nobody's model."""
    return getattr(change[1], "name", "") == "alembic_version" if isinstance(change, tuple) else False


def test_the_models_are_the_newest_migration(context: Flask) -> None:
    assert differences() == []


def test_a_column_without_a_migration_would_be_found(context: Flask) -> None:
    extra = Table("left_behind", db.metadata, Column("id", Integer, primary_key=True))
    try:
        assert differences()
    finally:
        db.metadata.remove(extra)


def test_there_is_one_head_and_every_revision_can_go_back(context: Flask) -> None:
    script = ScriptDirectory(str(DIRECTORY))
    assert script.get_heads() == [newest_revision()]
    assert schema_is_current()
    assert len(revisions()) == len(set(revisions()))


@pytest.mark.slow
def test_down_to_nothing_and_up_again(context: Flask) -> None:
    db.session.remove()
    downgrade(revision="base")
    left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    upgrade()
    assert differences() == []


@pytest.mark.slow
def test_each_migration_up_keeps_the_data(context: Flask) -> None:
    """One step down and up again over data: what the step did not drop is still there."""
    make_records("LHE")
    db.session.commit()
    known = revisions()
    before = counts()
    db.session.remove()
    if len(known) > 1:
        downgrade(revision="-1")
        kept = before.keys() & set(inspect(db.engine).get_table_names())
        db.engine.dispose()
        upgrade()
        after = counts()
        assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_altering_a_parent_keeps_its_children(context: Flask) -> None:
    """The cascade-in-batch trap: on SQLite a table is altered by copying, and the old copy is dropped."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite alters by copying")
    records = make_records("LHE")
    db.session.commit()
    db.session.remove()
    with db.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys = OFF")
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("case", recreate="always") as batch:
            batch.add_column(Column("planted", Integer))
        connection.commit()
        raw.execute("PRAGMA foreign_keys = ON")
        assert connection.execute(text("PRAGMA foreign_key_check")).first() is None
    assert db.session.execute(
        select(func.count()).select_from(Table("note", MetaData(), Column("id")))
    ).scalar()
    assert records.keys["note_id"]


def counts() -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in db.metadata.sorted_tables
    }
