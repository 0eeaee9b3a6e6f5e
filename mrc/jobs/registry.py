"""The kinds of jobs: a name, the function that does it, and how failures of it are treated.

The `jobs` room of a package registers its functions when it is imported; `mrc.registry` imports every such
room, so that the process which enqueues and the process which works know the same kinds.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

Payload = Mapping[str, Any]
"""What the job was asked to do, as JSON: ids as text, codes, numbers."""
Handler = Callable[[Payload], Iterator[None] | None]
"""A function that does the work in one transaction, or a generator with a commit at each `yield`."""
AnyHandler = TypeVar("AnyHandler", bound=Handler)

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=6)
GROWTH = 4
JITTER = 0.2
chance = random.SystemRandom()


class UnknownKind(Exception):
    """No function is registered under this name: a slip of the pen, or a job of a newer release."""


class Later(Exception):
    """Raised by a handler: not now, and nobody failed. The job runs at `run_at`; this try does not count.

    For a provider that names a time (429 with Retry-After) or a window that opens tomorrow. What the handler
    did since its last `yield` is rolled back.
    """

    def __init__(self, run_at: datetime) -> None:
        super().__init__()
        self.run_at = run_at


@dataclass(frozen=True)
class Kind:
    """How one kind of job is done."""

    name: str
    handler: Handler
    max_attempts: int
    first_wait: timedelta
    every_minutes: int | None


KINDS: dict[str, Kind] = {}


def job(
    name: str, *, max_attempts: int = 5, backoff: timedelta = FIRST_WAIT, every_minutes: int | None = None
) -> Callable[[AnyHandler], AnyHandler]:
    """Register the decorated function under a name, `package.verb`; the function itself stays as it is.

    `backoff` is the wait after the first failure. With `every_minutes` the work is periodic: whichever worker
    ticks first in each such stretch of time (counted from midnight UTC) makes its row, with an empty payload.
    Raises ValueError when the name is taken by another function.
    """

    def register(handler: AnyHandler) -> AnyHandler:
        if name in KINDS:
            raise ValueError(f"two functions are registered as the job kind {name}")
        KINDS[name] = Kind(name, handler, max_attempts, backoff, every_minutes)
        return handler

    return register


def get_kind(name: str) -> Kind:
    """The kind of that name. Raises UnknownKind."""
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownKind(name) from None


def list_periodic() -> list[tuple[str, int]]:
    """The kinds that make their own rows, by name: (name, minutes)."""
    return sorted((kind.name, kind.every_minutes) for kind in KINDS.values() if kind.every_minutes)


def wait_after(name: str, attempt: int) -> timedelta:
    """How long to wait after a failed try (1 is the first): four times longer each time, at most six hours.

    A fifth up or down by chance keeps jobs that failed together from coming back together.
    """
    first = KINDS[name].first_wait if name in KINDS else FIRST_WAIT
    grown: timedelta = min(first * GROWTH ** min(attempt - 1, 8), LONGEST_WAIT)
    return grown * chance.uniform(1 - JITTER, 1 + JITTER)
