"""What of a case's inside happens at a moment, for timelines: one function a kind, each one indexed read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from mrc.access.identity import Identity
from mrc.access.policy import ChildPolicy
from mrc.cases.models import Case
from mrc.cases.policy import ASSESSMENTS, CLOSURES, CONCERNS, FILES, JOB_OFFERS
from mrc.core.db import db

Point = tuple[datetime, UUID]
RowFinder = Callable[..., Sequence[Any]]


def _rows_of(policy: ChildPolicy, instant: str) -> RowFinder:
    model = policy.model
    at = getattr(model, instant)

    def timeline_rows(
        *, by: Identity, person_id: UUID, case_id: UUID | None, before: Point | None, size: int
    ) -> Sequence[Any]:
        """At most `size` visible rows, newest first, older than `before`; of the case, else the person."""
        query = policy.visible(by, select(model))
        if case_id is None:
            query = query.where(model.case_id.in_(select(Case.id).where(Case.person_id == person_id)))
        else:
            query = query.where(model.case_id == case_id)
        if before is not None:
            query = query.where(or_(at < before[0], and_(at == before[0], model.id < before[1])))
        return db.session.scalars(query.order_by(at.desc(), model.id.desc()).limit(size)).all()

    return timeline_rows


assessment_timeline_rows = _rows_of(ASSESSMENTS, "taken_at")
concern_timeline_rows = _rows_of(CONCERNS, "created_at")
closure_timeline_rows = _rows_of(CLOSURES, "requested_at")
job_offer_timeline_rows = _rows_of(JOB_OFFERS, "created_at")
file_timeline_rows = _rows_of(FILES, "created_at")
