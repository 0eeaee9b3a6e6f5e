"""Where a person is reached by message, when it is we who begin."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Table

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.centres.models import PhoneLine
from mrc.core import clock
from mrc.core.db import db, uuid7
from mrc.core.db.upsert import insert_if_absent
from mrc.core.errors import Forbidden, Refused
from mrc.messaging.codes import REASONS
from mrc.messaging.models import Thread
from mrc.messaging.queries.delivery import find_line_to_write_from, find_thread_of, list_ways_to
from mrc.messaging.service.safety import Hold, Intent, hold_of
from mrc.messaging.states import Channel, Reason, ThreadStatus
from mrc.persons.models import Address, Person, PersonAddress
from mrc.persons.states import AddressKind

CHANNELS = {AddressKind.WHATSAPP: Channel.WHATSAPP, AddressKind.PHONE: Channel.SMS}
"""Over what an address is written to when nobody wrote from there yet."""
THREADS = cast(Table, Thread.__table__)


def reach(person_id: UUID) -> Thread | None:
    """The conversation in which a person is written to, begun if need be; None when there is no way.

    Their own WhatsApp before others', and where they wrote last. The rules of sending are asked afterwards.
    """
    for link in list_ways_to(person_id):
        thread = find_thread_of(link.address_id)
        line = find_line_to_write_from(link.address.centre_id) if thread is None else None
        if line is not None:
            thread = open_thread(line, link.address)
        if thread is not None:
            return thread
    return None


def thread_with(address: Address, person_id: UUID) -> Thread | None:
    """The conversation with an address, begun if need be; it is about the person if nobody is named yet."""
    thread = find_thread_of(address.id)
    line = find_line_to_write_from(address.centre_id) if thread is None else None
    if line is not None:
        thread = open_thread(line, address)
        person = db.session.get_one(Person, person_id)
        thread.person_id, thread.confidentiality = person.id, person.confidentiality
    return thread


def begin(link: PersonAddress, *, by: Identity) -> Thread:
    """The conversation with a person at one of their addresses, begun if need be; about them from now on.

    Audited when it is begun. Nothing is sent: every rule is asked when somebody writes. Raises Forbidden
    without the right, Refused when the plan forbids messages there or the centre has no line for it.
    """
    person, address = link.person, link.address
    if not by.can(Permission.MESSAGE_SEND, person.centre_id):
        raise Forbidden
    if link.never_contact:
        raise Refused(str(REASONS[Reason.NEVER_CONTACT]))
    if not link.may_message:
        raise Refused(str(REASONS[Reason.NOT_SAFE]))
    if (thread := find_thread_of(address.id)) is not None:
        return thread
    channel = CHANNELS.get(address.kind)
    line = find_line_to_write_from(address.centre_id, channel) if channel else None
    if line is None:
        raise Refused(_("The centre has no line to write from to this address."))
    thread = open_thread(line, address)
    thread.person_id, thread.confidentiality = person.id, person.confidentiality
    subject, details = ("thread", thread.id), {"person": str(person.id)}
    record(Event.THREAD_BEGUN, by=by, centre_id=thread.centre_id, subject=subject, details=details)
    return thread


def probe(address: Address, person_id: UUID, intent: Intent) -> Hold | None:
    """What would forbid a message to an address now, without beginning a conversation."""
    thread = find_thread_of(address.id)
    if thread is not None:
        return hold_of(thread, intent)
    line = find_line_to_write_from(address.centre_id)
    if line is None:
        return Hold(Reason.NO_LINE)
    imagined = Thread(
        id=uuid7(), centre_id=line.centre_id, line_id=line.id, address_id=address.id,
        channel=Channel(line.kind), person_id=person_id,
    )  # fmt: skip
    imagined.address = address
    return hold_of(imagined, intent)


def open_thread(line: PhoneLine, address: Address) -> Thread:
    """The conversation of a line with an address, made when there is none. Two at once make one."""
    values = {
        "id": uuid7(),
        "centre_id": line.centre_id,
        "line_id": line.id,
        "address_id": address.id,
        "channel": Channel(line.kind),
        "status": ThreadStatus.DONE,
        "last_message_at": clock.now(),
        "version": 1,
    }
    insert_if_absent(db.session(), THREADS, values, key=["line_id", "address_id"])
    thread = find_thread_of(address.id, line_id=line.id)
    assert thread is not None
    return thread
