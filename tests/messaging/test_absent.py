"""Nobody at a number of WhatsApp: it is said, SMS is offered to who agreed, nothing goes back and forth."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from mrc.core.db import db
from mrc.messaging.models import Message, Thread
from mrc.messaging.service import Intent
from mrc.messaging.service.safety import hold_of
from mrc.messaging.states import Channel, Direction, Purpose, Reason
from mrc.persons.models import Address, Consent
from mrc.persons.service import NewAddress, NewConsent, PersonDetails, record_consent, register_person
from mrc.persons.states import AddressKind, ConsentMode, ConsentPurpose
from tests.messaging.house import BILAL, House, form_of
from tests.simulator.controls import Control
from tests.support.pages import Page, PageClient

PURPOSES = {
    AddressKind.WHATSAPP: ConsentPurpose.CONTACT_WHATSAPP,
    AddressKind.PHONE: ConsentPurpose.CONTACT_SMS,
}


@pytest.fixture
def thread_id(house: House) -> UUID:
    """The conversation with Zarmina, who has WhatsApp and a telephone at one number and agreed to both."""
    by = house.identity("counsellor-lahore")
    addresses = tuple(NewAddress(kind, BILAL) for kind in PURPOSES)
    person = register_person(
        PersonDetails("Zarmina", addresses=addresses), centre_id=next(iter(by.home_centre_ids)), by=by
    )
    for purpose in PURPOSES.values():
        record_consent(person, NewConsent(purpose, ConsentMode.VERBAL, "ur"), by=by)
    db.session.commit()
    return house.written_to().id


def ways(page: Page) -> list[str]:
    """Where the buttons lead that begin an SMS."""
    return [str(form.get("action")) for form in page.find("form") if "/addresses/" in str(form.get("action"))]


def whatsapp(house: House) -> Address:
    (found,) = [each for each in house.rows(Address) if each.kind is AddressKind.WHATSAPP]
    return found


@pytest.mark.parametrize(
    ("kind", "code"), [("refuse", 63003), ("refuse", 63024), ("failed", 63024), ("failed", 63003)]
)
def test_it_is_said_and_sms_is_offered_and_whatsapp_tells_otherwise_once_they_write(
    house: House, control: Control, sms_line: str, thread_id: UUID, client: Callable[..., PageClient],
    kind: str, code: int,
) -> None:  # fmt: skip
    control.arm(kind, value=code)
    house.answer()
    house.work()
    assert whatsapp(house).absent_since is not None
    sent = [each for each in house.rows(Message) if each.direction is Direction.OUT]
    assert [each.error_code for each in sent] == [code], "nothing else goes out by itself"
    browser = client("counsellor-lahore")
    page = browser.get(f"/inbox/{thread_id}")
    assert "nobody is at this number" in page.text
    (form,) = ways(page)
    browser.post(f"/inbox/{thread_id}", {}, form=form)
    assert {each.channel for each in house.rows(Thread)} == {Channel.WHATSAPP, Channel.SMS}
    assert "nobody there" in browser.get(form.partition("/addresses")[0]).text
    house.hear(form_of("I am here"))
    assert whatsapp(house).absent_since is None


def test_the_house_does_not_write_there_and_a_counsellor_may(house: House, thread_id: UUID) -> None:
    address = db.session.scalars(select(Address).where(Address.kind == AddressKind.WHATSAPP)).one()
    address.absent_since = address.created_at
    db.session.commit()
    thread = house.thread()
    db.session.add(thread)
    for purpose in (Purpose.REMINDER, Purpose.BROADCAST, Purpose.SATISFACTION):
        held = hold_of(thread, Intent(purpose, "Friday"))
        assert held is not None
        assert held.reason is Reason.NOT_THERE
    assert hold_of(thread, Intent(Purpose.REPLY, "Are you there?")) is None
    db.session.rollback()


def test_without_consent_a_line_or_a_safe_telephone_no_sms_is_offered(
    house: House, sms_line: str, thread_id: UUID, client: Callable[..., PageClient]
) -> None:
    address = db.session.scalars(select(Address).where(Address.kind == AddressKind.WHATSAPP)).one()
    address.absent_since = address.created_at
    for consent in db.session.scalars(select(Consent).where(Consent.purpose == ConsentPurpose.CONTACT_SMS)):
        consent.withdrawn_at = consent.given_at
    db.session.commit()
    page = client("counsellor-lahore").get(f"/inbox/{thread_id}")
    assert "Find another way" in page.text
    assert ways(page) == []
