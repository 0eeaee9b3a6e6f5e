"""Real workers are killed, paused and told to stop: nothing is lost, and nothing is done twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import Settings
from mrc.core.db import db
from mrc.jobs.models import Job, JobState
from mrc.jobs.service import enqueue
from tests.jobs.small_world import effects
from tests.jobs.wire import Wire
from tests.support.processes import start, stop

ROOT = Path(__file__).parents[2]
POINTS = (
    "before_claim",
    "after_claim",
    "before_step",
    "after_step",
    "after_call",
    "before_done",
    "after_done",
)
# Brokers are shared by the run, and workers take whatever they hear of: those tests go one after the other.
BROKER = [pytest.mark.postgresql]
LOCAL = [
    pytest.param("sqlite", "", id="local-sqlite"),
    pytest.param("postgresql", "", id="local-postgresql", marks=pytest.mark.postgresql),
]
CELERY = [
    pytest.param("postgresql", "redis", id="redis", marks=BROKER),
    pytest.param("postgresql", "rabbitmq", id="rabbitmq", marks=BROKER),
]
ON_BOTH_DRIVERS = pytest.mark.parametrize(("database", "broker_url"), LOCAL + CELERY, indirect=True)
WITH_CELERY = pytest.mark.parametrize(("database", "broker_url"), CELERY, indirect=True)
pytestmark = pytest.mark.slow
ENOUGH_SECONDS = 60.0
"""Where a test waits it takes a few; a machine that is busy with other things may need more."""
Process = subprocess.Popen[bytes]
StartWorker = Callable[..., Process]


@pytest.fixture
def start_worker(settings: Settings, tmp_path: Path) -> Iterator[StartWorker]:
    """Start real processes (see `process.main`); those left over are ended."""
    started: list[Process] = []
    environment = os.environ | {
        "MRC_MODE": "training",
        "MRC_HOME": str(settings.home),
        "MRC_DATABASE_URL": settings.database_url,
    }

    def begin(*names: str, crash_at: str = "", broker_url: str = settings.broker_url) -> Process:
        command = [sys.executable, "-m", "tests.jobs.process", *names]
        special = {"MRC_CRASH_AT": crash_at, "MRC_BROKER_URL": broker_url}
        process = start(command, log=tmp_path / "worker.log", cwd=ROOT, environment=environment | special)
        started.append(process)
        return process

    yield begin
    for process in started:
        stop(process.pid)


@pytest.fixture
def ask(world: Flask, tmp_path: Path) -> Callable[..., None]:
    """Enqueue one job per name, in one transaction."""

    def ask(kind: str, *names: str, **payload: Any) -> None:
        with world.app_context():
            for name in names:
                enqueue(kind, {"name": name, "outside": str(tmp_path / "outside"), **payload})
            db.session.commit()

    return ask


def wait_for(condition: Callable[[], bool], seconds: float = ENOUGH_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def count(world: Flask, *states: JobState) -> int:
    with world.app_context():
        query = select(func.count()).select_from(Job).where(Job.state.in_(states))
        return db.session.scalar(query) or 0


def all_is_done(world: Flask) -> bool:
    return count(world, JobState.QUEUED, JobState.RUNNING) == 0


def assert_each_was_sent_once(world: Flask, names: set[str], outside: Path) -> None:
    """Every name was attempted once, called out for at most once, and ended once: as sent or as unknown."""
    seen = effects(world)
    calls = Counter(outside.read_text().split())
    for name in names:
        assert seen[name, "sending"] == 1
        assert seen.get((name, "sent"), 0) + seen.get((name, "unknown"), 0) == 1
        assert calls[name] <= 1
        if (name, "sent") in seen:
            assert calls[name] == 1


@ON_BOTH_DRIVERS
def test_a_worker_killed_at_every_point_loses_and_doubles_nothing(
    world: Flask, ask: Callable[..., None], start_worker: StartWorker, tmp_path: Path
) -> None:
    for point in POINTS:
        ask("test.send", f"send-{point}")
        ask("test.tough", point)
        assert start_worker(crash_at=point).wait(ENOUGH_SECONDS) == -signal.SIGKILL
    start_worker()
    wait_for(lambda: all_is_done(world))
    assert {name: times for (name, what), times in effects(world).items() if what == "done"} == dict.fromkeys(
        POINTS, 1
    )
    assert_each_was_sent_once(world, {f"send-{point}" for point in POINTS}, tmp_path / "outside")
    assert count(world, JobState.DONE) == 2 * len(POINTS)


@ON_BOTH_DRIVERS
def test_a_worker_killed_at_any_moment_loses_and_doubles_nothing(
    world: Flask, ask: Callable[..., None], start_worker: StartWorker, tmp_path: Path
) -> None:
    notes, sends = {f"note-{number}" for number in range(300)}, {f"send-{number}" for number in range(100)}
    ask("test.send", *sends)
    ask("test.tough", *notes)
    for _ in range(3):
        before = count(world, JobState.DONE)
        worker = start_worker()
        wait_for(lambda before=before: count(world, JobState.DONE) > before)
        time.sleep(random.uniform(0, 0.2))
        os.killpg(worker.pid, signal.SIGKILL)
    assert not all_is_done(world), "the kills came too late to show anything"
    start_worker()
    wait_for(lambda: all_is_done(world))
    assert {name: times for (name, what), times in effects(world).items() if what == "done"} == dict.fromkeys(
        notes, 1
    )
    assert_each_was_sent_once(world, sends, tmp_path / "outside")


def test_two_workers_race_for_two_thousand_jobs_and_each_is_done_once(
    world: Flask, ask: Callable[..., None], start_worker: StartWorker
) -> None:
    names = [f"note-{number}" for number in range(2_000)]
    ask("test.tough", *names)
    start_worker()
    start_worker()
    wait_for(lambda: all_is_done(world))
    assert effects(world) == {(name, "done"): 1 for name in names}
    with world.app_context():
        assert db.session.scalars(select(Job.attempts).distinct()).all() == [1]


def test_a_worker_that_was_paused_beyond_its_lease_commits_nothing(
    world: Flask, ask: Callable[..., None], start_worker: StartWorker, tmp_path: Path
) -> None:
    ask("test.slow", "a", seconds=0.5)
    paused = start_worker()
    wait_for(lambda: count(world, JobState.RUNNING) == 1)
    os.killpg(paused.pid, signal.SIGSTOP)
    time.sleep(1.1)
    start_worker()
    wait_for(lambda: all_is_done(world))
    os.killpg(paused.pid, signal.SIGCONT)
    wait_for(lambda: '"lost"' in (tmp_path / "worker.log").read_text())
    assert effects(world) == {("a", "done"): 1}


@ON_BOTH_DRIVERS
def test_a_worker_told_to_stop_finishes_what_it_began(
    world: Flask, ask: Callable[..., None], start_worker: StartWorker
) -> None:
    ask("test.slow", "begun", seconds=1)
    worker = start_worker()
    wait_for(lambda: count(world, JobState.RUNNING) == 1)
    ask("test.slow", *[f"waiting-{number}" for number in range(20)], seconds=1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(ENOUGH_SECONDS) == 0
    assert effects(world)["begun", "done"] == 1
    assert count(world, JobState.RUNNING) == 0, "whatever was begun was finished"
    assert count(world, JobState.QUEUED) >= 15, "the rest is left for the next worker"


def test_a_worker_told_to_stop_does_not_wait_for_ever(
    world: Flask, ask: Callable[..., None], start_worker: StartWorker
) -> None:
    ask("test.slow", "a", seconds=60)
    worker = start_worker()
    wait_for(lambda: count(world, JobState.RUNNING) == 1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(ENOUGH_SECONDS) == 0
    assert effects(world) == {}


@WITH_CELERY
def test_a_process_that_dies_before_it_can_tell_the_broker_loses_nothing(
    world: Flask, start_worker: StartWorker
) -> None:
    asking = start_worker("a", "b", crash_at="before_ring")
    assert asking.wait(ENOUGH_SECONDS) == -signal.SIGKILL
    start_worker()
    wait_for(lambda: count(world, JobState.DONE) == 2)
    assert effects(world) == {("a", "done"): 1, ("b", "done"): 1}


@WITH_CELERY
def test_a_broker_that_goes_and_comes_back_loses_nothing(
    world: Flask, ask: Callable[..., None], start_worker: StartWorker, broker_url: str
) -> None:
    wire = Wire(urlsplit(broker_url).port or 0)
    start_worker(broker_url=broker_url.replace(str(wire.server_port), str(wire.port)))
    # Slow enough that messages wait in the worker, heard but not begun, when the broker goes.
    ask("test.slow", *[f"before-{number}" for number in range(12)], seconds=0.2)
    wait_for(lambda: count(world, JobState.DONE) > 0)
    wire.close()
    ask("test.tough", *[f"meanwhile-{number}" for number in range(50)])
    time.sleep(0.5)
    wire.open()
    wait_for(lambda: all_is_done(world), 2 * ENOUGH_SECONDS)
    assert set(effects(world).values()) == {1}
    assert len(effects(world)) == 62
    wire.close()
