"""What a phone shows of its calls: who is on the line, what was heard, and what can be done now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mrc.simulator.calls import Call, Doing, Way
from mrc.simulator.people import Phone
from mrc.simulator.settings import Line
from mrc.simulator.state import World

LINES_SHOWN = 60
STATES = {
    Doing.STARTING: "Connecting",
    Doing.RINGING: "Ringing",
    Doing.LISTENING: "Listening",
    Doing.KEYS: "The centre waits for a key",
    Doing.RECORDING: "After the tone: speak now",
    Doing.DIALLING: "The centre rings somebody",
    Doing.QUEUED: "Waiting for a free counsellor",
    Doing.TALKING: "Talking",
    Doing.ENDED: "Ended",
}
MARKS = {
    "played": "Recording",
    "said": "Voice",
    "tone": "Sound",
    "keys": "Keys pressed",
    "spoke": "This phone",
    "note": "",
}


@dataclass(frozen=True)
class Spoken:
    """One line of a transcript."""

    time: str
    kind: str
    mark: str
    text: str


@dataclass(frozen=True)
class CallScreen:
    """The call panel of one phone: the call of now, or else its latest."""

    sid: str
    other: str
    state: str
    heard: Sequence[Spoken]
    is_on: bool
    rings: bool
    """True when it can be answered or declined."""
    can_press: bool
    lines: Sequence[Line]
    preferred: str


def call_screen_of(world: World, phone: Phone) -> CallScreen | None:
    """The panel; None for a phone that cannot be called and has nobody to call."""
    if not phone.number or not (world.hotlines or world.voice.of_phone(phone.key)):
        return None
    calls = world.voice.of_phone(phone.key)
    call = world.voice.now_on(phone.key) or (calls[-1] if calls else None)
    lines = list(world.hotlines.values())
    country = phone.number[:3]
    near = next((line for line in lines if line.address.startswith(country)), lines[0] if lines else None)
    rings = call is not None and call.way is not Way.INBOUND and call.doing is Doing.RINGING
    is_on = call is not None and not call.is_over
    return CallScreen(
        sid=call.sid if call else "",
        other=_other(world, call) if call else "",
        state=_state(call, rings=rings) if call else "",
        heard=_transcript(call, ZoneInfo(phone.zone)) if call else (),
        is_on=is_on,
        rings=rings,
        can_press=is_on and not rings,
        lines=lines,
        preferred=near.address if near else "",
    )


def _other(world: World, call: Call) -> str:
    """Who is at the other end, as a phone shows it."""
    address = call.recipient if call.way is Way.INBOUND else call.sender
    line = world.hotlines.get(address)
    return line.name if line else address


def _state(call: Call, *, rings: bool) -> str:
    if rings:
        return "Incoming call"
    if call.is_over:
        minutes, seconds = divmod(call.seconds, 60)
        lasted = f", {minutes}:{seconds:02}" if call.answered_at else ""
        return f"Ended: {call.status}{lasted}"
    return STATES[call.doing]


def _transcript(call: Call, zone: ZoneInfo) -> Sequence[Spoken]:
    return [
        Spoken(f"{each.at.astimezone(zone):%H:%M:%S}", each.kind, MARKS[each.kind], each.text)
        for each in list(call.heard)[-LINES_SHOWN:]
    ]
