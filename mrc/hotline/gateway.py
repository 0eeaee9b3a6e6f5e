"""Calls and recordings in the provider's words: one request out, its outcome as a plain value back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from mrc.core import clock
from mrc.core.settings import settings
from mrc.messaging.gateway import (
    PAGE,
    TIMEOUT_SECONDS,
    CannotList,
    Outcome,
    TooManyRequests,
    credentials,
    hand_over,
    open_client,
)

PROVIDER = "https://api.twilio.com"
LARGEST_RECORDING = 24 * 1024 * 1024
"""Twenty minutes as the provider sends them, twice what a line records at most."""
CHUNK = 64 * 1024
RECORDING_SID = re.compile(r"RE[0-9a-fA-F]{32}")
GONE, NOT_YET = 404, 20009
"""The provider's answers for what is deleted already, and for what cannot be deleted yet."""


@dataclass(frozen=True)
class Dial:
    """One call to make: to a counsellor's phone, with the centre's number; `url` says what happens then."""

    to: str
    from_: str
    url: str
    status_url: str
    ring_seconds: int


@dataclass(frozen=True)
class ListedCall:
    """A call as the provider's list shows it."""

    sid: str
    to: str
    from_: str
    is_inbound: bool
    status: str
    at: datetime


@dataclass(frozen=True)
class ListedRecording:
    """A recording as the provider's list shows it."""

    sid: str
    call_sid: str
    seconds: int
    status: str
    at: datetime


class Deletion(StrEnum):
    """What became of asking the provider to delete something."""

    GONE = "gone"
    NOT_YET = "not_yet"


class CannotFetch(Exception):
    """The recording cannot be had now. `is_gone`: the provider has it no more."""

    def __init__(self, *, is_gone: bool = False) -> None:
        super().__init__()
        self.is_gone = is_gone


def start_call(dial: Dial) -> Outcome:
    """Ask the provider to make a call. Never raises: whatever happens has a name."""
    return hand_over(
        lambda client: client.calls.create(
            to=dial.to,
            from_=dial.from_,
            url=dial.url,
            status_callback=dial.status_url,
            status_callback_event=["initiated", "ringing", "answered", "completed"],
            timeout=dial.ring_seconds,
        )
    )


def list_calls(*, to: str, since: datetime) -> list[ListedCall]:
    """The calls to a line that began since an instant (UTC). Raises CannotList when it cannot be asked."""
    try:
        with open_client() as client:
            found = client.calls.stream(to=to, start_time_after=since, page_size=PAGE)
            return [_call(each) for each in found]
    except (TwilioException, TooManyRequests, requests.exceptions.RequestException, ValueError) as error:
        raise CannotList from error


def list_recordings(*, since: datetime) -> list[ListedRecording]:
    """The recordings made since an instant (UTC). Raises CannotList when they cannot be asked for."""
    try:
        with open_client() as client:
            found = client.recordings.stream(date_created_after=since, page_size=PAGE)
            return [_recording(each) for each in found]
    except (TwilioException, TooManyRequests, requests.exceptions.RequestException, ValueError) as error:
        raise CannotList from error


def is_recording_sid(text: str) -> bool:
    """True for an id of a recording, which may stand in an address."""
    return RECORDING_SID.fullmatch(text) is not None


def fetch_recording(sid: str) -> bytes:
    """The sound of a recording. Raises CannotFetch.

    The address is put together here and not taken from a form; credentials go nowhere else, because a
    redirect is not followed.
    """
    if not is_recording_sid(sid):
        raise CannotFetch(is_gone=True)
    twilio = settings().twilio
    url = f"{twilio.base_url or PROVIDER}/2010-04-01/Accounts/{twilio.account_sid}/Recordings/{sid}.wav"
    try:
        with requests.get(
            url, auth=credentials(), timeout=TIMEOUT_SECONDS, stream=True, allow_redirects=False
        ) as answer:
            if answer.status_code in {404, 410}:
                raise CannotFetch(is_gone=True)
            if answer.status_code != 200:
                raise CannotFetch
            return _capped(answer)
    except requests.exceptions.RequestException as error:
        raise CannotFetch from error


def delete_recording(sid: str) -> Deletion:
    """Delete a recording at the provider; one that is gone already counts as deleted."""
    if not is_recording_sid(sid):
        return Deletion.GONE
    try:
        with open_client() as client:
            client.recordings(sid).delete()
    except TwilioRestException as error:
        return Deletion.GONE if error.status == GONE else Deletion.NOT_YET
    except (TwilioException, TooManyRequests, requests.exceptions.RequestException):
        return Deletion.NOT_YET
    return Deletion.GONE


def _capped(answer: requests.Response) -> bytes:
    content = bytearray()
    for chunk in answer.iter_content(CHUNK):
        content += chunk
        if len(content) > LARGEST_RECORDING:
            raise CannotFetch(is_gone=True)
    return bytes(content)


def _call(found: Any) -> ListedCall:
    return ListedCall(
        sid=found.sid or "",
        to=found.to or "",
        from_=found._from or "",  # noqa: SLF001 - the client's own name for it
        is_inbound=str(found.direction) == "inbound",
        status=str(found.status),
        at=found.start_time or found.date_created or clock.now(),
    )


def _recording(found: Any) -> ListedRecording:
    return ListedRecording(
        sid=found.sid or "",
        call_sid=found.call_sid or "",
        seconds=int(found.duration or 0) if str(found.duration or "0").isdecimal() else 0,
        status=str(found.status),
        at=found.date_created or clock.now(),
    )
