"""The control API, as other tests use it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import requests

from tests.simulator.centre import LAHORE

PATIENCE = 30.0


class Control:
    """Asks one simulator, and fails the test that is refused."""

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
        self.wait_until(lambda: not self.ask("GET", "state")["pending"])

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < deadline, "the carrier is still busy"
            time.sleep(0.01)

    def close_window(self, phone: str = "bilal", line: str = LAHORE) -> None:
        self.ask("POST", "conversations", phone=phone, line=line, window="closed")
