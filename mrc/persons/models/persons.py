"""Persons, who is named for the protected ones, and the search keys of their names."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.core.db import Identified, Json, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed
from mrc.persons.states import NameKind

if TYPE_CHECKING:
    from mrc.persons.models.contact import Consent, PersonAddress


class Person(Versioned, Identified, Recorded, Model):
    """A migrant or family member, known to one centre. Every name is optional but one: nobody needs a
    surname.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("confidentiality BETWEEN 0 AND 3", name="confidentiality"),
        Index("ix_person_centre_created", "centre_id", "created_at", "id"),
        Index(
            "ix_person_protected",
            "centre_id",
            "id",
            postgresql_where=text("confidentiality >= 2"),
            sqlite_where=text("confidentiality >= 2"),
        ),
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
    grandfather_name_sealed: Mapped[bytes | None] = mapped_column(
        "grandfather_name", LargeBinary, comment="Father's father's name, sealed"
    )
    grandfather_name = Sealed("grandfather_name_sealed")
    great_grandfather_name_sealed: Mapped[bytes | None] = mapped_column(
        "great_grandfather_name", LargeBinary, comment="Great-grandfather's name, sealed"
    )
    great_grandfather_name = Sealed("great_grandfather_name_sealed")
    mother_name_sealed: Mapped[bytes | None] = mapped_column(
        "mother_name", LargeBinary, comment="Mother's name, sealed"
    )
    mother_name = Sealed("mother_name_sealed")
    husband_name_sealed: Mapped[bytes | None] = mapped_column(
        "husband_name", LargeBinary, comment="Husband's name, sealed"
    )
    husband_name = Sealed("husband_name_sealed")
    family_name_sealed: Mapped[bytes | None] = mapped_column(
        "family_name", LargeBinary, comment="Family name, tribe or laqab, sealed"
    )
    family_name = Sealed("family_name_sealed")
    other_names_sealed: Mapped[bytes | None] = mapped_column(
        "other_names", LargeBinary, comment="Further spellings, sealed"
    )
    other_names = Sealed("other_names_sealed")
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
    marital_status: Mapped[str | None] = mapped_column(String(40), comment="Code of list 'marital_statuses'")
    education: Mapped[str | None] = mapped_column(String(40), comment="Code of list 'education_levels'")
    occupation: Mapped[str | None] = mapped_column(String(40), comment="Code of list 'occupations'")
    reads: Mapped[list[str] | None] = mapped_column(
        Json, comment="Codes of list 'languages' that they read; empty when not asked"
    )
    seeing: Mapped[str | None] = mapped_column(
        String(40), comment="Washington Group short set, code of list 'difficulty_levels'"
    )
    hearing: Mapped[str | None] = mapped_column(
        String(40), comment="Washington Group short set, code of list 'difficulty_levels'"
    )
    walking: Mapped[str | None] = mapped_column(
        String(40), comment="Washington Group short set, code of list 'difficulty_levels'"
    )
    remembering: Mapped[str | None] = mapped_column(
        String(40), comment="Washington Group short set, code of list 'difficulty_levels'"
    )
    self_care: Mapped[str | None] = mapped_column(
        String(40), comment="Washington Group short set, code of list 'difficulty_levels'"
    )
    communicating: Mapped[str | None] = mapped_column(
        String(40), comment="Washington Group short set, code of list 'difficulty_levels'"
    )
    present_country: Mapped[str | None] = mapped_column(
        String(2), comment="Where they are now, ISO 3166-1 code"
    )
    present_district: Mapped[str | None] = mapped_column(
        String(40), comment="District where they are now, code of list 'districts'"
    )
    place_sealed: Mapped[bytes | None] = mapped_column(
        "place", LargeBinary, comment="Village, street or camp where they are now, sealed"
    )
    place = Sealed("place_sealed")
    time_zone: Mapped[str | None] = mapped_column(
        String(40), comment="IANA time zone where they are; the centre's while empty"
    )
    migration_status: Mapped[str | None] = mapped_column(
        String(40), comment="Code of list 'migration_statuses'"
    )
    destination: Mapped[str | None] = mapped_column(
        String(40), comment="Where they want to go or went, code of list 'destinations'"
    )
    journey_stage: Mapped[str | None] = mapped_column(String(40), comment="Code of list 'journey_stages'")
    care_status: Mapped[str | None] = mapped_column(
        String(40), comment="Of a minor: with whom they live, code of list 'care_statuses'"
    )

    merged_into_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), index=True, comment="The file that this one went into; nobody sees it since"
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


KEY_SCHEME = 2
"""Rises when names give other keys than before; older rows are made anew by the job `persons.index_names`."""


class NameKey(Model):
    """One keyed hash of one part of a name: candidates for a search are persons that share keys with it."""

    __tablename__ = "name_key"
    __table_args__ = (
        Index("ix_name_key_lookup", "centre_id", "kind", "key_hash", "birth_year", "person_id"),
    )

    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, comment="Whose name"
    )
    position: Mapped[int] = mapped_column(primary_key=True, comment="Counts the keys of the person from 0")
    key_hash: Mapped[int] = mapped_column(BigInteger, comment="First 8 bytes of the keyed hash, signed")
    kind: Mapped[NameKind] = mapped_column(StringEnum(NameKind), comment="own or father")
    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Same as the person's")
    birth_year: Mapped[int] = mapped_column(default=0, comment="Same as the person's, 0 when unknown")
    scheme: Mapped[int] = mapped_column(default=KEY_SCHEME, comment="Which way of making keys made it")
