"""Which files may be one person's, which tables point to a person, and which merges there were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    Column,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    and_,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from mrc.access.identity import Identity
from mrc.core.db import db
from mrc.core.paging import Page, page_of
from mrc.persons.matching import Match, Reason, Wanted
from mrc.persons.models import MergedRow, Person, PersonAddress, PersonMerge, PersonPair
from mrc.persons.policy import PERSONS
from mrc.persons.queries.finding import matches_by_name
from mrc.persons.states import AddressRelation, PairStatus

LEFT_ALONE = frozenset({"person", "name_key", "person_pair", "person_merge", "merged_row"})
"""Tables that point to persons and are no children of them: the log of merges, and keys that are made
anew.
"""
UNIQUE = UniqueConstraint | PrimaryKeyConstraint
MOST_ALIKE = 10


@dataclass(frozen=True)
class Child:
    """A column of some table that points to a person."""

    table: Table
    column: Column[UUID]

    @property
    def others(self) -> list[Column[UUID]]:
        """Further columns of the same table that point to a person."""
        return [other for other in pointing_columns(self.table) if other is not self.column]

    @property
    def unique_with(self) -> list[list[Column[object]]]:
        """For each uniqueness that the column takes part in, the other columns of it."""
        rules = [rule for rule in self.table.constraints if isinstance(rule, UNIQUE)]
        found = []
        for rule in (*rules, *(index for index in self.table.indexes if index.unique)):
            columns = list(rule.columns)
            if self.column in columns:
                found.append([column for column in columns if column is not self.column])
        return found


@dataclass(frozen=True)
class Suspicion:
    """Two visible files that may be one person's, and why."""

    pair: PersonPair
    low: Person
    high: Person


def pointing_columns(table: Table) -> list[Column[UUID]]:
    """The columns of a table that point to a person, in order."""
    return [
        column
        for column in table.columns
        if any(key.column.table.name == "person" for key in column.foreign_keys)
    ]


def list_children() -> list[Child]:
    """Every column of the whole schema that points to a person, by table name; found by walking it, so that
    no table is ever forgotten.
    """
    tables = sorted(db.metadata.tables.values(), key=lambda table: table.name)
    return [
        Child(table, column)
        for table in tables
        if table.name not in LEFT_ALONE
        for column in pointing_columns(table)
    ]


def list_alike(person: Person, *, by: Identity) -> list[Match]:
    """Other visible persons of the centre who may be the same, best first, without those judged to be
    others.
    """
    years = (person.birth_year,) if person.birth_year else ()
    names = [name for name in (person.name, person.latin_name, person.known_as) if name]
    found: dict[UUID, Match] = {}
    for name in names:
        wanted = Wanted(name, person.father_name or "", years, person.district)
        for match in matches_by_name(by, wanted):
            if match.person_id not in found or found[match.person_id].score < match.score:
                found[match.person_id] = match
    for person_id in _at_same_address(person):
        known = found.get(person_id)
        also = (known.reason, *known.also) if known else ()
        found[person_id] = Match(person_id, known.score if known else 0.0, Reason.SAME_ADDRESS, also)
    left_out = {person.id} | judged_as_others(person.id)
    alike = [match for match in found.values() if match.person_id not in left_out]
    return sorted(alike, key=lambda match: (-_weight(match), match.person_id))[:MOST_ALIKE]


def judged_as_others(person_id: UUID) -> set[UUID]:
    """The persons that somebody judged to be others than this one."""
    query = select(PersonPair.low_id, PersonPair.high_id).where(
        or_(PersonPair.low_id == person_id, PersonPair.high_id == person_id),
        PersonPair.status == PairStatus.DISTINCT,
    )
    return {one for pair in db.session.execute(query) for one in pair} - {person_id}


def find_pair(one_id: UUID, other_id: UUID, *, lock: bool = False) -> PersonPair | None:
    """What is known of two files, in either order."""
    low, high = sorted((one_id, other_id))
    query = select(PersonPair).where(PersonPair.low_id == low, PersonPair.high_id == high)
    return db.session.scalar(query.with_for_update() if lock else query)


def list_suspicions(identity: Identity, *, cursor: str | None, size: int = 25) -> Page[Suspicion]:
    """Pairs of visible files that may be one person's, newest first."""
    visible = PERSONS.visible(identity, select(Person.id))
    query = select(PersonPair).where(
        PersonPair.status == PairStatus.SUSPECTED,
        PersonPair.low_id.in_(visible),
        PersonPair.high_id.in_(visible),
    )
    order = (PersonPair.created_at, PersonPair.low_id, PersonPair.high_id)
    page: Page[PersonPair] = page_of(query, order=order, cursor=cursor, size=size)
    keys = {key for pair in page.items for key in (pair.low_id, pair.high_id)}
    persons = {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(keys)))}
    return page.with_items(
        [Suspicion(pair, persons[pair.low_id], persons[pair.high_id]) for pair in page.items]
    )


def list_merges(person: Person) -> Sequence[PersonMerge]:
    """The merges into a person's file, newest first."""
    query = select(PersonMerge).where(PersonMerge.kept_id == person.id)
    return db.session.scalars(query.order_by(PersonMerge.merged_at.desc(), PersonMerge.id.desc())).all()


def list_merged_rows(merge: PersonMerge) -> Sequence[MergedRow]:
    """What a merge moved, in its order."""
    query = select(MergedRow).where(MergedRow.merge_id == merge.id)
    return db.session.scalars(query.order_by(MergedRow.position)).all()


def list_merged_into(person_id: UUID) -> list[Person]:
    """The files that went into this one, also by way of others."""
    found: list[Person] = []
    waiting = [person_id]
    while waiting:
        query = select(Person).where(Person.merged_into_id.in_(waiting)).order_by(Person.id)
        persons = list(db.session.scalars(query))
        found += persons
        waiting = [person.id for person in persons]
    return found


def find_survivor(person_id: UUID, *, by: Identity) -> Person | None:
    """The visible file that a merged one went into; None for any other id."""
    merged = db.session.get(Person, person_id)
    while merged is not None and merged.merged_into_id is not None:
        merged = db.session.get(Person, merged.merged_into_id)
    if merged is None or merged.id == person_id:
        return None
    return db.session.scalar(PERSONS.visible(by, select(Person).where(Person.id == merged.id)))


def _at_same_address(person: Person) -> list[UUID]:
    """Others who have an address of their own that is this person's own too."""
    mine, theirs = aliased(PersonAddress), aliased(PersonAddress)
    query = (
        select(theirs.person_id)
        .join(mine, and_(mine.address_id == theirs.address_id, mine.person_id == person.id))
        .where(theirs.person_id != person.id)
        .where(mine.relation == AddressRelation.SELF, theirs.relation == AddressRelation.SELF)
        .distinct()
        .order_by(theirs.person_id)
    )
    return list(db.session.scalars(query))


def _weight(match: Match) -> float:
    return match.score + (30.0 if match.reason is Reason.SAME_ADDRESS else 0.0)
