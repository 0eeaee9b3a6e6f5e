"""What happens when the centre sends: checks as Twilio makes them, the way to the phone, and the receipts.

Twilio answers at once and reports every later change of status to the StatusCallback; the first status is
only in the answer. What WhatsApp itself refuses (outside the window, no such user, blocked) comes as a
receipt too, because Twilio learns of it after it has accepted the message.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import requests
from werkzeug.datastructures import MultiDict

from mrc.core.segments import count_segments
from mrc.simulator.addresses import Channel
from mrc.simulator.carrier import Carrier
from mrc.simulator.checks import check, has_service, line_for, wanted_time
from mrc.simulator.contents import Button, filled
from mrc.simulator.faults import Kind, Place
from mrc.simulator.people import Phone
from mrc.simulator.settings import Setup
from mrc.simulator.state import Direction, Message, Step, World
from mrc.simulator.webhooks import Delivery, deliver
from mrc.simulator.wire import status_form

TO_SENT, TO_DELIVERED, TO_READ = 0.3, 0.7, 2.0
"""Seconds between the steps at pace 1: quick enough to watch, slow enough to see each."""
OUTSIDE_WINDOW, NO_SUCH_USER, BLOCKED_ON_WHATSAPP, BLOCKED_ON_SMS = 63016, 63024, 63032, 30004
NO_FILE = 63019
FETCHED_WITHIN = 10


def accept(carrier: Carrier, form: MultiDict[str, str]) -> Message:
    """Take a message from the centre and send it on its way. Raises Refusal as Twilio would answer."""
    world = carrier.world
    check(form, world)
    message = _kept(world, form)
    phone = world.phones[message.phone]
    message.upsets = world.faults.take(Place.RECEIPTS, phone=phone.key)
    world.add_message(message)
    pause = 0.0
    if message.status == "scheduled":
        pause = max(0.0, (wanted_time(form, world.now()) - world.now()).total_seconds())
    carrier.schedule.after(pause, lambda: _set_out(carrier, world, message))
    return message


def switch_phone(carrier: Carrier, phone: Phone, *, is_on: bool) -> None:
    """Turn a phone on or off. Turned on, it receives what came in the meantime."""
    world = carrier.world
    waiting: list[tuple[Message, list[Step]]] = []
    with world.changing():
        phone.is_on = is_on
        for message in world.messages_of(phone.key) if is_on else ():
            if message.parked:
                waiting.append((message, message.parked))
                message.parked = []
    for message, steps in waiting:
        _walk(carrier, world, message, steps)


def _kept(world: World, form: MultiDict[str, str]) -> Message:
    now = world.now()
    line = line_for(form, world)
    phone = world.phone_at(form["To"])
    text, template = form.get("Body", ""), form.get("ContentSid", "")
    values: dict[str, str] = json.loads(form.get("ContentVariables") or "{}") if template else {}
    buttons: tuple[Button, ...] = ()
    if template:
        text, buttons = _written(world, template, values)
    links = tuple(form.getlist("MediaUrl"))
    status = "queued"
    if has_service(form):
        status = "scheduled" if form.get("ScheduleType") else "accepted"
    return Message(
        sid=world.new_sid("MM" if links else "SM"),
        direction=Direction.OUTBOUND,
        phone=phone.key,
        line=line.address,
        sender=line.address,
        recipient=form["To"],
        body=text,
        shown=text,
        created_at=now,
        updated_at=now,
        status=status,
        num_segments=count_segments(text),
        links=links,
        callback=form.get("StatusCallback", ""),
        service_sid=form.get("MessagingServiceSid", ""),
        is_template=bool(template),
        content_sid=template,
        values=values,
        buttons=buttons,
    )


def _written(world: World, sid: str, values: Mapping[str, str]) -> tuple[str, tuple[Button, ...]]:
    """The wording and the buttons of a template with its variables in place."""
    if content := world.contents.get(sid):
        buttons = [
            Button(filled(each.title, values), filled(each.payload, values), each.is_row)
            for each in content.buttons
        ]
        return filled(content.wording, values), tuple(buttons)
    if sid in world.templates:
        return filled(world.templates[sid], values), ()
    return "\n".join([f"Template {sid}", *(f"{name}: {value}" for name, value in values.items())]), ()


def _set_out(carrier: Carrier, world: World, message: Message) -> None:
    if message.status == "canceled":
        return
    steps = _way(world, message)
    if not all(_can_be_fetched(carrier.setup, link) for link in message.links):
        steps = [Step(TO_SENT, "failed", NO_FILE)]
    if message.service_sid:
        steps = [Step(0, "queued"), *steps]
    _walk(carrier, world, message, steps)


def _way(world: World, message: Message) -> list[Step]:
    """The changes of status that this message will go through."""
    upsets, phone = message.upsets, world.phones[message.phone]
    sent = Step(TO_SENT, "sent")
    if code := upsets.get(Kind.FAILED):
        return [Step(TO_SENT, "failed", code)]
    if code := upsets.get(Kind.UNDELIVERED):
        return [sent, Step(TO_DELIVERED, "undelivered", code)]
    if code := _refused_by_the_network(world, message, phone):
        return [Step(TO_SENT, "failed" if message.channel is Channel.WHATSAPP else "undelivered", code)]
    if Kind.NEVER_ARRIVES in upsets:
        return [sent]
    way = [sent, Step(TO_DELIVERED, "delivered")]
    if message.channel is Channel.WHATSAPP and phone.sends_read_receipts:
        way.append(Step(TO_READ, "read"))
    return way


def _can_be_fetched(setup: Setup, link: str) -> bool:
    """Whether the file at an address of the centre's is there; addresses elsewhere are taken on trust."""
    if not setup.is_ours(link):
        return True
    try:
        answer = requests.get(setup.reachable(link), timeout=FETCHED_WITHIN)
    except requests.exceptions.RequestException:
        return False
    return answer.ok and bool(answer.content)


