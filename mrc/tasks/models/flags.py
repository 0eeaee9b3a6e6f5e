"""Flags: instructions that everybody sees before they act, and that expire."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from mrc.core.db import Identified, Model, Recorded, Versioned
from mrc.core.sealed import Sealed


class Flag(Versioned, Identified, Recorded, Model):
    """An instruction on a person or on one of their cases."""

    __tablename__ = "flag"
    __table_args__ = (
        CheckConstraint("confidentiality BETWEEN 0 AND 3", name="confidentiality"),
        Index("ix_flag_person", "person_id", "taken_down_at"),
        Index("ix_flag_case", "case_id", "taken_down_at"),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), index=True, comment="Whose flag it is")
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="About whom")
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), comment="In this case only")
    confidentiality: Mapped[int] = mapped_column(
        default=1, comment="Follows the case, without one the person"
    )
    kind: Mapped[str] = mapped_column(String(40), comment="Code of list 'flag_kinds'")
    instruction_sealed: Mapped[bytes | None] = mapped_column(
        "instruction", LargeBinary, comment="What to do, sealed"
    )
    instruction = Sealed("instruction_sealed")
    expires_on: Mapped[date | None] = mapped_column(comment="Last day on which it is shown")
    raised_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), comment="Who raised it")
    taken_down_at: Mapped[datetime | None] = mapped_column(comment="When it was taken down, UTC")
    taken_down_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), comment="Who took it down"
    )
