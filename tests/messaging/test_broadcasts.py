"""Messages to many: counted first, approved by somebody else, slow, and each reader by their own rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.audit.tags import Event
from mrc.centres.models import Centre
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused, TransitionRefused
from mrc.jobs.models import Job
from mrc.messaging.models import Message, MessageTemplate
from mrc.messaging.queries.templates import find_template
from mrc.messaging.states import MessageStatus, Purpose, Reason
from mrc.outreach import service
from mrc.outreach.models import Broadcast, BroadcastLine
from mrc.outreach.queries import Audience, count_by_result
from mrc.outreach.service import NewBroadcast
from mrc.outreach.states import BroadcastStatus, LineState
from mrc.persons.models import Person, PersonAddress
from mrc.persons.service import NewAddress, NewConsent, PersonDetails, record_consent, register_person
from mrc.persons.states import AddressKind, ConsentMode, ConsentPurpose
from tests.messaging.house import House
from tests.messaging.wordings import make_wording
from tests.support.pages import PageClient

Clock = time_machine.Traveller
Client = Callable[..., PageClient]
Status = BroadcastStatus


def number_of(place: int) -> str:
    return f"+9230070{place:05}"


@pytest.fixture
def people(house: House) -> list[Person]:
    """Six people with WhatsApp: five agreed to be messaged."""
    by = house.identity("counsellor-lahore")
    (lahore,) = by.home_centre_ids
    made = []
    for place in range(6):
        address = NewAddress(AddressKind.WHATSAPP, number_of(place))
        details = PersonDetails(f"Person {'abcdef'[place] * 3}", addresses=(address,))
        looked_at = frozenset(db.session.scalars(select(Person.id)))
        person = register_person(details, centre_id=lahore, by=by, looked_at=looked_at)
        if place:
            consent = NewConsent(ConsentPurpose.CONTACT_WHATSAPP, ConsentMode.VERBAL, "ur")
            record_consent(person, consent, by=by)
        made.append(person)
    db.session.commit()
    make_wording("for_many", "On {{1}} we are open.", ("day",), purpose=Purpose.BROADCAST)
    return made


def write(house: House, audience: Audience | None = None, **changes: object) -> Broadcast:
    """A counted broadcast of the manager's."""
    by = house.identity("manager-lahore")
    (lahore,) = by.home_centre_ids
    template = find_template("for_many")
    assert template is not None
    new = {"title": "Holiday", "template_id": template.id, "variables": {"day": "Friday"}, "per_minute": 600}
    row = service.write(NewBroadcast(**(new | changes), audience=audience or Audience()),  # type: ignore[arg-type]
                        centre_id=lahore, by=by)  # fmt: skip
    db.session.commit()
    house.work()
    return row


def present(house: House) -> Broadcast:
    (row,) = house.rows(Broadcast)
    return row


def step(house: House, name: str, username: str = "manager-lahore") -> None:
    row = db.session.scalars(select(Broadcast)).one()
    getattr(service, name)(row, by=house.identity(username))
    db.session.commit()


def approve(house: House) -> None:
    """By a second manager."""
    row = db.session.scalars(select(Broadcast)).one()
    service.approve(row, by=second_manager(house))
    db.session.commit()


def second_manager(house: House) -> Identity:
    """Somebody else with the manager's rights in Lahore."""
    other = house.identity("counsellor-lahore")
    return replace(house.identity("manager-lahore"), user_id=other.user_id, name=other.name)


def run_out(house: House, clock: Clock) -> None:
    for _ in range(30):
        house.work()
        clock.shift(timedelta(seconds=11))


def test_nothing_leaves_before_somebody_else_approved_what_was_counted(
    house: House, people: list[Person], clock: Clock
) -> None:
    write(house)
    assert present(house).status is Status.COUNTED
    assert present(house).counts == {"reached": 5, "no_consent": 1, "cost_cents": 6}
    run_out(house, clock)
    assert house.rows(Message) == []
    with pytest.raises(Refused, match="Somebody else"):
        step(house, "approve")
    db.session.rollback()
    with pytest.raises(Forbidden):
        step(house, "approve", "protection-lahore")
    db.session.rollback()
    approve(house)
    run_out(house, clock)
    assert present(house).status is Status.DONE
    assert count_by_result(present(house)) == {"read": 5, "left_out": 1}
    db.session.rollback()
    assert {each.purpose for each in house.rows(Message)} == {Purpose.BROADCAST}
    assert house.tags().count(Event.BROADCAST_MOVED) == 4


def test_protected_people_are_in_no_audience(house: House, people: list[Person]) -> None:
    for level, person in zip((2, 3), people[1:3], strict=True):
        db.session.get_one(Person, person.id).confidentiality = level
    db.session.commit()
    write(house)
    assert present(house).counts["reached"] == 3


