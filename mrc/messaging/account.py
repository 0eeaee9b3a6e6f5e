"""How our account with the provider is set up, asked of the provider: wire format, and nothing else.

Lines are numbers for SMS and voice (IncomingPhoneNumbers) and WhatsApp lines (Channels/Senders, API v2).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from twilio.base.exceptions import TwilioException

from mrc.core.settings import settings
from mrc.messaging.gateway import API, OurHttpClient, TooManyRequests, open_client

UNPROTECTED = frozenset({200, 301, 302, 303, 307, 308, 404})
"""Answers that somebody without a password gets only where files are open to everybody."""
NO_MESSAGE, NO_FILE = f"MM{'0' * 32}", f"ME{'0' * 32}"


class CannotAsk(Exception):
    """The provider cannot be asked now, or refuses our credentials."""


@dataclass(frozen=True)
class ProviderLine:
    """A line as the provider has it. What does not apply to its kind is empty."""

    address: str
    message_url: str
    """Where it sends what comes in."""
    call_url: str
    call_fallback_url: str
    status: str
    """WhatsApp's word: ONLINE, OFFLINE, …"""
    quality: str
    """How people rate what the line sends: HIGH, MEDIUM, LOW, or UNKNOWN."""
    limit: str
    """To how many people it may write first in a day, in WhatsApp's words."""


def account_status() -> str:
    """active, suspended or closed. Raises CannotAsk."""
    with _asking() as client:
        return str(client.api.v2010.accounts(settings().twilio.account_sid).fetch().status)


def list_provider_lines() -> list[ProviderLine]:
    """Every line of the account. Raises CannotAsk."""
    with _asking() as client:
        numbers = [_number(found) for found in client.incoming_phone_numbers.stream()]
        return numbers + [_sender(found) for found in client.messaging.v2.channels_senders.stream("whatsapp")]


def is_media_protected() -> bool:
    """Whether somebody without a password is refused at the provider's files. Raises CannotAsk.

    Asks for a file that cannot exist: 401 is a guarded door, 404 an open one.
    """
    path = f"/2010-04-01/Accounts/{settings().twilio.account_sid}/Messages/{NO_MESSAGE}/Media/{NO_FILE}"
    http = OurHttpClient(settings().twilio.base_url)
    try:
        answer = http.request("GET", f"https://{API}{path}", allow_redirects=False)
    except (TooManyRequests, requests.exceptions.RequestException) as error:
        raise CannotAsk from error
    finally:
        http.session.close()
    return answer.status_code not in UNPROTECTED


def count_readable_texts(*, before: datetime, limit: int) -> int:
    """How many of the provider's messages from before an instant still have their text. Raises CannotAsk."""
    with _asking() as client:
        found = client.messages.list(date_sent_before=before, limit=limit, page_size=limit)
        return sum(1 for message in found if message.body)


@contextmanager
def _asking() -> Iterator[Any]:
    if not settings().twilio.is_configured:
        raise CannotAsk
    try:
        with open_client() as client:
            yield client
    except (TwilioException, TooManyRequests, requests.exceptions.RequestException) as error:
        raise CannotAsk from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        # An answer that is none of the provider's documents: a proxy's page, for example.
        raise CannotAsk from error


def _number(found: Any) -> ProviderLine:
    return ProviderLine(
        address=str(found.phone_number or ""),
        message_url=str(found.sms_url or ""),
        call_url=str(found.voice_url or ""),
        call_fallback_url=str(found.voice_fallback_url or ""),
        status="",
        quality="",
        limit="",
    )


def _sender(found: Any) -> ProviderLine:
    webhook, properties = found.webhook or {}, found.properties or {}
    return ProviderLine(
        address=str(found.sender_id or ""),
        message_url=str(webhook.get("callback_url") or ""),
        call_url="",
        call_fallback_url="",
        status=str(found.status or ""),
        quality=str(properties.get("quality_rating") or "UNKNOWN").upper(),
        limit=str(properties.get("messaging_limit") or ""),
    )
