"""Records opened for one person: by breaking the glass, for four hours and with a reason that is reviewed, or
by a colleague who shares a case until a day.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from mrc.core.db import Identified, Model
from mrc.core.sealed import Sealed


class AccessGrant(Identified, Model):
    """A live grant opens a protected record to its holder until it expires; the centre's manager sees it at
    once.
    """

    __tablename__ = "access_grant"
    __table_args__ = (
        Index("ix_access_grant_live", "user_id", "expires_at"),
        CheckConstraint("(reviewed_at IS NULL) = (reviewed_by_id IS NULL)", name="review"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), comment="Who may open the record")
    centre_id: Mapped[UUID] = mapped_column(
        ForeignKey("centre.id"), index=True, comment="Centre of the record"
    )
    subject_kind: Mapped[str] = mapped_column(String(40), comment="Table of the record")
    subject_id: Mapped[UUID] = mapped_column(index=True, comment="Key of the record")
    person_id: Mapped[UUID | None] = mapped_column(comment="Person of the record, whose file opens with it")
    reason_sealed: Mapped[bytes | None] = mapped_column(
        "reason", LargeBinary, comment="Why, in the person's words, sealed"
    )
    reason = Sealed("reason_sealed")
    is_share: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="Shared by a colleague; nobody broke a glass"
    )
    granted_at: Mapped[datetime] = mapped_column(comment="Since when, UTC")
    expires_at: Mapped[datetime] = mapped_column(comment="Until when, UTC")
    reviewed_at: Mapped[datetime | None] = mapped_column(comment="When a manager reviewed it, UTC")
    reviewed_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), comment="Which manager"
    )
