"""The verb Enqueue, and taking the caller who waits longest."""

from __future__ import annotations

from collections.abc import Generator

from mrc.simulator.asking import answer, next_document, tell_outcome
from mrc.simulator.calls import Call, Doing, Queue
from mrc.simulator.exchange import TIME_OUT, Diverted, Event, Exchange, HungUp, Part, Program, Wait, pause
from mrc.simulator.legs import talk
from mrc.simulator.twiml import Document, Verb
from mrc.simulator.verbs import PERFORMERS, Left, Over, carry_out

LARGEST = 1_000
ASK_AGAIN = 10
"""The shortest that one round of waiting takes, by the clock: else a short file would make us ask without
end.
"""
TAKE_SECONDS = 30


class Taken(Exception):
    """Somebody dialled the queue and has this caller now."""

    def __init__(self, by: str, whisper: str) -> None:
        super().__init__()
        self.by = by
        self.whisper = whisper


def _enqueue(x: Exchange, call: Call, verb: Verb, _document: Document) -> Part:
    answer(x, call)
    yield from pause()
    queue, began = _queue(x, verb.text), x.world.now()
    action = verb.address("action")

    def outcome(result: str) -> dict[str, str]:
        seconds = round((x.world.now() - began).total_seconds())
        return {"QueueResult": result, "QueueSid": queue.sid, "QueueTime": str(seconds)}

    if len(queue.callers) >= verb.seconds("maxQueueSize", LARGEST):
        return next_document(x, call, action, outcome("queue-full"), subject="call queue") if action else None
    _join(x, queue, call)
    call.queue_result = "hangup"
    try:
        yield from _waiting(x, call, verb, queue)
    except (HungUp, Over, Diverted) as gone:
        result = "redirected" if isinstance(gone, Diverted) else call.queue_result
        if action:
            more = outcome(result) | ({} if isinstance(gone, Diverted) else {"CallStatus": "completed"})
            tell_outcome(x, call, action, more, subject="call queue")
        raise
    finally:
        _depart(x, queue, call)
    x.doing(call, Doing.LISTENING)
    more = outcome(call.queue_result)
    return next_document(x, call, action, more, subject="call queue") if action else None


def _waiting(x: Exchange, call: Call, verb: Verb, queue: Queue) -> Program:
    """Hear the waiting documents, one round after the other, until something ends it."""
    address = verb.address("waitUrl")
    try:
        while True:
            x.doing(call, Doing.QUEUED)
            asked_at = x.world.now()
            if address:
                place = _place(queue, call)
                waited = round((asked_at - queue.entered[call.sid]).total_seconds())
                more = {
                    "QueueSid": queue.sid,
                    "QueuePosition": str(place),
                    "QueueTime": str(waited),
                    "AvgQueueTime": str(waited),
                    "CurrentQueueSize": str(len(queue.callers)),
                }
                document = next_document(x, call, address, more, subject="call waiting")
                yield from carry_out(x, call, document)
                x.doing(call, Doing.QUEUED)
            left = ASK_AGAIN - (x.world.now() - asked_at).total_seconds()
            while (yield Wait(max(0.0, left))).kind != TIME_OUT.kind:
                left = ASK_AGAIN - (x.world.now() - asked_at).total_seconds()
    except Left:
        call.queue_result = "leave"
    except Taken as taken:
        _depart(x, queue, call)
        yield from _meet(x, call, taken)


def _meet(x: Exchange, call: Call, taken: Taken) -> Program:
    """Hear what is said first, if anything, and talk."""
    try:
        if taken.whisper:
            document = next_document(x, call, taken.whisper, subject="call whisper")
            yield from carry_out(x, call, document)
        call.queue_result = "bridged"
        x.tell(taken.by, Event("leg", (call.sid, "ready")))
        yield from talk(x, call, taken.by)
    finally:
        x.tell(taken.by, Event("leg", (call.sid, "over")))


def call_next(
    x: Exchange, call: Call, noun: Verb, verb: Verb, joined: list[Call]
) -> Generator[Wait, Event, None]:
    """Connect with whoever waits longest; wait for somebody as long as a phone would be rung."""
    queue = _queue(x, noun.text)
    patience = verb.seconds("timeout", TAKE_SECONDS)
    while True:
        sid = _first(x, queue)
        if sid is None:
            with x.world.changing():
                queue.takers.append(call.sid)
            event = yield Wait(patience)
            while event.kind not in {TIME_OUT.kind, "somebody"}:
                event = yield Wait(patience)
            with x.world.changing():
                queue.takers = [each for each in queue.takers if each != call.sid]
            if event.kind == TIME_OUT.kind:
                return
            continue
        x.tell(sid, Taken(call.sid, noun.address("url")))
        event = yield Wait()
        while event.kind != "leg" or event.value[0] != sid:
            event = yield Wait()
        if event.value[1] == "ready":
            joined.append(x.world.voice.calls[sid])
            answer(x, call)
            yield from talk(x, call, sid)
            return


def _queue(x: Exchange, name: str) -> Queue:
    with x.world.changing():
        return x.world.voice.queues.setdefault(name, Queue(x.world.new_sid("QU"), name))


def _join(x: Exchange, queue: Queue, call: Call) -> None:
    with x.world.changing():
        queue.callers.append(call.sid)
        queue.entered[call.sid] = x.world.now()
        takers = list(queue.takers)
    x.note(call, "note", f"Waiting in {queue.name}")
    for taker in takers[:1]:
        x.tell(taker, Event("somebody"))


def _place(queue: Queue, call: Call) -> int:
    """From 1; whoever was taken this very moment is as good as first."""
    return queue.callers.index(call.sid) + 1 if call.sid in queue.callers else 1


def _depart(x: Exchange, queue: Queue, call: Call) -> None:
    with x.world.changing():
        if call.sid in queue.callers:
            queue.callers.remove(call.sid)


def _first(x: Exchange, queue: Queue) -> str | None:
    """Take the longest waiting out of the queue, so that nobody else does."""
    with x.world.changing():
        return queue.callers.pop(0) if queue.callers else None


PERFORMERS["Enqueue"] = _enqueue
