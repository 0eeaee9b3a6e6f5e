"""Calling back: our phone first, then theirs, with the centre's number; the contact plan is asked first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.audit.tags import Event
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.hotline import service
from mrc.hotline.models import Call, Callback
from mrc.hotline.states import CallbackOutcome, CallState
from mrc.persons.models import Address, PersonAddress
from mrc.persons.service import NewAddress, PersonDetails, register_person
from mrc.persons.states import AddressKind
from tests.hotline.house import BILAL, HOTLINE, SADIA, VOICE, House, path_of
from tests.support.pages import PageClient

SYSTEM = Identity.system("tests")
SADIA_IS = "counsellor-lahore"
NIGHT = [{"days": [0], "from": 22 * 60, "until": 23 * 60}]


@pytest.fixture
def owed(house: House) -> Callback:
    """Bilal called and was not spoken to; Sadia is on duty."""
    house.open()
    house.put_on_duty()
    house.caller().ring().press("1").phones("no-answer", CallStatus="completed").hang_up()
    return house.callback()


def asked(house: House) -> Call:
    """Sadia asks for a call to Bilal."""
    callback = db.session.get_one(Callback, house.callback().id)
    service.call_back(callback, by=house.identity("counsellor-lahore"))
    db.session.commit()
    return house.made_call()


def plan(house: House, **changes: Any) -> None:
    """Bilal is registered, and his number has a plan."""
    centre_id = house.callback().centre_id
    person = register_person(
        PersonDetails(name="Bilal", addresses=(NewAddress(AddressKind.PHONE, BILAL),)),
        centre_id=centre_id,
        by=SYSTEM,
        looked_at=frozenset(),
    )
    link = db.session.scalars(select(PersonAddress).where(PersonAddress.person_id == person.id)).one()
    for name, value in changes.items():
        setattr(link, name, value)
    db.session.commit()


def step(house: House, call: Call, name: str, **form: str) -> str:
    path = f"{VOICE}/outbound/{name}?c={call.id}"
    posted = house.caller().form(From=HOTLINE, To=SADIA, CallSid="CA" + "9" * 32, Direction="outbound-api")
    answer = house.ask(path, posted | form)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_our_phone_rings_first_and_theirs_sees_the_centre(house: House, owed: Callback) -> None:
    call = asked(house)
    house.work()
    (made,) = house.carrier.made
    assert (made["To"], made["From"]) == (SADIA, HOTLINE)
    assert path_of(made["Url"]) == f"{VOICE}/outbound/answered?c={call.id}"
    assert "<Gather" in step(house, call, "answered")
    connected = step(house, call, "connect", Digits="1")
    assert f'callerId="{HOTLINE}"' in connected
    assert f"<Number>{BILAL}</Number>" in connected


def test_whoever_is_reached_is_owed_nothing(house: House, owed: Callback) -> None:
    call = asked(house)
    house.work()
    step(house, call, "connect", Digits="1")
    for _time in range(2):
        step(house, call, "rang", DialCallStatus="completed")
        step(house, call, "status", CallStatus="completed", SequenceNumber="3")
    (closed,) = house.rows(Callback)
    assert (closed.outcome, closed.done_by_id) == (
        CallbackOutcome.REACHED, house.identity("counsellor-lahore").user_id,
    )  # fmt: skip
    assert house.tags().count(Event.CALLBACK_DONE) == 1
    assert house.made_call().state is CallState.SERVED


@pytest.mark.parametrize("outcome", ["busy", "no-answer", "failed", "canceled"])
def test_whoever_is_not_reached_stays_owed(house: House, owed: Callback, outcome: str) -> None:
    call = asked(house)
    house.work()
    step(house, call, "connect", Digits="1")
    step(house, call, "rang", DialCallStatus=outcome)
    step(house, call, "status", CallStatus="completed", SequenceNumber="3")
    assert (house.callback().attempts, house.callback().times) == (1, 1)


def test_a_machine_on_our_side_calls_nobody(house: House, owed: Callback) -> None:
    call = asked(house)
    house.work()
    assert "<Number" not in step(house, call, "answered")
    assert "<Dial" not in step(house, call, "connect")
    assert house.callback().attempts == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"never_contact": True}, "never"),
        ({"may_call": False}, "not safe"),
        ({"safe_windows": NIGHT}, "safe again from"),
    ],
)
def test_the_plan_is_asked_first(house: House, owed: Callback, changes: dict[str, Any], words: str) -> None:
    plan(house, **changes)
    with pytest.raises(Refused, match=f"(?i){words}"):
        asked(house)
    house.work()
    assert house.carrier.made == []


def test_the_plan_is_asked_again_before_dialling(house: House, owed: Callback) -> None:
    asked(house)
    plan(house, never_contact=True)
    house.work()
    assert house.carrier.made == []
    assert house.made_call().state is CallState.REFUSED


def test_the_plan_is_asked_again_before_connecting(house: House, owed: Callback) -> None:
    call = asked(house)
    house.work()
    plan(house, may_call=False)
    assert "<Dial" not in step(house, call, "connect", Digits="1")


@pytest.mark.parametrize("number", ["anonymous", "sip:a@b.example", "whatsapp:+923005550101"])
def test_some_callers_cannot_be_called(house: House, number: str) -> None:
    house.open()
    house.put_on_duty()
    house.caller(number).ring().hang_up()
    with pytest.raises(Refused):
        asked(house)


def test_without_a_number_of_ones_own_one_cannot_call(house: House) -> None:
    house.open()
    house.caller().ring().hang_up()
    with pytest.raises(Refused, match="duty list"):
        asked(house)


def test_two_do_not_call_at_the_same_time(house: House, owed: Callback) -> None:
    house.put_on_duty("protection-lahore", "+923215550198")
    asked(house)
    callback = db.session.get_one(Callback, owed.id)
    with pytest.raises(Refused, match="right now"):
        service.call_back(callback, by=house.identity("protection-lahore"))


def test_others_may_not_call(house: House, owed: Callback) -> None:
    callback = db.session.get_one(Callback, owed.id)
    for username in ("frontdesk-lahore", "counsellor-erbil", "admin", "analyst"):
        with pytest.raises(Forbidden):
            service.call_back(callback, by=house.identity(username))


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ((400, {"code": 21211, "message": "no", "status": 400}), CallState.REFUSED),
        ((500, {"code": 20500, "message": "fault", "status": 500}), CallState.UNKNOWN),
        ((503, {}), CallState.UNKNOWN),
    ],
)
def test_a_call_that_the_provider_does_not_make(
    house: House, owed: Callback, answer: tuple[int, dict[str, Any]], state: CallState
) -> None:
    house.carrier.answers = [answer]
    asked(house)
    house.work()
    house.work()
    assert house.made_call().state is state
    assert house.carrier.made == []


def test_an_unknown_call_is_known_again_when_the_provider_speaks(house: House, owed: Callback) -> None:
    house.carrier.answers = [(500, {"code": 20500, "message": "fault", "status": 500})]
    call = asked(house)
    house.work()
    step(house, call, "status", CallStatus="ringing", SequenceNumber="1")
    assert house.made_call().state is CallState.DIALLING
    assert house.made_call().provider_sid == "CA" + "9" * 32


def test_the_button_of_the_page_calls(
    house: House, owed: Callback, client: Callable[[str], PageClient]
) -> None:
    sadia, url = client("counsellor-lahore"), f"/hotline/callbacks/{owed.id}"
    page = sadia.post(url, {}, form=f"{url}/call")
    assert "Your phone rings" in page.text
    house.work()
    assert len(house.carrier.made) == 1


def test_the_page_says_why_somebody_may_not_be_called(
    house: House, owed: Callback, client: Callable[[str], PageClient]
) -> None:
    plan(house, may_call=False)
    page = client("counsellor-lahore").get(f"/hotline/callbacks/{owed.id}")
    assert "calling is not safe" in page.text
    assert f"/hotline/callbacks/{owed.id}/call" not in page.html


def test_an_address_of_the_call_is_known_as_a_phone(house: House, owed: Callback) -> None:
    (address,) = house.rows(Address)
    assert (address.kind, address.value) == (AddressKind.PHONE, BILAL)


class TestFromAPersonsPage:
    """Calling and writing where the person is, not only where somebody called."""

    def link(self, house: House) -> PersonAddress:
        plan(house)
        return db.session.scalars(select(PersonAddress)).one()

    def test_our_phone_rings_first(self, house: House, owed: Callback) -> None:
        call = service.call_person(self.link(house), by=house.identity("counsellor-lahore"))
        assert (call.state, call.address_id) == (CallState.QUEUED, owed.address_id)
        db.session.commit()
        with pytest.raises(Refused, match="right now"):
            service.call_person(db.session.scalars(select(PersonAddress)).one(), by=house.identity(SADIA_IS))

    @pytest.mark.parametrize("changes", [{"never_contact": True}, {"may_call": False}])
    def test_the_plan_is_asked(self, house: House, owed: Callback, changes: dict[str, Any]) -> None:
        plan(house, **changes)
        link = db.session.scalars(select(PersonAddress)).one()
        with pytest.raises(Refused):
            service.call_person(link, by=house.identity(SADIA_IS))
        assert house.rows(Call)[-1].direction == "in"

    def test_without_duty_or_right_nobody_calls(self, house: House, owed: Callback) -> None:
        link = self.link(house)
        with pytest.raises(Refused, match="duty list"):
            service.call_person(link, by=house.identity("manager-lahore"))
        with pytest.raises(Forbidden):
            service.call_person(link, by=house.identity("counsellor-erbil"))

    def test_the_page_says_what_was_missed_and_rings(
        self, house: House, owed: Callback, client: Callable[..., PageClient]
    ) -> None:
        link = self.link(house)
        person_id, link_id, callback_id = link.person_id, link.id, owed.id
        db.session.rollback()
        browser = client(SADIA_IS)
        page = browser.get(f"/persons/{person_id}")
        assert "were not spoken to" in page.text
        assert f"/hotline/callbacks/{callback_id}" in page.html
        assert f"/hotline/callbacks/{callback_id}" in browser.get("/").html
        browser.post(f"/persons/{person_id}", {}, form=f"/persons/{person_id}/addresses/{link_id}/call")
        assert house.made_call().person_id == person_id
        erbil = client("counsellor-erbil").http
        assert erbil.post(f"/persons/{person_id}/addresses/{link_id}/call").status_code in (400, 404)
