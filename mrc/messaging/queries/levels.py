"""How fast people are answered: counted from the steps of conversations, in the centre's opening minutes.

Nothing is stored: the same steps give the same times again. The first answer is that after a conversation
began, or began anew after it was done; a last "thank you" put away without an answer counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import median, quantiles
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from mrc.access.identity import Identity
from mrc.centres.models import Centre
from mrc.centres.workingtime import open_minutes_between
from mrc.core import clock
from mrc.core.db import db
from mrc.messaging.models import Thread, ThreadEvent
from mrc.messaging.policy import THREADS
from mrc.messaging.states import ThreadStatus, ThreadStep

LISTED = 50
LOOKED_AT = 2_000


class Level(StrEnum):
    """What is measured."""

    FIRST = "first"
    NEXT = "next"
    RESOLUTION = "resolution"


@dataclass(frozen=True)
class Measured:
    """One answer or end, and how many opening minutes it took."""

    level: Level
    minutes: int
    user_id: UUID | None


@dataclass(frozen=True)
class Figures:
    """How often, how long in the middle and for the slowest tenth, and the share within the target."""

    count: int
    median: int | None
    slow: int | None
    within: int | None


@dataclass(frozen=True)
class Late:
    """A conversation that waits longer than the target."""

    thread: Thread
    minutes: int


def measure(centre: Centre, since: datetime) -> list[Measured]:
    """Every answer and end in a centre since an instant."""
    query = (
        select(ThreadEvent)
        .join(Thread, Thread.id == ThreadEvent.thread_id)
        .where(Thread.centre_id == centre.id, ThreadEvent.at >= since)
        .order_by(ThreadEvent.thread_id, ThreadEvent.at, ThreadEvent.id)
    )
    by_thread: dict[UUID, list[ThreadEvent]] = {}
    for event in db.session.scalars(query):
        by_thread.setdefault(event.thread_id, []).append(event)
    return [found for events in by_thread.values() for found in measured(centre, events)]


def measured(centre: Centre, events: Iterable[ThreadEvent]) -> list[Measured]:
    """The answers and ends of one conversation, from its steps in their order."""
    found: list[Measured] = []
    began: datetime | None = None
    waits: datetime | None = None
    was_answered = False

    def note(level: Level, start: datetime, event: ThreadEvent) -> None:
        found.append(Measured(level, open_minutes_between(centre, start, event.at), event.user_id))

    for event in events:
        if event.step is ThreadStep.INBOUND:
            began, waits = began or event.at, waits or event.at
        elif event.step is ThreadStep.ANSWER:
            if waits is not None:
                note(Level.NEXT if was_answered else Level.FIRST, waits, event)
            waits, was_answered = None, True
        else:
            if began is not None and was_answered:
                note(Level.RESOLUTION, began, event)
            began, waits, was_answered = None, None, False
    return found


def figures_of(found: Sequence[Measured], target: int) -> Figures:
    """The figures of some answers against a target in minutes."""
    minutes = sorted(each.minutes for each in found)
    if not minutes:
        return Figures(0, None, None, None)
    slow = quantiles(minutes, n=10, method="inclusive")[-1] if len(minutes) > 1 else minutes[0]
    within = sum(each <= target for each in minutes)
    return Figures(len(minutes), round(median(minutes)), round(slow), round(100 * within / len(minutes)))


def target_of(centre: Centre, level: Level) -> int:
    """The target of a centre for what is measured, in opening minutes."""
    return {
        Level.FIRST: centre.first_response_minutes,
        Level.NEXT: centre.next_response_minutes,
        Level.RESOLUTION: centre.resolution_minutes,
    }[level]


def list_late(centre: Centre, *, by: Identity | None) -> list[Late]:
    """The conversations that wait longer than the target, the longest first; all of them without a reader."""
    query = select(Thread).options(joinedload(Thread.address)).where(
        Thread.centre_id == centre.id, Thread.status == ThreadStatus.WAITING
    )  # fmt: skip
    if by is not None:
        query = THREADS.visible(by, query)
    now = clock.now()
    waiting = db.session.scalars(query.order_by(Thread.waiting_since, Thread.id).limit(LOOKED_AT))
    late = [
        Late(thread, open_minutes_between(centre, thread.waiting_since or now, now)) for thread in waiting
    ]
    return [each for each in late if each.minutes > centre.first_response_minutes]
