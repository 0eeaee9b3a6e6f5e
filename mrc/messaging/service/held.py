"""Messages that wait: for an hour, for the morning, or for the person to write again."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid5

from mrc.access.identity import Identity
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.messaging.models import Message, Thread
from mrc.messaging.queries.delivery import find_composed, list_held, lock_message
from mrc.messaging.queries.templates import usable_version
from mrc.messaging.service.composing import compose, note_end, tell
from mrc.messaging.service.handing import enqueue_release, enqueue_send
from mrc.messaging.service.safety import Hold, Intent, hold_of
from mrc.messaging.service.threads import owe_answer
from mrc.messaging.states import AT_ONCE, MessageStatus, Purpose, Reason
from mrc.messaging.wording import filled

HOUSE = Identity.system("held messages")
ANSWER_WAITING = "answer_waiting"
"""The wording that says no more than: you have an answer, write to read it."""
USEFUL_AFTER_HOLD = timedelta(hours=24)
WAITS_FOR_PERSON = timedelta(days=14)


def keep(message: Message, hold: Hold) -> None:
    """Hold a message with its reason, and see to it that it is asked again when that can be different."""
    now = clock.now()
    message.status, message.status_at, message.reason = MessageStatus.HELD, now, hold.reason
    if hold.until is not None:
        message.send_at = hold.until
        if message.purpose in AT_ONCE or hold.reason is Reason.SCHEDULED:
            message.expires_at = max(message.expires_at or now, hold.until + USEFUL_AFTER_HOLD)
        enqueue_release(message, hold.until)
    elif hold.reason is Reason.WINDOW_CLOSED and message.purpose is Purpose.REPLY:
        message.expires_at = now + WAITS_FOR_PERSON
        if not ask_to_open(message.thread):
            owe_answer(message)
    else:
        owe_answer(message)
    note_end(message)


def release(message_id: UUID) -> None:
    """Ask again for a held message whose time has come. The rules are asked once more when it is sent."""
    message = lock_message(message_id)
    if message is None or message.status is not MessageStatus.HELD:
        return
    if message.send_at is None or message.send_at > clock.now():
        return
    _queue(message)


def release_on_writing(thread: Thread) -> None:
    """The person wrote: what waited for that goes out, in its order."""
    for message in list_held(thread.id, Reason.WINDOW_CLOSED):
        _queue(message)


def ask_to_open(thread: Thread) -> bool:
    """Tell the person, with an approved wording, that an answer waits; once for each of their silences.

    False when nothing of the kind may be sent: then somebody must find another way.
    """
    language = thread.language or get_centre(thread.centre_id).languages[0]
    version = usable_version(ANSWER_WAITING, language, fallback="en")
    if version is None:
        return False
    compose_id = uuid5(thread.id, f"nudge {thread.last_inbound_at}")
    if find_composed(compose_id, thread.id) is not None:
        return True
    intent = Intent(Purpose.NUDGE, filled(version, {}), version)
    hold = hold_of(thread, intent)
    if hold is not None and hold.until is None:
        return False
    nudge = compose(thread, intent, compose_id=compose_id, by=HOUSE)
    nudge.expires_at = clock.now() + WAITS_FOR_PERSON
    tell(Event.MESSAGE_QUEUED, nudge, HOUSE)
    if hold is None:
        enqueue_send(nudge)
    else:
        keep(nudge, hold)
    return True


def _queue(message: Message) -> None:
    message.status, message.status_at, message.reason = MessageStatus.QUEUED, clock.now(), None
    enqueue_send(message)
