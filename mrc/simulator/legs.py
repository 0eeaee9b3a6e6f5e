"""The life of a leg from its first ring to its end, and two legs talking."""

from __future__ import annotations

from collections.abc import Callable, Generator
from itertools import takewhile

from mrc.simulator.asking import GOODBYE, Broken, answer, finish, next_document, report
from mrc.simulator.calls import Call, Callback, Doing, Way
from mrc.simulator.exchange import (
    KEEP_WAITING,
    TIME_OUT,
    Diverted,
    Event,
    Exchange,
    HungUp,
    Program,
    Wait,
    pause,
)
from mrc.simulator.faults import Kind, Place
from mrc.simulator.people import Phone, Rung
from mrc.simulator.twiml import Document
from mrc.simulator.verbs import Left, Over, carry_out

TO_RING, TO_PICK_UP = 0.5, 2.0
"""Seconds at pace 1."""


def new_call(
    x: Exchange, way: Way, phone: Phone, *, line: str, sender: str, recipient: str, **more: object
) -> Call:
    """Put a new leg on the list; its program is yet to be started."""
    now = x.world.now()
    call = Call(x.world.new_sid("CA"), way, phone.key, line, sender, recipient, now, now)
    for name, value in more.items():
        setattr(call, name, value)
    call.upsets = x.world.faults.take(Place.CALL_REPORTS, phone=phone.key)
    if way is not Way.DIALLED:
        call.upsets |= x.world.faults.take(Place.CALLS, phone=phone.key)
    with x.world.changing():
        x.world.voice.add(call)
    return call


def incoming(x: Exchange, call: Call) -> Program:
    """A person calls a line of the centre."""
    with x.world.changing():
        call.status, call.doing, call.started_at = "ringing", Doing.RINGING, x.world.now()
    call.callback = Callback(x.setup.call_status_url)
    yield from _life(x, call, lambda: next_document(x, call, x.setup.call_url))


def outgoing(x: Exchange, call: Call, first: Callable[[], Document]) -> Program:
    """The centre calls a person, through the REST API."""
    ended = yield from ring(x, call)
    if ended:
        finish(x, call, ended)
        return
    answer(x, call)
    yield from _life(x, call, first)


def dialled(x: Exchange, call: Call, whisper: str) -> Program:
    """A leg that a document dials: it rings, may hear something first, and is then connected."""
    try:
        ended = yield from ring(x, call)
        if ended:
            finish(x, call, ended)
            return
        answer(x, call)
        yield from _life(x, call, lambda: next_document(x, call, whisper, subject="call whisper"),
                         then=_joined, has_document=bool(whisper))  # fmt: skip
    finally:
        x.tell(call.parent, Event("leg", (call.sid, "over")))


def _life(
    x: Exchange,
    call: Call,
    first: Callable[[], Document],
    *,
    then: Callable[[Exchange, Call], Program] | None = None,
    has_document: bool = True,
) -> Program:
    """From the first document to the end, whatever that is."""
    status = "completed"
    try:
        if (late := call.upsets.pop(Kind.CALL_LATE, None)) is not None:
            yield from _patience(late)
        yield from pause()
        yield from carry_out(x, call, first() if has_document else None)
        if then:
            yield from _then(x, call, then)
    except HungUp as gone:
        status = "completed" if call.answered_at else gone.status
    except (Over, Left) as over:
        status = over.status if isinstance(over, Over) and not call.answered_at else "completed"
    except Broken as problem:
        answer(x, call)
        x.alert(call, problem.code, problem.url)
        x.note(call, "said", GOODBYE)
    finish(x, call, status)


def _then(x: Exchange, call: Call, then: Callable[[Exchange, Call], Program]) -> Program:
    try:
        yield from then(x, call)
    except Diverted as other:
        document = other.document or next_document(x, call, other.url, subject="call redirected")
        yield from carry_out(x, call, document)


def _joined(x: Exchange, call: Call) -> Program:
    """Say that this leg is ready, and talk once the other side wants it."""
    x.tell(call.parent, Event("leg", (call.sid, "ready")))
    event = yield Wait()
    while event.kind != "join":
        event = yield KEEP_WAITING
    yield from talk(x, call, call.parent)


def talk(x: Exchange, call: Call, other: str) -> Program:
    """Two legs talk until one of them ends it; what one says or presses stands in its own transcript."""
    partner = x.world.voice.calls[other]
    named = x.world.phones[partner.phone].name
    with x.world.changing():
        call.doing, call.partner = Doing.TALKING, other
    x.note(call, "note", f"Connected with {named}")
    try:
        # It may have ended after it said that it was ready.
        while not partner.is_over:
            event = yield Wait()
            if event in {Event("part", other), Event("leg", (other, "over"))}:
                return
            if event.kind == "speech" and event.value[1]:
                x.note(partner, "said", f"{x.world.phones[call.phone].name}: {event.value[1]}")
    finally:
        with x.world.changing():
            call.partner = ""
        x.tell(other, Event("part", call.sid))


def ring(x: Exchange, call: Call) -> Generator[Wait, Event, str]:
    """Ring a phone; empty when it was answered, otherwise how it ended."""
    phone = x.world.phones[call.phone]
    # Of two calls that reach a phone at one moment the earlier one rings.
    earlier = takewhile(lambda each: each.sid != call.sid, x.world.voice.of_phone(phone.key))
    is_engaged = any(not each.is_over for each in earlier)
    try:
        report(x, call, "initiated")
        yield from pause(TO_RING)
        if phone.when_rung is Rung.UNREACHABLE or not phone.number:
            return "failed"
        if is_engaged or phone.when_rung is Rung.BUSY:
            return "busy"
        with x.world.changing():
            call.status, call.doing, call.started_at = "ringing", Doing.RINGING, x.world.now()
        report(x, call, "ringing")
        return (yield from _picked_up(call, phone))
    except HungUp as gone:
        return gone.status


def _picked_up(call: Call, phone: Phone) -> Generator[Wait, Event, str]:
    if phone.is_on and phone.when_rung in {Rung.ANSWER, Rung.DECLINE}:
        yield from pause(TO_PICK_UP)
        return "" if phone.when_rung is Rung.ANSWER else "busy"
    event = yield Wait(call.ring_seconds)
    while event.kind not in {"answer", "decline", TIME_OUT.kind} or not (
        phone.is_on or event.kind == TIME_OUT.kind
    ):
        event = yield KEEP_WAITING
    return {"answer": "", "decline": "busy"}.get(event.kind, "no-answer")


def _patience(seconds: float) -> Program:
    event = yield Wait(seconds)
    while event.kind != TIME_OUT.kind:
        event = yield KEEP_WAITING
