"""Booking, moving, keeping, missing and cancelling appointments, and calendars under secret addresses."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from icalendar import Calendar
from icalendar import Event as CalendarEvent
from sqlalchemy import delete, select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.accounts.models import User
from mrc.accounts.queries import list_counsellors
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.cases.models import Appointment, CalendarFeed, Case
from mrc.cases.queries import find_overlap, list_own_calendar
from mrc.cases.service.levels import level_of
from mrc.cases.service.steps import permitted
from mrc.cases.states import APPOINTMENT, AppointmentStatus
from mrc.centres.models import Centre
from mrc.centres.queries import get_centre, is_working_day
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.core.states import move
from mrc.core.text import clean
from mrc.persons.models import Person
from mrc.tasks.queries import find_absence
from mrc.tasks.service import NewTask, create_task, still_works

LONGEST = timedelta(hours=8)
MISSED_AGAIN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class AppointmentDetails:
    """When, with whom, where and in which language. Instants are aware; `on_closed_day` says that it is
    meant.
    """

    counsellor_id: UUID
    starts_at: datetime
    minutes: int
    room: str = ""
    language: str | None = None
    note: str = ""
    on_closed_day: bool = False


def book(
    details: AppointmentDetails, *, person: Person, by: Identity, case: Case | None = None
) -> Appointment:
    """Book an appointment; audited. Two at once cannot get the same counsellor or room.

    Raises Forbidden, or Refused for a time that is over or taken, for a counsellor of elsewhere or on
    leave, and on a day on which the centre is closed unless that is meant.
    """
    if not by.can(Permission.TASK_WORK, person.centre_id):
        raise Forbidden
    row = Appointment(
        centre_id=person.centre_id,
        person_id=person.id,
        case_id=case.id if case else None,
        confidentiality=max(level_of(person), level_of(case)),
        status=AppointmentStatus.BOOKED,
        booked_by_id=by.user_id,
    )
    row.person, row.case = person, case
    _write(row, details)
    db.session.add(row)
    db.session.flush()
    _note(Event.APPOINTMENT_BOOKED, row, by)
    return row


def change_appointment(row: Appointment, details: AppointmentDetails, *, by: Identity) -> None:
    """Move a booked appointment, or change what is said of it; audited. Raises as `book` does."""
    if not by.can(Permission.TASK_WORK, row.centre_id):
        raise Forbidden
    if row.status is not AppointmentStatus.BOOKED:
        raise Refused(_("This appointment is over. Book a new one."))
    before = appointment_values(row)
    _write(row, details)
    if changes := changes_between(before, appointment_values(row)):
        _note(Event.APPOINTMENT_CHANGED, row, by, fields=[change.field for change in changes])


def move_appointment(row: Appointment, action: str, *, by: Identity, reason: str = "") -> None:
    """Say that it was kept, missed or cancelled; audited. Who misses one is called back by the counsellor.

    Raises Forbidden, TransitionRefused, or Refused for a cancellation without a reason, and for saying that
    it was kept or missed before it began.
    """
    if action in {"keep", "miss"} and row.starts_at > clock.now():
        raise Refused(_("The appointment has not begun yet."))
    facts: dict[str, Any] = {"closed_at": clock.now()}
    if action == "cancel":
        facts["reason"] = clean(reason).strip()

    def write(event: Any, _by: Any, before: str, after: str) -> None:
        _note(event, row, by, **{"from": before, "to": after})

    move(row, action, APPOINTMENT, by=by, centre_id=row.centre_id, permits=permitted, record=write, **facts)
    if action in {"keep", "miss"} and row.case is not None:
        row.case.last_activity_at = clock.now()
    if action == "miss":
        # Whoever was to be met may have left the centre since: it is noted all the same.
        create_task(
            NewTask("call_back", clock.now() + MISSED_AGAIN_AFTER,
                    assignee_id=still_works(row.counsellor_id, row.centre_id),
                    title=_("Did not come to the appointment")),
            centre_id=row.centre_id, by=Identity.system(f"appointment for {by.name}"),
            person_id=row.person_id, case_id=row.case_id, level=row.confidentiality,
        )  # fmt: skip


def appointment_values(row: Appointment) -> dict[str, object]:
    """What a form shows of an appointment, by field name."""
    zone = ZoneInfo(get_centre(row.centre_id).time_zone)
    local = row.starts_at.astimezone(zone)
    return {
        "counsellor": str(row.counsellor_id),
        "day": local.date().isoformat(),
        "time": local.hour * 60 + local.minute,
        "minutes": int((row.ends_at - row.starts_at).total_seconds() // 60),
        "room": row.room or "",
        "language": row.language or "",
        "note": row.note or "",
    }


def make_feed(*, by: Identity) -> str:
    """Make the secret address of one's own calendar anew; the one before is dead. Audited; returns the
    token.
    """
    if by.user_id is None:
        raise Forbidden
    end_feed(by=by)
    token = secrets.token_urlsafe(32)
    db.session.add(CalendarFeed(user_id=by.user_id, token_hash=hash_of(token), made_at=clock.now()))
    record(Event.CALENDAR_ADDRESS_MADE, by=by, centre_id=None, subject=("user_account", by.user_id))
    return token


def end_feed(*, by: Identity) -> None:
    """Make the address of one's own calendar dead. Idempotent."""
    db.session.execute(delete(CalendarFeed).where(CalendarFeed.user_id == by.user_id))


