"""How messaging itself fares: the provider's word on our lines, the pace of webhooks, alarms."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.centres.models import PhoneLine
from mrc.core.db import Identified, Model, StringEnum
from mrc.messaging.states import AlarmKind


class LineStanding(Model):
    """A line as the provider last told of it."""

    __tablename__ = "line_standing"

    line_id: Mapped[UUID] = mapped_column(ForeignKey("phone_line.id"), primary_key=True, comment="The line")
    asked_at: Mapped[datetime] = mapped_column(comment="When the provider was asked, UTC")
    is_known: Mapped[bool] = mapped_column(
        default=True, server_default=true(), comment="Whether the account has it"
    )
    status: Mapped[str] = mapped_column(String(40), default="", comment="WhatsApp's word: ONLINE, OFFLINE, …")
    quality: Mapped[str] = mapped_column(String(20), default="", comment="WhatsApp's word: HIGH, MEDIUM, LOW")
    daily_limit: Mapped[str] = mapped_column(
        String(60), default="", comment="To how many people it may write first in a day, WhatsApp's words"
    )
    points_here: Mapped[bool] = mapped_column(
        default=True, server_default=true(), comment="Whether what comes in is sent to our address"
    )

    line: Mapped[PhoneLine] = relationship()


class WebhookPace(Identified, Model):
    """How fast one process answered the provider within one minute."""

    __tablename__ = "webhook_pace"
    __table_args__ = (Index("ix_webhook_pace_at", "at"),)

    at: Mapped[datetime] = mapped_column(comment="The minute, UTC")
    count: Mapped[int] = mapped_column(comment="Webhooks answered")
    slow_count: Mapped[int] = mapped_column(comment="Of these, slower than half a second")
    longest_ms: Mapped[int] = mapped_column(comment="The slowest, milliseconds")


class MessagingAlarm(Identified, Model):
    """Something that somebody must look at, from when it was found until it was found no more."""

    __tablename__ = "messaging_alarm"
    __table_args__ = (Index("ix_messaging_alarm_open", "ended_at", "since"),)

    kind: Mapped[AlarmKind] = mapped_column(StringEnum(AlarmKind), comment="What is wrong")
    centre_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("centre.id"), index=True, comment="Whose it is; empty for the whole house"
    )
    line_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("phone_line.id"), index=True, comment="The line, where it is about one"
    )
    since: Mapped[datetime] = mapped_column(comment="When it was found first, UTC")
    seen_at: Mapped[datetime] = mapped_column(comment="When it was found last, UTC")
    ended_at: Mapped[datetime | None] = mapped_column(comment="When it was found no more, UTC")
    figure: Mapped[int] = mapped_column(comment="How many, or how many minutes, by the kind")
