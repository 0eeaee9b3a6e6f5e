"""What people do with their phones in a call, and what the application does through the REST API."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict

from mrc.simulator import dialling, queueing, recording
from mrc.simulator.addresses import NUMBER, bare
from mrc.simulator.asking import next_document
from mrc.simulator.calls import Call, Callback, Doing, Way
from mrc.simulator.carrier import Carrier
from mrc.simulator.exchange import Diverted, Event, HungUp
from mrc.simulator.legs import incoming, new_call, outgoing
from mrc.simulator.people import Phone
from mrc.simulator.refusals import Refusal
from mrc.simulator.settings import Line
from mrc.simulator.twiml import Document, NotTwiml, read_twiml

LARGER_VERBS = (dialling, queueing, recording)
"""They add themselves to what can be carried out as they are imported."""
ANONYMOUS = "anonymous"
KEYS = frozenset("0123456789*#ABCD")
LONGEST_SPEECH = 3_600
EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})


class CannotCall(Exception):
    """This cannot be done with that phone now; the message is a sentence for the trainer."""


def call_line(
    carrier: Carrier, phone: Phone, line: Line, extra: Mapping[str, str | None] | None = None
) -> Call:
    """Call one of the centre's lines. Raises CannotCall for a phone without a number, off, or engaged."""
    world = carrier.world
    if not phone.number:
        raise CannotCall(f"{phone.name} has no number to call from.")
    if not phone.is_on:
        raise CannotCall("The phone is switched off.")
    if world.voice.now_on(phone.key):
        raise CannotCall("There is a call on this phone already.")
    x = carrier.exchange
    sender = ANONYMOUS if phone.hides_number else phone.number
    call = new_call(
        x, Way.INBOUND, phone, line=line.address, sender=sender, recipient=line.address, extra=extra or {}
    )
    call.sender = (extra or {}).get("From") or sender
    x.note(call, "note", f"Calling {line.name}")
    x.start(call, incoming(x, call))
    return call


def press(carrier: Carrier, call: Call, keys: str) -> None:
    """Press keys, one after the other. Raises CannotCall for what is no key, or when nobody is there."""
    _check_is_on(call)
    if not keys or set(keys) - KEYS:
        raise CannotCall("Keys are digits, * and #.")
    carrier.exchange.note(call, "keys", keys)
    for key in keys:
        carrier.exchange.tell(call.sid, Event("key", key))


def speak(carrier: Carrier, call: Call, seconds: int, text: str = "") -> None:
    """Speak for so many seconds; text is what speech recognition, or the other side, understands."""
    _check_is_on(call)
    seconds = min(max(seconds, 0), LONGEST_SPEECH)
    carrier.exchange.note(call, "spoke", text or f"Spoke for {seconds} seconds")
    carrier.exchange.tell(call.sid, Event("speech", (seconds, text)))


def answer_call(carrier: Carrier, call: Call) -> None:
    """Pick up a phone that is rung."""
    _check_is_rung(call)
    carrier.exchange.tell(call.sid, Event("answer"))


def decline_call(carrier: Carrier, call: Call) -> None:
    """Turn away a phone that is rung; the carrier calls that busy."""
    _check_is_rung(call)
    carrier.exchange.tell(call.sid, Event("decline"))


def hang_up(carrier: Carrier, call: Call) -> None:
    """Put the phone down; while it is being rung that turns the call away."""
    if call.way is not Way.INBOUND and call.doing is Doing.RINGING:
        decline_call(carrier, call)
    elif not call.is_over:
        carrier.exchange.tell(call.sid, HungUp())


def place(carrier: Carrier, form: MultiDict[str, str]) -> Call:
    """The centre calls somebody. Raises Refusal as Twilio would answer."""
    x, world = carrier.exchange, carrier.world
    to, sender, url, text = (form.get(name, "").strip() for name in ("To", "From", "Url", "Twiml"))
    if not to:
        raise Refusal(21201)
    if not NUMBER.fullmatch(bare(to)):
        raise Refusal(21211, to)
    if not sender:
        raise Refusal(21213)
    if sender not in world.hotlines:
        raise Refusal(21210, sender)
    _check_addresses(url, text, form.get("StatusCallback", ""))
    seconds = form.get("Timeout", "60")
    if not seconds.isdecimal() or not 1 <= int(seconds) <= 600:
        raise Refusal(20001, "Timeout")
    document = _document(text, url) if text else None
    events = frozenset(word for each in form.getlist("StatusCallbackEvent") for word in each.split())
    call = new_call(
        x,
        Way.OUTBOUND,
        world.phone_at(to, is_staff=True),
        line=sender,
        sender=sender,
        recipient=to,
        callback=Callback(form.get("StatusCallback", ""), (events & EVENTS) or frozenset({"completed"})),
        ring_seconds=float(seconds),
    )
    x.start(call, outgoing(x, call, lambda: document or next_document(x, call, url, subject="call answered")))
    return call


def change(carrier: Carrier, call: Call, form: MultiDict[str, str]) -> None:
    """End a call (Status) or send it to another document (Url or Twiml). Raises Refusal."""
    x = carrier.exchange
    status, url, text = (form.get(name, "").strip() for name in ("Status", "Url", "Twiml"))
    if status and status not in {"completed", "canceled"}:
        raise Refusal(20001, "Status is completed or canceled")
    if status == "canceled" and call.answered_at:
        raise Refusal(20001, "a call in progress is completed, not canceled")
    if status:
        x.tell(call.sid, HungUp())
        return
    if not (url or text):
        return
    if call.status != "in-progress":
        raise Refusal(21220)
    _check_addresses(url, text, "")
    x.tell(call.sid, Diverted(url=url, document=_document(text, url) if text else None))


def _document(text: str, url: str) -> Document:
    try:
        return read_twiml(text, url)
    except NotTwiml as problem:
        raise Refusal(problem.code) from None


def _check_addresses(url: str, text: str, callback: str) -> None:
    if not (url or text) or (url and not _is_web_address(url)):
        raise Refusal(21205, url)
    if callback and not _is_web_address(callback):
        raise Refusal(21609, callback)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _check_is_on(call: Call) -> None:
    if call.is_over or (call.way is not Way.INBOUND and call.answered_at is None):
        raise CannotCall("Nobody is on the line.")


def _check_is_rung(call: Call) -> None:
    if call.way is Way.INBOUND or call.doing is not Doing.RINGING:
        raise CannotCall("This phone is not ringing.")
