"""Changing centres, and giving out serials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from itertools import pairwise
from typing import cast
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Table, delete, select, update

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.centres.data import CENTRES, COUNTRIES, WORKING_AFTERNOON, WORKING_MORNING, ShippedCentre
from mrc.centres.models import Centre, CentreSerial, Country, Holiday, OpeningHours, PhoneLine
from mrc.centres.queries import forget_known_centres
from mrc.core import clock
from mrc.core.db import db
from mrc.core.db.upsert import insert_if_absent
from mrc.core.errors import Forbidden, Refused

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True)
class Stretch:
    """From when to when a centre is open on a weekday (0 is Monday), in minutes of the day."""

    weekday: int
    opens: int
    closes: int


def load_shipped() -> None:
    """Make the countries and centres that are not there yet, with hours and this and next year's holidays."""
    for country in COUNTRIES:
        if db.session.get(Country, country.code) is None:
            weekend, numbers = list(country.weekend), country.emergency_numbers
            db.session.add(Country(code=country.code, weekend=weekend, emergency_numbers=numbers))
    db.session.flush()
    known = set(db.session.scalars(select(Centre.code)))
    for shipped in CENTRES:
        if shipped.code not in known:
            _make(shipped)
    db.session.flush()


def change_centre(centre: Centre, values: Mapping[str, object], *, by: Identity) -> None:
    """Change name, host, languages, time_zone, weekend, closure_needs_approval or budget; audited with both
    values.
    """
    _refuse_unless_allowed(by)
    before = {name: getattr(centre, name) for name in values}
    # A form gives lists in its own order: the same languages are no change.
    values = {
        name: before[name] if isinstance(value, list) and sorted(value) == sorted(before[name]) else value
        for name, value in values.items()
    }
    for name, value in values.items():
        if before[name] != value:
            setattr(centre, name, value)
    if changes := changes_between(before, values):
        forget_known_centres()
        details = {"fields": [change.field for change in changes]}
        subject = ("centre", centre.id)
        record(
            Event.CENTRE_CHANGED,
            by=by,
            centre_id=centre.id,
            subject=subject,
            details=details,
            changes=changes,
        )


def set_hours(centre: Centre, stretches: Sequence[Stretch], *, by: Identity) -> None:
    """Replace the opening hours; audited. Raises Refused when two stretches of a day overlap."""
    _refuse_unless_allowed(by)
    ordered = sorted(stretches, key=lambda stretch: (stretch.weekday, stretch.opens))
    for stretch, after in pairwise(ordered):
        if stretch.weekday == after.weekday and after.opens < stretch.closes:
            raise Refused(fields={"hours": _("Two stretches of one day overlap.")})
    db.session.execute(delete(OpeningHours).where(OpeningHours.centre_id == centre.id))
    db.session.add_all(
        OpeningHours(centre_id=centre.id, weekday=one.weekday, opens=one.opens, closes=one.closes)
        for one in ordered
    )
    _record(centre, by, {"hours": len(ordered)})


def add_holiday(centre: Centre, day: date, name: str, *, by: Identity) -> None:
    """Add or rename a day on which the centre is closed; audited."""
    _refuse_unless_allowed(by)
    known = db.session.scalar(select(Holiday).where(Holiday.centre_id == centre.id, Holiday.day == day))
    if known is None:
        db.session.add(Holiday(centre_id=centre.id, day=day, name=name))
    else:
        known.name = name
    _record(centre, by, {"holiday": day.isoformat()})


def remove_holiday(centre: Centre, holiday_id: UUID, *, by: Identity) -> None:
    """Take a holiday away; audited. Another centre's holiday is left alone."""
    _refuse_unless_allowed(by)
    db.session.execute(delete(Holiday).where(Holiday.id == holiday_id, Holiday.centre_id == centre.id))
    _record(centre, by, {"holiday_removed": str(holiday_id)})


