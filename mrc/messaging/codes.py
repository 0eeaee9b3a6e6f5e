"""What the provider's error codes mean for us, in one table: number, class, words for staff.

Only the number counts: the provider says that its texts may change, and its reports often come without any
(T:docs/api/errors). A code that is not in the table is permanent; its number is shown.
"""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from mrc.messaging.states import Reason


class Meaning(StrEnum):
    """What an error asks of us."""

    RETRY = "retry"
    """Nothing was sent and it may work later."""
    PERMANENT = "permanent"
    """It will never work for this message; somebody must find another way."""
    UNKNOWN = "unknown"
    """It may have been sent: the provider's list decides."""
    CONFIG = "config"
    """Our account or line is not set up; nobody's message is lost, an administrator must act."""
    OPT_OUT = "opt_out"
    """The reader wants no messages from this line."""
    WINDOW = "window"
    """WhatsApp's 24 hours for free answers are over."""


P, C, R, O = Meaning.PERMANENT, Meaning.CONFIG, Meaning.RETRY, Meaning.OPT_OUT  # noqa: E741 - columns of the table
NOT_VALID, NOT_REACHABLE = _l("This number is not valid."), _l("This number cannot receive messages.")
NOT_ON_WHATSAPP = _l("This number is not on WhatsApp.")
LINE_NOT_SET_UP = _l("Our line is not set up to send there.")
BUSY, FAULT = _l("The provider is busy."), _l("The provider had a fault.")
FILTERED = _l("The network or WhatsApp refused the content of the message.")
BLOCKED = _l("The person blocks messages from this line.")
UNKNOWN_CODE = _l("The provider refused it.")

MEANINGS: dict[int, tuple[Meaning, LazyString]] = {
    20003: (C, _l("The provider refuses our account.")),
    20404: (C, _l("The provider does not know our account or line.")),
    20429: (R, BUSY),
    20500: (Meaning.UNKNOWN, FAULT),
    20503: (Meaning.UNKNOWN, FAULT),
    21211: (P, NOT_VALID),
    21217: (P, NOT_VALID),
    21408: (C, _l("Our account may not send to this country.")),
    21603: (C, LINE_NOT_SET_UP),
    21606: (C, LINE_NOT_SET_UP),
    21609: (C, _l("The provider cannot reach our address for reports.")),
    21610: (O, _l("The person asked the provider for no more messages from us.")),
    21611: (R, _l("Our line has too many messages waiting.")),
    21612: (P, _l("There is no way from our line to this number.")),
    21614: (P, NOT_REACHABLE),
    21617: (P, _l("The message is too long.")),
    21703: (C, LINE_NOT_SET_UP),
    21705: (C, LINE_NOT_SET_UP),
    30001: (R, _l("Our line has too many messages waiting.")),
    30002: (C, _l("Our account with the provider is suspended.")),
    30003: (P, _l("The telephone is switched off or out of reach.")),
    30004: (P, _l("The person or the network blocks our messages.")),
    30005: (P, _l("This number does not exist any more.")),
    30006: (P, NOT_REACHABLE),
    30007: (P, FILTERED),
    30008: (P, _l("The network gave no reason.")),
    30017: (R, _l("The network is congested.")),
    30018: (C, _l("Our sender name is not registered in this country.")),
    30024: (C, _l("Our sender name is not registered in this country.")),
    30036: (P, _l("It could not be delivered in time.")),
    30410: (R, FAULT),
    30450: (C, _l("The provider blocks this country as a protection against misuse.")),
    63001: (C, LINE_NOT_SET_UP),
    63002: (C, LINE_NOT_SET_UP),
    63003: (P, NOT_ON_WHATSAPP),
    63005: (P, FILTERED),
    63006: (P, FILTERED),
    63007: (C, LINE_NOT_SET_UP),
    63008: (C, LINE_NOT_SET_UP),
    63009: (R, FAULT),
    63010: (R, FAULT),
    63011: (R, FAULT),
    63012: (R, FAULT),
    63013: (P, FILTERED),
    63014: (O, BLOCKED),
    63015: (C, _l("The person has not joined our test line.")),
    63016: (Meaning.WINDOW, _l("WhatsApp's 24 hours for free answers were over.")),
    63017: (R, _l("WhatsApp limits how much we may send now.")),
    63018: (R, _l("WhatsApp limits how much we may send now.")),
    63019: (P, _l("WhatsApp could not fetch the file that went with it.")),
    63020: (C, LINE_NOT_SET_UP),
    63021: (P, FILTERED),
    63024: (P, NOT_ON_WHATSAPP),
    63032: (O, BLOCKED),
    63033: (O, BLOCKED),
    63038: (R, _l("WhatsApp limits how much we may send now.")),
}

ABSENT = frozenset({63003, 63024})
"""Nobody is at this address of WhatsApp; they may be reached in another way."""

REASONS: dict[Reason, LazyString] = {
    Reason.WINDOW_CLOSED: _l("WhatsApp's 24 hours for free answers were over before it could be sent."),
    Reason.NEVER_CONTACT: _l("The contact plan says never to use this address."),
    Reason.NOT_SAFE: _l("The contact plan says that messages to this address are not safe."),
    Reason.OUTSIDE_HOURS: _l("The contact plan says that messages are not safe at this hour."),
    Reason.CONSENT_WITHDRAWN: _l(
        "The person took back their consent to messages of this kind. Ask them anew before you write."
    ),
    Reason.OPTED_OUT: _l("The person asked for no more messages."),
    Reason.NOT_THERE: _l("WhatsApp says that nobody is at this number."),
    Reason.SCHEDULED: _l("It waits for the time that was chosen."),
    Reason.QUIET_HOURS: _l("It is night where the person is. It goes out in the morning."),
    Reason.NO_CONSENT: _l("The person did not agree to messages of this kind."),
    Reason.TEMPLATE_NOT_APPROVED: _l("WhatsApp does not let this wording through now."),
    Reason.SHARED_PHONE: _l("Others read what comes to this phone, and the words tell too much."),
    Reason.COST_CAP: _l("The centre has spent what it may spend on messages today."),
    Reason.LOOP: _l("The same words went there again and again; a machine may be answering."),
    Reason.TAKEN_BACK: _l("It was taken back before it left."),
    Reason.OTHER_LANGUAGE: _l("They read another language."),
    Reason.NO_LINE: _l("The centre has no WhatsApp line to write from."),
    Reason.TRIED_AGAIN: _l("It did not arrive; it is sent once more, below."),
    Reason.ARRIVED_AFTER_ALL: _l("The first one arrived after all, so this one was not sent."),
    Reason.MAYBE_SOMEONE_ELSE: _l(
        "Somebody else may use this address now. Find out by a call who it is, and confirm it here."
    ),
    Reason.TOO_LATE: _l("It could not be sent while it was still useful."),
    Reason.NOT_REACHED: _l("The provider could not be reached. Nothing was sent."),
}


def meaning_of(code: int) -> Meaning:
    """What an error code asks of us."""
    return MEANINGS.get(code, (Meaning.PERMANENT, UNKNOWN_CODE))[0]


def words_of(code: int | None, reason: Reason | None) -> str:
    """Why a message is where it is, in words for staff; empty when nothing went wrong."""
    if reason is not None:
        return str(REASONS[reason])
    return f"{MEANINGS.get(code, (Meaning.PERMANENT, UNKNOWN_CODE))[1]} ({code})" if code else ""
