"""Addresses that reach people, the plan of how to use them, and what people agreed to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.core.db import Identified, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed
from mrc.persons.models.persons import Person
from mrc.persons.states import AddressKind, AddressRelation, ConsentMode, ConsentPurpose


class Address(Versioned, Identified, Recorded, Model):
    """A way to reach someone: a number, a WhatsApp number or user id, an e-mail. Never the
    key of a person.
    """

    __tablename__ = "address"
    __table_args__ = (
        UniqueConstraint("centre_id", "kind", "value_index"),
        Index("ix_address_user_id", "centre_id", "user_id_index"),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Centre that knows the address")
    kind: Mapped[AddressKind] = mapped_column(StringEnum(AddressKind), comment="phone, whatsapp or email")
    value_sealed: Mapped[bytes | None] = mapped_column(
        "value", LargeBinary, comment="E.164, user id or e-mail, sealed"
    )
    value = Sealed("value_sealed")
    value_index: Mapped[bytes] = mapped_column(
        LargeBinary(16), comment="Blind index of the value within the centre"
    )
    user_id_index: Mapped[bytes | None] = mapped_column(
        LargeBinary(16), comment="Blind index of the WhatsApp user id that came with the number"
    )
    profile_name_sealed: Mapped[bytes | None] = mapped_column(
        "profile_name", LargeBinary, comment="Name the messenger shows, as last received, sealed"
    )
    profile_name = Sealed("profile_name_sealed")
    opted_out_at: Mapped[datetime | None] = mapped_column(
        comment="When the reader asked for no more outreach, UTC"
    )

    persons: Mapped[list[PersonAddress]] = relationship(
        back_populates="address", order_by="PersonAddress.created_at"
    )


class PersonAddress(Versioned, Identified, Recorded, Model):
    """One person at one address, with the plan of how and when it is safe to use it."""

    __tablename__ = "person_address"
    __table_args__ = (UniqueConstraint("person_id", "address_id"),)

    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), comment="Who is reached"
    )
    address_id: Mapped[UUID] = mapped_column(ForeignKey("address.id"), index=True, comment="By which address")
    relation: Mapped[AddressRelation] = mapped_column(
        StringEnum(AddressRelation), comment="Whose address it is"
    )
    may_call: Mapped[bool] = mapped_column(default=True, comment="Safe to call")
    may_message: Mapped[bool] = mapped_column(default=True, comment="Safe to message")
    may_leave_voicemail: Mapped[bool] = mapped_column(default=False, comment="Safe to leave a voice message")
    never_contact: Mapped[bool] = mapped_column(
        default=False, comment="Never use it; wins over everything else"
    )
    safe_from: Mapped[int | None] = mapped_column(
        comment="Safe from this minute of the day, person's time zone"
    )
    safe_until: Mapped[int | None] = mapped_column(
        comment="Safe until this minute of the day; may be past midnight"
    )
    language: Mapped[str | None] = mapped_column(String(8), comment="Language to write in, tag")
    doubtful_since: Mapped[datetime | None] = mapped_column(
        comment="Since when somebody said that this number is not theirs, UTC"
    )
    instruction_sealed: Mapped[bytes | None] = mapped_column(
        "instruction", LargeBinary, comment="Who else reads it, code word, sender name: in words, sealed"
    )
    instruction = Sealed("instruction_sealed")

    person: Mapped[Person] = relationship(back_populates="addresses")
    address: Mapped[Address] = relationship(back_populates="persons")


class Consent(Identified, Model):
    """One line of the consent ledger. Never changed but for its withdrawal."""

    __tablename__ = "consent"

    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="Who agreed"
    )
    purpose: Mapped[ConsentPurpose] = mapped_column(StringEnum(ConsentPurpose), comment="To what")
    wording_version: Mapped[str] = mapped_column(
        String(20), comment="Version of the words that were read out"
    )
    language: Mapped[str] = mapped_column(String(8), comment="Language of those words, tag")
    mode: Mapped[ConsentMode] = mapped_column(StringEnum(ConsentMode), comment="How it was given")
    given_by: Mapped[str] = mapped_column(String(40), default="self", comment="self, guardian or caregiver")
    given_at: Mapped[datetime] = mapped_column(comment="When, UTC")
    recorded_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), comment="Who certified it"
    )
    withdrawn_at: Mapped[datetime | None] = mapped_column(comment="When it was withdrawn, UTC")

    person: Mapped[Person] = relationship(back_populates="consents")
