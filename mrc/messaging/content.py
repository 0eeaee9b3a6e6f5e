"""The provider's Content API, wire format and nothing else: wordings made, submitted, listed, deleted.

POST /v1/Content
{"friendly_name": "how_was_it_ur_1", "language": "ur", "variables": {}, "types": {"twilio/quick-reply":
 {"body": "…", "actions": [{"type": "QUICK_REPLY", "title": "…", "id": "…"}]}}}

The client's own request class names every type of content there is with `null`; ours names the one we send.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException

from mrc.core.settings import settings
from mrc.messaging.gateway import BUSY, REFUSES_US, SERVER_FAULT, TooManyRequests, open_client

PAGE = 500
LONGEST_REASON = 500
PASSING = frozenset({401, 403, 408, BUSY})
LANGUAGES = {"en": "en", "ur": "ur", "ps": "ps_AF", "fa_AF": "fa", "ar": "ar", "ckb": "ar"}
"""WhatsApp's codes. It knows no Sorani: its nearest is Arabic (docs/decisions.md)."""
Buttons = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Content:
    """A wording as the provider keeps it. The name is ours and never used twice."""

    name: str
    language: str
    """Our tag."""
    body: str
    samples: tuple[str, ...] = ()
    """An example of what fills each place, in their order."""
    buttons: Buttons = ()
    """(id, title) of each."""


@dataclass(frozen=True)
class ListedContent:
    """A wording as the provider's list shows it, and where it stands with WhatsApp."""

    sid: str
    name: str
    body: str
    buttons: Buttons
    status: str
    """WhatsApp's word: unsubmitted, received, pending, approved, rejected, paused, disabled."""
    category: str
    """In small letters; empty while WhatsApp has none."""
    reason: str


class ContentRefused(Exception):
    """The provider said no, and why; asked again it says no again."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{reason} ({code})")
        self.code = code
        self.reason = reason[:LONGEST_REASON]


class ContentUnavailable(Exception):
    """It cannot be asked now, or it is not known what became of it: the list tells."""


def create(content: Content) -> str:
    """Make a wording at the provider; its sid. Raises ContentRefused or ContentUnavailable."""
    types: dict[str, object] = (
        {"twilio/quick-reply": {"body": content.body, "actions": _actions(content.buttons)}}
        if content.buttons
        else {"twilio/text": {"body": content.body}}
    )
    document = {
        "friendly_name": content.name,
        "language": LANGUAGES[content.language],
        "variables": {str(place): sample for place, sample in enumerate(content.samples, start=1)},
        "types": types,
    }
    with _asking() as client:
        made = client.content.v1.contents.create(_Document(document))
    if not made.sid:
        raise ContentUnavailable
    return str(made.sid)


def submit(sid: str, *, name: str, category: str) -> None:
    """Ask for WhatsApp's approval. Raises ContentRefused or ContentUnavailable."""
    document = _Document({"name": name, "category": category.upper()})
    with _asking() as client:
        client.content.v1.contents(sid).approval_create.create(document)


def list_contents() -> list[ListedContent]:
    """Every wording of the account with where it stands. Raises ContentRefused or ContentUnavailable."""
    with _asking() as client:
        return [_listed(found) for found in client.content.v1.content_and_approvals.stream(page_size=PAGE)]


def delete(sid: str) -> None:
    """Take a wording away at the provider; nothing happens when it is gone. Raises as `create`."""
    try:
        with _asking() as client:
            client.content.v1.contents(sid).delete()
    except ContentRefused as refused:
        if refused.code != REFUSES_US[404]:
            raise


class _Document:
    """What the client asks of a request: its JSON."""

    def __init__(self, document: Mapping[str, object]) -> None:
        self._document = document

    def to_dict(self) -> Mapping[str, object]:
        return self._document


@contextmanager
def _asking() -> Iterator[Any]:
    """The client, its ways to fail turned into our two."""
    if not settings().twilio.is_configured:
        raise ContentUnavailable
    try:
        with open_client() as client:
            yield client
    except (TwilioRestException, TwilioServiceException) as error:
        raise _failure(error) from error
    except (TooManyRequests, TwilioException, requests.exceptions.RequestException) as error:
        raise ContentUnavailable from error
    except (ValueError, TypeError, KeyError) as error:
        # An answer that is no content: a proxy's page, for example.
        raise ContentUnavailable from error


def _failure(error: Any) -> ContentRefused | ContentUnavailable:
    """Our word for the provider's error. That it refuses our account says nothing of the wording."""
    if error.status >= SERVER_FAULT or error.status < 400 or error.status in PASSING:
        return ContentUnavailable()
    code = (
        error.code if error.code not in {None, error.status} else REFUSES_US.get(error.status, error.status)
    )
    words = str(getattr(error, "msg", "") or getattr(error, "detail", ""))
    # The client says first what it was doing.
    return ContentRefused(code, words.removeprefix("Unable to create record: "))


def _actions(buttons: Buttons) -> list[dict[str, str]]:
    return [{"type": "QUICK_REPLY", "title": title, "id": name} for name, title in buttons]


def _listed(found: Any) -> ListedContent:
    body, buttons = _wording(found.types or {})
    approval = found.approval_requests
    if isinstance(approval, list):
        # The examples of Twilio show one document here, its older answers a list with one in it.
        approval = approval[0] if approval else {}
    approval = approval or {}
    return ListedContent(
        sid=found.sid or "",
        name=found.friendly_name or "",
        body=body,
        buttons=buttons,
        status=str(approval.get("status") or "unsubmitted").lower(),
        category=str(approval.get("category") or "").lower(),
        reason=str(approval.get("rejection_reason") or "")[:LONGEST_REASON],
    )


def _wording(types: Mapping[str, Any]) -> tuple[str, Buttons]:
    for kind in ("twilio/quick-reply", "twilio/text"):
        if isinstance(found := types.get(kind), dict):
            actions = found.get("actions") or []
            named = tuple((str(each.get("id") or ""), str(each.get("title") or "")) for each in actions)
            return str(found.get("body") or ""), named
    return "", ()
