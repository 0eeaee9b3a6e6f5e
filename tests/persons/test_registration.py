"""Registering people: search before create in any script, consent and contact plan, and what a stranger
learns.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, select, text

from mrc.access.identity import Identity
from mrc.accounts.queries import identity_of
from mrc.cases.models import Case
from mrc.cases.service import name_team, set_level
from mrc.centres.queries import find_centre_by_code
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.i18n.calendars import PartialDate
from mrc.persons.models import Consent, HiddenMatch, Person, PersonAddress
from mrc.persons.queries import search_persons
from mrc.persons.service import (
    NewAddress,
    NewConsent,
    PersonDetails,
    PossibleDuplicates,
    add_address,
    change_person,
    index_names,
    register_person,
    settle_hidden_match,
)
from mrc.persons.states import AddressKind, ConsentMode, ConsentPurpose
from tests.contracts.records import make_records
from tests.support.pages import PageClient

People = Callable[[str], Identity]
NUMBER = "+923001234567"


def register(details: PersonDetails, by: Identity, centre: str = "LHE", **keywords: object) -> Person:
    found = find_centre_by_code(centre)
    assert found is not None
    person = register_person(details, centre_id=found.id, by=by, **keywords)  # type: ignore[arg-type]
    db.session.commit()
    return person


def reached(number: str = NUMBER) -> NewAddress:
    return NewAddress(AddressKind.PHONE, number)


@pytest.fixture
def counsellor(context: Flask, identity: People) -> Identity:
    return identity("counsellor-lahore")


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ("محمد یوسف", "Mohammed Yousef"),
        ("محمد یوسف", "Yusuf Muhammad"),
        ("محمّد يُوسُف", "محمد یوسف"),
        ("Fatima Rezaei", "فاطمه رضایی"),
        ("هێمن کەریم", "ھێمن كەریم"),
    ],
)
def test_a_name_is_found_from_another_spelling_or_script(counsellor: Identity, kept: str, asked: str) -> None:
    person = register(PersonDetails(kept), counsellor)
    assert [found.person.id for found in search_persons(counsellor, asked)] == [person.id]


@pytest.mark.parametrize("asked", ["0300 1234567", "+92 300 123-4567", "۰۳۰۰۱۲۳۴۵۶۷", "00923001234567"])
def test_a_number_is_found_in_any_writing(counsellor: Identity, asked: str) -> None:
    person = register(PersonDetails("Ali", addresses=(reached(),)), counsellor)
    assert [found.person.id for found in search_persons(counsellor, asked)] == [person.id]


def test_somebody_alike_must_be_looked_at_first(counsellor: Identity) -> None:
    known = register(PersonDetails("محمد یوسف خان", birth=PartialDate(1990)), counsellor)
    again = PersonDetails("Mohammad Yousaf Khan", birth=PartialDate(1990))
    with pytest.raises(PossibleDuplicates) as refused:
        register(again, counsellor)
    db.session.rollback()
    assert [match.person_id for match in refused.value.matches] == [known.id]
    assert register(again, counsellor, looked_at=frozenset({known.id})).id != known.id


def test_one_phone_may_serve_many_people_once_they_were_looked_at(counsellor: Identity) -> None:
    father = register(PersonDetails("Gul Khan", addresses=(reached(),)), counsellor)
    child = PersonDetails("Zarghuna", addresses=(reached(),))
    with pytest.raises(PossibleDuplicates):
        register(child, counsellor)
    db.session.rollback()
    register(child, counsellor, looked_at=frozenset({father.id}))
    links = db.session.scalars(select(PersonAddress)).all()
    assert len(links) == 2
    assert len({link.address_id for link in links}) == 1


def test_another_centres_person_is_not_betrayed(counsellor: Identity, identity: People) -> None:
    register(PersonDetails("محمد یوسف", addresses=(reached(),)), identity("counsellor-erbil"), "EBL")
    assert search_persons(counsellor, "محمد یوسف") == []
    assert search_persons(counsellor, NUMBER) == []
    register(PersonDetails("محمد یوسف", addresses=(reached(),)), counsellor)


def test_nobody_registers_in_another_centre(counsellor: Identity) -> None:
    with pytest.raises(Forbidden):
        register(PersonDetails("Ali"), counsellor, "EBL")


def test_a_person_needs_a_name_or_stays_anonymous(counsellor: Identity) -> None:
    with pytest.raises(Refused) as refused:
        register(PersonDetails(""), counsellor)
    assert list(refused.value.fields) == ["name"]


def test_what_names_somebody_is_sealed_in_the_database(counsellor: Identity) -> None:
    register(PersonDetails("Sealed Name", father_name="Sealed Father", addresses=(reached(),)), counsellor)
    rows = [
        *db.session.execute(text("SELECT * FROM person")),
        *db.session.execute(text("SELECT * FROM address")),
    ]
    seen = b" ".join(bytes(value) for row in rows for value in row if isinstance(value, bytes | memoryview))
    assert b"Sealed" not in seen
    assert NUMBER.encode() not in seen
    assert "Sealed" not in str(rows)


def test_a_changed_name_is_found_and_the_old_one_no_more(counsellor: Identity) -> None:
    person = register(PersonDetails("Jamshed"), counsellor)
    change_person(person, PersonDetails("Khurshid"), by=counsellor)
    db.session.commit()
    assert [found.person.id for found in search_persons(counsellor, "خورشید")] == [person.id]
    assert search_persons(counsellor, "Jamshed") == []


def test_consent_is_added_and_never_changed(counsellor: Identity) -> None:
    consent = NewConsent(ConsentPurpose.SERVICE, ConsentMode.VERBAL, "ur")
    person = register(PersonDetails("Ali", consents=(consent,)), counsellor)
    kept = db.session.scalars(select(Consent).where(Consent.person_id == person.id)).one()
    assert (kept.purpose, kept.mode, kept.withdrawn_at) == (ConsentPurpose.SERVICE, ConsentMode.VERBAL, None)


def test_the_page_shows_who_is_alike_and_keeps_what_was_typed(
    app: Flask, client: Callable[..., PageClient]
) -> None:
    desk = client("frontdesk-lahore")
    desk.post("/persons/new", {"name": "محمد یوسف", "consent": "y"})
    again = desk.post("/persons/new", {"name": "Mohammed Yousef", "father_name": "Karim"}, status=422)
    assert "محمد یوسف" in again.text
    assert again.form({}, named="register").values["father_name"] == ["Karim"]
    desk.submit(again, {}, form="register")
    with app.app_context():
        assert len(db.session.scalars(select(Person.id)).all()) == 2


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", "\u202egnp.exe\u202c", "A\x00B", "x" * 5_000, "'; DROP TABLE person; --"],
)
def test_a_hostile_name_is_stored_and_shown_safely(client: Callable[..., PageClient], name: str) -> None:
    desk = client("frontdesk-lahore")
    answer = desk.http.post("/persons/new", data=desk.get("/persons/new").form({"name": name}).values)
    assert answer.status_code in {303, 422}
    shown = desk.get("/persons").html
    assert "<script>alert(1)" not in shown
    assert "\u202e" not in shown
    assert "\x00" not in shown


def test_those_named_for_a_hidden_person_are_told_of_a_registration_like_them(
    app: Flask, client: Callable[..., PageClient]
) -> None:
    with app.app_context():
        keys = make_records("LHE").keys
        case = db.session.get_one(Case, keys["case_id"])
        case.person.name = "محمد یوسف خان"
        index_names(case.person)
        officer = identity_of("protection-lahore")
        assert officer.user_id is not None
        name_team(case, frozenset({officer.user_id}), by=officer)
        db.session.flush()
        set_level(case, 3, by=officer)
        db.session.execute(delete(HiddenMatch))
        db.session.commit()
    desk = client("frontdesk-lahore").post("/persons/new", {"name": "Mohammad Yousaf Khan", "consent": "y"})
    assert "Registered like" not in desk.text
    told = client("protection-lahore")
    day = told.get("/")
    assert "Registered like a protected person" in day.text
    assert "Mohammad Yousaf Khan" in day.text
    for username in ("manager-lahore", "counsellor-lahore", "frontdesk-lahore", "manager-erbil"):
        assert "Registered like" not in client(username).get("/").text
    with app.app_context():
        match = db.session.scalars(select(HiddenMatch)).one()
        url = f"/persons/{match.person_id}/matches/{match.id}/settle"
        with pytest.raises(Forbidden):
            settle_hidden_match(match, by=identity_of("manager-lahore"))
        db.session.rollback()
    told.submit(day, {}, form=url)
    assert "Registered like" not in told.get("/").text
    with app.app_context():
        assert db.session.scalars(select(HiddenMatch)).one().settled_by_id == officer.user_id


def test_a_person_is_not_reached_twice_by_one_number(counsellor: Identity) -> None:
    person = register(PersonDetails("Ali", addresses=(reached(),)), counsellor)
    with pytest.raises(Refused):
        add_address(person, reached(), by=counsellor)
    db.session.rollback()
