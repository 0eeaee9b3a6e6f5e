"""Reading identity documents, and finding persons by the number of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.centres.queries import list_centres
from mrc.core.db import db
from mrc.core.sealed import blind_index
from mrc.persons.formats import IN_PARTS, bare
from mrc.persons.models import IdentityDocument, Person
from mrc.persons.policy import PERSONS
from mrc.persons.states import DocumentStatus

LEAST_SIGNS = 4
MOST_SHOWN = 10


def document_index(centre_id: UUID, kind: str, number: str) -> bytes:
    """The blind index of a number within a centre: the same for a CNIC and the B-form before it."""
    return blind_index("identity_document", bare(kind, number), centre_id)


def list_documents(person: Person) -> Sequence[IdentityDocument]:
    """The person's documents but those removed, oldest first."""
    query = (
        select(IdentityDocument)
        .where(IdentityDocument.person_id == person.id, IdentityDocument.status != DocumentStatus.REMOVED)
        .order_by(IdentityDocument.created_at, IdentityDocument.id)
    )
    return db.session.scalars(query).all()


def find_persons_by_document(identity: Identity, number: str) -> list[Person]:
    """The visible persons who have a document with this number, in the centres that the reader sees."""
    written = {bare("", number), bare(IN_PARTS, number)}
    if all(len(signs) < LEAST_SIGNS for signs in written):
        return []
    indexes = [
        blind_index("identity_document", signs, centre.id)
        for signs in written
        for centre in list_centres(identity.centres(Permission.PERSON_VIEW))
    ]
    return _persons_with(identity, indexes)


def list_sharers(person: Person, documents: Iterable[IdentityDocument], *, by: Identity) -> list[Person]:
    """The other visible persons who have a document with one of these numbers."""
    indexes = [document.number_index for document in documents if document.number_index]
    return [other for other in _persons_with(by, indexes) if other.id != person.id]


def _persons_with(identity: Identity, indexes: Sequence[bytes]) -> list[Person]:
    if not indexes:
        return []
    having = select(IdentityDocument.person_id).where(
        IdentityDocument.number_index.in_(indexes), IdentityDocument.status != DocumentStatus.REMOVED
    )
    query = select(Person).where(Person.id.in_(having)).order_by(Person.created_at, Person.id)
    return list(db.session.scalars(PERSONS.visible(identity, query.limit(MOST_SHOWN))))
