"""A counsellor writes first: from the person's page into a conversation, where the usual rules are asked."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select, update

from mrc.centres.models import PhoneLine
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.messaging import service
from mrc.messaging.models import Message, Thread
from mrc.messaging.states import Channel
from mrc.persons.models import PersonAddress
from mrc.persons.service import NewAddress, PersonDetails, register_person
from mrc.persons.states import AddressKind
from tests.messaging.house import BILAL, House
from tests.support.pages import PageClient

COUNSELLOR = "counsellor-lahore"


def registered(house: House, kind: AddressKind = AddressKind.WHATSAPP) -> tuple[UUID, UUID]:
    """Zarmina with one address; her id and that of the link."""
    by = house.identity(COUNSELLOR)
    (centre_id,) = by.home_centre_ids
    details = PersonDetails("Zarmina", addresses=(NewAddress(kind, BILAL),))
    person = register_person(details, centre_id=centre_id, by=by)
    db.session.commit()
    link = db.session.scalars(select(PersonAddress).where(PersonAddress.person_id == person.id)).one()
    found = person.id, link.id
    db.session.rollback()
    return found


def test_the_conversation_is_begun_and_nothing_is_sent(
    house: House, client: Callable[..., PageClient]
) -> None:
    person_id, link_id = registered(house)
    browser = client(COUNSELLOR)
    page = browser.post(f"/persons/{person_id}", {}, form=f"/persons/{person_id}/addresses/{link_id}/write")
    thread = house.thread()
    assert page.url.endswith(f"/inbox/{thread.id}")
    assert (thread.person_id, thread.status, thread.channel) == (person_id, "done", Channel.WHATSAPP)
    assert "only after the person has written" in page.text, "only an approved wording may begin"
    assert house.rows(Message) == []
    assert "messaging:thread:begun" in house.tags()
    browser.post(f"/persons/{person_id}", {}, form=f"/persons/{person_id}/addresses/{link_id}/write")
    assert house.tags().count("messaging:thread:begun") == 1


def test_who_wrote_before_is_answered_in_the_same_conversation(house: House) -> None:
    thread_id = house.written_to().id
    _person, link_id = registered(house)
    link = db.session.get_one(PersonAddress, link_id)
    assert service.begin(link, by=house.identity(COUNSELLOR)).id == thread_id
    db.session.rollback()


def test_a_telephone_number_is_written_to_by_sms_where_the_centre_can(house: House, sms_line: str) -> None:
    _person, link_id = registered(house, AddressKind.PHONE)
    thread = service.begin(db.session.get_one(PersonAddress, link_id), by=house.identity(COUNSELLOR))
    db.session.commit()
    assert thread.channel is Channel.SMS
    line = db.session.get_one(PhoneLine, thread.line_id)
    assert line.address == sms_line


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"never_contact": True}, "never"), ({"may_message": False}, "not safe")],
)
def test_the_plan_is_asked(house: House, changes: dict[str, bool], words: str) -> None:
    _person, link_id = registered(house)
    db.session.execute(update(PersonAddress).values(**changes))
    db.session.commit()
    with pytest.raises(Refused, match=words):
        service.begin(db.session.get_one(PersonAddress, link_id), by=house.identity(COUNSELLOR))
    db.session.rollback()
    assert house.rows(Thread) == []


def test_a_centre_without_a_line_and_a_stranger_begin_nothing(house: House) -> None:
    _person, link_id = registered(house, AddressKind.PHONE)
    link = db.session.get_one(PersonAddress, link_id)
    with pytest.raises(Refused, match="no line"):
        service.begin(link, by=house.identity(COUNSELLOR))
    with pytest.raises(Forbidden):
        service.begin(link, by=house.identity("counsellor-erbil"))
    with pytest.raises(Forbidden):
        service.begin(link, by=house.identity("analyst"))
    db.session.rollback()
