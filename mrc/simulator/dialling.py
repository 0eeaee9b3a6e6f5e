"""The verb Dial: several phones rung at once, or the caller who waits longest in a queue."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from mrc.simulator.addresses import is_recipient
from mrc.simulator.asking import answer, next_document, tell_outcome
from mrc.simulator.calls import Call, Callback, Doing, Way
from mrc.simulator.exchange import (
    KEEP_WAITING,
    TIME_OUT,
    Diverted,
    Event,
    Exchange,
    HungUp,
    Part,
    Wait,
    pause,
)
from mrc.simulator.legs import dialled, new_call, talk
from mrc.simulator.queueing import call_next
from mrc.simulator.twiml import Document, Verb
from mrc.simulator.verbs import PERFORMERS

RING_SECONDS = 30
WORST_LAST = ("no-answer", "busy", "failed", "canceled", "completed")


def _dial(x: Exchange, call: Call, verb: Verb, _document: Document) -> Part:
    if not verb.is_set("answerOnBridge"):
        answer(x, call)
    yield from pause()
    x.doing(call, Doing.DIALLING)
    legs: list[Call] = []
    joined: list[Call] = []
    try:
        queues = [noun for noun in verb.inside if noun.name == "Queue"]
        if queues:
            yield from call_next(x, call, queues[0], verb, joined)
        else:
            legs += _ring_all(x, call, verb)
            yield from _connect(x, call, verb, legs, joined)
    except (HungUp, Diverted) as gone:
        _let_go(x, legs, "canceled")
        if isinstance(gone, HungUp) and (action := verb.address("action")):
            more = _outcome(x, legs, joined) | {"CallStatus": "completed"}
            if not joined:
                more["DialCallStatus"] = "canceled"
            tell_outcome(x, call, action, more, subject="call dialled")
        raise
    x.doing(call, Doing.LISTENING)
    if action := verb.address("action"):
        return next_document(x, call, action, _outcome(x, legs, joined), subject="call dialled")
    return None


def _ring_all(x: Exchange, call: Call, verb: Verb) -> list[Call]:
    nouns = verb.inside or ((verb,) if verb.text else ())
    sender = verb.get("callerId") or call.sender
    legs = []
    for noun in nouns:
        number = noun.text.replace(" ", "")
        phone = (
            x.world.phone_at(number, is_staff=True) if is_recipient(number) else x.world.phones[call.phone]
        )
        events = noun.get("statusCallbackEvent", "completed").split()
        leg = new_call(
            x,
            Way.DIALLED,
            phone,
            line=call.line,
            sender=sender,
            recipient=number,
            parent=call.sid,
            callback=Callback(noun.address("statusCallback"), frozenset(events)),
            ring_seconds=None,
        )
        legs.append(leg)
        whisper = noun.address("url") if noun is not verb else ""
        x.start(leg, dialled(x, leg, whisper))
    x.note(call, "note", "Ringing " + ", ".join(leg.recipient for leg in legs))
    return legs


def _connect(
    x: Exchange, call: Call, verb: Verb, legs: Sequence[Call], joined: list[Call]
) -> Generator[Wait, Event, None]:
    """Wait for the first leg that is ready, let the others go, and talk."""
    open_legs = {leg.sid: leg for leg in legs}
    event = yield Wait(verb.seconds("timeout", RING_SECONDS))
    while True:
        if event.kind == TIME_OUT.kind:
            # Who has answered already and hears something first keeps the call.
            _let_go(x, [leg for leg in open_legs.values() if leg.answered_at is None], "no-answer")
            event = yield Wait()
            continue
        if event.kind == "leg":
            sid, what = event.value
            if what == "ready" and sid in open_legs:
                leg = open_legs[sid]
                break
            open_legs.pop(sid, None)
            if not open_legs:
                return
        event = yield KEEP_WAITING
    _let_go(x, [other for other in legs if other.sid != leg.sid], "canceled")
    joined.append(leg)
    answer(x, call)
    x.tell(leg.sid, Event("join"))
    yield from talk(x, call, leg.sid)


def _let_go(x: Exchange, legs: Sequence[Call], status: str) -> None:
    for leg in legs:
        if not leg.is_over:
            x.tell(leg.sid, HungUp(status))


def _outcome(x: Exchange, legs: Sequence[Call], joined: Sequence[Call]) -> dict[str, str]:
    """What the action is told: the leg that was talked to, or how the ringing ended."""
    if joined:
        leg = joined[0]
        return {
            "DialCallStatus": "completed",
            "DialCallSid": leg.sid,
            "DialCallDuration": str(leg.seconds_at(x.world.now())),
            "DialBridged": "true",
        }
    statuses = [leg.status for leg in legs] or ["no-answer"]
    status = next((each for each in WORST_LAST if each in statuses), "no-answer")
    sids = [leg.sid for leg in legs if leg.status == status]
    return {"DialCallStatus": status, "DialBridged": "false"} | ({"DialCallSid": sids[-1]} if sids else {})


PERFORMERS["Dial"] = _dial
