"""All that the carrier knows, in memory: phones, conversations, messages, and what the centre was told.

`World` is shared by the threads of the server and of the schedule. Whoever changes something does it inside
`with world.changing():`, which also counts the revision that pages compare.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from mrc.core import clock
from mrc.simulator.addresses import Channel, bare, channel_of
from mrc.simulator.calls import Calls
from mrc.simulator.contents import Button, Content
from mrc.simulator.faults import Faults, Upsets
from mrc.simulator.people import Phone, presets
from mrc.simulator.settings import Line, Setup
from mrc.simulator.standing import Standing

WINDOW = timedelta(hours=24)
"""How long a WhatsApp conversation stays open after the person's last message."""
CDN_LIFE = timedelta(hours=4)
ATTEMPTS_KEPT = 5_000


class Direction(StrEnum):
    """Twilio's words for it, seen from the centre."""

    INBOUND = "inbound"
    OUTBOUND = "outbound-api"
    REPLY = "outbound-reply"


class Told(StrEnum):
    """Whether the centre heard of a message that a phone sent."""

    WAITING = "waiting"
    YES = "yes"
    NO = "no"


@dataclass
class Media:
    """A file that a phone sent."""

    sid: str
    content_type: str
    content: bytes
    created_at: datetime
    is_deleted: bool = False


@dataclass(frozen=True)
class Step:
    """One change of status on a message's way, so many seconds after the one before."""

    seconds: float
    status: str
    error_code: int | None = None


@dataclass
class Message:
    """One message either way, as the REST API tells of it, and what the phone's screen shows."""

    sid: str
    direction: Direction
    phone: str
    line: str
    sender: str
    recipient: str
    body: str
    shown: str
    """What stands on the phone; it stays there when the carrier's own copy is redacted or deleted."""
    created_at: datetime
    updated_at: datetime
    status: str
    sent_at: datetime | None = None
    error_code: int | None = None
    num_segments: int = 1
    media: list[Media] = field(default_factory=list)
    links: tuple[str, ...] = ()
    """Addresses of files that the centre sent; the simulator does not fetch them."""
    callback: str = ""
    service_sid: str = ""
    is_template: bool = False
    content_sid: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    """The ContentVariables."""
    buttons: tuple[Button, ...] = ()
    is_deleted: bool = False
    told: Told = Told.WAITING
    why_not_told: str = ""
    form: dict[str, str] = field(default_factory=dict)
    """What is posted to the application for a message of a phone."""
    upsets: Upsets = field(default_factory=dict)
    reported: list[Step] = field(default_factory=list)
    parked: list[Step] = field(default_factory=list)
    """The rest of the way of a message whose phone is switched off."""

    @property
    def channel(self) -> Channel:
        return channel_of(self.line if self.direction is Direction.INBOUND else self.recipient)

    @property
    def has_arrived(self) -> bool:
        return self.status in {"delivered", "read"}


@dataclass
class Conversation:
    """One phone with one line of the centre."""

    opened_at: datetime | None
    """The person's last message; free text may be sent for 24 hours from it. None when closed by hand."""
    is_opted_out: bool = False
    is_blocked: bool = False


@dataclass(frozen=True)
class Attempt:
    """One request to the application, for whoever asks what it was told. Holds nothing that people wrote."""

    at: datetime
    subject: str
    """`message`, or the status that a receipt reports."""
    sid: str
    url: str
    trial: int
    token: str
    is_forged: bool
    answer: int | None
    """The HTTP status; None when there was no answer."""
    failure: str
    milliseconds: int


