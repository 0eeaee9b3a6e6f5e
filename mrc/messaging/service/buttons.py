"""What people tap under what the house sent: told to whoever asked, by a job of theirs."""

from __future__ import annotations

from mrc.jobs.models import Priority
from mrc.jobs.service import enqueue
from mrc.messaging.models import Message, Thread
from mrc.messaging.queries.delivery import find_asked
from mrc.messaging.wire import Inbound

NEEDS_NO_ANSWER = frozenset({"confirm", "helpful", "partly", "not_helpful"})
"""After these nobody owes the person anything."""


def heed_button(thread: Thread, inbound: Inbound, message: Message) -> bool:
    """Tell a tap to whoever asked; True when nobody owes an answer to it."""
    payload = str(inbound.extras.get("ButtonPayload", ""))
    if not payload:
        return False
    asked = find_asked(thread.id, str(inbound.extras.get("OriginalRepliedMessageSid", "")))
    if asked is None or asked.answer_job is None:
        return False
    told = {"subject": str(asked.subject_id), "payload": payload[:40], "message": str(message.id)}
    key = f"{asked.answer_job}:{message.id}"
    enqueue(asked.answer_job, told, dedupe_key=key, priority=Priority.URGENT, centre_id=thread.centre_id)
    return payload in NEEDS_NO_ANSWER
