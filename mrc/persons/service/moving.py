"""Taking a person's file to another centre: its keys are made anew there, what was agreed comes along."""

from __future__ import annotations

from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.centres.models import Centre
from mrc.core.db import db
from mrc.persons.models import IdentityDocument, Person, PersonAddress, PersonMerge
from mrc.persons.queries import document_index, list_merged_into
from mrc.persons.service.contact import know_address
from mrc.persons.service.registering import index_names


def move_person(person: Person, centre: Centre, *, by: Identity) -> None:
    """Move a file, and those that went into it, into another centre; audited in both.

    Addresses belong to a centre: the person is linked to the same numbers as the new centre knows them, with
    their plans. Who wants no outreach wants none there either. Who may move a file is the caller's to know.
    """
    before = person.centre_id
    files = [person, *list_merged_into(person.id)]
    for file in files:
        file.centre_id = centre.id
    keys = [file.id for file in files]
    for merge in db.session.scalars(select(PersonMerge).where(PersonMerge.kept_id.in_(keys))):
        merge.centre_id = centre.id
    for link in db.session.scalars(select(PersonAddress).where(PersonAddress.person_id.in_(keys))):
        _move_link(link, centre)
    for document in db.session.scalars(select(IdentityDocument).where(IdentityDocument.person_id.in_(keys))):
        if document.number:
            document.number_index = document_index(centre.id, document.kind, document.number)
    db.session.flush()
    index_names(person)
    for centre_id in (before, centre.id):
        record(
            Event.PERSON_MOVED,
            by=by,
            centre_id=centre_id,
            subject=("person", person.id),
            details={"from": str(before), "to": str(centre.id)},
        )


def _move_link(link: PersonAddress, centre: Centre) -> None:
    old = link.address
    new = know_address(centre.id, old.kind, old.value or "")
    if new.profile_name is None:
        new.profile_name = old.profile_name
    new.opted_out_at = new.opted_out_at or old.opted_out_at
    new.absent_since = new.absent_since or old.absent_since
    link.address = new
