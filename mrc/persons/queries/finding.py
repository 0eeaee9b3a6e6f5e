"""Finding persons by name in any script, by number, by address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, literal, select, union_all
from sqlalchemy.orm import aliased

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import in_scope
from mrc.core import clock
from mrc.core.db import db
from mrc.core.phones import parse_phone
from mrc.core.sealed import blind_index, context_of, unseal
from mrc.core.text import ascii_digits
from mrc.persons.matching import Candidate, Match, Reason, Wanted, key_groups, ranked, understand
from mrc.persons.models import KEY_SCHEME, Address, NameKey, Person, PersonAddress
from mrc.persons.policy import PERSONS
from mrc.persons.queries.documents import find_persons_by_document
from mrc.persons.queries.files import SHOWN
from mrc.persons.states import NameKind

MOST_CANDIDATES = 200
MOST_PARTLY = 60
"""Of candidates that lack a part: enough to find those whose name was written with fewer."""
COMMON = 1_000
"""A key that so many names of the searched centres have says little about whom somebody means."""
YEARS_OFF = 2
"""A year of birth is often a guess: so many years on either side are looked at too."""
NAME_COLUMNS = ("name", "latin_name", "known_as", "father_name")
Groups = Sequence[tuple[int, ...]]
"""For each part of a name that was asked for, the hashes of the keys it may be stored under."""


@dataclass(frozen=True)
class FoundPerson:
    """One search result: the person and why."""

    person: Person
    match: Match


def search_persons(identity: Identity, text: str, *, limit: int = SHOWN) -> list[FoundPerson]:
    """Persons whose name, in any script or spelling, or whose number is like the text; best first.

    A year of birth beside the name, in either calendar and any digits, narrows a common name down.
    """
    matches = (
        matches_by_number(identity, text)
        or matches_by_document(identity, text)
        or matches_by_name(identity, _understood(text))
    )
    return load_matches(identity, matches[:limit])


def matches_by_name(identity: Identity, wanted: Wanted) -> list[Match]:
    """Ranked matches among the candidates that share the most keys with the name.

    With a year of birth those born about then are looked at, and the others only when none of them is meant.
    """
    groups = key_groups(wanted.name)
    if not groups:
        return []
    own = in_scope(NameKey.centre_id, identity.centres(Permission.PERSON_VIEW)), NameKey.kind == NameKind.OWN
    if wanted.birth_years:
        near = _born_about(own, groups, wanted.birth_years)
        if matches := ranked(wanted, _opened(identity, near)):
            return matches
    return ranked(wanted, _opened(identity, _of_any_age(own, groups)))


def matches_by_number(identity: Identity, text: str) -> list[Match]:
    """Persons reached by the telephone number in the text; none when it is not a number."""
    if sum(character.isdigit() for character in ascii_digits(text)) < 7:
        return []
    numbers = {phone.e164 for region in ("PK", "IQ", "AF") if (phone := parse_phone(text, region))}
    return matches_by_values(identity, numbers)


def matches_by_document(identity: Identity, text: str) -> list[Match]:
    """The visible persons who have an identity document with this number; none for words without a digit."""
    if not any(sign.isdigit() for sign in text):
        return []
    found = find_persons_by_document(identity, text)
    return [Match(person.id, 100.0, Reason.SAME_DOCUMENT) for person in found]


def matches_by_values(identity: Identity, values: Iterable[str]) -> list[Match]:
    """The visible persons who have one of the addresses (E.164 or user id)."""
    indexes = [
        blind_index("address", value, centre) for value in values for centre in _searched_centres(identity)
    ]
    if not indexes:
        return []
    query = (
        select(Person.id)
        .join(PersonAddress, PersonAddress.person_id == Person.id)
        .join(Address, Address.id == PersonAddress.address_id)
        .where(Address.value_index.in_(indexes))
        .distinct()
        .order_by(Person.id)
    )
    found = db.session.scalars(PERSONS.visible(identity, query))
    return [Match(person_id, 100.0, Reason.SAME_ADDRESS) for person_id in found]


def load_matches(identity: Identity, matches: Sequence[Match]) -> list[FoundPerson]:
    """The visible persons of the matches, in their order."""
    query = PERSONS.visible(
        identity, select(Person).where(Person.id.in_([match.person_id for match in matches]))
    )
    persons = {person.id: person for person in db.session.scalars(query)}
    return [FoundPerson(persons[match.person_id], match) for match in matches if match.person_id in persons]


def find_largest_centre_id() -> UUID | None:
    """The centre that keeps most files."""
    count = func.count(Person.id)
    query = select(Person.centre_id).group_by(Person.centre_id).order_by(count.desc(), Person.centre_id)
    return db.session.scalar(query.limit(1))


def list_with_old_keys(limit: int) -> Sequence[Person]:
    """Persons whose search keys were made by an earlier release."""
    old = select(NameKey.person_id).where(NameKey.scheme < KEY_SCHEME).distinct().limit(limit)
    return db.session.scalars(select(Person).where(Person.id.in_(old)).order_by(Person.id)).all()


def _understood(text: str) -> Wanted:
    return understand(text, clock.now().date())


def _born_about(own: tuple[ColumnElement[bool], ...], groups: Groups, years: Sequence[int]) -> list[UUID]:
    """Persons born about then, or at an unknown time, who share keys with the name: all of them first, those
    born in the very year before the others.
    """
    window = [0, *range(min(years) - YEARS_OFF, max(years) + YEARS_OFF + 1)]
    hashes = [one for group in groups for one in group]
    shared = func.count(_place(groups).distinct())
    is_exact = func.max(case((NameKey.birth_year.in_(years), 1), else_=0))
    query = (
        select(NameKey.person_id, shared)
        .where(*own, NameKey.key_hash.in_(hashes), NameKey.birth_year.in_(window))
        .group_by(NameKey.person_id)
        .having(shared >= max(1, len(groups) - 1))
        .order_by(shared.desc(), is_exact.desc(), NameKey.person_id.desc())
        .limit(MOST_CANDIDATES)
    )
    rows = db.session.execute(query).all()
    whole = [person_id for person_id, count in rows if count == len(groups)]
    partly = [person_id for person_id, count in rows if count < len(groups)]
    return whole + partly[:MOST_PARTLY]


def _of_any_age(own: tuple[ColumnElement[bool], ...], groups: Groups) -> Sequence[UUID]:
    """Persons who share keys with the name, those with the most shared keys first.

    Half of a centre may be called Muhammad: where the name has a rarer part, only persons with that one
    come into question; where all its parts are common, those who have all of them, the newest files first.
    """
    if rare := _rare(own, groups):
        among = select(NameKey.person_id).where(*own, NameKey.key_hash.in_(rare))
        return _most_shared(select(NameKey.person_id).where(NameKey.person_id.in_(among)), groups)
    query = select(NameKey.person_id).where(*own, NameKey.key_hash.in_(groups[0]))
    for other in groups[1:]:
        also = aliased(NameKey)
        mine = also.person_id == NameKey.person_id, also.kind == NameKind.OWN, also.key_hash.in_(other)
        query = query.where(select(also.person_id).where(also.centre_id == NameKey.centre_id, *mine).exists())
    newest = query.order_by(NameKey.person_id.desc()).limit(MOST_CANDIDATES)
    if with_all := list(dict.fromkeys(db.session.scalars(newest))):
        return with_all
    return _most_shared(select(NameKey.person_id).where(*own), groups)


def _rare(own: tuple[ColumnElement[bool], ...], groups: Groups) -> list[int]:
    """The keys of those parts that fewer than `COMMON` names have, in one query that counts no further."""
    counts = [
        select(literal(place), select(func.count()).select_from(
            select(NameKey.person_id).where(*own, NameKey.key_hash.in_(group)).limit(COMMON).subquery()
        ).scalar_subquery())
        for place, group in enumerate(groups)
    ]  # fmt: skip
    found = db.session.execute(union_all(*counts)).all()
    return [one for place, count in found if count < COMMON for one in groups[place]]


def _most_shared(query: Select[UUID], groups: Groups) -> Sequence[UUID]:
    shared = func.count(_place(groups).distinct())
    hashes = [one for group in groups for one in group]
    query = query.where(NameKey.key_hash.in_(hashes), NameKey.kind == NameKind.OWN)
    order = shared.desc(), NameKey.person_id.desc()
    return db.session.scalars(query.group_by(NameKey.person_id).order_by(*order).limit(MOST_CANDIDATES)).all()


def _place(groups: Groups) -> ColumnElement[int]:
    """Which part of the name a key stands for, as an SQL expression."""
    return case(*((NameKey.key_hash.in_(group), place) for place, group in enumerate(groups)), else_=None)


def _opened(identity: Identity, person_ids: Sequence[UUID]) -> list[Candidate]:
    """The candidates that the reader may see, their names opened, with those of files that went into
    theirs.
    """
    columns = Person.__table__.c
    query = select(
        columns.id, columns.birth_year, *(columns[name] for name in NAME_COLUMNS), columns.district
    )
    rows = db.session.execute(PERSONS.visible(identity, query.where(Person.id.in_(person_ids)))).all()
    further = _further_names([row.id for row in rows])
    return [
        Candidate(
            person_id=row.id,
            names=(*_names(row, 2), *further.get(row.id, ())),
            father_name=_open(row.father_name, "father_name", row.id),
            birth_year=row.birth_year,
            district=row.district,
        )
        for row in rows
    ]


def _further_names(person_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The names of files that went into these, by the file they went into, also by way of another."""
    columns = Person.__table__.c
    found: dict[UUID, list[str]] = {}
    leads_to = {person_id: person_id for person_id in person_ids}
    waiting = list(person_ids)
    while waiting:
        query = select(columns.id, columns.merged_into_id, *(columns[name] for name in NAME_COLUMNS[:3]))
        rows = db.session.execute(query.where(columns.merged_into_id.in_(waiting))).all()
        for row in rows:
            leads_to[row.id] = leads_to[row.merged_into_id]
            found.setdefault(leads_to[row.id], []).extend(_names(row, 2))
        waiting = [row.id for row in rows]
    return found


def _names(row: Any, first: int) -> list[str]:
    return [_open(row[first + place], column, row.id) for place, column in enumerate(NAME_COLUMNS[:3])]


def _open(sealed: bytes | None, column: str, person_id: UUID) -> str:
    return "" if sealed is None else unseal(sealed, context_of("person", column, person_id))


def _searched_centres(identity: Identity) -> Sequence[UUID]:
    scope = identity.centres(Permission.PERSON_VIEW)
    if not scope.everywhere:
        return sorted(scope.ids)
    return db.session.scalars(select(Address.centre_id).distinct().order_by(Address.centre_id)).all()
