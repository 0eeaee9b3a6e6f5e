"""The account itself and its lines as Twilio's REST API gives them: how an installation is set up."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request

from mrc.simulator.addresses import Channel
from mrc.simulator.carrier import carrier
from mrc.simulator.gate import ACCOUNT, SENDERS, Answer, account, blueprint, can_be_upset
from mrc.simulator.resources import page_document
from mrc.simulator.settings import Line
from mrc.simulator.standing import Told
from mrc.simulator.wire import API_VERSION


@blueprint.get(f"{ACCOUNT}.json")
@can_be_upset("account")
def show_account() -> Answer:
    return jsonify(
        sid=account(),
        friendly_name="Simulated",
        status=carrier().world.standing.status,
        type="Full",
        uri=f"/{API_VERSION}/Accounts/{account()}.json",
    )


@blueprint.get(f"{ACCOUNT}/IncomingPhoneNumbers.json")
@can_be_upset("account")
def list_numbers() -> Answer:
    """The numbers for SMS and voice; one that does both is there once."""
    world, setup = carrier().world, carrier().setup
    numbers: dict[str, dict[str, Any]] = {}
    for line in [*world.lines.values(), *world.hotlines.values()]:
        if line.channel is Channel.WHATSAPP or not line.can_be_answered:
            continue
        told = told_of(line)
        shown = numbers.setdefault(
            line.address,
            {"sid": told.sid, "phone_number": line.address, "friendly_name": line.name, "sms_url": "",
             "voice_url": "", "voice_fallback_url": "", "status_callback": ""},
        )  # fmt: skip
        if line.is_voice:
            shown |= {
                "voice_url": told.webhook or setup.call_url,
                "voice_fallback_url": setup.call_fallback_url,
                "status_callback": setup.call_status_url,
            }
        else:
            shown["sms_url"] = told.webhook or setup.message_url
    page = page_document("incoming_phone_numbers", [], request.args, [])
    page["incoming_phone_numbers"] = list(numbers.values())
    return jsonify(page)


@blueprint.get(SENDERS)
@can_be_upset("account")
def list_senders() -> Answer:
    """The WhatsApp lines: whether they are online, how people rate them, where their messages go."""
    world, setup = carrier().world, carrier().setup
    senders = []
    for line in world.lines.values():
        if line.channel is not Channel.WHATSAPP:
            continue
        told = told_of(line)
        senders.append({
            "sid": told.sid,
            "sender_id": line.address,
            "status": told.status,
            "webhook": {"callback_method": "POST", "callback_url": told.webhook or setup.message_url},
            "properties": {"quality_rating": told.quality, "messaging_limit": told.limit},
            "profile": {"name": line.name},
            "offline_reasons": None if told.status == "ONLINE" else [{"code": "63020"}],
        })  # fmt: skip
    meta = {"key": "senders", "page": 0, "page_size": 50, "next_page_url": None, "url": request.path}
    return jsonify(senders=senders, meta=meta)


def told_of(line: Line) -> Told:
    """What is told of a line; the same sid each time."""
    world = carrier().world
    with world.changing():
        key = f"{line.is_voice}:{line.address}"
        if key not in world.standing.lines:
            prefix = "XE" if line.channel is Channel.WHATSAPP else "PN"
            world.standing.lines[key] = Told(sid=world.new_sid(prefix))
        return world.standing.lines[key]
