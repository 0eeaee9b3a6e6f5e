"""What a counsellor finds ready in a conversation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.accounts.queries import identity_of
from mrc.core.db import db
from mrc.messaging.models import Message, TemplateVersion, Thread
from mrc.messaging.service.canned import NewAnswer, approve_answer, draft_answer
from mrc.messaging.states import Direction, Purpose
from mrc.persons.models import Person, PersonAddress
from tests.contracts.records import Records, make_records
from tests.messaging.wordings import make_wording
from tests.support.pages import PageClient

Client = Callable[..., PageClient]
COUNSELLOR = "counsellor-lahore"
SYSTEM = Identity.system("tests")


@pytest.fixture
def lahore(context: Flask) -> Records:
    made = make_records("LHE")
    person = db.session.get_one(Person, made.keys["person_id"])
    person.known_as = "Baji"
    thread = db.session.get_one(Thread, made.keys["thread_id"])
    thread.language = "en"
    db.session.commit()
    return made


def answer(body: str, records: Records, *, shortcut: str = "hello") -> UUID:
    row = draft_answer(NewAnswer(shortcut, "Hello", "en", body), centre_id=records.centre_id, by=SYSTEM)
    approve_answer(row, by=identity_of("manager-lahore"))
    key = row.id
    db.session.commit()
    return key


def outgoing() -> list[Message]:
    rows = db.session.scalars(select(Message).where(Message.direction == Direction.OUT)).all()
    found = [row for row in rows if row.template_version_id]
    db.session.expunge_all()
    db.session.rollback()
    return found


def wording(body: str, *places: str, purpose: Purpose = Purpose.NOTICE) -> str:
    version = make_wording("of_the_tests", body, places, purpose=purpose)
    key = str(version.id)
    db.session.commit()
    return key


def share(records: Records) -> None:
    for link in db.session.scalars(
        select(PersonAddress).where(PersonAddress.person_id == records.keys["person_id"])
    ):
        link.read_by = ["family"]
    db.session.commit()


def test_a_wording_is_filled_looked_at_and_sent(lahore: Records, client: Client) -> None:
    key = wording("We call you on {{1}} about your question.", "date")
    where = f"/inbox/{lahore.keys['thread_id']}"
    counsellor = client(COUNSELLOR)
    assert "of_the_tests" in counsellor.get(where).text
    page = counsellor.get(f"{where}/template?wording={key}")
    looked = counsellor.submit(page, {"place-date": "Monday", "stage": "look"}, status=200)
    assert "We call you on Monday about" in looked.text
    assert outgoing() == []
    counsellor.submit(looked, {"stage": "send"})
    (message,) = outgoing()
    assert (message.purpose, str(message.template_version_id)) == (Purpose.NOTICE, key)


def test_what_is_known_stands_in_the_places(lahore: Records, client: Client) -> None:
    key = wording("We call you, {{1}}, as agreed before today.", "name")
    page = client(COUNSELLOR).get(f"/inbox/{lahore.keys['thread_id']}/template?wording={key}")
    assert 'value="Baji"' in page.html


@pytest.mark.parametrize("value", ["", "x" * 2000, "a     b", "<b>Monday</b>", "{{1}}"])
def test_a_place_that_whatsapp_would_refuse_is_refused_beside_it(
    lahore: Records, client: Client, value: str
) -> None:
    key = wording("We call you on {{1}} about your question.", "date")
    counsellor = client(COUNSELLOR)
    page = counsellor.get(f"/inbox/{lahore.keys['thread_id']}/template?wording={key}")
    answered = counsellor.submit(page, {"place-date": value, "stage": "send"}, status=422)
    assert 'id="place-date-error"' in answered.html
    assert outgoing() == []


def test_only_what_may_be_sent_by_hand_is_there(lahore: Records, client: Client) -> None:
    counsellor, where = client(COUNSELLOR), f"/inbox/{lahore.keys['thread_id']}/template"
    draft = db.session.scalars(select(TemplateVersion.id).limit(1)).one()
    db.session.rollback()
    broadcast = wording("News for you today.", purpose=Purpose.BROADCAST)
    for key in (draft, broadcast, "nothing", "", lahore.centre_id):
        counsellor.get(f"{where}?wording={key}", status=404)


def test_another_centre_finds_nothing(lahore: Records, client: Client) -> None:
    key = wording("Please call us today.")
    where = f"/inbox/{lahore.keys['thread_id']}"
    for username in ("counsellor-erbil", "manager-kabul"):
        client(username).get(f"{where}/template?wording={key}", status=404)
        client(username).get(f"{where}/ready-answers", status=404)


def test_a_ready_answer_comes_with_what_is_known(lahore: Records, client: Client) -> None:
    key = answer("Dear {name}, {counsellor} of {centre} here. See you on {date}.", lahore)
    where = f"/inbox/{lahore.keys['thread_id']}"
    counsellor = client(COUNSELLOR)
    page = counsellor.get(f"{where}?answer={key}")
    assert "Dear Baji, Sadia Anwar of" in page.text
    (one,) = counsellor.http.get(f"{where}/ready-answers").json
    assert one["shortcut"] == "hello"
    assert one["text"].startswith("Dear Baji, Sadia Anwar of")
    assert "Dear" not in counsellor.get(f"{where}?answer=nothing").text


def test_on_a_shared_phone_no_name_is_filled_in(lahore: Records, client: Client) -> None:
    share(lahore)
    key = answer("Dear {name}, {counsellor} of {centre} here.", lahore)
    page = client(COUNSELLOR).get(f"/inbox/{lahore.keys['thread_id']}?answer={key}")
    assert "Dear {name}, {counsellor} of {centre} here." in page.text


def test_a_draft_is_offered_to_nobody(lahore: Records, client: Client) -> None:
    draft_answer(NewAnswer("hello", "Hello", "en", "Dear you."), centre_id=lahore.centre_id, by=SYSTEM)
    db.session.commit()
    found: Any = client(COUNSELLOR).http.get(f"/inbox/{lahore.keys['thread_id']}/ready-answers").json
    assert found == []
