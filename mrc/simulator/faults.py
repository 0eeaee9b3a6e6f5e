"""What can be made to go wrong: the list that trainers and tests choose from, and what is armed now.

A fault is armed for a number of times, for one phone or for all. It is used up by the events it happens to: a
request of the application, a message of a phone, an outbound message with all of its receipts, a call with
all that belongs to it, a recording, or a template that is submitted.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """Where on the way something goes wrong."""

    API = "When the centre sends"
    INBOUND = "When a phone writes"
    RECEIPTS = "When receipts come back"
    CONTENT = "When a template is judged"
    CALLS = "When a phone calls"
    CALL_REPORTS = "When calls are reported"
    RECORDINGS = "When a message is recorded"


class Kind(StrEnum):
    SLOW_ANSWER = "slow_answer"
    ACCEPT_THEN_DROP = "accept_then_drop"
    RESET = "reset"
    REFUSE = "refuse"
    TOO_MANY = "too_many"
    SERVER_ERROR = "server_error"
    PROBLEM = "problem"
    LATE = "late"
    LOST = "lost"
    TWICE = "twice"
    FORGED = "forged"
    RECEIPTS_LATE = "receipts_late"
    RECEIPTS_LOST = "receipts_lost"
    RECEIPTS_TWICE = "receipts_twice"
    RECEIPTS_REVERSED = "receipts_reversed"
    RECEIPTS_FORGED = "receipts_forged"
    NEVER_ARRIVES = "never_arrives"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CONTENT_WAITS = "content_waits"
    CONTENT_REJECTED = "content_rejected"
    CONTENT_MOVED = "content_moved"
    CALL_LOST = "call_lost"
    CALL_LATE = "call_late"
    CALL_TWICE = "call_twice"
    CALL_FORGED = "call_forged"
    PLAY_MISSING = "play_missing"
    CALL_REPORTS_LATE = "call_reports_late"
    CALL_REPORTS_LOST = "call_reports_lost"
    CALL_REPORTS_TWICE = "call_reports_twice"
    CALL_REPORTS_REVERSED = "call_reports_reversed"
    CALL_REPORTS_FORGED = "call_reports_forged"
    RECORDING_ABSENT = "recording_absent"
    RECORDING_EMPTY = "recording_empty"
    RECORDING_SLOW = "recording_slow"
    RECORDING_EARLY = "recording_early"
    RECORDING_KEPT = "recording_kept"


@dataclass(frozen=True)
class Description:
    """How a kind of fault is offered."""

    kind: Kind
    place: Place
    label: str
    hint: str
    value_words: str = ""
    """How the number with it is said; empty when it takes none."""
    value: int = 0

    @property
    def usually(self) -> str:
        """What the number is unless another is chosen, as the end of the hint."""
        return f" Usually {self.value_words % self.value}." if self.value_words else ""


CATALOGUE: tuple[Description, ...] = (
    Description(
        Kind.SLOW_ANSWER, Place.API, "Answer late",
        "The message is accepted at once; receipts may overtake the answer.", "%d s", 5,
    ),
    Description(
        Kind.ACCEPT_THEN_DROP, Place.API, "Time out",
        "The message is accepted, then the line drops: nobody can tell whether it was sent.",
        "after %d s of silence", 0,
    ),
    Description(Kind.RESET, Place.API, "Break the connection", "Nothing is accepted."),
    Description(Kind.REFUSE, Place.API, "Refuse", "An error document with this code.", "code %d", 21211),
    Description(Kind.TOO_MANY, Place.API, "Too many requests", "429 with Retry-After.", "%d s", 2),
    Description(Kind.SERVER_ERROR, Place.API, "Server error", "A page, no answer.", "HTTP %d", 503),
    Description(Kind.PROBLEM, Place.API, "Problem document", "As in RFC 9457.", "HTTP %d", 503),
    Description(Kind.LATE, Place.INBOUND, "Deliver late", "The centre hears of it later.", "%d s", 20),
    Description(
        Kind.LOST, Place.INBOUND, "Lose it", "The centre is never told; the carrier's list has the message."
    ),
    Description(Kind.TWICE, Place.INBOUND, "Deliver twice", "The same message at one moment.", "%d times", 2),
    Description(Kind.FORGED, Place.INBOUND, "Bad signature", "Someone else pretends to be the carrier."),
    Description(Kind.RECEIPTS_LATE, Place.RECEIPTS, "Report late", "Each receipt waits.", "%d s", 20),
    Description(Kind.RECEIPTS_LOST, Place.RECEIPTS, "Report nothing", "It arrives, but no receipt does."),
    Description(Kind.RECEIPTS_TWICE, Place.RECEIPTS, "Report twice", "Each one comes again.", "%d times", 2),
    Description(Kind.RECEIPTS_REVERSED, Place.RECEIPTS, "Out of order", "Read comes first, sent last."),
    Description(Kind.RECEIPTS_FORGED, Place.RECEIPTS, "Bad signature", "Nobody should believe them."),
    Description(Kind.NEVER_ARRIVES, Place.RECEIPTS, "Never arrives", "It stays at sent for ever."),
    Description(
        Kind.UNDELIVERED, Place.RECEIPTS, "Undelivered", "Sent, then this code.", "code %d", 30003
    ),
    Description(Kind.FAILED, Place.RECEIPTS, "Failed", "Fails with this code.", "code %d", 63024),
    Description(Kind.CONTENT_WAITS, Place.CONTENT, "Stays pending", "Until someone decides."),
    Description(Kind.CONTENT_REJECTED, Place.CONTENT, "Is rejected", "With WhatsApp's usual words."),
    Description(Kind.CONTENT_MOVED, Place.CONTENT, "Is made marketing", "Approved, in another category."),
    Description(Kind.CALL_LOST, Place.CALLS, "Centre not reached", "The fallback address is asked."),
    Description(Kind.CALL_LATE, Place.CALLS, "Ask late", "The caller hears nothing meanwhile.", "%d s", 10),
    Description(Kind.CALL_TWICE, Place.CALLS, "Ask twice", "About the same call.", "%d times", 2),
    Description(Kind.CALL_FORGED, Place.CALLS, "Bad call signature", "Then the fallback address is asked."),
    Description(Kind.PLAY_MISSING, Place.CALLS, "Sound missing", "The next file to play ends the call."),
    Description(Kind.CALL_REPORTS_LATE, Place.CALL_REPORTS, "Progress late", "Each waits.", "%d s", 20),
    Description(Kind.CALL_REPORTS_LOST, Place.CALL_REPORTS, "No progress", "Nobody is told of the end."),
    Description(Kind.CALL_REPORTS_TWICE, Place.CALL_REPORTS, "Progress twice", "Each again.", "%d times", 2),
    Description(Kind.CALL_REPORTS_REVERSED, Place.CALL_REPORTS, "Progress reversed", "The end comes first."),
    Description(Kind.CALL_REPORTS_FORGED, Place.CALL_REPORTS, "Progress forged", "Badly signed."),
    Description(Kind.RECORDING_ABSENT, Place.RECORDINGS, "No recording", "It is reported as absent."),
    Description(Kind.RECORDING_EMPTY, Place.RECORDINGS, "Empty recording", "It lasts 0 seconds."),
    Description(Kind.RECORDING_SLOW, Place.RECORDINGS, "Ready late", "The file comes later.", "%d s", 60),
    Description(Kind.RECORDING_EARLY, Place.RECORDINGS, "Told early", "It is reported before the action."),
    Description(
        Kind.RECORDING_KEPT, Place.RECORDINGS, "Cannot be deleted", "Refused with 20009 while young.",
        "for %d s", 600,
    ),
)  # fmt: skip
DESCRIPTIONS = {description.kind: description for description in CATALOGUE}
ANY_OPERATION = "any"
Upsets = dict[Kind, int]
"""What goes wrong with one event, with the number that belongs to each."""


@dataclass
class Fault:
    """One armed fault. `remaining` is how many events it still happens to; None is until it is cleared."""

    number: int
    kind: Kind
    value: int
    remaining: int | None
    phone: str | None
    operation: str
    """For faults of the API: create, fetch, list, update, delete, media, content, call, recording or any."""

    @property
    def description(self) -> Description:
        return DESCRIPTIONS[self.kind]

    @property
    def value_said(self) -> str:
        """The number in words, such as `code 21211`; empty when the fault takes none."""
        words = self.description.value_words
        return words % self.value if words else ""

    def happens(self, place: Place, phone: str | None, operation: str) -> bool:
        return (
            self.description.place is place
            and self.phone in {None, phone}
            and (place is not Place.API or self.operation in {operation, ANY_OPERATION})
        )


class Faults:
    """The armed faults, oldest first."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self.changes = 0
        """Rises with every change, for pages that compare."""

    def arm(
        self,
        kind: Kind,
        *,
        times: int = 1,
        value: int | None = None,
        phone: str | None = None,
        operation: str = "create",
    ) -> Fault:
        """Make the next `times` events of its place go wrong; 0 is all of them until cleared."""
        usual = DESCRIPTIONS[kind].value
        with self._lock:
            fault = Fault(
                next(self._numbers), kind, usual if value is None else value, times or None, phone, operation
            )
            self._armed.append(fault)
            self.changes += 1
            return fault

    def take(self, place: Place, *, phone: str | None = None, operation: str = "") -> Upsets:
        """What goes wrong with one event. Uses up one time of each fault that happens to it."""
        with self._lock:
            happening = [fault for fault in self._armed if fault.happens(place, phone, operation)]
            for fault in happening:
                if fault.remaining is not None:
                    fault.remaining -= 1
            self._armed = [fault for fault in self._armed if fault.remaining != 0]
            self.changes += len(happening)
        return {fault.kind: fault.value for fault in happening}

    def armed(self) -> Sequence[Fault]:
        with self._lock:
            return list(self._armed)

    def clear(self, number: int | None = None) -> None:
        """Disarm one fault, or all of them."""
        with self._lock:
            self._armed = [fault for fault in self._armed if number is not None and fault.number != number]
            self.changes += 1
