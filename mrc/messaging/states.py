"""The states of threads and messages. Delivery reports come late and out of order, so ranks only rise."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """Over what a thread runs."""

    WHATSAPP = "whatsapp"
    SMS = "sms"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class ThreadStatus(StrEnum):
    """Whether a thread waits for us."""

    WAITING = "waiting"
    ANSWERED = "answered"
    DONE = "done"


class MessageStatus(StrEnum):
    """Where a message is. `received` is for what came in; the others are the way out."""

    RECEIVED = "received"
    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


RANK = {
    MessageStatus.HELD: 0,
    MessageStatus.QUEUED: 1,
    MessageStatus.SENDING: 2,
    MessageStatus.UNKNOWN: 3,
    MessageStatus.ACCEPTED: 4,
    MessageStatus.SENT: 5,
    MessageStatus.UNDELIVERED: 6,
    MessageStatus.FAILED: 6,
    MessageStatus.DELIVERED: 7,
    MessageStatus.READ: 8,
}
"""How far a message has come. A late delivery report after a failure is real and wins; a late 'sent' does
not.
"""

REPORTED = {
    "accepted": MessageStatus.ACCEPTED,
    "scheduled": MessageStatus.ACCEPTED,
    "queued": MessageStatus.ACCEPTED,
    "sending": MessageStatus.ACCEPTED,
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.READ,
    "undelivered": MessageStatus.UNDELIVERED,
    "failed": MessageStatus.FAILED,
}
"""The provider's words for it, and ours."""

FINAL = frozenset({
    MessageStatus.DELIVERED, MessageStatus.READ, MessageStatus.UNDELIVERED, MessageStatus.FAILED,
    MessageStatus.CANCELLED, MessageStatus.EXPIRED,
})  # fmt: skip


def raises(present: MessageStatus, reported: MessageStatus) -> bool:
    """True when a report takes a message further than it is."""
    return RANK.get(reported, 0) > RANK.get(present, 99)


STORED, QUARANTINED = "stored", "quarantined"
"""Whether an inbound form became a message, or waits because its line is unknown."""
