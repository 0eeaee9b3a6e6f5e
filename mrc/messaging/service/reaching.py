"""Where a person is reached by message, when it is we who begin."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from sqlalchemy import Table

from mrc.centres.models import PhoneLine
from mrc.core import clock
from mrc.core.db import db, uuid7
from mrc.core.db.upsert import insert_if_absent
from mrc.messaging.models import Thread
from mrc.messaging.queries.delivery import find_line_to_write_from, find_thread_of, list_ways_to
from mrc.messaging.states import Channel, ThreadStatus
from mrc.persons.models import Address

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
