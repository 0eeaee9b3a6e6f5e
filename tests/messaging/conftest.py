"""Lahore's conversations, on both databases, with a carrier that speaks over HTTP.

- `app`: the application, its settings pointing at a running simulator that has its account. The simulator
  reaches it over HTTP too, through a front door that stays while the applications behind it change.
- `control`: the simulator's phones and faults.
- `house`: what the tests do again and again (`tests/messaging/house.py`), an application context around it.
- `sms_line`: Lahore's line for SMS, which the demo does not have.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from mrc.access.identity import Identity
from mrc.centres.models import PhoneLine
from mrc.centres.queries import find_centre_by_code
from mrc.core.db import db
from mrc.simulator.server import Handler, Server
from mrc.simulator.settings import Setup
from tests.messaging.house import ACCOUNT, LAHORE_SMS, PREVIOUS, PUBLIC, TOKEN, House
from tests.simulator.controls import PATIENCE, Control


class FrontDoor:
    """An address at which the carrier finds the application of the present test."""

    def __init__(self) -> None:
        self.app: Flask | None = None
        self._server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Handler)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        assert self.app is not None, "the carrier speaks after its test has ended"
        return self.app(environ, start_response)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="session")
def door() -> Iterator[FrontDoor]:
    made = FrontDoor()
    yield made
    made.close()


@pytest.fixture(scope="session")
def simulator(door: FrontDoor) -> Iterator[Server]:
    setup = Setup(ACCOUNT, TOKEN, webhook=door.url, public=PUBLIC, pace=0.0, seed=1)
    with Server(setup) as server:
        yield server


@pytest.fixture
def app(app: Flask, door: FrontDoor, simulator: Server) -> Iterator[Flask]:
    """The application on a fresh copy of the world, with a carrier."""
    usual = app.extensions["mrc_settings"]
    twilio = replace(
        usual.twilio,
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        previous_auth_token=PREVIOUS,
        base_url=simulator.url,
    )
    app.extensions["mrc_settings"] = replace(usual, public_url=PUBLIC, twilio=twilio)
    simulator.carrier.reset()
    door.app = app
    yield app
    simulator.carrier.reset()
    deadline = time.monotonic() + PATIENCE
    while simulator.carrier.schedule.pending:
        assert time.monotonic() < deadline, "the carrier is still busy"
        time.sleep(0.005)
    door.app = None
    app.extensions["mrc_settings"] = usual


@pytest.fixture
def control(simulator: Server) -> Control:
    return Control(simulator.url)


@pytest.fixture
def house(context: Flask, control: Control, identity: Callable[[str], Identity]) -> House:
    return House(context, control, identity)


@pytest.fixture
def sms_line(context: Flask) -> str:
    """The address of Lahore's line for SMS."""
    lahore = find_centre_by_code("LHE")
    assert lahore is not None
    line = PhoneLine(centre_id=lahore.id, kind="sms", address=LAHORE_SMS, label="Lahore SMS")
    db.session.add(line)
    db.session.commit()
    return LAHORE_SMS
