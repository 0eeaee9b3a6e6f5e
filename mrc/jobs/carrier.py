"""The Celery driver: a broker (RabbitMQ or Redis) tells workers the id of a job to look at, and nothing else.

The broker is a bell, not a memory. A message that is lost, late or doubled does no harm: the worker claims
the row by its id and drops what it cannot claim, and every few seconds a sweep tells again what is due. So
messages are not written to disk, and are acknowledged when they are heard, not when the job is done: a long
job outlives RabbitMQ's 30 minutes for an acknowledgement and Redis' hour of invisibility, and the job of a
killed worker comes back after its lease, through the table, on either. Delays never enter the broker.

Jobs run in threads: no connection crosses a fork, and the consumer answers heartbeats during long jobs.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from mrc.core import clock
from mrc.jobs import queries, worker
from mrc.jobs.faults import crash_at
from mrc.jobs.service import DUE_ON_COMMIT
from mrc.jobs.worker import RHYTHM, Rhythm

if TYPE_CHECKING:
    from celery import Celery

EXTENSION = "mrc_bell"
QUEUE = "mrc.jobs"
TASK = "mrc.run"
MOST_WAITING = 200
"""While so many messages wait, the sweep tells no more: a backlog stays in the table, in its order."""
MOST_UNTOLD = 1_000
CONNECT_SECONDS = 2
ANSWER_SECONDS = 10
HEARTBEAT_SECONDS = 10
REDIS_OPTIONS = {
    # Nothing is acknowledged to Redis: if that fails while Redis restarts, the consumer stops for good.
    "ack_emulation": False,
    "socket_connect_timeout": CONNECT_SECONDS,
    "socket_timeout": ANSWER_SECONDS,
}
AMQP_OPTIONS = {"read_timeout": ANSWER_SECONDS, "write_timeout": ANSWER_SECONDS}
log = structlog.get_logger("mrc.jobs")


class Bell:
    """Tells the broker of jobs from a thread of its own, so that no request ever waits for a broker.

    Whatever cannot be told, because the broker is down or too much waits, is left to the sweep.
    """

    def __init__(self, celery: Celery) -> None:
        self._celery = celery
        self._untold: Queue[UUID] = Queue(MOST_UNTOLD)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def ring(self, job_ids: Iterable[UUID]) -> None:
        """Tell of jobs soon. Returns at once and never raises."""
        try:
            for job_id in job_ids:
                self._untold.put_nowait(job_id)
        except Full:
            log.warning("jobs left to the sweep", reason="full")
        with self._starting:
            # A thread does not live on in a forked child, so it is started where it is first needed.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._tell, name="bell", daemon=True)
                self._thread.start()

    def _tell(self) -> None:
        while True:
            job_id = self._untold.get()
            try:
                send(self._celery, job_id)
            except Exception as error:  # noqa: BLE001 - the bell outlives whatever the broker does
                self._forget(type(error).__name__)

    def _forget(self, reason: str) -> None:
        with suppress(Empty):
            while True:
                self._untold.get_nowait()
        log.warning("jobs left to the sweep", reason=reason)


def init_carrier(app: Flask) -> None:
    """Ring the bell after every commit that enqueued something due, when a broker is configured."""
    if broker_url := app.extensions["mrc_settings"].broker_url:
        app.extensions[EXTENSION] = Bell(make_celery(broker_url))
    if not event.contains(Session, "after_commit", _tell_of_committed):
        event.listen(Session, "after_commit", _tell_of_committed)
        event.listen(Session, "after_rollback", _forget_rolled_back)


def run(app: Flask, concurrency: int = 2, rhythm: Rhythm = RHYTHM) -> None:
    """Run what the broker tells of, and sweep, until SIGTERM or SIGINT; what has begun is finished first."""
    celery = make_celery(app.extensions["mrc_settings"].broker_url)
    import_module("celery.signals").setup_logging.connect(_keep_our_logging)

    @celery.task(name=TASK, shared=False)
    def run_told(job_id: str) -> None:
        try:
            worker.run_one(app, UUID(job_id), rhythm)
        except Exception:
            # Celery would log the message of the exception, which may quote what people wrote.
            log.warning("the queue could not be reached", exc_info=True)

    stopping = threading.Event()
    arguments = (app, celery, rhythm, stopping)
    sweeper = threading.Thread(target=_sweep_until, args=arguments, name="sweep", daemon=True)
    sweeper.start()
    log.info("worker started", driver="celery", count=concurrency)
    options = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True, "quiet": True}
    celery.Worker(pool="threads", concurrency=concurrency, **options).start()
    stopping.set()
    sweeper.join(rhythm.upkeep_seconds)
    log.info("worker stopped", driver="celery")


def make_celery(broker_url: str) -> Celery:
    """A Celery application that speaks JSON only, keeps no results and gives up soon on a dead broker."""
    # Loaded here and not above: an installation with the local driver does without it.
    celery: Celery = import_module("celery").Celery("mrc", broker=broker_url, set_as_current=False)
    celery.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_default_queue=QUEUE,
        task_default_delivery_mode="transient",
        task_acks_late=False,
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        # Otherwise a lost connection leaves changes of the prefetch count behind, each of which waits for
        # the broker's answer inside the consumer's loop and may hold it up for minutes. We need no fewer.
        worker_enable_prefetch_count_reduction=False,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        # A look at the heartbeat each second is also what wakes an idle consumer that was told to stop.
        broker_heartbeat=HEARTBEAT_SECONDS,
        broker_heartbeat_checkrate=HEARTBEAT_SECONDS,
        broker_connection_timeout=CONNECT_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=REDIS_OPTIONS if broker_url.startswith("redis") else AMQP_OPTIONS,
    )
    return celery


def send(celery: Celery, job_id: UUID) -> None:
    """Tell the broker that a job is due. Raises what the broker's client raises."""
    celery.send_task(TASK, args=[str(job_id)], retry=False)


def sweep(app: Flask, celery: Celery) -> int:
    """Tell of what is due, as far as the broker has room; returns of how many jobs."""
    with celery.connection_for_write() as connection:
        queue = celery.amqp.queues[QUEUE].bind(connection.default_channel)
        room = MOST_WAITING - queue.queue_declare().message_count
    with app.app_context():
        job_ids = queries.list_due_ids(clock.now(), limit=max(room, 0))
    for job_id in job_ids:
        send(celery, job_id)
    return len(job_ids)


def _sweep_until(app: Flask, celery: Celery, rhythm: Rhythm, stopping: threading.Event) -> None:
    while not stopping.is_set():
        worker.keep_up(app)
        try:
            sweep(app, celery)
        except Exception:
            log.warning("sweep failed", exc_info=True)
        stopping.wait(rhythm.upkeep_seconds)


def _tell_of_committed(session: Session) -> None:
    if session.in_nested_transaction():
        return
    if job_ids := session.info.pop(DUE_ON_COMMIT, None):
        crash_at("before_ring")
        if (bell := current_app.extensions.get(EXTENSION)) is not None:
            bell.ring(job_ids)


def _forget_rolled_back(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(DUE_ON_COMMIT, None)


def _keep_our_logging(**_: Any) -> None:
    """Stand in for Celery's own set-up of the loggers, which would let other libraries' lines through."""
