"""What the provider's error codes mean for us (its own error pages; unknown codes are permanent and shown).

The words are for staff; the provider says that its own texts may change, so only the number counts.
"""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString


class Meaning(StrEnum):
    """What to do about an error."""

    LATER = "later"
    PERMANENT = "permanent"
    UNKNOWN = "unknown"
    OPTED_OUT = "opted_out"
    WINDOW_CLOSED = "window_closed"
    OUR_SETUP = "our_setup"


NOT_SENT = _l("The provider could not be reached. Nothing was sent.")
UNKNOWN_CODE = _l("The provider refused it.")

MEANINGS: dict[int, tuple[Meaning, LazyString]] = {
    20003: (
        Meaning.OUR_SETUP,
        _l("Our account with the provider is refused. The administrator must look at it."),
    ),
    20404: (Meaning.OUR_SETUP, _l("The provider does not know our account or line.")),
    20429: (Meaning.LATER, _l("The provider is busy. It is tried again.")),
    20500: (Meaning.UNKNOWN, _l("The provider had a fault. It is being looked up.")),
    20503: (Meaning.UNKNOWN, _l("The provider had a fault. It is being looked up.")),
    21211: (Meaning.PERMANENT, _l("This number is not valid.")),
    21217: (Meaning.PERMANENT, _l("This number is not valid.")),
    21408: (Meaning.OUR_SETUP, _l("Sending to this country is not allowed for our account.")),
    21606: (Meaning.OUR_SETUP, _l("Our line cannot send there.")),
    21610: (Meaning.OPTED_OUT, _l("The person asked the provider not to receive messages from us.")),
    21611: (Meaning.LATER, _l("Our line is too busy. It is tried again.")),
    21614: (Meaning.PERMANENT, _l("This number cannot receive messages.")),
    21617: (Meaning.PERMANENT, _l("The message is too long.")),
    30002: (Meaning.OUR_SETUP, _l("Our account with the provider is suspended.")),
    30003: (Meaning.PERMANENT, _l("The telephone is switched off or out of reach.")),
    30004: (Meaning.PERMANENT, _l("The person or the network blocks our messages.")),
    30005: (Meaning.PERMANENT, _l("This number does not exist any more.")),
    30006: (Meaning.PERMANENT, _l("This number cannot receive messages.")),
    30007: (Meaning.PERMANENT, _l("The network filtered the message.")),
    30008: (Meaning.PERMANENT, _l("The network gave no reason.")),
    30036: (Meaning.PERMANENT, _l("It was not delivered in time.")),
    63003: (Meaning.PERMANENT, _l("This number is not on WhatsApp.")),
    63007: (Meaning.OUR_SETUP, _l("Our WhatsApp line is not set up.")),
    63013: (Meaning.PERMANENT, _l("WhatsApp's rules do not allow this message.")),
    63015: (Meaning.OUR_SETUP, _l("The person has not joined our test line.")),
    63016: (Meaning.WINDOW_CLOSED, _l("The 24 hours in which we may answer freely are over.")),
    63018: (Meaning.LATER, _l("WhatsApp limits how much we may send now. It is tried again.")),
    63024: (Meaning.PERMANENT, _l("This number is not on WhatsApp.")),
    63032: (Meaning.OPTED_OUT, _l("The person blocks us on WhatsApp.")),
}


def meaning_of(code: int) -> Meaning:
    """What an error code asks us to do."""
    return MEANINGS.get(code, (Meaning.PERMANENT, UNKNOWN_CODE))[0]


def words_of(code: int | None) -> str:
    """An error code in words for staff; empty without one."""
    if not code:
        return ""
    return f"{MEANINGS.get(code, (Meaning.PERMANENT, UNKNOWN_CODE))[1]} ({code})"
