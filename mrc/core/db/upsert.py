"""Insert a row unless its key is there already, on both databases, without an exception in
the transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_if_absent(session: Session, table: Table, values: dict[str, Any], *, key: Sequence[str]) -> bool:
    """True when the row was written, False when another row already holds the key.

    On PostgreSQL a row with the same key in an open transaction is waited for, so that two requests with
    one key never both go on.
    """
    statement = _statement(table, session.get_bind().dialect.name, tuple(key), tuple(values))
    return session.execute(statement, values).first() is not None


@lru_cache(maxsize=64)
def _statement(table: Table, dialect: str, key: tuple[str, ...], columns: tuple[str, ...]) -> Any:
    """The statement of one table, made once: the intake of messages uses it for every single one."""
    insert: Any = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    insert = insert.values({name: bindparam(name, type_=table.c[name].type) for name in columns})
    # SQLAlchemy does not keep the count of inserted rows unless asked (it is -1 on PostgreSQL): ask for the
    # row.
    unless_there = insert.on_conflict_do_nothing(index_elements=list(key))
    return unless_there.returning(*(table.c[name] for name in key))
