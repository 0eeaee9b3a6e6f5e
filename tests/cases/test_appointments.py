"""Appointments: booking, what is refused, what became of them, who sees them, and a calendar of one's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import select

from mrc.accounts.models import User
from mrc.cases.models import Appointment, CalendarFeed, Case
from mrc.cases.policy import APPOINTMENTS
from mrc.cases.service import (
    AppointmentDetails,
    book,
    calendar_of,
    change_appointment,
    keep_in_step,
    make_feed,
    move_appointment,
)
from mrc.cases.states import AppointmentStatus
from mrc.core.clock import now
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused, TransitionRefused
from mrc.persons.models import Person
from mrc.tasks.models import Absence, Task
from tests.cases.conftest import SYSTEM, Lahore

KARACHI = ZoneInfo("Asia/Karachi")


def at(hour: int, minute: int = 0, days: int = 1) -> datetime:
    """A time at the centre on the next days: the tests play on a Monday."""
    day = now().astimezone(KARACHI).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return day + timedelta(days=days)


def booked(
    lahore: Lahore,
    person: Person,
    *,
    starts_at: datetime | None = None,
    by: str = "frontdesk-lahore",
    counsellor: str = "counsellor-lahore",
    case: Case | None = None,
    **given: Any,
) -> Appointment:
    user_id = lahore.by(counsellor).user_id
    assert user_id is not None
    details = AppointmentDetails(user_id, starts_at or at(10), given.pop("minutes", 30), **given)
    row = book(details, person=person, by=lahore.by(by), case=case)
    db.session.commit()
    return row


def test_a_counsellor_and_a_room_are_booked_once(lahore: Lahore) -> None:
    person = lahore.person()
    booked(lahore, person, room="Blue room")
    for fault, given in (
        ("time", {"starts_at": at(10, 15)}),
        ("time", {"starts_at": at(9, 45)}),
        ("room", {"starts_at": at(10), "counsellor": "protection-lahore", "room": "Blue room"}),
    ):
        with pytest.raises(Refused) as refusal:
            booked(lahore, person, **given)  # type: ignore[arg-type]
        assert fault in refusal.value.fields
        db.session.rollback()
    booked(lahore, person, starts_at=at(10, 30))
    booked(lahore, person, starts_at=at(10), counsellor="protection-lahore", room="Green room")
    assert len(db.session.scalars(select(Appointment)).all()) == 3


@pytest.mark.parametrize(
    ("fault", "given"),
    [
        ("day", {"days": -7}),
        ("on_closed_day", {"days": 6}),
        ("minutes", {"minutes": 1}),
        ("minutes", {"minutes": 600}),
        ("counsellor", {"counsellor": "counsellor-erbil"}),
    ],
)
def test_what_cannot_be_booked(lahore: Lahore, fault: str, given: dict[str, Any]) -> None:
    person, given = lahore.person(), dict(given)
    starts_at = at(10, days=given.pop("days", 1))
    with pytest.raises(Refused) as refusal:
        booked(lahore, person, starts_at=starts_at, **given)
    assert fault in refusal.value.fields


def test_a_closed_day_may_be_meant_and_leave_may_not(lahore: Lahore) -> None:
    person = lahore.person()
    booked(lahore, person, starts_at=at(10, days=6), on_closed_day=True)
    counsellor, other = lahore.by().user_id, lahore.by("protection-lahore").user_id
    day = at(10).date()
    db.session.add(
        Absence(centre_id=lahore.id, user_id=counsellor, substitute_id=other, from_on=day, until_on=day)
    )
    db.session.commit()
    with pytest.raises(Refused) as refusal:
        booked(lahore, person)
    assert "counsellor" in refusal.value.fields
    with pytest.raises(Forbidden):
        booked(lahore, person, by="counsellor-erbil")


def test_it_is_moved_kept_missed_or_cancelled(lahore: Lahore, clock: time_machine.Traveller) -> None:
    person = lahore.person()
    row, second, third = (booked(lahore, person, starts_at=at(hour)) for hour in (10, 12, 14))
    user_id = lahore.by().user_id
    assert user_id is not None
    with pytest.raises(Refused) as refusal:
        change_appointment(row, AppointmentDetails(user_id, at(12, 15), 30), by=lahore.by())
    assert "time" in refusal.value.fields
    change_appointment(row, AppointmentDetails(user_id, at(9), 60), by=lahore.by())
    assert (row.starts_at, row.ends_at) == (at(9), at(10))
    with pytest.raises(Refused, match="not begun"):
        move_appointment(row, "keep", by=lahore.by())
    with pytest.raises(Refused):
        move_appointment(third, "cancel", by=lahore.by())
    db.session.rollback()
    move_appointment(third, "cancel", by=lahore.by(), reason="She found a job.")
    clock.shift(timedelta(days=2))
    move_appointment(row, "keep", by=lahore.by())
    move_appointment(second, "miss", by=lahore.by())
    assert [one.status for one in (row, second, third)] == [
        AppointmentStatus.KEPT,
        AppointmentStatus.MISSED,
        AppointmentStatus.CANCELLED,
    ]
    (task,) = db.session.scalars(select(Task).where(Task.kind == "call_back"))
    assert (task.assignee_id, task.person_id) == (user_id, person.id)
    with pytest.raises(TransitionRefused):
        move_appointment(third, "keep", by=lahore.by())
    with pytest.raises(Refused, match="is over"):
        change_appointment(second, AppointmentDetails(user_id, at(9), 60), by=lahore.by())


def test_it_follows_the_level_of_its_case(lahore: Lahore) -> None:
    person = lahore.person()
    case = lahore.case(person)
    row = booked(lahore, person, case=case)
    desk = lahore.by("frontdesk-lahore")
    assert APPOINTMENTS.permits(desk, row)
    case.confidentiality = 3
    keep_in_step(case)
    db.session.commit()
    db.session.refresh(row)
    assert row.confidentiality == 3
    assert not APPOINTMENTS.permits(desk, row)
    assert not APPOINTMENTS.permits(lahore.by("manager-lahore"), row)
    assert APPOINTMENTS.permits(lahore.by(), row)
    with pytest.raises(Refused) as refusal:
        booked(lahore, lahore.person(), counsellor="counsellor-lahore")
    assert "time" in refusal.value.fields, "a hidden appointment takes its time, and no more is told of it"


def test_a_day_and_a_week_on_the_pages(lahore: Lahore, client: Any) -> None:
    person = lahore.person()
    case = lahore.case(person)
    keys = str(case.id), str(lahore.by().user_id)
    desk = client("frontdesk-lahore")
    day = at(10).date()
    page = desk.post(
        f"/appointments/new?case={keys[0]}",
        {
            "day-day": str(day.day), "day-month": str(day.month), "day-year": str(day.year), "time": "10:15",
            "minutes": "45", "counsellor": keys[1], "room": "<b>Blue</b>", "language": "ps",
        },
    )  # fmt: skip
    assert "10:15" in page.text
    assert "<b>Blue</b>" in page.text
    week = desk.get("/appointments").text
    assert "Qurban" in week
    assert "11:00" in week
    assert "Qurban" not in desk.get(f"/appointments?view=day&day={day + timedelta(days=1)}").text
    assert "Qurban" in desk.get(f"/appointments?view=day&day={day}&language=ps&counsellor={keys[1]}").text
    assert "Qurban" not in desk.get(f"/appointments?view=day&day={day}&room=Other").text
    assert "10:15" in client("counsellor-lahore").get(f"/cases/{keys[0]}").text
    key = db.session.scalars(select(Appointment.id)).one()
    for stranger in ("counsellor-erbil", "manager-kabul"):
        client(stranger).get(f"/appointments/{key}", status=404)
        client(stranger).get(f"/appointments/new?case={keys[0]}", status=404)
    desk.get("/appointments/new", status=404)
    desk.get("/appointments?day=nonsense&counsellor=nonsense", status=404)


def test_two_who_move_one_appointment_are_told(lahore: Lahore, client: Any) -> None:
    row = booked(lahore, lahore.person(), room="Blue room")
    url = f"/appointments/{row.id}/edit"
    first, second = client("counsellor-lahore"), client("protection-lahore")
    mine, theirs = first.get(url), second.get(url)
    second.submit(theirs, {"room": "Green room"})
    first.submit(mine, {"minutes": "60"})
    db.session.expire_all()
    changed = db.session.scalars(select(Appointment)).one()
    assert (changed.room, changed.ends_at - changed.starts_at) == ("Green room", timedelta(hours=1))
    db.session.commit()
    mine, theirs = first.get(url), second.get(url)
    second.submit(theirs, {"room": "Red room"})
    assert first.submit(mine, {"room": "White room"}, status=409).status == 409


def test_a_calendar_under_a_secret_address_names_nobody(lahore: Lahore, client: Any) -> None:
    person = lahore.person()
    case = lahore.case(person)
    booked(lahore, person, case=case, room="Blue room", note="About her passport")
    number, start = case.number, at(10)
    counsellor = client("counsellor-lahore")
    page = counsellor.submit(counsellor.get("/appointments"), {}, form="/appointments/calendar")
    (address,) = [word for word in page.text.split() if word.endswith(".ics")]
    token = address.rpartition("/")[2]
    stranger = client()
    answer = stranger.http.get(f"/calendar/{token}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    content = answer.get_data(as_text=True)
    for word in ("Qurban", "passport"):
        assert word not in content
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["summary"]) == number
    assert event.decoded("dtstart") == start.astimezone(UTC)
    again = stranger.http.get(f"/calendar/{token}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert stranger.http.get("/calendar/nonsense.ics").status_code == 404
    user = db.session.get_one(User, lahore.by().user_id)
    user.locked_at = now()
    db.session.commit()
    assert stranger.http.get(f"/calendar/{token}").status_code == 404
    user.locked_at = None
    db.session.commit()
    counsellor.submit(counsellor.get("/appointments"), {}, form="/appointments/calendar/end")
    assert stranger.http.get(f"/calendar/{token}").status_code == 404
    feeds = db.session.scalars(select(CalendarFeed)).all()
    assert feeds == []


def test_a_new_address_makes_the_one_before_dead(lahore: Lahore) -> None:
    counsellor = lahore.by()
    first, second = make_feed(by=counsellor), make_feed(by=counsellor)
    db.session.commit()
    assert first != second
    (feed,) = db.session.scalars(select(CalendarFeed))
    assert first.encode() not in feed.token_hash
    assert b"BEGIN:VCALENDAR" in calendar_of(UUID(str(counsellor.user_id)))
    with pytest.raises(Forbidden):
        make_feed(by=SYSTEM)


def test_a_missed_appointment_with_somebody_who_left_is_noted_and_falls_to_all(
    lahore: Lahore, clock: time_machine.Traveller
) -> None:
    row = booked(lahore, lahore.person())
    db.session.get_one(User, row.counsellor_id).locked_at = now()
    db.session.commit()
    clock.shift(timedelta(days=2))
    move_appointment(row, "miss", by=lahore.by("frontdesk-lahore"))
    db.session.commit()
    (task,) = db.session.scalars(select(Task)).all()
    assert (task.person_id, task.assignee_id) == (row.person_id, None)


@pytest.mark.parametrize("action", ["keep", "miss"])
def test_an_appointment_that_took_place_or_was_missed_is_activity_of_its_case(
    lahore: Lahore, clock: time_machine.Traveller, action: str
) -> None:
    person = lahore.person()
    case = lahore.case(person)
    row = booked(lahore, person, case=case)
    clock.shift(timedelta(days=2))
    move_appointment(row, action, by=lahore.by())
    db.session.commit()
    assert case.last_activity_at == now()
