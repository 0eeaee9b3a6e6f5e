"""The test world.

- `database`: the kind of database, `sqlite` then `postgresql`; whatever uses `app` runs on both. One that
  needs only one says `@pytest.mark.parametrize("database", ["sqlite"], indirect=True)`.
- `app`: the application on its own copy of a migrated database with reference data and the demo users.
- `context`: an application context around the test, for services and queries.
- `identity(username)`: a demo user as the services see them.
- `client(username)`: a page client, signed in; `client()` is a stranger.
- `clock`: the frozen clock, at 2026-03-02 09:00 UTC; `clock.shift(timedelta(...))`, `clock.move_to(...)`.
- `log_stream`: what is logged meanwhile, by us and by the libraries.
- `services`: PostgreSQL, Redis and RabbitMQ of this test run, for tests that need a server themselves.
- `stack`, `open_page`, `page`: real processes and a real browser (`tests/support/browser.py`).
"""

from __future__ import annotations

import io
import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
import time_machine
from flask import Flask, has_app_context

from mrc.access.identity import Identity
from mrc.accounts.queries import identity_of
from mrc.core.logs import init_logs
from mrc.demo.world import DEMO_PASSWORD
from tests.support.databases import World
from tests.support.network import stay_on_this_machine
from tests.support.pages import PageClient
from tests.support.services import Services

MOMENT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday: 14:00 in Lahore, noon in Erbil and 13:30 in Kabul."""
SERVICES = pytest.StashKey[Services]()
pytest_plugins = ["tests.support.browser"]


def pytest_configure(config: pytest.Config) -> None:
    """Make the run's folder once; the workers of a parallel run are told which it is."""
    given = getattr(config, "workerinput", {}).get("services")
    config.stash[SERVICES] = Services(Path(given)) if given else Services.begin()
    if not given:
        # Told to stop, by `timeout` for one, we end our servers as after Ctrl-C.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    stay_on_this_machine()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of a parallel run where the run's servers are."""
    node.workerinput["services"] = str(node.config.stash[SERVICES].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the servers where the run began."""
    if not hasattr(config, "workerinput"):
        config.stash[SERVICES].stop_all()


@pytest.fixture(scope="session")
def services(pytestconfig: pytest.Config) -> Services:
    """The servers of this test run."""
    return pytestconfig.stash[SERVICES]


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def worlds(services: Services, pytestconfig: pytest.Config) -> Iterator[Callable[[str], World]]:
    """Make or find the world of a kind of database; one each per worker."""
    worker = getattr(pytestconfig, "workerinput", {}).get("workerid", "main")
    made: dict[str, World] = {}

    def of(kind: str) -> World:
        if kind not in made:
            with time_machine.travel(MOMENT, tick=False):
                made[kind] = World(services, f"mrc-{worker}-{kind}", kind)
        return made[kind]

    yield of
    for world in made.values():
        world.close()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still until the test moves it."""
    with time_machine.travel(MOMENT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def app(database: str, worlds: Callable[[str], World], clock: time_machine.Traveller) -> Iterator[Flask]:
    """The application on a fresh copy of the world."""
    world = worlds(database)
    yield world.renew()
    world.close()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """An application context around the test. Commit or roll back before asking a client for a page."""
    with app.app_context():
        yield app


@pytest.fixture
def identity(app: Flask) -> Callable[[str], Identity]:
    """Find a demo user by name, as the services see them."""

    def find(username: str) -> Identity:
        # On SQLite another context would wait for the transaction of the test's own.
        with nullcontext() if has_app_context() else app.app_context():
            return identity_of(username)

    return find


@pytest.fixture
def client(app: Flask) -> Callable[..., PageClient]:
    """Make a page client; with a username it is signed in."""

    def make(username: str | None = None) -> PageClient:
        made = PageClient(app)
        if username:
            made.sign_in(username, DEMO_PASSWORD)
        return made

    return make


@pytest.fixture
def log_stream() -> Iterator[io.StringIO]:
    """What is logged meanwhile, by us and, as they do in the product, by the libraries."""
    stream = io.StringIO()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(stream))
    theirs = logging.StreamHandler(stream)
    logging.getLogger().addHandler(theirs)
    yield stream
    logging.getLogger().removeHandler(theirs)
    init_logs()
