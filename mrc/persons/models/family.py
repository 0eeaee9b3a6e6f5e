"""Who belongs to whom: relations between two persons, and the households they live in."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.core.db import Identified, Model, Recorded, Versioned
from mrc.core.sealed import Sealed
from mrc.persons.models.persons import Person


class Relation(Identified, Recorded, Model):
    """The first person is the parent, spouse, guardian… of the other. Ended by a day, never deleted."""

    __tablename__ = "relation"
    __table_args__ = (CheckConstraint("person_id <> other_id", name="two_persons"),)

    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="Who is something to the other"
    )
    other_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="To whom"
    )
    kind: Mapped[str] = mapped_column(
        String(40), comment="What the first is to the other, code of list 'relations'"
    )
    guardian_basis: Mapped[str | None] = mapped_column(
        String(40), comment="Why the first decides for the other, code of list 'guardian_bases'; else empty"
    )
    since_on: Mapped[date | None] = mapped_column(Date, comment="Since when, if known")
    until_on: Mapped[date | None] = mapped_column(Date, comment="Last day; empty while it lasts")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    other: Mapped[Person] = relationship(foreign_keys=[other_id])


class Household(Versioned, Identified, Recorded, Model):
    """People who live and eat together."""

    __tablename__ = "household"

    label_sealed: Mapped[bytes | None] = mapped_column(
        "label", LargeBinary, comment="How staff call the household, sealed"
    )
    label = Sealed("label_sealed")


class HouseholdMember(Versioned, Identified, Recorded, Model):
    """One person in one household, for some time."""

    __tablename__ = "household_member"

    household_id: Mapped[UUID] = mapped_column(
        ForeignKey("household.id", ondelete="CASCADE"), index=True, comment="Which household"
    )
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="Who lives there"
    )
    role: Mapped[str] = mapped_column(
        String(40), comment="Role in it, code of list 'household_roles'; one member is its head"
    )
    left_on: Mapped[date | None] = mapped_column(Date, comment="Last day there; empty while it lasts")

    household: Mapped[Household] = relationship()
    person: Mapped[Person] = relationship()
