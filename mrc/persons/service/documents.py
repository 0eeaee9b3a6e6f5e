"""Writing down identity documents and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.core.states import move
from mrc.core.text import clean
from mrc.i18n.calendars import PartialDate
from mrc.persons.formats import example_of, looks_unusual, tidy
from mrc.persons.models import IdentityDocument, Person
from mrc.persons.queries.documents import document_index
from mrc.persons.states import DOCUMENT

READABLE = ("kind", "number", "name", "issued_by", "issued", "expires")


@dataclass(frozen=True)
class DocumentDetails:
    """What a document says. `keeps_unusual`: somebody looked again and the number is as it is."""

    kind: str
    number: str = ""
    name: str = ""
    issued_by: str = ""
    issued: PartialDate | None = None
    expires: PartialDate | None = None
    keeps_unusual: bool = False


def add_document(person: Person, details: DocumentDetails, *, by: Identity) -> IdentityDocument:
    """Write down a document of a person; audited without its number.

    Raises Refused when the number looks unusual and nobody said to keep it, Forbidden without the right.
    """
    if not by.can(Permission.PERSON_REGISTER, person.centre_id):
        raise Forbidden
    _look_at(details)
    document = IdentityDocument(person_id=person.id, kind=details.kind)
    document.person = person
    _write(document, details)
    db.session.add(document)
    db.session.flush()
    record(
        Event.DOCUMENT_ADDED,
        by=by,
        centre_id=person.centre_id,
        subject=("person", person.id),
        details={"document": str(document.id), "kind": document.kind},
    )
    return document


def change_document(document: IdentityDocument, details: DocumentDetails, *, by: Identity) -> None:
    """Write changed details of a document; old and new values go sealed into the audit log."""
    person = document.person
    if not by.can(Permission.IDENTIFIER_REVEAL, person.centre_id):
        raise Forbidden
    before = readable_document(document)
    if (details.kind, tidy(details.kind, details.number)) != (document.kind, document.number or ""):
        _look_at(details)
    _write(document, details)
    changes = changes_between(before, readable_document(document))
    if changes:
        record(
            Event.DOCUMENT_CHANGED,
            by=by,
            centre_id=person.centre_id,
            subject=("person", person.id),
            details={"document": str(document.id), "fields": [change.field for change in changes]},
            changes=changes,
        )


def move_document(document: IdentityDocument, step: str, *, by: Identity) -> None:
    """Say that a document is lost, withheld, found again, or was written down in error; audited.

    Raises TransitionRefused or Forbidden.
    """
    person = document.person

    def note(event: Event, actor: Identity, before: str, after: str) -> None:
        details = {"document": str(document.id), "from": before, "to": after}
        record(event, by=actor, centre_id=person.centre_id, subject=("person", person.id), details=details)

    move(
        document,
        step,
        DOCUMENT,
        by=by,
        centre_id=person.centre_id,
        permits=lambda actor, permission, centre_id: actor.can(permission, centre_id),
        record=note,
    )


def readable_document(document: IdentityDocument) -> dict[str, str]:
    """What a document says, as text by field name."""
    return {name: getattr(document, name) or "" for name in READABLE}


def document_values(document: IdentityDocument) -> dict[str, object]:
    """The values an edit form starts from, by field name."""
    dates = {
        name: PartialDate.from_iso(text) if (text := getattr(document, name)) else None
        for name in ("issued", "expires")
    }
    values: dict[str, object] = dict(readable_document(document))
    return values | dates


def _look_at(details: DocumentDetails) -> None:
    if not details.number or details.keeps_unusual or not looks_unusual(details.kind, details.number):
        return
    words = _(
        "This looks unusual: others of this kind look like %(example)s. Look again, or keep it as it is.",
        example=example_of(details.kind),
    )
    raise Refused(fields={"number": words})


def _write(document: IdentityDocument, details: DocumentDetails) -> None:
    number = tidy(details.kind, details.number) or None
    if document.number != number:
        document.number = number
    centre_id = document.person.centre_id
    index = document_index(centre_id, details.kind, number) if number else None
    if document.number_index != index:
        document.number_index = index
    document.kind = details.kind
    for name in ("name", "issued_by"):
        text = clean(getattr(details, name)).strip() or None
        if getattr(document, name) != text:
            setattr(document, name, text)
    document.issued = details.issued.iso if details.issued else None
    document.expires = details.expires.iso if details.expires else None
