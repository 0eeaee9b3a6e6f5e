"""Persons, their addresses, and what they agreed to."""

from __future__ import annotations

from mrc.persons.models.contact import Address, Consent, PersonAddress
from mrc.persons.models.matches import HiddenMatch
from mrc.persons.models.persons import NameKey, Person, PersonMember

__all__ = ["Address", "Consent", "HiddenMatch", "NameKey", "Person", "PersonAddress", "PersonMember"]
