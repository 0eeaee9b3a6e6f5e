"""The carrier itself: one world, one clock, one queue of things to do, shared by every request."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from flask import current_app

from mrc.simulator.exchange import Exchange
from mrc.simulator.schedule import Schedule
from mrc.simulator.settings import Setup
from mrc.simulator.state import World


class Carrier:
    """Holds the world, and replaces it when somebody starts over."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.world = World(setup)
        self.schedule = Schedule(self._now)
        self.exchange = Exchange(self.world, setup, self.schedule)

    def reset(self, seed: int | None = None) -> None:
        """Start over: preset phones, no messages, no faults, the real time. What is under way ends unseen."""
        self.exchange.close()
        self.schedule.clear()
        revision = self.world.revision
        self.world = World(self.setup, seed)
        self.exchange = Exchange(self.world, self.setup, self.schedule)
        # Pages that are open compare revisions, so they must not go back.
        self.world.revision = revision + 1

    def advance(self, seconds: float) -> None:
        """Move the simulator's clock ahead, which closes windows and brings forward what waits."""
        with self.world.changing():
            self.world.ahead += timedelta(seconds=seconds)
        self.schedule.wake()

    def close(self) -> None:
        self.schedule.close()

    def _now(self) -> datetime:
        return self.world.now()


def carrier() -> Carrier:
    """The carrier of the running simulator."""
    return cast(Carrier, current_app.extensions["simulator"])
