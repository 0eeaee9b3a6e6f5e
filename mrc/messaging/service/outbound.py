"""What goes out: handed over by a job, followed until it is known what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from mrc.centres.queries import get_line
from mrc.core import clock
from mrc.core.db import db
from mrc.core.settings import settings
from mrc.jobs.registry import Later
from mrc.messaging import gateway
from mrc.messaging.codes import Meaning
from mrc.messaging.models import Message
from mrc.messaging.queries.delivery import exists_under_way_before, list_sids_of, lock_message
from mrc.messaging.service.again import WINDOW_TRIES
from mrc.messaging.service.handing import enqueue_look, enqueue_send
from mrc.messaging.service.held import keep
from mrc.messaging.service.reports import adopt_sid, give_up, note_absent, opt_out
from mrc.messaging.service.safety import Hold, hold_of, intent_of
from mrc.messaging.sheets import sheet_url
from mrc.messaging.states import Channel, MessageStatus, Purpose, Reason
from mrc.messaging.wire import WHATSAPP
from mrc.messaging.wording import content_variables

LOOKS = 3
CONNECTION_TRIES = 5
BEHIND_ANOTHER = timedelta(seconds=2)
CLOCKS_DIFFER_BY = timedelta(minutes=10)


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
    hold = hold_of(message.thread, intent_of(message))
    if message.expires_at is not None and message.expires_at <= clock.now():
        give_up(message, MessageStatus.EXPIRED, reason=hold.reason if hold else Reason.TOO_LATE)
        return None
    if hold is not None:
        keep(message, hold)
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
            _refused(message, code, meaning)
        case gateway.Busy(after_seconds=seconds):
            _set(message, MessageStatus.QUEUED)
            message.attempts -= 1
            return timedelta(seconds=min(seconds or 5, 3_600))
        case gateway.NotReached():
            return _try_connection_again(message)
        case gateway.Unknown():
            _look_up_later(message)
    return None


def _refused(message: Message, code: int, meaning: Meaning) -> None:
    if meaning is Meaning.OPT_OUT:
        opt_out(message)
    note_absent(message, code)
    is_kept = meaning is Meaning.WINDOW and message.attempts < WINDOW_TRIES
    if is_kept and message.purpose is Purpose.REPLY:
        # Their clock decides, and nothing was sent: the words wait until the person writes.
        keep(message, Hold(Reason.WINDOW_CLOSED))
    else:
        give_up(message, MessageStatus.FAILED, code=code)


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
        enqueue_look(message, look + 1)
    else:
        _set(message, MessageStatus.QUEUED)
        enqueue_send(message)


def address_of(message_id: UUID) -> tuple[str, datetime] | None:
    """Where an unknown message was to go, and since when the provider's list must be read; None when it is
    known.
    """
    message = db.session.get(Message, message_id)
    if message is None or message.status is not MessageStatus.UNKNOWN:
        return None
    return _request(message).to, message.at - timedelta(hours=1)


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
    version = message.template_version
    return gateway.Request(
        to=f"{prefix}{thread.address.value}",
        from_=get_line(thread.line_id).address,
        body=message.body or "",
        callback_url=f"{settings().public_url}/twilio/status?m={message.id}",
        content_sid=version.content_sid or "" if version else "",
        content_variables=content_variables(version, message.variables or {}) if version else "",
        media_url=sheet_url(message.sheet_id) if message.sheet_id else "",
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
    # It stays dated by when it was handed over, however late it is looked up: the list is read from there.
    message.status = MessageStatus.UNKNOWN
    enqueue_look(message, 1)
