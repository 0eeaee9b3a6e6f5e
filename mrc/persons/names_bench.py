"""How well names are found: plant each, search as a user of the centre would, and take it out again.

A table has lines `match|differ<TAB>stored<TAB>query<TAB>birth year`. A stored name is planted with its year
of birth in the centre that keeps most files, the query and the year are searched, and the planted person is
rolled back before the next line: whatever happens, nothing stays.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from mrc.access.identity import HeldRole, Identity, Scope
from mrc.access.roles import Role
from mrc.core.db import db
from mrc.core.errors import Refused
from mrc.i18n.calendars import PartialDate
from mrc.persons.models import Person
from mrc.persons.queries import find_largest_centre_id, search_persons
from mrc.persons.service import PersonDetails, index_names, write_details

FIRST_RESULTS = 10
KINDS = ("match", "differ")
WARM_UP = 20


@dataclass(frozen=True)
class Line:
    """One line of a table: whether the query means the stored name, and the year both were born in."""

    is_match: bool
    stored: str
    query: str
    birth_year: int


@dataclass(frozen=True)
class Result:
    """Where the planted person stood: 0 for first, None when it was not among the first ten."""

    line: Line
    place: int | None
    milliseconds: float


@dataclass(frozen=True)
class Figures:
    """What a table came to: shares from 0 to 1, and milliseconds."""

    recall_at_10: float
    first: float
    false_first: float
    p50: float
    p95: float


def read_table(text: str) -> list[Line]:
    """The lines of a table; empty ones and those that open with # are skipped. Raises Refused."""
    lines = []
    for number, row in enumerate(text.splitlines(), start=1):
        if not row.strip() or row.startswith("#"):
            continue
        kind, *rest = [cell.strip() for cell in row.split("\t")]
        if kind not in KINDS or len(rest) != 3 or not all(rest[:2]) or not rest[2].isdecimal():
            raise Refused(f"Line {number} is not match|differ, stored name, query and birth year.")
        lines.append(Line(kind == "match", rest[0], rest[1], int(rest[2])))
    if not lines:
        raise Refused("The table holds no line.")
    return lines


def run(lines: Sequence[Line]) -> Iterator[Result]:
    """Search every line; leaves the database as it was. Raises Refused where no centre keeps a file."""
    if (centre_id := find_largest_centre_id()) is None:
        raise Refused("No centre keeps a file yet: fill the database with `mrc seed` first.")
    scope = Scope(ids=frozenset({centre_id}))
    user = Identity(user_id=None, name="names bench", roles=(HeldRole(Role.COUNSELLOR, scope),))
    for line in lines[:WARM_UP]:
        search_persons(user, f"{line.query} {line.birth_year}")
    for line in lines:
        planted = _plant(line, centre_id)
        started = time.perf_counter()
        found = search_persons(user, f"{line.query} {line.birth_year}", limit=FIRST_RESULTS)
        milliseconds = (time.perf_counter() - started) * 1000
        ids = [one.person.id for one in found]
        db.session.rollback()
        yield Result(line, ids.index(planted) if planted in ids else None, milliseconds)


def figures_of(results: Iterable[Result]) -> Figures:
    """The figures of a run."""
    done = list(results)
    matches = [result for result in done if result.line.is_match]
    others = [result for result in done if not result.line.is_match]
    times = sorted(result.milliseconds for result in done)
    return Figures(
        recall_at_10=_share([result.place is not None for result in matches], 1.0),
        first=_share([result.place == 0 for result in matches], 1.0),
        false_first=_share([result.place == 0 for result in others], 0.0),
        p50=statistics.median(times),
        p95=times[min(len(times) - 1, int(len(times) * 0.95))],
    )


def _share(hits: Sequence[bool], when_none: float) -> float:
    return sum(hits) / len(hits) if hits else when_none


def _plant(line: Line, centre_id: UUID) -> UUID:
    """The planted person's key; the rows are flushed and never committed."""
    person = Person(centre_id=centre_id)
    db.session.add(person)
    write_details(person, PersonDetails(name=line.stored, birth=PartialDate.from_iso(str(line.birth_year))))
    db.session.flush()
    index_names(person)
    db.session.flush()
    return person.id
