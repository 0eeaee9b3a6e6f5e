"""Things that the carrier does a little later, in threads of their own, by the simulator's own clock."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog

Task = Callable[[], None]
WORKERS = 12


class Schedule:
    """A queue by due time. `now` is the simulator's clock, so moving that clock brings things forward."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._queue: list[tuple[datetime, int, Task, bool]] = []
        self._numbers = itertools.count()
        self._running = 0
        self._is_open = True
        self._changed = threading.Condition()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="simulator")
        self._clerk = threading.Thread(target=self._watch, name="simulator-schedule", daemon=True)
        self._clerk.start()

    def after(self, seconds: float, task: Task, *, is_patience: bool = False) -> None:
        """Run a task that many seconds from now; 0 is at once, but not in this thread.

        What is only the end of somebody's patience does not count as pending.
        """
        with self._changed:
            due = self._now() + timedelta(seconds=seconds)
            heapq.heappush(self._queue, (due, next(self._numbers), task, is_patience))
            self._changed.notify_all()

    def wake(self) -> None:
        """Look again, because the clock was moved."""
        with self._changed:
            self._changed.notify_all()

    @property
    def pending(self) -> int:
        """How many tasks are waiting or running now, patience aside."""
        with self._changed:
            return sum(not is_patience for *_, is_patience in self._queue) + self._running

    def clear(self) -> None:
        """Forget what waits; what runs already runs to its end."""
        with self._changed:
            self._queue.clear()

    def close(self) -> None:
        """Forget what waits, let what runs end, and stop."""
        with self._changed:
            self._is_open = False
            self._queue.clear()
            self._changed.notify_all()
        self._clerk.join()
        self._pool.shutdown()

    def _watch(self) -> None:
        while True:
            with self._changed:
                while self._is_open and not self._is_due():
                    self._changed.wait(self._seconds_until_due())
                if not self._is_open:
                    return
                _, _, task, _ = heapq.heappop(self._queue)
                self._running += 1
            self._pool.submit(self._run, task)

    def _is_due(self) -> bool:
        return bool(self._queue) and self._queue[0][0] <= self._now()

    def _seconds_until_due(self) -> float | None:
        return (self._queue[0][0] - self._now()).total_seconds() if self._queue else None

    def _run(self, task: Task) -> None:
        try:
            task()
        except Exception:  # noqa: BLE001 - one broken delivery must not stop the carrier; it is logged
            structlog.get_logger().error("simulator task failed", exc_info=True)
        finally:
            with self._changed:
                self._running -= 1
