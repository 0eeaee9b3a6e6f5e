"""Persons, their names' search keys, the addresses that reach them, and what they agreed to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.core.db import Identified, Json, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed
from mrc.persons.states import AddressKind, AddressRelation, ConsentMode, ConsentPurpose, NameKind


class Person(Versioned, Identified, Recorded, Model):
    """A migrant or family member, known to one centre. Every name is optional but one: nobody needs a
    surname.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("confidentiality BETWEEN 0 AND 3", name="confidentiality"),
        Index("ix_person_centre_created", "centre_id", "created_at", "id"),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Centre that keeps the file")
    confidentiality: Mapped[int] = mapped_column(
        default=1, comment="0 general, 1 personal, 2 protected, 3 sealed; rises with the person's cases"
    )
    name_sealed: Mapped[bytes | None] = mapped_column(
        "name", LargeBinary, comment="Name as on the document, sealed"
    )
    name = Sealed("name_sealed")
    latin_name_sealed: Mapped[bytes | None] = mapped_column(
        "latin_name", LargeBinary, comment="Latin spelling, sealed"
    )
    latin_name = Sealed("latin_name_sealed")
    known_as_sealed: Mapped[bytes | None] = mapped_column(
        "known_as", LargeBinary, comment="What people call them, sealed"
    )
    known_as = Sealed("known_as_sealed")
    father_name_sealed: Mapped[bytes | None] = mapped_column(
        "father_name", LargeBinary, comment="Father's name, sealed"
    )
    father_name = Sealed("father_name_sealed")
    birth: Mapped[str | None] = mapped_column(
        String(11), comment="1998, 1998-04 or 1998-04-12 as known, ~1998 when estimated; Gregorian"
    )
    birth_year: Mapped[int | None] = mapped_column(comment="For age bands and ranking")
    sex: Mapped[str | None] = mapped_column(String(40), comment="Code of list 'sexes'")
    nationality: Mapped[str | None] = mapped_column(String(2), comment="ISO 3166-1 code")
    district: Mapped[str | None] = mapped_column(
        String(40), comment="District of origin, code of list 'districts'"
    )
    languages: Mapped[list[str]] = mapped_column(
        Json, default=list, comment="Codes of list 'languages', best first"
    )
    disability: Mapped[str | None] = mapped_column(
        String(40), comment="Code of list 'disabilities' (Washington Group)"
    )

    addresses: Mapped[list[PersonAddress]] = relationship(
        back_populates="person", order_by="PersonAddress.created_at"
    )
    consents: Mapped[list[Consent]] = relationship(back_populates="person", order_by="Consent.given_at")


class PersonMember(Model):
    """Someone named for a protected person: the counsellor and the team of the person's cases."""

    __tablename__ = "person_member"

    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, comment="Protected person"
    )
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id"), primary_key=True, index=True, comment="Who may read the file"
    )


class NameKey(Model):
    """One keyed hash of one part of a name: candidates for a search are persons that share keys with it."""

    __tablename__ = "name_key"
    __table_args__ = (Index("ix_name_key_lookup", "centre_id", "kind", "key_hash", "person_id"),)

    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, comment="Whose name"
    )
    position: Mapped[int] = mapped_column(primary_key=True, comment="Counts the keys of the person from 0")
    key_hash: Mapped[int] = mapped_column(BigInteger, comment="First 8 bytes of the keyed hash, signed")
    kind: Mapped[NameKind] = mapped_column(StringEnum(NameKind), comment="own or father")
    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Same as the person's")


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
