"""The provider's wire format, and nothing else: one request out, its outcome as a plain value back.

Every host of the provider is rewritten to the configured base, so that the ordinary client talks to the
simulator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError
from werkzeug.datastructures import MultiDict

from mrc.core import clock
from mrc.core.settings import settings
from mrc.messaging.codes import Meaning, meaning_of

TIMEOUT_SECONDS = 10
"""The client has no time-out of its own."""
PAGE = 500
API = "api.twilio.com"
BUSY, SERVER_FAULT = 429, 500
REFUSES_US = {401: 20003, 403: 20003, 404: 20404}
"""Answers without an error document, from a proxy for example, and the code that says the same."""


@dataclass(frozen=True)
class Request:
    """One message to hand over. `callback_url` carries our id, so that a lost answer can still be matched."""

    to: str
    from_: str
    body: str
    """The words as they are read; of an approved wording the provider knows them already."""
    callback_url: str
    content_sid: str = ""
    content_variables: str = ""
    media_url: str = ""
    """Where the provider fetches the file that goes with the words."""


@dataclass(frozen=True)
class Accepted:
    """The provider took it."""

    sid: str


@dataclass(frozen=True)
class Refused:
    """The provider said no, and why. Certainly nothing was sent."""

    code: int
    meaning: Meaning


@dataclass(frozen=True)
class Busy:
    """Not now: nothing was sent; the provider may have said for how many seconds."""

    after_seconds: int | None


@dataclass(frozen=True)
class NotReached:
    """No connection: certainly nothing was sent."""


@dataclass(frozen=True)
class Unknown:
    """It may have been sent, or not: the connection broke, or the answer was a fault."""


Outcome = Accepted | Refused | Busy | NotReached | Unknown


@dataclass(frozen=True)
class Listed:
    """A message as the provider's list shows it."""

    sid: str
    to: str
    from_: str
    body: str
    is_inbound: bool
    status: str
    error_code: int
    at: datetime
    media_count: int


class TooManyRequests(Exception):
    """The provider's 429, with the seconds it named; the client's own exception has no headers."""

    def __init__(self, after_seconds: int | None) -> None:
        super().__init__()
        self.after_seconds = after_seconds


class CannotList(Exception):
    """The provider's list cannot be read now."""


class OurHttpClient(TwilioHttpClient):
    """Rewrites every host to the configured base, waits only so long, and hears Retry-After."""

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=TIMEOUT_SECONDS)
        self.base = urlsplit(base_url) if base_url else None

    def request(self, method: str, url: str, *arguments: Any, **keywords: Any) -> Response:
        if self.base:
            asked = urlsplit(url)
            url = urlunsplit((self.base.scheme, self.base.netloc, asked.path, asked.query, ""))
        response: Response = super().request(method, url, *arguments, **keywords)
        if response.status_code == BUSY:
            wait = str((response.headers or {}).get("Retry-After", ""))
            raise TooManyRequests(int(wait) if wait.isdecimal() else None)
        return response


def send(request: Request) -> Outcome:
    """Hand one message over. Never raises: whatever happens has a name."""
    return hand_over(
        lambda client: client.messages.create(
            to=request.to, from_=request.from_, status_callback=request.callback_url, **_content(request)
        )
    )


def hand_over(create: Callable[[Client], Any]) -> Outcome:
    """Let the provider make something, a message or a call. Never raises: whatever happens has a name."""
    if not settings().twilio.is_configured:
        return Refused(20003, Meaning.CONFIG)
    try:
        with open_client() as client:
            made = create(client)
        return Accepted(made.sid) if made.sid else Unknown()
    except TooManyRequests as busy:
        return Busy(busy.after_seconds)
    except (TwilioRestException, TwilioServiceException) as error:
        return _outcome_of(error.status, error.code)
    except requests.exceptions.ConnectTimeout:
        return NotReached()
    except requests.exceptions.ConnectionError as error:
        return NotReached() if _was_never_connected(error) else Unknown()
    except (requests.exceptions.RequestException, TwilioException, ValueError, TypeError, KeyError):
        # A time-out after writing, or an answer that is no message: what became of it is not known.
        return Unknown()


def _content(request: Request) -> dict[str, Any]:
    if not request.content_sid:
        return {"body": request.body} | ({"media_url": [request.media_url]} if request.media_url else {})
    variables = {"content_variables": request.content_variables} if request.content_variables else {}
    return {"content_sid": request.content_sid, **variables}


