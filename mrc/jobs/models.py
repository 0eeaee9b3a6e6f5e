"""The job row."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from mrc.core.db import Identified, Json, Model, Recorded, StringEnum


class JobState(StrEnum):
    """Where a job stands. A failure that will be tried again is no state: the row is queued, for later."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    PARKED = "parked"
    CANCELLED = "cancelled"


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)


class Priority(IntEnum):
    """Who goes first among what is due. Few on purpose: the claim looks into the queue once per priority."""

    URGENT = 0
    """Someone waits for it now: an answer on WhatsApp."""
    NORMAL = 5
    IDLE = 9
    """Nobody waits: sweeps, retention, figures."""


class Job(Identified, Recorded, Model):
    """One piece of work to be done once, at or after an instant: the outbox of the whole house.

    Why a table, when Celery is there? Because a job must be written with the change that asks for it. A
    message sent to a broker before the commit speaks of a row that may never exist; sent after it, it is lost
    when the process dies in between. A row in the same transaction has neither fault. We also measured what
    brokers do with a worker killed in the middle of a task: Celery's SQLite and filesystem transports lose
    it, Redis gives it back after an hour by default, RabbitMQ at once and perhaps twice. Here the answer is
    the same everywhere: after the lease.

    It also lets an embedded installation run without any server, lets delays of weeks wait where backups see
    them, and makes the queue something that a manager can read and an operator can query.

    What it costs: two commits per job (2 to 4 ms with 150,000 rows in the queue, the same as with ten; the
    disk adds 3 ms for each on SQLite with `synchronous=FULL`) and up to half a second before an idle local
    worker looks again. Rows that came to rest are deleted after thirty days; until then their `dedupe_key`
    keeps the same work from being asked for twice.

    No column refers to another table: the queue lies below every package, and an erased record must not hold
    back, or be held back by, a job about it. Handlers cope with ids that are gone.
    """

    __tablename__ = "job"
    __table_args__ = (
        # The claim seeks here: one state, one priority, what is due. Rows of the far future are not touched.
        Index("ix_job_queue", "state", "priority", "run_at", "id"),
        CheckConstraint("state IN ('queued', 'running', 'done', 'parked', 'cancelled')", name="state"),
        CheckConstraint("(state = 'running') = (owner IS NOT NULL)", name="running_has_owner"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="running_has_lease"),
        CheckConstraint("(state IN ('queued', 'running')) = (finished_at IS NULL)", name="open_or_finished"),
    )

    kind: Mapped[str] = mapped_column(String(60), comment="Name of the registered function, package.verb")
    payload: Mapped[dict[str, Any]] = mapped_column(Json, comment="Ids and codes, never what people said")
    state: Mapped[JobState] = mapped_column(StringEnum(JobState), default=JobState.QUEUED, comment="JobState")
    priority: Mapped[int] = mapped_column(SmallInteger, default=Priority.NORMAL, comment="Low goes first")
    run_at: Mapped[datetime] = mapped_column(comment="Not before this instant, UTC; a retry moves it")
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0, comment="Times begun; a crash counts")
    max_attempts: Mapped[int] = mapped_column(SmallInteger, comment="Parked when this many tries have failed")
    lease_until: Mapped[datetime | None] = mapped_column(comment="Until when the claim holds in silence, UTC")
    owner: Mapped[str | None] = mapped_column(String(80), comment="The claim: host/process/random; the fence")
    dedupe_key: Mapped[str | None] = mapped_column(String(200), unique=True, comment="Same key, same work")
    last_error: Mapped[str] = mapped_column(String(120), default="", comment="Class and number, no message")
    locale: Mapped[str | None] = mapped_column(
        String(10), comment="Language of the recipient, forced on the job"
    )
    centre_id: Mapped[UUID | None] = mapped_column(comment="Centre it is done for; empty for the house")
    finished_at: Mapped[datetime | None] = mapped_column(
        index=True, comment="Done, parked or cancelled at, UTC"
    )
