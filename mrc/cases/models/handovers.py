"""The one log of who carried a case: given, transferred, asked for, shared; one by one or many at once."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.cases.models.cases import Case
from mrc.cases.states import BatchStatus, CaseStatus, HandoverKind, HandoverStatus
from mrc.core.db import Identified, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed


class HandoverBatch(Identified, Recorded, Model):
    """Many cases given to one counsellor in one act, which can be taken back as one."""

    __tablename__ = "handover_batch"

    centre_id: Mapped[UUID] = mapped_column(
        ForeignKey("centre.id"), index=True, comment="Centre of the cases"
    )
    to_user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who gets them"
    )
    made_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who gave them"
    )
    status: Mapped[BatchStatus] = mapped_column(StringEnum(BatchStatus), comment="How far it is")
    undone_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who took them back"
    )
    finished_at: Mapped[datetime | None] = mapped_column(comment="When the last case was looked at, UTC")


class Handover(Versioned, Identified, Recorded, Model):
    """One case that changed hands, or was asked to."""

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint("kind <> 'transfer' OR to_centre_id IS NOT NULL", name="transfer"),
        CheckConstraint("kind <> 'share' OR until_on IS NOT NULL", name="share"),
        Index("ix_handover_case", "case_id", "created_at", "id"),
        Index("ix_handover_incoming", "to_centre_id", "status", "created_at", "id"),
        Index("ix_handover_centre", "centre_id", "status", "created_at", "id"),
        Index("ix_handover_batch", "batch_id", "status", "position"),
        Index("ix_handover_asked_by", "asked_by_id", "status", "created_at", "id"),
    )

    kind: Mapped[HandoverKind] = mapped_column(
        StringEnum(HandoverKind), comment="assign, transfer, request or share"
    )
    status: Mapped[HandoverStatus] = mapped_column(StringEnum(HandoverStatus), comment="What became of it")
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), comment="Case")
    centre_id: Mapped[UUID] = mapped_column(
        ForeignKey("centre.id"), comment="Centre that had the case when it was asked"
    )
    to_centre_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("centre.id"), comment="Centre that is to have it, where it is another"
    )
    from_user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who carried it before"
    )
    to_user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who carries it, asks for it or reads it"
    )
    asked_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), comment="Who did it or asked for it; empty for the system"
    )
    decided_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who answered"
    )
    decided_at: Mapped[datetime | None] = mapped_column(comment="When it was answered, or was over, UTC")
    until_on: Mapped[date | None] = mapped_column(Date, comment="Last day of a share")
    rests_on_consent: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="Asked because the person agrees; it ends with that"
    )
    before_status: Mapped[CaseStatus | None] = mapped_column(
        StringEnum(CaseStatus), comment="State of the case before it was given"
    )
    obstacle: Mapped[str | None] = mapped_column(
        String(40), comment="Why nothing was done with it in a batch: a code of `Obstacle`"
    )
    reason_sealed: Mapped[bytes | None] = mapped_column("reason", LargeBinary, comment="Why, sealed")
    reason = Sealed("reason_sealed")
    answer_sealed: Mapped[bytes | None] = mapped_column(
        "answer", LargeBinary, comment="What was answered, sealed"
    )
    answer = Sealed("answer_sealed")
    batch_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("handover_batch.id", ondelete="CASCADE"), comment="With many others"
    )
    position: Mapped[int | None] = mapped_column(comment="Place in the batch")

    case: Mapped[Case] = relationship()
    batch: Mapped[HandoverBatch | None] = relationship()
