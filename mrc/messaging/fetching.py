"""Fetching a file of a message from the provider: who is asked, what is told them, how much is read.

The address stands in a form that the provider signed, and still our key goes to no host but the provider's.
It sends us on, once, to a host that keeps the bytes: that one gets no key, and is never one of ours.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import requests

from mrc.core.settings import settings
from mrc.messaging.gateway import API, credentials
from mrc.messaging.states import MediaReason

MOST_BYTES = 16 * 1024 * 1024
"""What WhatsApp takes at most."""
TIMEOUT_SECONDS = 10
MOST_SECONDS = 60
CHUNK = 64 * 1024
MEDIA_PATH = re.compile(
    r"/2010-04-01/Accounts/AC[0-9a-fA-F]{32}/Messages/(\w{2}[0-9a-fA-F]{32})/Media/(ME[0-9a-fA-F]{32})"
)
FINAL = frozenset({MediaReason.FOREIGN_ADDRESS, MediaReason.TOO_LARGE})
"""What no later try changes."""


class NotFetched(Exception):
    """The file is not here, and why."""

    def __init__(self, reason: MediaReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class MediaIds:
    """The provider's names of a message and of a file of it."""

    message_sid: str
    media_sid: str


def ids_of(url: str) -> MediaIds | None:
    """The provider's ids in an address of a file; None for an address of anything else."""
    found = MEDIA_PATH.fullmatch(urlsplit(url).path)
    return MediaIds(found[1], found[2]) if found else None


def fetch(url: str) -> bytes:
    """The bytes at an address of the provider's. Raises NotFetched."""
    deadline = time.monotonic() + MOST_SECONDS
    try:
        with requests.Session() as session:
            first = session.get(
                _of_provider(url),
                auth=credentials(),
                allow_redirects=False,
                stream=True,
                timeout=TIMEOUT_SECONDS,
            )
            if not first.is_redirect:
                return _read(first, deadline)
            further = _elsewhere(urljoin(first.url, first.headers["Location"]))
            first.close()
            # A key for this host may stand in the operator's netrc: nothing of the kind goes along either.
            second = session.get(
                further, auth=_keyless, allow_redirects=False, stream=True, timeout=TIMEOUT_SECONDS
            )
            return _read(second, deadline)
    except (requests.exceptions.RequestException, OSError, ValueError):
        raise NotFetched(MediaReason.NOT_REACHED) from None


def _of_provider(url: str) -> str:
    """The address to ask, with the host of the configured base in place of the provider's."""
    asked, base = _split(url), urlsplit(settings().twilio.base_url or "")
    if asked.scheme != "https" or asked.netloc != API or ids_of(url) is None:
        raise NotFetched(MediaReason.FOREIGN_ADDRESS)
    return urlunsplit((base.scheme, base.netloc, asked.path, "", "")) if base.netloc else url


def _elsewhere(url: str) -> str:
    """The address that the provider sends us on to, if it is no host of our own network."""
    asked, base = _split(url), urlsplit(settings().twilio.base_url or "")
    if base.netloc and (asked.scheme, asked.netloc) == (base.scheme, base.netloc):
        return url
    if asked.scheme != "https" or asked.username is not None or not _is_public(asked.hostname or ""):
        raise NotFetched(MediaReason.FOREIGN_ADDRESS)
    return url


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise NotFetched(MediaReason.FOREIGN_ADDRESS) from None


def _is_public(host: str) -> bool:
    """True when every address of a host is one of the open internet. Raises OSError for an unknown host."""
    found = {str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(host, 443)} if host else set()
    return bool(found) and all(ipaddress.ip_address(each).is_global for each in found)


def _read(response: requests.Response, deadline: float) -> bytes:
    with response:
        if response.status_code in {404, 410}:
            raise NotFetched(MediaReason.NOT_FOUND)
        if response.status_code != 200:
            raise NotFetched(MediaReason.NOT_REACHED)
        content = bytearray()
        for chunk in response.iter_content(CHUNK):
            content += chunk
            if len(content) > MOST_BYTES:
                raise NotFetched(MediaReason.TOO_LARGE)
            if time.monotonic() > deadline:
                raise NotFetched(MediaReason.NOT_REACHED)
    if not content:
        raise NotFetched(MediaReason.EMPTY)
    return bytes(content)


def _keyless(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
