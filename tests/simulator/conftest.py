"""A simulator and a centre, each on a port of its own, and the ordinary client between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from twilio.rest import Client

from mrc.simulator.server import Server
from mrc.simulator.settings import Setup
from tests.simulator.centre import LAHORE, PUBLIC, SID, TOKEN, Centre, client_of

PATIENCE = 10.0


class Control:
    """The control API, as other tests use it."""

    def __init__(self, base: str) -> None:
        self.base = base

    def ask(self, method: str, path: str, **said: Any) -> Any:
        answer = requests.request(method, f"{self.base}/control/{path}", json=said, timeout=5)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def write(self, phone: str = "bilal", **said: Any) -> Any:
        return self.ask("POST", f"phones/{phone}/messages", **said)

    def screen(self, phone: str = "bilal") -> Any:
        return self.ask("GET", f"phones/{phone}/messages")["messages"]

    def arm(self, kind: str, **said: Any) -> Any:
        return self.ask("POST", "faults", kind=kind, **said)

    def settle(self) -> None:
        """Wait until the carrier has nothing more to do."""
        deadline = time.monotonic() + PATIENCE
        while self.ask("GET", "state")["pending"]:
            assert time.monotonic() < deadline, "the carrier is still busy"
            time.sleep(0.01)

    def open_window(self, phone: str = "bilal", line: str = LAHORE) -> None:
        self.ask("POST", "conversations", phone=phone, line=line, window="open")


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
    """Send from the centre to Bilal, whose window is open, and wait until every receipt has come."""
    control.open_window()

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
