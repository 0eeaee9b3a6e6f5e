"""Encounters, named and anonymous."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.cases.models.cases import Case
from mrc.core.db import Identified, Json, Model, Recorded, Versioned
from mrc.core.sealed import Sealed
from mrc.persons.models import Person


class Consultation(Versioned, Identified, Recorded, Model):
    """One encounter: a call, a visit, a WhatsApp exchange. Person and case are optional: anonymous ones
    count.
    """

    __tablename__ = "consultation"
    __table_args__ = (
        CheckConstraint("case_id IS NULL OR person_id IS NOT NULL", name="case_person"),
        CheckConstraint("minutes >= 0", name="minutes"),
        Index("ix_consultation_list", "centre_id", "started_at", "id"),
        Index("ix_consultation_person", "person_id", "started_at", "id"),
        Index("ix_consultation_case", "case_id", "started_at", "id"),
        Index("ix_consultation_counsellor", "counsellor_id", "started_at", "id"),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Centre where it took place")
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="With whom, unless anonymous"
    )
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), comment="Case it belongs to")
    thread_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("thread.id"), index=True, comment="Thread it was held in"
    )
    counsellor_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), comment="Who held it")
    confidentiality: Mapped[int] = mapped_column(
        default=1, comment="Follows the case or person: 2 protected, 3 sealed"
    )
    channel: Mapped[str] = mapped_column(String(40), comment="Code of list 'channels'")
    direction: Mapped[str] = mapped_column(String(40), comment="Code of list 'directions'")
    started_at: Mapped[datetime] = mapped_column(comment="When it began, UTC")
    minutes: Mapped[int] = mapped_column(comment="How long, in minutes")
    language: Mapped[str | None] = mapped_column(String(40), comment="Code of list 'languages'")
    has_interpreter: Mapped[bool] = mapped_column(default=False, comment="Whether an interpreter took part")
    topics: Mapped[list[str]] = mapped_column(Json, default=list, comment="Codes of list 'topics'")
    information: Mapped[list[str]] = mapped_column(
        Json, default=list, comment="Codes of list 'information_sheets' given"
    )
    outcome: Mapped[str] = mapped_column(String(40), comment="Code of list 'consultation_outcomes'")
    sex: Mapped[str | None] = mapped_column(
        String(40), comment="Of an anonymous enquirer, code of list 'sexes'"
    )
    age_band: Mapped[str | None] = mapped_column(
        String(40), comment="Of an anonymous enquirer, code of list 'age_bands'"
    )
    nationality: Mapped[str | None] = mapped_column(String(2), comment="Of an anonymous enquirer, ISO 3166-1")
    district: Mapped[str | None] = mapped_column(
        String(40), comment="Of an anonymous enquirer, code of list 'districts'"
    )
    note_sealed: Mapped[bytes | None] = mapped_column("note", LargeBinary, comment="What was said, sealed")
    note = Sealed("note_sealed")

    person: Mapped[Person | None] = relationship()
    case: Mapped[Case | None] = relationship()
