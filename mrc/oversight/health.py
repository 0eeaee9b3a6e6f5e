"""What machines ask: is the database there, at the right schema, with keys that open what is stored."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask, Response, g, request
from prometheus_client import Gauge, Histogram, generate_latest
from sqlalchemy.exc import DBAPIError

from mrc.core.db import db
from mrc.core.db.engine import is_reachable
from mrc.core.db.migrations import schema_is_current
from mrc.core.errors import SealBroken
from mrc.core.metrics import METRICS
from mrc.core.sealed import seal, unseal
from mrc.jobs import queries as jobs

REQUESTS = Histogram(
    "mrc_request_seconds", "Time to answer a request.", ["endpoint", "method", "status"], registry=METRICS,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)  # fmt: skip
JOBS = Gauge("mrc_jobs", "Jobs by state.", ["state"], registry=METRICS)
OLDEST_JOB = Gauge(
    "mrc_oldest_ready_job_seconds", "Age of the oldest job that could run now.", registry=METRICS
)


@dataclass(frozen=True)
class Check:
    """One thing that must be well, and whether it is."""

    name: str
    is_well: bool


def checks() -> Iterator[Check]:
    """Database, migrations, keys: in this order, because the later need the earlier."""
    reachable = _database_answers()
    yield Check("database", reachable)
    yield Check("migrations", reachable and schema_is_current())
    yield Check("keys", _keys_open())


def metrics_text() -> bytes:
    """Everything counted, in Prometheus' text format. Labels are endpoints and states, never a person."""
    for state, count in jobs.count_by_state().items():
        JOBS.labels(state=state).set(count)
    OLDEST_JOB.set(jobs.oldest_ready_seconds())
    return generate_latest(METRICS)


def init_metrics(app: Flask) -> None:
    app.after_request(_count)


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    started = g.get("started")
    if started is not None and endpoint != "static":
        seconds = time.perf_counter() - started
        REQUESTS.labels(endpoint, request.method, str(response.status_code)).observe(seconds)
    return response


def _database_answers() -> bool:
    try:
        return is_reachable(db.session())
    except DBAPIError:
        db.session.rollback()
        return False


def _keys_open() -> bool:
    try:
        return unseal(seal("well", "health"), "health") == "well"
    except SealBroken:
        return False
