"""What colleagues leave at a conversation: notes, who is there now, and which case it is about."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mrc.core.db import Identified, Model, Recorded, StringEnum
from mrc.core.sealed import Sealed
from mrc.messaging.states import ThreadStep


class ThreadNote(Identified, Recorded, Model):
    """A note among colleagues in a conversation; never sent. It is voided with a reason, never changed."""

    __tablename__ = "thread_note"
    __table_args__ = (
        CheckConstraint("(voided_at IS NULL) = (voided_by_id IS NULL)", name="voided"),
        Index("ix_thread_note_thread", "thread_id", "created_at", "id"),
    )

    thread_id: Mapped[UUID] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), comment="Its conversation"
    )
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True, comment="Who wrote it")
    body_sealed: Mapped[bytes | None] = mapped_column("body", LargeBinary, comment="Text, sealed")
    body = Sealed("body_sealed")
    voided_at: Mapped[datetime | None] = mapped_column(comment="When somebody struck it out, UTC")
    voided_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who struck it out"
    )
    reason_sealed: Mapped[bytes | None] = mapped_column("reason", LargeBinary, comment="Why, sealed")
    reason = Sealed("reason_sealed")


class ThreadEvent(Identified, Model):
    """One step of a conversation, written once; the times of answers are counted from these alone."""

    __tablename__ = "thread_event"
    __table_args__ = (
        Index("ix_thread_event_thread", "thread_id", "at", "id"),
        Index("ix_thread_event_at", "at"),
    )

    thread_id: Mapped[UUID] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), comment="The conversation"
    )
    at: Mapped[datetime] = mapped_column(comment="When it was, by the provider for what came in, UTC")
    step: Mapped[ThreadStep] = mapped_column(StringEnum(ThreadStep), comment="inbound, answer or done")
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who answered, or said that it is done"
    )


class ThreadPresence(Identified, Model):
    """Who has a conversation open, and whether they write. Of no meaning half a minute later."""

    __tablename__ = "thread_presence"
    __table_args__ = (UniqueConstraint("thread_id", "user_id"),)

    thread_id: Mapped[UUID] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), comment="The conversation"
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True, comment="Who is there")
    seen_at: Mapped[datetime] = mapped_column(index=True, comment="When their page last said so, UTC")
    typed_at: Mapped[datetime | None] = mapped_column(comment="When they last typed an answer, UTC")


class MessageCase(Identified, Recorded, Model):
    """A message that belongs to a case; it may belong to several."""

    __tablename__ = "message_case"
    __table_args__ = (UniqueConstraint("message_id", "case_id"),)

    message_id: Mapped[UUID] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), comment="The message"
    )
    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("case.id", ondelete="CASCADE"), index=True, comment="The case"
    )
