"""The gate of the REST API: who may ask, what goes wrong on the way, and how a refusal is written."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from mrc.simulator.carrier import carrier
from mrc.simulator.connections import break_connection
from mrc.simulator.faults import Kind, Place, Upsets
from mrc.simulator.refusals import Refusal
from mrc.simulator.wire import API_VERSION

blueprint = Blueprint("rest", __name__)
ACCOUNT = f"/{API_VERSION}/Accounts/<account_sid>"
CONTENT = "/v1/Content"
"""How every address of content.twilio.com begins that is known here."""
SENDERS = "/v2/Channels/Senders"
"""Of messaging.twilio.com: the WhatsApp lines."""
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
    if request.endpoint == f"{blueprint.name}.fetch_media" and not carrier().world.standing.protects_media:
        return
    setup, given = carrier().setup, request.authorization
    name, word = (given.username or "", given.password or "") if given else ("", "")
    known = [(setup.account_sid, setup.auth_token), (setup.api_key, setup.api_secret)]
    if not any(user == name and secret and _same(secret, word) for user, secret in known):
        raise Refusal(20003)
    # The Content API has no account in its addresses.
    if g.account_sid not in {None, setup.account_sid}:
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
    if not request.path.startswith((f"/{API_VERSION}", CONTENT, SENDERS)):
        return problem
    return Refusal(20004 if problem.code == 405 else 20404, request.path).answer()


def account() -> str:
    """The sid of the one account."""
    return carrier().setup.account_sid


def _same(secret: str, word: str) -> bool:
    return hmac.compare_digest(secret.encode(), word.encode())
