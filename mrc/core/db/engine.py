"""How connections are opened, on the embedded encrypted SQLite and on PostgreSQL.

SQLite: WAL, `BEGIN IMMEDIATE` for writers, `synchronous=FULL` (power cuts are routine in our centres),
foreign keys on, deleted content overwritten. The driver's own transactions are switched off, because with
them a read-then-write loses updates without an error and a deferred lock fails under load
(both measured; `tests/core/test_engine.py` shows them).
"""

from __future__ import annotations

import time
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import Connection, Engine, QueuePool, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from mrc.core.db import db

OLDEST_SAFE_SQLITE = (3, 51, 3)
BUSY_TIMEOUT_MILLISECONDS = 10_000
TRUSTED_SECONDS = 5.0
READ_ONLY = "mrc_read_only"
"""The execution option of a transaction that may not write; the database itself enforces it."""


class SQLiteTooOld(Exception):
    """This SQLite has the WAL-reset race that can corrupt a file shared by two processes."""


def refuse_old_sqlite(version: tuple[int, ...]) -> None:
    """Raise SQLiteTooOld below 3.51.3, the first version without the WAL-reset corruption race."""
    if version < OLDEST_SAFE_SQLITE:
        raise SQLiteTooOld(
            f"SQLite {'.'.join(map(str, version))} is older than 3.51.3 and can corrupt the file"
        )


def embedded_url(path: Path) -> str:
    """The URL of the embedded database; the key is given by the connection, never by the URL."""
    return f"sqlite:///{path}"


def server_url(url: str) -> URL:
    """A PostgreSQL URL that names psycopg 3, whatever spelling the environment used."""
    return make_url(url).set(drivername="postgresql+psycopg")


def embedded_options(path: Path, key: bytes) -> dict[str, Any]:
    """Engine options for the encrypted file: own pool, own connect, the SQLite inside `sqlcipher3`."""
    driver = import_module("sqlcipher3.dbapi2")  # 5 MB that a server with PostgreSQL does not need
    refuse_old_sqlite(driver.sqlite_version_info)

    def connect() -> Any:
        connection = driver.connect(
            str(path), isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_MILLISECONDS / 1000
        )
        prepare_sqlite(connection, key)
        return connection

    # The dialect's own choice of pool closes connections under other threads and crashes the process.
    return {
        "creator": connect,
        "module": driver,
        "poolclass": QueuePool,
        "pool_size": 8,
        "max_overflow": 8,
    }


def server_options() -> dict[str, Any]:
    """Engine options for PostgreSQL. Connections that lay idle are asked before they are used:
    `ask_if_idle`.
    """
    return {"pool_size": 8, "max_overflow": 8, "connect_args": {"connect_timeout": 5}}


def prepare_sqlite(connection: Any, key: bytes) -> None:
    """Unlock a fresh connection with the raw 32-byte key and set what every connection must have."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
        "temp_store = MEMORY",
        "cache_size = -8000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin_as_told(connection: Connection) -> None:
    """Open the transaction ourselves: writers take the lock at once, readers are held to reading."""
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
    else:
        # The driver then says BEGIN READ ONLY itself, without a statement of its own for it.
        raw: Any = connection.connection.dbapi_connection
        raw.read_only = True if read_only else None


def remember_use(_connection: Any, record: ConnectionPoolEntry) -> None:
    """Note when a connection was given back."""
    record.info["used_at"] = time.monotonic()


def ask_if_idle(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Have a connection replaced that lay idle and does not answer any more, as after a restart of the
    server.

    Asking before every use would cost each page two round trips; a connection used a moment ago is trusted.
    """
    if time.monotonic() - record.info.get("used_at", 0.0) < TRUSTED_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as gone:
        raise DisconnectionError from gone


def listen(engine: Engine) -> None:
    """Attach the listeners to an engine, once."""
    if event.contains(engine, "begin", begin_as_told):
        return
    event.listen(engine, "begin", begin_as_told)
    if engine.dialect.name == "postgresql":
        event.listen(engine, "checkin", remember_use)
        event.listen(engine, "checkout", ask_if_idle)


def read_only_from_here(session: Session) -> None:
    """Hold the session's next transaction to reading; a write in it raises. Call before the first query."""
    session.connection(execution_options={READ_ONLY: True})


def init_engine(app: Flask, url: str | URL, options: dict[str, Any]) -> None:
    """Bind `db` to one database and attach the listeners."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        listen(db.engine)


def is_reachable(session: Session) -> bool:
    """True when the database answers a trivial question now."""
    return bool(session.scalar(text("SELECT 1")) == 1)
