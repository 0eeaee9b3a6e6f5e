"""Registering persons and changing what their files say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.i18n.calendars import PartialDate
from mrc.jobs.service import enqueue
from mrc.persons.matching import Match, Wanted, key_hashes, likely
from mrc.persons.models import NameKey, Person, PersonMember
from mrc.persons.queries import list_merged_into, matches_by_name, matches_by_values
from mrc.persons.rules import DIFFICULTIES
from mrc.persons.service.consents import NewConsent, record_consent
from mrc.persons.service.contact import NewAddress, add_address
from mrc.persons.service.matches import note_hidden_matches
from mrc.persons.states import NameKind

MOST_SHOWN = 10
"""Likely matches that somebody is asked to look at; a common name has hundreds of others."""


@dataclass(frozen=True)
class PersonDetails:
    """What is known of a person. Codes are those of the vocabulary; only the name is needed."""

    name: str
    latin_name: str = ""
    known_as: str = ""
    father_name: str = ""
    birth: PartialDate | None = None
    sex: str | None = None
    nationality: str | None = None
    district: str | None = None
    disability: str | None = None
    languages: tuple[str, ...] = ()
    grandfather_name: str = ""
    great_grandfather_name: str = ""
    mother_name: str = ""
    husband_name: str = ""
    family_name: str = ""
    other_names: str = ""
    marital_status: str | None = None
    education: str | None = None
    occupation: str | None = None
    reads: tuple[str, ...] = ()
    seeing: str | None = None
    hearing: str | None = None
    walking: str | None = None
    remembering: str | None = None
    self_care: str | None = None
    communicating: str | None = None
    present_country: str | None = None
    present_district: str | None = None
    place: str = ""
    time_zone: str | None = None
    migration_status: str | None = None
    destination: str | None = None
    journey_stage: str | None = None
    care_status: str | None = None
    addresses: tuple[NewAddress, ...] = ()
    consents: tuple[NewConsent, ...] = field(default=())


SEALED_TEXTS = (
    "name", "latin_name", "known_as", "father_name", "grandfather_name", "great_grandfather_name",
    "mother_name", "husband_name", "family_name", "other_names", "place",
)  # fmt: skip
CODES = (
    "sex", "nationality", "district", "disability", "marital_status", "education", "occupation",
    *DIFFICULTIES, "present_country", "present_district", "time_zone", "migration_status", "destination",
    "journey_stage", "care_status",
)  # fmt: skip
CODE_LISTS = ("languages", "reads")


class PossibleDuplicates(Refused):
    """Someone like this is registered already; `matches` are to be looked at before registering anew."""

    def __init__(self, matches: Sequence[Match]) -> None:
        super().__init__("This person may be registered already.")
        self.matches = matches


def register_person(
    details: PersonDetails, *, centre_id: UUID, by: Identity, looked_at: frozenset[UUID] = frozenset()
) -> Person:
    """Register a person after looking for them in the same transaction; audited.

    `looked_at` are the persons that were shown and judged to be others. Raises PossibleDuplicates when a
    likely match was not looked at, Forbidden outside the reader's centres, Refused without a name.
    """
    if not by.can(Permission.PERSON_REGISTER, centre_id):
        raise Forbidden
    if not details.name:
        raise Refused(fields={"name": _("A person needs a name, or stays anonymous.")})
    if unseen := [match for match in find_duplicates(details, by=by) if match.person_id not in looked_at]:
        raise PossibleDuplicates(unseen)
    person = Person(centre_id=centre_id)
    db.session.add(person)
    write_details(person, details)
    db.session.flush()
    index_names(person, merged=())
    for address in details.addresses:
        add_address(person, address, by=by)
    for consent in details.consents:
        record_consent(person, consent, by=by)
    note_hidden_matches(person, seen=looked_at)
    record(Event.PERSON_REGISTERED, by=by, centre_id=centre_id, subject=("person", person.id))
    enqueue("persons.look_for_duplicates", {"person": str(person.id)}, centre_id=centre_id)
    return person


def find_duplicates(details: PersonDetails, *, by: Identity) -> list[Match]:
    """Persons so like these details that somebody must look at them first, best first."""
    years = (details.birth.year,) if details.birth else ()
    wanted = Wanted(details.name, details.father_name, years, details.district)
    by_number = matches_by_values(by, [address.value for address in details.addresses])
    by_name = matches_by_name(by, wanted)
    if details.latin_name:
        by_name += matches_by_name(by, replace(wanted, name=details.latin_name))
    best = {match.person_id: match for match in sorted(by_number + by_name, key=lambda match: match.score)}
    return likely(sorted(best.values(), key=lambda match: (-match.score, match.person_id)))[:MOST_SHOWN]


def change_person(person: Person, details: PersonDetails, *, by: Identity) -> None:
    """Write changed details; old and new values go sealed into the audit log."""
    if not by.can(Permission.PERSON_EDIT, person.centre_id):
        raise Forbidden
    before = readable(person)
    write_details(person, details)
    changes = changes_between(before, readable(person))
    if not changes:
        return
    index_names(person)
    enqueue("persons.look_for_duplicates", {"person": str(person.id)}, centre_id=person.centre_id)
    record(
        Event.PERSON_CHANGED,
        by=by,
        centre_id=person.centre_id,
        subject=("person", person.id),
        details={"fields": [change.field for change in changes]},
        changes=changes,
    )


def write_details(person: Person, details: PersonDetails) -> None:
    """Set the columns of a person from details; sealed ones only where the text differs."""
    for name in SEALED_TEXTS:
        text = getattr(details, name) or None
        if getattr(person, name) != text:
            setattr(person, name, text)
    for name in CODES:
        setattr(person, name, getattr(details, name) or None)
    for name in CODE_LISTS:
        codes = list(getattr(details, name))
        if list(getattr(person, name) or []) != codes:
            setattr(person, name, codes)
    person.birth = details.birth.iso if details.birth else None
    person.birth_year = details.birth.year if details.birth else None


def readable(person: Person) -> dict[str, str | None]:
    """The editable fields of a person as text, for comparing and for the form's version."""
    texts = {name: getattr(person, name) for name in (*SEALED_TEXTS, "birth", *CODES)}
    return texts | {name: ",".join(getattr(person, name) or []) for name in CODE_LISTS}


