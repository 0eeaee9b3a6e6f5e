"""Messages and their media as Twilio's REST API gives them."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, jsonify, redirect, request

from mrc.simulator.carrier import carrier
from mrc.simulator.gate import ACCOUNT, Answer, account, blueprint, can_be_upset
from mrc.simulator.outbound import accept, cancel, delete, is_final, redact
from mrc.simulator.refusals import Refusal
from mrc.simulator.resources import MESSAGE_FILTERS, media_document, message_document, page_document, selected
from mrc.simulator.state import CDN_LIFE, Media, Message


@blueprint.post(f"{ACCOUNT}/Messages.json")
@can_be_upset("create")
def create_message() -> Answer:
    return jsonify(message_document(accept(carrier(), request.form), account())), 201


@blueprint.get(f"{ACCOUNT}/Messages.json")
@can_be_upset("list")
def list_messages() -> Answer:
    """Newest first, filtered by To, From, DateSent, `DateSent<` and `DateSent>`."""
    found = selected(carrier().world.listed_messages(), request.args, MESSAGE_FILTERS)
    kept = [(name, value) for name, value in request.args.items() if name in MESSAGE_FILTERS]
    page = page_document("messages", found, request.args, kept)
    page["messages"] = [message_document(message, account()) for message in page["messages"]]
    return jsonify(page)


@blueprint.get(f"{ACCOUNT}/Messages/<sid>.json")
@can_be_upset("fetch")
def fetch_message(sid: str) -> Answer:
    return jsonify(message_document(_message(sid), account()))


@blueprint.post(f"{ACCOUNT}/Messages/<sid>.json")
@can_be_upset("update")
def update_message(sid: str) -> Answer:
    """An empty Body redacts, Status=canceled takes back what is scheduled."""
    message, world = _message(sid), carrier().world
    if request.form.get("Status") == "canceled" and not cancel(world, message):
        raise Refusal(30409)
    if request.form.get("Body") == "":
        if not is_final(message):
            raise Refusal(20009)
        redact(world, message)
    elif "Body" in request.form:
        raise Refusal(20001, "Body can only be made empty")
    return jsonify(message_document(message, account()))


@blueprint.delete(f"{ACCOUNT}/Messages/<sid>.json")
@can_be_upset("delete")
def delete_message(sid: str) -> Answer:
    message = _message(sid)
    if not is_final(message):
        raise Refusal(20009)
    delete(carrier().world, message)
    return Response(status=204)


@blueprint.get(f"{ACCOUNT}/Messages/<sid>/Media.json")
@can_be_upset("media")
def list_media(sid: str) -> Answer:
    message = _message(sid)
    present = [media for media in message.media if not media.is_deleted]
    return jsonify(
        media_list=[media_document(media, message, account()) for media in present],
        page=0,
        page_size=50,
        start=0,
        end=max(len(present) - 1, 0),
        uri=request.path,
        first_page_uri=request.path,
        next_page_uri=None,
        previous_page_uri=None,
    )


@blueprint.get(f"{ACCOUNT}/Messages/<sid>/Media/<media_sid>.json")
@can_be_upset("media")
def describe_media(sid: str, media_sid: str) -> Answer:
    message, media = _media(sid, media_sid)
    return jsonify(media_document(media, message, account()))


@blueprint.delete(f"{ACCOUNT}/Messages/<sid>/Media/<media_sid>.json")
@can_be_upset("delete")
def delete_media(sid: str, media_sid: str) -> Answer:
    _, media = _media(sid, media_sid)
    with carrier().world.changing():
        media.is_deleted = True
    return Response(status=204)


@blueprint.get(f"{ACCOUNT}/Messages/<sid>/Media/<media_sid>")
@can_be_upset("media")
def fetch_media(sid: str, media_sid: str) -> Any:
    """Send the reader on to an address that lives for four hours."""
    _, media = _media(sid, media_sid)
    world = carrier().world
    token = world.new_sid("")
    with world.changing():
        world.cdn[token] = (media, world.now() + CDN_LIFE)
    return redirect(f"/cdn/{token}", 307)


@blueprint.get("/cdn/<token>")
def download(token: str) -> Answer:
    """The file itself; 403 once its address is too old, 404 once it was deleted."""
    world = carrier().world
    media, expires_at = world.cdn.get(token) or abort(404)
    if media.is_deleted:
        abort(404)
    if world.now() >= expires_at:
        abort(403)
    return Response(media.content, content_type=media.content_type)


def _message(sid: str) -> Message:
    message = carrier().world.messages.get(sid)
    if message is None or message.is_deleted:
        raise Refusal(20404, request.path)
    return message


def _media(sid: str, media_sid: str) -> tuple[Message, Media]:
    message = _message(sid)
    media = next((each for each in message.media if each.sid == media_sid and not each.is_deleted), None)
    if media is None:
        raise Refusal(20404, request.path)
    return message, media
