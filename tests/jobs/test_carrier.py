"""The broker may be dead, silent, forgetful or slow; no request waits for it, and no job is lost with it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask

from config import Mode, Settings, problems_of
from mrc.core import clock
from mrc.core.db import db
from mrc.jobs import carrier
from mrc.jobs.carrier import CONNECT_SECONDS, MOST_WAITING, Bell, make_celery, sweep
from mrc.jobs.service import enqueue
from mrc.jobs.worker import run_one
from tests.jobs import small_world
from tests.jobs.wire import Wire, silent_server
from tests.support.processes import free_port

AT_ONCE = CONNECT_SECONDS * 0.75  # whoever waited for the broker took longer
EACH_BROKER = pytest.mark.parametrize("broker_url", ["redis", "rabbitmq"], indirect=True)


@pytest.fixture(autouse=True)
def own_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another test told the broker last may still be on its way."""
    monkeypatch.setattr(carrier, "QUEUE", f"test-{uuid4()}")


@contextmanager
def dead_server() -> Iterator[int]:
    yield free_port()


def waiting(broker_url: str) -> int:
    """How many messages wait in the queue."""
    celery = make_celery(broker_url)
    with celery.connection_for_read() as connection:
        count: int = (
            celery.amqp.queues[carrier.QUEUE].bind(connection.default_channel).queue_declare().message_count
        )
        return count


def empty(broker_url: str) -> None:
    celery = make_celery(broker_url)
    with celery.connection_for_read() as connection:
        celery.amqp.queues[carrier.QUEUE].bind(connection.default_channel).purge()


def has_come(broker_url: str, number: int, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while waiting(broker_url) < number and time.monotonic() < deadline:
        time.sleep(0.02)
    return waiting(broker_url) == number


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
@pytest.mark.parametrize("server", [dead_server, silent_server])
def test_a_broker_that_does_not_answer_delays_no_commit(scheme: str, server, settings: Settings) -> None:
    with server() as port:
        app = small_world.make_app(replace(settings, broker_url=f"{scheme}://127.0.0.1:{port}//"))
        small_world.create_tables(app)
        with app.app_context():
            for number in range(5):
                begun = time.monotonic()
                enqueue("test.note", {"name": str(number)})
                db.session.commit()
                assert time.monotonic() - begun < AT_ONCE
        assert sum(run_one(app) for _ in range(6)) == 5, "the jobs are there all the same"
        with app.app_context():
            db.engine.dispose()


def test_what_cannot_be_told_is_left_to_the_sweep() -> None:
    with silent_server() as port:
        bell = Bell(make_celery(f"amqp://127.0.0.1:{port}//"))
        begun = time.monotonic()
        bell.ring(uuid4() for _ in range(5_000))
        bell.ring([uuid4()])
        assert time.monotonic() - begun < AT_ONCE


@EACH_BROKER
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_broker_is_told_after_the_commit_and_not_before(world: Flask, broker_url: str) -> None:
    with world.app_context():
        enqueue("test.note", {"name": "rolled back"})
        db.session.rollback()
        enqueue("test.note", {"name": "tomorrow"}, run_at=clock.now() + timedelta(days=1))
        db.session.commit()
        enqueue("test.note", {"name": "now"})
        with db.session.begin_nested():
            enqueue("test.note", {"name": "and this"})
        db.session.flush()
        time.sleep(0.3)
        assert waiting(broker_url) == 0
        db.session.commit()
    assert has_come(broker_url, 2)


@EACH_BROKER
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_message_holds_the_id_and_nothing_else(world: Flask, broker_url: str) -> None:
    with world.app_context():
        job_id = enqueue("test.note", {"name": "Gul Khan"}).id
        db.session.commit()
    assert has_come(broker_url, 1)
    celery = make_celery(broker_url)
    with celery.connection_for_read() as connection:
        message = celery.amqp.queues[carrier.QUEUE].bind(connection.default_channel).get()
        assert message.content_type == "application/json"
        assert message.payload[0] == [str(job_id)]
        assert "Gul" not in f"{message.body!r}{message.headers}{message.properties}"
        message.ack()


@EACH_BROKER
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_sweep_tells_what_is_due_as_far_as_there_is_room(
    world: Flask, broker_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(world.extensions, "mrc_bell")
    with world.app_context():
        for number in range(MOST_WAITING + 50):
            enqueue("test.note", {"name": str(number)})
        enqueue("test.note", {"name": "tomorrow"}, run_at=clock.now() + timedelta(days=1))
        db.session.commit()
    celery = make_celery(broker_url)
    assert [sweep(world, celery) for _ in range(3)] == [MOST_WAITING, 0, 0]
    assert has_come(broker_url, MOST_WAITING)
    empty(broker_url)
    assert sweep(world, celery) == MOST_WAITING, "what the broker forgot is told again"


@EACH_BROKER
def test_the_bell_is_heard_again_after_the_wire_was_cut(broker_url: str) -> None:
    wire = Wire(urlsplit(broker_url).port or 0)
    bell = Bell(make_celery(broker_url.replace(str(wire.server_port), str(wire.port))))
    bell.ring([uuid4()])
    assert has_come(broker_url, 1)
    for _ in range(3):
        wire.cut()
        empty(broker_url)
        deadline = time.monotonic() + 10
        while not waiting(broker_url):
            assert time.monotonic() < deadline
            bell.ring([uuid4()])
            time.sleep(0.1)
    wire.close()


def test_production_refuses_to_be_killed_on_purpose(settings: Settings) -> None:
    dangerous = replace(settings, mode=Mode.PRODUCTION, crash_at="after_claim")
    assert any("MRC_CRASH_AT" in problem for problem in problems_of(dangerous))
    assert not any("MRC_CRASH_AT" in problem for problem in problems_of(replace(dangerous, crash_at="")))
