"""Registering persons, their addresses, and what they agreed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Table, delete

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db, uuid7
from mrc.core.db.upsert import insert_if_absent
from mrc.core.errors import Forbidden, Refused
from mrc.core.phones import is_user_id
from mrc.core.sealed import blind_index, context_of, seal
from mrc.core.text import clean
from mrc.i18n.calendars import PartialDate
from mrc.persons.matching import Match, Wanted, key_hashes, likely
from mrc.persons.models import Address, Consent, NameKey, Person, PersonAddress, PersonMember
from mrc.persons.queries import find_address, find_address_by_user_id, matches_by_name, matches_by_values
from mrc.persons.states import AddressKind, AddressRelation, ConsentMode, ConsentPurpose, NameKind

CONSENT_WORDING = "2026-01"
ADDRESSES = cast(Table, Address.__table__)


@dataclass(frozen=True)
class NewAddress:
    """An address as given at registration: E.164, user id or e-mail, and whether it is safe to use."""

    kind: AddressKind
    value: str
    relation: AddressRelation = AddressRelation.SELF
    may_call: bool = True
    may_message: bool = True
    instruction: str = ""


@dataclass(frozen=True)
class NewConsent:
    """A consent as given at registration."""

    purpose: ConsentPurpose
    mode: ConsentMode
    language: str
    given_by: str = "self"


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
    addresses: tuple[NewAddress, ...] = ()
    consents: tuple[NewConsent, ...] = field(default=())


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
    index_names(person)
    for address in details.addresses:
        add_address(person, address, by=by)
    for consent in details.consents:
        record_consent(person, consent, by=by)
    record(Event.PERSON_REGISTERED, by=by, centre_id=centre_id, subject=("person", person.id))
    return person


def find_duplicates(details: PersonDetails, *, by: Identity) -> list[Match]:
    """Persons so like these details that somebody must look at them first, best first."""
    wanted = Wanted(details.name, details.father_name, details.birth.year if details.birth else None)
    by_number = matches_by_values(by, [address.value for address in details.addresses])
    by_name = matches_by_name(by, wanted)
    if details.latin_name:
        by_name += matches_by_name(by, Wanted(details.latin_name, details.father_name, wanted.birth_year))
    best = {match.person_id: match for match in sorted(by_number + by_name, key=lambda match: match.score)}
    return likely(sorted(best.values(), key=lambda match: (-match.score, match.person_id)))


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
    for name in ("name", "latin_name", "known_as", "father_name"):
        text = getattr(details, name) or None
        if getattr(person, name) != text:
            setattr(person, name, text)
    person.birth = details.birth.iso if details.birth else None
    person.birth_year = details.birth.year if details.birth else None
    person.sex, person.nationality = details.sex, details.nationality
    person.district, person.disability = details.district, details.disability
    person.languages = list(details.languages)


def readable(person: Person) -> dict[str, str | None]:
    """The editable fields of a person as text, for comparing and for the form's version."""
    names = (
        "name",
        "latin_name",
        "known_as",
        "father_name",
        "birth",
        "sex",
        "nationality",
        "district",
        "disability",
    )
    return {name: getattr(person, name) for name in names} | {"languages": ",".join(person.languages or [])}


def index_names(person: Person) -> None:
    """Write anew the search keys of a person's own and father's names."""
    db.session.execute(delete(NameKey).where(NameKey.person_id == person.id))
    own = " ".join(filter(None, (person.name, person.latin_name, person.known_as)))
    keys = [(NameKind.OWN, key) for key in key_hashes(own)]
    keys += [(NameKind.FATHER, key) for key in key_hashes(person.father_name or "")]
    db.session.add_all(
        NameKey(person_id=person.id, position=position, kind=kind, key_hash=key, centre_id=person.centre_id)
        for position, (kind, key) in enumerate(keys)
    )


def know_address(centre_id: UUID, kind: AddressKind, value: str) -> Address:
    """The centre's address with this value, made when it is new; two at once make one."""
    if (address := find_address(centre_id, kind, value)) is not None:
        return address
    address_id = uuid7()
    values = {
        "id": address_id,
        "centre_id": centre_id,
        "kind": kind,
        "value": seal(value, context_of("address", "value", address_id)),
        "value_index": blind_index("address", value, centre_id),
        "version": 1,
    }
    insert_if_absent(db.session(), ADDRESSES, values, key=["centre_id", "kind", "value_index"])
    known = find_address(centre_id, kind, value)
    assert known is not None
    return known


def know_whatsapp(centre_id: UUID, sender: str, user_id: str = "") -> Address:
    """The centre's address of a WhatsApp account that shows a number, a user id (`PK.1349…`), or both.

    An account that showed only its user id and now shows its number stays one address; so does the reverse. A
    user id that comes with another number than before is another address: a person must judge that.
    """
    if is_user_id(sender):
        known = find_address_by_user_id(centre_id, sender)
        return known or know_address(centre_id, AddressKind.WHATSAPP, sender)
    known = find_address(centre_id, AddressKind.WHATSAPP, sender)
    if known is None and user_id:
        known = find_address(centre_id, AddressKind.WHATSAPP, user_id)
    address = known or know_address(centre_id, AddressKind.WHATSAPP, sender)
    if address.value != sender:
        address.value, address.value_index = sender, blind_index("address", sender, centre_id)
    note_user_id(address, user_id)
    return address


