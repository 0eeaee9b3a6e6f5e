"""A simulator and a centre, each on a port of its own, and the ordinary client between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from twilio.rest import Client

from mrc.simulator.server import Server
from mrc.simulator.settings import Setup
from tests.simulator.centre import LAHORE, PUBLIC, SID, TOKEN, Centre, client_of
from tests.simulator.controls import Control


@pytest.fixture
def centre() -> Iterator[Centre]:
    made = Centre()
    yield made
    made.close()


@pytest.fixture
def start(centre: Centre) -> Iterator[Callable[..., Server]]:
    """Start simulators with a setup of the test's own."""
    running: list[Server] = []

    def make(**changes: Any) -> Server:
        usual: dict[str, Any] = {
            "account_sid": SID,
            "auth_token": TOKEN,
            "webhook": f"http://127.0.0.1:{centre.port}",
            "public": PUBLIC,
            "pace": 0.0,
            "seed": 1,
        }
        server = Server(Setup(**(usual | changes)))
        running.append(server.__enter__())
        return server

    yield make
    for server in running:
        server.__exit__(None, None, None)


@pytest.fixture
def simulator(start: Callable[..., Server]) -> Server:
    return start()


@pytest.fixture
def control(simulator: Server) -> Control:
    return Control(simulator.url)


@pytest.fixture
def client(simulator: Server) -> Client:
    """The ordinary client, its host replaced."""
    return client_of(simulator.url)


@pytest.fixture
def send(client: Client, control: Control) -> Callable[..., Any]:
    """Send from the centre to Bilal and wait until every receipt has come."""

    def send_message(body: str | None = "Your appointment is tomorrow.", **values: Any) -> Any:
        usual = {
            "from_": LAHORE,
            "to": "whatsapp:+923005550101",
            "status_callback": f"{PUBLIC}/twilio/status?m=1",
        }
        made = client.messages.create(**({"body": body} if body else {}), **(usual | values))
        control.settle()
        return made

    return send_message
