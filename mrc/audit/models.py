"""The rows of the log and the head of each chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mrc.core.db import Identified, Json, Model


class AuditEvent(Identified, Model):
    """One thing that happened. Never changed and never deleted: the database refuses both."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("chain", "seq"),
        Index("ix_audit_event_subject", "subject_id", "at"),
        Index("ix_audit_event_actor", "actor_id", "at"),
        Index("ix_audit_event_at", "at", "id"),
    )

    chain: Mapped[str] = mapped_column(
        String(36), comment="Centre id, or 'house' for what belongs to no centre"
    )
    seq: Mapped[int] = mapped_column(comment="Position in the chain, gap-free from 1")
    at: Mapped[datetime] = mapped_column(comment="When it was written, UTC")
    tag: Mapped[str] = mapped_column(String(60), comment="package:subject:action")
    actor_id: Mapped[UUID | None] = mapped_column(comment="User who acted; empty for the system")
    actor: Mapped[str] = mapped_column(String(80), comment="Username, or the name of the job or command")
    session_id: Mapped[UUID | None] = mapped_column(comment="Sign-in session it was done in")
    request_id: Mapped[str] = mapped_column(String(36), comment="Joins the row to the structured logs")
    subject_kind: Mapped[str] = mapped_column(
        String(40), default="", comment="Table of the record it was done to"
    )
    subject_id: Mapped[UUID | None] = mapped_column(comment="Key of that record")
    details: Mapped[dict[str, Any]] = mapped_column(Json, comment="Ids, codes, counts and field names only")
    changes: Mapped[bytes | None] = mapped_column(LargeBinary, comment="Sealed old and new values")
    key_version: Mapped[int] = mapped_column(comment="Version of the keyring that the HMAC was made with")
    mac: Mapped[bytes] = mapped_column(
        LargeBinary(32), comment="HMAC-SHA256 over the previous mac and this row"
    )


class AuditHead(Model):
    """Where a chain ends. Locked while an event is appended; compared with copies kept elsewhere."""

    __tablename__ = "audit_head"

    chain: Mapped[str] = mapped_column(String(36), primary_key=True, comment="Same as audit_event.chain")
    seq: Mapped[int] = mapped_column(comment="Position of the last row")
    mac: Mapped[bytes] = mapped_column(LargeBinary(32), comment="HMAC of the last row")
