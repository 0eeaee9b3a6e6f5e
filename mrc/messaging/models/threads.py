"""Threads, messages, and the raw webhooks they came from."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.attachments.states import FileType
from mrc.core.db import Identified, Json, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed, SealedJson
from mrc.messaging.models.templates import TemplateVersion
from mrc.messaging.states import (
    Channel,
    Direction,
    Doubt,
    InboundState,
    MediaReason,
    MediaState,
    MessageStatus,
    Purpose,
    Reason,
    ThreadStatus,
)
from mrc.persons.models import Address

NO_REPLY = "purpose <> 'reply'"
SNOOZED = "snoozed_until IS NOT NULL"
UNCLEARED = "provider_sid IS NOT NULL AND cleared_at_provider_at IS NULL"


class Thread(Versioned, Identified, Recorded, Model):
    """The conversation of one centre with one address over one line. The timeline belongs to the person."""

    __tablename__ = "thread"
    __table_args__ = (
        UniqueConstraint("line_id", "address_id"),
        CheckConstraint("(status = 'waiting') = (waiting_since IS NOT NULL)", name="waiting_since"),
        Index("ix_thread_inbox", "centre_id", "status", "waiting_since", "id"),
        Index("ix_thread_recent", "centre_id", "last_message_at", "id"),
        Index("ix_thread_assignee", "assignee_id", "status", "waiting_since", "id"),
        # Few are put off; without it the tab's count looks at every thread of the centre.
        Index(
            "ix_thread_snoozed",
            "centre_id",
            "snoozed_until",
            postgresql_where=text(SNOOZED),
            sqlite_where=text(SNOOZED),
        ),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Centre whose line it came to")
    line_id: Mapped[UUID] = mapped_column(ForeignKey("phone_line.id"), comment="Our end")
    address_id: Mapped[UUID] = mapped_column(ForeignKey("address.id"), index=True, comment="Their end")
    channel: Mapped[Channel] = mapped_column(StringEnum(Channel), comment="whatsapp or sms")
    status: Mapped[ThreadStatus] = mapped_column(
        StringEnum(ThreadStatus), comment="waiting, answered or done"
    )
    waiting_since: Mapped[datetime | None] = mapped_column(comment="Oldest message we have not answered, UTC")
    last_message_at: Mapped[datetime] = mapped_column(comment="Newest message either way, UTC")
    last_inbound_at: Mapped[datetime | None] = mapped_column(comment="Opens the 24-hour window, UTC")
    unread_count: Mapped[int] = mapped_column(
        default=0, comment="Messages since we last opened or answered it"
    )
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), comment="Who holds it")
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), index=True, comment="Who it is, once known"
    )
    confidentiality: Mapped[int] = mapped_column(
        default=1, comment="Follows the person: 2 protected, 3 sealed"
    )
    language: Mapped[str | None] = mapped_column(String(8), comment="Language they write, tag")
    labels: Mapped[list[str]] = mapped_column(
        Json, default=list, server_default="[]", comment="What it is about, codes of list 'thread_labels'"
    )
    snoozed_until: Mapped[datetime | None] = mapped_column(comment="Put off until, UTC; writing ends it")
    doubt: Mapped[Doubt | None] = mapped_column(
        StringEnum(Doubt),
        comment="Why it may be someone else now; empty once confirmed",
    )
    doubted_at: Mapped[datetime | None] = mapped_column(comment="Since when that is in doubt, UTC")
    last_line_sealed: Mapped[bytes | None] = mapped_column(
        "last_line", LargeBinary, comment="For the list, sealed"
    )
    last_line = Sealed("last_line_sealed")

    address: Mapped[Address] = relationship()


class Message(Identified, Recorded, Model):
    """One message in or out. Its status is a projection of the delivery reports."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_thread", "thread_id", "at", "id"),
        Index("ix_message_open", "status", "status_at"),
        # What nobody asked for is a small part of all messages; its cost of the day is asked at each of them.
        Index("ix_message_outreach", "at", postgresql_where=text(NO_REPLY), sqlite_where=text(NO_REPLY)),
        # Only what the provider still has in full; most of the table is not in it.
        Index("ix_message_uncleared", "at", postgresql_where=text(UNCLEARED), sqlite_where=text(UNCLEARED)),
        CheckConstraint("(direction = 'in') = (status = 'received')", name="direction_status"),
    )

    thread_id: Mapped[UUID] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), comment="Its conversation"
    )
    direction: Mapped[Direction] = mapped_column(StringEnum(Direction), comment="in or out")
    at: Mapped[datetime] = mapped_column(comment="When it came or was written, UTC")
    body_sealed: Mapped[bytes | None] = mapped_column("body", LargeBinary, comment="Text, sealed")
    body = Sealed("body_sealed")
    kind: Mapped[str] = mapped_column(
        String(20), default="text", comment="text, image, audio, location, button, …"
    )
    extras_sealed: Mapped[bytes | None] = mapped_column(
        "extras", LargeBinary, comment="Media list, button, location, reply context: sealed JSON"
    )
    extras = SealedJson("extras_sealed")
    status: Mapped[MessageStatus] = mapped_column(
        StringEnum(MessageStatus), comment="received, or the way out"
    )
    status_at: Mapped[datetime] = mapped_column(comment="When the status last changed, UTC")
    provider_sid: Mapped[str | None] = mapped_column(String(40), unique=True, comment="Provider's id")
    error_code: Mapped[int | None] = mapped_column(comment="Provider's error code")
    reason: Mapped[Reason | None] = mapped_column(
        StringEnum(Reason), comment="Why we ourselves held it back or gave it up"
    )
    attempts: Mapped[int] = mapped_column(default=0, comment="How often it was handed to the provider")
    author_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), comment="Who wrote it; empty for in"
    )
    compose_id: Mapped[UUID | None] = mapped_column(
        unique=True, comment="Made with the form: one text, one message"
    )
    expires_at: Mapped[datetime | None] = mapped_column(comment="After this it is not sent any more, UTC")
    purpose: Mapped[Purpose] = mapped_column(
        StringEnum(Purpose),
        default=Purpose.REPLY,
        server_default=Purpose.REPLY,
        comment="What it is sent for",
    )
    send_at: Mapped[datetime | None] = mapped_column(comment="Not before this instant, UTC")
    is_urgent: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="Sent in quiet hours too; the log says why"
    )
    template_version_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("template_version.id"), index=True, comment="Which approved wording it is"
    )
    variables_sealed: Mapped[bytes | None] = mapped_column(
        "variables", LargeBinary, comment="What fills the wording's places, sealed JSON"
    )
    variables = SealedJson("variables_sealed")
    answer_job: Mapped[str | None] = mapped_column(
        String(60), comment="Which job is told what they tap under it"
    )
    sheet_id: Mapped[UUID | None] = mapped_column(comment="Information sheet whose file goes with it")
    subject_id: Mapped[UUID | None] = mapped_column(comment="What it asks about, for that job")
    segments: Mapped[int | None] = mapped_column(comment="Parts that are charged")
    price_micros: Mapped[int | None] = mapped_column(comment="What it costs, in millionths of a US dollar")
    cleared_at_provider_at: Mapped[datetime | None] = mapped_column(
        comment="When the provider's copy of the text was emptied, UTC"
    )

    thread: Mapped[Thread] = relationship()
    template_version: Mapped[TemplateVersion | None] = relationship()


