"""Identity papers of a person, and who belongs to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.core.sealed import blind_index
from mrc.persons.models import IdentityDocument, Person, PersonRelation
from mrc.persons.papers import bare, is_usual, written
from mrc.persons.queries import exists_relation


@dataclass(frozen=True)
class NewDocument:
    """A paper as somebody writes it down. With `keep` an unusual number is taken as it is."""

    kind: str
    number: str
    issued_by: str | None = None
    expires_on: date | None = None
    keep: bool = False


def add_document(person: Person, new: NewDocument, *, by: Identity) -> IdentityDocument:
    """Write down a paper; audited without its number. Raises Forbidden, or Refused for a number that looks
    unusual unless it is to be kept.
    """
    if not by.can(Permission.PERSON_REGISTER, person.centre_id):
        raise Forbidden
    if not bare(new.number):
        raise Refused(fields={"number": _("Write the number as it stands on the paper.")})
    is_unusual = not is_usual(new.kind, new.number)
    if is_unusual and not new.keep:
        raise Refused(
            fields={"number": _("This number looks unusual. Check it, and tick below to keep it as it is.")}
        )
    document = IdentityDocument(
        centre_id=person.centre_id,
        person_id=person.id,
        kind=new.kind,
        number_index=number_index(person, new.number),
        issued_by=new.issued_by,
        expires_on=new.expires_on,
        is_unusual=is_unusual,
    )
    document.number = written(new.kind, new.number)
    db.session.add(document)
    details = {"document": str(document.id), "kind": new.kind}
    record(
        Event.DOCUMENT_ADDED,
        by=by,
        centre_id=person.centre_id,
        subject=("person", person.id),
        details=details,
    )
    return document


def remove_document(document: IdentityDocument, *, by: Identity) -> None:
    """Take a paper out of the file, because it was written down wrongly; audited without its number."""
    if not by.can(Permission.PERSON_EDIT, document.centre_id):
        raise Forbidden
    db.session.delete(document)
    record(
        Event.DOCUMENT_REMOVED,
        by=by,
        centre_id=document.centre_id,
        subject=("person", document.person_id),
        details={"document": str(document.id), "kind": document.kind},
    )


def reveal_document(document: IdentityDocument, *, by: Identity) -> str:
    """The number in full; audited, that it was looked at and by whom."""
    if not by.can(Permission.IDENTIFIER_REVEAL, document.centre_id):
        raise Forbidden
    record(
        Event.IDENTIFIER_REVEALED,
        by=by,
        centre_id=document.centre_id,
        subject=("person", document.person_id),
        details={"document": str(document.id), "kind": document.kind},
    )
    return document.number or ""


def relate(
    person: Person,
    other: Person,
    kind: str,
    *,
    by: Identity,
    is_guardian: bool = False,
    same_household: bool = True,
) -> PersonRelation:
    """Say what one person is to another; audited on both files. Raises Forbidden, or Refused for oneself, for
    somebody of another centre and for what is said already.
    """
    if not by.can(Permission.PERSON_EDIT, person.centre_id):
        raise Forbidden
    if person.id == other.id:
        raise Refused(_("Nobody is related to themselves."))
    if person.centre_id != other.centre_id:
        raise Refused(_("The two files belong to two centres. Hand one over first."))
    if exists_relation(person.id, other.id, kind):
        raise Refused(_("This is in the file already."))
    relation = PersonRelation(
        centre_id=person.centre_id,
        person_id=person.id,
        other_id=other.id,
        kind=kind,
        is_guardian=is_guardian,
        same_household=same_household,
    )
    db.session.add(relation)
    _record(Event.RELATION_ADDED, relation, by)
    return relation


def end_relation(relation: PersonRelation, *, by: Identity) -> None:
    """Say that it holds no more; audited on both files, idempotent. It stays in the file."""
    if not by.can(Permission.PERSON_EDIT, relation.centre_id):
        raise Forbidden
    if relation.ended_on is None:
        relation.ended_on = clock.now().date()
        _record(Event.RELATION_ENDED, relation, by)


def number_index(person: Person, number: str) -> bytes:
    """The blind index of a paper's number within the person's centre."""
    return blind_index("identity_document", bare(number), person.centre_id)


def _record(event: Event, relation: PersonRelation, by: Identity) -> None:
    for person_id in (relation.person_id, relation.other_id):
        record(
            event,
            by=by,
            centre_id=relation.centre_id,
            subject=("person", person_id),
            details={"relation": str(relation.id), "kind": relation.kind},
        )
