"""What becomes of a job, in one process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm.exc import DetachedInstanceError
from structlog.testing import capture_logs

from mrc.core import clock as time
from mrc.core.db import db
from mrc.jobs import queries
from mrc.jobs.models import Job, JobState, Priority
from mrc.jobs.registry import FIRST_WAIT, LONGEST_WAIT, Later, Payload, job, wait_after
from mrc.jobs.service import enqueue
from mrc.jobs.worker import drain, run_one
from tests.jobs.small_world import effects, note

Ask = Callable[..., None]
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ask(world: Flask) -> Ask:
    """Enqueue and commit."""

    def ask(kind: str, name: str = "a", **options: Any) -> None:
        with world.app_context():
            enqueue(kind, {"name": name}, **options)
            db.session.commit()

    return ask


def the_job(world: Flask) -> Job:
    with world.app_context():
        return db.session.scalars(select(Job)).one()


def test_a_job_is_done_once(world: Flask, ask: Ask) -> None:
    ask("test.note")
    assert run_one(world)
    assert not run_one(world)
    assert effects(world) == {("a", "done"): 1}
    done = the_job(world)
    assert (done.state, done.attempts, done.owner, done.lease_until) == (JobState.DONE, 1, None, None)
    assert done.finished_at == time.now()


@pytest.mark.parametrize("locale", ["ur", "ps", "fa_AF", "ar", "ckb"])
def test_a_job_speaks_the_language_of_the_recipient(world: Flask, ask: Ask, locale: str) -> None:
    ask("test.locale", locale=locale)
    assert run_one(world)
    assert effects(world) == {("a", locale): 1}


def test_a_job_for_nobody_speaks_english(world: Flask, ask: Ask) -> None:
    ask("test.locale")
    assert run_one(world)
    assert effects(world) == {("a", "en"): 1}


def test_what_is_urgent_goes_first_and_then_what_is_oldest(world: Flask, ask: Ask) -> None:
    order: list[str] = []
    job("test.order")(lambda payload: order.append(payload["name"]))
    now = time.now()
    ask("test.order", "idle", priority=Priority.IDLE, run_at=now - timedelta(days=1))
    ask("test.order", "second", run_at=now - timedelta(seconds=1))
    ask("test.order", "tomorrow", priority=Priority.URGENT, run_at=now + timedelta(days=1))
    ask("test.order", "first", run_at=now - timedelta(seconds=2))
    ask("test.order", "urgent", priority=Priority.URGENT)
    assert drain(world) == 4
    assert order == ["urgent", "first", "second", "idle"]


def test_a_failure_undoes_what_was_begun_and_waits_before_the_next_try(world: Flask, ask: Ask) -> None:
    ask("test.poison")
    assert run_one(world)
    failed = the_job(world)
    assert effects(world) == {}
    assert (failed.state, failed.attempts) == (JobState.QUEUED, 1)
    assert 0.8 * FIRST_WAIT <= failed.run_at - time.now() <= 1.2 * FIRST_WAIT
    assert not run_one(world)


def test_a_poisoned_job_is_parked_after_five_tries_and_the_others_go_on(
    world: Flask, ask: Ask, clock: time_machine.Traveller
) -> None:
    ask("test.poison", priority=Priority.URGENT)
    for number in range(7):
        ask("test.note", f"other {number}")
        drain(world)
        clock.shift(timedelta(hours=8))
    with world.app_context():
        parked = db.session.scalars(select(Job).where(Job.state == JobState.PARKED)).one()
        assert (parked.kind, parked.attempts) == ("test.poison", 5)
        assert queries.count_by_state() == {JobState.QUEUED: 0, JobState.RUNNING: 0, JobState.PARKED: 1}
    assert len(effects(world)) == 7


def test_what_people_said_reaches_neither_the_row_nor_the_log(world: Flask, ask: Ask) -> None:
    ask("test.poison")
    with capture_logs() as lines:
        run_one(world)
    assert the_job(world).last_error == "ValueError"
    assert lines[-1] | {"milliseconds": 0} == {
        "event": "job", "log_level": "info", "state": "queued", "attempt": 1, "milliseconds": 0,
    }  # fmt: skip


def test_the_number_of_a_provider_s_error_is_kept(world: Flask, ask: Ask) -> None:
    class ProviderSaysNo(Exception):
        code = 21610

    @job("test.refused")
    def refuse(payload: Payload) -> None:
        raise ProviderSaysNo("+93 70 000 0000")

    ask("test.refused")
    run_one(world)
    assert the_job(world).last_error == "ProviderSaysNo 21610"


def test_a_job_of_a_newer_release_waits_for_a_newer_worker(world: Flask, ask: Ask) -> None:
    job("test.new")(lambda payload: None)
    ask("test.new")
    with pytest.MonkeyPatch.context() as old_release:
        old_release.setattr("mrc.jobs.registry.KINDS", {})
        run_one(world)
    waiting = the_job(world)
    assert (waiting.state, waiting.last_error) == (JobState.QUEUED, "UnknownKind")


def test_not_now_is_no_failure(world: Flask, ask: Ask, clock: time_machine.Traveller) -> None:
    until = time.now() + timedelta(minutes=3)

    @job("test.later", max_attempts=1)
    def put_off(payload: Payload) -> None:
        note(payload["name"])
        if time.now() < until:
            raise Later(until)

    ask("test.later")
    run_one(world)
    waiting = the_job(world)
    assert (waiting.state, waiting.attempts, waiting.run_at) == (JobState.QUEUED, 0, until)
    assert effects(world) == {}
    clock.move_to(until)
    run_one(world)
    assert the_job(world).state is JobState.DONE


def test_a_step_holds_no_connection_while_it_calls_out(world: Flask, ask: Ask) -> None:
    held: list[int] = []

    @job("test.steps")
    def call_out(payload: Payload) -> Iterator[None]:
        note(payload["name"], "begun")
        yield
        held.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]
        note(payload["name"], "ended")

    ask("test.steps")
    run_one(world)
    assert held == [0]
    assert effects(world) == {("a", "begun"): 1, ("a", "ended"): 1}


def test_what_a_step_committed_stays_when_the_next_one_fails(world: Flask, ask: Ask) -> None:
    @job("test.half")
    def fail_half_way(payload: Payload) -> Iterator[None]:
        note(payload["name"], "begun")
        yield
        note(payload["name"], "ended")
        raise ValueError

    ask("test.half")
    run_one(world)
    assert effects(world) == {("a", "begun"): 1}
    assert the_job(world).state is JobState.QUEUED


def test_a_row_does_not_live_across_a_step(world: Flask, ask: Ask) -> None:
    @job("test.row")
    def carry_a_row(payload: Payload) -> Iterator[None]:
        row = db.session.scalars(select(Job)).one()
        yield
        with pytest.raises(DetachedInstanceError):
            _ = row.kind

    ask("test.row")
    run_one(world)
    assert the_job(world).state is JobState.DONE


def test_a_job_may_ask_for_the_next_one(world: Flask, ask: Ask) -> None:
    @job("test.chain")
    def go_on(payload: Payload) -> None:
        enqueue("test.note", payload, dedupe_key="next")

    ask("test.chain")
    assert drain(world) == 2
    assert effects(world) == {("a", "done"): 1}


@pytest.mark.parametrize("attempt", range(1, 40))
def test_waits_grow_fourfold_to_six_hours_at_most_and_differ_by_chance(attempt: int) -> None:
    expected = FIRST_WAIT * 4 ** (attempt - 1) if attempt < 7 else LONGEST_WAIT
    waits = {wait_after("test.note", attempt) for _ in range(20)}
    assert len(waits) > 1
    assert all(0.8 * expected <= wait <= 1.2 * expected for wait in waits)


def test_two_functions_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match=r"test\.note"):
        job("test.note")(lambda payload: None)


def test_the_monitor_sees_for_how_long_the_oldest_has_waited(world: Flask, ask: Ask) -> None:
    ask("test.note", run_at=time.now() + timedelta(hours=1))
    with world.app_context():
        assert queries.oldest_ready_seconds() == 0
    ask("test.note", run_at=time.now() - timedelta(seconds=90))
    with world.app_context():
        assert queries.oldest_ready_seconds() == 90
        assert queries.count_by_state()[JobState.QUEUED] == 2
