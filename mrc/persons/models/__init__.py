"""Persons, their papers, their families, their addresses, and what they agreed to."""

from __future__ import annotations

from mrc.persons.models.contact import Address, Consent, PersonAddress
from mrc.persons.models.documents import IdentityDocument
from mrc.persons.models.family import Household, HouseholdMember, Relation
from mrc.persons.models.persons import NameKey, Person, PersonMember
from mrc.persons.models.rules import RegistrationRule

__all__ = [
    "Address",
    "Consent",
    "Household",
    "HouseholdMember",
    "IdentityDocument",
    "NameKey",
    "Person",
    "PersonAddress",
    "PersonMember",
    "RegistrationRule",
    "Relation",
]
