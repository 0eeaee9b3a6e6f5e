"""Messages that no job carries on any more: theirs was parked, because it took its worker down too often.

A parked job waits for an administrator; whoever wrote the message must not. A new job carries it on, and it
is given up, visibly, when that goes wrong again and again.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import UUID

from mrc.core import clock
from mrc.jobs.models import OPEN_STATES, JobState
from mrc.jobs.queries import list_keys
from mrc.messaging.models import Message
from mrc.messaging.queries.delivery import list_unsettled, lock_message
from mrc.messaging.service.handing import CARRYING, enqueue_look, enqueue_release, enqueue_send
from mrc.messaging.service.reports import give_up
from mrc.messaging.states import MessageStatus, Reason

STRANDED_AFTER = timedelta(minutes=15)
PARKED_AT_MOST = 3
"""So many jobs of a message may be parked; then it is what kills them."""


def pick_up() -> int:
    """Carry on what is stranded; returns how many."""
    carried = _messages_of(OPEN_STATES)
    stranded = [key for key in list_unsettled(clock.now() - STRANDED_AFTER) if key not in carried]
    parked = _messages_of((JobState.PARKED,)) if stranded else Counter()
    for message_id in stranded:
        message = lock_message(message_id)
        if message is not None:
            _carry_on(message, parked[message_id])
    return len(stranded)


def _carry_on(message: Message, parked: int) -> None:
    now = clock.now()
    match message.status:
        case MessageStatus.HELD:
            enqueue_release(message, now)
        case MessageStatus.QUEUED if parked >= PARKED_AT_MOST:
            give_up(message, MessageStatus.FAILED, reason=Reason.NOT_REACHED)
        case MessageStatus.QUEUED:
            message.status_at = now
            enqueue_send(message)
        case MessageStatus.SENDING | MessageStatus.UNKNOWN:
            # It may have left: the provider's list is asked before anything is sent again.
            message.status = MessageStatus.UNKNOWN
            enqueue_look(message, 1, again=parked)


def _messages_of(states: tuple[JobState, ...]) -> Counter[UUID]:
    return Counter(UUID(key.split(":")[1]) for key in list_keys(CARRYING, states))