def _refused_by_the_network(world: World, message: Message, phone: Phone) -> int | None:
    """The error code with which the message ends, or None when it goes through."""
    conversation = world.conversation(phone.key, message.line)
    if message.channel is Channel.SMS:
        return BLOCKED_ON_SMS if conversation.is_blocked else None
    if not phone.has_whatsapp:
        return NO_SUCH_USER
    if conversation.is_blocked:
        return BLOCKED_ON_WHATSAPP
    is_open = world.window_is_open(phone.key, message.line)
    if not message.is_template and not is_open:
        return OUTSIDE_WINDOW
    content = world.contents.get(message.content_sid)
    return content.refusal_for(message.values, window_is_open=is_open) if content else None


def _walk(carrier: Carrier, world: World, message: Message, steps: Sequence[Step]) -> None:
    """Take the steps one after the other, each after its pause."""
    if not steps:
        return
    first, rest = steps[0], steps[1:]

    def take_step() -> None:
        with world.changing():
            if first.status == "delivered" and not world.phones[message.phone].is_on:
                message.parked = list(steps)
                return
            message.status, message.error_code = first.status, first.error_code
            message.updated_at = world.now()
            message.sent_at = message.sent_at or (message.updated_at if first.status != "queued" else None)
            message.reported.append(first)
        _report(carrier, world, message, first, is_last=not rest)
        _walk(carrier, world, message, rest)

    carrier.schedule.after(first.seconds * world.pace, take_step)


def _report(carrier: Carrier, world: World, message: Message, step: Step, *, is_last: bool) -> None:
    """Tell the application of a step; when receipts are to come out of order, of all of them at the end."""
    upsets = message.upsets
    if not message.callback or Kind.RECEIPTS_LOST in upsets:
        return
    steps = [step]
    if Kind.RECEIPTS_REVERSED in upsets:
        steps = list(reversed(message.reported)) if is_last else []

    def tell() -> None:
        for each in steps:
            deliver(
                Delivery(
                    subject=each.status,
                    sid=message.sid,
                    url=message.callback,
                    form=status_form(message, each, carrier.setup, world),
                    is_forged=Kind.RECEIPTS_FORGED in upsets,
                ),
                world,
                carrier.setup,
            )

    if Kind.RECEIPTS_LATE in upsets:
        carrier.schedule.after(upsets[Kind.RECEIPTS_LATE], tell)
        return
    for _copy in range(max(1, upsets.get(Kind.RECEIPTS_TWICE, 1))):
        tell()


def is_final(message: Message) -> bool:
    """True when Twilio lets the message be redacted or deleted."""
    return message.status not in {"accepted", "scheduled", "queued", "sending"}


def cancel(world: World, message: Message) -> bool:
    """Cancel a message that still waits for its time; False when it no longer does."""
    with world.changing():
        if message.status != "scheduled":
            return False
        message.status, message.updated_at = "canceled", world.now()
        return True


def redact(world: World, message: Message) -> None:
    """Empty the carrier's copy of the text; the phone keeps its own."""
    with world.changing():
        message.body, message.updated_at = "", world.now()


def delete(world: World, message: Message) -> None:
    """Remove the carrier's copy and its files; the phone keeps what it shows."""
    with world.changing():
        message.is_deleted = True
        for media in message.media:
            media.is_deleted = True
