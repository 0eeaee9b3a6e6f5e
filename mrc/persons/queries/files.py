"""Reading a person's file: the person, addresses, consents."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from mrc.access.identity import Identity
from mrc.core.db import db
from mrc.core.paging import Page, page_of
from mrc.core.sealed import blind_index
from mrc.persons.models import Address, Consent, Person, PersonAddress
from mrc.persons.policy import PERSONS
from mrc.persons.states import AddressKind

SHOWN = 25


def get_person(person_id: UUID, *, by: Identity) -> Person:
    """The person with addresses and consents loaded. Raises NotFound when absent or hidden."""
    person: Person = PERSONS.get(by, person_id)
    return person


def find_person(person_id: UUID, *, by: Identity) -> Person | None:
    """The person, if the reader may see them."""
    return db.session.scalar(PERSONS.visible(by, select(Person).where(Person.id == person_id)))


def list_persons(identity: Identity, *, cursor: str | None, size: int = SHOWN) -> Page[Person]:
    """The newest files that the reader may see."""
    query = PERSONS.visible(identity, select(Person))
    return page_of(query, order=(Person.created_at, Person.id), cursor=cursor, size=size)


def find_address(centre_id: UUID, kind: AddressKind, value: str) -> Address | None:
    """The address of a centre with this value (E.164, user id or e-mail), if the centre knows it."""
    index = blind_index("address", value, centre_id)
    return db.session.scalar(
        select(Address).where(
            Address.centre_id == centre_id, Address.kind == kind, Address.value_index == index
        )
    )


def find_address_by_user_id(centre_id: UUID, user_id: str) -> Address | None:
    """The WhatsApp address of a centre whose number came with this user id."""
    index = blind_index("address", user_id, centre_id)
    query = select(Address).where(Address.centre_id == centre_id, Address.user_id_index == index)
    return db.session.scalar(query.order_by(Address.created_at, Address.id).limit(1))


def list_addresses(person: Person) -> Sequence[PersonAddress]:
    """The person's addresses with their plans, oldest first."""
    query = (
        select(PersonAddress)
        .where(PersonAddress.person_id == person.id)
        .options(selectinload(PersonAddress.address))
        .order_by(PersonAddress.created_at, PersonAddress.id)
    )
    return db.session.scalars(query).all()


def list_persons_at(address_id: UUID, *, by: Identity) -> list[Person]:
    """The visible persons who are reached by an address, oldest link first."""
    query = (
        select(Person)
        .join(PersonAddress, PersonAddress.person_id == Person.id)
        .where(PersonAddress.address_id == address_id)
        .order_by(PersonAddress.created_at, PersonAddress.id)
    )
    return list(db.session.scalars(PERSONS.visible(by, query)))


def list_links_of(person_id: UUID) -> Sequence[PersonAddress]:
    """The addresses of a person whom the caller has read, the oldest link first."""
    query = select(PersonAddress).options(joinedload(PersonAddress.address))
    query = query.where(PersonAddress.person_id == person_id)
    return db.session.scalars(query.order_by(PersonAddress.created_at, PersonAddress.id)).all()


def list_plans_at(address_id: UUID, *, by: Identity) -> Sequence[PersonAddress]:
    """The contact plans of the visible persons at an address, oldest link first."""
    query = (
        select(PersonAddress)
        .join(Person, Person.id == PersonAddress.person_id)
        .options(contains_eager(PersonAddress.person))
        .where(PersonAddress.address_id == address_id)
        .order_by(PersonAddress.created_at, PersonAddress.id)
    )
    return db.session.scalars(PERSONS.visible(by, query)).all()


def list_persons_of_account(address: Address, *, by: Identity) -> list[Person]:
    """The visible persons reached by other numbers of the same WhatsApp account, oldest link first.

    Whoever takes a new number may keep the account: a suggestion, because accounts are shared too.
    """
    if address.user_id_index is None:
        return []
    query = (
        select(Person)
        .join(PersonAddress, PersonAddress.person_id == Person.id)
        .join(Address, Address.id == PersonAddress.address_id)
        .where(
            Address.centre_id == address.centre_id,
            Address.user_id_index == address.user_id_index,
            Address.id != address.id,
        )
        .order_by(PersonAddress.created_at, PersonAddress.id)
    )
    return list(db.session.scalars(PERSONS.visible(by, query)))


def list_consents(person: Person) -> Sequence[Consent]:
    """The person's consents, newest first."""
    query = (
        select(Consent)
        .where(Consent.person_id == person.id)
        .order_by(Consent.given_at.desc(), Consent.id.desc())
    )
    return db.session.scalars(query).all()
