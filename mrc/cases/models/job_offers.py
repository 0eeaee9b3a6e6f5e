"""Job-offer checks (Pakistan)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from mrc.cases.states import OfferResult, OfferStatus
from mrc.core.db import Identified, Json, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed

PERMISSION_VALID = timedelta(days=120)
"""An approved demand of an overseas employment promoter is valid for 120 days (ophrd.gov.pk, FAQ)."""


class JobOfferCheck(Versioned, Identified, Recorded, Model):
    """What was checked about one offer of work abroad, by which source and when, and what was not."""

    __tablename__ = "job_offer_check"
    __table_args__ = (
        CheckConstraint("(status = 'draft') = (checked_at IS NULL)", name="checked_at"),
        CheckConstraint("(status = 'told') = (told_at IS NOT NULL)", name="told_at"),
        CheckConstraint("status = 'draft' OR result IS NOT NULL", name="result"),
        Index("ix_job_offer_check_case", "case_id", "created_at", "id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), comment="Case")
    status: Mapped[OfferStatus] = mapped_column(
        StringEnum(OfferStatus), default=OfferStatus.DRAFT, comment="Where the check is"
    )
    route: Mapped[str] = mapped_column(String(40), comment="promoter or direct")
    promoter_sealed: Mapped[bytes | None] = mapped_column(
        "promoter", LargeBinary, comment="Name of the overseas employment promoter, sealed"
    )
    promoter = Sealed("promoter_sealed")
    licence_sealed: Mapped[bytes | None] = mapped_column(
        "licence", LargeBinary, comment="Licence number of the promoter, sealed"
    )
    licence = Sealed("licence_sealed")
    licence_state: Mapped[str | None] = mapped_column(String(40), comment="Code of list 'licence_states'")
    licence_source: Mapped[str | None] = mapped_column(
        String(40), comment="Where it was looked up, code of list 'licence_sources'"
    )
    licence_checked_on: Mapped[date | None] = mapped_column(Date, comment="When it was looked up")
    licence_checked_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who looked it up"
    )
    permission_sealed: Mapped[bytes | None] = mapped_column(
        "permission", LargeBinary, comment="Permission number of the demand, sealed"
    )
    permission = Sealed("permission_sealed")
    permission_issued_on: Mapped[date | None] = mapped_column(Date, comment="Valid for 120 days from here")
    employer_sealed: Mapped[bytes | None] = mapped_column("employer", LargeBinary, comment="Employer, sealed")
    employer = Sealed("employer_sealed")
    occupation_sealed: Mapped[bytes | None] = mapped_column(
        "occupation", LargeBinary, comment="Work that was offered, sealed"
    )
    occupation = Sealed("occupation_sealed")
    country: Mapped[str | None] = mapped_column(String(2), comment="Country of the work, ISO 3166-1")
    contract: Mapped[str] = mapped_column(
        String(40), default="not_seen", comment="not_seen, seen or countersigned by the Protector"
    )
    salary_promised_minor: Mapped[int | None] = mapped_column(
        BigInteger, comment="Monthly pay as promised, minor units"
    )
    salary_written_minor: Mapped[int | None] = mapped_column(
        BigInteger, comment="Monthly pay as the contract says, minor units"
    )
    salary_currency: Mapped[str | None] = mapped_column(String(3), comment="ISO 4217")
    fees: Mapped[list[dict[str, object]]] = mapped_column(
        Json,
        default=list,
        comment="Fees asked for: kind (code of list 'job_fees'), amount_minor in PKR, has_receipt",
    )
    documents: Mapped[list[str]] = mapped_column(
        Json, default=list, comment="Papers that were seen, codes of list 'job_documents'"
    )
    result: Mapped[OfferResult | None] = mapped_column(StringEnum(OfferResult), comment="What was found")
    doubts_sealed: Mapped[bytes | None] = mapped_column(
        "doubts", LargeBinary, comment="What is doubtful, sealed; stands in the letter"
    )
    doubts = Sealed("doubts_sealed")
    not_checked_sealed: Mapped[bytes | None] = mapped_column(
        "not_checked", LargeBinary, comment="What could not be checked, sealed; stands in the letter"
    )
    not_checked = Sealed("not_checked_sealed")
    started_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who began it"
    )
    checked_at: Mapped[datetime | None] = mapped_column(comment="When the result stood, UTC")
    checked_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who checked"
    )
    told_at: Mapped[datetime | None] = mapped_column(comment="When the client was told, UTC")
    told_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who told the client"
    )

    @property
    def permission_ends_on(self) -> date | None:
        """The last day on which the permission is valid."""
        return self.permission_issued_on + PERMISSION_VALID if self.permission_issued_on else None
