"""The part of Twilio's REST API that a centre uses: messages and their media."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, redirect, request
from werkzeug.exceptions import HTTPException

from mrc.simulator.carrier import carrier
from mrc.simulator.connections import break_connection
from mrc.simulator.faults import Kind, Place, Upsets
from mrc.simulator.outbound import accept, cancel, delete, is_final, redact
from mrc.simulator.refusals import Refusal
from mrc.simulator.resources import media_document, message_document, page_document, selected
from mrc.simulator.state import CDN_LIFE, Media, Message
from mrc.simulator.wire import API_VERSION

blueprint = Blueprint("rest", __name__)
ACCOUNT = f"/{API_VERSION}/Accounts/<account_sid>"
LONGEST_SILENCE = 120
Answer = Response | tuple[Response, int]
View = Callable[..., Any]


def can_be_upset(operation: str) -> Callable[[View], View]:
    """Let armed faults of the API happen to an operation: before it, so that nothing is done, or after it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def upset(**values: str) -> Any:
            world = carrier().world
            phone = world.find_phone(request.values.get("To", ""))
            upsets = world.faults.take(Place.API, phone=phone.key if phone else None, operation=operation)
            if refused := _instead(upsets):
                return refused
            answer = view(**values)
            if Kind.SLOW_ANSWER in upsets:
                time.sleep(min(upsets[Kind.SLOW_ANSWER], LONGEST_SILENCE))
            if Kind.ACCEPT_THEN_DROP in upsets:
                time.sleep(min(upsets[Kind.ACCEPT_THEN_DROP], LONGEST_SILENCE))
                return break_connection(with_reset=False)
            return answer

        return upset

    return decorate


def _instead(upsets: Upsets) -> Response | None:
    """The answer of a carrier that does nothing, or None when it does its work."""
    if Kind.RESET in upsets:
        return break_connection(with_reset=True)
    if Kind.TOO_MANY in upsets:
        answer = Refusal(20429).answer()
        answer.headers["Retry-After"] = str(upsets[Kind.TOO_MANY])
        return answer
    if status := upsets.get(Kind.SERVER_ERROR):
        return Response(
            "<html><body><h1>Something went wrong</h1></body></html>", status, mimetype="text/html"
        )
    if status := upsets.get(Kind.PROBLEM):
        return _problem(status)
    if code := upsets.get(Kind.REFUSE):
        raise Refusal(code)
    return None


def _problem(status: int) -> Response:
    document = jsonify(
        type="https://www.twilio.com/docs/errors/20503",
        title="Service Unavailable",
        status=status,
        code=20503,
        detail="The service is temporarily unavailable.",
    )
    document.status_code = status
    document.mimetype = "application/problem+json"
    return document


@blueprint.url_value_preprocessor
def set_account_aside(_endpoint: str | None, values: dict[str, str] | None) -> None:
    """The account is checked here once, so no operation is given it."""
    g.account_sid = (values or {}).pop("account_sid", None)


@blueprint.before_request
def authenticate() -> None:
    """Basic authentication with the account's sid and token, or with an API key and its secret."""
    if request.endpoint == f"{blueprint.name}.download":
        return  # As with Twilio, whoever has the short-lived address of a file may have the file.
    setup, given = carrier().setup, request.authorization
    name, word = (given.username or "", given.password or "") if given else ("", "")
    known = [(setup.account_sid, setup.auth_token), (setup.api_key, setup.api_secret)]
    if not any(user == name and secret and _same(secret, word) for user, secret in known):
        raise Refusal(20003)
    if g.account_sid != setup.account_sid:
        raise Refusal(20404, request.path)


@blueprint.after_request
def number(response: Response) -> Response:
    response.headers["Twilio-Request-Id"] = carrier().world.new_sid("RQ")
    return response


@blueprint.errorhandler(Refusal)
def refuse(refusal: Refusal) -> Response:
    return refusal.answer()


@blueprint.app_errorhandler(HTTPException)
def not_found(problem: HTTPException) -> HTTPException | Response:
    """Unknown addresses under the API get Twilio's document, the simulator's own pages get a page."""
    if not request.path.startswith(f"/{API_VERSION}"):
        return problem
    return Refusal(20004 if problem.code == 405 else 20404, request.path).answer()


@blueprint.post(f"{ACCOUNT}/Messages.json")
@can_be_upset("create")
def create_message() -> Answer:
    return jsonify(message_document(accept(carrier(), request.form), _account())), 201


@blueprint.get(f"{ACCOUNT}/Messages.json")
@can_be_upset("list")
def list_messages() -> Answer:
    """Newest first, filtered by To, From, DateSent, `DateSent<` and `DateSent>`."""
    found = selected(carrier().world.listed_messages(), request.args)
    return jsonify(page_document("messages", request.path, found, request.args, _account()))


@blueprint.get(f"{ACCOUNT}/Messages/<sid>.json")
@can_be_upset("fetch")
def fetch_message(sid: str) -> Answer:
    return jsonify(message_document(_message(sid), _account()))


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
    return jsonify(message_document(message, _account()))


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
        media_list=[media_document(media, message, _account()) for media in present],
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
    return jsonify(media_document(media, message, _account()))


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


def _account() -> str:
    return carrier().setup.account_sid


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


def _same(secret: str, word: str) -> bool:
    return hmac.compare_digest(secret.encode(), word.encode())
