"""Forgetting jobs that came to rest. Parked ones stay until a person has looked at them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete

from mrc.core import clock
from mrc.core.db import db
from mrc.jobs import queries
from mrc.jobs.models import Job
from mrc.jobs.registry import Payload, job

KEPT = timedelta(days=30)
"""So long does a dedupe key keep the same work from being asked for again."""
BATCH = 1_000


@job("jobs.forget", every_minutes=60)
def forget_finished(_payload: Payload) -> Iterator[None]:
    """Delete jobs that were done or cancelled thirty days ago, in batches, so that no lock is held long."""
    before = clock.now() - KEPT
    while ids := queries.list_forgettable_ids(before, BATCH):
        db.session.execute(delete(Job).where(Job.id.in_(ids)))
        yield
