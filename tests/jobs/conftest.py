"""The small world in which the queue is tested, on both databases."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask

import config
from mrc.core import clock
from mrc.core.db import db
from mrc.jobs import registry
from mrc.jobs.models import OPEN_STATES, Job, JobState
from tests.jobs import small_world
from tests.support.services import Services


@pytest.fixture
def broker_url(request: pytest.FixtureRequest, services: Services) -> str:
    """The broker that a test names as the fixture's parameter; none by default."""
    named = {"": lambda: "", "redis": services.redis_url, "rabbitmq": services.rabbitmq_url}
    return named[getattr(request, "param", "")]()


@pytest.fixture
def settings(database: str, broker_url: str, services: Services) -> config.Settings:
    """Settings of a fresh installation on one of the two databases."""
    name = f"jobs-{uuid.uuid4().hex[:12]}"
    home = services.folder / name
    made = config.from_environment(
        {"MRC_MODE": "training", "MRC_HOME": str(home), "MRC_BROKER_URL": broker_url}
    )
    if database == "sqlite":
        return made
    with psycopg.connect(services.postgresql_url(), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    return replace(made, database_url=services.postgresql_url(name))


@pytest.fixture
def world(settings: config.Settings) -> Iterator[Flask]:
    """The small application on an empty database."""
    app = small_world.make_app(settings)
    small_world.create_tables(app)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small world's kinds; what a test registers is forgotten with it, and nothing is periodic."""
    own = {name: kind for name, kind in registry.KINDS.items() if name.startswith("test.")}
    monkeypatch.setattr(registry, "KINDS", own)


@pytest.fixture
def in_state(world: Flask) -> Callable[[JobState], UUID]:
    """Write a job in some state and say its id."""

    def write(state: JobState) -> UUID:
        now = clock.now()
        with world.app_context():
            row = Job(
                kind="test.note", payload={"name": "a"}, state=state, run_at=now, attempts=5, max_attempts=5
            )
            if state is JobState.RUNNING:
                row.owner, row.lease_until = "somebody", now + timedelta(seconds=60)
            if state not in OPEN_STATES:
                row.finished_at = now
            db.session.add(row)
            db.session.commit()
            return row.id

    return write
