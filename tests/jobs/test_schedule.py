"""Periodic work is made once per stretch of time, and never in a heap."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from mrc.core import clock as time
from mrc.core.db import db
from mrc.jobs.models import Job, JobState
from mrc.jobs.registry import job
from mrc.jobs.retention import KEPT, forget_finished
from mrc.jobs.schedule import start_of_stretch
from mrc.jobs.worker import drain, keep_up
from tests.jobs.small_world import note


@pytest.fixture
def periodic(monkeypatch: pytest.MonkeyPatch) -> None:
    """One kind that runs every five minutes, and no other."""
    monkeypatch.setattr("mrc.jobs.registry.KINDS", {})
    job("test.tick", every_minutes=5)(lambda payload: note("tick"))


def keys(world: Flask) -> list[str | None]:
    with world.app_context():
        return list(db.session.scalars(select(Job.dedupe_key).order_by(Job.dedupe_key)))


def test_many_workers_make_one_row(world: Flask, periodic: None, clock: time_machine.Traveller) -> None:
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(lambda _: keep_up(world), range(16)))
    assert keys(world) == ["test.tick@2026-03-02T09:00Z"]


def test_each_stretch_has_its_row(world: Flask, periodic: None, clock: time_machine.Traveller) -> None:
    for _ in range(11):
        keep_up(world)
        drain(world)
        clock.shift(timedelta(minutes=1))
    assert keys(world) == [f"test.tick@2026-03-02T09:{minute}Z" for minute in ("00", "05", "10")]


def test_no_row_is_made_while_the_last_one_is_open(
    world: Flask, periodic: None, clock: time_machine.Traveller
) -> None:
    for _ in range(10):
        keep_up(world)
        clock.shift(timedelta(minutes=5))
    assert len(keys(world)) == 1


def test_three_days_off_are_not_made_up_for(
    world: Flask, periodic: None, clock: time_machine.Traveller
) -> None:
    keep_up(world)
    clock.shift(timedelta(days=3))
    keep_up(world)
    assert drain(world) == 1
    keep_up(world)
    assert drain(world) == 1


@pytest.mark.parametrize(("minutes", "start"), [(1, "09:37"), (5, "09:35"), (60, "09:00"), (1440, "00:00")])
def test_stretches_are_counted_from_midnight(minutes: int, start: str) -> None:
    now = datetime(2026, 3, 2, 9, 37, 12, 5, tzinfo=UTC)
    assert f"{start_of_stretch(now, minutes):%Y-%m-%d %H:%M:%S.%f}" == f"2026-03-02 {start}:00.000000"


def test_rest_is_forgotten_after_thirty_days_and_parked_jobs_are_not(
    world: Flask, clock: time_machine.Traveller
) -> None:
    old, young = time.now() - KEPT - timedelta(seconds=1), time.now() - KEPT
    with world.app_context():
        for state in (JobState.DONE, JobState.CANCELLED, JobState.PARKED):
            for finished_at in (old, young):
                row = Job(kind="test.note", payload={}, run_at=old, max_attempts=5, state=state)
                row.finished_at = finished_at
                db.session.add(row)
        db.session.commit()
        for _ in forget_finished({}):
            db.session.commit()
        rows = db.session.execute(select(Job.state, func.count()).group_by(Job.state)).all()
        assert dict(rows) == {JobState.DONE: 1, JobState.CANCELLED: 1, JobState.PARKED: 2}
