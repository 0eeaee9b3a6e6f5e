"""Reading who else is reached where, and what was withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.core import clock
from mrc.core.db import db
from mrc.core.text import fold
from mrc.persons.models import Address, Consent, Person, PersonAddress
from mrc.persons.policy import PERSONS
from mrc.persons.states import ConsentPurpose


def exists_link(person_id: UUID, address_id: UUID) -> bool:
    """True when the person is reached by the address already."""
    query = select(PersonAddress.id).where(
        PersonAddress.person_id == person_id, PersonAddress.address_id == address_id
    )
    return db.session.scalar(query) is not None


def list_also_used(person: Person, *, by: Identity) -> dict[UUID, list[Person]]:
    """The other visible persons at each of the person's addresses, by the key of the address."""
    own = select(PersonAddress.address_id).where(PersonAddress.person_id == person.id)
    query = (
        select(PersonAddress.address_id, Person)
        .join(Person, Person.id == PersonAddress.person_id)
        .where(PersonAddress.address_id.in_(own), Person.id != person.id)
        .order_by(PersonAddress.created_at, PersonAddress.id)
    )
    found: dict[UUID, list[Person]] = {}
    for address_id, other in db.session.execute(PERSONS.visible(by, query)):
        found.setdefault(address_id, []).append(other)
    return found


def list_addresses_of(person_ids: Iterable[UUID], *, by: Identity) -> Sequence[Address]:
    """The addresses of visible persons, without doubles, in a steady order."""
    people = PERSONS.visible(by, select(Person.id).where(Person.id.in_(list(person_ids))))
    ids = select(PersonAddress.address_id).where(PersonAddress.person_id.in_(people))
    return db.session.scalars(select(Address).where(Address.id.in_(ids)).order_by(Address.id)).all()


def has_consent(person_id: UUID, purpose: ConsentPurpose, recipient: str | None = None) -> bool:
    """True when the newest line of the ledger on this purpose counts today: given, not withdrawn, not over.

    With a recipient only lines that name them count: sharing with one says nothing of others.
    """
    newest = _newest(person_id, purpose, recipient)
    return newest is not None and newest.counts_on(clock.now().date())


def has_withdrawn(person_id: UUID, purpose: ConsentPurpose) -> bool:
    """True when the newest line on this purpose says no: taken back, or refused by the child it is about."""
    newest = _newest(person_id, purpose, None)
    return newest is not None and newest.says_no


def _newest(person_id: UUID, purpose: ConsentPurpose, recipient: str | None) -> Consent | None:
    query = (
        select(Consent)
        .where(Consent.person_id == person_id, Consent.purpose == purpose)
        .order_by(Consent.given_at.desc(), Consent.id.desc())
    )
    if recipient is None:
        return db.session.scalar(query.limit(1))
    wanted = fold(recipient)
    return next((line for line in db.session.scalars(query) if fold(line.recipient or "") == wanted), None)
