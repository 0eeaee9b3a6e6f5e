"""The second step: sections, rules per country and centre, what is missing, and nothing lost on the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, text

from mrc.access.identity import Identity
from mrc.centres.queries import find_centre_by_code, get_centre
from mrc.core.db import db
from mrc.core.errors import Forbidden
from mrc.persons.models import Person, RegistrationRule
from mrc.persons.queries import read_file, rules_of, search_persons
from mrc.persons.rules import country_rules
from mrc.persons.service import change_rules
from mrc.persons.states import FieldRule
from tests.support.pages import PageClient

Clients = Callable[..., PageClient]
Registered = Callable[..., Person]
People = Callable[[str], Identity]


def missing(person: Person, by: Identity) -> list[str]:
    return list(read_file(person, get_centre(person.centre_id), by=by).missing)


def test_every_section_is_saved_and_comes_back(registered: Registered, clients_of: Clients) -> None:
    person_id = registered().id
    url = f"/persons/{person_id}/registration"
    typed = {
        "grandfather_name": "نور محمد",
        "mother_name": "Bibi Hawa",
        "family_name": "Yusufzai",
        "marital_status": "married",
        "education": "primary",
        "occupation": "mason",
        "languages": ["ur", "ps"],
        "reads": ["ur"],
        "seeing": "some",
        "present_country": "TR",
        "place": "Camp 5",
        "time_zone": "Europe/Istanbul",
        "migration_status": "undocumented",
        "journey_stage": "in_transit",
    }
    browser = clients_of("counsellor-lahore")
    browser.post(url, typed, form="registration")
    again = browser.get(url).form({}, named="registration").values
    for name, value in typed.items():
        assert again[name] == (value if isinstance(value, list) else [value]), name


def test_the_new_names_are_sealed(registered: Registered) -> None:
    registered(grandfather_name="Sealed Grandfather", place="Sealed Camp", mother_name="Sealed Mother")
    rows = db.session.execute(text("SELECT * FROM person")).all()
    seen = b" ".join(bytes(value) for row in rows for value in row if isinstance(value, bytes | memoryview))
    assert b"Sealed" not in seen
    assert "Sealed" not in str(rows)


def test_the_short_form_leaves_the_rest_of_the_file_alone(
    registered: Registered, clients_of: Clients
) -> None:
    person_id = registered(grandfather_name="Nur Muhammad", education="primary").id
    clients_of("counsellor-lahore").post(f"/persons/{person_id}/edit", {"father_name": "Karim"})
    person = db.session.get_one(Person, person_id)
    assert (person.father_name, person.grandfather_name, person.education) == (
        "Karim", "Nur Muhammad", "primary",
    )  # fmt: skip


def test_two_people_fill_different_sections_at_once(registered: Registered, clients_of: Clients) -> None:
    person_id = registered().id
    url = f"/persons/{person_id}/registration"
    first, second = clients_of("counsellor-lahore"), clients_of("manager-lahore")
    mine, theirs = first.get(url), second.get(url)
    second.submit(theirs, {"education": "bachelor"}, form="registration")
    first.submit(mine, {"mother_name": "Hawa", "reads": ["ur"]}, form="registration")
    person = db.session.get_one(Person, person_id)
    assert (person.education, person.mother_name, person.reads) == ("bachelor", "Hawa", ["ur"])


def test_two_answers_to_one_question_are_shown_side_by_side(
    registered: Registered, clients_of: Clients
) -> None:
    url = f"/persons/{registered().id}/registration"
    first, second = clients_of("counsellor-lahore"), clients_of("manager-lahore")
    mine, theirs = first.get(url), second.get(url)
    second.submit(theirs, {"mother_name": "Hawa"}, form="registration")
    conflict = first.submit(mine, {"mother_name": "Zainab"}, form="registration", status=409)
    assert "Hawa" in conflict.text
    assert "Zainab" in conflict.text


def test_a_changed_spelling_is_found(
    registered: Registered, clients_of: Clients, counsellor: Identity
) -> None:
    person_id = registered("Jamshed").id
    clients_of("counsellor-lahore").post(
        f"/persons/{person_id}/registration", {"latin_name": "Khurshid"}, form="registration"
    )
    assert [found.person.id for found in search_persons(counsellor, "خورشید")] == [person_id]


def test_saving_is_never_refused_for_what_is_missing(registered: Registered, counsellor: Identity) -> None:
    person = registered()
    assert {"father_name", "birth", "consent"} <= set(missing(person, counsellor))
    assert "guardian" not in missing(person, counsellor)


def test_a_minor_needs_a_guardian_or_the_word_that_there_is_none(
    registered: Registered, counsellor: Identity
) -> None:
    child = registered(birth="2014-01-01")
    assert "guardian" in missing(child, counsellor)
    child.care_status = "unaccompanied"
    db.session.commit()
    assert "guardian" not in missing(child, counsellor)


def test_the_page_says_what_is_missing(registered: Registered, clients_of: Clients) -> None:
    url = f"/persons/{registered().id}"
    page = clients_of("frontdesk-lahore").get(url)
    assert "Still to be asked" in page.text
    assert "Consent to be helped" in page.text


def test_countries_differ() -> None:
    assert country_rules("AF")["grandfather_name"] is FieldRule.MANDATORY
    assert country_rules("IQ")["husband_name"] is FieldRule.HIDDEN
    assert country_rules("PK")["great_grandfather_name"] is FieldRule.HIDDEN


def test_a_centre_changes_its_rules_and_only_the_difference_is_kept(
    registered: Registered, clients_of: Clients, counsellor: Identity
) -> None:
    person = registered()
    person_id, centre_id = person.id, person.centre_id
    clients_of("admin").post(
        f"/centres/{centre_id}/registration", {"rule_place": "hidden", "rule_document": "mandatory"}
    )
    row = db.session.scalars(select(RegistrationRule)).one()
    assert row.fields == {"place": "hidden", "document": "mandatory"}
    assert "document" in missing(db.session.get_one(Person, person_id), counsellor)
    page = clients_of("counsellor-lahore").get(f"/persons/{person_id}/registration")
    assert "place" not in page.form({}, named="registration").values


def test_what_is_hidden_stays_in_the_file(registered: Registered, clients_of: Clients) -> None:
    person = registered(place="Camp 5")
    person_id, centre_id = person.id, person.centre_id
    clients_of("admin").post(f"/centres/{centre_id}/registration", {"rule_place": "hidden"})
    clients_of("counsellor-lahore").post(
        f"/persons/{person_id}/registration", {"mother_name": "Hawa"}, form="registration"
    )
    assert db.session.get_one(Person, person_id).place == "Camp 5"


def test_photos_are_off_until_a_centre_wants_them(counsellor: Identity, identity: People) -> None:
    centre = find_centre_by_code("LHE")
    assert centre is not None
    assert not rules_of(centre).takes_photos
    with pytest.raises(Forbidden):
        change_rules(centre, {}, takes_photos=True, by=identity("manager-lahore"))
    change_rules(centre, {}, takes_photos=True, by=identity("admin"))
    assert rules_of(centre).takes_photos
