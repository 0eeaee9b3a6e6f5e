"""Appointments: a day or a week, booking and moving, what became of them, and one's own calendar."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import public, requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.handed import handed, opened
from mrc.accounts.queries import list_counsellors, names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.cases import forms, queries, service
from mrc.cases.models import Appointment, Case
from mrc.cases.policy import APPOINTMENTS
from mrc.cases.queries import AppointmentFilter
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import uuid_of
from mrc.centres.models import Centre
from mrc.centres.queries import get_centre, work_centre
from mrc.core import clock
from mrc.core.errors import NotFound, Refused
from mrc.i18n.calendars import PartialDate
from mrc.persons.forms import weekday_options
from mrc.persons.models import Person
from mrc.persons.queries import get_person
from mrc.vocab.queries import label
from mrc.web.commits import commits
from mrc.web.forms import shown

DAYS_OF_WEEK = 7


@blueprint.get("/appointments")
@requires(Permission.TASK_WORK)
def appointments() -> str:
    """A day or a week of the centre, narrowed by counsellor, room and language."""
    centre = work_centre(current(), Permission.TASK_WORK)
    zone, is_week = ZoneInfo(centre.time_zone), request.args.get("view") != "day"
    today = clock.today_in(centre.time_zone)
    day = _day(request.args.get("day")) or today
    first = day - timedelta(days=day.weekday()) if is_week else day
    days = [first + timedelta(days=count) for count in range(DAYS_OF_WEEK if is_week else 1)]
    people = list_counsellors(centre.id)
    given = request.args.get
    wanted = AppointmentFilter(_uuid(given("counsellor")), given("room") or None, given("language") or None)
    start, end = (datetime.combine(one, time.min, zone) for one in (first, days[-1] + timedelta(days=1)))
    rows = queries.list_appointments(current(), centre.id, start, end, wanted)
    record_read(Event.APPOINTMENTS_LISTED, by=current(), centre_id=centre.id, details={"count": len(rows)})
    by_day = {
        key: list(found) for key, found in groupby(rows, lambda row: row.starts_at.astimezone(zone).date())
    }
    step = timedelta(days=len(days))
    return render_template(
        "cases/appointments.html",
        days=[(one, by_day.get(one, ())) for one in days],
        weekdays=dict(weekday_options()),
        today=today,
        is_week=is_week,
        moves=(day - step, today, day + step),
        counsellors=[(str(key), name) for key, name in people],
        rooms=[(room, room) for room in queries.list_rooms(centre.id)],
        languages=[(code, label("languages", code)) for code in sorted(_languages(rows, wanted))],
        people=dict(people) | names_of({row.counsellor_id for row in rows}),
        zone=zone,
        has_feed=queries.has_feed(_own_id()),
        address=_address(opened(request.args.get("made"), "calendar")),
        form=forms.ActionForm(),
    )


@blueprint.route("/appointments/new", methods=["GET", "POST"])
@requires(Permission.TASK_WORK)
@commits
def book_appointment() -> Any:
    """Book an appointment of a person, or in a case."""
    case, person = _named()
    centre = get_centre(person.centre_id)
    form = forms.AppointmentForm(list_counsellors(centre.id), centre.country)
    if not form.is_submitted() and not form.restored:
        form.minutes.data = 30
        form.counsellor.data = str((case.counsellor_id if case else None) or current().user_id)
    if form.validate_on_submit():
        try:
            row = service.book(_details(form, centre), person=person, by=current(), case=case)
            flash(_("The appointment is booked."))
            return redirect(url_for("cases.appointment", appointment_id=row.id), 303)
        except Refused as refusal:
            _show_on(form, refusal)
    page = render_template("cases/appointment_form.html", form=form, person=person, case=case, row=None)
    return page, 422 if form.errors else 200


@blueprint.get("/appointments/<uuid:appointment_id>")
@requires(Permission.TASK_WORK)
def appointment(appointment_id: UUID) -> str:
    """One appointment, and what may be done with it."""
    row = queries.get_appointment(appointment_id, by=current())
    record_read(
        Event.APPOINTMENT_READ, by=current(), centre_id=row.centre_id, subject=("appointment", row.id)
    )
    return render_template(
        "cases/appointment.html",
        row=row,
        zone=ZoneInfo(get_centre(row.centre_id).time_zone),
        people=names_of({key for key in (row.counsellor_id, row.booked_by_id) if key}),
        has_begun=row.starts_at <= clock.now(),
        form=forms.ActionForm(),
    )


@blueprint.route("/appointments/<uuid:appointment_id>/edit", methods=["GET", "POST"])
@requires(Permission.TASK_WORK)
@commits
def edit_appointment(appointment_id: UUID) -> Any:
    """Move an appointment, or change what is said of it."""
    row = _workable(appointment_id)
    centre = get_centre(row.centre_id)
    form = forms.AppointmentForm(list_counsellors(centre.id), centre.country)
    key, values = f"appointment:{row.id}", service.appointment_values(row)
    form.start_from(key, row.version, values | {"day": PartialDate.from_iso(str(values["day"]))})
    if form.validate_on_submit():
        merged = form.merged(key, row.version, values)
        try:
            service.change_appointment(row, form.details(merged, centre.time_zone), by=current())
            return redirect(url_for("cases.appointment", appointment_id=row.id), 303)
        except Refused as refusal:
            _show_on(form, refusal)
    page = render_template(
        "cases/appointment_form.html", form=form, person=row.person, case=row.case, row=row
    )
    return page, 422 if form.errors else 200


@blueprint.post("/appointments/<uuid:appointment_id>/<any(keep, miss):step>")
@requires(Permission.TASK_WORK)
@commits
def step_appointment(appointment_id: UUID, step: str) -> Any:
    """Say that somebody came, or did not."""
    row = _workable(appointment_id)
    service.move_appointment(row, step, by=current())
    return redirect(url_for("cases.appointment", appointment_id=row.id), 303)


@blueprint.route("/appointments/<uuid:appointment_id>/cancel", methods=["GET", "POST"])
@requires(Permission.TASK_WORK)
@commits
def cancel_appointment(appointment_id: UUID) -> Any:
    """Cancel an appointment, and say why."""
    row = _workable(appointment_id)
    form = forms.CancelAppointmentForm()
    if form.validate_on_submit():
        service.move_appointment(row, "cancel", by=current(), reason=form.reason.data or "")
        return redirect(url_for("cases.appointment", appointment_id=row.id), 303)
    page = render_template("cases/appointment_cancel.html", form=form, row=row)
    return page, 422 if form.errors else 200


@blueprint.post("/appointments/calendar")
@requires(Permission.TASK_WORK)
@commits
def make_calendar() -> Any:
    """Make the address of one's own calendar, and show it once."""
    token = service.make_feed(by=current())
    return redirect(url_for("cases.appointments", made=handed(token, "calendar")), 303)


