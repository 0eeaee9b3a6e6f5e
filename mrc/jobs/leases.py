"""Who holds a running job, and until when: the part that makes an effect happen once.

A claim names itself in `owner` with a word that no other claim ever uses. Every later step of the job changes
its row only where that word still stands, in the transaction of the effect it speaks of. If the lease ran out
meanwhile and someone else took the job, no row matches, LeaseLost is raised, and the effect is rolled back
with it. Nothing in here commits; the worker does.
"""

from __future__ import annotations

import os
import platform
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, Update, update

from mrc.core import clock
from mrc.core.db import db
from mrc.jobs import queries
from mrc.jobs.models import Job, JobState
from mrc.jobs.registry import Payload

WORKER_DIED = "WorkerDied"


class LeaseLost(Exception):
    """The lease ran out and the job is no longer ours: somebody else does it, or did it."""


@dataclass(frozen=True)
class Claim:
    """One try at one job, as plain values that outlive the transaction they were read in."""

    job_id: UUID
    kind: str
    payload: Payload
    locale: str | None
    attempt: int
    max_attempts: int
    owner: str


def claim(lease: timedelta, job_id: UUID | None = None) -> Claim | None:
    """Take the due job that goes first, or the named one; None when there is none to take.

    A job that is delivered twice is running or done the second time, so it is not due and not taken.
    """
    now = clock.now()
    if (job := queries.find_claimable(now, job_id)) is None:
        return None
    job.state, job.attempts = JobState.RUNNING, job.attempts + 1
    job.owner = f"{platform.node()[:40]}/{os.getpid()}/{secrets.token_hex(8)}"
    job.lease_until = now + lease
    return Claim(job.id, job.kind, job.payload, job.locale, job.attempts, job.max_attempts, job.owner)


def extend(held: Claim, lease: timedelta) -> None:
    """Hold the job for another lease from now. Raises LeaseLost."""
    _change(held, lease_until=clock.now() + lease)


def finish(held: Claim) -> None:
    """The work is done. Raises LeaseLost."""
    _let_go(held, state=JobState.DONE, finished_at=clock.now(), last_error="")


def put_off(held: Claim, run_at: datetime) -> None:
    """Queue it for later as if this try had not been. Raises LeaseLost."""
    _let_go(held, state=JobState.QUEUED, run_at=run_at, attempts=held.attempt - 1)


def fail(held: Claim, error: str, wait: timedelta) -> JobState:
    """Queue it again after a while, or park it after its last try; returns which. Raises LeaseLost."""
    now = clock.now()
    if held.attempt >= held.max_attempts:
        _let_go(held, state=JobState.PARKED, finished_at=now, last_error=error)
        return JobState.PARKED
    _let_go(held, state=JobState.QUEUED, run_at=now + wait, last_error=error)
    return JobState.QUEUED


def release_expired() -> int:
    """Take every job back whose worker gave no sign of life for its lease; returns how many.

    A job that takes its worker down with it (memory, a crash in a C library) is parked like any other.
    """
    now = clock.now()
    expired = update(Job).where(Job.state == JobState.RUNNING, Job.lease_until < now)
    expired = expired.values(owner=None, lease_until=None, last_error=WORKER_DIED)
    parked = expired.where(Job.attempts >= Job.max_attempts).values(state=JobState.PARKED, finished_at=now)
    queued = expired.where(Job.attempts < Job.max_attempts).values(state=JobState.QUEUED)
    return _count(parked) + _count(queued)


def _let_go(held: Claim, **values: Any) -> None:
    _change(held, owner=None, lease_until=None, **values)


def _change(held: Claim, **values: Any) -> None:
    ours = update(Job).where(Job.id == held.job_id, Job.owner == held.owner)
    if _count(ours.values(**values)) != 1:
        raise LeaseLost


def _count(statement: Update) -> int:
    """Change rows past the session, which holds none of the worker's own job; returns how many."""
    result = db.session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount
