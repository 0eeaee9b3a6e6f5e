"""Trying to reach someone: each call that was not answered, each number that was wrong."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from mrc.cases.states import AttemptOutcome
from mrc.core.db import Identified, Model, StringEnum
from mrc.core.sealed import Sealed


class ContactAttempt(Identified, Model):
    """One attempt to reach a person. Never changed: what came later is another attempt."""

    __tablename__ = "contact_attempt"
    __table_args__ = (
        CheckConstraint("call_back_at IS NULL OR outcome = 'call_back'", name="call_back_at"),
        Index("ix_contact_attempt_person", "person_id", "at", "id"),
        Index("ix_contact_attempt_case", "case_id", "at", "id"),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), index=True, comment="Centre that tried")
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), comment="Whom it tried to reach"
    )
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), comment="In which case")
    link_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person_address.id", ondelete="SET NULL"),
        index=True,
        comment="By which of their addresses",
    )
    task_ref: Mapped[str | None] = mapped_column(String(40), comment="Task that asked for it, its id")
    channel: Mapped[str] = mapped_column(String(40), comment="Code of list 'channels'")
    outcome: Mapped[AttemptOutcome] = mapped_column(StringEnum(AttemptOutcome), comment="What came of it")
    call_back_at: Mapped[datetime | None] = mapped_column(comment="When they asked to be called again, UTC")
    at: Mapped[datetime] = mapped_column(comment="When, UTC")
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True, comment="Who tried")
    note_sealed: Mapped[bytes | None] = mapped_column("note", LargeBinary, comment="In words, sealed")
    note = Sealed("note_sealed")
