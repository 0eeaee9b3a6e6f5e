"""Who holds a thread, whose it is, and when it is done."""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import OPEN_LEVEL
from mrc.accounts.queries import list_counsellors
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.errors import Forbidden, Refused
from mrc.messaging.models import Message, Thread
from mrc.messaging.policy import THREADS
from mrc.messaging.queries.delivery import list_waiting_for, lock_thread
from mrc.messaging.service.composing import note_step
from mrc.messaging.service.doubts import confirm_writer
from mrc.messaging.service.handing import enqueue_question
from mrc.messaging.states import BY_PEOPLE, ThreadStatus, ThreadStep
from mrc.persons.models import Person
from mrc.persons.service import link_address


def take(thread: Thread, *, by: Identity) -> None:
    """Hold a thread, so that nobody else answers at the same time; audited. Raises Refused when another
    holds it.
    """
    held = _workable(thread, by)
    if held.assignee_id not in (None, by.user_id):
        raise Refused(_("A colleague holds this conversation."))
    if held.assignee_id is None:
        held.assignee_id, held.unread_count = by.user_id, 0
        _record(Event.THREAD_TAKEN, held, by)


def release(thread: Thread, *, by: Identity) -> None:
    """Give a thread back to the team; audited. Idempotent."""
    held = _workable(thread, by)
    if held.assignee_id is not None:
        held.assignee_id = None
        _record(Event.THREAD_RELEASED, held, by)


def release_all(user_id: UUID, centre_id: UUID, *, by: Identity) -> None:
    """Give the team what waits for somebody who does not come; audited."""
    for thread_id in list_waiting_for(user_id, centre_id):
        held = lock_thread(thread_id)
        if held.assignee_id == user_id:
            held.assignee_id = None
            _record(Event.THREAD_RELEASED, held, by)


def assign(thread: Thread, counsellor_id: UUID, *, by: Identity) -> None:
    """Give a thread to a colleague; audited. Raises Refused for somebody who does not work in the centre."""
    held = _workable(thread, by)
    if counsellor_id not in {user_id for user_id, _name in list_counsellors(held.centre_id)}:
        raise Refused(_("This person does not work in the centre of the conversation."))
    held.assignee_id = counsellor_id
    _record(Event.THREAD_ASSIGNED, held, by, to=str(counsellor_id))


def mark_done(thread: Thread, *, by: Identity) -> None:
    """Say that nothing is owed any more; a new message opens it again. Audited, idempotent."""
    held = _workable(thread, by)
    if held.status is ThreadStatus.DONE:
        return
    held.status, held.waiting_since, held.unread_count = ThreadStatus.DONE, None, 0
    note_step(held, ThreadStep.DONE, at=clock.now(), user_id=by.user_id)
    _record(Event.THREAD_DONE, held, by)
    if held.confidentiality <= OPEN_LEVEL:
        enqueue_question(held)


def link_person(thread: Thread, person: Person, *, by: Identity) -> None:
    """Say who writes in a thread: the address becomes one of theirs, the thread as confidential as they are.

    Audited. Raises Refused when person and thread are of different centres.
    """
    held = _workable(thread, by)
    if person.centre_id != held.centre_id:
        raise Refused(_("Person and conversation must belong to the same centre."))
    link_address(person, held.address, by=by)
    if held.doubt is not None:
        confirm_writer(held, by=by)
    if held.person_id == person.id:
        return
    held.person_id, held.confidentiality = person.id, person.confidentiality
    _record(Event.THREAD_LINKED, held, by, person=str(person.id))


def opt_out_by_hand(thread: Thread, *, by: Identity) -> None:
    """Somebody of ours read that they want no more messages: outreach ends, not the case. Audited, once."""
    held = _workable(thread, by)
    if held.address.opted_out_at is None:
        held.address.opted_out_at = clock.now()
        subject = ("address", held.address_id)
        record(Event.OPTED_OUT, by=by, centre_id=held.centre_id, subject=subject, details={"by_hand": True})


def owe_answer(message: Message) -> None:
    """An answer did not get there: if nothing came after it, its thread waits for us again."""
    if message.purpose not in BY_PEOPLE:
        return
    thread = message.thread
    if thread.status is not ThreadStatus.WAITING and thread.last_message_at <= message.at:
        thread.status, thread.waiting_since = ThreadStatus.WAITING, thread.last_inbound_at or clock.now()


def _workable(thread: Thread, by: Identity) -> Thread:
    if not THREADS.permits(by, thread, Permission.THREAD_ASSIGN):
        raise Forbidden
    return lock_thread(thread.id)


def _record(event: Event, thread: Thread, by: Identity, **details: str) -> None:
    record(event, by=by, centre_id=thread.centre_id, subject=("thread", thread.id), details=details)
