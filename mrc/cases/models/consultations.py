"""Encounters, named and anonymous."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.cases.models.cases import Case
from mrc.cases.states import ConsultationKind
from mrc.core.db import Identified, Json, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed, SealedJson
from mrc.persons.models import Person


class Consultation(Versioned, Identified, Recorded, Model):
    """One encounter: a call, a visit, a WhatsApp exchange. Person and case are optional: anonymous ones
    count.
    """

    __tablename__ = "consultation"
    __table_args__ = (
        CheckConstraint("case_id IS NULL OR person_id IS NOT NULL", name="case_person"),
        CheckConstraint("minutes >= 0", name="minutes"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="void_reason"),
        Index("ix_consultation_list", "centre_id", "started_at", "id"),
        Index("ix_consultation_person", "person_id", "started_at", "id"),
        Index("ix_consultation_case", "case_id", "started_at", "id"),
        Index("ix_consultation_counsellor", "counsellor_id", "started_at", "id"),
        # Groups are rare among calls: the list of them must not walk over all of those.
        Index(
            "ix_consultation_group",
            "centre_id",
            "started_at",
            "id",
            sqlite_where=text("is_group"),
            postgresql_where=text("is_group"),
        ),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Centre where it took place")
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="With whom, unless anonymous"
    )
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), comment="Case it belongs to")
    thread_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("thread.id"), index=True, comment="Thread it was held in"
    )
    counsellor_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), comment="Who held it")
    confidentiality: Mapped[int] = mapped_column(
        default=1, comment="Follows the case or person: 2 protected, 3 sealed"
    )
    kind: Mapped[ConsultationKind] = mapped_column(
        StringEnum(ConsultationKind),
        default=ConsultationKind.INITIAL,
        server_default=ConsultationKind.INITIAL.value,
        comment="The first of the person or case, or a later one: derived, may be corrected",
    )
    is_group: Mapped[bool] = mapped_column(
        default=False,
        server_default=false(),
        comment="Held with several people; they stand in consultation_participant",
    )
    channel: Mapped[str] = mapped_column(String(40), comment="Code of list 'channels'")
    direction: Mapped[str] = mapped_column(String(40), comment="Code of list 'directions'")
    started_at: Mapped[datetime] = mapped_column(comment="When it began, UTC")
    minutes: Mapped[int] = mapped_column(comment="How long, in minutes")
    language: Mapped[str | None] = mapped_column(String(40), comment="Code of list 'languages'")
    has_interpreter: Mapped[bool] = mapped_column(default=False, comment="Whether an interpreter took part")
    interpreter_kind: Mapped[str | None] = mapped_column(
        String(40), comment="Who interpreted, code of list 'interpreter_kinds'"
    )
    interpreter_language: Mapped[str | None] = mapped_column(
        String(40), comment="Interpreted from and into, code of list 'languages'"
    )
    interpreter_name_sealed: Mapped[bytes | None] = mapped_column(
        "interpreter_name", LargeBinary, comment="Who interpreted, sealed"
    )
    interpreter_name = Sealed("interpreter_name_sealed")
    topics: Mapped[list[str]] = mapped_column(Json, default=list, comment="Codes of list 'topics'")
    information: Mapped[list[str]] = mapped_column(
        Json, default=list, comment="Codes of list 'information_sheets' given"
    )
    information_language: Mapped[str | None] = mapped_column(
        String(40), comment="Language of those sheets, code of list 'languages'"
    )
    outcome: Mapped[str] = mapped_column(String(40), comment="Code of list 'consultation_outcomes'")
    sex: Mapped[str | None] = mapped_column(
        String(40), comment="Of an anonymous enquirer, code of list 'sexes'"
    )
    age_band: Mapped[str | None] = mapped_column(
        String(40), comment="Of an anonymous enquirer, code of list 'age_bands'"
    )
    nationality: Mapped[str | None] = mapped_column(String(2), comment="Of an anonymous enquirer, ISO 3166-1")
    district: Mapped[str | None] = mapped_column(
        String(40), comment="Of an anonymous enquirer, code of list 'districts'"
    )
    note_sealed: Mapped[bytes | None] = mapped_column("note", LargeBinary, comment="What was said, sealed")
    note = Sealed("note_sealed")
    voided_at: Mapped[datetime | None] = mapped_column(
        comment="When it was said to be recorded by mistake, UTC; kept, not counted"
    )
    voided_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who said so"
    )
    void_reason_sealed: Mapped[bytes | None] = mapped_column(
        "void_reason", LargeBinary, comment="Why, sealed"
    )
    void_reason = Sealed("void_reason_sealed")

    person: Mapped[Person | None] = relationship()
    case: Mapped[Case | None] = relationship()


class ConsultationTopic(Model):
    """The minutes of a consultation that went to one of its topics; there only when somebody split them."""

    __tablename__ = "consultation_topic"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes"),)

    consultation_id: Mapped[UUID] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True, comment="Consultation"
    )
    topic: Mapped[str] = mapped_column(
        String(40), primary_key=True, comment="Code of list 'topics', one of the consultation's"
    )
    minutes: Mapped[int] = mapped_column(comment="How long it was about this, in minutes")


class ConsultationAmendment(Identified, Model):
    """What a consultation said before it was corrected, by whom, when and why."""

    __tablename__ = "consultation_amendment"
    __table_args__ = (Index("ix_consultation_amendment_list", "consultation_id", "at", "id"),)

    consultation_id: Mapped[UUID] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), comment="Consultation that was corrected"
    )
    at: Mapped[datetime] = mapped_column(comment="When, UTC")
    by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who corrected it"
    )
    fields: Mapped[list[str]] = mapped_column(Json, comment="Names of the fields that changed")
    before_sealed: Mapped[bytes | None] = mapped_column(
        "before", LargeBinary, comment="Their earlier values by name, sealed"
    )
    before = SealedJson("before_sealed")
    reason_sealed: Mapped[bytes | None] = mapped_column("reason", LargeBinary, comment="Why, sealed")
    reason = Sealed("reason_sealed")
