"""Counting and sending broadcasts, some at a time, behind everything that somebody waits for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from mrc.core import clock
from mrc.core.db import db
from mrc.jobs.registry import Later, Payload, job
from mrc.outreach.models import Broadcast
from mrc.outreach.service import count_some, feed_some

PAUSE = timedelta(seconds=10)
"""Between two helpings of a broadcast; so long it may go on after somebody paused it."""
PAUSES_A_MINUTE = 6


@job("outreach.count")
def count(payload: Payload) -> Iterator[None]:
    """Find out whom a broadcast would reach. A run that was cut off goes on where it was."""
    broadcast_id = UUID(payload["broadcast"])
    while count_some(broadcast_id):
        yield


@job("outreach.feed", max_attempts=20)
def feed(payload: Payload) -> Iterator[None]:
    """Write to the next few of a broadcast, and come back for more."""
    broadcast_id = UUID(payload["broadcast"])
    row = db.session.get(Broadcast, broadcast_id)
    if row is None:
        return
    is_left = feed_some(broadcast_id, max(1, row.per_minute // PAUSES_A_MINUTE))
    yield
    if is_left:
        raise Later(clock.now() + PAUSE)
