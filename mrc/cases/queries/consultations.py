"""Reading consultations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from mrc.access.identity import Identity
from mrc.cases.models import Consultation
from mrc.cases.policy import CONSULTATIONS
from mrc.cases.queries.cases import SHOWN
from mrc.core.db import db
from mrc.core.paging import Page, page_of


@dataclass(frozen=True)
class ConsultationFilter:
    """What the chips of the consultation list say."""

    channel: str | None = None
    mine: bool = False
    centre_id: UUID | None = None
    since: datetime | None = None


def get_consultation(consultation_id: UUID, *, by: Identity) -> Consultation:
    """The consultation. Raises NotFound when absent or hidden."""
    consultation: Consultation = CONSULTATIONS.get(by, consultation_id)
    return consultation


def list_consultations(
    identity: Identity, wanted: ConsultationFilter, *, cursor: str | None, size: int = SHOWN
) -> Page[Consultation]:
    """The visible consultations, newest first, with their persons and cases."""
    query = CONSULTATIONS.visible(identity, select(Consultation))
    if wanted.channel:
        query = query.where(Consultation.channel == wanted.channel)
    if wanted.mine:
        query = query.where(Consultation.counsellor_id == identity.user_id)
    if wanted.centre_id:
        query = query.where(Consultation.centre_id == wanted.centre_id)
    if wanted.since:
        query = query.where(Consultation.started_at >= wanted.since)
    query = query.options(joinedload(Consultation.person), joinedload(Consultation.case))
    return page_of(query, order=(Consultation.started_at, Consultation.id), cursor=cursor, size=size)


def list_consultations_of_person(
    person_id: UUID, *, by: Identity, limit: int = SHOWN
) -> Sequence[Consultation]:
    """The person's newest consultations that the reader may see."""
    query = CONSULTATIONS.visible(by, select(Consultation).where(Consultation.person_id == person_id))
    order = (Consultation.started_at.desc(), Consultation.id.desc())
    return db.session.scalars(query.order_by(*order).limit(limit)).all()


def list_consultations_of_thread(
    thread_id: UUID, *, by: Identity, limit: int = SHOWN
) -> Sequence[Consultation]:
    """The newest consultations recorded from a thread that the reader may see."""
    query = CONSULTATIONS.visible(by, select(Consultation).where(Consultation.thread_id == thread_id))
    order = (Consultation.started_at.desc(), Consultation.id.desc())
    return db.session.scalars(query.order_by(*order).limit(limit)).all()
