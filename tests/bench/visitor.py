"""A signed-in person as plain HTTP, fast enough not to be what is measured."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from itertools import cycle, islice
from urllib.parse import urlencode
from uuid import uuid4

from mrc.demo.world import DEMO_PASSWORD

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Unexpected(Exception):
    """An answer that is not the one a benchmark of this page means."""


@dataclass
class Visitor:
    """One session of one person."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def sign_in(self, username: str) -> None:
        """Sign in through the form."""
        self.token = self._token_of("/sign-in")
        filled = {"username": username, "password": DEMO_PASSWORD, "csrf_token": self.token}
        self.ask("POST", "/sign-in", filled | {"operation_id": str(uuid4())}, expected=303)
        self.token = self._token_of("/consultations/new")

    def ask(
        self, method: str, url: str, data: dict[str, object] | None = None, *, expected: int = 200
    ) -> tuple[float, str]:
        """Send one request on a connection of its own: milliseconds until the last byte, and the page."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = urlencode(data, doseq=True) if data else None
        started = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, url, body, headers | (FORM if body else {}))
        answer = connection.getresponse()
        content = answer.read()
        elapsed = (time.perf_counter() - started) * 1000
        connection.close()
        for given in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(given).items():
                self.cookies[name] = morsel.value
        if answer.status != expected:
            raise Unexpected(f"{method} {url} answered {answer.status}: {content[:300]!r}")
        return elapsed, content.decode()

    def _token_of(self, url: str) -> str:
        _elapsed, page = self.ask("GET", url)
        found = TOKEN.search(page)
        if found is None:
            raise Unexpected(f"{url} has no form")
        return found[1]


@dataclass(frozen=True)
class Page:
    """What is measured under a name: addresses to open in turn, or a form to send."""

    name: str
    urls: tuple[str, ...]
    form: dict[str, object] | None = None

    def visit(self, visitor: Visitor, url: str) -> float:
        """Open or send it once: milliseconds."""
        if self.form is None:
            return visitor.ask("GET", url)[0]
        ids = {"csrf_token": visitor.token, "operation_id": str(uuid4())}
        cookies = dict(visitor.cookies)
        elapsed = visitor.ask("POST", url, self.form | ids, expected=303)[0]
        # The page that follows shows "recorded" and takes it out of the cookie; without it they would pile
        # up.
        visitor.cookies.update(cookies)
        return elapsed

    def times(self, visitor: Visitor, count: int) -> list[float]:
        """Milliseconds of so many visits, one after the other."""
        return [self.visit(visitor, url) for url in islice(cycle(self.urls), count)]

    def times_together(self, visitor: Visitor, clients: int, count: int) -> list[float]:
        """Milliseconds of visits by several clients at once, each its share of `count`."""
        with ThreadPoolExecutor(clients) as pool:
            shares = pool.map(lambda _: self.times(visitor, count // clients), range(clients))
        return [elapsed for share in shares for elapsed in share]


@dataclass
class Browsing:
    """Several sessions that open pages at a reader's pace, until told to stop."""

    visitors: Sequence[Visitor]
    urls: Sequence[str]
    every_seconds: float = 5.0
    milliseconds: list[float] = field(default_factory=list)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Browse while the block runs."""
        over = threading.Event()
        with ThreadPoolExecutor(len(self.visitors)) as pool:
            walks = [pool.submit(self._walk, place, over) for place in range(len(self.visitors))]
            try:
                yield
            finally:
                over.set()
            for walk in walks:
                self.milliseconds += walk.result()

    def _walk(self, place: int, over: threading.Event) -> list[float]:
        # Each begins at another moment and another page.
        over.wait(self.every_seconds * place / len(self.visitors))
        times = []
        for url in cycle((*self.urls[place % len(self.urls) :], *self.urls[: place % len(self.urls)])):
            if over.is_set():
                return times
            times.append(self.visitors[place].ask("GET", url)[0])
            over.wait(self.every_seconds)
        return times
