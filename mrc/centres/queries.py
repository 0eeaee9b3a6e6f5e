"""Reading centres: few, asked for everywhere, each loaded at most once a request by the session."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select

from mrc.access.identity import Identity, Scope
from mrc.access.permissions import Permission
from mrc.access.policy import in_scope
from mrc.centres.models import Centre, Country, Holiday, OpeningHours, PhoneLine
from mrc.core.db import db
from mrc.core.errors import Forbidden, NotFound

KEPT_SECONDS = 30
KNOWN = "mrc_centres"
DAYS_OF_WEEK = 7
LOOKED_AROUND = 15


@dataclass(frozen=True)
class KnownCentre:
    """A centre as the frame of every page shows it."""

    id: UUID
    name: str
    time_zone: str


def get_centre(centre_id: UUID) -> Centre:
    """The centre. Raises NotFound."""
    if (centre := db.session.get(Centre, centre_id)) is None:
        raise NotFound
    return centre


def find_centre_by_code(code: str) -> Centre | None:
    """The centre with a code such as LHE."""
    return db.session.scalar(select(Centre).where(Centre.code == code))


def list_centres(scope: Scope | None = None) -> Sequence[Centre]:
    """The centres of a scope, all without one, by name."""
    query = select(Centre) if scope is None else select(Centre).where(in_scope(Centre.id, scope))
    return db.session.scalars(query.order_by(Centre.name, Centre.id)).all()


def list_known_centres(ids: Collection[UUID]) -> list[KnownCentre]:
    """The centres with these ids as every page needs them, by name; at most half a minute old.

    A change made through another process is seen then; one made here at once.
    """
    kept: tuple[float, list[KnownCentre]] | None = current_app.extensions.get(KNOWN)
    if kept is None or not kept[1] or time.monotonic() - kept[0] > KEPT_SECONDS:
        found = [KnownCentre(row.id, row.name, row.time_zone) for row in list_centres()]
        kept = current_app.extensions[KNOWN] = (time.monotonic(), found)
    return [centre for centre in kept[1] if centre.id in ids]


def forget_known_centres() -> None:
    """Read the centres anew at the next question."""
    current_app.extensions.pop(KNOWN, None)


def list_countries() -> Sequence[Country]:
    """Every country that has a centre."""
    return db.session.scalars(select(Country).order_by(Country.code)).all()


def get_country(code: str) -> Country:
    """The country of a code."""
    return db.session.get_one(Country, code)


def centre_ids_of_country(code: str) -> frozenset[UUID]:
    """The centres of a country."""
    return frozenset(db.session.scalars(select(Centre.id).where(Centre.country == code)))


def find_work_centre(identity: Identity, permission: Permission) -> Centre | None:
    """The centre in which the reader works now: the one they chose, else the first of theirs by name."""
    scope = identity.centres(permission)
    if identity.active_centre_id is not None and identity.active_centre_id in scope:
        return get_centre(identity.active_centre_id)
    if not scope.everywhere and len(scope.ids) == 1:
        return get_centre(*scope.ids)
    query = select(Centre).where(in_scope(Centre.id, scope)).order_by(Centre.name, Centre.id).limit(1)
    return db.session.scalar(query)


def work_centre(identity: Identity, permission: Permission) -> Centre:
    """The centre in which the reader works now. Raises Forbidden when the permission reaches none."""
    if (centre := find_work_centre(identity, permission)) is None:
        raise Forbidden
    return centre


def find_line_by_address(address: str) -> PhoneLine | None:
    """The active line with an address as the provider writes it."""
    return db.session.scalar(
        select(PhoneLine).where(PhoneLine.address == address, PhoneLine.is_active.is_(True))
    )


def get_line(line_id: UUID) -> PhoneLine:
    """The line. Raises NotFound."""
    if (line := db.session.get(PhoneLine, line_id)) is None:
        raise NotFound
    return line


def get_line_of(centre: Centre, line_id: UUID) -> PhoneLine:
    """A line of a centre. Raises NotFound for one of another centre."""
    query = select(PhoneLine).where(PhoneLine.id == line_id, PhoneLine.centre_id == centre.id)
    if (line := db.session.scalar(query)) is None:
        raise NotFound
    return line


def list_lines(scope: Scope) -> Sequence[PhoneLine]:
    """The active lines of the centres of a scope, by label."""
    query = select(PhoneLine).where(in_scope(PhoneLine.centre_id, scope), PhoneLine.is_active.is_(True))
    return db.session.scalars(query.order_by(PhoneLine.label, PhoneLine.id)).all()


def is_working_day(centre: Centre, day: date) -> bool:
    """True when a centre works on a day: neither its weekend nor one of its holidays."""
    if day.weekday() in centre.weekend:
        return False
    holiday = select(Holiday.id).where(Holiday.centre_id == centre.id, Holiday.day == day)
    return db.session.scalar(holiday) is None


def add_working_days(centre: Centre, day: date, days: int) -> date:
    """The day that lies so many working days after `day`; with 0 the day itself, or the next working one.

    Asks once for the holidays to come. A centre that never works counts every day.
    """
    query = select(Holiday.day).where(Holiday.centre_id == centre.id, Holiday.day >= day)
    holidays = frozenset(db.session.scalars(query))
    weekend = frozenset(centre.weekend) if len(set(centre.weekend)) < DAYS_OF_WEEK else frozenset()
    left, works = days, day.weekday() not in weekend and day not in holidays
    while left or not works:
        day += timedelta(days=1)
        works = day.weekday() not in weekend and day not in holidays
        left -= bool(works and left)
    return day


def is_open_at(centre: Centre, instant: datetime) -> bool:
    """True when the centre is open at an instant: its hours, in its time zone, and no holiday."""
    local = instant.astimezone(ZoneInfo(centre.time_zone))
    minute = local.hour * 60 + local.minute
    holiday = select(Holiday.id).where(Holiday.centre_id == centre.id, Holiday.day == local.date())
    stretch = select(OpeningHours.id).where(
        OpeningHours.centre_id == centre.id,
        OpeningHours.weekday == local.weekday(),
        OpeningHours.opens <= minute,
        OpeningHours.closes > minute,
    )
    return db.session.scalar(holiday) is None and db.session.scalar(stretch) is not None


def opening_around(centre: Centre, instant: datetime) -> tuple[datetime | None, datetime | None]:
    """When a centre that is closed at an instant last closed, and when it next opens; None within 15 days."""
    zone = ZoneInfo(centre.time_zone)
    today = instant.astimezone(zone).date()
    days = [today + timedelta(days=apart) for apart in range(-LOOKED_AROUND, LOOKED_AROUND + 1)]
    query = select(Holiday.day).where(Holiday.centre_id == centre.id, Holiday.day.between(days[0], days[-1]))
    holidays = set(db.session.scalars(query))
    stretches = [
        (_at(day, hours.opens, zone), _at(day, hours.closes, zone))
        for day in days
        for hours in centre.hours
        if hours.weekday == day.weekday() and day not in holidays
    ]
    closed_since = max((closes for _opens, closes in stretches if closes <= instant), default=None)
    opens_at = min((opens for opens, _closes in stretches if opens > instant), default=None)
    return closed_since, opens_at


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time_of_day.min, zone) + timedelta(minutes=minute)
