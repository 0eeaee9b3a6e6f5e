"""Lists are cut by key and never by offset: page one thousand costs what page one costs."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, and_, literal, or_, tuple_

from mrc.core.db import db

T = TypeVar("T")
U = TypeVar("U")
LONGEST_CURSOR = 500
COUNTED_UP_TO = 100
"""Counts stop here: what a reader needs to know is that there are many, and a count must not grow dear."""
TOP = "top"


@dataclass(frozen=True)
class Page(Generic[T]):
    """A part of a list. `older` is the cursor of the next part, None at the end; `newer` leads back to the
    top.
    """

    items: Sequence[T]
    older: str | None = None
    newer: str | None = None

    def with_items(self, items: Sequence[U]) -> Page[U]:
        """The same part of the list with its rows turned into something else."""
        return Page(items, self.older, self.newer)


def page_of(
    query: Select[Any], *, order: Sequence[Any], cursor: str | None, size: int, ascending: bool = False
) -> Page[Any]:
    """One page of a query of entities, ordered by the columns of `order`, the last of them unique and none
    empty.

    Descending unless told otherwise. A cursor that we did not write gives the first page.
    """
    point = _read(cursor, [column.type.python_type for column in order])
    if point is not None:
        key, place = tuple_(*order), tuple_(*map(literal, point, (column.type for column in order)))
        query = query.where(key > place if ascending else key < place)
    query = query.order_by(*(column.asc() if ascending else column.desc() for column in order)).limit(
        size + 1
    )
    rows = db.session.scalars(query).all()
    shown = rows[:size]
    older = _written([getattr(shown[-1], column.key) for column in order]) if len(rows) > size else None
    return Page(shown, older, None if point is None else TOP)


def cursor_from(at: datetime) -> str:
    """The cursor of what is at or before an instant, in a list by an instant and a key, newest first."""
    return _written([at, UUID(int=2**128 - 1)])


def newest_before(
    query: Select[Any], at: Any, key: Any, before: tuple[datetime, UUID] | None, size: int
) -> Sequence[Any]:
    """The first `size` entities of a query, newest first by an instant and a key, older than a point."""
    if before is not None:
        query = query.where(or_(at < before[0], and_(at == before[0], key < before[1])))
    return db.session.scalars(query.order_by(at.desc(), key.desc()).limit(size)).all()


def _written(values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    text = json.dumps(plain, default=str, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str | None, kinds: Sequence[type[Any]]) -> list[Any] | None:
    if not cursor or len(cursor) > LONGEST_CURSOR:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(kinds):
            return None
        return [_value(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, TypeError, binascii.Error):
        return None


def _value(value: Any, kind: type[Any]) -> Any:
    if kind is datetime:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return instant
    if kind is UUID:
        return UUID(value)
    if not isinstance(value, kind):
        raise TypeError(f"not {kind.__name__}")
    return value
