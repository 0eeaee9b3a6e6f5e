"""Insert a row unless its key is there already, on both databases, without an exception in
the transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_if_absent(session: Session, table: Table, values: dict[str, Any], *, key: Sequence[str]) -> bool:
    """True when the row was written, False when another row already holds the key.

    On PostgreSQL a row with the same key in an open transaction is waited for, so that two requests with
    one key never both go on.
    """
    dialect = session.get_bind().dialect.name
    statement: Any = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    statement = statement.values(**values).on_conflict_do_nothing(index_elements=list(key))
    # SQLAlchemy does not keep the count of inserted rows unless asked (it is -1 on PostgreSQL): ask for the
    # row.
    return session.execute(statement.returning(*(table.c[name] for name in key))).first() is not None
