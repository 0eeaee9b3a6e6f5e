"""Identity documents, and who belongs to whom."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.core.db import Identified, Model, Recorded, Versioned
from mrc.core.sealed import Sealed
from mrc.persons.models.persons import Person


class IdentityDocument(Versioned, Identified, Recorded, Model):
    """A paper that says who somebody is. Its number is sealed and shown in full only by a logged act."""

    __tablename__ = "identity_document"
    __table_args__ = (Index("ix_identity_document_number", "centre_id", "number_index"),)

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Same as the person's")
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="Whose paper"
    )
    kind: Mapped[str] = mapped_column(String(40), comment="Code of list 'document_kinds'")
    number_sealed: Mapped[bytes | None] = mapped_column(
        "number", LargeBinary, comment="As on the paper, letters and digits, sealed"
    )
    number = Sealed("number_sealed")
    number_index: Mapped[bytes] = mapped_column(
        LargeBinary(16), comment="Blind index of the bare number within the centre"
    )
    issued_by: Mapped[str | None] = mapped_column(String(2), comment="Issuing country, ISO 3166-1")
    expires_on: Mapped[date | None] = mapped_column(comment="Last day on which it is valid")
    is_unusual: Mapped[bool] = mapped_column(
        default=False, comment="The number does not look as usual and was kept knowingly"
    )

    person: Mapped[Person] = relationship()


class PersonRelation(Versioned, Identified, Recorded, Model):
    """What one person is to another, seen from the first."""

    __tablename__ = "person_relation"
    __table_args__ = (
        CheckConstraint("person_id <> other_id", name="two_persons"),
        Index("ix_person_relation_person", "person_id", "ended_on"),
        Index("ix_person_relation_other", "other_id", "ended_on"),
    )

    centre_id: Mapped[UUID] = mapped_column(
        ForeignKey("centre.id"), index=True, comment="Centre that keeps both files"
    )
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), comment="Of whom it is said"
    )
    other_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), comment="To whom they are it"
    )
    kind: Mapped[str] = mapped_column(String(40), comment="Code of list 'relation_kinds'")
    is_guardian: Mapped[bool] = mapped_column(
        default=False, comment="The first answers for the other, a minor"
    )
    same_household: Mapped[bool] = mapped_column(default=True, comment="They live together")
    ended_on: Mapped[date | None] = mapped_column(comment="Until when it held")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    other: Mapped[Person] = relationship(foreign_keys=[other_id])
