"""Forgetting what is of no use any more: ended sessions, used links, counters that say nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete

from mrc.accounts import queries
from mrc.accounts.models import Invitation, SignInCounter, UserSession
from mrc.accounts.throttle import FORGOTTEN_AFTER, PLACE_IS_KNOWN_FOR
from mrc.core import clock
from mrc.core.db import db
from mrc.jobs.registry import Payload, job

SESSIONS_KEPT = timedelta(days=7)
"""What is typed into a form of an ended session is kept as a draft while its row is there."""
LINKS_KEPT = timedelta(days=90)
BATCH = 1_000


@job("accounts.forget", every_minutes=60)
def forget_ended(_payload: Payload) -> Iterator[None]:
    """Delete in batches, so that no lock is held long. The audit log keeps what happened."""
    now = clock.now()
    while ids := queries.list_ended_session_ids(now - SESSIONS_KEPT, BATCH):
        db.session.execute(delete(UserSession).where(UserSession.id.in_(ids)))
        yield
    while keys := queries.list_stale_counter_keys(now - FORGOTTEN_AFTER, now - PLACE_IS_KNOWN_FOR, BATCH):
        db.session.execute(delete(SignInCounter).where(SignInCounter.key.in_(keys)))
        yield
    db.session.execute(delete(Invitation).where(Invitation.expires_at < now - LINKS_KEPT))
