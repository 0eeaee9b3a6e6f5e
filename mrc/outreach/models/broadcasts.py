"""One thing said to many, and what became of it for each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.core.db import Identified, Json, Model, Recorded, StringEnum, Versioned
from mrc.messaging.models import MessageTemplate
from mrc.messaging.states import Reason
from mrc.outreach.states import BroadcastStatus, LineState


class Broadcast(Versioned, Identified, Recorded, Model):
    """An approved wording for everybody of an audience who agreed to such messages."""

    __tablename__ = "broadcast"
    __table_args__ = (
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> written_by_id", name="two_people"),
        CheckConstraint("per_minute BETWEEN 1 AND 600", name="pace"),
        Index("ix_broadcast_centre", "centre_id", "created_at", "id"),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Whose persons, whose lines")
    title: Mapped[str] = mapped_column(String(120), comment="What staff call it; never anybody's name")
    template_id: Mapped[UUID] = mapped_column(
        ForeignKey("message_template.id"), index=True, comment="What is said"
    )
    variables: Mapped[dict[str, str]] = mapped_column(
        Json, default=dict, comment="The same for everybody, by place"
    )
    audience: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, comment="Filters, codes only")
    per_minute: Mapped[int] = mapped_column(default=60, comment="Messages handed over in a minute at most")
    status: Mapped[BroadcastStatus] = mapped_column(
        StringEnum(BroadcastStatus), default=BroadcastStatus.DRAFT, comment="BroadcastStatus"
    )
    counts: Mapped[dict[str, int]] = mapped_column(
        Json, default=dict, comment="What the dry run found: by reason, and what it may cost in micros"
    )
    written_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who wrote it"
    )
    approved_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who else approved it"
    )
    began_at: Mapped[datetime | None] = mapped_column(comment="Since when it goes out, UTC")
    ended_at: Mapped[datetime | None] = mapped_column(comment="When it was done or cancelled, UTC")

    template: Mapped[MessageTemplate] = relationship()


class BroadcastLine(Identified, Model):
    """One address of a broadcast: planned when it was counted, written once, or left out with the reason."""

    __tablename__ = "broadcast_line"
    __table_args__ = (
        UniqueConstraint("broadcast_id", "address_id"),
        Index("ix_broadcast_line_next", "broadcast_id", "state", "id"),
        CheckConstraint("(state = 'written') = (message_id IS NOT NULL)", name="written_has_message"),
        CheckConstraint("state <> 'left_out' OR reason IS NOT NULL", name="left_out_has_reason"),
    )

    broadcast_id: Mapped[UUID] = mapped_column(
        ForeignKey("broadcast.id", ondelete="CASCADE"), comment="Its broadcast"
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True, comment="Who reads it")
    address_id: Mapped[UUID] = mapped_column(ForeignKey("address.id"), index=True, comment="Where it goes")
    language: Mapped[str] = mapped_column(String(8), comment="In which language, tag")
    state: Mapped[LineState] = mapped_column(
        StringEnum(LineState), default=LineState.PLANNED, comment="LineState"
    )
    reason: Mapped[Reason | None] = mapped_column(StringEnum(Reason), comment="Why it was left out")
    message_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("message.id", ondelete="SET NULL"), unique=True, comment="What it became"
    )
