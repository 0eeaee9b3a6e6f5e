"""Finding persons by name in any script, by number, by address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.orm import aliased

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import in_scope
from mrc.core.db import db
from mrc.core.phones import parse_phone
from mrc.core.sealed import blind_index, context_of, unseal
from mrc.core.text import ascii_digits
from mrc.persons.matching import Candidate, Match, Reason, Wanted, key_hashes, ranked
from mrc.persons.models import Address, NameKey, Person, PersonAddress
from mrc.persons.policy import PERSONS
from mrc.persons.queries.files import SHOWN
from mrc.persons.states import NameKind

MOST_CANDIDATES = 200
COMMON = 1_000
"""A key that so many names of the searched centres have says little about whom somebody means."""
NAME_COLUMNS = ("name", "latin_name", "known_as", "father_name")


@dataclass(frozen=True)
class FoundPerson:
    """One search result: the person and why."""

    person: Person
    match: Match


def search_persons(identity: Identity, text: str, *, limit: int = SHOWN) -> list[FoundPerson]:
    """Persons whose name, in any script or spelling, or whose number is like the text; best first."""
    matches = matches_by_number(identity, text) or matches_by_name(identity, Wanted(name=text))
    return load_matches(identity, matches[:limit])


def matches_by_name(identity: Identity, wanted: Wanted) -> list[Match]:
    """Ranked matches among the candidates that share the most keys with the name."""
    hashes = key_hashes(wanted.name)
    return ranked(wanted, _opened(identity, _candidate_ids(identity, hashes))) if hashes else []


def matches_by_number(identity: Identity, text: str) -> list[Match]:
    """Persons reached by the telephone number in the text; none when it is not a number."""
    if sum(character.isdigit() for character in ascii_digits(text)) < 7:
        return []
    numbers = {phone.e164 for region in ("PK", "IQ", "AF") if (phone := parse_phone(text, region))}
    return matches_by_values(identity, numbers)


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


def _candidate_ids(identity: Identity, hashes: Sequence[int]) -> Sequence[UUID]:
    """Persons of the searched centres who share keys with the query, those with the most shared keys first.

    Half of a centre may be called Muhammad: where the query has a rarer key, only persons with that one
    come into question; where all its keys are common, those who have all of them, the newest files first.
    """
    own = in_scope(NameKey.centre_id, identity.centres(Permission.PERSON_VIEW)), NameKey.kind == NameKind.OWN
    rare = _rare(own, hashes)
    if rare:
        among = select(NameKey.person_id).where(*own, NameKey.key_hash.in_(rare))
        return _most_shared(select(NameKey.person_id).where(NameKey.person_id.in_(among)), hashes)
    query = select(NameKey.person_id).where(*own, NameKey.key_hash == hashes[0])
    for other in hashes[1:]:
        also = aliased(NameKey)
        mine = also.person_id == NameKey.person_id, also.kind == NameKind.OWN, also.key_hash == other
        query = query.where(select(also.person_id).where(also.centre_id == NameKey.centre_id, *mine).exists())
    newest = query.order_by(NameKey.person_id.desc()).limit(MOST_CANDIDATES)
    if with_all := list(dict.fromkeys(db.session.scalars(newest))):
        return with_all
    return _most_shared(select(NameKey.person_id).where(*own), hashes)


def _rare(own: tuple[ColumnElement[bool], ...], hashes: Sequence[int]) -> list[int]:
    """Those of the keys that fewer than `COMMON` names have, in one query that counts no further."""
    counts = [
        select(literal(place), select(func.count()).select_from(
            select(NameKey.person_id).where(*own, NameKey.key_hash == key).limit(COMMON).subquery()
        ).scalar_subquery())
        for place, key in enumerate(hashes)
    ]  # fmt: skip
    return [hashes[place] for place, count in db.session.execute(union_all(*counts)).all() if count < COMMON]


def _most_shared(query: Select[UUID], hashes: Sequence[int]) -> Sequence[UUID]:
    shared = func.count(NameKey.key_hash.distinct())
    query = query.where(NameKey.key_hash.in_(hashes), NameKey.kind == NameKind.OWN)
    order = shared.desc(), NameKey.person_id.desc()
    return db.session.scalars(query.group_by(NameKey.person_id).order_by(*order).limit(MOST_CANDIDATES)).all()


def _opened(identity: Identity, person_ids: Sequence[UUID]) -> list[Candidate]:
    """The candidates that the reader may see, their names opened."""
    columns = Person.__table__.c
    query = select(columns.id, columns.birth_year, *(columns[name] for name in NAME_COLUMNS))
    rows = db.session.execute(PERSONS.visible(identity, query.where(Person.id.in_(person_ids))))
    return [
        Candidate(
            person_id=row.id,
            names=tuple(
                _open(row[2 + place], column, row.id) for place, column in enumerate(NAME_COLUMNS[:3])
            ),
            father_name=_open(row.father_name, "father_name", row.id),
            birth_year=row.birth_year,
        )
        for row in rows
    ]


def _open(sealed: bytes | None, column: str, person_id: UUID) -> str:
    return "" if sealed is None else unseal(sealed, context_of("person", column, person_id))


def _searched_centres(identity: Identity) -> Sequence[UUID]:
    scope = identity.centres(Permission.PERSON_VIEW)
    if not scope.everywhere:
        return sorted(scope.ids)
    return db.session.scalars(select(Address.centre_id).distinct().order_by(Address.centre_id)).all()
