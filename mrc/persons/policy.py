"""Who sees a person: their centre's staff; protected ones only those named and those with the right there."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import CentrePolicy, ChildPolicy, Team
from mrc.persons.models import (
    Address,
    Consent,
    HiddenMatch,
    IdentityDocument,
    Person,
    PersonAddress,
    PersonMember,
    PersonMerge,
    PersonRelation,
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
DOCUMENTS = ChildPolicy(IdentityDocument, PERSONS, "person_id")


def _sees_other(identity: Identity, row: PersonRelation) -> bool:
    return PERSONS.permits(identity, row.other)


def _others_seen(identity: Identity) -> ColumnElement[bool]:
    return PersonRelation.other_id.in_(PERSONS.visible(identity, select(Person.id)))


# A relation is seen by whoever sees both.
RELATIONS = ChildPolicy(PersonRelation, PERSONS, "person_id", own=(_sees_other, _others_seen))
MERGES = ChildPolicy(PersonMerge, PERSONS, "kept_id")
HIDDEN_MATCHES = ChildPolicy(HiddenMatch, PERSONS, "person_id")
# An address alone says nothing about a person; its persons are read through their own rule.
ADDRESSES = CentrePolicy(Address, Permission.THREAD_VIEW)