@blueprint.post("/appointments/calendar/end")
@requires(Permission.TASK_WORK)
@commits
def end_calendar() -> Any:
    """Make the address of one's own calendar dead."""
    service.end_feed(by=current())
    flash(_("The address is dead. Calendars that used it show nothing new."))
    return redirect(url_for("cases.appointments"), 303)


@blueprint.get("/calendar/<token>.ics")
@public("A calendar program has no session; the address is the secret, and no name is in it.")
def calendar(token: str) -> Response:
    """Somebody's appointments for their calendar program."""
    feed = queries.find_feed(service.hash_of(token))
    if feed is None:
        raise NotFound
    content = service.calendar_of(feed.user_id)
    response = make_response(content)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(content).hexdigest())
    response.make_conditional(request)
    return response


def _details(form: forms.AppointmentForm, centre: Centre) -> service.AppointmentDetails:
    texts = {name: shown(field.data) for name, field in form.own_fields.items()}
    return form.details(texts, centre.time_zone)


def _named() -> tuple[Case | None, Person]:
    """The case and the person that the address names. Raises NotFound without any."""
    case_id, person_id = _uuid(request.args.get("case")), _uuid(request.args.get("person"))
    if case_id:
        case = queries.get_case(case_id, by=current())
        if not current().can(Permission.TASK_WORK, case.centre_id):
            raise NotFound
        return case, case.person
    if person_id is None:
        raise NotFound
    return None, get_person(person_id, by=current())


def _workable(appointment_id: UUID) -> Appointment:
    row: Appointment = APPOINTMENTS.get(current(), appointment_id, Permission.TASK_WORK)
    return row


def _own_id() -> UUID:
    user_id = current().user_id
    assert user_id is not None
    return user_id


def _languages(rows: Sequence[Appointment], wanted: AppointmentFilter) -> set[str]:
    spoken = {row.language for row in rows if row.language}
    return spoken | ({wanted.language} if wanted.language else set())


def _address(token: str | None) -> str:
    return url_for("cases.calendar", token=token, _external=True) if token else ""


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _uuid(text: str | None) -> UUID | None:
    return uuid_of(text) if text else None


def _show_on(form: forms.AppointmentForm, refusal: Refused) -> None:
    if not refusal.fields:
        raise refusal
    for name, words in refusal.fields.items():
        form[name].errors = [words]
