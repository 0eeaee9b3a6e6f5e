"""Reminding people of appointments by their safe channel, and hearing whether they come."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from flask_babel import force_locale
from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.policy import PROTECTED_LEVEL
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.cases.models import Appointment
from mrc.cases.states import AppointmentStatus
from mrc.centres.models import Centre
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.i18n.formats import moment_told
from mrc.messaging.phrases import written_languages
from mrc.messaging.queries import usable_version, was_written
from mrc.messaging.service import Asking, Intent, reach, send_by_house
from mrc.messaging.states import Purpose
from mrc.messaging.wording import filled
from mrc.tasks.service import NewTask, create_task, still_works

HOUSE = Identity.system("reminder")
REMINDER = "appointment_reminder"
AHEAD = (timedelta(hours=24), timedelta(hours=3))
"""How long before an appointment somebody is reminded; not if it was booked later than that."""
ANSWERED_WITHIN = timedelta(hours=4)


def remind(row: Appointment, ahead: timedelta) -> None:
    """Write the reminder of an appointment, once for each time and span; audited.

    In the person's language, day and time alone. What may not go out is kept with its reason.
    """
    if row.confidentiality > PROTECTED_LEVEL or row.status is not AppointmentStatus.BOOKED:
        return
    compose_id = uuid5(row.id, f"reminder {row.starts_at:%Y%m%dT%H%M} {ahead}")
    if was_written(compose_id):
        return
    thread = reach(row.person_id)
    if thread is None:
        return
    centre = get_centre(row.centre_id)
    tag = thread.language or written_languages(row.person.languages or centre.languages)[0]
    version = usable_version(REMINDER, tag, fallback="en")
    if version is None:
        return
    variables = _variables(row, centre, version.language)
    message = send_by_house(
        thread,
        Intent(Purpose.REMINDER, filled(version, variables), version),
        compose_id=compose_id,
        by=HOUSE,
        variables=variables,
        expires_at=row.starts_at,
        asking=Asking("cases.appointment_answered", row.id),
    )
    _note(Event.APPOINTMENT_REMINDED, row, message=str(message.id))


def hear_answer(row: Appointment, payload: str) -> None:
    """They tapped: it is confirmed, or the counsellor is asked to call. Audited; the newest tap counts."""
    if row.status is not AppointmentStatus.BOOKED:
        return
    _note(Event.APPOINTMENT_ANSWERED, row, answer=payload)
    if payload == "confirm":
        row.confirmed_at = clock.now()
        return
    titles = {
        "another_time": _("Wants another time for the appointment"),
        "cannot_come": _("Cannot come to the appointment"),
    }
    if payload not in titles:
        return
    row.confirmed_at = None
    create_task(
        NewTask("call_back", clock.now() + ANSWERED_WITHIN, title=titles[payload],
                assignee_id=still_works(row.counsellor_id, row.centre_id),
                dedupe_key=f"appointment:{row.id}:{row.starts_at:%Y%m%dT%H%M}:{payload}"),
        centre_id=row.centre_id, by=HOUSE, person_id=row.person_id, case_id=row.case_id,
        level=row.confidentiality,
    )  # fmt: skip


def find_booked(appointment_id: UUID) -> Appointment | None:
    """An appointment that a tap is about, held; None when it is gone."""
    return db.session.get(Appointment, appointment_id, with_for_update=True)


def _variables(row: Appointment, centre: Centre, tag: str) -> dict[str, str]:
    with force_locale(tag):
        told = moment_told(row.starts_at, ZoneInfo(centre.time_zone), shows_solar=centre.country == "AF")
    date, _comma, time = told.rpartition(", ")
    return {"date": date, "time": time}


def _note(event: Event, row: Appointment, **details: str) -> None:
    about = {"case": str(row.case_id)} if row.case_id else {"person": str(row.person_id)}
    subject = ("appointment", row.id)
    record(event, by=HOUSE, centre_id=row.centre_id, subject=subject, details={**about, **details})
