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