def list_messages(*, to: str | None = None, from_: str | None = None, since: datetime) -> list[Listed]:
    """What the provider lists since an instant (UTC). Raises CannotList when it cannot be asked."""
    wanted = {"to": to, "from_": from_, "date_sent_after": since, "page_size": PAGE}
    filters = {name: value for name, value in wanted.items() if value is not None}
    try:
        with open_client() as client:
            return [_listed(found) for found in client.messages.stream(**filters)]
    except (TwilioException, TooManyRequests, requests.exceptions.RequestException, ValueError) as error:
        raise CannotList from error


def list_media(message_sid: str) -> list[tuple[str, str]]:
    """The files of a message as (content type, address), in their order. Raises CannotList."""
    try:
        with open_client() as client:
            found = client.messages(message_sid).media.stream(page_size=PAGE)
            return [
                (str(each.content_type or ""), f"https://{API}{str(each.uri or '').removesuffix('.json')}")
                for each in found
            ]
    except (TwilioException, TooManyRequests, requests.exceptions.RequestException, ValueError) as error:
        raise CannotList from error


def delete_media(message_sid: str, media_sid: str) -> bool:
    """Delete the provider's copy of a file; False when it must be tried again later. Never raises.

    In the first minutes the provider may refuse with 20009; gone already is as good as deleted.
    """
    try:
        with open_client() as client:
            client.messages(message_sid).media(media_sid).delete()
    except (TwilioRestException, TwilioServiceException) as error:
        return int(error.status or 0) == 404
    except (TwilioException, TooManyRequests, requests.exceptions.RequestException, ValueError):
        return False
    return True


def clear_text(message_sid: str) -> bool:
    """Empty the provider's copy of a text; False when it refuses for now. Raises CannotList when it is away.

    A message still under way is refused with 20009; one that is gone is as good as emptied.
    """
    try:
        with open_client() as client:
            client.messages(message_sid).update(body="")
    except (TwilioRestException, TwilioServiceException) as error:
        status = int(error.status or 0)
        if status >= SERVER_FAULT or status in (401, 403):
            raise CannotList from error
        return status == 404
    except (TwilioException, TooManyRequests, requests.exceptions.RequestException, ValueError) as error:
        raise CannotList from error
    return True


def is_genuine(path: str, query: str, form: MultiDict[str, str], signature: str) -> bool:
    """True when the signature over our configured address and the form is the provider's; never raises.

    The address comes from the settings, because a proxy changes the request's own and a stranger may forge
    it; the query stays as it was sent, because the provider signs its escapes. During a change of tokens the
    previous one counts too.
    """
    url = settings().public_url + path + (f"?{query}" if query else "")
    tokens = (settings().twilio.auth_token, settings().twilio.previous_auth_token)
    return any(_validates(token, url, form, signature) for token in tokens if token)


def _validates(token: str, url: str, form: MultiDict[str, str], signature: str) -> bool:
    try:
        return bool(RequestValidator(token).validate(url, form, signature))
    except Exception:  # noqa: BLE001 - a form that breaks the validator is a forged one
        return False


@contextmanager
def open_client() -> Iterator[Client]:
    """The ordinary client on a connection of its own.

    A kept connection that the provider closes at that moment would leave it unknown whether a message was
    sent.
    """
    twilio = settings().twilio
    http = OurHttpClient(twilio.base_url)
    try:
        yield Client(*credentials(), twilio.account_sid, http_client=http)
    finally:
        http.session.close()


def credentials() -> tuple[str, str]:
    """User and password for the provider: the API key where there is one."""
    twilio = settings().twilio
    return (twilio.api_key, twilio.api_secret) if twilio.api_key else (twilio.account_sid, twilio.auth_token)


def _outcome_of(status: int, code: int | None) -> Outcome:
    if status >= SERVER_FAULT or status < 400 or status == 408:
        return Unknown()
    code = REFUSES_US.get(status, status) if code is None or code == status else code
    meaning = meaning_of(code)
    if meaning is Meaning.RETRY:
        return Busy(None)
    return Unknown() if meaning is Meaning.UNKNOWN else Refused(code, meaning)


def _was_never_connected(error: requests.exceptions.ConnectionError) -> bool:
    reason = error.args[0] if error.args else None
    return isinstance(getattr(reason, "reason", reason), NewConnectionError)


def _listed(found: Any) -> Listed:
    return Listed(
        sid=found.sid or "",
        to=found.to or "",
        from_=found.from_ or "",
        body=found.body or "",
        is_inbound=str(found.direction) == "inbound",
        status=str(found.status),
        error_code=int(found.error_code or 0),
        at=found.date_sent or found.date_created or clock.now(),
        media_count=int(found.num_media or 0),
    )
