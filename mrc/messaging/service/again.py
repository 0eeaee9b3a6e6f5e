"""What the provider took and could not deliver, for a reason that passes, is sent once more.

It becomes a message of its own; the first stays as it is, so that the reports on it find it. When that
arrives after all, the second is taken back.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid5

from mrc.access.identity import Identity
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.messaging.codes import Meaning, meaning_of
from mrc.messaging.models import Message
from mrc.messaging.queries.delivery import find_composed
from mrc.messaging.service.composing import compose, tell
from mrc.messaging.service.held import keep
from mrc.messaging.service.safety import Hold, intent_of
from mrc.messaging.states import MessageStatus, Purpose, Reason

WINDOW_TRIES = 3
"""So often WhatsApp may say that its window is closed when we think it open; then somebody must find another
way, or every message of theirs would send all the earlier answers again.
"""
BY = Identity.system("tried again")
OFF_OR_AWAY, NO_REASON = 30003, 30008
AFTER = {OFF_OR_AWAY: (3, timedelta(hours=8)), NO_REASON: (2, timedelta(minutes=30))}
"""Tries in all, and the wait before the next (docs/errors of the provider; decision of GOV.UK Notify)."""
USUALLY = (4, timedelta(minutes=10))


def try_again(message: Message, code: int) -> bool:
    """Write the message anew if its failure passes; False when somebody must find another way."""
    meaning = meaning_of(code)
    if meaning is Meaning.WINDOW and message.purpose is Purpose.REPLY:
        if message.attempts >= WINDOW_TRIES:
            return False
        _write_anew(message, Hold(Reason.WINDOW_CLOSED))
        return True
    if meaning is not Meaning.RETRY and code not in AFTER:
        return False
    tries, wait = AFTER.get(code, USUALLY)
    at = clock.now() + wait * max(message.attempts, 1)
    if message.attempts >= tries or (message.expires_at is not None and at >= message.expires_at):
        return False
    _write_anew(message, Hold(Reason.SCHEDULED, at))
    return True


def forget_again(message: Message) -> None:
    """The first arrived after all: its second is taken back if it has not left."""
    second = find_composed(_second_id(message), message.thread_id)
    if second is not None and second.status in (MessageStatus.HELD, MessageStatus.QUEUED):
        second.status, second.status_at = MessageStatus.CANCELLED, clock.now()
        second.reason = Reason.ARRIVED_AFTER_ALL
        tell(Event.MESSAGE_CANCELLED, second, BY, reason=second.reason.value)


def _write_anew(message: Message, hold: Hold) -> None:
    second = compose(
        message.thread,
        intent_of(message),
        compose_id=_second_id(message),
        by=BY,
        variables=message.variables,
    )
    second.attempts, second.author_id = message.attempts, message.author_id
    second.expires_at = message.expires_at
    message.reason = Reason.TRIED_AGAIN
    tell(Event.MESSAGE_QUEUED, second, BY, again=str(message.id))
    keep(second, hold)


def _second_id(message: Message) -> UUID:
    return uuid5(message.id, "again")
