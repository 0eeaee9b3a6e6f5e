"""Running jobs: one at a time by `run_one`, which both drivers call, or forever by the local driver.

The life of a job, with the places where a test may kill it:

    claim, commit                     before_claim | after_claim
    the function's first step
      yield: fence, commit            before_step | after_step
    the function's last step
    fence and 'done', commit          before_done | after_done
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from queue import Empty, SimpleQueue
from uuid import UUID

import structlog
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.exc import SQLAlchemyError
from structlog.contextvars import bound_contextvars

from mrc.core.db import db
from mrc.jobs import leases, schedule
from mrc.jobs.faults import crash_at
from mrc.jobs.leases import Claim, LeaseLost
from mrc.jobs.models import JobState
from mrc.jobs.registry import Later, get_kind, wait_after

SOURCE_LOCALE = "en"
STOPPING = (signal.SIGTERM, signal.SIGINT)
log = structlog.get_logger("mrc.jobs")


@dataclass(frozen=True)
class Rhythm:
    """How often a worker does what it does. Tests hurry; the product keeps these."""

    lease: timedelta = timedelta(seconds=60)
    """How long a worker may be silent before its job goes to another; it gives a sign three times in it."""
    poll_seconds: float = 0.5
    upkeep_seconds: float = 5.0
    grace_seconds: float = 30.0
    """How long a worker that was told to stop may finish its jobs. What it does not, runs again elsewhere."""


RHYTHM = Rhythm()


def run_one(app: Flask, job_id: UUID | None = None, rhythm: Rhythm = RHYTHM) -> bool:
    """Claim a job (the named one, or the one that goes first) and run it to whatever end it comes to.

    False when there was none to claim: nothing is due, or the named one is not due, running elsewhere or
    over. Opens an application context, and so a session, of its own. Raises what the database raises when it
    is gone.
    """
    with app.app_context():
        if (claim := _claim(rhythm, job_id)) is None:
            return False
        with bound_contextvars(job=str(claim.job_id), kind=claim.kind), _held(app, claim, rhythm):
            _run(claim, rhythm)
        return True


def drain(app: Flask) -> int:
    """Run jobs until none is due, and return how many were run. For tests, the demo and the command line."""
    count = 0
    while run_one(app):
        count += 1
    return count


def run_forever(app: Flask, concurrency: int = 1, rhythm: Rhythm = RHYTHM) -> None:
    """The local driver: run what is due in `concurrency` threads until SIGTERM or SIGINT; a second one kills.

    The calling thread, which must be the main one, does the upkeep.
    """
    # SimpleQueue.put() may be called inside a signal handler; Event.set() may wait there for itself.
    heard: SimpleQueue[int] = SimpleQueue()
    before = {number: signal.signal(number, lambda n, _: heard.put(n)) for number in STOPPING}
    stopping = threading.Event()
    hands = [
        threading.Thread(target=_run_until, args=(app, rhythm, stopping), name=f"jobs-{number}", daemon=True)
        for number in range(concurrency)
    ]
    for hand in hands:
        hand.start()
    log.info("worker started", driver="local", count=concurrency)
    keep_up(app)
    while not _is_heard(heard, rhythm.upkeep_seconds):
        keep_up(app)
    for number, handler in before.items():
        signal.signal(number, handler)
    stopping.set()
    deadline = time.monotonic() + rhythm.grace_seconds
    for hand in hands:
        hand.join(max(0.0, deadline - time.monotonic()))
    log.info("worker stopped", driver="local")


def keep_up(app: Flask) -> None:
    """Take back jobs of workers that died and make the rows of periodic work. Logs errors, raises none."""
    try:
        with app.app_context():
            if released := leases.release_expired():
                log.warning("jobs taken back", count=released)
            schedule.make_due_rows()
            db.session.commit()
    except Exception:
        log.warning("upkeep failed", exc_info=True)


def _run_until(app: Flask, rhythm: Rhythm, stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            is_busy = run_one(app, rhythm=rhythm)
        except Exception:
            log.warning("the queue could not be reached", exc_info=True)
            is_busy = False
        if not is_busy:
            stopping.wait(rhythm.poll_seconds)


def _is_heard(heard: SimpleQueue[int], seconds: float) -> bool:
    try:
        heard.get(timeout=seconds)
    except Empty:
        return False
    return True


def _claim(rhythm: Rhythm, job_id: UUID | None) -> Claim | None:
    claim = leases.claim(rhythm.lease, job_id)
    crash_at("before_claim")
    db.session.commit()
    db.session.remove()
    crash_at("after_claim")
    return claim


def _run(claim: Claim, rhythm: Rhythm) -> None:
    started = time.perf_counter()
    try:
        state: str = _attempt(claim, rhythm)
    except LeaseLost:
        db.session.rollback()
        state = "lost"
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    log.info("job", state=state, attempt=claim.attempt, milliseconds=milliseconds)


def _attempt(claim: Claim, rhythm: Rhythm) -> JobState:
    """Do the work and commit, or roll back and commit what becomes of the job. Raises LeaseLost."""
    try:
        _do(claim, rhythm)
        return JobState.DONE
    except LeaseLost:
        raise
    except Later as later:
        db.session.rollback()
        leases.put_off(claim, later.run_at)
        state = JobState.QUEUED
    except Exception as error:
        db.session.rollback()
        log.warning("job failed", attempt=claim.attempt, exc_info=error)
        state = leases.fail(claim, _name_of(error), wait_after(claim.kind, claim.attempt))
    db.session.commit()
    return state


def _do(claim: Claim, rhythm: Rhythm) -> None:
    """Run the function in the recipient's language; what it did last is committed together with 'done'."""
    with force_locale(claim.locale or SOURCE_LOCALE):
        for _ in get_kind(claim.kind).handler(claim.payload) or ():
            leases.extend(claim, rhythm.lease)
            crash_at("before_step")
            db.session.commit()
            # The function goes on without a connection, and without rows that would quietly take one.
            db.session.remove()
            crash_at("after_step")
        leases.finish(claim)
        crash_at("before_done")
        db.session.commit()
        crash_at("after_done")


def _name_of(error: Exception) -> str:
    """The class and the number of an error, never its message, which may quote what people wrote."""
    code = getattr(error, "code", None)
    name = type(error).__name__
    return (f"{name} {code}" if isinstance(code, int) else name)[:120]


@contextmanager
def _held(app: Flask, claim: Claim, rhythm: Rhythm) -> Iterator[None]:
    """Keep the lease from running out while the body runs."""
    ended = threading.Event()
    keeper = threading.Thread(target=_give_signs, args=(app, claim, rhythm, ended), name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


def _give_signs(app: Flask, claim: Claim, rhythm: Rhythm, ended: threading.Event) -> None:
    while not ended.wait(rhythm.lease.total_seconds() / 3):
        try:
            with app.app_context():
                leases.extend(claim, rhythm.lease)
                db.session.commit()
        except LeaseLost:
            return
        except SQLAlchemyError:
            # On SQLite a function that writes holds the lock, so nobody else can take its job meanwhile.
            log.warning("lease not extended", job=str(claim.job_id), exc_info=True)
