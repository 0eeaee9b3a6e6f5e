"""Calls, what was said in them, and recordings, as the carrier keeps them."""

from __future__ import annotations

import io
import threading
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mrc.simulator.faults import Upsets
from mrc.simulator.samples import mp3_of

FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
PER_MINUTE = {"inbound": 0.0085, "outbound-api": 0.19, "outbound-dial": 0.19}
"""US dollars; the order of the real ones, not a price list."""
HERTZ = 8_000


class Way(StrEnum):
    """Twilio's words for who called whom."""

    INBOUND = "inbound"
    OUTBOUND = "outbound-api"
    DIALLED = "outbound-dial"


class Doing(StrEnum):
    """What a call is busy with, which says what a person can do now."""

    STARTING = "starting"
    RINGING = "ringing"
    LISTENING = "listening"
    KEYS = "waiting for keys"
    RECORDING = "recording"
    DIALLING = "ringing others"
    QUEUED = "in a queue"
    TALKING = "talking"
    ENDED = "ended"


@dataclass(frozen=True)
class Heard:
    """One line of what happened in a call, as its person lived it."""

    at: datetime
    kind: str
    """played, said, pause, tone, keys, spoke or note."""
    text: str
    url: str = ""


@dataclass(frozen=True)
class Callback:
    """Where changes of a call are told, and which: initiated, ringing, answered, completed."""

    url: str = ""
    events: frozenset[str] = frozenset({"completed"})


@dataclass
class Call:
    """One leg: a person's phone and the carrier."""

    sid: str
    way: Way
    phone: str
    """The key of the phone at the person's end."""
    line: str
    """The centre's number that it belongs to."""
    sender: str
    recipient: str
    created_at: datetime
    updated_at: datetime
    status: str = "queued"
    doing: Doing = Doing.STARTING
    parent: str = ""
    partner: str = ""
    """The leg that it is connected with."""
    callback: Callback = Callback()
    ring_seconds: float | None = 60
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    sequence: int = 0
    heard: list[Heard] = field(default_factory=list)
    extra: Mapping[str, str | None] = field(default_factory=dict)
    """Parameters that a test adds to every form of this call, changes or, with None, takes away."""
    upsets: Upsets = field(default_factory=dict)
    reports: list[Mapping[str, str]] = field(default_factory=list)
    """Forms that wait to be sent in reverse."""
    queue_result: str = ""
    is_deleted: bool = False

    @property
    def is_over(self) -> bool:
        return self.status in FINAL

    @property
    def seconds(self) -> int:
        """How long it was talked, so far or in all."""
        return self.seconds_at(self.updated_at)

    def seconds_at(self, now: datetime) -> int:
        if self.answered_at is None:
            return 0
        return max(0, round(((self.ended_at or now) - self.answered_at).total_seconds()))

    @property
    def price(self) -> str | None:
        """What it cost, once it is over: each minute that was begun."""
        if not self.is_over:
            return None
        return f"-{PER_MINUTE[self.way] * -(-self.seconds // 60):.5f}" if self.seconds else "0.00000"


@dataclass
class Recording:
    """What a person said after the tone."""

    sid: str
    call: str
    line: str
    created_at: datetime
    seconds: int = 0
    status: str = "in-progress"
    """in-progress, processing, completed or absent."""
    keys: str = ""
    is_deleted: bool = False
    deletable_at: datetime | None = None
    upsets: Upsets = field(default_factory=dict)

    @property
    def wav(self) -> bytes:
        """A low hum of its length: nobody spoke, but players and length checks have something to open."""
        held = io.BytesIO()
        with wave.open(held, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(HERTZ)
            period = HERTZ // 200
            one = b"".join((600 if place < period // 2 else -600).to_bytes(2, "little", signed=True)
                           for place in range(period))  # fmt: skip
            file.writeframes(one * (self.seconds * 200))
        return held.getvalue()

    @property
    def mp3(self) -> bytes:
        return mp3_of(self.seconds)


@dataclass
class Queue:
    """Callers who wait for somebody, the longest wait first."""

    sid: str
    name: str
    callers: list[str] = field(default_factory=list)
    """Sids of calls."""
    takers: list[str] = field(default_factory=list)
    """Sids of calls that dialled the queue while nobody waited."""
    entered: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Alert:
    """What Twilio's debugger would show."""

    at: datetime
    code: int
    call: str
    url: str


class Calls:
    """Every call, recording and queue of one world, by sid."""

    def __init__(self) -> None:
        self.calls: dict[str, Call] = {}
        self.recordings: dict[str, Recording] = {}
        self.queues: dict[str, Queue] = {}
        self.alerts: list[Alert] = []
        self._lock = threading.RLock()

    def add(self, call: Call) -> None:
        with self._lock:
            self.calls[call.sid] = call

    def of_phone(self, phone: str) -> Sequence[Call]:
        """Every call of a phone, oldest first."""
        with self._lock:
            return [call for call in self.calls.values() if call.phone == phone]

    def now_on(self, phone: str) -> Call | None:
        """The call that keeps a phone busy, if one does."""
        return next((call for call in reversed(self.of_phone(phone)) if not call.is_over), None)

    def children_of(self, sid: str) -> Sequence[Call]:
        with self._lock:
            return [call for call in self.calls.values() if call.parent == sid]

    def listed(self) -> Sequence[Call]:
        """Every call, newest first."""
        with self._lock:
            return list(reversed(self.calls.values()))

    def listed_recordings(self) -> Sequence[Recording]:
        """Every recording, newest first."""
        with self._lock:
            return list(reversed(self.recordings.values()))
