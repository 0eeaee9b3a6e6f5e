"""Reading what is inside a case: needs, concerns, assessments, job-offer checks, closures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from mrc.access.identity import Identity
from mrc.cases.models import (
    Assessment,
    Case,
    CaseClosure,
    Consultation,
    ContactAttempt,
    JobOfferCheck,
    Need,
    ProtectionConcern,
)
from mrc.cases.policy import ASSESSMENT_LEVEL, CONCERN_LEVEL
from mrc.cases.queries.instruments import DATA
from mrc.cases.states import IN_VAIN, AssessmentStatus, ClosureStatus
from mrc.core.db import db

COMPARED = 4
"""How many assessments of one instrument stand side by side."""
LISTED = 50


def list_needs(case: Case) -> Sequence[Need]:
    """The needs of a case, oldest first."""
    query = select(Need).where(Need.case_id == case.id)
    return db.session.scalars(query.order_by(Need.created_at, Need.id)).all()


def list_concerns(case: Case, *, by: Identity) -> Sequence[ProtectionConcern]:
    """The concerns of a case the reader was let into that they may see, newest first."""
    query = select(ProtectionConcern).where(ProtectionConcern.case_id == case.id)
    query = query.where(CONCERN_LEVEL.within(by, case))
    newest = (ProtectionConcern.created_at.desc(), ProtectionConcern.id.desc())
    return db.session.scalars(query.order_by(*newest).limit(LISTED)).all()


def list_assessments(case: Case, *, by: Identity) -> Sequence[Assessment]:
    """The assessments of a case the reader was let into that they may see, newest first."""
    query = select(Assessment).where(Assessment.case_id == case.id, ASSESSMENT_LEVEL.within(by, case))
    newest = (Assessment.taken_at.desc(), Assessment.id.desc())
    return db.session.scalars(query.order_by(*newest).limit(LISTED)).all()


def compared(assessments: Sequence[Assessment]) -> dict[str, list[Assessment]]:
    """The last finished ones of each instrument, oldest first, without those that were amended."""
    amended = {one.amends_id for one in assessments if one.amends_id and one.status is AssessmentStatus.FINAL}
    grouped: dict[str, list[Assessment]] = {}
    for one in assessments:
        if one.status is AssessmentStatus.FINAL and one.id not in amended:
            grouped.setdefault(one.instrument, []).append(one)
    return {code: list(reversed(found[:COMPARED])) for code, found in grouped.items()}


def list_job_offers(case: Case) -> Sequence[JobOfferCheck]:
    """The job-offer checks of a case, newest first."""
    query = select(JobOfferCheck).where(JobOfferCheck.case_id == case.id)
    newest = (JobOfferCheck.created_at.desc(), JobOfferCheck.id.desc())
    return db.session.scalars(query.order_by(*newest).limit(LISTED)).all()


def list_closures(case: Case) -> Sequence[CaseClosure]:
    """Every request to close a case and what was decided, newest first."""
    query = select(CaseClosure).where(CaseClosure.case_id == case.id)
    newest = (CaseClosure.requested_at.desc(), CaseClosure.id.desc())
    return db.session.scalars(query.order_by(*newest)).all()


def find_closure(case: Case, status: ClosureStatus) -> CaseClosure | None:
    """The newest closure of a case in this state."""
    query = select(CaseClosure).where(CaseClosure.case_id == case.id, CaseClosure.status == status)
    newest = (CaseClosure.requested_at.desc(), CaseClosure.id.desc())
    return db.session.scalar(query.order_by(*newest).limit(1))


def count_attempts(case_id: UUID) -> int:
    """How often somebody tried to reach the person of a case and did not: what 'lost contact' rests on."""
    held = select(func.count()).where(
        Consultation.case_id == case_id,
        Consultation.outcome == "no_answer",
        Consultation.voided_at.is_(None),
    )
    tried = select(func.count()).where(ContactAttempt.case_id == case_id, ContactAttempt.outcome.in_(IN_VAIN))
    return (db.session.scalar(held) or 0) + (db.session.scalar(tried) or 0)


@lru_cache(maxsize=1)
def published_fees() -> Mapping[str, Any]:
    """The fees of the Pakistani system as published: `source`, `age`, `status`, `currency`, `fees` (kind →
    route → amount in minor units).
    """
    content: dict[str, Any] = json.loads((DATA / "published_fees.json").read_text(encoding="utf-8"))
    return content
