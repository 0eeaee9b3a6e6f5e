"""The jobs that carry a message on: handing it over, looking it up, and asking again when it may go."""

from __future__ import annotations

from datetime import datetime, timedelta

from mrc.core import clock
from mrc.jobs.models import Priority
from mrc.jobs.service import enqueue
from mrc.messaging.models import Message, Thread
from mrc.messaging.states import Purpose

CARRYING = ("messaging.send", "messaging.release", "messaging.reconcile")
"""The kinds below; the second part of their keys is the message."""
FIRST_LOOK = timedelta(seconds=20)
ASKED_AFTER = timedelta(hours=1)
PRIORITIES = {
    Purpose.REPLY: Priority.URGENT,
    Purpose.NOTICE: Priority.URGENT,
    Purpose.AUTOMATIC: Priority.URGENT,
    Purpose.BROADCAST: Priority.IDLE,
}
"""Answers overtake whatever many people get."""


def enqueue_send(message: Message, *, at: datetime | None = None) -> None:
    """Have a message handed over; once for each of its attempts and holds."""
    enqueue(
        "messaging.send",
        {"message_id": str(message.id)},
        run_at=at,
        dedupe_key=f"send:{message.id}:{message.attempts}:{message.status_at:%Y%m%dT%H%M%S.%f}",
        priority=priority_of(message),
        centre_id=message.thread.centre_id,
    )


def enqueue_look(message: Message, look: int, *, again: int = 0) -> None:
    """Have the provider's list asked what became of a message; `again` tells a job from those that died."""
    enqueue(
        "messaging.reconcile",
        {"message_id": str(message.id), "look": look},
        run_at=clock.now() + FIRST_LOOK * look,
        dedupe_key=f"look:{message.id}:{message.attempts}:{look}:{again}",
        priority=Priority.URGENT,
    )


def enqueue_release(message: Message, at: datetime) -> None:
    """Have a held message asked again at an instant."""
    enqueue(
        "messaging.release",
        {"message_id": str(message.id)},
        run_at=at,
        dedupe_key=f"release:{message.id}:{at:%Y%m%dT%H%M%S}",
        priority=priority_of(message),
        centre_id=message.thread.centre_id,
    )


def enqueue_question(thread: Thread) -> None:
    """Have a conversation that is done asked how it was, in an hour; the rules are asked then."""
    enqueue(
        "messaging.ask_satisfaction",
        {"thread": str(thread.id)},
        run_at=clock.now() + ASKED_AFTER,
        dedupe_key=f"satisfaction:{thread.id}:{clock.now():%Y%m%d}",
        priority=Priority.IDLE,
    )


def priority_of(message: Message) -> Priority:
    """Who goes first."""
    return PRIORITIES.get(message.purpose, Priority.NORMAL)
