"""What the provider posts of a call, understood. All of it stays in the sealed raw of the event.

CallSid=CA1f0…&From=+923001234567&To=+924200000101&CallStatus=ringing&Direction=inbound
CallSid=CA1f0…&DialCallStatus=no-answer (how ringing ended) or &QueueResult=bridged or
&RecordingSid=RE1f0…&RecordingDuration=9&RecordingStatus=completed
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mrc.core.phones import is_user_id
from mrc.core.text import clean
from mrc.messaging.wire import WHATSAPP
from mrc.persons.states import AddressKind

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
NO_NUMBER = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253", "+464"})
"""What the provider writes where the caller hides the number: words such as anonymous, typed on its keys."""
NOT_BRIDGED = "no-answer"
LONGEST_WORD = 20
SPOOL = "spool-voice"
"""The folder of forms that came while the database was away."""
ARGUMENT = "?"
"""Before the name of what stood in the address, in a form that was kept."""


@dataclass(frozen=True)
class CallForm:
    """A form about a call in our words, every text clean. Only the id is certain to be there."""

    sid: str
    caller: str
    line: str
    status: str
    digits: str
    sequence: int
    at: datetime | None
    """When the provider says it happened, UTC."""
    dialled: str
    """How ringing somebody ended; empty where nobody was rung."""
    queued: str
    queue_place: int
    queue_seconds: int
    recording_sid: str
    recording_seconds: int
    recording_status: str


def sid_of(form: Mapping[str, str]) -> str:
    """The provider's id of the call, empty when the form has none."""
    return _text(form, "CallSid", 40)


def read_call(form: Mapping[str, str]) -> CallForm:
    """Understand a form about a call."""
    dialled = _text(form, "DialCallStatus", LONGEST_WORD)
    if dialled == "completed" and _text(form, "DialBridged", 8).lower() == "false":
        # The counsellor's phone answered, a machine perhaps, and nobody pressed the key.
        dialled = NOT_BRIDGED
    return CallForm(
        sid=sid_of(form),
        caller=_text(form, "From", 200),
        line=_text(form, "To", 80),
        status=_text(form, "CallStatus", LONGEST_WORD),
        digits=_text(form, "Digits", 8),
        sequence=number_of(form, "SequenceNumber"),
        at=_instant(_text(form, "Timestamp", 60)),
        dialled=dialled,
        queued=_text(form, "QueueResult", LONGEST_WORD + 5),
        queue_place=number_of(form, "QueuePosition"),
        queue_seconds=number_of(form, "QueueTime"),
        recording_sid=_text(form, "RecordingSid", 40),
        recording_seconds=number_of(form, "RecordingDuration"),
        recording_status=_text(form, "RecordingStatus", LONGEST_WORD),
    )


def address_of(caller: str) -> tuple[AddressKind, str] | None:
    """How to reach whoever calls; None for hidden numbers, internet phones and whatever is no number."""
    if caller.startswith(WHATSAPP):
        value = caller.removeprefix(WHATSAPP)
        return (AddressKind.WHATSAPP, value) if E164.fullmatch(value) or is_user_id(value) else None
    if caller in NO_NUMBER or not E164.fullmatch(caller):
        return None
    return AddressKind.PHONE, caller


def number_of(form: Mapping[str, str], name: str) -> int:
    """A whole number of the form, 0 without one."""
    text = form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


def _text(form: Mapping[str, str], name: str, longest: int) -> str:
    return clean(form.get(name, ""))[:longest].strip()


def _instant(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
