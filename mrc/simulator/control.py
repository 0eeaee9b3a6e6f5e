"""JSON under /control, for tests; the package's docstring says what each address takes and gives."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from mrc.simulator.addresses import NUMBER, Channel, is_user_id
from mrc.simulator.carrier import carrier
from mrc.simulator.faults import Fault, Kind
from mrc.simulator.inbound import CannotBeSent, tap, write
from mrc.simulator.outbound import switch_phone
from mrc.simulator.people import Phone, Rung
from mrc.simulator.samples import SAMPLES
from mrc.simulator.settings import Line
from mrc.simulator.state import Direction, Message
from mrc.simulator.writing import Location, Writing

blueprint = Blueprint("control", __name__, url_prefix="/control")
Json = dict[str, Any]
Answer = Response | tuple[Response, int]


class NotUnderstood(Exception):
    """The request names something that is not there, or says something that cannot be read."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status


@blueprint.errorhandler(NotUnderstood)
def explain(problem: NotUnderstood) -> Answer:
    return jsonify(error=str(problem)), problem.status


@blueprint.errorhandler(CannotBeSent)
def explain_sending(problem: CannotBeSent) -> Answer:
    return jsonify(error=str(problem)), 409


@blueprint.get("/state")
def state() -> Answer:
    world = carrier().world
    return jsonify(
        now=world.now().isoformat(),
        revision=world.revision,
        pending=carrier().schedule.pending,
        pace=world.pace,
        messages=len(world.messages),
        phones=[phone_document(phone) for phone in list(world.phones.values())],
        lines=[asdict(line) | {"channel": line.channel} for line in world.lines.values()],
        hotlines=[asdict(line) for line in world.hotlines.values()],
        calls=len(world.voice.calls),
        faults=[fault_document(fault) for fault in world.faults.armed()],
    )


@blueprint.post("/reset")
def reset() -> Answer:
    said = asked()
    carrier().reset(whole(said, "seed", None))
    return jsonify(revision=carrier().world.revision)


@blueprint.post("/clock")
def clock() -> Answer:
    seconds = asked().get("advance_seconds", 0)
    if not isinstance(seconds, int | float):
        raise NotUnderstood("advance_seconds is a number.")
    carrier().advance(seconds)
    return jsonify(now=carrier().world.now().isoformat())


@blueprint.post("/pace")
def pace() -> Answer:
    factor = asked().get("factor")
    if not isinstance(factor, int | float) or factor < 0:
        raise NotUnderstood("factor is a number of at least 0.")
    world = carrier().world
    with world.changing():
        world.pace = float(factor)
    return jsonify(pace=world.pace)


@blueprint.post("/phones")
def add_phone() -> Answer:
    said = asked()
    number, user_id = str(said.get("number", "")), str(said.get("user_id", ""))
    if (
        (number and not NUMBER.fullmatch(number))
        or (user_id and not is_user_id(user_id))
        or not number + user_id
    ):
        raise NotUnderstood("A phone has a number such as +923001234567, a user_id such as PK.1349, or both.")
    world = carrier().world
    if any(address and world.find_phone(address) for address in (number, user_id)):
        raise NotUnderstood("That phone is on the table already.", 409)
    phone = Phone(
        key="",
        name=str(said.get("name") or number or user_id),
        language=str(said.get("language", "en")),
        number=number,
        user_id=user_id,
        username=str(said.get("username", "")),
        has_whatsapp=bool(said.get("has_whatsapp", True)),
    )
    return jsonify(phone_document(world.add_phone(phone))), 201


@blueprint.patch("/phones/<key>")
def change_phone(key: str) -> Answer:
    phone, said, world = phone_named(key), asked(), carrier().world
    with world.changing():
        if "when_rung" in said:
            phone.when_rung = _rung(said["when_rung"])
        for name in ("sends_read_receipts", "hides_number", "has_whatsapp"):
            if name in said:
                setattr(phone, name, bool(said[name]))
    if "is_on" in said:
        switch_phone(carrier(), phone, is_on=bool(said["is_on"]))
    return jsonify(phone_document(phone))


@blueprint.get("/phones/<key>/messages")
def messages(key: str) -> Answer:
    world, phone = carrier().world, phone_named(key)
    line = request.args.get("line")
    found = [each for each in world.messages_of(phone.key) if line in {None, each.line}]
    return jsonify(messages=[phone_message_document(message) for message in found])


@blueprint.post("/phones/<key>/messages")
def send(key: str) -> Answer:
    said = asked()
    if "tap" in said:
        message = tap(carrier(), phone_named(key), *_tapped(said["tap"]))
    else:
        message = write(carrier(), phone_named(key), line_at(said.get("line")), _writing(said))
    return jsonify(phone_message_document(message) | {"form": message.form}), 201


@blueprint.post("/conversations")
def change_conversation() -> Answer:
    said, world = asked(), carrier().world
    phone, line = phone_named(str(said.get("phone"))), line_at(said.get("line"))
    conversation = world.conversation(phone.key, line.address)
    with world.changing():
        if "window" in said:
            conversation.opened_at = world.now() if said["window"] == "open" else None
        if "is_opted_out" in said:
            conversation.is_opted_out = bool(said["is_opted_out"])
        if "is_blocked" in said:
            conversation.is_blocked = bool(said["is_blocked"])
    return jsonify(
        window="open" if world.window_is_open(phone.key, line.address) else "closed",
        is_opted_out=conversation.is_opted_out,
        is_blocked=conversation.is_blocked,
    )