class MessageReport(Identified, Model):
    """One delivery report as it came; kept whole, also when it changed nothing or came before its message."""

    __tablename__ = "message_report"
    __table_args__ = (UniqueConstraint("provider_sid", "provider_status", "error_code"),)

    message_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), index=True, comment="Known message"
    )
    provider_sid: Mapped[str] = mapped_column(String(40), comment="Provider's id")
    provider_status: Mapped[str] = mapped_column(String(20), comment="Provider's word for it")
    error_code: Mapped[int] = mapped_column(default=0, comment="Provider's error code, 0 for none")
    at: Mapped[datetime] = mapped_column(comment="When it came, UTC")
    raw_sealed: Mapped[bytes | None] = mapped_column(
        "raw", LargeBinary, comment="The whole form, sealed JSON"
    )
    raw = SealedJson("raw_sealed")


class InboundEvent(Identified, Model):
    """One inbound webhook as it came; its `provider_sid` is that of the message it became.

    In quarantine it has become none yet: it came to a line that we do not know, or names no sender.
    """

    __tablename__ = "inbound_event"
    __table_args__ = (Index("ix_inbound_event_quarantine", "state", "at", "id"),)

    provider_sid: Mapped[str] = mapped_column(String(40), unique=True, comment="Provider's message id")
    at: Mapped[datetime] = mapped_column(comment="When it came, UTC")
    line_address: Mapped[str] = mapped_column(String(80), comment="Our line it was sent to, as given")
    state: Mapped[InboundState] = mapped_column(StringEnum(InboundState), comment="stored or quarantined")
    raw_sealed: Mapped[bytes | None] = mapped_column(
        "raw", LargeBinary, comment="The whole form, sealed JSON"
    )
    raw = SealedJson("raw_sealed")
    flags: Mapped[dict[str, Any]] = mapped_column(
        Json, default=dict, comment="What was odd about it, codes only"
    )


