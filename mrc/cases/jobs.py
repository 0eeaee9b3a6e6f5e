"""Working through batches of hand-overs."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from mrc.cases.models import HandoverBatch
from mrc.cases.service import work_on
from mrc.core.db import db
from mrc.jobs.registry import Payload, job


@job("cases.hand_over_batch")
def hand_over_batch(payload: Payload) -> Iterator[None]:
    """Give or give back the cases of a batch, some hundred at a time."""
    while work_on(db.session.get_one(HandoverBatch, UUID(payload["batch"]))):
        yield
