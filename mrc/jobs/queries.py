"""What is asked of the job table: by the worker, the sweep, the monitor and the metrics."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import NotFound
from mrc.jobs.models import OPEN_STATES, Job, JobState, Priority


def get_by_dedupe_key(dedupe_key: str) -> Job:
    """The job that was asked for under this key, whatever became of it. Raises NotFound."""
    if (found := db.session.scalar(select(Job).where(Job.dedupe_key == dedupe_key))) is None:
        raise NotFound
    return found


def find_claimable(now: datetime, job_id: UUID | None = None) -> Job | None:
    """The due job that goes first, or the named one if it is due, locked until the transaction ends.

    PostgreSQL passes over rows that another worker is claiming this moment; SQLite has one writer anyway.
    """
    if job_id is not None:
        return db.session.scalar(_due(now).where(Job.id == job_id).with_for_update(skip_locked=True))
    for priority in Priority:
        first = _due(now).where(Job.priority == priority).order_by(Job.run_at, Job.id).limit(1)
        if (found := db.session.scalar(first.with_for_update(skip_locked=True))) is not None:
            return found
    return None


def list_due_ids(now: datetime, limit: int) -> Sequence[UUID]:
    """Ids of due jobs that nobody works on, in the order in which they should run."""
    query = _due(now).with_only_columns(Job.id).order_by(Job.priority, Job.run_at, Job.id).limit(limit)
    return db.session.scalars(query).all()


def list_forgettable_ids(before: datetime, limit: int) -> Sequence[UUID]:
    """Ids of jobs that were done or cancelled before an instant, the oldest first."""
    query = select(Job.id).where(Job.finished_at < before, Job.state.in_((JobState.DONE, JobState.CANCELLED)))
    return db.session.scalars(query.order_by(Job.finished_at, Job.id).limit(limit)).all()


def exists_open(kind: str, priority: Priority) -> bool:
    """True while a job of the kind and priority is queued or running."""
    open_ones = Job.state.in_(OPEN_STATES), Job.priority == priority
    query = select(Job.id).where(*open_ones, Job.kind == kind).limit(1)
    return db.session.scalar(query) is not None


def list_keys(kinds: Collection[str], states: Collection[JobState]) -> Sequence[str]:
    """The dedupe keys of the jobs of some kinds that stand in some states."""
    query = select(Job.dedupe_key).where(Job.state.in_(states), Job.kind.in_(kinds))
    return [key for key in db.session.scalars(query) if key is not None]


def count_by_state() -> dict[JobState, int]:
    """How many jobs are queued, running and parked; those at rest for good are not counted."""
    states = (*OPEN_STATES, JobState.PARKED)
    query = select(Job.state, func.count()).where(Job.state.in_(states)).group_by(Job.state)
    return dict.fromkeys(states, 0) | dict(db.session.execute(query).all())


def oldest_ready_seconds() -> float:
    """For how long the job that has waited longest has been due; 0 when nothing waits."""
    now = clock.now()
    oldest = db.session.scalar(_due(now).with_only_columns(func.min(Job.run_at)))
    return 0.0 if oldest is None else (now - oldest).total_seconds()


def _due(now: datetime) -> Select[Job]:
    return select(Job).where(Job.state == JobState.QUEUED, Job.run_at <= now)
