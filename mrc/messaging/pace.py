"""How fast this process answers the provider, added up by the minute and written down once a minute.

A row for each webhook would cost more than what it tells; one counter for all would make them wait for each
other. What a process has not written down when it ends is lost: a minute of figures, no message.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from mrc.core import clock

SLOW_SECONDS = 0.5


@dataclass
class Minute:
    """What was answered within one minute."""

    at: datetime
    count: int = 0
    slow_count: int = 0
    longest_ms: int = 0


class Pace:
    """Adds up; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current: Minute | None = None
        self._finished: list[Minute] = []

    def note(self, seconds: float) -> None:
        """Count one answer."""
        minute = clock.now().replace(second=0, microsecond=0)
        with self._lock:
            if self._current is None or self._current.at != minute:
                if self._current is not None:
                    self._finished.append(self._current)
                self._current = Minute(minute)
            self._current.count += 1
            self._current.slow_count += seconds > SLOW_SECONDS
            self._current.longest_ms = max(self._current.longest_ms, round(seconds * 1000))

    def take(self) -> list[Minute]:
        """The minutes that are over, given away once."""
        with self._lock:
            taken, self._finished = self._finished, []
        return taken


PACE = Pace()
"""Of this process."""
