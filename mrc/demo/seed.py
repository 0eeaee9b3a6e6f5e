"""Fill a database fast, the same way for the same number: COPY on PostgreSQL, bulk inserts on SQLite."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import IntegrityError

from mrc.accounts.queries import list_counsellors
from mrc.centres.models import Centre, CentreSerial, PhoneLine
from mrc.centres.service import advance_case_serial
from mrc.core.db import db
from mrc.core.errors import Refused
from mrc.demo.names import BOOKS_BY_CENTRE, BOOKS_BY_COUNTRY
from mrc.demo.people import COLUMNS, Lists, Maker, Place, Row, choose
from mrc.vocab.queries import choices

BATCH = 2_000
MOMENT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""What 'now' is for the people made: fixed, so that the same number makes the same people on any day."""
LARGEST_SHARE = 0.5
ONLY_WITHOUT_PERSON = frozenset({"wrong_number", "spam", "no_answer", "not_eligible"})
"""Outcomes of calls that lead to nobody's file."""
RARE_ENDS = frozenset({"died", "opened_in_error", "duplicate", "other"})
"""Ends of a case that chance must not hand out."""


@dataclass(frozen=True)
class Report:
    """What was made, and how fast."""

    persons: int
    rows: int
    seconds: float

    @property
    def rate(self) -> float:
        """Persons a second."""
        return self.persons / self.seconds if self.seconds else 0.0


def seed(
    persons: int,
    number: int = 1,
    *,
    now: datetime = MOMENT,
    places: Sequence[Place] | None = None,
    waiting_share: float = 0.002,
) -> Report:
    """Make people with all that belongs to them, in batches that are committed one by one.

    `waiting_share` of the conversations end with a question that nobody has answered yet. Raises Refused when
    the people of this number are here already.
    """
    started = time.perf_counter()
    maker = Maker(number, _lists(), now, waiting_share, _serials())
    chosen = places or all_places()
    db.session.commit()
    written, engine = 0, db.engine
    # The database takes one batch while the next is drawn.
    with ThreadPoolExecutor(1) as writer:
        waiting = writer.submit(int)
        for start in range(0, persons, BATCH):
            for _ in range(min(BATCH, persons - start)):
                maker.make_person(choose(maker.rng, chosen))
            written += waiting.result()
            waiting = writer.submit(_write_batch, engine, maker.take())
        written += waiting.result()
    for (centre_id, year), serial in sorted(maker.serials.items()):
        advance_case_serial(centre_id, year, serial)
    db.session.commit()
    return Report(persons, written, time.perf_counter() - started)


def all_places() -> list[Place]:
    """Every centre with its share of the people; the first, by code of the demo's largest, holds half."""
    centres = db.session.scalars(select(Centre).order_by(Centre.code)).all()
    others = (1 - LARGEST_SHARE) / max(1, len(centres) - 1)
    return [place_of(centre, LARGEST_SHARE if centre.code == "LHE" else others) for centre in centres]


def place_of(centre: Centre, share: float) -> Place:
    """A centre as the maker needs it."""
    lines = select(PhoneLine.id).where(PhoneLine.centre_id == centre.id, PhoneLine.kind == "whatsapp")
    staff = tuple(user_id for user_id, _name in list_counsellors(centre.id))
    return Place(
        centre_id=centre.id,
        code=centre.code,
        country=centre.country,
        books=BOOKS_BY_CENTRE.get(centre.code, BOOKS_BY_COUNTRY[centre.country]),
        staff=staff,
        line_id=db.session.scalar(lines.order_by(PhoneLine.id).limit(1)),
        districts=_codes("districts", centre.country),
        share=share,
    )


def _serials() -> dict[tuple[UUID, int], int]:
    """The last case serial that each centre gave out, by year."""
    return {(row.centre_id, row.year): row.last for row in db.session.scalars(select(CentreSerial))}


def _write_batch(engine: Engine, batch: Mapping[str, Sequence[Row]]) -> int:
    try:
        with engine.begin() as connection:
            return sum(_write(connection, table, rows) for table, rows in batch.items())
    except (IntegrityError, psycopg.IntegrityError):  # COPY runs on the driver itself
        raise Refused("These people are here already: choose another --seed.") from None


def _lists() -> Lists:
    return Lists(
        topics=_codes("topics"),
        outcomes=tuple(code for code in _codes("consultation_outcomes") if code not in ONLY_WITHOUT_PERSON),
        information=_codes("information_sheets"),
        client_types=_codes("client_types"),
        destinations=_codes("destinations"),
        need_areas=_codes("need_areas"),
        closure_reasons=tuple(code for code in _codes("closure_reasons") if code not in RARE_ENDS),
    )


def _codes(name: str, country: str | None = None) -> tuple[str, ...]:
    return tuple(choice.code for choice in choices(name, country))


def _write(connection: Connection, table: str, rows: Sequence[Row]) -> int:
    if not rows:
        return 0
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        _insert(connection, table, rows)
    return len(rows)


def _copy(connection: Connection, table: str, rows: Iterable[Row]) -> None:
    columns = ", ".join(COLUMNS[table])
    raw: Any = connection.connection.dbapi_connection
    with raw.cursor().copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _insert(connection: Connection, table: str, rows: Iterable[Row]) -> None:
    columns = COLUMNS[table]
    marks = ", ".join("?" * len(columns))
    statement = f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES ({marks})'  # noqa: S608 - our own names
    connection.exec_driver_sql(statement, [tuple(map(_for_sqlite, row)) for row in rows])


def _for_sqlite(value: Any) -> Any:
    """A value as SQLAlchemy's column types keep it on SQLite."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", timespec="microseconds")
    return value
