"""Reminders of appointments: in time, in the person's language, once each, and answered by a tap."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from mrc.cases.models import Appointment
from mrc.cases.service import AppointmentDetails, book
from mrc.core import clock as time
from mrc.core.db import db
from mrc.jobs.service import enqueue
from mrc.messaging.models import Message
from mrc.messaging.states import MessageStatus, Purpose, Reason
from mrc.persons.models import Person, PersonAddress
from mrc.persons.service import NewAddress, NewConsent, PersonDetails, record_consent, register_person
from mrc.persons.states import AddressKind, ConsentMode, ConsentPurpose
from mrc.tasks.models import Task
from tests.messaging.house import BILAL, House, form_of
from tests.messaging.wordings import make_wording

Clock = time_machine.Traveller
IN_TWO_DAYS = timedelta(days=2)


@pytest.fixture(autouse=True)
def person(house: House) -> Person:
    """Bilal, who agreed to be messaged, and wordings in two languages."""
    by = house.identity("counsellor-lahore")
    (lahore,) = by.home_centre_ids
    details = PersonDetails("بلال احمد", addresses=(NewAddress(AddressKind.WHATSAPP, BILAL),))
    made = register_person(details, centre_id=lahore, by=by)
    record_consent(made, NewConsent(ConsentPurpose.CONTACT_WHATSAPP, ConsentMode.VERBAL, "ur"), by=by)
    db.session.commit()
    make_wording("appointment_reminder", "{{1}} — {{2}}", ("date", "time"), purpose=Purpose.REMINDER)
    return made


def booked(house: House, ahead: timedelta = IN_TWO_DAYS) -> Appointment:
    by = house.identity("counsellor-lahore")
    assert by.user_id is not None
    details = AppointmentDetails(by.user_id, time.now() + ahead, 30, on_closed_day=True)
    row = book(details, person=db.session.scalars(select(Person)).one(), by=by)
    db.session.commit()
    return row


def run(house: House) -> None:
    enqueue("cases.remind_of_appointments", {})
    db.session.commit()
    house.work()


def reminders(house: House) -> list[Message]:
    return [each for each in house.rows(Message) if each.purpose is Purpose.REMINDER]


def test_somebody_is_reminded_a_day_before_and_three_hours_before_and_once_each(
    house: House, clock: Clock
) -> None:
    booked(house)
    run(house)
    assert reminders(house) == []
    clock.shift(timedelta(days=1))
    run(house)
    run(house)
    assert [each.status for each in reminders(house)] == [MessageStatus.READ]
    assert reminders(house)[0].body == "4 Mar 2026 — 14:00"
    clock.shift(timedelta(hours=21))
    run(house)
    assert len(reminders(house)) == 2
    assert house.tags().count("cases:appointment:reminded") == 2


def test_without_their_consent_it_is_kept_with_the_reason(house: House, clock: Clock) -> None:
    person = db.session.scalars(select(Person)).one()
    clock.shift(timedelta(minutes=1))
    record_consent(
        person,
        NewConsent(ConsentPurpose.CONTACT_WHATSAPP, ConsentMode.VERBAL, "ur", expires_on=time.now().date()),
        by=house.identity("counsellor-lahore"),
    )
    db.session.commit()
    booked(house)
    clock.shift(timedelta(days=1, hours=1))
    run(house)
    (message,) = reminders(house)
    assert (message.status, message.reason) == (MessageStatus.HELD, Reason.NO_CONSENT)
    assert house.on_screen() == []


@pytest.mark.parametrize("plan", [{"never_contact": True}, {"may_message": False}])
def test_an_address_that_is_not_safe_is_not_even_tried(
    house: House, clock: Clock, plan: dict[str, bool]
) -> None:
    link = db.session.scalars(select(PersonAddress)).one()
    for name, value in plan.items():
        setattr(link, name, value)
    db.session.commit()
    booked(house)
    clock.shift(timedelta(days=1))
    run(house)
    assert reminders(house) == []


def test_a_sealed_appointment_is_never_spoken_of(house: House, clock: Clock) -> None:
    booked(house).confidentiality = 3
    db.session.commit()
    clock.shift(timedelta(days=1))
    run(house)
    assert reminders(house) == []


def test_a_reminder_that_comes_too_late_is_not_sent(house: House, clock: Clock) -> None:
    booked(house, timedelta(days=1, hours=8))
    clock.shift(timedelta(hours=9))
    run(house)
    (message,) = reminders(house)
    assert (message.status, message.reason) == (MessageStatus.HELD, Reason.QUIET_HOURS)
    clock.shift(timedelta(days=2))
    house.work()
    assert house.message().status is MessageStatus.EXPIRED
    assert house.on_screen() == []


@pytest.mark.parametrize(
    ("payload", "tasks"), [("confirm", 0), ("another_time", 1), ("cannot_come", 1), ("x", 0)]
)
def test_a_tap_confirms_or_asks_the_counsellor_to_call(
    house: House, clock: Clock, payload: str, tasks: int
) -> None:
    booked(house)
    clock.shift(timedelta(days=1))
    run(house)
    for _twice in range(2):
        form = form_of("", ButtonText="Answer", ButtonPayload=payload)
        form["OriginalRepliedMessageSid"] = reminders(house)[0].provider_sid or ""
        assert house.hear(form) == 200
        house.work()
    (row,) = house.rows(Appointment)
    assert (row.confirmed_at is not None) is (payload == "confirm")
    assert len([task for task in house.rows(Task) if task.kind == "call_back"]) == tasks
    assert (house.thread().waiting_since is None) is (payload == "confirm")
