"""Information sheets, without their bytes; those lie sealed on the disk (`mrc.core.files`)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from mrc.attachments.states import FileType
from mrc.core.db import Identified, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed
from mrc.outreach.approvals import SheetStatus


class InformationSheet(Versioned, Identified, Recorded, Model):
    """A file on one topic in one language. What changes is a new version; the old one stays to be read."""

    __tablename__ = "information_sheet"
    __table_args__ = (
        Index("ix_information_sheet_offered", "centre_id", "language", "status"),
        Index("ix_information_sheet_topic", "topic", "language", "number", "id"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> written_by_id", name="two_people"),
    )

    centre_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("centre.id"), comment="Whose it is; empty for all"
    )
    topic: Mapped[str] = mapped_column(String(40), comment="Code of list 'information_sheets'")
    language: Mapped[str] = mapped_column(String(8), comment="Tag")
    number: Mapped[int] = mapped_column(default=1, comment="1 is the first")
    title: Mapped[str] = mapped_column(String(120), comment="What it is called, in its language")
    status: Mapped[SheetStatus] = mapped_column(
        StringEnum(SheetStatus), default=SheetStatus.DRAFT, comment="SheetStatus"
    )
    file_type: Mapped[FileType] = mapped_column(StringEnum(FileType), comment="What it is, by its content")
    file_name: Mapped[str] = mapped_column(String(120), comment="What the file is called")
    size: Mapped[int] = mapped_column(comment="Bytes as they were kept")
    key_sealed: Mapped[bytes] = mapped_column("key", LargeBinary, comment="Key of its bytes, sealed")
    key = Sealed("key_sealed")
    written_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who added it"
    )
    approved_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who approved it"
    )
