"""The traps that databases set, measured before they were closed: each is shown open without us, and shut
with us.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlcipher3.dbapi2
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from mrc.centres.models import Centre
from mrc.core.db import db
from mrc.core.db.engine import (
    SQLiteTooOld,
    listen,
    read_only_from_here,
    refuse_old_sqlite,
    server_options,
)

ONLY_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "busy_timeout": 10_000,
}


@pytest.fixture
def centre(context: Flask) -> Iterator[Centre]:
    yield db.session.scalars(select(Centre).where(Centre.code == "LHE")).one()
    db.session.rollback()


def test_a_second_writer_of_an_old_version_loses_nothing_silently(app: Flask) -> None:
    """Lost update: both read version 1, the first writes; the second is told instead of winning."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as late:
        mine = late.scalars(select(Centre).where(Centre.code == "LHE")).one()
        late.expunge(mine)
        late.rollback()
    with Session(engine) as early:
        early.scalars(select(Centre).where(Centre.code == "LHE")).one().name = "Early"
        early.commit()
    with Session(engine) as late:
        late.add(mine)
        mine.name = "Late"
        with pytest.raises(StaleDataError):
            late.commit()
    with Session(engine) as session:
        assert session.scalars(select(Centre.name).where(Centre.code == "LHE")).one() == "Early"


def test_read_then_write_loses_updates_with_the_drivers_own_transactions(tmp_path: Path) -> None:
    """The trap itself: in the driver's legacy mode a SELECT opens no transaction, so ten increments become
    fewer.
    """
    assert incremented(tmp_path / "trap.db", legacy=True) < 10


@ONLY_SQLITE
def test_read_then_write_loses_nothing_with_ours(app: Flask) -> None:
    with app.app_context():
        engine = db.engine
        db.session.execute(text("CREATE TABLE counter (n INTEGER)"))
        db.session.execute(text("INSERT INTO counter VALUES (0)"))
        db.session.commit()

    def increment() -> None:
        with engine.begin() as connection:
            value = connection.scalar(text("SELECT n FROM counter"))
            time.sleep(0.005)
            connection.execute(text("UPDATE counter SET n = :n"), {"n": value + 1})

    at_once(increment, 10)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT n FROM counter")) == 10


def test_a_deferred_transaction_cannot_become_a_writer_once_another_wrote(tmp_path: Path) -> None:
    """The trap itself: no time-out helps, because the reader's snapshot is old."""
    path = tmp_path / "deferred.db"
    first, second = (sqlite3.connect(path, isolation_level=None, timeout=5) for _ in range(2))
    first.executescript("PRAGMA journal_mode = WAL; CREATE TABLE t (n); INSERT INTO t VALUES (0)")
    first.execute("BEGIN")
    first.execute("SELECT n FROM t").fetchall()
    second.execute("UPDATE t SET n = 1")
    started = time.perf_counter()
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        first.execute("UPDATE t SET n = 2")
    assert time.perf_counter() - started < 1
    first.close()
    second.close()


@ONLY_SQLITE
def test_a_writer_takes_the_lock_at_once_and_the_next_waits_for_it(app: Flask) -> None:
    with app.app_context():
        engine = db.engine
    order: list[str] = []

    def second() -> None:
        with engine.begin() as connection:
            order.append("second reads")
            connection.execute(text("UPDATE centre SET name = 'Second' WHERE code = 'LHE'"))

    with engine.begin() as connection:
        connection.scalar(text("SELECT name FROM centre WHERE code = 'LHE'"))
        other = threading.Thread(target=second)
        other.start()
        time.sleep(0.1)
        connection.execute(text("UPDATE centre SET name = 'First' WHERE code = 'LHE'"))
        order.append("first wrote")
    other.join()
    assert order == ["first wrote", "second reads"]


def test_a_reading_transaction_cannot_write(centre: Centre) -> None:
    db.session.rollback()
    read_only_from_here(db.session())
    with pytest.raises(DBAPIError):
        db.session.execute(text("UPDATE centre SET name = 'x'"))
    db.session.rollback()
    db.session.execute(text("UPDATE centre SET name = 'x' WHERE code = 'LHE'"))


@ONLY_SQLITE
def test_every_connection_is_set_as_promised(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        found = {name: connection.scalar(text(f"PRAGMA {name}")) for name in PRAGMAS}
    assert found == PRAGMAS


@ONLY_SQLITE
def test_the_file_tells_nothing_without_its_key(app: Flask) -> None:
    path = app.extensions["mrc_settings"].database_path
    assert b"SQLite format 3" not in path.read_bytes()[:100]
    assert b"MRC Lahore" not in path.read_bytes()
    stranger = sqlcipher3.dbapi2.connect(str(path))
    with pytest.raises(sqlcipher3.dbapi2.DatabaseError):
        stranger.execute("SELECT * FROM centre")
    stranger.close()


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2)])
def test_a_sqlite_that_can_corrupt_the_file_is_refused(version: tuple[int, ...]) -> None:
    with pytest.raises(SQLiteTooOld):
        refuse_old_sqlite(version)


def test_the_sqlite_inside_is_new_enough() -> None:
    refuse_old_sqlite(sqlcipher3.dbapi2.sqlite_version_info)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_that_died_while_idle_is_replaced(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        url = db.engine.url
    engine = create_engine(url, **server_options())
    listen(engine)
    with engine.connect() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
    with app.app_context():
        db.session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        db.session.rollback()
    monkeypatch.setattr("mrc.core.db.engine.TRUSTED_SECONDS", -1.0)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != pid
    engine.dispose()


def incremented(path: Path, *, legacy: bool) -> int:
    """What ten increments at once leave of each other."""
    mode = "DEFERRED" if legacy else None

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=mode, timeout=5)

    setup = connect()
    setup.executescript("PRAGMA journal_mode = WAL; CREATE TABLE counter (n); INSERT INTO counter VALUES (0)")

    def increment() -> None:
        connection = connect()
        value = connection.execute("SELECT n FROM counter").fetchone()[0]
        time.sleep(0.02)
        connection.execute("UPDATE counter SET n = ?", [value + 1])
        connection.commit()
        connection.close()

    at_once(increment, 10)
    found: int = setup.execute("SELECT n FROM counter").fetchone()[0]
    setup.close()
    return found


def at_once(act: object, times: int) -> None:
    threads = [threading.Thread(target=act) for _ in range(times)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
