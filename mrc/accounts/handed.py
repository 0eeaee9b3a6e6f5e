"""Texts shown once: a link to hand over, recovery codes. Nothing readable is kept of them.

They are sealed for the eyes of one session for ten minutes and carried by the address of the page that
follows the act, so a double click or a reload on a weak link does not lose them.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

from mrc.access.identity import current
from mrc.core import clock
from mrc.core.errors import SealBroken
from mrc.core.sealed import seal, unseal

HANDED_FOR = timedelta(minutes=10)


def handed(text: str, purpose: str) -> str:
    """A text sealed for the present session, fit for an address."""
    content = json.dumps([(clock.now() + HANDED_FOR).timestamp(), text])
    return urlsafe_b64encode(seal(content, _context(purpose))).decode()


def opened(sealed: str | None, purpose: str) -> str | None:
    """What `handed` sealed for this session, or None for anything else, or later."""
    try:
        until, text = json.loads(unseal(urlsafe_b64decode((sealed or "").encode()), _context(purpose)))
    except (SealBroken, ValueError):
        return None
    return str(text) if clock.now().timestamp() < until else None


def _context(purpose: str) -> str:
    return f"handed.{purpose}:{current().session_id}"
