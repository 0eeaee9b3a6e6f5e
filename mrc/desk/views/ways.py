"""Reaching a person from their page: write to them, call them, and what was missed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for

from mrc.access.guards import requires
from mrc.access.identity import Identity, current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.core.errors import NotFound, Refused
from mrc.desk.forms import ActionForm
from mrc.desk.views.blueprint import blueprint
from mrc.hotline import queries as hotline
from mrc.hotline.service import call_person
from mrc.messaging import queries, service
from mrc.messaging.models import Thread
from mrc.messaging.states import Channel
from mrc.persons import queries as persons
from mrc.persons.models import Person, PersonAddress
from mrc.persons.policy import PERSON_ADDRESSES
from mrc.persons.states import AddressKind, ConsentPurpose
from mrc.persons.views import Panel
from mrc.web.commits import commits


def person_ways(identity: Identity, person: Person) -> Panel:
    """How a person can be reached from here, the call we owe them, and their newest calls."""
    may_see_calls = identity.can(Permission.CALL_VIEW, person.centre_id)
    calls = hotline.list_calls_of_person(person.id, by=identity) if may_see_calls else ()
    may_call = identity.can(Permission.CALL_HANDLE, person.centre_id)
    duties = hotline.list_own_duties(identity) if may_call else ()
    values = {
        "links": persons.list_links_of(person.id),
        "calls": calls,
        "owed": hotline.find_owed_callback(person.id, by=identity) if may_see_calls else None,
        "may_write": identity.can(Permission.MESSAGE_SEND, person.centre_id),
        "may_call": any(duty.centre_id == person.centre_id for duty in duties),
        "written_to": (AddressKind.WHATSAPP, AddressKind.PHONE),
        "called": AddressKind.PHONE,
        "people": names_of({call.served_by_id for call in calls if call.served_by_id}),
        "form": ActionForm(),
    }
    return Panel("desk/_ways.html", values)


def sms_ways(thread: Thread, person: Person | None) -> list[PersonAddress]:
    """Where the person may be written to by SMS instead, because WhatsApp says that nobody is there."""
    if person is None or thread.address.absent_since is None:
        return []
    if not persons.has_consent(person.id, ConsentPurpose.CONTACT_SMS):
        return []
    if queries.find_line_to_write_from(thread.centre_id, Channel.SMS) is None:
        return []
    return [
        link
        for link in persons.list_links_of(person.id)
        if link.address.kind is AddressKind.PHONE and link.may_message and not link.never_contact
    ]


@blueprint.post("/persons/<uuid:person_id>/addresses/<uuid:link_id>/write")
@requires(Permission.MESSAGE_SEND)
@commits
def write_to(person_id: UUID, link_id: UUID) -> Any:
    """Open the conversation with a person at an address, begun if need be. Nothing is sent."""
    link = _link(person_id, link_id, Permission.MESSAGE_SEND)
    try:
        thread = service.begin(link, by=current())
    except Refused as refusal:
        flash(str(refusal))
        return redirect(url_for("persons.show", person_id=person_id), 303)
    # The address may be another's too, whose conversations are sealed: then there is nothing to lead to.
    if queries.find_thread(thread.id, by=current()) is None:
        raise NotFound
    return redirect(url_for("desk.thread", thread_id=thread.id), 303)


@blueprint.post("/persons/<uuid:person_id>/addresses/<uuid:link_id>/call")
@requires(Permission.CALL_HANDLE)
@commits
def call(person_id: UUID, link_id: UUID) -> Any:
    """Ring the reader's phone, then the person's, which sees the centre's number."""
    link = _link(person_id, link_id, Permission.CALL_HANDLE)
    try:
        made = call_person(link, by=current())
    except Refused as refusal:
        flash(str(refusal))
        return redirect(url_for("persons.show", person_id=person_id), 303)
    return redirect(url_for("hotline.call", call_id=made.id), 303)


def _link(person_id: UUID, link_id: UUID, permission: Permission) -> PersonAddress:
    link: PersonAddress = PERSON_ADDRESSES.get(current(), link_id, parent_id=person_id, permission=permission)
    return link
