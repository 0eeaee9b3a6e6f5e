"""Who holds a thread, whose it is, and when it is done."""

from __future__ import annotations

from uuid import UUID

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core.errors import Forbidden, Refused
from mrc.messaging.models import Thread
from mrc.messaging.states import ThreadStatus
from mrc.persons.models import Person
from mrc.persons.service import link_address


def take(thread: Thread, *, by: Identity) -> None:
    """Hold a thread, so that nobody else answers at the same time; audited. Raises Refused when another holds
    it.
    """
    _refuse_unless_allowed(thread, by)
    if thread.assignee_id not in (None, by.user_id):
        raise Refused("A colleague holds this conversation.")
    if thread.assignee_id is None:
        thread.assignee_id, thread.unread_count = by.user_id, 0
        _record(Event.THREAD_TAKEN, thread, by)


def release(thread: Thread, *, by: Identity) -> None:
    """Give a thread back to the team; audited. Idempotent."""
    _refuse_unless_allowed(thread, by)
    if thread.assignee_id is not None:
        thread.assignee_id = None
        _record(Event.THREAD_RELEASED, thread, by)


def assign(thread: Thread, counsellor_id: UUID, *, by: Identity) -> None:
    """Give a thread to a colleague; audited."""
    _refuse_unless_allowed(thread, by)
    thread.assignee_id = counsellor_id
    _record(Event.THREAD_ASSIGNED, thread, by, to=str(counsellor_id))


def mark_done(thread: Thread, *, by: Identity) -> None:
    """Say that nothing is owed any more; a new message opens it again. Audited, idempotent."""
    _refuse_unless_allowed(thread, by)
    if thread.status is ThreadStatus.DONE:
        return
    thread.status, thread.waiting_since, thread.unread_count = ThreadStatus.DONE, None, 0
    _record(Event.THREAD_DONE, thread, by)


def link_person(thread: Thread, person: Person, *, by: Identity) -> None:
    """Say who writes in a thread: the address becomes one of theirs, the thread as confidential as they are.
    Audited.
    """
    _refuse_unless_allowed(thread, by)
    if person.centre_id != thread.centre_id:
        raise Refused("Person and conversation must belong to the same centre.")
    link_address(person, thread.address, by=by)
    if thread.person_id == person.id:
        return
    thread.person_id = person.id
    thread.confidentiality = person.confidentiality
    _record(Event.THREAD_LINKED, thread, by, person=str(person.id))


def _refuse_unless_allowed(thread: Thread, by: Identity) -> None:
    if not by.can(Permission.THREAD_ASSIGN, thread.centre_id):
        raise Forbidden


def _record(event: Event, thread: Thread, by: Identity, **details: str) -> None:
    record(event, by=by, centre_id=thread.centre_id, subject=("thread", thread.id), details=details)