class MessageMedia(Identified, Recorded, Model):
    """A file of a message that came in; its bytes lie sealed on the disk under its id."""

    __tablename__ = "message_media"
    __table_args__ = (
        UniqueConstraint("message_id", "position"),
        CheckConstraint("(state = 'stored') = (key IS NOT NULL)", name="key"),
        CheckConstraint("(state = 'stored') = (file_type IS NOT NULL)", name="file_type"),
        CheckConstraint("(state = 'waiting') = (next_try_at IS NOT NULL)", name="next_try_at"),
        Index("ix_message_media_thread", "thread_id", "id"),
    )

    message_id: Mapped[UUID] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), comment="The message that it came with"
    )
    thread_id: Mapped[UUID] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), comment="Its conversation, whose rule it follows"
    )
    position: Mapped[int] = mapped_column(comment="Place among the files of the message, from 0")
    url_sealed: Mapped[bytes | None] = mapped_column(
        "url", LargeBinary, comment="The provider's address of it, sealed"
    )
    url = Sealed("url_sealed")
    told_type: Mapped[str] = mapped_column(String(100), comment="Content type as the provider told it")
    state: Mapped[MediaState] = mapped_column(StringEnum(MediaState), comment="Where the file is")
    reason: Mapped[MediaReason | None] = mapped_column(StringEnum(MediaReason), comment="Why it is not here")
    tries: Mapped[int] = mapped_column(default=0, comment="How often it was fetched in vain")
    next_try_at: Mapped[datetime | None] = mapped_column(comment="When it is fetched next, UTC")
    file_type: Mapped[FileType | None] = mapped_column(
        StringEnum(FileType), comment="What it is, by its content"
    )
    size: Mapped[int | None] = mapped_column(comment="Bytes as they were kept")
    has_preview: Mapped[bool] = mapped_column(default=False, comment="Whether there is a small picture of it")
    was_scanned: Mapped[bool] = mapped_column(default=False, comment="Whether a virus scanner found it clean")
    key_sealed: Mapped[bytes | None] = mapped_column("key", LargeBinary, comment="Key of its bytes, sealed")
    key = Sealed("key_sealed")
    deleted_at_provider_at: Mapped[datetime | None] = mapped_column(
        comment="When the provider's copy was deleted, UTC"
    )

    message: Mapped[Message] = relationship()
