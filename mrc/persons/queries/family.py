"""Reading families: relations seen from one person, and the household they live in."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from mrc.access.identity import Identity
from mrc.core.db import db
from mrc.core.errors import NotFound
from mrc.persons.models import Household, HouseholdMember, Person, Relation
from mrc.persons.policy import HOUSEHOLD_MEMBERS, RELATIONS
from mrc.persons.states import inverse_of


@dataclass(frozen=True)
class Relative:
    """One relation seen from a person: who the other is, and what they are to the person."""

    relation: Relation
    person: Person
    kind: str
    decides: bool
    """The other decides for the person."""
    is_decided_for: bool
    """The person decides for the other."""

    @property
    def has_ended(self) -> bool:
        return self.relation.until_on is not None


@dataclass(frozen=True)
class HouseholdView:
    """A household as somebody may see it. The label shows only to those who see every member: it may name
    one.
    """

    household: Household
    own: HouseholdMember
    members: tuple[HouseholdMember, ...]
    label: str | None


def list_relatives(person: Person, *, by: Identity) -> list[Relative]:
    """The person's relations to visible persons, those that last first, then by their age."""
    query = _relations_of(person, by).options(joinedload(Relation.person), joinedload(Relation.other))
    query = query.order_by(Relation.until_on.is_not(None), Relation.created_at, Relation.id)
    return [_seen_from(person, relation) for relation in db.session.scalars(query)]


def get_relation(person: Person, relation_id: UUID, *, by: Identity) -> Relation:
    """A relation of the person, whichever of the two it was written from. Raises NotFound."""
    query = _relations_of(person, by).where(Relation.id == relation_id)
    if (relation := db.session.scalar(query)) is None:
        raise NotFound
    return relation


def exists_relation(person_id: UUID, other_id: UUID) -> bool:
    """True when the two are related already, in either direction, and it lasts."""
    pairs = or_(
        (Relation.person_id == person_id) & (Relation.other_id == other_id),
        (Relation.person_id == other_id) & (Relation.other_id == person_id),
    )
    query = select(Relation.id).where(pairs, Relation.until_on.is_(None)).limit(1)
    return db.session.scalar(query) is not None


def find_membership(person_id: UUID) -> HouseholdMember | None:
    """Where the person lives now."""
    query = (
        select(HouseholdMember)
        .where(HouseholdMember.person_id == person_id, HouseholdMember.left_on.is_(None))
        .options(joinedload(HouseholdMember.household))
        .order_by(HouseholdMember.created_at.desc(), HouseholdMember.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def find_household(person: Person, *, by: Identity) -> HouseholdView | None:
    """The household of a person with the members that the reader may see, its head first."""
    own = find_membership(person.id)
    if own is None:
        return None
    present = HouseholdMember.household_id == own.household_id, HouseholdMember.left_on.is_(None)
    query = select(HouseholdMember).where(*present).options(joinedload(HouseholdMember.person))
    query = query.order_by(HouseholdMember.role != "head", HouseholdMember.created_at, HouseholdMember.id)
    members = tuple(db.session.scalars(HOUSEHOLD_MEMBERS.visible(by, query)))
    count = db.session.scalar(select(func.count()).select_from(HouseholdMember).where(*present))
    label = own.household.label if count == len(members) else None
    return HouseholdView(own.household, own, members, label)


def list_heads(household_id: UUID) -> list[HouseholdMember]:
    """The members who are written down as head now, for keeping it at one."""
    query = select(HouseholdMember).where(
        HouseholdMember.household_id == household_id,
        HouseholdMember.left_on.is_(None),
        HouseholdMember.role == "head",
    )
    return list(db.session.scalars(query.order_by(HouseholdMember.id)))


def _relations_of(person: Person, by: Identity) -> Select[Relation]:
    query = select(Relation).where(or_(Relation.person_id == person.id, Relation.other_id == person.id))
    return RELATIONS.visible(by, query)


def _seen_from(person: Person, relation: Relation) -> Relative:
    is_guardian = relation.guardian_basis is not None
    if relation.other_id == person.id:
        return Relative(relation, relation.person, relation.kind, is_guardian, is_decided_for=False)
    kind = inverse_of(relation.kind)
    return Relative(relation, relation.other, kind, decides=False, is_decided_for=is_guardian)