def hash_of(token: str) -> bytes:
    """What is kept of a secret address."""
    return hashlib.sha256(token.encode()).digest()


def calendar_of(user_id: UUID) -> bytes:
    """Somebody's appointments as iCalendar (RFC 5545): times, rooms and case numbers, and nobody's name."""
    calendar = Calendar()
    calendar.add("prodid", "-//MRC//Appointments//EN")
    calendar.add("version", "2.0")
    for row in list_own_calendar(user_id):
        event = CalendarEvent()
        event.add("uid", f"{row.id}@mrc")
        event.add("dtstamp", row.created_at)
        event.add("dtstart", row.starts_at)
        event.add("dtend", row.ends_at)
        event.add("sequence", row.version)
        event.add("summary", row.case.number if row.case else "MRC")
        event.add("status", "CANCELLED" if row.status is AppointmentStatus.CANCELLED else "CONFIRMED")
        if row.room:
            event.add("location", row.room)
        calendar.add_component(event)
    return calendar.to_ical()


def _write(row: Appointment, details: AppointmentDetails) -> None:
    """Set the columns of an appointment after looking whether the time is free."""
    room = clean(details.room).strip() or None
    ends_at = details.starts_at + timedelta(minutes=details.minutes)
    # Whoever books in the same centre or the same counsellor waits here for us.
    for model, key in ((Centre, row.centre_id), (User, details.counsellor_id)):
        db.session.execute(select(model.id).where(model.id == key).with_for_update(key_share=True))
    if faults := _faults(row, details, ends_at, room):
        raise Refused(fields=faults)
    row.counsellor_id, row.starts_at, row.ends_at = details.counsellor_id, details.starts_at, ends_at
    row.room, row.language = room, details.language or None
    if (row.note or "") != clean(details.note).strip():
        row.note = clean(details.note).strip() or None


def _faults(
    row: Appointment, details: AppointmentDetails, ends_at: datetime, room: str | None
) -> dict[str, str]:
    centre = get_centre(row.centre_id)
    day = details.starts_at.astimezone(ZoneInfo(centre.time_zone)).date()
    taken = {"start": details.starts_at, "end": ends_at, "centre_id": centre.id, "but": row.id}
    faults: dict[str, str] = {}
    if details.counsellor_id not in dict(list_counsellors(centre.id)):
        faults["counsellor"] = _("Choose a colleague of the centre.")
    elif find_absence(details.counsellor_id, day, centre.id):
        faults["counsellor"] = _("This colleague is away then, too.")
    elif find_overlap(**taken, counsellor_id=details.counsellor_id):  # type: ignore[arg-type]
        faults["time"] = _("The counsellor has an appointment at that time already.")
    if room is not None and find_overlap(**taken, room=room):  # type: ignore[arg-type]
        faults["room"] = _("The room is taken at that time.")
    if details.starts_at < clock.now() and details.starts_at != row.starts_at:
        faults["day"] = _("This time is over.")
    elif not details.on_closed_day and not is_working_day(centre, day):
        faults["on_closed_day"] = _("The centre is closed on this day. Tick here if it is meant.")
    if not 5 <= details.minutes <= LONGEST.total_seconds() // 60:
        faults["minutes"] = _("Between 5 minutes and 8 hours.")
    return faults


def _note(event: Event, row: Appointment, by: Identity, **details: object) -> None:
    about = {"case": str(row.case_id)} if row.case_id else {"person": str(row.person_id)}
    record(
        event,
        by=by,
        centre_id=row.centre_id,
        subject=("appointment", row.id),
        details={**about, "counsellor": str(row.counsellor_id), **details},
    )
