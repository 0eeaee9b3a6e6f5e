"""How people found it, asked with one tap."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mrc.core.db import Identified, Model


class Satisfaction(Identified, Model):
    """One question and its answer. Never asked where the person is protected."""

    __tablename__ = "satisfaction"
    __table_args__ = (
        CheckConstraint("score BETWEEN 1 AND 3", name="score"),
        CheckConstraint("(score IS NULL) = (answered_at IS NULL)", name="score_has_time"),
        Index("ix_satisfaction_centre", "centre_id", "asked_at"),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Centre that asked")
    thread_id: Mapped[UUID] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), index=True, comment="Where it was asked"
    )
    message_id: Mapped[UUID] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), unique=True, comment="The question"
    )
    asked_at: Mapped[datetime] = mapped_column(comment="When it was asked, UTC")
    score: Mapped[int | None] = mapped_column(comment="3 helpful, 2 partly, 1 not helpful")
    answered_at: Mapped[datetime | None] = mapped_column(comment="When they tapped, UTC")
