"""Periodic work: one row per kind and stretch of time, made by whichever worker looks first.

The row's dedupe key is `kind@start of the stretch`, so any number of workers make one. A stretch in which no
worker ran is not made up for, and none is begun while the last one's job is still open: after three days off,
the house does everything once and not nine hundred times.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mrc.core import clock
from mrc.jobs import queries
from mrc.jobs.models import Priority
from mrc.jobs.registry import list_periodic
from mrc.jobs.service import enqueue

DAY_ONE = datetime(1970, 1, 1, tzinfo=UTC)


def make_due_rows() -> None:
    """Enqueue what is due in the present stretch of every periodic kind, unless it is there already."""
    now = clock.now()
    for kind, minutes in list_periodic():
        if not queries.exists_open(kind, Priority.IDLE):
            key = f"{kind}@{start_of_stretch(now, minutes):%Y-%m-%dT%H:%MZ}"
            enqueue(kind, {}, dedupe_key=key, priority=Priority.IDLE)


def start_of_stretch(now: datetime, minutes: int) -> datetime:
    """When the present stretch of so many minutes began; the first one ever began on 1 January 1970, UTC."""
    return now - (now - DAY_ONE) % timedelta(minutes=minutes)
