"""The provider's wire format, and nothing else: one request out, its outcome as a plain value back.

Every host of the provider is rewritten to the configured base, so that the ordinary client talks to the
simulator. The client has no time-out of its own, hence ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError
from werkzeug.datastructures import MultiDict

from mrc.core.settings import TwilioSettings, settings
from mrc.messaging.codes import Meaning, meaning_of

TIMEOUT_SECONDS = 10
BUSY = 429
SERVER_FAULT = 500


@dataclass(frozen=True)
class Request:
    """One message to hand over. `callback_url` carries our id, so that a lost answer can still be matched."""

    to: str
    from_: str
    body: str
    callback_url: str


@dataclass(frozen=True)
class Accepted:
    """The provider took it."""

    sid: str


@dataclass(frozen=True)
class Refused:
    """The provider said no, and why."""

    code: int
    meaning: Meaning


@dataclass(frozen=True)
class Busy:
    """Nothing was sent; try again after so many seconds, if it said how many."""

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
    direction: str
    status: str
    at: datetime | None
    media_count: int


class OurHttpClient(TwilioHttpClient):
    """Rewrites every host to the configured base and remembers how long the provider asked us to wait."""

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=TIMEOUT_SECONDS, pool_connections=True)
        self.base = urlsplit(base_url) if base_url else None
        self.retry_after: int | None = None

    def request(self, method: str, url: str, *arguments: Any, **keywords: Any) -> Response:
        if self.base:
            asked = urlsplit(url)
            url = urlunsplit((self.base.scheme, self.base.netloc, asked.path, asked.query, ""))
        response: Response = super().request(method, url, *arguments, **keywords)
        wait = str((response.headers or {}).get("Retry-After", ""))
        self.retry_after = int(wait) if wait.isdecimal() else None
        return response


def send(request: Request) -> Outcome:
    """Hand one message over. Never raises: whatever happens has a name."""
    http = OurHttpClient(settings().twilio.base_url)
    try:
        message = _client(settings().twilio, http).messages.create(
            to=request.to, from_=request.from_, body=request.body, status_callback=request.callback_url
        )
    except TwilioRestException as error:
        return _outcome_of(error, http.retry_after)
    except requests.exceptions.ConnectTimeout:
        return NotReached()
    except requests.exceptions.ConnectionError as error:
        return NotReached() if _was_never_connected(error) else Unknown()
    except (requests.exceptions.RequestException, TwilioException, ValueError):
        return Unknown()
    return Accepted(message.sid) if message.sid else Unknown()


def list_messages(*, to: str | None = None, from_: str | None = None, since: datetime) -> Iterator[Listed]:
    """What the provider lists since an instant. Raises TwilioException or RequestException when it cannot be
    asked.
    """
    client = _client(settings().twilio, OurHttpClient(settings().twilio.base_url))
    filters: dict[str, Any] = {
        "to": to,
        "from_": from_,
        "date_sent_after": since,
        "page_size": 200,
        "limit": 2_000,
    }
    for found in client.messages.stream(
        **{name: value for name, value in filters.items() if value is not None}
    ):
        yield Listed(
            sid=found.sid or "",
            to=found.to or "",
            from_=found.from_ or "",
            body=found.body or "",
            direction=str(found.direction),
            status=str(found.status),
            at=found.date_sent or found.date_created,
            media_count=int(found.num_media or 0),
        )


def is_genuine(path_and_query: str, form: MultiDict[str, str], signature: str) -> bool:
    """True when the signature over our configured address and the form is the provider's; never raises.

    The address comes from the settings, not from the request: a proxy may change it and a stranger may forge
    it. During a change of tokens the previous one counts too.
    """
    twilio = settings().twilio
    url = settings().public_url + path_and_query
    for token in filter(None, (twilio.auth_token, twilio.previous_auth_token)):
        try:
            if RequestValidator(token).validate(url, form, signature):
                return True
        except Exception:  # noqa: BLE001 - a form that breaks the validator is a forged one
            return False
    return False


def _client(twilio: TwilioSettings, http: OurHttpClient) -> Client:
    if twilio.api_key:
        return Client(twilio.api_key, twilio.api_secret, twilio.account_sid, http_client=http)
    return Client(twilio.account_sid, twilio.auth_token, http_client=http)


def _outcome_of(error: TwilioRestException, retry_after: int | None) -> Outcome:
    if error.status == BUSY:
        return Busy(retry_after)
    if error.status >= SERVER_FAULT:
        return Unknown()
    meaning = meaning_of(error.code)
    return Busy(retry_after) if meaning is Meaning.LATER else Refused(error.code, meaning)


def _was_never_connected(error: requests.exceptions.ConnectionError) -> bool:
    reason = error.args[0] if error.args else None
    return isinstance(getattr(reason, "reason", reason), NewConnectionError)
