"""The row of a message that is to go out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from mrc.access.identity import Identity
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db
from mrc.messaging.costs import estimate
from mrc.messaging.models import Message, Thread, ThreadEvent
from mrc.messaging.service.safety import Intent
from mrc.messaging.states import BY_PEOPLE, Direction, MessageStatus, ThreadStep

LONGEST_LINE = 160
USEFUL_FOR = timedelta(hours=24)
TWILIO = Identity.system("twilio")


def compose(
    thread: Thread,
    intent: Intent,
    *,
    compose_id: UUID,
    by: Identity,
    variables: Mapping[str, str] | None = None,
) -> Message:
    """Write a message into the outbox of a locked thread, queued; nobody is told of it yet."""
    now = clock.now()
    message = Message(
        thread_id=thread.id,
        direction=Direction.OUT,
        at=now,
        status=MessageStatus.QUEUED,
        status_at=now,
        author_id=by.user_id,
        compose_id=compose_id,
        expires_at=now + USEFUL_FOR,
        purpose=intent.purpose,
        is_urgent=intent.is_urgent,
        template_version_id=intent.version.id if intent.version else None,
    )
    message.body = intent.text
    message.variables = dict(variables) if variables else None
    message.thread, message.template_version = thread, intent.version
    message.segments, message.price_micros = estimate(
        thread.channel, thread.address.value or "", intent.text, intent.version
    )
    db.session.add(message)
    if intent.purpose in BY_PEOPLE:
        thread.last_message_at = now
        thread.last_line = intent.text.replace("\n", " ")[:LONGEST_LINE]
    db.session.flush()
    return message


def size_of(thread: Thread, text: str) -> tuple[int, int]:
    """Into how many parts a text would go in a thread, and what it costs in millionths of a US dollar."""
    return estimate(thread.channel, thread.address.value or "", text, None)


def note_step(thread: Thread, step: ThreadStep, *, at: datetime, user_id: UUID | None = None) -> None:
    """Write down a step from which the times of answers are counted."""
    db.session.add(ThreadEvent(thread_id=thread.id, at=at, step=step, user_id=user_id))


def tell(event: Event, message: Message, by: Identity, **details: object) -> None:
    """Write into the log what became of a message."""
    thread = message.thread
    told = {"message": str(message.id), "purpose": message.purpose.value, **details}
    record(event, by=by, centre_id=thread.centre_id, subject=("thread", thread.id), details=told)


def note_end(message: Message) -> None:
    """Write into the log where a message came to rest."""
    details = {"status": message.status.value, "code": message.error_code}
    if message.reason:
        details["reason"] = message.reason.value
    centre_id = message.thread.centre_id
    record(
        Event.MESSAGE_STATUS, by=TWILIO, centre_id=centre_id, subject=("message", message.id), details=details
    )
