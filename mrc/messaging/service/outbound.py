"""What goes out: written into the outbox, handed over by a job, followed until it is known
what became of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

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
from mrc.jobs.service import enqueue
from mrc.messaging import gateway
from mrc.messaging.codes import Meaning
from mrc.messaging.models import Message, Thread
from mrc.messaging.queries import window_closes_at
from mrc.messaging.service.reports import adopt_sid
from mrc.messaging.states import Channel, Direction, MessageStatus, ThreadStatus
from mrc.persons.models import PersonAddress

LONGEST = 1_600
USEFUL_FOR = timedelta(hours=24)
FIRST_LOOK, LOOKS = timedelta(seconds=20), 3
CONNECTION_TRIES = 5


def obstacle_to_reply(thread: Thread) -> str | None:
    """Why a free answer cannot be sent now, as a sentence for staff; None when it can."""
    closes_at = window_closes_at(thread)
    if thread.channel is Channel.WHATSAPP and (closes_at is None or closes_at <= clock.now()):
        return str(
            _(
                "WhatsApp allows free answers only within 24 hours of their last message, and those are over. "
                "Call the person, or wait until they write again."
            )
        )
    for link in _links(thread):
        if link.never_contact:
            return str(_("The contact plan says never to use this address."))
        if not link.may_message:
            return str(_("The contact plan says that messages to this address are not safe."))
    return None


def reply(thread: Thread, body: str, *, compose_id: UUID, by: Identity) -> Message:
    """Write an answer into the outbox; a job hands it over after the commit. Audited.

    The same `compose_id` again gives the message that is there. Raises Refused with the reason when it may
    not be sent, Forbidden without the right.
    """
    if not by.can(Permission.MESSAGE_SEND, thread.centre_id):
        raise Forbidden
    if (known := db.session.scalar(select(Message).where(Message.compose_id == compose_id))) is not None:
        return known
    text = clean(body).strip()
    if not text or len(text) > LONGEST:
        raise Refused(_("A message has between 1 and %(most)s characters.", most=LONGEST))
    if obstacle := obstacle_to_reply(thread):
        raise Refused(obstacle)
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
    thread.last_message_at, thread.last_line = now, text.replace("\n", " ")[:160]
    thread.assignee_id = thread.assignee_id or by.user_id
    db.session.flush()
    _enqueue_send(message, thread)
    details = {"message": str(message.id), "characters": len(text)}
    record(
        Event.MESSAGE_QUEUED,
        by=by,
        centre_id=thread.centre_id,
        subject=("thread", thread.id),
        details=details,
    )
    return message


def begin_sending(message_id: UUID) -> gateway.Request | None:
    """Claim a queued message for handing over; None when there is nothing to hand over.

    Found in `sending` it was being handed over when somebody died: what came of it is looked up, not tried
    again. The rules are asked once more, because the plan or the window may have changed since it was
    written.
    """
    message = _locked(message_id)
    if message is None:
        return None
    if message.status is MessageStatus.SENDING:
        _look_up_later(message)
        return None
    if message.status is not MessageStatus.QUEUED:
        return None
    if message.expires_at is not None and message.expires_at <= clock.now():
        _set(message, MessageStatus.EXPIRED)
        return None
    if obstacle_to_reply(message.thread):
        _set(message, MessageStatus.HELD)
        return None
    _set(message, MessageStatus.SENDING)
    message.attempts += 1
    return _request(message)


def store_outcome(message_id: UUID, outcome: gateway.Outcome) -> timedelta | None:
    """Write down what came of handing a message over; a wait when it is to be tried again, None when not."""
    message = _locked(message_id)
    if message is None or message.status not in (MessageStatus.SENDING, MessageStatus.UNKNOWN):
        # A report overtook us: it told the id and the state already.
        if message is not None and isinstance(outcome, gateway.Accepted) and message.provider_sid is None:
            adopt_sid(message, outcome.sid)
        return None
    match outcome:
        case gateway.Accepted(sid=sid):
            _set(message, MessageStatus.ACCEPTED)
            adopt_sid(message, sid)
        case gateway.Refused(code=code, meaning=meaning):
            _refuse(message, code, meaning)
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
    message = _locked(message_id)
    if message is None or message.status is not MessageStatus.UNKNOWN:
        return
    taken = set(
        db.session.scalars(select(Message.provider_sid).where(Message.thread_id == message.thread_id))
    )
    wanted = _request(message)
    for found in listed:
        same_text = (found.to, found.from_, found.body) == (wanted.to, wanted.from_, wanted.body)
        is_ours = same_text and found.direction.startswith("outbound") and found.sid not in taken
        if is_ours and (found.at is None or found.at >= message.status_at - timedelta(minutes=10)):
            _set(message, MessageStatus.ACCEPTED)
            adopt_sid(message, found.sid)
            return
    if look < LOOKS:
        _enqueue_look(message, look + 1)
    else:
        _set(message, MessageStatus.QUEUED)
        _enqueue_send(message, message.thread)


def address_of(message_id: UUID) -> tuple[str, datetime] | None:
    """Where an unknown message was to go, and since when the provider's list must be read."""
    message = db.session.get(Message, message_id)
    if message is None or message.status is not MessageStatus.UNKNOWN:
        return None
    return _request(message).to, message.at - timedelta(hours=1)


