"""What a registration asks for: rules as data, per country, changed per centre; and what is still missing.

A mandatory field never stops anybody from saving: people tell what they can, in as many sittings as they
like. It says what must be known before the registration counts as complete.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from mrc.i18n.calendars import PartialDate
from mrc.persons.models import Person
from mrc.persons.states import FieldRule

DATA = Path(__file__).parent / "data"
DIFFICULTIES = ("seeing", "hearing", "walking", "remembering", "self_care", "communicating")
"""The six questions of the Washington Group's short set. They are asked together or not at all."""
BESIDE_THE_FORM = ("address", "document", "consent", "guardian")
"""What the registration needs and the form does not hold."""
WITHOUT_ADULT = frozenset({"separated", "unaccompanied"})


@dataclass(frozen=True)
class Rules:
    """The rule of every field that has one, in the order of the form, and whether photos may be taken."""

    fields: Mapping[str, FieldRule]
    takes_photos: bool = False

    def of(self, name: str) -> FieldRule:
        """The rule of a field; fields without one are optional."""
        rule = "difficulties" if name in DIFFICULTIES else name
        return self.fields.get(rule, FieldRule.OPTIONAL)


@dataclass(frozen=True)
class Ages:
    """At which age somebody decides alone, and from which age a child is asked beside their guardian."""

    majority: int
    assent_from: int


@dataclass(frozen=True)
class Beside:
    """What stands beside the form in a person's file."""

    has_address: bool
    has_document: bool
    has_consent: bool
    has_guardian: bool


def country_rules(country: str, changed: Mapping[str, str] | None = None) -> dict[str, FieldRule]:
    """The rules of a country, with those that a centre changed."""
    content = _content("registration.json")
    fields = dict.fromkeys(content["fields"], FieldRule.OPTIONAL)
    for part in (content["everywhere"], content["countries"].get(country, {})):
        fields |= dict.fromkeys(part.get("hidden", ()), FieldRule.HIDDEN)
        fields |= dict.fromkeys(part.get("mandatory", ()), FieldRule.MANDATORY)
    return fields | {name: FieldRule(rule) for name, rule in (changed or {}).items() if name in fields}


def ages_of(country: str) -> Ages:
    """The ages of consent in a country."""
    content = _content("consent_ages.json")
    return Ages(**(content["everywhere"] | content["countries"].get(country, {})))


def age_of(person: Person, today: date) -> int | None:
    """The age of a person in whole years, the younger where two are possible; None when it is not known."""
    return PartialDate.from_iso(person.birth).age_on(today)[0] if person.birth else None


def is_minor(person: Person, country: str, today: date) -> bool:
    """True when the person does not decide alone. Somebody of unknown age is taken for an adult."""
    age = age_of(person, today)
    return age is not None and age < ages_of(country).majority


def missing_items(person: Person, rules: Rules, beside: Beside, *, minor: bool) -> list[str]:
    """What is still to be asked before the registration is complete, in the order of the form.

    A child without any adult needs no guardian's name, but somebody must have said so.
    """
    missing = []
    for name, rule in rules.fields.items():
        if rule is not FieldRule.MANDATORY:
            continue
        if name == "guardian":
            is_there = not minor or beside.has_guardian or person.care_status in WITHOUT_ADULT
        elif name in BESIDE_THE_FORM:
            is_there = bool(getattr(beside, f"has_{name}"))
        elif name == "difficulties":
            is_there = all(getattr(person, question) for question in DIFFICULTIES)
        else:
            is_there = bool(getattr(person, name))
        if not is_there:
            missing.append(name)
    return missing


@lru_cache(maxsize=4)
def _content(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))
