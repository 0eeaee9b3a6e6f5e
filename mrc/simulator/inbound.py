"""What happens when a person writes: the carrier keeps the message and tells the centre."""

from __future__ import annotations

from mrc.core.segments import count_segments
from mrc.simulator.addresses import Channel
from mrc.simulator.carrier import Carrier
from mrc.simulator.faults import Kind, Place
from mrc.simulator.people import Phone
from mrc.simulator.settings import Line
from mrc.simulator.state import Direction, Media, Message, Told, World
from mrc.simulator.webhooks import Delivery, deliver
from mrc.simulator.wire import inbound_form
from mrc.simulator.writing import Writing

# Twilio's default filter for SMS: the whole message is one of these words.
STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
STOPPED = "You have been unsubscribed and will receive no more messages. Reply START to resubscribe."
STARTED = "You have been re-subscribed to messages from this number. Reply STOP to unsubscribe."


class CannotBeSent(Exception):
    """This phone cannot write that to this line; the message is a sentence for the trainer."""


def write(carrier: Carrier, phone: Phone, line: Line, writing: Writing) -> Message:
    """Send a message from a phone to a line and tell the centre in the background.

    Opens the WhatsApp window. Obeys STOP and START on SMS as the carrier does, and tells the centre anyway.
    Raises CannotBeSent when the phone has no such channel, or the line is a name that nobody can answer.
    """
    if not line.can_be_answered:
        raise CannotBeSent(f"{line.name} is only a name: nobody can write to it.")
    if line.channel not in phone.channels:
        raise CannotBeSent(f"{phone.name} cannot write to {line.name} with this phone.")
    world = carrier.world
    message = _kept(world, phone, line, writing)
    message.form = inbound_form(message, phone, writing, carrier.setup)
    message.upsets = world.faults.take(Place.INBOUND, phone=phone.key)
    with world.changing():
        world.conversation(phone.key, line.address).opened_at = message.created_at
    world.add_message(message)
    if line.channel is Channel.SMS:
        _obey_keyword(world, phone, line, writing.text)
    _tell(carrier, world, message)
    return message


def tap(carrier: Carrier, phone: Phone, message: Message, place: int) -> Message:
    """Tap a button beneath a message of the centre. Raises CannotBeSent for one that is not on the screen."""
    if message.phone != phone.key or not message.has_arrived or place >= len(message.buttons):
        raise CannotBeSent("There is no such button on this phone.")
    button = message.buttons[place]
    said = (button.title, button.payload or button.title)
    writing = Writing(button=said, is_row=button.is_row, reply_to=message.sid)
    return write(carrier, phone, carrier.world.lines[message.line], writing)


def _kept(world: World, phone: Phone, line: Line, writing: Writing) -> Message:
    now = world.now()
    text = writing.button[0] if writing.button else writing.text
    return Message(
        sid=world.new_sid("MM" if writing.files else "SM"),
        direction=Direction.INBOUND,
        phone=phone.key,
        line=line.address,
        sender=phone.address_on(line.channel),
        recipient=line.address,
        body=text,
        shown=text or (writing.location.label or "Location" if writing.location else ""),
        created_at=now,
        updated_at=now,
        sent_at=now,
        status="received",
        num_segments=count_segments(text),
        media=[Media(world.new_sid("ME"), kind, content, now) for kind, content in writing.files],
    )


def _tell(carrier: Carrier, world: World, message: Message) -> None:
    """Put the request to the application into the queue, with what was made to go wrong."""
    if Kind.LOST in message.upsets:
        with world.changing():
            message.told, message.why_not_told = Told.NO, "lost on the way"
        return
    delivery = Delivery(
        subject="message",
        sid=message.sid,
        url=carrier.setup.message_url,
        form=message.form,
        is_forged=Kind.FORGED in message.upsets,
    )

    def tell() -> None:
        attempt = deliver(delivery, world, carrier.setup)
        was_heard = attempt.answer is not None and attempt.answer < 300
        with world.changing():
            # A copy that failed does not undo one that was heard.
            if was_heard or message.told is Told.WAITING:
                message.told = Told.YES if was_heard else Told.NO
                message.why_not_told = "" if was_heard else (attempt.failure or f"answered {attempt.answer}")

    for _copy in range(max(1, message.upsets.get(Kind.TWICE, 1))):
        carrier.schedule.after(message.upsets.get(Kind.LATE, 0), tell)


def _obey_keyword(world: World, phone: Phone, line: Line, text: str) -> None:
    word = text.strip().upper()
    if word not in STOP_WORDS | START_WORDS:
        return
    with world.changing():
        world.conversation(phone.key, line.address).is_opted_out = word in STOP_WORDS
    now, answer = world.now(), STOPPED if word in STOP_WORDS else STARTED
    world.add_message(
        Message(
            sid=world.new_sid("SM"),
            direction=Direction.REPLY,
            phone=phone.key,
            line=line.address,
            sender=line.address,
            recipient=phone.number,
            body=answer,
            shown=answer,
            created_at=now,
            updated_at=now,
            sent_at=now,
            status="delivered",
            num_segments=count_segments(answer),
        )
    )
