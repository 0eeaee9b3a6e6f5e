"""Addresses that reach people, the plan of how to use them, and what people agreed to."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.core import clock
from mrc.core.db import Identified, Json, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed
from mrc.persons.models.persons import Person
from mrc.persons.states import AddressKind, AddressRelation, ChildAssent, ConsentMode, ConsentPurpose

REVIEW_AFTER = timedelta(days=182)


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
    absent_since: Mapped[datetime | None] = mapped_column(
        comment="Since when WhatsApp says that nobody is there, UTC; empty again once they write"
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
    safe_windows: Mapped[list[dict[str, Any]] | None] = mapped_column(
        Json, comment="Safe hours in the person's time zone: days (0 is Monday), from and until in minutes"
    )
    language: Mapped[str | None] = mapped_column(String(8), comment="Language to write in, tag")
    doubtful_since: Mapped[datetime | None] = mapped_column(
        comment="Since when somebody said that this number is not theirs, UTC"
    )
    instruction_sealed: Mapped[bytes | None] = mapped_column(
        "instruction", LargeBinary, comment="Who else reads it, code word, sender name: in words, sealed"
    )
    instruction = Sealed("instruction_sealed")
    needs_voice: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="Cannot read: speak to them, or send a voice message"
    )
    read_by: Mapped[list[str] | None] = mapped_column(
        Json, comment="Who else reads it, codes of list 'address_readers'"
    )
    sender_name_sealed: Mapped[bytes | None] = mapped_column(
        "sender_name", LargeBinary, comment="What the caller says who they are, sealed"
    )
    sender_name = Sealed("sender_name_sealed")
    code_word_sealed: Mapped[bytes | None] = mapped_column(
        "code_word", LargeBinary, comment="Word by which the person is known on the phone, sealed"
    )
    code_word = Sealed("code_word_sealed")
    interruption_phrase_sealed: Mapped[bytes | None] = mapped_column(
        "interruption_phrase", LargeBinary, comment="What is said when somebody listens, sealed"
    )
    interruption_phrase = Sealed("interruption_phrase_sealed")
    counsellor_sex: Mapped[str | None] = mapped_column(
        String(40), comment="Sex of the counsellor they prefer, code of list 'sexes'"
    )
    dropped_call: Mapped[str | None] = mapped_column(
        String(40), comment="Who calls back when a call drops, code of list 'dropped_call_plans'"
    )
    reviewed_at: Mapped[datetime | None] = mapped_column(
        comment="When the plan was last gone through with the person, UTC"
    )

    person: Mapped[Person] = relationship(back_populates="addresses")
    address: Mapped[Address] = relationship(back_populates="persons")

    @property
    def is_shared(self) -> bool:
        """True when somebody else reads or hears what comes to this address."""
        return self.relation is not AddressRelation.SELF or bool(self.read_by)

    @property
    def needs_review(self) -> bool:
        """True when the plan was not gone through with the person for half a year."""
        return clock.now() - (self.reviewed_at or self.created_at) > REVIEW_AFTER


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
    giver_name_sealed: Mapped[bytes | None] = mapped_column(
        "giver_name", LargeBinary, comment="Who gave it for the person, sealed"
    )
    giver_name = Sealed("giver_name_sealed")
    giver_relation: Mapped[str | None] = mapped_column(
        String(40), comment="What the giver is to the person, code of list 'relations'"
    )
    child_assent: Mapped[ChildAssent | None] = mapped_column(
        StringEnum(ChildAssent), comment="What the child said beside the guardian's consent"
    )
    recipient_sealed: Mapped[bytes | None] = mapped_column(
        "recipient", LargeBinary, comment="The partner or centre with whom may be shared, sealed"
    )
    recipient = Sealed("recipient_sealed")
    expires_on: Mapped[date | None] = mapped_column(Date, comment="Last day on which it counts")
    withdrawn_at: Mapped[datetime | None] = mapped_column(comment="When it was withdrawn, UTC")
    withdrawn_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who recorded the withdrawal"
    )
    withdrawn_reason_sealed: Mapped[bytes | None] = mapped_column(
        "withdrawn_reason", LargeBinary, comment="Why, in the person's words, sealed"
    )
    withdrawn_reason = Sealed("withdrawn_reason_sealed")

    person: Mapped[Person] = relationship(back_populates="consents")

    def counts_on(self, day: date) -> bool:
        """True when it was not withdrawn, is not over on a day, and no child said no."""
        return not self.says_no and (self.expires_on is None or self.expires_on >= day)

    @property
    def says_no(self) -> bool:
        """True when it was taken back, or when the child beside the guardian did not agree."""
        return self.withdrawn_at is not None or self.child_assent is ChildAssent.REFUSED