def _links(thread: Thread) -> list[PersonAddress]:
    """The contact plans that count: the person's own, or everybody's at the address while nobody is named."""
    query = select(PersonAddress).where(PersonAddress.address_id == thread.address_id)
    if thread.person_id is not None:
        query = query.where(PersonAddress.person_id == thread.person_id)
    return list(db.session.scalars(query.order_by(PersonAddress.id)))


def _request(message: Message) -> gateway.Request:
    thread = message.thread
    prefix = "whatsapp:" if thread.channel is Channel.WHATSAPP else ""
    return gateway.Request(
        to=f"{prefix}{thread.address.value}",
        from_=get_line(thread.line_id).address,
        body=message.body or "",
        callback_url=f"{settings().public_url}/twilio/status?m={message.id}",
    )


def _locked(message_id: UUID) -> Message | None:
    return db.session.scalar(select(Message).where(Message.id == message_id).with_for_update(of=Message))


def _set(message: Message, status: MessageStatus) -> None:
    message.status, message.status_at = status, clock.now()


def _refuse(message: Message, code: int, meaning: Meaning) -> None:
    _set(message, MessageStatus.FAILED)
    message.error_code = code
    if meaning is Meaning.OPTED_OUT:
        message.thread.address.opted_out_at = clock.now()
    record(
        Event.MESSAGE_STATUS,
        by=Identity.system("sender"),
        centre_id=message.thread.centre_id,
        subject=("message", message.id),
        details={"status": MessageStatus.FAILED.value, "code": code},
    )


def _try_connection_again(message: Message) -> timedelta | None:
    if message.attempts >= CONNECTION_TRIES:
        _set(message, MessageStatus.FAILED)
        return None
    _set(message, MessageStatus.QUEUED)
    return timedelta(seconds=15 * 4 ** (message.attempts - 1))


def _look_up_later(message: Message) -> None:
    _set(message, MessageStatus.UNKNOWN)
    _enqueue_look(message, 1)


def _enqueue_send(message: Message, thread: Thread) -> None:
    key = f"send:{message.id}:{message.attempts}"
    payload = {"message_id": str(message.id)}
    enqueue("messaging.send", payload, dedupe_key=key, priority=Priority.URGENT, centre_id=thread.centre_id)


def _enqueue_look(message: Message, look: int) -> None:
    enqueue(
        "messaging.reconcile",
        {"message_id": str(message.id), "look": look},
        run_at=clock.now() + FIRST_LOOK * look,
        dedupe_key=f"look:{message.id}:{message.attempts}:{look}",
        priority=Priority.URGENT,
    )
