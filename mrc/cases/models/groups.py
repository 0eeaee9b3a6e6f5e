"""With whom a group consultation was held: registered people by name, others by sex and age."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.cases.models.consultations import Consultation
from mrc.core.db import Identified, Model, Recorded
from mrc.persons.models import Person


class ConsultationParticipant(Identified, Recorded, Model):
    """A registered person who took part in a group consultation and agreed to be listed."""

    __tablename__ = "consultation_participant"
    __table_args__ = (
        UniqueConstraint("consultation_id", "person_id"),
        Index("ix_consultation_participant_person", "person_id", "started_at", "id"),
        Index(
            "uq_consultation_participant_main",
            "consultation_id",
            unique=True,
            sqlite_where=text("is_main"),
            postgresql_where=text("is_main"),
        ),
    )

    consultation_id: Mapped[UUID] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), comment="Group consultation"
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="Who took part")
    is_main: Mapped[bool] = mapped_column(
        default=False, comment="Whom it was mainly about; at most one, also the consultation's person"
    )
    consented_at: Mapped[datetime] = mapped_column(comment="When they agreed to be listed, UTC")
    started_at: Mapped[datetime] = mapped_column(
        comment="When the consultation began, UTC, for the person's timeline"
    )

    consultation: Mapped[Consultation] = relationship()
    person: Mapped[Person] = relationship()


class ConsultationCount(Model):
    """How many people of one sex and age took part in a group consultation without giving a name."""

    __tablename__ = "consultation_count"
    __table_args__ = (CheckConstraint("people > 0", name="people"),)

    consultation_id: Mapped[UUID] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True, comment="Group consultation"
    )
    sex: Mapped[str] = mapped_column(
        String(40), primary_key=True, comment="Code of list 'sexes', empty when not known"
    )
    age_band: Mapped[str] = mapped_column(
        String(40), primary_key=True, comment="Code of list 'age_bands', empty when not known"
    )
    people: Mapped[int] = mapped_column(comment="How many")
