"""Asking for work, and taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import CursorResult, Table, update

from mrc.core import clock
from mrc.core.db import db
from mrc.core.db.upsert import insert_if_absent
from mrc.core.errors import TransitionRefused
from mrc.jobs import queries
from mrc.jobs.models import Job, JobState, Priority
from mrc.jobs.registry import Payload, get_kind

JOBS = cast(Table, Job.__table__)
DUE_ON_COMMIT = "mrc_jobs_due_on_commit"
"""Where a session remembers the ids that a broker is told of once the rows are there for good."""


def enqueue(
    kind: str,
    payload: Payload,
    *,
    run_at: datetime | None = None,
    dedupe_key: str | None = None,
    locale: str | None = None,
    priority: Priority = Priority.NORMAL,
    centre_id: UUID | None = None,
) -> Job:
    """Write the job into the caller's transaction: it will run if, and only if, that commits.

    With a `dedupe_key` that was used before, also by someone who commits at this very moment, nothing is
    written and the earlier job is returned, whatever became of it. Raises UnknownKind.
    """
    values = {
        "kind": kind, "payload": dict(payload), "state": JobState.QUEUED, "priority": priority, "attempts": 0,
        "max_attempts": get_kind(kind).max_attempts, "run_at": run_at or clock.now(), "dedupe_key":
        dedupe_key, "locale": locale, "centre_id": centre_id,
    }  # fmt: skip
    if dedupe_key is None:
        db.session.add(job := Job(**values))
        _tell_on_commit(job)
        return job
    is_new = insert_if_absent(db.session(), JOBS, values, key=["dedupe_key"])
    job = queries.get_by_dedupe_key(dedupe_key)
    if is_new:
        _tell_on_commit(job)
    return job


def cancel(job_id: UUID) -> bool:
    """Take a queued job back. False when it has begun or is over: then it is too late."""
    taken_back = update(Job).where(Job.id == job_id, Job.state == JobState.QUEUED)
    result = db.session.execute(taken_back.values(state=JobState.CANCELLED, finished_at=clock.now()))
    return cast("CursorResult[Any]", result).rowcount == 1


def retry(job: Job) -> None:
    """Queue a parked job again, with all its tries. Raises TransitionRefused when it is not parked."""
    db.session.refresh(job, with_for_update=True)
    if job.state is not JobState.PARKED:
        raise TransitionRefused(_("Only a parked job can be started again."))
    job.state, job.attempts, job.run_at, job.finished_at = JobState.QUEUED, 0, clock.now(), None
    _tell_on_commit(job)


def _tell_on_commit(job: Job) -> None:
    if job.run_at <= clock.now():
        db.session().info.setdefault(DUE_ON_COMMIT, []).append(job.id)
