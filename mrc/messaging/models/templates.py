"""Templates that WhatsApp approves, and answers that the centre approves: wordings, nobody's content."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.core.db import Identified, Json, Model, Recorded, StringEnum, Versioned
from mrc.messaging.approvals import Trouble
from mrc.messaging.states import AnswerStatus, Category, Purpose, TemplateStatus


class MessageTemplate(Identified, Recorded, Model):
    """One thing that we may say outside the 24 hours, in as many languages and versions as were written."""

    __tablename__ = "message_template"

    key: Mapped[str] = mapped_column(String(60), unique=True, comment="Code by which the house asks for it")
    title: Mapped[str] = mapped_column(String(120), comment="What staff call it")
    purpose: Mapped[Purpose] = mapped_column(StringEnum(Purpose), comment="What it is sent for")
    category: Mapped[Category] = mapped_column(StringEnum(Category), comment="What we ask WhatsApp for")
    retired_at: Mapped[datetime | None] = mapped_column(comment="Not offered any more since, UTC")

    versions: Mapped[list[TemplateVersion]] = relationship(
        back_populates="template", order_by="TemplateVersion.language, TemplateVersion.number"
    )


class TemplateVersion(Versioned, Identified, Recorded, Model):
    """The wording of a template in one language. Once submitted it stays: changes are a new version."""

    __tablename__ = "template_version"
    __table_args__ = (
        UniqueConstraint("template_id", "language", "number"),
        CheckConstraint("status <> 'approved' OR content_sid IS NOT NULL", name="approved_has_content"),
        CheckConstraint("reviewed_by_id IS NULL OR reviewed_by_id <> written_by_id", name="two_people"),
    )

    template_id: Mapped[UUID] = mapped_column(ForeignKey("message_template.id"), comment="Its template")
    language: Mapped[str] = mapped_column(String(8), comment="Tag")
    number: Mapped[int] = mapped_column(default=1, comment="1 is the first")
    body: Mapped[str] = mapped_column(Text, comment="With variables as {{1}}, {{2}}")
    variables: Mapped[list[dict[str, str]]] = mapped_column(
        Json, default=list, comment="In their order: name and sample of each"
    )
    buttons: Mapped[list[dict[str, str]]] = mapped_column(
        Json, default=list, comment="Quick replies: id and title of each; none is a plain text"
    )
    status: Mapped[TemplateStatus] = mapped_column(
        StringEnum(TemplateStatus), default=TemplateStatus.DRAFT, comment="TemplateStatus"
    )
    content_sid: Mapped[str | None] = mapped_column(
        String(40), index=True, comment="Provider's id of the wording"
    )
    approved_category: Mapped[Category | None] = mapped_column(
        StringEnum(Category), comment="What WhatsApp made of it"
    )
    rejection: Mapped[str] = mapped_column(String(500), default="", comment="Why WhatsApp refused it")
    trouble: Mapped[Trouble | None] = mapped_column(
        StringEnum(Trouble), comment="What the provider's list says otherwise than we do"
    )
    is_for_shared: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="Reviewed as fit for a phone that others read"
    )
    written_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who wrote it; empty for what came with the house"
    )
    reviewed_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who reviewed it"
    )
    synced_at: Mapped[datetime | None] = mapped_column(comment="When the provider was last asked, UTC")

    template: Mapped[MessageTemplate] = relationship(back_populates="versions")


class CannedAnswer(Versioned, Identified, Recorded, Model):
    """A ready answer for the composer, in one language; offered once somebody else approved it."""

    __tablename__ = "canned_answer"
    __table_args__ = (
        Index("ix_canned_answer_offered", "centre_id", "language", "status"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> written_by_id", name="two_people"),
    )

    centre_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("centre.id"), comment="Whose it is; empty for all"
    )
    shortcut: Mapped[str] = mapped_column(String(40), comment="What is typed after the semicolon")
    title: Mapped[str] = mapped_column(String(120), comment="What staff call it")
    language: Mapped[str] = mapped_column(String(8), comment="Tag")
    body: Mapped[str] = mapped_column(Text, comment="With variables as {name}; see messaging/canned")
    status: Mapped[AnswerStatus] = mapped_column(
        StringEnum(AnswerStatus), default=AnswerStatus.DRAFT, comment="AnswerStatus"
    )
    written_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who wrote it; empty for what came with the house"
    )
    approved_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who approved it"
    )
    review_on: Mapped[date | None] = mapped_column(Date, comment="When somebody must read it again")
