"""Identity papers, family, consent and the hours of the contact plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.audit.models import AuditEvent
from mrc.cases.service import CaseDetails, open_case, set_level
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.messaging.models import Thread
from mrc.messaging.service.safety import reason_not_to_answer
from mrc.messaging.states import Reason
from mrc.persons.completeness import missing_in
from mrc.persons.models import Person
from mrc.persons.papers import is_usual, masked, written
from mrc.persons.queries import list_relatives, search_persons
from mrc.persons.service import (
    NewConsent,
    NewDocument,
    PersonDetails,
    add_document,
    change_plan,
    end_relation,
    record_consent,
    register_person,
    relate,
    reveal_document,
    withdraw_consent,
)
from mrc.persons.states import ConsentMode, ConsentPurpose
from tests.contracts.records import make_records
from tests.support.pages import PageClient

SYSTEM = Identity.system("file tests")
CNIC = "35202-1234567-1"


@pytest.fixture
def person(context: Flask) -> Person:
    return db.session.get_one(Person, make_records("LHE").keys["person_id"])


@pytest.mark.parametrize(
    ("kind", "number", "usual"),
    [
        ("cnic", "35202-1234567-1", True),
        ("cnic", "۳۵۲۰۲۱۲۳۴۵۶۷۱", True),
        ("cnic", "35202-123456-1", False),
        ("iraqi_national_card", "199012345678", True),
        ("iraqi_national_card", "A123", False),
        ("e_tazkira", "1400-1234-56789", True),
        ("passport", "AB1234567", True),
        ("passport", "12", False),
        ("por_card", "anything", True),
    ],
)
def test_numbers_of_papers_are_checked_softly(kind: str, number: str, usual: bool) -> None:
    assert is_usual(kind, number) is usual


def test_a_number_is_written_as_on_the_paper_and_hidden_but_for_its_end() -> None:
    assert written("cnic", "۳۵۲۰۲ ۱۲۳۴۵۶۷ ۱") == CNIC
    assert written("paper_tazkira", "12/34/567") == "12/34/567"
    assert masked(CNIC) == "••••••71"
    assert masked("123") == "••••••"


def test_an_unusual_number_is_kept_only_knowingly(person: Person) -> None:
    with pytest.raises(Refused):
        add_document(person, NewDocument("cnic", "12"), by=SYSTEM)
    assert add_document(person, NewDocument("cnic", "12", keep=True), by=SYSTEM).is_unusual
    with pytest.raises(Refused):
        add_document(person, NewDocument("cnic", "---"), by=SYSTEM)


def test_a_person_is_found_by_the_number_of_a_paper(
    person: Person, identity: Callable[[str], Identity]
) -> None:
    add_document(person, NewDocument("cnic", CNIC), by=SYSTEM)
    db.session.flush()
    for typed in (CNIC, "3520212345671", "۳۵۲۰۲-۱۲۳۴۵۶۷-۱"):
        (found,) = search_persons(identity("counsellor-lahore"), typed)
        assert found.person.id == person.id
    assert search_persons(identity("counsellor-erbil"), CNIC) == []


def test_looking_at_a_number_is_a_right_and_is_logged(
    person: Person, identity: Callable[[str], Identity]
) -> None:
    document = add_document(person, NewDocument("cnic", CNIC), by=identity("frontdesk-lahore"))
    with pytest.raises(Forbidden):
        reveal_document(document, by=identity("frontdesk-lahore"))
    assert reveal_document(document, by=identity("counsellor-lahore")) == CNIC
    db.session.commit()
    seen = select(AuditEvent).where(AuditEvent.tag == "persons:person:revealed")
    (event,) = db.session.scalars(seen)
    assert CNIC not in str(event.details)


def test_the_page_hides_the_number_until_it_is_asked_for(
    person: Person, client: Callable[..., PageClient]
) -> None:
    key = person.id
    add_document(person, NewDocument("cnic", CNIC), by=SYSTEM)
    db.session.commit()
    counsellor = client("counsellor-lahore")
    page = counsellor.get(f"/persons/{key}")
    assert CNIC not in page.text
    actions = [form.get("action", "") for form in page.document.all("form")]
    reveals = [action for action in actions if action.endswith("/reveal")]
    shown = [counsellor.submit(page, {}, form=reveal, status=200).text for reveal in reveals]
    assert sum(CNIC in text for text in shown) == 1


def test_family_is_told_on_both_files_and_hidden_with_a_hidden_file(
    person: Person, identity: Callable[[str], Identity]
) -> None:
    child = register_person(PersonDetails(name="Zqchild"), centre_id=person.centre_id, by=SYSTEM)
    relation = relate(person, child, "parent", by=SYSTEM, is_guardian=True)
    db.session.flush()
    desk = identity("frontdesk-lahore")
    assert [one.is_inverse for one in list_relatives(child, by=desk)] == [True]
    assert child.id in {one.person.id for one in list_relatives(person, by=desk)}
    with pytest.raises(Refused):
        relate(person, child, "parent", by=SYSTEM)
    with pytest.raises(Refused):
        relate(child, child, "parent", by=SYSTEM)
    case = open_case(CaseDetails("potential"), person=child, by=SYSTEM)
    set_level(case, 2, by=SYSTEM)
    assert child.id not in {one.person.id for one in list_relatives(person, by=desk)}
    end_relation(relation, by=SYSTEM)
    assert relation.ended_on is not None


def test_a_withdrawn_consent_stops_the_answer_at_once(person: Person) -> None:
    thread = db.session.scalars(select(Thread).where(Thread.person_id == person.id)).one()
    assert reason_not_to_answer(thread) is None
    new = NewConsent(ConsentPurpose.CONTACT_WHATSAPP, ConsentMode.VERBAL, "ur")
    consent = record_consent(person, new, by=SYSTEM)
    db.session.flush()
    assert reason_not_to_answer(thread) is None
    withdraw_consent(consent, by=SYSTEM)
    db.session.flush()
    assert reason_not_to_answer(thread) is Reason.CONSENT_WITHDRAWN


def test_nobody_is_messaged_outside_the_safe_hours(person: Person, clock: time_machine.Traveller) -> None:
    """It is 14:00 in Lahore; the stretch goes past midnight."""
    thread = db.session.scalars(select(Thread).where(Thread.person_id == person.id)).one()
    link = next(link for link in person.addresses if link.address_id == thread.address_id)
    change_plan(link, {"safe_from": 20 * 60, "safe_until": 2 * 60}, by=SYSTEM)
    db.session.flush()
    assert reason_not_to_answer(thread) is Reason.UNSAFE_HOURS
    clock.shift(timedelta(hours=7))
    assert reason_not_to_answer(thread) is None
    clock.shift(timedelta(hours=4))
    assert reason_not_to_answer(thread) is None
    clock.shift(timedelta(hours=2))
    assert reason_not_to_answer(thread) is Reason.UNSAFE_HOURS


def test_what_is_missing_depends_on_the_country() -> None:
    values = {"name": "Ali", "birth": "1990", "sex": "male", "nationality": "IQ"}
    assert missing_in(values, "IQ").needed == ("father_name", "grandfather_name")
    assert missing_in(values, "AF").needed == ("father_name",)
    assert missing_in(values, "DE").needed == ()


@pytest.mark.parametrize("language", ["en", "ur", "ar"])
def test_the_consent_form_speaks_the_persons_language(
    person: Person, client: Callable[..., PageClient], language: str
) -> None:
    key = person.id
    db.session.commit()
    counsellor = client("counsellor-lahore")
    page = counsellor.get(f"/persons/{key}")
    answer = counsellor.submit(page, {"language": language}, form=f"/persons/{key}/consents/form", status=200)
    document = PdfReader(BytesIO(answer.body))
    fonts = str([font for one in document.pages for font in one["/Resources"]["/Font"].values()])
    assert len(document.pages) == 1 or language != "en"
    assert fonts


def test_a_paper_of_another_person_is_absent(person: Person, client: Callable[..., PageClient]) -> None:
    document = add_document(person, NewDocument("cnic", CNIC), by=SYSTEM)
    other = register_person(PersonDetails(name="Zqother"), centre_id=person.centre_id, by=SYSTEM)
    keys = other.id, document.id
    db.session.commit()
    counsellor = client("counsellor-lahore")
    answer = counsellor.http.post(f"/persons/{keys[0]}/documents/{keys[1]}/reveal")
    assert answer.status_code in {400, 404}
