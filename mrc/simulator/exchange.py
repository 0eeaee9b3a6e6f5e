"""How calls run: each leg is a program that waits for what happens, one thing after the other.

A program is a generator. It yields how long it waits, and is sent the next event, or TIME_OUT. What ends
whatever it does (`HungUp`, `Diverted`) is thrown into it. Events of one leg are worked off one at a time, in
their order, whatever thread they come from; programs of different legs run beside each other.

Pauses of the carrier's own follow the pace and count as pending; people's patience follows the simulator's
clock alone, so a test moves that clock to wear it out.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import structlog

from mrc.simulator.calls import Alert, Call, Doing, Heard
from mrc.simulator.schedule import Schedule
from mrc.simulator.settings import Setup
from mrc.simulator.state import World
from mrc.simulator.twiml import Document


@dataclass(frozen=True)
class Event:
    """Something that happens to a leg."""

    kind: str
    """key, speech, answer, decline, leg, join, part, taken or time_out."""
    value: Any = None


TIME_OUT = Event("time_out")


@dataclass(frozen=True)
class Wait:
    """For how long to wait for the next event; None for as long as it takes."""

    seconds: float | None = None
    is_own: bool = False
    """True for a pause of the carrier's own."""


KEEP_WAITING = Wait(-1)
"""Wait on as before: the event that came was not the one."""
Program = Generator[Wait, Event, None]
Part = Generator[Wait, Event, Document | None]
"""A part of a program that may say what is to be carried out next."""


class HungUp(Exception):
    """The person, or the application, ended the call; `status` is what becomes of one nobody answered."""

    def __init__(self, status: str = "canceled") -> None:
        super().__init__()
        self.status = status


class Diverted(Exception):
    """The application sent the call to another document: an address, or the document itself."""

    def __init__(self, *, url: str = "", document: Document | None = None) -> None:
        super().__init__()
        self.url = url
        self.document = document


@dataclass
class Actor:
    """A running program and what it has yet to hear."""

    program: Program
    mailbox: deque[Event | Exception] = field(default_factory=deque)
    is_awake: bool = False
    wait_number: int = 0
    has_begun: bool = False


class Exchange:
    """The legs of one world."""

    def __init__(self, world: World, setup: Setup, schedule: Schedule) -> None:
        self.world = world
        self.setup = setup
        self.schedule = schedule
        self._actors: dict[str, Actor] = {}
        self._is_open = True
        self._lock = threading.Lock()

    def start(self, call: Call, program: Program) -> None:
        """Begin a leg's program, in the background."""
        with self._lock:
            self._actors[call.sid] = Actor(program)
        self.tell(call.sid, TIME_OUT)

    def tell(self, sid: str, event: Event | Exception) -> None:
        """Let something happen to a leg; without effect once its program has ended."""
        with self._lock:
            actor = self._actors.get(sid)
            if actor is None or not self._is_open:
                return
            actor.mailbox.append(event)
            if actor.is_awake:
                return
            actor.is_awake = True
        self.schedule.after(0, lambda: self._work(sid, actor))

    def close(self) -> None:
        """Let nothing more happen to any leg: the world that they belong to is gone."""
        with self._lock:
            self._is_open = False

    def note(self, call: Call, kind: str, text: str, url: str = "") -> None:
        """Write down what a person lived through."""
        with self.world.changing():
            call.heard.append(Heard(self.world.now(), kind, text, url))

    def doing(self, call: Call, doing: Doing) -> None:
        """Say what the call is busy with from now on."""
        with self.world.changing():
            call.doing = doing

    def alert(self, call: Call, code: int, url: str = "") -> None:
        """Write down what Twilio's debugger would show."""
        with self.world.changing():
            self.world.voice.alerts.append(Alert(self.world.now(), code, call.sid, url))

    def _work(self, sid: str, actor: Actor) -> None:
        while True:
            with self._lock:
                if not actor.mailbox or not self._is_open:
                    actor.is_awake = False
                    return
                event = actor.mailbox.popleft()
            try:
                self._step(sid, actor, event)
            except StopIteration:
                break
            except Exception:  # noqa: BLE001 - one broken call must not stop the carrier; it is logged
                structlog.get_logger().error("simulated call failed", exc_info=True)
                break
        with self._lock:
            self._actors.pop(sid, None)

    def _step(self, sid: str, actor: Actor, event: Event | Exception) -> None:
        """Hand the program one event and note what it waits for. Raises StopIteration at its end."""
        if isinstance(event, Event) and event.kind == TIME_OUT.kind and event.value not in {
            None, actor.wait_number,
        }:  # fmt: skip
            return  # The end of a wait that ended otherwise.
        if not actor.has_begun:
            actor.has_begun = True
            wait = next(actor.program)
        elif isinstance(event, Exception):
            wait = actor.program.throw(event)
        else:
            wait = actor.program.send(event)
        if wait is KEEP_WAITING:
            return
        actor.wait_number += 1
        if wait.seconds is None:
            return
        ends = Event(TIME_OUT.kind, actor.wait_number)
        seconds = wait.seconds * (self.world.pace if wait.is_own else 1)
        self.schedule.after(seconds, lambda: self.tell(sid, ends), is_patience=not wait.is_own)


def pause(seconds: float = 0) -> Program:
    """Let the carrier's own time pass; whatever happens meanwhile is lost, except what ends the call."""
    event = yield Wait(seconds, is_own=True)
    while event.kind != TIME_OUT.kind:
        event = yield KEEP_WAITING