def note_user_id(address: Address, user_id: str) -> None:
    """Remember the user id that came with a number, so that the account is known by either."""
    if user_id and address.value != user_id:
        index = blind_index("address", user_id, address.centre_id)
        if address.user_id_index != index:
            address.user_id_index = index


def add_address(person: Person, new: NewAddress, *, by: Identity) -> PersonAddress:
    """Link a person to an address, with the plan of how it is safe to use; audited."""
    address = know_address(person.centre_id, new.kind, new.value)
    link = PersonAddress(
        person_id=person.id,
        address_id=address.id,
        relation=new.relation,
        may_call=new.may_call,
        may_message=new.may_message,
    )
    link.instruction = clean(new.instruction) or None
    db.session.add(link)
    record(
        Event.ADDRESS_ADDED,
        by=by,
        centre_id=person.centre_id,
        subject=("person", person.id),
        details={"kind": new.kind.value, "relation": new.relation.value, "address": str(address.id)},
    )
    return link


def link_address(person: Person, address: Address, *, by: Identity) -> PersonAddress:
    """Say that a person is reached by an address that the centre knows already; audited. Idempotent."""
    for link in person.addresses:
        if link.address_id == address.id:
            return link
    link = PersonAddress(person_id=person.id, address_id=address.id, relation=AddressRelation.SELF)
    db.session.add(link)
    record(
        Event.ADDRESS_ADDED,
        by=by,
        centre_id=person.centre_id,
        subject=("person", person.id),
        details={"kind": address.kind.value, "relation": link.relation.value, "address": str(address.id)},
    )
    return link


def change_plan(link: PersonAddress, plan: Mapping[str, object], *, by: Identity) -> None:
    """Change how and when an address may be used for a person; audited with both values.

    `plan` may hold relation, may_call, may_message, may_leave_voicemail, never_contact, safe_from,
    safe_until, language and instruction.
    """
    before = {name: getattr(link, name) for name in plan}
    for name, value in plan.items():
        if before[name] != value:
            setattr(link, name, value)
    changes = changes_between(before, plan)
    if changes:
        record(
            Event.ADDRESS_CHANGED,
            by=by,
            centre_id=link.person.centre_id,
            subject=("person", link.person_id),
            details={"address": str(link.address_id), "fields": [change.field for change in changes]},
            changes=changes,
        )


def record_consent(person: Person, new: NewConsent, *, by: Identity) -> Consent:
    """Add a line to the person's consent ledger; audited."""
    if not by.can(Permission.CONSENT_RECORD, person.centre_id):
        raise Forbidden
    consent = Consent(
        person_id=person.id,
        purpose=new.purpose,
        wording_version=CONSENT_WORDING,
        language=new.language,
        mode=new.mode,
        given_by=new.given_by,
        given_at=clock.now(),
        recorded_by_id=by.user_id,
    )
    db.session.add(consent)
    record(
        Event.CONSENT_RECORDED,
        by=by,
        centre_id=person.centre_id,
        subject=("person", person.id),
        details={"purpose": new.purpose.value, "mode": new.mode.value},
    )
    return consent


def withdraw_consent(consent: Consent, *, by: Identity) -> None:
    """Mark a consent as withdrawn now; it counts from the next request on. Audited, idempotent."""
    if not by.can(Permission.CONSENT_RECORD, consent.person.centre_id):
        raise Forbidden
    if consent.withdrawn_at is not None:
        return
    consent.withdrawn_at = clock.now()
    record(
        Event.CONSENT_WITHDRAWN,
        by=by,
        centre_id=consent.person.centre_id,
        subject=("person", consent.person_id),
        details={"purpose": consent.purpose.value},
    )


def protect_person(person: Person, level: int, members: frozenset[UUID]) -> None:
    """Set a person's confidentiality to that of their most protected case, and name who may read the file."""
    if person.confidentiality != level:
        person.confidentiality = level
    db.session.execute(delete(PersonMember).where(PersonMember.person_id == person.id))
    db.session.add_all(PersonMember(person_id=person.id, user_id=member) for member in sorted(members))


PLAN_SWITCHES = ("may_call", "may_message", "may_leave_voicemail", "never_contact")


def form_values(person: Person) -> dict[str, object]:
    """The values an edit form starts from, by field name."""
    values: dict[str, object] = dict(readable(person))
    return values | {
        "birth": PartialDate.from_iso(person.birth) if person.birth else None,
        "languages": list(person.languages or []),
    }


def plan_of(link: PersonAddress) -> dict[str, object]:
    """The contact plan of one address, by field name."""
    switches: dict[str, object] = {name: getattr(link, name) for name in PLAN_SWITCHES}
    return {"relation": link.relation.value, **switches, "instruction": link.instruction or ""}


def plan_from(texts: Mapping[str, str]) -> dict[str, object]:
    """The contact plan from a form's merged texts."""
    switches: dict[str, object] = {name: texts[name] == "True" for name in PLAN_SWITCHES}
    return {
        "relation": AddressRelation(texts["relation"]),
        **switches,
        "instruction": clean(texts["instruction"]) or None,
    }
