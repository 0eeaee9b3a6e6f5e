"""Somebody new who may be a person that the registrar was not allowed to see."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.core.db import Identified, Model, Recorded
from mrc.persons.models.persons import Person


class HiddenMatch(Identified, Recorded, Model):
    """A registration that looks like a protected person: shown to the people named for that person, who can
    judge it, and to nobody else.
    """

    __tablename__ = "hidden_match"
    __table_args__ = (
        UniqueConstraint("person_id", "registered_id"),
        CheckConstraint("(settled_at IS NULL) = (settled_by_id IS NULL)", name="settled"),
    )

    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), comment="Protected person whom the registrar did not see"
    )
    registered_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="Person who was registered"
    )
    settled_at: Mapped[datetime | None] = mapped_column(comment="When somebody named looked at it, UTC")
    settled_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who looked at it"
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    registered: Mapped[Person] = relationship(foreign_keys=[registered_id])