@blueprint.post("/faults")
def arm() -> Answer:
    said = asked()
    if said.get("kind") not in set(Kind):
        raise NotUnderstood("kind is one of: " + ", ".join(Kind) + ".")
    fault = carrier().world.faults.arm(
        Kind(said["kind"]),
        times=whole(said, "times", 1) or 0,
        value=whole(said, "value", None),
        phone=phone_named(str(said["phone"])).key if said.get("phone") else None,
        operation=str(said.get("operation", "create")),
    )
    return jsonify(fault_document(fault)), 201


@blueprint.delete("/faults")
@blueprint.delete("/faults/<int:number>")
def disarm(number: int | None = None) -> Answer:
    carrier().world.faults.clear(number)
    return Response(status=204)


@blueprint.get("/webhooks")
def webhooks() -> Answer:
    sid = request.args.get("sid")
    attempts = [each for each in carrier().world.listed_attempts() if sid in {None, each.sid}]
    return jsonify(attempts=[asdict(attempt) | {"at": attempt.at.isoformat()} for attempt in attempts])


def phone_document(phone: Phone) -> Json:
    shown = ("key", "name", "language", "number", "user_id", "username", "has_whatsapp", "is_on",
             "sends_read_receipts", "hides_number", "is_stranger", "is_staff", "when_rung")  # fmt: skip
    return {name: getattr(phone, name) for name in shown}


def fault_document(fault: Fault) -> Json:
    return asdict(fault)


def phone_message_document(message: Message) -> Json:
    """A message as its phone knows it; `has_arrived` tells whether it stands on the screen."""
    is_mine = message.direction is Direction.INBOUND
    return {
        "sid": message.sid,
        "direction": "sent" if is_mine else "received",
        "channel": message.channel,
        "line": message.line,
        "body": message.shown,
        "at": message.created_at.isoformat(),
        "status": message.status,
        "error_code": message.error_code,
        "has_arrived": True if is_mine else message.has_arrived,
        "told": message.told if is_mine else None,
        "why_not_told": message.why_not_told,
        "links": list(message.links),
        "buttons": [asdict(button) for button in message.buttons],
        "media": [{"sid": each.sid, "content_type": each.content_type} for each in message.media],
    }


def asked() -> Json:
    """The JSON object that was sent, or an empty one."""
    said = request.get_json(silent=True)
    return said if isinstance(said, dict) else {}


def whole(said: Mapping[str, Any], name: str, otherwise: int | None) -> int | None:
    value = said.get(name, otherwise)
    if value is not None and (not isinstance(value, int) or value < 0):
        raise NotUnderstood(f"{name} is a whole number of at least 0.")
    return value


def phone_named(key: str) -> Phone:
    phone = carrier().world.find_phone(key)
    if phone is None:
        raise NotUnderstood("There is no such phone.", 404)
    return phone


def line_at(address: object) -> Line:
    """The line of that address; without one, the first that takes WhatsApp."""
    lines = carrier().world.lines
    if address is None:
        return next(line for line in lines.values() if line.channel is Channel.WHATSAPP)
    line = lines.get(str(address))
    if line is None:
        raise NotUnderstood("There is no such line.", 404)
    return line


def _rung(wanted: object) -> Rung:
    if wanted not in set(Rung):
        raise NotUnderstood("when_rung is one of: " + ", ".join(Rung) + ".")
    return Rung(str(wanted))


def _tapped(said: Json) -> tuple[Message, int]:
    """A message and which of its buttons, by number from 0 or by its words."""
    message = carrier().world.messages.get(str(said.get("sid")))
    if message is None:
        raise NotUnderstood("There is no such message.", 404)
    titles: list[str | int] = [each.title for each in message.buttons]
    wanted = said.get("button", 0)
    place = titles.index(wanted) if wanted in titles else wanted
    if not isinstance(place, int) or not 0 <= place < len(titles):
        raise NotUnderstood("There is no such button.", 404)
    return message, place


def _writing(said: Json) -> Writing:
    place, button = said.get("location"), said.get("button")
    try:
        return Writing(
            text=str(said.get("body", "")),
            files=tuple(_file(each) for each in said.get("media", ())),
            location=Location(**{name: str(value) for name, value in place.items()}) if place else None,
            button=(str(button["text"]), str(button.get("payload", ""))) if button else None,
            reply_to=str(said.get("reply_to", "")),
            extra={
                name: None if value is None else str(value) for name, value in said.get("extra", {}).items()
            },
        )
    except (TypeError, KeyError, AttributeError, binascii.Error) as problem:
        raise NotUnderstood(f"The message cannot be read: {problem!r}.") from None


def _file(each: Json) -> tuple[str, bytes]:
    if "sample" in each:
        return SAMPLES[each["sample"]]
    return str(each["content_type"]), base64.b64decode(each["base64"], validate=True)
