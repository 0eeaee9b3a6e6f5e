"""Every request to close a case, and what was decided."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from mrc.cases.states import ClosureStatus
from mrc.core.db import Identified, Model, StringEnum
from mrc.core.sealed import Sealed


class CaseClosure(Identified, Model):
    """One request to close a case. Kept when it is returned, and when the case is opened again."""

    __tablename__ = "case_closure"
    __table_args__ = (
        CheckConstraint("(status = 'pending') = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("reopened_at IS NULL OR status = 'approved'", name="reopened_at"),
        Index("ix_case_closure_case", "case_id", "requested_at", "id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), comment="Case")
    status: Mapped[ClosureStatus] = mapped_column(
        StringEnum(ClosureStatus), default=ClosureStatus.PENDING, comment="What was decided"
    )
    reason: Mapped[str] = mapped_column(String(40), comment="Code of list 'closure_reasons'")
    requested_at: Mapped[datetime] = mapped_column(comment="When it was asked for, UTC")
    requested_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who asked; may not approve it"
    )
    attempts: Mapped[int | None] = mapped_column(comment="Attempts to reach the person, for lost contact")
    summary_sealed: Mapped[bytes | None] = mapped_column(
        "summary", LargeBinary, comment="What was done and where it stands, sealed"
    )
    summary = Sealed("summary_sealed")
    explanation_sealed: Mapped[bytes | None] = mapped_column(
        "explanation", LargeBinary, comment="What the reason needs to be understood, sealed"
    )
    explanation = Sealed("explanation_sealed")
    decided_at: Mapped[datetime | None] = mapped_column(comment="When it was decided, UTC")
    decided_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who decided; empty where no approval is asked"
    )
    comment_sealed: Mapped[bytes | None] = mapped_column(
        "comment", LargeBinary, comment="What the person who decided wrote, sealed"
    )
    comment = Sealed("comment_sealed")
    reopened_at: Mapped[datetime | None] = mapped_column(comment="When the case was opened again, UTC")
    reopened_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who opened it again"
    )
    reopening_reason_sealed: Mapped[bytes | None] = mapped_column(
        "reopening_reason", LargeBinary, comment="Why it was opened again, sealed"
    )
    reopening_reason = Sealed("reopening_reason_sealed")
