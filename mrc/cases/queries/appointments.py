"""Reading appointments: a day or a week of a centre, those of a case, and a calendar of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from mrc.access.identity import Identity
from mrc.accounts.models import User
from mrc.cases.models import Appointment, CalendarFeed, Case
from mrc.cases.policy import APPOINTMENTS
from mrc.cases.states import AppointmentStatus
from mrc.core import clock
from mrc.core.db import db

MOST_SHOWN = 500
CALENDAR_BACK, CALENDAR_AHEAD = timedelta(days=30), timedelta(days=180)


@dataclass(frozen=True)
class AppointmentFilter:
    """What the chips over a day or a week say; empty fields do not narrow."""

    counsellor_id: UUID | None = None
    room: str | None = None
    language: str | None = None


def list_appointments(
    identity: Identity, centre_id: UUID, start: datetime, end: datetime, wanted: AppointmentFilter
) -> Sequence[Appointment]:
    """The visible appointments of a centre that begin within a stretch of time, in their order."""
    query = select(Appointment).where(
        Appointment.centre_id == centre_id, Appointment.starts_at >= start, Appointment.starts_at < end
    )
    for column, value in (
        (Appointment.counsellor_id, wanted.counsellor_id),
        (Appointment.room, wanted.room),
        (Appointment.language, wanted.language),
    ):
        if value is not None:
            query = query.where(column == value)
    return _in_order(APPOINTMENTS.visible(identity, query))


def list_appointments_of(case: Case, *, by: Identity) -> Sequence[Appointment]:
    """The appointments of a case that are booked or were missed, the earliest first."""
    shown = Appointment.status.in_((AppointmentStatus.BOOKED, AppointmentStatus.MISSED))
    return _in_order(
        APPOINTMENTS.visible(by, select(Appointment).where(Appointment.case_id == case.id, shown))
    )


def get_appointment(appointment_id: UUID, *, by: Identity) -> Appointment:
    """The appointment. Raises NotFound when absent or hidden."""
    row: Appointment = APPOINTMENTS.get(by, appointment_id)
    return row


def find_next_appointment(person_id: UUID, *, by: Identity) -> Appointment | None:
    """The person's next booked appointment that the reader may see."""
    query = select(Appointment).where(
        Appointment.person_id == person_id,
        Appointment.status == AppointmentStatus.BOOKED,
        Appointment.starts_at > clock.now(),
    )
    query = APPOINTMENTS.visible(by, query).order_by(Appointment.starts_at, Appointment.id).limit(1)
    return db.session.scalar(query)


def list_to_remind(ahead: timedelta) -> Sequence[UUID]:
    """Booked appointments that begin within a span and were booked before it began, the earliest first."""
    now = clock.now()
    query = select(Appointment).where(
        Appointment.status == AppointmentStatus.BOOKED,
        Appointment.starts_at > now,
        Appointment.starts_at <= now + ahead,
    )
    rows = db.session.scalars(query.order_by(Appointment.starts_at, Appointment.id)).all()
    return [row.id for row in rows if row.created_at <= row.starts_at - ahead]


def find_overlap(
    start: datetime,
    end: datetime,
    *,
    centre_id: UUID,
    counsellor_id: UUID | None = None,
    room: str | None = None,
    but: UUID | None = None,
) -> Appointment | None:
    """A booked appointment of the counsellor, or in the room of the centre, at the same time; of any
    level.
    """
    query = select(Appointment).where(
        Appointment.status == AppointmentStatus.BOOKED,
        Appointment.starts_at < end,
        Appointment.ends_at > start,
    )
    if counsellor_id is not None:
        query = query.where(Appointment.counsellor_id == counsellor_id)
    if room is not None:
        query = query.where(Appointment.centre_id == centre_id, Appointment.room == room)
    if but is not None:
        query = query.where(Appointment.id != but)
    return db.session.scalar(query.limit(1))


def list_rooms(centre_id: UUID) -> Sequence[str]:
    """The rooms that appointments of a centre named lately, by name."""
    query = select(Appointment.room).where(
        Appointment.centre_id == centre_id,
        Appointment.room.is_not(None),
        Appointment.starts_at > clock.now() - CALENDAR_AHEAD,
    )
    return [room for room in db.session.scalars(query.distinct().order_by(Appointment.room)) if room]


def list_own_calendar(user_id: UUID) -> Sequence[Appointment]:
    """Somebody's own appointments of the last month and the next half year, cancelled ones too."""
    now = clock.now()
    query = select(Appointment).where(
        Appointment.counsellor_id == user_id,
        Appointment.starts_at >= now - CALENDAR_BACK,
        Appointment.starts_at < now + CALENDAR_AHEAD,
    )
    return _in_order(query)


def find_feed(token_hash: bytes) -> CalendarFeed | None:
    """The calendar with this secret address; none of somebody who is locked out."""
    query = select(CalendarFeed).join(User, User.id == CalendarFeed.user_id)
    return db.session.scalar(query.where(CalendarFeed.token_hash == token_hash, User.locked_at.is_(None)))


def has_feed(user_id: UUID) -> bool:
    """Whether somebody's calendar can be read under an address."""
    return db.session.get(CalendarFeed, user_id) is not None


def _in_order(query: Select[Appointment]) -> Sequence[Appointment]:
    query = query.options(joinedload(Appointment.person), joinedload(Appointment.case))
    return db.session.scalars(query.order_by(Appointment.starts_at, Appointment.id).limit(MOST_SHOWN)).all()
