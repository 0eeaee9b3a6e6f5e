"""Reading who took part in group consultations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from mrc.access.identity import Identity
from mrc.cases.models import Consultation, ConsultationCount, ConsultationParticipant
from mrc.cases.policy import CONSULTATIONS, PARTICIPANTS
from mrc.core.db import db


@dataclass(frozen=True)
class Group:
    """Who took part in a group consultation, as far as the reader may know.

    `seen` holds the participants whose files the reader sees, the main one first; `unseen` counts the others;
    `counts` are those without a name.
    """

    seen: Sequence[ConsultationParticipant]
    unseen: int
    counts: Sequence[ConsultationCount]

    @property
    def size(self) -> int:
        """How many people there were."""
        return len(self.seen) + self.unseen + sum(row.people for row in self.counts)


def get_group(consultation: Consultation, *, by: Identity) -> Group:
    """Who took part in a group consultation, in three queries."""
    ours = ConsultationParticipant.consultation_id == consultation.id
    query = PARTICIPANTS.visible(by, select(ConsultationParticipant).where(ours))
    order = (
        ConsultationParticipant.is_main.desc(),
        ConsultationParticipant.created_at,
        ConsultationParticipant.id,
    )
    seen = db.session.scalars(
        query.options(joinedload(ConsultationParticipant.person)).order_by(*order)
    ).all()
    everyone = db.session.scalar(select(func.count()).select_from(ConsultationParticipant).where(ours)) or 0
    counts = select(ConsultationCount).where(ConsultationCount.consultation_id == consultation.id)
    rows = db.session.scalars(counts.order_by(ConsultationCount.sex, ConsultationCount.age_band)).all()
    return Group(seen, everyone - len(seen), rows)


def count_participants(consultation_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many people took part in each of these consultations, with and without a name, in two queries."""
    counts: dict[UUID, int] = {}
    named = select(ConsultationParticipant.consultation_id, func.count()).where(
        ConsultationParticipant.consultation_id.in_(consultation_ids)
    )
    nameless = select(ConsultationCount.consultation_id, func.sum(ConsultationCount.people)).where(
        ConsultationCount.consultation_id.in_(consultation_ids)
    )
    for query, column in (
        (named, ConsultationParticipant.consultation_id),
        (nameless, ConsultationCount.consultation_id),
    ):
        for consultation_id, people in db.session.execute(query.group_by(column)):
            counts[consultation_id] = counts.get(consultation_id, 0) + int(people)
    return counts


def group_timeline_rows(
    *,
    by: Identity,
    person_id: UUID,
    case_id: UUID | None,
    before: tuple[datetime, UUID] | None,
    size: int,
) -> Sequence[ConsultationParticipant]:
    """The newest group consultations in which a person took part without being its main one, older than
    `before`, at most `size`; each row with its consultation.

    Where the person is the main one, the consultation itself is in their timeline and in that of the case:
    for a case there are no further rows.
    """
    if case_id is not None:
        return ()
    row = ConsultationParticipant
    query = (
        select(row)
        .join(row.consultation)
        .where(row.person_id == person_id, row.is_main.is_(False))
        .options(contains_eager(row.consultation))
    )
    if before is not None:
        query = query.where(
            or_(row.started_at < before[0], and_(row.started_at == before[0], row.id < before[1]))
        )
    query = CONSULTATIONS.visible(by, query).order_by(row.started_at.desc(), row.id.desc()).limit(size)
    return db.session.scalars(query).all()
