"""Persons, their papers, their families, their addresses, and what they agreed to."""

from __future__ import annotations

from mrc.persons.models.contact import Address, Consent, PersonAddress
from mrc.persons.models.documents import IdentityDocument
from mrc.persons.models.family import Household, HouseholdMember, Relation
from mrc.persons.models.matches import HiddenMatch
from mrc.persons.models.merges import MergedRow, PersonMerge, PersonPair
from mrc.persons.models.persons import KEY_SCHEME, NameKey, Person, PersonMember
from mrc.persons.models.rules import RegistrationRule

__all__ = [
    "KEY_SCHEME",
    "Address",
    "Consent",
    "HiddenMatch",
    "Household",
    "HouseholdMember",
    "IdentityDocument",
    "MergedRow",
    "NameKey",
    "Person",
    "PersonAddress",
    "PersonMember",
    "PersonMerge",
    "PersonPair",
    "RegistrationRule",
    "Relation",
]
