"""Reading consultations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy import case as when
from sqlalchemy.orm import aliased, joinedload

from mrc.access.identity import Identity
from mrc.cases.models import (
    Consultation,
    ConsultationAmendment,
    ConsultationParticipant,
    ConsultationTopic,
)
from mrc.cases.policy import AMENDMENTS, CONSULTATIONS
from mrc.cases.queries.cases import SHOWN
from mrc.cases.states import ConsultationKind
from mrc.core.db import db
from mrc.core.paging import COUNTED_UP_TO, Page, page_of

# Made once: an alias takes longer to make than the question that it stands in.
EARLIER, GROUP, TOOK_PART = aliased(Consultation), aliased(Consultation), aliased(ConsultationParticipant)


@dataclass(frozen=True)
class ConsultationFilter:
    """What the chips of the consultation list say; empty fields do not narrow.

    `since` is the first instant that counts, `until` the first that does not. Void ones are left out unless
    asked for.
    """

    channel: str | None = None
    mine: bool = False
    centre_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    counsellor_id: UUID | None = None
    outcome: str | None = None
    kind: ConsultationKind | None = None
    group: bool = False
    with_void: bool = False


def get_consultation(consultation_id: UUID, *, by: Identity, lock: bool = False) -> Consultation:
    """The consultation. Raises NotFound when absent or hidden."""
    consultation: Consultation = CONSULTATIONS.get(by, consultation_id, lock=lock)
    return consultation


def list_consultations(
    identity: Identity, wanted: ConsultationFilter, *, cursor: str | None, size: int = SHOWN
) -> Page[Consultation]:
    """The visible consultations, newest first, with their persons and cases."""
    query = _filtered(identity, CONSULTATIONS.visible(identity, select(Consultation)), wanted)
    query = query.options(joinedload(Consultation.person), joinedload(Consultation.case))
    return page_of(query, order=(Consultation.started_at, Consultation.id), cursor=cursor, size=size)


def count_consultations(identity: Identity, wanted: ConsultationFilter) -> int:
    """How many consultations the list would hold, counted up to a hundred."""
    query = _filtered(identity, CONSULTATIONS.visible(identity, select(Consultation.id)), wanted)
    newest = query.order_by(Consultation.started_at.desc()).limit(COUNTED_UP_TO)
    return db.session.scalar(select(func.count()).select_from(newest.subquery())) or 0


def list_split(consultation: Consultation) -> dict[str, int]:
    """The minutes by topic, in the order of the topics; empty when nobody split them."""
    query = select(ConsultationTopic).where(ConsultationTopic.consultation_id == consultation.id)
    known = {row.topic: row.minutes for row in db.session.scalars(query)}
    return {topic: known[topic] for topic in consultation.topics if topic in known}


def list_amendments(consultation: Consultation, *, by: Identity) -> Sequence[ConsultationAmendment]:
    """The corrections of a consultation, newest first."""
    query = select(ConsultationAmendment).where(ConsultationAmendment.consultation_id == consultation.id)
    order = (ConsultationAmendment.at.desc(), ConsultationAmendment.id.desc())
    return db.session.scalars(AMENDMENTS.visible(by, query).order_by(*order)).all()


def derived_kind(
    person_id: UUID | None, case_id: UUID | None, started_at: datetime
) -> ColumnElement[ConsultationKind] | ConsultationKind:
    """Whether a consultation that is about to be written is the first of its case, else of its person.

    For a person or case it is an expression inside the INSERT, which so needs no query before it.
    """
    is_later: ColumnElement[bool]
    if case_id is not None:
        counts = (EARLIER.started_at <= started_at, EARLIER.voided_at.is_(None))
        is_later = select(EARLIER.id).where(EARLIER.case_id == case_id, *counts).exists()
    elif person_id is not None:
        is_later = _earlier_with(person_id, started_at)
    else:
        return ConsultationKind.INITIAL
    return when((is_later, ConsultationKind.FOLLOW_UP.value), else_=ConsultationKind.INITIAL.value)


def exists_earlier_consultation(person_id: UUID, started_at: datetime) -> bool:
    """True when a consultation with this person, alone or in a group, began by then and is not void."""
    return bool(db.session.scalar(select(_earlier_with(person_id, started_at))))


def list_consultations_of_person(
    person_id: UUID, *, by: Identity, limit: int = SHOWN
) -> Sequence[Consultation]:
    """The person's newest consultations that the reader may see, those in groups and void ones among them."""
    took_part = select(ConsultationParticipant.consultation_id).where(
        ConsultationParticipant.person_id == person_id
    )
    # Two indexed reads; one condition with OR would walk over everybody's consultations.
    newest = CONSULTATIONS.visible(by, select(Consultation.id).where(Consultation.person_id == person_id))
    newest = newest.order_by(Consultation.started_at.desc(), Consultation.id.desc()).limit(limit)
    ours = or_(Consultation.id.in_(newest.subquery().select()), Consultation.id.in_(took_part))
    query = CONSULTATIONS.visible(by, select(Consultation).where(ours))
    order = (Consultation.started_at.desc(), Consultation.id.desc())
    return db.session.scalars(query.order_by(*order).limit(limit)).all()


def list_consultations_of_thread(
    thread_id: UUID, *, by: Identity, limit: int = SHOWN
) -> Sequence[Consultation]:
    """The newest consultations recorded from a thread that the reader may see."""
    query = CONSULTATIONS.visible(by, select(Consultation).where(Consultation.thread_id == thread_id))
    order = (Consultation.started_at.desc(), Consultation.id.desc())
    return db.session.scalars(query.order_by(*order).limit(limit)).all()


def _filtered(identity: Identity, query: Select[Any], wanted: ConsultationFilter) -> Select[Any]:
    columns = (
        (Consultation.channel, wanted.channel),
        (Consultation.outcome, wanted.outcome),
        (Consultation.kind, wanted.kind),
        (Consultation.centre_id, wanted.centre_id),
        (Consultation.counsellor_id, wanted.counsellor_id),
    )
    query = query.where(*(column == value for column, value in columns if value))
    if wanted.mine:
        query = query.where(Consultation.counsellor_id == identity.user_id)
    if wanted.group:
        query = query.where(Consultation.is_group)
    if not wanted.with_void:
        query = query.where(Consultation.voided_at.is_(None))
    if wanted.since:
        query = query.where(Consultation.started_at >= wanted.since)
    if wanted.until:
        query = query.where(Consultation.started_at < wanted.until)
    return query


def _earlier_with(person_id: UUID, started_at: datetime) -> ColumnElement[bool]:
    with_them = select(EARLIER.id).where(
        EARLIER.person_id == person_id, EARLIER.started_at <= started_at, EARLIER.voided_at.is_(None)
    )
    among_others = (
        select(TOOK_PART.id)
        .join(GROUP, GROUP.id == TOOK_PART.consultation_id)
        .where(
            TOOK_PART.person_id == person_id,
            TOOK_PART.started_at <= started_at,
            GROUP.voided_at.is_(None),
        )
    )
    return or_(with_them.exists(), among_others.exists())
