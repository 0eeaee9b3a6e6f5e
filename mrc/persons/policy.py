"""Who sees a person: their centre's staff; protected ones only those named and those with the right there."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import CentrePolicy, ChildPolicy, Team
from mrc.core.db import db
from mrc.persons.models import (
    Address,
    Consent,
    HiddenMatch,
    HouseholdMember,
    IdentityDocument,
    Person,
    PersonAddress,
    PersonMember,
    PersonMerge,
    Relation,
)

PERSONS = CentrePolicy(
    Person,
    Permission.PERSON_VIEW,
    level="confidentiality",
    team=Team(PersonMember.person_id, PersonMember.user_id),
    gone="merged_into_id",
)
PERSON_ADDRESSES = ChildPolicy(PersonAddress, PERSONS, "person_id")
CONSENTS = ChildPolicy(Consent, PERSONS, "person_id")
MERGES = ChildPolicy(PersonMerge, PERSONS, "kept_id")
HIDDEN_MATCHES = ChildPolicy(HiddenMatch, PERSONS, "person_id")
IDENTITY_DOCUMENTS = ChildPolicy(IdentityDocument, PERSONS, "person_id")
HOUSEHOLD_MEMBERS = ChildPolicy(HouseholdMember, PERSONS, "person_id")


def _other_is_visible(identity: Identity, relation: Relation) -> bool:
    other = db.session.get(Person, relation.other_id)
    return other is not None and PERSONS.permits(identity, other)


def _others_visible(identity: Identity) -> ColumnElement[bool]:
    return Relation.other_id.in_(PERSONS.visible(identity, select(Person.id)))


# A relation names two people: whoever may not see both sees neither it nor that it is there.
RELATIONS = ChildPolicy(Relation, PERSONS, "person_id", own=(_other_is_visible, _others_visible))
# An address alone says nothing about a person; its persons are read through their own rule.
ADDRESSES = CentrePolicy(Address, Permission.THREAD_VIEW)
