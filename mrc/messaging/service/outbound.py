"""What goes out: written into the outbox, handed over by a job, followed until it is known what became of
it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.centres.queries import get_line
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.core.settings import settings
from mrc.core.text import clean
from mrc.jobs.models import Priority
from mrc.jobs.registry import Later
from mrc.jobs.service import enqueue
from mrc.messaging import gateway
from mrc.messaging.codes import Meaning
from mrc.messaging.models import Message, Thread
from mrc.messaging.policy import THREADS
from mrc.messaging.queries import window_closes_at
from mrc.messaging.queries.delivery import (
    exists_under_way_before,
    find_composed,
    list_sids_of,
    lock_message,
    lock_thread,
)
from mrc.messaging.service.reports import adopt_sid, give_up, opt_out
from mrc.messaging.service.safety import obstacle_to_reply, obstacle_to_words, reason_not_to_answer
from mrc.messaging.states import Channel, Direction, MessageStatus, Reason, ThreadStatus
from mrc.messaging.wire import WHATSAPP

LONGEST = 1_600
LONGEST_LINE = 160
USEFUL_FOR = timedelta(hours=24)
FIRST_LOOK, LOOKS = timedelta(seconds=20), 3
CONNECTION_TRIES = 5
BEHIND_ANOTHER = timedelta(seconds=2)
CLOCKS_DIFFER_BY = timedelta(minutes=10)


def reply(thread: Thread, body: str, *, compose_id: UUID, by: Identity) -> Message:
    """Write an answer into the outbox; a job hands it over after the commit. Audited.

    The same `compose_id` again gives the message that is there. Raises Refused with the reason when it may
    not be sent, Forbidden without the right.
    """
    if not THREADS.permits(by, thread, Permission.MESSAGE_SEND):
        raise Forbidden
    held = lock_thread(thread.id)
    if (known := find_composed(compose_id, held.id)) is not None:
        return known
    text = clean(body).strip()
    if not text or len(text) > LONGEST:
        raise Refused(_("A message has between 1 and %(most)s characters.", most=LONGEST))
    if obstacle := obstacle_to_reply(held) or obstacle_to_words(held, text):
        raise Refused(obstacle)
    message = _compose(held, text, compose_id, by)
    _enqueue_send(message)
    details = {"message": str(message.id), "characters": len(text)}
    record(
        Event.MESSAGE_QUEUED, by=by, centre_id=held.centre_id, subject=("thread", held.id), details=details
    )
    return message


def begin_sending(message_id: UUID) -> gateway.Request | None:
    """Claim a queued message for handing over; None when there is nothing to hand over.

    Found in `sending` it was being handed over when somebody died: what came of it is looked up, not tried
    again. The rules are asked once more, because the plan or the window may have changed since it was
    written. Raises Later while an earlier message of the thread has not certainly left.
    """
    message = lock_message(message_id)
    if message is None:
        return None
    if message.status is MessageStatus.SENDING:
        _look_up_later(message)
        return None
    if message.status is not MessageStatus.QUEUED:
        return None
    if message.expires_at is not None and message.expires_at <= clock.now():
        give_up(
            message, MessageStatus.EXPIRED, reason=reason_not_to_answer(message.thread) or Reason.TOO_LATE
        )
        return None
    if reason := reason_not_to_answer(message.thread):
        give_up(message, MessageStatus.HELD, reason=reason)
        return None
    if exists_under_way_before(message):
        raise Later(clock.now() + BEHIND_ANOTHER)
    _set(message, MessageStatus.SENDING)
    message.attempts += 1
    return _request(message)


def store_outcome(message_id: UUID, outcome: gateway.Outcome) -> timedelta | None:
    """Write down what came of handing a message over; a wait when it is to be tried again, None when not."""
    message = lock_message(message_id)
    if message is None:
        return None
    if message.status not in (MessageStatus.SENDING, MessageStatus.UNKNOWN):
        # A report overtook us: it told the state already, and perhaps not the id.
        if isinstance(outcome, gateway.Accepted) and message.provider_sid is None:
            adopt_sid(message, outcome.sid)
        return None
    match outcome:
        case gateway.Accepted(sid=sid):
            _set(message, MessageStatus.ACCEPTED)
            adopt_sid(message, sid)
        case gateway.Refused(code=code, meaning=meaning):
            if meaning is Meaning.OPT_OUT:
                opt_out(message)
            give_up(message, MessageStatus.FAILED, code=code)
        case gateway.Busy(after_seconds=seconds):
            _set(message, MessageStatus.QUEUED)
            message.attempts -= 1
            return timedelta(seconds=min(seconds or 5, 3_600))
        case gateway.NotReached():
            return _try_connection_again(message)
        case gateway.Unknown():
            _look_up_later(message)
    return None


def settle_unknown(message_id: UUID, listed: Iterable[gateway.Listed], look: int) -> None:
    """Decide an unknown message by the provider's list: adopt what is there, send again what certainly is
    not.

    After the last look without a trace the message counts as not sent and is queued again.
    """
    message = lock_message(message_id)
    if message is None or message.status is not MessageStatus.UNKNOWN:
        return
    if (found := _same_message(message, listed)) is not None:
        _set(message, MessageStatus.ACCEPTED)
        adopt_sid(message, found.sid)
    elif look < LOOKS:
        _enqueue_look(message, look + 1)
    else:
        _set(message, MessageStatus.QUEUED)
        _enqueue_send(message)


def address_of(message_id: UUID) -> tuple[str, datetime] | None:
    """Where an unknown message was to go, and since when the provider's list must be read; None when it is
    known.
    """
    message = db.session.get(Message, message_id)
    if message is None or message.status is not MessageStatus.UNKNOWN:
        return None
    return _request(message).to, message.at - timedelta(hours=1)


def _compose(thread: Thread, text: str, compose_id: UUID, by: Identity) -> Message:
    now = clock.now()
    message = Message(
        thread_id=thread.id,
        direction=Direction.OUT,
        at=now,
        status=MessageStatus.QUEUED,
        status_at=now,
        author_id=by.user_id,
        compose_id=compose_id,
        expires_at=min(now + USEFUL_FOR, window_closes_at(thread) or now + USEFUL_FOR),
    )
    message.body = text
    db.session.add(message)
    thread.status, thread.waiting_since, thread.unread_count = ThreadStatus.ANSWERED, None, 0
    thread.last_message_at, thread.last_line = now, text.replace("\n", " ")[:LONGEST_LINE]
    thread.assignee_id = thread.assignee_id or by.user_id
    db.session.flush()
    return message


def _same_message(message: Message, listed: Iterable[gateway.Listed]) -> gateway.Listed | None:
    """What the provider lists as this message: same ends, same text, about then, and not another of ours."""
    wanted, taken = _request(message), list_sids_of(message.thread_id)
    since = message.status_at - CLOCKS_DIFFER_BY
    for found in listed:
        same_text = (found.to, found.from_, found.body) == (wanted.to, wanted.from_, wanted.body)
        if same_text and not found.is_inbound and found.sid not in taken and found.at >= since:
            return found
    return None


def _request(message: Message) -> gateway.Request:
    thread = message.thread
    prefix = WHATSAPP if thread.channel is Channel.WHATSAPP else ""
    return gateway.Request(
        to=f"{prefix}{thread.address.value}",
        from_=get_line(thread.line_id).address,
        body=message.body or "",
        callback_url=f"{settings().public_url}/twilio/status?m={message.id}",
    )


def _set(message: Message, status: MessageStatus) -> None:
    message.status, message.status_at = status, clock.now()


def _try_connection_again(message: Message) -> timedelta | None:
    if message.attempts >= CONNECTION_TRIES:
        give_up(message, MessageStatus.FAILED, reason=Reason.NOT_REACHED)
        return None
    _set(message, MessageStatus.QUEUED)
    return timedelta(seconds=15 * 4 ** (message.attempts - 1))


def _look_up_later(message: Message) -> None:
    _set(message, MessageStatus.UNKNOWN)
    _enqueue_look(message, 1)


def _enqueue_send(message: Message) -> None:
    key = f"send:{message.id}:{message.attempts}"
    payload = {"message_id": str(message.id)}
    centre_id = message.thread.centre_id
    enqueue("messaging.send", payload, dedupe_key=key, priority=Priority.URGENT, centre_id=centre_id)


def _enqueue_look(message: Message, look: int) -> None:
    enqueue(
        "messaging.reconcile",
        {"message_id": str(message.id), "look": look},
        run_at=clock.now() + FIRST_LOOK * look,
        dedupe_key=f"look:{message.id}:{message.attempts}:{look}",
        priority=Priority.URGENT,
    )
