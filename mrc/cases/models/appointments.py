"""Appointments with a counsellor, and the addresses under which people read theirs in a calendar of their
own.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.cases.models.cases import Case
from mrc.cases.states import AppointmentStatus
from mrc.core.db import Identified, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed
from mrc.persons.models import Person


class Appointment(Versioned, Identified, Recorded, Model):
    """A time at which a person meets a counsellor. Missed and cancelled ones stay."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint("confidentiality BETWEEN 0 AND 3", name="confidentiality"),
        Index("ix_appointment_counsellor", "counsellor_id", "starts_at", "id"),
        Index("ix_appointment_centre", "centre_id", "starts_at", "id"),
        Index("ix_appointment_person", "person_id", "starts_at", "id"),
        Index("ix_appointment_case", "case_id", "starts_at", "id"),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Where they meet")
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="Who comes")
    case_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case.id", ondelete="CASCADE"), comment="In which case"
    )
    confidentiality: Mapped[int] = mapped_column(
        default=1, comment="Follows the case, without one the person"
    )
    counsellor_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), comment="Whom they meet")
    starts_at: Mapped[datetime] = mapped_column(comment="When it begins, UTC")
    ends_at: Mapped[datetime] = mapped_column(comment="When it ends, UTC")
    room: Mapped[str | None] = mapped_column(String(40), comment="Room, as the centre calls it")
    language: Mapped[str | None] = mapped_column(String(40), comment="Spoken there, code of list 'languages'")
    status: Mapped[AppointmentStatus] = mapped_column(
        StringEnum(AppointmentStatus), default=AppointmentStatus.BOOKED, comment="What became of it"
    )
    note_sealed: Mapped[bytes | None] = mapped_column("note", LargeBinary, comment="What it is for, sealed")
    note = Sealed("note_sealed")
    reason_sealed: Mapped[bytes | None] = mapped_column(
        "reason", LargeBinary, comment="Why it was cancelled, sealed"
    )
    reason = Sealed("reason_sealed")
    booked_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who booked it"
    )
    confirmed_at: Mapped[datetime | None] = mapped_column(comment="When they said that they come, UTC")
    closed_at: Mapped[datetime | None] = mapped_column(comment="When it was kept, missed or cancelled, UTC")

    person: Mapped[Person] = relationship()
    case: Mapped[Case | None] = relationship()


class CalendarFeed(Model):
    """The secret address of somebody's calendar. Only a digest of it is kept."""

    __tablename__ = "calendar_feed"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id"), primary_key=True, comment="Whose calendar"
    )
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True, comment="SHA-256 of the address")
    made_at: Mapped[datetime] = mapped_column(comment="When the address was made, UTC")
