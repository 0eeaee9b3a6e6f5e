"""Documents carried out for one leg: what is heard, keys, and where the call goes next.

`Dial` is in `dialling`, `Enqueue` in `queueing`, `Record` in `recording`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from urllib.parse import urlsplit

from mrc.simulator.asking import Broken, answer, check_sound, next_document
from mrc.simulator.calls import Call, Doing
from mrc.simulator.exchange import (
    KEEP_WAITING,
    TIME_OUT,
    Diverted,
    Event,
    Exchange,
    Part,
    Program,
    Wait,
    pause,
)
from mrc.simulator.twiml import Document, Verb

PLAY_SECONDS = 3.0
LETTERS_PER_SECOND = 15
GATHER_SECONDS = 5
MOST_DOCUMENTS = 1_000
GOING_IN_CIRCLES = 11_100
"""Ours: a real carrier would go on, and its bill would."""
Performer = Callable[[Exchange, Call, Verb, Document], Part]


class Over(Exception):
    """The document ends the call; `status` is what becomes of one that was not answered yet."""

    def __init__(self, status: str = "completed") -> None:
        super().__init__()
        self.status = status


class Left(Exception):
    """The document takes the caller out of the queue."""


def carry_out(x: Exchange, call: Call, document: Document | None) -> Program:
    """Carry out a document and those it leads to; returns when one has no more verbs.

    Raises Over, Left, Broken, and whatever ends the call from outside.
    """
    for _number in range(MOST_DOCUMENTS):
        try:
            # Whoever hung up while the application was asked is gone before it is carried out.
            yield from pause()
            if document is None:
                return
            document = yield from _perform(x, call, document)
        except Diverted as other:
            document = other.document or next_document(x, call, other.url, subject="call redirected")
    raise Broken(GOING_IN_CIRCLES, document.url if document else "")


def _perform(x: Exchange, call: Call, document: Document) -> Part:
    for verb in document.verbs:
        following = yield from PERFORMERS[verb.name](x, call, verb, document)
        if following is not None:
            return following
    return None


def sound(x: Exchange, call: Call, verb: Verb) -> float:
    """Let something be heard; how many seconds it takes. Raises Broken for a file that cannot be played."""
    if verb.name == "Pause":
        return verb.seconds("length", 1)
    if verb.name == "Say":
        x.note(call, "said", verb.text)
        return len(verb.text) / LETTERS_PER_SECOND * max(1, verb.seconds("loop", 1))
    keys = verb.get("digits")
    if keys:
        x.note(call, "tone", f"Keys {keys}")
        return PLAY_SECONDS
    url = Verb(verb.name, "", (("url", verb.text),), (), verb.base).address("url")
    check_sound(x, call, url)
    x.note(call, "played", urlsplit(url).path.rpartition("/")[2] or url, url)
    return PLAY_SECONDS * max(1, verb.seconds("loop", 1))


def _heard(x: Exchange, call: Call, verb: Verb, _document: Document) -> Part:
    answer(x, call)
    x.doing(call, Doing.LISTENING)
    seconds = sound(x, call, verb)
    if verb.get("loop") == "0":
        while True:
            yield Wait()  # Music without an end: until something ends it.
    yield from pause(seconds)
    return None


def _gather(x: Exchange, call: Call, verb: Verb, document: Document) -> Part:
    answer(x, call)
    x.doing(call, Doing.KEYS)
    first: Event = TIME_OUT
    for inner in verb.inside:
        first = yield from _key_within(sound(x, call, inner), is_own=True)
        if first.kind != TIME_OUT.kind:
            break
    keys, finished, speech = yield from _collect(verb, first)
    x.doing(call, Doing.LISTENING)
    if not (keys or speech or verb.is_set("actionOnEmptyResult")):
        return None
    more = {"Digits": keys, "msg": "Gather End"}
    if finished:
        more["FinishedOnKey"] = finished
    if speech:
        more |= {"SpeechResult": speech, "Confidence": "0.91"}
        more.pop("Digits")
    return next_document(x, call, verb.address("action") or document.url, more, subject="call keys")


def _collect(verb: Verb, first: Event) -> Generator[Wait, Event, tuple[str, str, str]]:
    """The keys, the key that finished them, and what was spoken if that was asked for."""
    finishing = verb.get("finishOnKey", "#")
    most, patience = verb.seconds("numDigits", 0), verb.seconds("timeout", GATHER_SECONDS)
    keys, event = "", first
    while True:
        if event.kind == TIME_OUT.kind:
            event = yield from _key_within(patience, is_own=False)
            if event.kind == TIME_OUT.kind:
                return keys, "", ""
        if event.kind == "speech":
            if "speech" in verb.get("input", "dtmf") and event.value[1]:
                return "", "", event.value[1]
        elif event.value in finishing:
            return keys, event.value, ""
        else:
            keys += event.value
            if most and len(keys) >= most:
                return keys, "", ""
        event = TIME_OUT


def _key_within(seconds: float, *, is_own: bool) -> Generator[Wait, Event, Event]:
    """The next key or speech, or the end of the time for it."""
    event = yield Wait(seconds, is_own=is_own)
    while event.kind not in {TIME_OUT.kind, "key", "speech"}:
        event = yield KEEP_WAITING
    return event


def _redirect(x: Exchange, call: Call, verb: Verb, document: Document) -> Part:
    yield from pause()
    there = Verb(verb.name, "", (("url", verb.text),), (), verb.base).address("url")
    return next_document(x, call, there or document.url, subject="call redirected")


def _reject(_x: Exchange, _call: Call, verb: Verb, _document: Document) -> Part:
    yield from pause()
    raise Over("busy" if verb.get("reason") == "busy" else "no-answer")


def _hang_up(x: Exchange, call: Call, _verb: Verb, _document: Document) -> Part:
    answer(x, call)
    yield from pause()
    raise Over


def _leave(_x: Exchange, _call: Call, _verb: Verb, _document: Document) -> Part:
    yield from pause()
    raise Left


PERFORMERS: dict[str, Performer] = {
    "Play": _heard,
    "Say": _heard,
    "Pause": _heard,
    "Gather": _gather,
    "Redirect": _redirect,
    "Reject": _reject,
    "Hangup": _hang_up,
    "Leave": _leave,
}
"""By the name of the verb; the larger ones add themselves."""
