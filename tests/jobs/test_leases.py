"""A claim that is lost commits nothing, and a claim that is kept is not taken away."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from structlog.testing import capture_logs

from mrc.core.clock import now as clock_now
from mrc.core.db import db
from mrc.jobs import leases
from mrc.jobs.leases import WORKER_DIED, LeaseLost
from mrc.jobs.models import Job, JobState
from mrc.jobs.registry import Payload, job
from mrc.jobs.service import enqueue
from mrc.jobs.worker import Rhythm, keep_up, run_one
from tests.jobs.small_world import effects, note

LEASE = timedelta(seconds=60)


@pytest.fixture
def job_id(world: Flask, clock: time_machine.Traveller) -> UUID:
    with world.app_context():
        row = enqueue("test.note", {"name": "a"})
        db.session.commit()
        return row.id


def claim(world: Flask, job_id: UUID) -> leases.Claim | None:
    with world.app_context():
        claimed = leases.claim(LEASE, job_id)
        db.session.commit()
        return claimed


def test_a_double_delivery_is_dropped(world: Flask, job_id: UUID, clock: time_machine.Traveller) -> None:
    assert claim(world, job_id)
    assert not run_one(world, job_id), "it is running elsewhere"
    clock.shift(LEASE * 2)
    keep_up(world)
    assert run_one(world, job_id)
    assert not run_one(world, job_id), "it is done"
    assert effects(world) == {("a", "done"): 1}


def test_many_hands_reach_for_one_job_and_one_gets_it(world: Flask, job_id: UUID) -> None:
    with ThreadPoolExecutor(8) as hands:
        assert sum(hands.map(lambda _: run_one(world, job_id), range(24))) == 1
    assert effects(world) == {("a", "done"): 1}


def test_a_job_of_a_dead_worker_goes_to_the_next_after_the_lease(
    world: Flask, job_id: UUID, clock: time_machine.Traveller
) -> None:
    assert claim(world, job_id)
    clock.shift(LEASE)
    keep_up(world)
    assert not run_one(world), "the lease holds to its last instant"
    clock.shift(timedelta(seconds=1))
    keep_up(world)
    assert run_one(world)
    assert not run_one(world)
    assert effects(world) == {("a", "done"): 1}


def test_a_job_that_kills_every_worker_is_parked(
    world: Flask, job_id: UUID, clock: time_machine.Traveller
) -> None:
    for _ in range(5):
        assert claim(world, job_id)
        clock.shift(LEASE * 2)
        keep_up(world)
    assert claim(world, job_id) is None
    with world.app_context():
        row = db.session.get_one(Job, job_id)
        assert (row.state, row.last_error, row.attempts) == (JobState.PARKED, WORKER_DIED, 5)


@pytest.mark.parametrize("has_been_done", [True, False], ids=["and done", "and begun"])
def test_whoever_lost_the_lease_commits_nothing(
    world: Flask, clock: time_machine.Traveller, has_been_done: bool
) -> None:
    """A process can be stopped for longer than its lease: a laptop's lid, a paused virtual machine."""
    first_time = True

    @job("test.paused")
    def oversleep(payload: Payload) -> None:
        nonlocal first_time
        if first_time:
            first_time = False
            clock.shift(LEASE * 2)
            keep_up(world)
            assert run_one(world, job_id) if has_been_done else claim(world, job_id)
        note("a")

    with world.app_context():
        job_id = enqueue("test.paused", {}).id
        db.session.commit()
    with capture_logs() as lines:
        assert run_one(world, job_id)
    assert lines[-1]["state"] == "lost"
    assert effects(world) == ({("a", "done"): 1} if has_been_done else {})


@pytest.mark.parametrize(
    "step",
    [
        leases.finish,
        lambda held: leases.extend(held, LEASE),
        lambda held: leases.fail(held, "ValueError", LEASE),
        lambda held: leases.put_off(held, clock_now()),
    ],
    ids=["finish", "extend", "fail", "put_off"],
)
def test_every_step_asks_whether_the_claim_still_stands(
    world: Flask, job_id: UUID, clock: time_machine.Traveller, step: Callable[[leases.Claim], object]
) -> None:
    lost = claim(world, job_id)
    clock.shift(LEASE * 2)
    keep_up(world)
    assert claim(world, job_id)
    with world.app_context(), pytest.raises(LeaseLost):
        step(lost)


def test_a_long_job_gives_signs_of_life_and_keeps_its_lease(world: Flask) -> None:
    hasty = Rhythm(lease=timedelta(seconds=0.6))

    @job("test.long")
    def take_long(payload: Payload) -> None:
        for _ in range(8):
            time.sleep(0.2)
            keep_up(world)
            assert not run_one(world, job_id)
        note("a")

    with world.app_context():
        job_id = enqueue("test.long", {}).id
        db.session.commit()
    assert run_one(world, rhythm=hasty)
    assert effects(world) == {("a", "done"): 1}
    with world.app_context():
        assert db.session.get_one(Job, job_id).attempts == 1
