"""Protection concerns and assessments: what only the team and those who protect may read."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from mrc.cases.states import AssessmentStatus, ConcernStatus, Finding, Grade
from mrc.core.db import Identified, Json, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed, SealedJson


class ProtectionConcern(Versioned, Identified, Recorded, Model):
    """A danger to the person of a case. Raising one makes the case protected."""

    __tablename__ = "protection_concern"
    __table_args__ = (
        CheckConstraint("(status = 'open') = (resolved_at IS NULL)", name="resolved_at"),
        Index("ix_protection_concern_case", "case_id", "created_at", "id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), comment="Case")
    kind: Mapped[str] = mapped_column(String(40), comment="Code of list 'protection_concerns'")
    status: Mapped[ConcernStatus] = mapped_column(
        StringEnum(ConcernStatus), default=ConcernStatus.OPEN, comment="Whether it still stands"
    )
    severity: Mapped[Grade] = mapped_column(StringEnum(Grade), comment="How serious it is: low, medium, high")
    since: Mapped[str | None] = mapped_column(
        String(11), comment="Since when, as far as known: 2026, 2026-02 or 2026-02-11, ~ when estimated"
    )
    determined_by: Mapped[str] = mapped_column(String(40), comment="Who says so, code of list 'determiners'")
    details_sealed: Mapped[bytes | None] = mapped_column("details", LargeBinary, comment="What it is, sealed")
    details = Sealed("details_sealed")
    safety_plan_sealed: Mapped[bytes | None] = mapped_column(
        "safety_plan", LargeBinary, comment="What was agreed for the person's safety, sealed"
    )
    safety_plan = Sealed("safety_plan_sealed")
    raised_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who wrote it down"
    )
    resolution_sealed: Mapped[bytes | None] = mapped_column(
        "resolution", LargeBinary, comment="Why it no longer stands, sealed"
    )
    resolution = Sealed("resolution_sealed")
    resolved_at: Mapped[datetime | None] = mapped_column(comment="When it was resolved, UTC")
    resolved_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who resolved it"
    )


class Assessment(Versioned, Identified, Recorded, Model):
    """One assessment with one version of one instrument. Repeated over time, never a flag on the person."""

    __tablename__ = "assessment"
    __table_args__ = (
        CheckConstraint("(status = 'draft') = (finished_at IS NULL)", name="finished_at"),
        CheckConstraint(
            "status = 'draft' OR level IS NOT NULL OR finding IS NOT NULL", name="level_or_finding"
        ),
        CheckConstraint("confidentiality BETWEEN 1 AND 2", name="confidentiality"),
        Index("ix_assessment_case", "case_id", "taken_at", "id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), comment="Case")
    instrument: Mapped[str] = mapped_column(String(40), comment="Code of a shipped instrument")
    instrument_version: Mapped[str] = mapped_column(String(20), comment="Version of it that was asked")
    status: Mapped[AssessmentStatus] = mapped_column(
        StringEnum(AssessmentStatus), default=AssessmentStatus.DRAFT, comment="Draft or finished"
    )
    confidentiality: Mapped[int] = mapped_column(
        default=1, comment="1 as the case, 2 team and protection, as the instrument says"
    )
    taken_at: Mapped[datetime] = mapped_column(comment="When the questions were asked, UTC")
    taken_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who asked"
    )
    amends_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("assessment.id"), index=True, comment="Finished assessment that this one amends"
    )
    answers_sealed: Mapped[bytes | None] = mapped_column(
        "answers", LargeBinary, comment="Item code to answer code, sealed"
    )
    answers = SealedJson("answers_sealed")
    results: Mapped[dict[str, dict[str, int]]] = mapped_column(
        Json, default=dict, comment="Dimension to points of risk and protection, and how many were answered"
    )
    suggested_level: Mapped[Grade | None] = mapped_column(
        StringEnum(Grade), comment="What the instrument suggests"
    )
    level: Mapped[Grade | None] = mapped_column(StringEnum(Grade), comment="What staff decided")
    finding: Mapped[Finding | None] = mapped_column(StringEnum(Finding), comment="Of a screening")
    determined_by: Mapped[str | None] = mapped_column(
        String(40), comment="Who says so, code of list 'determiners'"
    )
    ground_sealed: Mapped[bytes | None] = mapped_column(
        "ground", LargeBinary, comment="On what ground it was decided, sealed"
    )
    ground = Sealed("ground_sealed")
    next_review_on: Mapped[date | None] = mapped_column(Date, comment="When it should be repeated")
    finished_at: Mapped[datetime | None] = mapped_column(comment="Since when it cannot be changed, UTC")
    finished_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who finished it"
    )