def add_line(centre: Centre, kind: str, number: str, label: str, *, by: Identity) -> PhoneLine:
    """Add a line with a number in E.164; audited. Raises Refused when the address is in use."""
    _refuse_unless_allowed(by)
    address = f"whatsapp:{number}" if kind == "whatsapp" else number
    if db.session.scalar(select(PhoneLine.id).where(PhoneLine.address == address)):
        raise Refused(fields={"number": _("This number is a line already.")})
    line = PhoneLine(centre_id=centre.id, kind=kind, address=address, label=label)
    db.session.add(line)
    details = {"line": str(line.id), "kind": kind}
    record(Event.LINE_CHANGED, by=by, centre_id=centre.id, subject=("phone_line", line.id), details=details)
    return line


def switch_line(line: PhoneLine, *, is_active: bool, by: Identity) -> None:
    """Take a line into use or out of it; audited. What comes to a line out of use is kept in quarantine."""
    _refuse_unless_allowed(by)
    line.is_active = is_active
    details = {"active": is_active}
    record(
        Event.LINE_CHANGED, by=by, centre_id=line.centre_id, subject=("phone_line", line.id), details=details
    )


def set_automatic(line: PhoneLine, *, answers: bool, by: Identity) -> None:
    """Have a line greet and say when we are closed, or not; audited. Raises Refused for a line for calls."""
    _refuse_unless_allowed(by)
    if line.kind != "whatsapp":
        raise Refused(_("Only a WhatsApp line answers by itself."))
    line.answers_by_itself = answers
    details, subject = {"answers_by_itself": answers}, ("phone_line", line.id)
    record(Event.LINE_CHANGED, by=by, centre_id=line.centre_id, subject=subject, details=details)


def next_case_serial(centre_id: UUID, year: int) -> int:
    """The next serial of a centre's year. Two transactions never get the same; a rolled-back one leaves no
    gap.
    """
    values = {"centre_id": centre_id, "year": year, "last": 0}
    insert_if_absent(db.session(), cast(Table, CentreSerial.__table__), values, key=["centre_id", "year"])
    taken = (
        update(CentreSerial)
        .where(CentreSerial.centre_id == centre_id, CentreSerial.year == year)
        .values(last=CentreSerial.last + 1)
        .returning(CentreSerial.last)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalars(taken).one()


def advance_case_serial(centre_id: UUID, year: int, least: int) -> None:
    """See to it that the next serial lies above `least`, because numbers up to it were given
    out elsewhere.
    """
    values = {"centre_id": centre_id, "year": year, "last": 0}
    insert_if_absent(db.session(), cast(Table, CentreSerial.__table__), values, key=["centre_id", "year"])
    raised = update(CentreSerial).where(
        CentreSerial.centre_id == centre_id, CentreSerial.year == year, CentreSerial.last < least
    )
    db.session.execute(raised.values(last=least).execution_options(synchronize_session=False))


def _make(shipped: ShippedCentre) -> None:
    weekend = next(country.weekend for country in COUNTRIES if country.code == shipped.country)
    centre = Centre(
        code=shipped.code,
        country=shipped.country,
        name=shipped.name,
        host=shipped.host,
        languages=list(shipped.languages),
        time_zone=shipped.time_zone,
        weekend=list(weekend),
        opened_on=shipped.opened_on,
        is_remote=shipped.is_remote,
    )
    db.session.add(centre)
    db.session.flush()
    for weekday in set(range(7)) - set(weekend):
        for opens, closes in (WORKING_MORNING, WORKING_AFTERNOON):
            db.session.add(OpeningHours(centre_id=centre.id, weekday=weekday, opens=opens, closes=closes))
    year = clock.now().year
    # Needed when an installation is made, and 2 MB in every process if it were loaded always.
    known = import_module("holidays").country_holidays(
        shipped.country, years=(year, year + 1), language="en_US"
    )
    for day, name in sorted(known.items()):
        db.session.add(Holiday(centre_id=centre.id, day=day, name=name[:120]))


def _refuse_unless_allowed(by: Identity) -> None:
    if not by.can(Permission.CENTRE_MANAGE):
        raise Forbidden


def _record(centre: Centre, by: Identity, details: Mapping[str, str | int]) -> None:
    record(
        Event.CENTRE_CHANGED, by=by, centre_id=centre.id, subject=("centre", centre.id), details=dict(details)
    )
