"""A file of a case, without its bytes; those lie sealed on the disk (`mrc.core.files`)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from mrc.attachments.states import FileType
from mrc.core.db import Identified, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed


class Attachment(Versioned, Identified, Recorded, Model):
    """A file of a case. Withdrawn, it has no key any more and nobody can read its bytes."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("confidentiality BETWEEN 1 AND 3", name="confidentiality"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("(withdrawn_at IS NULL) = (key IS NOT NULL)", name="key"),
        CheckConstraint("(withdrawn_at IS NULL) = (reason IS NULL)", name="reason"),
        Index("ix_attachment_case", "case_id", "created_at", "id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), comment="Case")
    kind: Mapped[str] = mapped_column(String(40), comment="Code of list 'attachment_kinds'")
    confidentiality: Mapped[int] = mapped_column(
        default=1, comment="1 as the case, 2 team and protection, 3 team only"
    )
    file_type: Mapped[FileType] = mapped_column(StringEnum(FileType), comment="What it is, by its content")
    size: Mapped[int] = mapped_column(comment="Bytes as they were kept")
    pages: Mapped[int | None] = mapped_column(comment="How many pages, of a PDF")
    width: Mapped[int | None] = mapped_column(comment="Pixels, of a picture")
    height: Mapped[int | None] = mapped_column(comment="Pixels, of a picture")
    was_scanned: Mapped[bool] = mapped_column(comment="Whether a virus scanner found it clean")
    added_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who added it"
    )
    name_sealed: Mapped[bytes | None] = mapped_column(
        "name", LargeBinary, comment="What it is called, sealed"
    )
    name = Sealed("name_sealed")
    description_sealed: Mapped[bytes | None] = mapped_column(
        "description", LargeBinary, comment="What it shows, sealed"
    )
    description = Sealed("description_sealed")
    key_sealed: Mapped[bytes | None] = mapped_column(
        "key", LargeBinary, comment="Key of its bytes, sealed; destroyed when it is withdrawn"
    )
    key = Sealed("key_sealed")
    withdrawn_at: Mapped[datetime | None] = mapped_column(comment="When its bytes were destroyed, UTC")
    withdrawn_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who withdrew it"
    )
    reason_sealed: Mapped[bytes | None] = mapped_column(
        "reason", LargeBinary, comment="Why it was withdrawn, sealed"
    )
    reason = Sealed("reason_sealed")

    @property
    def is_picture(self) -> bool:
        """Whether there is a small picture of it."""
        return self.file_type in {FileType.JPEG, FileType.PNG, FileType.WEBP}
