"""Cases, their teams, needs and notes."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.cases.states import CaseStatus, NeedStatus, NoteKind, Priority
from mrc.core.db import Identified, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed
from mrc.persons.models import Person


class Case(Versioned, Identified, Recorded, Model):
    """A person's matter followed over time in one centre."""

    __tablename__ = "case"
    __table_args__ = (
        CheckConstraint("confidentiality BETWEEN 0 AND 3", name="confidentiality"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        CheckConstraint(
            "status NOT IN ('closure_requested', 'closed', 'void') OR closure_reason IS NOT NULL",
            name="closure_reason",
        ),
        CheckConstraint("status = 'new' OR counsellor_id IS NOT NULL OR status = 'void'", name="counsellor"),
        Index("ix_case_list", "centre_id", "opened_at", "id"),
        Index("ix_case_status", "centre_id", "status", "opened_at", "id"),
        Index("ix_case_counsellor", "counsellor_id", "status", "opened_at", "id"),
        Index("ix_case_due", "counsellor_id", "follow_up_at", "id"),
        Index("ix_case_activity", "centre_id", "last_activity_at", "id"),
        Index("ix_case_follow_up", "centre_id", "follow_up_at", "id"),
        Index("ix_case_response", "centre_id", "first_response_at", "first_response_due_at"),
        Index("ix_case_programme", "centre_id", "programme", "opened_at", "id"),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Centre that owns the case")
    number: Mapped[str] = mapped_column(
        String(20), unique=True, comment="LHE-2026-000123-K, the last is a check character"
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True, comment="Whose case")
    status: Mapped[CaseStatus] = mapped_column(
        StringEnum(CaseStatus), default=CaseStatus.NEW, comment="State of the case"
    )
    confidentiality: Mapped[int] = mapped_column(
        default=1, comment="0 general, 1 personal, 2 protected, 3 sealed"
    )
    priority: Mapped[Priority] = mapped_column(
        StringEnum(Priority), default=Priority.NORMAL, comment="How soon"
    )
    client_type: Mapped[str] = mapped_column(String(40), comment="Code of list 'client_types'")
    destination: Mapped[str | None] = mapped_column(String(40), comment="Code of list 'destinations'")
    programme: Mapped[str | None] = mapped_column(
        String(40), comment="Programme or donor, code of list 'programmes'"
    )
    counsellor_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), comment="Who carries it"
    )
    opened_at: Mapped[datetime] = mapped_column(comment="When it was opened, UTC")
    opened_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), comment="Who opened it")
    last_activity_at: Mapped[datetime] = mapped_column(comment="Newest entry of its timeline, UTC")
    follow_up_at: Mapped[datetime | None] = mapped_column(comment="When it is due to be looked at again, UTC")
    first_response_due_at: Mapped[datetime | None] = mapped_column(
        comment="Until when someone must have spoken with the person, by priority, UTC"
    )
    first_response_at: Mapped[datetime | None] = mapped_column(
        comment="First consultation or note after opening, UTC"
    )
    closure_reason: Mapped[str | None] = mapped_column(String(40), comment="Code of list 'closure_reasons'")
    closure_requested_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), comment="Who asked for closure; may not approve it"
    )
    closed_at: Mapped[datetime | None] = mapped_column(comment="When it was closed, UTC")
    summary_sealed: Mapped[bytes | None] = mapped_column(
        "summary", LargeBinary, comment="What it is about, sealed"
    )
    summary = Sealed("summary_sealed")

    person: Mapped[Person] = relationship()


class CaseMember(Model):
    """Someone named in the team of a case, besides its counsellor."""

    __tablename__ = "case_member"

    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("case.id", ondelete="CASCADE"), primary_key=True, comment="Case"
    )
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id"), primary_key=True, index=True, comment="Member of its team"
    )
    added_at: Mapped[datetime] = mapped_column(comment="Since when, UTC")


class Need(Versioned, Identified, Recorded, Model):
    """One need of a case, with what became of it."""

    __tablename__ = "need"
    __table_args__ = (
        CheckConstraint("(status IN ('open', 'in_progress')) = (settled_at IS NULL)", name="settled_at"),
    )

    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("case.id", ondelete="CASCADE"), index=True, comment="Case"
    )
    area: Mapped[str] = mapped_column(String(40), comment="Code of list 'need_areas'")
    status: Mapped[NeedStatus] = mapped_column(
        StringEnum(NeedStatus), default=NeedStatus.OPEN, comment="What became of it"
    )
    priority: Mapped[Priority] = mapped_column(
        StringEnum(Priority), default=Priority.NORMAL, server_default="normal", comment="How soon"
    )
    due_on: Mapped[date | None] = mapped_column(Date, comment="Until when it should be settled")
    details_sealed: Mapped[bytes | None] = mapped_column(
        "details", LargeBinary, comment="What is needed, sealed"
    )
    details = Sealed("details_sealed")
    opened_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who wrote it down"
    )
    outcome: Mapped[str | None] = mapped_column(String(40), comment="Code of list 'need_outcomes'")
    outcome_note_sealed: Mapped[bytes | None] = mapped_column(
        "outcome_note", LargeBinary, comment="How it was settled, sealed"
    )
    outcome_note = Sealed("outcome_note_sealed")
    settled_at: Mapped[datetime | None] = mapped_column(comment="When it was settled, UTC")
    settled_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who settled it"
    )


class Note(Identified, Recorded, Model):
    """A note in a case. Never changed; a correction is a new note that names the old one."""

    __tablename__ = "note"
    __table_args__ = (
        CheckConstraint("confidentiality BETWEEN 1 AND 3", name="confidentiality"),
        Index("ix_note_case", "case_id", "created_at", "id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), comment="Case")
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), comment="Who wrote it")
    corrects_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("note.id"), index=True, comment="Note that it corrects"
    )
    original_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("note.id"), index=True, comment="First of the notes that this one corrects"
    )
    kind: Mapped[NoteKind] = mapped_column(
        StringEnum(NoteKind),
        default=NoteKind.CASE_NOTE,
        server_default="case_note",
        comment="What it is about",
    )
    confidentiality: Mapped[int] = mapped_column(
        default=1, server_default="1", comment="1 as the case, 2 team and protection, 3 team only"
    )
    pinned_at: Mapped[datetime | None] = mapped_column(comment="Since when it stands on top, UTC")
    pinned_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who pinned it"
    )
    text_sealed: Mapped[bytes | None] = mapped_column("text", LargeBinary, comment="What it says, sealed")
    text = Sealed("text_sealed")

    @property
    def earlier(self) -> tuple[Note, ...]:
        """What it said before it was corrected, newest first, where the query that read it looked for it."""
        found: tuple[Note, ...] = self.__dict__.get("_earlier", ())
        return found

    def remember(self, earlier: tuple[Note, ...]) -> None:
        """Keep beside the note what it said before."""
        self.__dict__["_earlier"] = earlier
