"""What the web layer itself remembers: operations already done, and texts not yet saved."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mrc.core.db import Identified, Model, Recorded
from mrc.core.sealed import SealedJson


class Operation(Model):
    """One submitted form. The same id again by the same person gets the first answer instead of a second
    effect.
    """

    __tablename__ = "operation"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, comment="Who submitted it"
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, comment="Made with the form, carried by it")
    at: Mapped[datetime] = mapped_column(index=True, comment="When it was done, UTC; old rows are swept")
    location: Mapped[str] = mapped_column(String(400), default="", comment="Where the first answer led")


class Draft(Identified, Recorded, Model):
    """The unsaved content of one form of one person. Gone once saved, swept after thirty days."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), comment="Whose text it is; nobody else can open it"
    )
    key: Mapped[str] = mapped_column(String(200), comment="The path of the form")
    updated_at: Mapped[datetime] = mapped_column(index=True, comment="When it was last saved, UTC")
    content_sealed: Mapped[bytes | None] = mapped_column(
        "content", LargeBinary, comment="Field name → text, sealed"
    )
    content = SealedJson("content_sealed")