class World:
    """Phones on a table and a carrier between them and the centre."""

    def __init__(self, setup: Setup, seed: int | None = None) -> None:
        self.phones: dict[str, Phone] = {phone.key: phone for phone in presets()}
        self.lines: dict[str, Line] = {line.address: line for line in setup.lines if not line.is_voice}
        self.hotlines: dict[str, Line] = {line.address: line for line in setup.lines if line.is_voice}
        self.voice = Calls()
        self.messages: dict[str, Message] = {}
        self.contents: dict[str, Content] = {}
        self.templates = setup.templates
        self.conversations: dict[tuple[str, str], Conversation] = {}
        self.attempts: deque[Attempt] = deque(maxlen=ATTEMPTS_KEPT)
        self.cdn: dict[str, tuple[Media, datetime]] = {}
        self.faults = Faults()
        self.standing = Standing()
        self.pace = setup.pace
        self.revision = 0
        self.ahead = timedelta()
        self._keys = {address: phone.key for phone in self.phones.values() for address in phone.addresses}
        self._by_phone: dict[str, list[Message]] = {}
        self.began_at = self.now()
        self._random = Random(setup.seed if seed is None else seed)
        self._lock = threading.RLock()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the world still while something in it changes."""
        with self._lock:
            yield
            self.revision += 1

    def now(self) -> datetime:
        """The simulator's own time: the machine's, and however far a trainer moved it ahead. Aware, UTC."""
        return clock.now() + self.ahead

    def new_sid(self, prefix: str) -> str:
        with self._lock:
            return f"{prefix}{self._random.getrandbits(128):032x}"

    def conversation(self, phone: str, line: str) -> Conversation:
        """The conversation of a phone with a line.

        What was before the simulator began is not known to it, and an application with a history would find
        every window closed: so each window is taken as open at the beginning.
        """
        with self._lock:
            return self.conversations.setdefault((phone, line), Conversation(self.began_at))

    def window_is_open(self, phone: str, line: str) -> bool:
        opened_at = self.conversation(phone, line).opened_at
        return opened_at is not None and self.now() < opened_at + WINDOW

    def find_phone(self, key_or_address: str) -> Phone | None:
        """By its key, number or WhatsApp user id, with or without `whatsapp:`."""
        with self._lock:
            key = self._keys.get(bare(key_or_address), key_or_address)
            return self.phones.get(key)

    def phone_at(self, address: str, *, is_staff: bool = False) -> Phone:
        """The phone at an address; an unknown one is put on the table when the centre writes to it or calls.

        One that a caller is put through to is taken for a counsellor's.
        """
        with self._lock:
            found = self.find_phone(address)
            if found is None:
                plain = bare(address)
                found = Phone(key="", name=plain, is_stranger=not is_staff, is_staff=is_staff)
                if plain.startswith("+"):
                    found.number = plain
                else:
                    found.user_id = plain
                self.add_phone(found)
            return found

    def add_phone(self, phone: Phone) -> Phone:
        """Put a phone on the table under a key of its own, which is set on it."""
        with self.changing():
            phone.key = f"phone-{len(self.phones) + 1}"
            self.phones[phone.key] = phone
            self._keys |= dict.fromkeys(phone.addresses, phone.key)
            return phone

    def add_message(self, message: Message) -> None:
        with self.changing():
            self.messages[message.sid] = message
            self._by_phone.setdefault(message.phone, []).append(message)

    def messages_of(self, phone: str, channel: Channel | None = None) -> Sequence[Message]:
        """Everything to and from a phone, oldest first."""
        with self._lock:
            return [each for each in self._by_phone.get(phone, ()) if channel in {None, each.channel}]

    def record_attempt(self, attempt: Attempt) -> None:
        """Note a request to the application, in the order of their end."""
        with self.changing():
            self.attempts.append(attempt)

    def listed_attempts(self) -> Sequence[Attempt]:
        with self._lock:
            return list(self.attempts)

    def knows_template(self, sid: str) -> bool:
        """True for a template that can be sent with.

        As long as the account has no template, any sid is taken for one: the centre may have made its own at
        a simulator that was started over since.
        """
        with self._lock:
            content = self.contents.get(sid)
            if content is not None:
                return not content.is_deleted
            return sid in self.templates or not (self.contents or self.templates)

    def listed_messages(self) -> Sequence[Message]:
        """Everything that the REST API ever listed, newest first, what was deleted there included."""
        with self._lock:
            return list(reversed(self.messages.values()))
