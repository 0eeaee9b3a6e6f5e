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


class Reason(StrEnum):
    """Why we ourselves held a message back or gave it up. What the provider says is an error code instead."""

    SCHEDULED = "scheduled"
    QUIET_HOURS = "quiet_hours"
    NO_CONSENT = "no_consent"
    TEMPLATE_NOT_APPROVED = "template_not_approved"
    SHARED_PHONE = "shared_phone"
    COST_CAP = "cost_cap"
    LOOP = "loop"
    TAKEN_BACK = "taken_back"
    OTHER_LANGUAGE = "other_language"
    NO_LINE = "no_line"
    TRIED_AGAIN = "tried_again"
    ARRIVED_AFTER_ALL = "arrived_after_all"
    WINDOW_CLOSED = "window_closed"
    NEVER_CONTACT = "never_contact"
    NOT_SAFE = "not_safe"
    OUTSIDE_HOURS = "outside_hours"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    OPTED_OUT = "opted_out"
    MAYBE_SOMEONE_ELSE = "maybe_someone_else"
    NOT_REACHED = "not_reached"
    NOT_THERE = "not_there"
    TOO_LATE = "too_late"


class ThreadStep(StrEnum):
    """What the times of answers are counted from. What the house says by itself is no step."""

    INBOUND = "inbound"
    ANSWER = "answer"
    DONE = "done"


class Purpose(StrEnum):
    """What a message is sent for. What the person did not ask for is outreach, and has stricter rules."""

    REPLY = "reply"
    """A counsellor answers."""
    NOTICE = "notice"
    """A counsellor writes first, outside the 24 hours, with an approved wording."""
    NUDGE = "nudge"
    """"You have an answer": the answer itself waits until the person writes."""
    AUTOMATIC = "automatic"
    """The house answers at once: greeting, closed, emergency numbers."""
    REMINDER = "reminder"
    """An appointment or a visit comes near."""
    SATISFACTION = "satisfaction"
    """How was it? One tap."""
    BROADCAST = "broadcast"
    """The same to many."""


OUTREACH = frozenset({Purpose.REMINDER, Purpose.SATISFACTION, Purpose.BROADCAST})
"""Not without the person's consent, never after an opt-out."""
BY_PEOPLE = frozenset({Purpose.REPLY, Purpose.NOTICE})
"""A person of ours wrote it: the list shows it, and its failure is owed."""
AT_ONCE = frozenset({Purpose.REPLY, Purpose.AUTOMATIC})
"""The person wrote and waits: quiet hours do not hold these back, the contact plan does."""


class Category(StrEnum):
    """WhatsApp's kinds of template; they differ in price and in what is let through."""

    UTILITY = "utility"
    MARKETING = "marketing"
    AUTHENTICATION = "authentication"


class TemplateStatus(StrEnum):
    """Where a wording stands. Only an approved one is ever sent."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    PAUSED = "paused"
    DISABLED = "disabled"
    RETIRED = "retired"


class AnswerStatus(StrEnum):
    """Where a ready answer stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    RETIRED = "retired"


class InboundState(StrEnum):
    """Whether an inbound form became a message, or waits for somebody to say where it belongs."""

    STORED = "stored"
    QUARANTINED = "quarantined"


class Doubt(StrEnum):
    """Why the writer of a thread may be somebody else now."""

    OTHER_NAME = "other_name"
    ASKS_WHO = "asks_who"
    OTHER_ACCOUNT = "other_account"


class AlarmKind(StrEnum):
    """What is wrong with messaging so that somebody must look at it."""

    NO_INBOUND = "no_inbound"
    """So long without a message in opening hours that, at the usual pace, many would have come."""
    QUEUE_STUCK = "queue_stuck"
    """Messages wait to be handed over though they are due."""
    UNKNOWN_STUCK = "unknown_stuck"
    """Nobody knows whether these were sent, and the provider's list has not told."""
    MANY_FAILURES = "many_failures"
    """Of a hundred messages so many fail."""
    OUR_ACCOUNT = "our_account"
    """The provider refuses messages because our account or line is not set up."""
    ORPHANS = "orphans"
    """Reports about messages that nobody here sent."""
    QUARANTINE = "quarantine"
    """Messages that came to a line that we do not know wait for somebody."""
    SLOW_WEBHOOKS = "slow_webhooks"
    """Of a thousand webhooks so many are slow; the provider gives up and the message is late."""
    TEXTS_KEPT = "texts_kept"
    """Texts still lie with the provider long after they should have been cleared."""
    LINE_MISSING = "line_missing"
    LINE_OFFLINE = "line_offline"
    LINE_ASTRAY = "line_astray"
    """What comes to the line is not sent to us."""
    LINE_QUALITY = "line_quality"
    """People block or report what the line sends; WhatsApp will limit it."""


class MediaState(StrEnum):
    """Where a file of a message is."""

    WAITING = "waiting"
    STORED = "stored"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    WITHDRAWN = "withdrawn"


class MediaReason(StrEnum):
    """Why a file of a message is not here (yet). From `empty` on, the words of the cleaning."""

    NO_ADDRESS = "no_address"
    NOT_FOUND = "not_found"
    NOT_REACHED = "not_reached"
    FOREIGN_ADDRESS = "foreign_address"
    NOT_AS_TOLD = "not_as_told"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_ALLOWED = "not_allowed"
    DAMAGED = "damaged"
    LOCKED = "locked"
    ACTIVE = "active"
    HOLDS_FILES = "holds_files"
    FLOOD = "flood"
    MOVING = "moving"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"


RANK = {
    MessageStatus.HELD: 0,
    MessageStatus.CANCELLED: 0,
    MessageStatus.EXPIRED: 0,
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
"""How far a message has come. What we gave up and the provider delivered nevertheless was delivered; so was
what it reported as failed before. A late 'sent' after a failure changes nothing.
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

GIVEN_UP = frozenset({
    MessageStatus.HELD, MessageStatus.UNDELIVERED, MessageStatus.FAILED, MessageStatus.CANCELLED,
    MessageStatus.EXPIRED,
})  # fmt: skip
"""The reader did not get it, so somebody still owes them an answer."""

FINAL = GIVEN_UP - {MessageStatus.HELD} | {MessageStatus.DELIVERED, MessageStatus.READ}
"""Ends of the way; the log names them."""

UNDER_WAY = frozenset({MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.UNKNOWN})
"""Not yet certain to have left us: later messages of the thread wait behind it."""


def raises(present: MessageStatus, reported: MessageStatus) -> bool:
    """True when a report takes a message further than it is. What came in takes no reports."""
    return present in RANK and RANK[reported] > RANK[present]