@pytest.mark.parametrize(
    ("audience", "reached"),
    [
        (Audience(nationality="AF"), 1),
        (Audience(has_open_case=True), 0),
        (Audience(client_type="returnee"), 0),
    ],
)
def test_an_audience_narrows(house: House, people: list[Person], audience: Audience, reached: int) -> None:
    db.session.get_one(Person, people[2].id).nationality = "AF"
    db.session.commit()
    write(house, audience)
    assert present(house).counts.get("reached", 0) == reached


def test_who_opts_out_meanwhile_is_left_alone(house: House, people: list[Person], clock: Clock) -> None:
    write(house)
    link = db.session.scalars(select(PersonAddress).where(PersonAddress.person_id == people[3].id)).one()
    link.address.opted_out_at = link.created_at
    db.session.commit()
    approve(house)
    run_out(house, clock)
    held = [each for each in house.rows(Message) if each.status is MessageStatus.HELD]
    assert [each.reason for each in held] == [Reason.OPTED_OUT]


def test_what_the_centre_may_spend_in_a_day_holds_the_rest_for_tomorrow(
    house: House, people: list[Person], clock: Clock
) -> None:
    write(house)
    db.session.scalars(select(Centre).where(Centre.code == "LHE")).one().message_budget_cents = 2
    db.session.commit()
    approve(house)
    run_out(house, clock)
    states = sorted(each.status.value for each in house.rows(Message))
    assert states == ["held", "held", "held", "read", "read"]
    assert {each.reason for each in house.rows(Message)} == {None, Reason.COST_CAP}
    clock.shift(timedelta(days=1))
    run_out(house, clock)
    assert sorted(each.status.value for each in house.rows(Message)).count("read") == 4


def test_it_goes_out_as_slowly_as_was_said_and_stops_when_paused(
    house: House, people: list[Person], clock: Clock
) -> None:
    write(house, per_minute=6)
    approve(house)
    house.work()
    assert len(house.rows(Message)) == 1
    house.work()
    assert len(house.rows(Message)) == 1
    clock.shift(timedelta(seconds=10))
    house.work()
    assert len(house.rows(Message)) == 2
    step(house, "pause")
    run_out(house, clock)
    assert len(house.rows(Message)) == 2
    step(house, "resume")
    run_out(house, clock)
    assert len(house.rows(Message)) == 5
    assert present(house).status is Status.DONE


def test_what_was_ended_goes_no_further_and_cannot_be_resumed(
    house: House, people: list[Person], clock: Clock
) -> None:
    write(house, per_minute=6)
    approve(house)
    house.work()
    step(house, "cancel")
    run_out(house, clock)
    assert len(house.rows(Message)) == 1
    with pytest.raises(TransitionRefused):
        step(house, "resume")


def test_at_night_it_waits_for_the_morning(house: House, people: list[Person], clock: Clock) -> None:
    clock.shift(timedelta(hours=8))
    write(house)
    assert present(house).counts == {"reached": 5, "later": 5, "no_consent": 1, "cost_cents": 6}
    approve(house)
    run_out(house, clock)
    assert {(each.status, each.reason) for each in house.rows(Message)} == {
        (MessageStatus.HELD, Reason.QUIET_HOURS)
    }
    assert present(house).status is Status.DONE


def test_a_run_that_is_cut_off_goes_on_and_writes_to_nobody_twice(
    house: House, people: list[Person], clock: Clock
) -> None:
    write(house, per_minute=12)
    approve(house)
    row = present(house)
    for _again in range(3):
        service.feed_some(row.id, 2)
        db.session.rollback()
    service.feed_some(row.id, 2)
    db.session.commit()
    run_out(house, clock)
    written = [line for line in house.rows(BroadcastLine) if line.state is LineState.WRITTEN]
    assert len(written) == 5
    assert len({line.message_id for line in written}) == len(house.rows(Message)) == 5


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"title": "  "}, "title"), ({"template_id": __import__("uuid").uuid4()}, "template")],
)
def test_a_title_and_an_approved_wording_are_needed(
    house: House, people: list[Person], changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        write(house, **changes)
    assert set(refusal.value.fields) == {field}


def test_the_pages_show_whom_it_reaches_and_each_result(
    house: House, people: list[Person], client: Client, clock: Clock
) -> None:
    manager = client("manager-lahore")
    (template,) = [row for row in house.rows(MessageTemplate) if row.key == "for_many"]
    sent = manager.post(
        "/outreach/new",
        {"title": "<b>Eid</b>", "template": str(template.id), "words": "Friday", "per_minute": "60"},
    )
    assert "<b>Eid</b>" in sent.text
    house.work()
    row = present(house)
    page = manager.get(f"/outreach/{row.id}")
    assert "On Friday we are open." in page.text
    assert "did not agree to messages of this kind" in page.text
    approve(house)
    run_out(house, clock)
    assert "Person bbb" in manager.get(f"/outreach/{row.id}?result=read").text
    assert client("counsellor-lahore").http.get(f"/outreach/{row.id}").status_code in {403, 404}
    assert client("manager-erbil").http.get(f"/outreach/{row.id}").status_code == 404
    assert house.rows(Job)
