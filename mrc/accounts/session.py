"""The session cookie and what it stands for.

The cookie holds an opaque 256-bit id, the table only its hash, so neither a dump nor a backup signs anybody
in. A second cookie knows the browser for half a year; it opens nothing, it only keeps a stranger's guesses
apart from the owner's (see `throttle`).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import g, request
from flask import session as form_session
from sqlalchemy import Row, update
from sqlalchemy.exc import DBAPIError
from werkzeug import Response

from mrc.access.identity import Identity
from mrc.accounts.models import User, UserSession
from mrc.accounts.queries import find_session, find_session_rows, identity_from
from mrc.core import clock
from mrc.core.db import db
from mrc.core.settings import settings

LONGEST = timedelta(hours=12)
SHARED_DESK_MINUTES = 15
TOUCHED_EVERY = timedelta(minutes=1)
DEVICE_IS_KNOWN_FOR = timedelta(days=180)
DEVICE_ID = re.compile(r"[A-Za-z0-9_-]{22}")
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
            ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
           ("Mac OS X", "macOS"), ("Linux", "Linux"))  # fmt: skip


def load_identity() -> Identity | None:
    """The person behind the request's cookie, in one query; two where break-glass or a country is to be
    looked up.

    Sets `g.expired_user_id` when a session ended, so that what was typed is kept; `g.leads_to` to what the
    person must do before anything else; `g.session_to_touch` when it is time to write down that the session
    is in use.
    """
    token = request.cookies.get(cookie_name("session"), "")
    rows = find_session_rows(hash_of(token)) if token else []
    if not rows or rows[0].locked_at is not None:
        return None
    first, now = rows[0], clock.now()
    if _has_ended(first, now):
        # What was typed is kept for those who were away too long, not for a device whose session somebody
        # ended.
        g.expired_user_id = None if first.revoked_at else first.user_id
        return None
    if now - first.last_seen_at >= TOUCHED_EVERY:
        g.session_to_touch = first.session_id
    g.leads_to = _first_duty(first)
    return identity_from(rows)


def start_session(user: User, *, is_own_device: bool) -> tuple[UserSession, str]:
    """Open a session with a fresh id and end the one whose cookie came along. Returns it and the cookie's
    secret.
    """
    if (old := find_session(hash_of(request.cookies.get(cookie_name("session"), "")))) is not None:
        old.revoked_at = old.revoked_at or clock.now()
    token, now = secrets.token_urlsafe(32), clock.now()
    row = UserSession(
        user_id=user.id,
        token_hash=hash_of(token),
        created_at=now,
        last_seen_at=now,
        confirmed_at=now,
        idle_minutes=user.idle_minutes if is_own_device else SHARED_DESK_MINUTES,
        expires_at=now + LONGEST,
        device=device_of(request.user_agent.string),
    )
    db.session.add(row)
    db.session.flush()
    # A new person gets a new token against forgery, and nothing that was left in the cookie before.
    form_session.clear()
    return row, token


def end_session(row: UserSession) -> None:
    """End a session; its cookie opens nothing from the next request on."""
    row.revoked_at = row.revoked_at or clock.now()


def end_all_sessions(user_id: UUID, *, but: UUID | None = None) -> int:
    """End every session of a person, the named one excepted. Returns how many."""
    query = update(UserSession).where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    if but is not None:
        query = query.where(UserSession.id != but)
    result: Any = db.session.execute(query.values(revoked_at=clock.now()))
    return int(result.rowcount)


def touch_session(response: Response) -> Response:
    """Write down that the session is in use, after the answer is made, in a transaction of its own."""
    if (session_id := g.pop("session_to_touch", None)) is not None:
        try:
            db.session.rollback()
            db.session.execute(
                update(UserSession).where(UserSession.id == session_id).values(last_seen_at=clock.now())
            )
            db.session.commit()
        except DBAPIError:
            # A locked database must not cost the reader a page that is ready; the next request tries again.
            db.session.rollback()
    return response


def set_session_cookie(response: Response, token: str) -> None:
    """Give the browser its session, until it is closed."""
    response.set_cookie(cookie_name("session"), token, **_cookie_rules())


def clear_session_cookie(response: Response) -> None:
    response.delete_cookie(cookie_name("session"), **_cookie_rules())


def known_device() -> str | None:
    """The browser's long-lived random id, None when it has none."""
    value = request.cookies.get(cookie_name("device"), "")
    return value if DEVICE_ID.fullmatch(value) else None


def new_device() -> str:
    """A fresh 128-bit id for a browser."""
    return secrets.token_urlsafe(16)


def set_device_cookie(response: Response, device: str) -> None:
    """Let the browser be known for half a year."""
    response.set_cookie(cookie_name("device"), device, max_age=DEVICE_IS_KNOWN_FOR, **_cookie_rules())


def cookie_name(what: str) -> str:
    """`__Host-mrc_session` in production, where the browser then refuses it without TLS; `mrc_session`
    elsewhere.
    """
    return f"{'__Host-' if settings().is_production else ''}mrc_{what}"


def hash_of(token: str) -> bytes:
    """What is kept of a random token. It has 256 bits, so a plain hash cannot be searched."""
    return hashlib.sha256(token.encode()).digest()


def device_of(user_agent: str) -> str:
    """Browser and system family, nothing that tells two people with the same browser apart."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return ", ".join(filter(None, (browser, system))) or "?"


def _has_ended(row: Row[Any], now: datetime) -> bool:
    idle_since = row.last_seen_at + timedelta(minutes=row.idle_minutes)
    return row.revoked_at is not None or now >= row.expires_at or now >= idle_since


def _first_duty(row: Row[Any]) -> str | None:
    """The endpoint to which someone is led who has no second factor in production, or must
    choose a password.
    """
    if settings().is_production and not row.has_second_factor:
        return "accounts.second_factor"
    return "accounts.change_password" if row.must_change_password else None


def _cookie_rules() -> dict[str, Any]:
    return {"path": "/", "httponly": True, "samesite": "Lax", "secure": settings().is_production}
