"""Sweeping what has served its time: operation ids, drafts, ended sessions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete

from mrc.core import clock
from mrc.core.db import db
from mrc.jobs.registry import Payload, job
from mrc.web.models import Draft, Operation

OPERATIONS_KEPT = timedelta(days=7)
DRAFTS_KEPT = timedelta(days=30)


@job("oversight.sweep", every_minutes=60)
def sweep(_payload: Payload) -> Iterator[None]:
    """Forget operation ids after seven days and drafts nobody came back to after thirty."""
    now = clock.now()
    db.session.execute(delete(Operation).where(Operation.at < now - OPERATIONS_KEPT))
    yield
    db.session.execute(delete(Draft).where(Draft.updated_at < now - DRAFTS_KEPT))
