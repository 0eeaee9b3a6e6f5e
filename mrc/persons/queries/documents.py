"""Reading identity papers and relations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from mrc.access.identity import Identity
from mrc.core.db import db
from mrc.core.sealed import blind_index
from mrc.persons.matching import Match, Reason
from mrc.persons.models import IdentityDocument, Person, PersonRelation
from mrc.persons.papers import bare
from mrc.persons.policy import PERSONS
from mrc.persons.queries.centres import searched_centres

SHORTEST_NUMBER = 6


@dataclass(frozen=True)
class Relative:
    """Somebody who belongs to a person: what they are to them, and the relation it stands in.

    `is_inverse` when the relation is told from the other side: a mother's file tells of her child.
    """

    relation: PersonRelation
    person: Person
    is_inverse: bool


def list_documents(person: Person) -> Sequence[IdentityDocument]:
    """The papers of a person, oldest first."""
    query = select(IdentityDocument).where(IdentityDocument.person_id == person.id)
    return db.session.scalars(query.order_by(IdentityDocument.created_at, IdentityDocument.id)).all()


def matches_by_document(identity: Identity, number: str) -> list[Match]:
    """The visible persons whose papers bear a number, in any digits and spelling."""
    plain = bare(number)
    if len(plain) < SHORTEST_NUMBER or not any(sign.isdigit() for sign in plain):
        return []
    indexes = [blind_index("identity_document", plain, centre) for centre in searched_centres(identity)]
    if not indexes:
        return []
    papers = select(IdentityDocument.person_id).where(IdentityDocument.number_index.in_(indexes))
    query = PERSONS.visible(identity, select(Person.id).where(Person.id.in_(papers)))
    found = db.session.scalars(query.order_by(Person.id))
    return [Match(person_id, 100.0, Reason.SAME_DOCUMENT) for person_id in found]


def list_relatives(person: Person, *, by: Identity) -> list[Relative]:
    """Who belongs to a person, as far as the reader may see them: nobody learns of a hidden file by its
    family. Those who still do first.
    """
    query = (
        select(PersonRelation)
        .where(or_(PersonRelation.person_id == person.id, PersonRelation.other_id == person.id))
        .options(joinedload(PersonRelation.person), joinedload(PersonRelation.other))
        .order_by(PersonRelation.ended_on.is_not(None), PersonRelation.created_at, PersonRelation.id)
    )
    rows = db.session.scalars(query).all()
    sides = [
        (row, row.other, False) if row.person_id == person.id else (row, row.person, True) for row in rows
    ]
    wanted = [other.id for _row, other, _inverse in sides]
    visible = set(db.session.scalars(PERSONS.visible(by, select(Person.id).where(Person.id.in_(wanted)))))
    return [Relative(row, other, inverse) for row, other, inverse in sides if other.id in visible]


def exists_relation(person_id: UUID, other_id: UUID, kind: str) -> bool:
    """True when this is said of the two already and still holds."""
    query = select(PersonRelation.id).where(
        PersonRelation.person_id == person_id,
        PersonRelation.other_id == other_id,
        PersonRelation.kind == kind,
        PersonRelation.ended_on.is_(None),
    )
    return db.session.scalar(query.limit(1)) is not None
