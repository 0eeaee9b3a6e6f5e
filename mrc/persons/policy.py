"""Who sees a person: their centre's staff; protected ones only those named and those with the right there."""

from __future__ import annotations

from mrc.access.permissions import Permission
from mrc.access.policy import CentrePolicy, ChildPolicy, Team
from mrc.persons.models import (
    Address,
    Consent,
    HiddenMatch,
    Person,
    PersonAddress,
    PersonMember,
    PersonMerge,
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
# An address alone says nothing about a person; its persons are read through their own rule.
ADDRESSES = CentrePolicy(Address, Permission.THREAD_VIEW)