def details_from(texts: Mapping[str, str], person: Person | None = None) -> PersonDetails:
    """Details out of the texts of a form: dates as ISO, codes joined by commas.

    What the form does not ask stays as it is in the person's file.
    """
    known = readable(person) if person is not None else {}
    values = {name: text or "" for name, text in known.items()} | dict(texts)
    birth = values.pop("birth", "")
    codes = {name: values.get(name) or None for name in CODES}
    lists = {name: tuple(filter(None, values.get(name, "").split(","))) for name in CODE_LISTS}
    sealed = {name: values.get(name, "") for name in SEALED_TEXTS}
    read: dict[str, Any] = sealed | codes | lists
    return PersonDetails(birth=PartialDate.from_iso(birth) if birth else None, **read)


def index_names(person: Person, merged: Sequence[Person] | None = None) -> None:
    """Write anew the search keys of a person's own and father's names, and of those of the files that went
    into this one (looked up unless given).
    """
    db.session.execute(delete(NameKey).where(NameKey.person_id == person.id))
    files = (person, *(list_merged_into(person.id) if merged is None else merged))
    names = [name for one in files for name in (one.name, one.latin_name, one.known_as) if name]
    own = dict.fromkeys(key for name in names for key in key_hashes(name))
    keys = [(NameKind.OWN, key) for key in own]
    keys += [(NameKind.FATHER, key) for key in key_hashes(person.father_name or "")]
    db.session.add_all(
        NameKey(
            person_id=person.id,
            position=position,
            kind=kind,
            key_hash=key,
            centre_id=person.centre_id,
            birth_year=person.birth_year or 0,
        )
        for position, (kind, key) in enumerate(keys)
    )


def protect_person(person: Person, level: int, members: frozenset[UUID]) -> None:
    """Set a person's confidentiality to that of their most protected case, and name who may read the file."""
    if person.confidentiality != level:
        person.confidentiality = level
    db.session.execute(delete(PersonMember).where(PersonMember.person_id == person.id))
    db.session.add_all(PersonMember(person_id=person.id, user_id=member) for member in sorted(members))


def form_values(person: Person) -> dict[str, object]:
    """The values an edit form starts from, by field name."""
    values: dict[str, object] = dict(readable(person))
    lists = {name: list(getattr(person, name) or []) for name in CODE_LISTS}
    return values | {"birth": PartialDate.from_iso(person.birth) if person.birth else None} | lists
