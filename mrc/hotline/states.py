"""What a call is, derived from its events; the prompts of a line; how a callback ends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class CallDirection(StrEnum):
    IN = "in"
    OUT = "out"


class CallState(StrEnum):
    """Where a call is. The first four are for what comes in, the next three for what we dial."""

    RINGING = "ringing"
    MENU = "menu"
    WAITING = "waiting"
    RECORDING = "recording"
    QUEUED = "queued"
    DIALLING = "dialling"
    UNKNOWN = "unknown"
    TALKING = "talking"
    SERVED = "served"
    MISSED = "missed"
    VOICEMAIL = "voicemail"
    NOT_REACHED = "not_reached"
    REFUSED = "refused"


LIVE = frozenset({
    CallState.RINGING, CallState.MENU, CallState.WAITING, CallState.RECORDING, CallState.DIALLING,
    CallState.TALKING,
})  # fmt: skip
"""States of a call that is going on."""


class CallbackOutcome(StrEnum):
    """How a callback was closed."""

    REACHED = "reached"
    SERVED = "served"
    NOT_NEEDED = "not_needed"
    WRONG_NUMBER = "wrong_number"
    GIVEN_UP = "given_up"


BY_HAND = (
    CallbackOutcome.REACHED, CallbackOutcome.NOT_NEEDED, CallbackOutcome.WRONG_NUMBER,
    CallbackOutcome.GIVEN_UP,
)  # fmt: skip


class VoicemailState(StrEnum):
    """Where a recording is: waiting at the provider, kept here, lost there, or destroyed here."""

    WAITING = "waiting"
    KEPT = "kept"
    LOST = "lost"
    DESTROYED = "destroyed"


class PromptKey(StrEnum):
    """What is played to a caller; `take_call` is played to the counsellor who is rung."""

    CHOOSE = "choose"
    CLOSED = "closed"
    CONSENT = "consent"
    LEAVE_MESSAGE = "leave_message"
    THANKS = "thanks"
    CONNECTING = "connecting"
    PLEASE_WAIT = "please_wait"
    PLACE_1 = "place_1"
    PLACE_2 = "place_2"
    PLACE_3 = "place_3"
    PLACE_MORE = "place_more"
    TAKE_CALL = "take_call"


class AudioType(StrEnum):
    """The kinds of sound that the provider plays and records."""

    WAV = "wav"
    MP3 = "mp3"


AUDIO_CONTENT_TYPES = {AudioType.WAV: "audio/wav", AudioType.MP3: "audio/mpeg"}

ENDINGS = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""The provider's last words on a call. None of them says that anybody was helped."""
SHORTEST_SECONDS = 2
"""A shorter recording is somebody hanging up."""
ANSWERED = frozenset({"completed", "answered"})


@dataclass(frozen=True)
class Derived:
    """What the events of a call amount to."""

    state: CallState
    is_served: bool
    is_ended: bool


def derive(events: Collection[tuple[str, int]], direction: CallDirection, *, has_voicemail: bool) -> Derived:
    """The state of a call from its events (name, sequence), in whatever order they came.

    `rang.*` is how ringing the counsellors, or the person called back, ended in a round; `accepted` that a
    counsellor pressed the key in that round; `queue.*` how waiting ended.
    """
    names = {name for name, _sequence in events}
    served = bool(names & {f"rang.{word}" for word in ANSWERED}) or "queue.bridged" in names
    settled = {sequence for name, sequence in events if name.startswith("rang.")}
    in_talk = any(name == "accepted" and sequence not in settled for name, sequence in events)
    ended = bool(names & {f"status.{word}" for word in ENDINGS})
    is_served = served or (ended and in_talk)
    if direction is CallDirection.OUT:
        return Derived(_state_out(names, is_served, ended, in_talk), is_served, ended)
    if is_served:
        return Derived(CallState.SERVED, True, ended)
    return Derived(_state_in(names, ended, in_talk, has_voicemail), False, ended)


def _state_in(names: set[str], ended: bool, in_talk: bool, has_voicemail: bool) -> CallState:
    if has_voicemail:
        return CallState.VOICEMAIL
    if ended:
        return CallState.MISSED
    if in_talk:
        return CallState.TALKING
    if "recording" in names:
        return CallState.RECORDING
    if names & {"ring", "wait", "queue.leave"}:
        return CallState.WAITING
    return CallState.MENU if names & {"menu", "language"} else CallState.RINGING


def _state_out(names: set[str], is_served: bool, ended: bool, in_talk: bool) -> CallState:
    if is_served:
        return CallState.SERVED
    if ended or any(name.startswith("rang.") for name in names):
        return CallState.NOT_REACHED
    return CallState.TALKING if in_talk else CallState.DIALLING
