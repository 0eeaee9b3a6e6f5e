"""The rows of the directory. Nothing of a migrant is in them; the numbers of focal points are sealed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.core.db import Identified, Json, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed
from mrc.directory.states import Cost, ReferralMethod, Room, Served


class Partner(Versioned, Identified, Recorded, Model):
    """An organisation or office to which people are referred."""

    __tablename__ = "partner"
    __table_args__ = (
        Index("ix_partner_listed", "country", "closed_on", "name_key", "id"),
        CheckConstraint(
            "agreement_from IS NULL OR agreement_until IS NULL OR agreement_from <= agreement_until",
            name="agreement",
        ),
        CheckConstraint("(verified_on IS NULL) = (verified_by_id IS NULL)", name="verified"),
    )

    country: Mapped[str] = mapped_column(
        String(2), comment="ISO 3166-1 alpha-2: whose directory it stands in"
    )
    name: Mapped[str] = mapped_column(String(200), comment="As it calls itself, in Latin letters")
    name_key: Mapped[str] = mapped_column(String(200), comment="The name folded, for order")
    names: Mapped[dict[str, str]] = mapped_column(Json, default=dict, comment="In other scripts, by tag")
    found_by: Mapped[str] = mapped_column(Text, default="", comment="All names and places folded, for search")
    kind: Mapped[str] = mapped_column(String(40), comment="Code of list 'partner_types'")
    district: Mapped[str | None] = mapped_column(String(40), comment="Where it is, code of list 'districts'")
    address: Mapped[str] = mapped_column(Text, default="", comment="Street and how to get there")
    is_address_secret: Mapped[bool] = mapped_column(
        default=False, comment="A safe house: where it is stands on no card and no letter"
    )
    phone: Mapped[str] = mapped_column(String(20), default="", comment="Of the office, E.164")
    email: Mapped[str] = mapped_column(String(200), default="", comment="Of the office")
    website: Mapped[str] = mapped_column(String(300), default="", comment="With https")
    hours: Mapped[str] = mapped_column(Text, default="", comment="When it is open, in words")
    languages: Mapped[list[str]] = mapped_column(Json, default=list, comment="Codes of list 'languages'")
    served: Mapped[Served] = mapped_column(
        StringEnum(Served), default=Served.EVERYBODY, comment="Whom the place lets in"
    )
    referral_method: Mapped[ReferralMethod] = mapped_column(
        StringEnum(ReferralMethod), default=ReferralMethod.LINK, comment="How it is safely told of somebody"
    )
    method_note: Mapped[str] = mapped_column(Text, default="", comment="What to know before referring")
    agreement_from: Mapped[date | None] = mapped_column(Date, comment="First day of the agreement with it")
    agreement_until: Mapped[date | None] = mapped_column(Date, comment="Last day of the agreement with it")
    verified_on: Mapped[date | None] = mapped_column(
        Date, comment="When somebody last asked them whether it holds"
    )
    verified_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who asked"
    )
    closed_on: Mapped[date | None] = mapped_column(Date, comment="Nobody is referred to it any more since")

    offers: Mapped[list[ServiceOffer]] = relationship(
        back_populates="partner", order_by="ServiceOffer.service, ServiceOffer.id"
    )
    focal_points: Mapped[list[FocalPoint]] = relationship(
        back_populates="partner", order_by="FocalPoint.is_first.desc(), FocalPoint.id"
    )

    def name_in(self, tag: str) -> str:
        """Its name in a language, the Latin one where there is none."""
        return self.names.get(tag) or self.name


class ServiceOffer(Versioned, Identified, Recorded, Model):
    """One thing that a partner does for people: for whom, where, at what cost. Empty lists narrow nothing."""

    __tablename__ = "service_offer"
    __table_args__ = (
        Index("ix_service_offer_partner", "partner_id", "ended_on"),
        Index("ix_service_offer_service", "service", "ended_on"),
        CheckConstraint("age_from IS NULL OR age_to IS NULL OR age_from <= age_to", name="ages"),
        CheckConstraint("wait_days IS NULL OR wait_days >= 0", name="wait"),
    )

    partner_id: Mapped[UUID] = mapped_column(
        ForeignKey("partner.id", ondelete="CASCADE"), comment="Whose it is"
    )
    service: Mapped[str] = mapped_column(String(40), comment="Code of list 'partner_services'")
    details: Mapped[str] = mapped_column(Text, default="", comment="What is done, in words")
    requires: Mapped[str] = mapped_column(Text, default="", comment="What the person must bring or be")
    sexes: Mapped[list[str]] = mapped_column(Json, default=list, comment="Codes of list 'sexes'")
    age_from: Mapped[int | None] = mapped_column(comment="Youngest, years")
    age_to: Mapped[int | None] = mapped_column(comment="Oldest, years")
    client_types: Mapped[list[str]] = mapped_column(
        Json, default=list, comment="Codes of list 'client_types'"
    )
    nationalities: Mapped[list[str]] = mapped_column(Json, default=list, comment="ISO 3166-1 alpha-2")
    districts: Mapped[list[str]] = mapped_column(
        Json, default=list, comment="Where people must live, codes of list 'districts', provinces too"
    )
    languages: Mapped[list[str]] = mapped_column(
        Json, default=list, comment="Codes of list 'languages'; empty: the partner's"
    )
    cost: Mapped[Cost] = mapped_column(StringEnum(Cost), default=Cost.UNKNOWN, comment="What it costs them")
    room: Mapped[Room] = mapped_column(
        StringEnum(Room), default=Room.UNKNOWN, comment="Whether there is room now"
    )
    room_on: Mapped[date | None] = mapped_column(Date, comment="When somebody last heard about the room")
    wait_days: Mapped[int | None] = mapped_column(comment="How long people wait, days")
    ended_on: Mapped[date | None] = mapped_column(Date, comment="Not offered any more since")

    partner: Mapped[Partner] = relationship(back_populates="offers")


class FocalPoint(Versioned, Identified, Recorded, Model):
    """Somebody at a partner who is spoken to about referrals."""

    __tablename__ = "focal_point"
    __table_args__ = (Index("ix_focal_point_partner", "partner_id", "left_on"),)

    partner_id: Mapped[UUID] = mapped_column(
        ForeignKey("partner.id", ondelete="CASCADE"), comment="Where they work"
    )
    name_sealed: Mapped[bytes | None] = mapped_column("name", LargeBinary, comment="Who they are, sealed")
    name = Sealed("name_sealed")
    role: Mapped[str] = mapped_column(String(120), default="", comment="What they do there")
    phone_sealed: Mapped[bytes | None] = mapped_column("phone", LargeBinary, comment="E.164, sealed")
    phone = Sealed("phone_sealed")
    email_sealed: Mapped[bytes | None] = mapped_column("email", LargeBinary, comment="Sealed")
    email = Sealed("email_sealed")
    language: Mapped[str] = mapped_column(
        String(8), default="en", comment="In which they are written to, tag"
    )
    is_first: Mapped[bool] = mapped_column(default=False, comment="Who is asked first")
    left_on: Mapped[date | None] = mapped_column(Date, comment="Not there any more since")

    partner: Mapped[Partner] = relationship(back_populates="focal_points")
