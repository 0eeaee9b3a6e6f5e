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

    def call(self, phone: str = "bilal", **said: Any) -> str:
        """Call a hotline; the sid of the call."""
        return str(self.ask("POST", f"phones/{phone}/calls", **said)["sid"])

    def see(self, sid: str) -> Any:
        return self.ask("GET", f"calls/{sid}")

    def until(self, sid: str, doing: str) -> Any:
        """Wait until a call is busy with something, and until nothing more is under way."""
        self.wait_until(lambda: self.see(sid)["doing"] == doing)
        self.settle()
        return self.see(sid)

    def press(self, sid: str, keys: str) -> None:
        self.ask("POST", f"calls/{sid}/keys", keys=keys)
        self.settle()

    def speak(self, sid: str, seconds: int = 0, text: str = "") -> None:
        self.ask("POST", f"calls/{sid}/speech", seconds=seconds, text=text)
        self.settle()

    def do(self, sid: str, act: str) -> None:
        """Answer, decline or hang up."""
        self.ask("POST", f"calls/{sid}/{act}")
        self.settle()

    def ahead(self, seconds: float) -> None:
        self.ask("POST", "clock", advance_seconds=seconds)
        self.settle()

    def rung(self, number: str) -> Any:
        """The latest call of a phone, once it has one."""
        self.wait_until(lambda: bool(self.calls_of(number)))
        self.settle()
        return self.calls_of(number)[-1]

    def calls_of(self, number: str) -> Any:
        phones = self.ask("GET", "state")["phones"]
        known = any(number in {phone["number"], phone["key"]} for phone in phones)
        return self.ask("GET", f"phones/{number}/calls")["calls"] if known else []
