"""Countries, centres, opening hours, holidays, lines, serials."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.core.db import Identified, Json, Model, Versioned


class Country(Model):
    """A country in which we have centres."""

    __tablename__ = "country"

    code: Mapped[str] = mapped_column(String(2), primary_key=True, comment="ISO 3166-1")
    weekend: Mapped[list[int]] = mapped_column(Json, comment="Usual days off, 0 is Monday")
    emergency_numbers: Mapped[str] = mapped_column(
        String(200), default="", comment="Numbers to call in danger, as text"
    )


class Centre(Versioned, Identified, Model):
    """A Migrant Resource Centre."""

    __tablename__ = "centre"

    code: Mapped[str] = mapped_column(String(5), unique=True, comment="Stands in case numbers; never changes")
    country: Mapped[str] = mapped_column(
        ForeignKey("country.code"), index=True, comment="Where it is, ISO 3166-1"
    )
    name: Mapped[str] = mapped_column(String(120), comment="As people know it")
    host: Mapped[str] = mapped_column(String(200), default="", comment="Ministry or office that houses it")
    languages: Mapped[list[str]] = mapped_column(
        Json, comment="Languages spoken there, codes of list 'languages'"
    )
    time_zone: Mapped[str] = mapped_column(String(40), comment="IANA time zone")
    weekend: Mapped[list[int]] = mapped_column(Json, comment="Days off, 0 is Monday")
    opened_on: Mapped[date | None] = mapped_column(Date, comment="Since when it serves people")
    is_remote: Mapped[bool] = mapped_column(
        default=False, comment="Counsellors work from elsewhere; nobody walks in"
    )
    first_response_minutes: Mapped[int] = mapped_column(
        default=60, server_default="60", comment="Target for the first answer, in opening minutes"
    )
    next_response_minutes: Mapped[int] = mapped_column(
        default=120, server_default="120", comment="Target for every later answer, in opening minutes"
    )
    resolution_minutes: Mapped[int] = mapped_column(
        default=2_400,
        server_default="2400",
        comment="Target until it is done, in opening minutes",
    )
    message_budget_cents: Mapped[int] = mapped_column(
        default=2_000,
        server_default="2000",
        comment="For outreach in a day, in US cents",
    )
    closure_needs_approval: Mapped[bool] = mapped_column(
        default=True, server_default=true(), comment="Whether a manager approves that a case is closed"
    )

    hours: Mapped[list[OpeningHours]] = relationship(order_by="OpeningHours.weekday, OpeningHours.opens")
    holidays: Mapped[list[Holiday]] = relationship(order_by="Holiday.day")
    lines: Mapped[list[PhoneLine]] = relationship(
        order_by="PhoneLine.kind, PhoneLine.address", back_populates="centre"
    )


class OpeningHours(Identified, Model):
    """One stretch of one weekday."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        UniqueConstraint("centre_id", "weekday", "opens"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens < closes", name="order"),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Centre")
    weekday: Mapped[int] = mapped_column(comment="0 is Monday")
    opens: Mapped[int] = mapped_column(comment="Minute of the day, centre's time zone")
    closes: Mapped[int] = mapped_column(comment="Minute of the day, centre's time zone")


class Holiday(Identified, Model):
    """A day on which a centre is closed."""

    __tablename__ = "holiday"
    __table_args__ = (UniqueConstraint("centre_id", "day"),)

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Centre")
    day: Mapped[date] = mapped_column(Date, comment="The day")
    name: Mapped[str] = mapped_column(
        String(120), comment="What is celebrated; estimated ones follow the moon"
    )


class PhoneLine(Versioned, Identified, Model):
    """Our end of conversations and calls."""

    __tablename__ = "phone_line"

    centre_id: Mapped[UUID] = mapped_column(
        ForeignKey("centre.id"), index=True, comment="Centre that it belongs to"
    )
    kind: Mapped[str] = mapped_column(String(10), comment="whatsapp, sms or voice")
    address: Mapped[str] = mapped_column(
        String(80), unique=True, comment="As the provider writes it, whatsapp:+92…"
    )
    label: Mapped[str] = mapped_column(String(80), comment="As staff call it")
    is_active: Mapped[bool] = mapped_column(default=True, comment="Whether it is in use")
    answers_by_itself: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="Greets and says when we are closed; costs money"
    )

    centre: Mapped[Centre] = relationship(back_populates="lines")


class CentreSerial(Model):
    """The last serial that a centre gave out in a year."""

    __tablename__ = "centre_serial"

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), primary_key=True, comment="Centre")
    year: Mapped[int] = mapped_column(primary_key=True, comment="Year in the number")
    last: Mapped[int] = mapped_column(default=0, comment="Last serial given out")
