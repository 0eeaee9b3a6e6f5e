"""What is written to go out: answers and approved wordings, now, later, or as soon as they may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.errors import Forbidden, Refused
from mrc.core.text import clean
from mrc.messaging.models import Message, TemplateVersion, Thread
from mrc.messaging.policy import THREADS
from mrc.messaging.queries.delivery import find_composed, lock_message, lock_thread
from mrc.messaging.service.composing import compose, note_step, tell
from mrc.messaging.service.handing import enqueue_send
from mrc.messaging.service.held import keep
from mrc.messaging.service.obstacles import MAY_WAIT, words_of_hold
from mrc.messaging.service.safety import Hold, Intent, hold_of
from mrc.messaging.states import Channel, Direction, MessageStatus, Purpose, Reason, ThreadStatus, ThreadStep
from mrc.messaging.wording import filled

LONGEST = 1_600
FURTHEST = timedelta(days=35)


@dataclass(frozen=True)
class When:
    """When an answer goes out: at once, not before an instant, or, with `may_wait`, as soon as it may.

    `urgent_reason` lets it out at night; it is kept in the log.
    """

    send_at: datetime | None = None
    may_wait: bool = False
    urgent_reason: str = ""


NOW = When()


@dataclass(frozen=True)
class Sheet:
    """An information sheet that goes with an answer: which one, and what its file is called."""

    id: UUID
    file_name: str


@dataclass(frozen=True)
class Asking:
    """Which job is told what they tap under a message, and what it is about."""

    job: str
    subject_id: UUID


def reply(
    thread: Thread,
    body: str,
    *,
    compose_id: UUID,
    by: Identity,
    when: When = NOW,
    sheet: Sheet | None = None,
) -> Message:
    """Write an answer into the outbox; a job hands it over after the commit. Audited.

    With a sheet its file goes along, on WhatsApp alone. The same `compose_id` again gives the message that is
    there. Raises Refused with the reason when it may not be sent and may not wait either, Forbidden without
    the right.
    """
    if not THREADS.permits(by, thread, Permission.MESSAGE_SEND):
        raise Forbidden
    held = lock_thread(thread.id)
    if (known := find_composed(compose_id, held.id)) is not None:
        return known
    text = clean(body).strip()
    if not text or len(text) > LONGEST:
        raise Refused(_("A message has between 1 and %(most)s characters.", most=LONGEST))
    if sheet is not None and held.channel is not Channel.WHATSAPP:
        raise Refused(_("Files go over WhatsApp alone."))
    intent = Intent(Purpose.REPLY, text, is_urgent=bool(when.urgent_reason), has_file=sheet is not None)
    message = _write(held, intent, when, compose_id=compose_id, by=by)
    if sheet is not None:
        message.kind, message.sheet_id, message.extras = "document", sheet.id, {"file_name": sheet.file_name}
    return message


def send_template(
    thread: Thread,
    version: TemplateVersion,
    variables: Mapping[str, str],
    *,
    compose_id: UUID,
    by: Identity,
    when: When = NOW,
) -> Message:
    """Write first, outside the 24 hours, with an approved wording. As `reply` otherwise."""
    if not THREADS.permits(by, thread, Permission.MESSAGE_SEND):
        raise Forbidden
    held = lock_thread(thread.id)
    if (known := find_composed(compose_id, held.id)) is not None:
        return known
    intent = Intent(Purpose.NOTICE, filled(version, variables), version, bool(when.urgent_reason))
    return _write(held, intent, when, compose_id=compose_id, by=by, variables=variables)


def send_by_house(
    thread: Thread,
    intent: Intent,
    *,
    compose_id: UUID,
    by: Identity,
    variables: Mapping[str, str] | None = None,
    expires_at: datetime | None = None,
    asking: Asking | None = None,
) -> Message:
    """Write what nobody typed: a reminder, an automatic answer, one line of a broadcast. Idempotent.

    What may not go out is kept with its reason, never refused: whoever asked reads the result. The thread is
    not answered by it.
    """
    held = lock_thread(thread.id)
    if (known := find_composed(compose_id, held.id)) is not None:
        return known
    hold = hold_of(held, intent)
    message = compose(held, intent, compose_id=compose_id, by=by, variables=variables)
    message.expires_at = expires_at or message.expires_at
    if asking is not None:
        message.answer_job, message.subject_id = asking.job, asking.subject_id
    _send_or_keep(message, hold)
    tell(Event.MESSAGE_QUEUED, message, by)
    return message


def take_back(message: Message, *, by: Identity) -> None:
    """Take back what has not left us yet; audited. Raises Refused once it was handed over, Forbidden."""
    if not THREADS.permits(by, message.thread, Permission.MESSAGE_SEND):
        raise Forbidden
    present = lock_message(message.id)
    if present is None or present.direction is not Direction.OUT:
        raise Refused
    if present.status is MessageStatus.CANCELLED:
        return
    if present.status not in (MessageStatus.HELD, MessageStatus.QUEUED):
        raise Refused(_("It has left us already."))
    cancel_message(present, Reason.TAKEN_BACK, by=by)


def cancel_message(message: Message, reason: Reason, *, by: Identity) -> None:
    """Say that a message that has not left us never will; audited."""
    message.status, message.status_at, message.reason = MessageStatus.CANCELLED, clock.now(), reason
    tell(Event.MESSAGE_CANCELLED, message, by, reason=reason.value)


def _write(
    thread: Thread,
    intent: Intent,
    when: When,
    *,
    compose_id: UUID,
    by: Identity,
    variables: Mapping[str, str] | None = None,
) -> Message:
    hold = _hold_until(when) or hold_of(thread, intent)
    if hold is not None and not _is_kept(hold, when):
        raise Refused(words_of_hold(thread, hold))
    message = compose(thread, intent, compose_id=compose_id, by=by, variables=variables)
    message.send_at = when.send_at
    thread.status, thread.waiting_since, thread.unread_count = ThreadStatus.ANSWERED, None, 0
    thread.assignee_id = thread.assignee_id or by.user_id
    _send_or_keep(message, hold)
    note_step(thread, ThreadStep.ANSWER, at=message.at, user_id=by.user_id)
    urgent = {"urgent": clean(when.urgent_reason)[:200]} if when.urgent_reason else {}
    tell(Event.MESSAGE_QUEUED, message, by, characters=len(intent.text), **urgent)
    return message


def _hold_until(when: When) -> Hold | None:
    if when.send_at is None:
        return None
    now = clock.now()
    if not now < when.send_at <= now + FURTHEST:
        raise Refused(_("Choose a time between now and 35 days from now."))
    return Hold(Reason.SCHEDULED, when.send_at)


def _is_kept(hold: Hold, when: When) -> bool:
    return hold.reason is Reason.SCHEDULED or (when.may_wait and hold.reason in MAY_WAIT)


def _send_or_keep(message: Message, hold: Hold | None) -> None:
    if hold is None:
        enqueue_send(message)
    else:
        keep(message, hold)
