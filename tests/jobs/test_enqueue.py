"""A job is kept if, and only if, the change that asks for it is kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from mrc.core.db import db
from mrc.core.errors import TransitionRefused
from mrc.jobs import service
from mrc.jobs.models import Job, JobState
from mrc.jobs.registry import UnknownKind
from tests.jobs.small_world import effects, note


def count_jobs() -> int:
    return db.session.scalar(select(func.count()).select_from(Job)) or 0


def test_a_job_is_written_with_the_change_that_asks_for_it(world: Flask) -> None:
    with world.app_context():
        note("asked")
        service.enqueue("test.note", {"name": "a"})
        db.session.rollback()
        assert count_jobs() == 0
        note("asked")
        service.enqueue("test.note", {"name": "a"})
        db.session.commit()
        assert count_jobs() == 1
    assert effects(world) == {("asked", "done"): 1}


def test_a_slip_in_the_kind_is_noticed_by_the_one_who_makes_it(world: Flask) -> None:
    with world.app_context(), pytest.raises(UnknownKind):
        service.enqueue("test.nope", {})


def test_the_same_key_is_the_same_work(world: Flask) -> None:
    with world.app_context():
        first = service.enqueue("test.note", {"name": "a"}, dedupe_key="a").id
        again = service.enqueue("test.note", {"name": "b"}, dedupe_key="a").id
        db.session.commit()
        later = service.enqueue("test.note", {"name": "c"}, dedupe_key="a")
        assert first == again == later.id
        assert later.payload == {"name": "a"}
        assert count_jobs() == 1


def test_the_same_key_at_the_same_moment_is_the_same_work(world: Flask) -> None:
    together = Barrier(8)

    def ask(number: int) -> UUID:
        with world.app_context():
            together.wait()
            job_id = service.enqueue("test.note", {"name": str(number)}, dedupe_key="a").id
            note(f"asked by {number}")
            db.session.commit()
            return job_id

    with ThreadPoolExecutor(8) as hands:
        assert len(set(hands.map(ask, range(8)))) == 1
    with world.app_context():
        assert count_jobs() == 1
    assert len(effects(world)) == 8, "whoever came second still kept their own change"


def test_a_key_is_free_again_when_the_first_to_use_it_rolled_back(world: Flask) -> None:
    with world.app_context():
        service.enqueue("test.note", {"name": "a"}, dedupe_key="a")
        db.session.rollback()
        assert service.enqueue("test.note", {"name": "b"}, dedupe_key="a").payload == {"name": "b"}


def test_a_queued_job_can_be_taken_back_and_a_running_one_not(
    world: Flask, in_state: Callable[..., UUID]
) -> None:
    queued, running = in_state(JobState.QUEUED), in_state(JobState.RUNNING)
    with world.app_context():
        assert service.cancel(queued)
        assert not service.cancel(queued)
        assert not service.cancel(running)
        db.session.commit()
        assert db.session.get_one(Job, queued).state is JobState.CANCELLED


@pytest.mark.parametrize("state", JobState)
def test_only_a_parked_job_is_started_again(
    world: Flask, in_state: Callable[..., UUID], state: JobState
) -> None:
    job_id = in_state(state)
    with world.app_context():
        job = db.session.get_one(Job, job_id)
        if state is JobState.PARKED:
            service.retry(job)
            db.session.commit()
            assert (job.state, job.attempts, job.finished_at) == (JobState.QUEUED, 0, None)
        else:
            with pytest.raises(TransitionRefused):
                service.retry(job)
