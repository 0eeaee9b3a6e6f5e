"""Families and households: who is what to whom, who decides for a minor, and what a hidden one leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.cases.service import CaseDetails, open_case
from mrc.core.db import db
from mrc.core.errors import Forbidden, NotFound, Refused
from mrc.persons.models import HouseholdMember, Person, PersonAddress, Relation
from mrc.persons.queries import find_household, find_membership, get_relation, list_relatives
from mrc.persons.service import (
    DocumentDetails,
    NewAddress,
    RelativeDetails,
    add_address,
    add_document,
    add_relative,
    change_household,
    end_relation,
    leave_household,
    live_together,
)
from mrc.persons.states import INVERSES, AddressKind, inverse_of
from mrc.vocab.queries import choices
from tests.contracts.test_query_counts import queries_of
from tests.support.pages import PageClient

Clients = Callable[..., PageClient]
Registered = Callable[..., Person]
People = Callable[[str], Identity]


@pytest.fixture
def parents(registered: Registered) -> tuple[Person, Person]:
    """A child of twelve, and the father."""
    return registered("Zarghuna", birth="2014-01-01"), registered("Gul Khan", birth="1980")


def test_every_kind_has_an_inverse_on_the_list(counsellor: Identity) -> None:
    kinds = {choice.code for choice in choices("relations")}
    assert set(INVERSES) <= kinds
    assert {inverse_of(inverse_of(kind)) for kind in kinds} == kinds


def test_a_relation_is_seen_from_both_sides(parents: tuple[Person, Person], counsellor: Identity) -> None:
    child, father = parents
    add_relative(child, father, RelativeDetails("parent", guardian_basis="parent"), by=counsellor)
    db.session.commit()
    (from_child,), (from_father,) = (list_relatives(one, by=counsellor) for one in parents)
    assert (from_child.person, from_child.kind, from_child.decides) == (father, "parent", True)
    assert (from_father.person, from_father.kind, from_father.is_decided_for) == (child, "child", True)


def test_the_guardian_may_be_named_from_either_page(
    parents: tuple[Person, Person], counsellor: Identity
) -> None:
    child, father = parents
    details = RelativeDetails("child", guardian_basis="parent", decides_for_other=True)
    add_relative(father, child, details, by=counsellor)
    db.session.commit()
    (relative,) = list_relatives(child, by=counsellor)
    assert (relative.kind, relative.decides) == ("parent", True)


def test_what_cannot_be_is_refused(
    parents: tuple[Person, Person], counsellor: Identity, identity: People
) -> None:
    child, father = parents
    with pytest.raises(Refused):
        add_relative(child, child, RelativeDetails("sibling"), by=counsellor)
    with pytest.raises(Refused) as refused:
        add_relative(child, father, RelativeDetails("guardian"), by=counsellor)
    assert list(refused.value.fields) == ["guardian_basis"]
    with pytest.raises(Refused) as refused:
        add_relative(father, child, RelativeDetails("child", guardian_basis="legal"), by=counsellor)
    assert list(refused.value.fields) == ["guardian_basis"]
    add_relative(child, father, RelativeDetails("parent"), by=counsellor)
    with pytest.raises(Refused) as refused:
        add_relative(father, child, RelativeDetails("child"), by=counsellor)
    assert list(refused.value.fields) == ["kind"]
    for other in ("frontdesk-lahore", "counsellor-erbil"):
        with pytest.raises(Forbidden):
            add_relative(child, father, RelativeDetails("parent"), by=identity(other))
        with pytest.raises(Forbidden):
            live_together(child, father, "relative", by=identity(other))


def test_a_hidden_relative_leaves_no_trace(
    parents: tuple[Person, Person], counsellor: Identity, clients_of: Clients
) -> None:
    child, father = parents
    relation = add_relative(child, father, RelativeDetails("parent", guardian_basis="parent"), by=counsellor)
    live_together(child, father, "relative", by=counsellor)
    own = find_membership(child.id)
    assert own is not None
    change_household(own, "head", "Family of Gul Khan", by=counsellor)
    father.confidentiality = 3
    db.session.commit()
    assert list_relatives(child, by=counsellor) == []
    with pytest.raises(NotFound):
        get_relation(child, relation.id, by=counsellor)
    seen = find_household(child, by=counsellor)
    assert seen is not None
    assert (seen.label, [member.person for member in seen.members]) == (None, [child])
    child_id, father_id, member_id = child.id, father.id, own.id
    browser = clients_of("counsellor-lahore")
    assert "Gul Khan" not in browser.get(f"/persons/{child_id}").text
    assert "Gul Khan" not in browser.get(f"/persons/{child_id}/family").text
    url = f"/persons/{child_id}/family/add?other="
    hidden, absent = browser.http.get(url + str(father_id)), browser.http.get(url + str(uuid4()))
    assert hidden.status_code == absent.status_code == 404
    browser.post(f"/persons/{child_id}/household/{member_id}", {"role": "child"})
    assert db.session.get_one(HouseholdMember, member_id).household.label == "Family of Gul Khan"


def test_a_relation_ends_and_is_not_deleted(parents: tuple[Person, Person], counsellor: Identity) -> None:
    child, father = parents
    relation = add_relative(child, father, RelativeDetails("parent", guardian_basis="parent"), by=counsellor)
    end_relation(father, relation, by=counsellor)
    end_relation(father, relation, by=counsellor)
    db.session.commit()
    (relative,) = list_relatives(child, by=counsellor)
    assert relative.has_ended
    assert relation.until_on == date(2026, 3, 2)
    add_relative(child, father, RelativeDetails("parent"), by=counsellor)


def test_a_household_has_one_head_and_people_leave_it(
    parents: tuple[Person, Person], registered: Registered, counsellor: Identity
) -> None:
    child, father = parents
    live_together(child, father, "relative", by=counsellor)
    theirs = find_membership(father.id)
    assert theirs is not None
    change_household(theirs, "head", "", by=counsellor)
    db.session.commit()
    seen = find_household(child, by=counsellor)
    assert seen is not None
    assert [(member.person, member.role) for member in seen.members] == [
        (father, "head"),
        (child, "relative"),
    ]
    aunt = registered("Amina")
    live_together(aunt, child, "child", by=counsellor)
    db.session.commit()
    seen = find_household(father, by=counsellor)
    assert seen is not None
    assert [member.person for member in seen.members] == [father]
    leave_household(theirs, by=counsellor)
    db.session.commit()
    assert find_household(father, by=counsellor) is None


def test_somebody_found_is_added_on_the_page(parents: tuple[Person, Person], clients_of: Clients) -> None:
    child_id, father_id = (person.id for person in parents)
    browser = clients_of("counsellor-lahore")
    assert "Gul Khan" in browser.get(f"/persons/{child_id}/family/add?q=گل خان").text
    url = f"/persons/{child_id}/family/add?other={father_id}"
    browser.post(url, {"kind": "parent", "decider": "other"}, status=422)
    page = browser.post(
        url, {"kind": "parent", "decider": "other", "guardian_basis": "parent", "lives_here": "y"}
    )
    assert "guardian" in page.text
    relation = db.session.scalars(select(Relation)).one()
    member = find_membership(father_id)
    assert (relation.person_id, relation.other_id, member is not None) == (father_id, child_id, True)
    end = f"/persons/{child_id}/family/{relation.id}/end"
    db.session.rollback()
    ended = browser.post(f"/persons/{child_id}/family", {}, form=end)
    assert "ended" in ended.text


def test_a_new_member_is_registered_with_the_familys_phone(
    registered: Registered, counsellor: Identity, clients_of: Clients
) -> None:
    father = registered("Gul Khan", family_name="Yusufzai", languages=("ps",))
    link = add_address(father, NewAddress(AddressKind.PHONE, "+923001234567"), by=counsellor)
    db.session.commit()
    father_id, address_id = father.id, link.address_id
    browser = clients_of("counsellor-lahore")
    page = browser.get(f"/persons/{father_id}/family/new")
    assert page.form({}, named="register").values["family_name"] == ["Yusufzai"]
    typed = {"name": "Zarghuna", "kind": "child", "shared": [str(address_id)]}
    shown = browser.submit(page, typed, form="register")
    assert "Zarghuna" in shown.text
    links = db.session.scalars(select(PersonAddress).where(PersonAddress.address_id == address_id)).all()
    assert len(links) == 2
    assert len(db.session.scalars(select(Relation)).all()) == 1


@pytest.mark.parametrize("care_status", ["separated", "unaccompanied"])
def test_the_case_of_somebody_without_an_adult_starts_protected(
    registered: Registered, counsellor: Identity, care_status: str
) -> None:
    child = registered(care_status=care_status)
    assert open_case(CaseDetails("on_the_move"), person=child, by=counsellor).confidentiality == 2


def test_a_file_asks_as_often_whatever_is_in_it(
    app: Flask, registered: Registered, counsellor: Identity, clients_of: Clients
) -> None:
    def grow(person: Person, number: int) -> None:
        sibling = registered(f"Sibling {number}")
        add_relative(person, sibling, RelativeDetails("sibling"), by=counsellor)
        live_together(person, sibling, "relative", by=counsellor)
        for owner in (person, sibling):
            add_address(owner, NewAddress(AddressKind.PHONE, f"+92300123456{number}"), by=counsellor)
            add_document(owner, DocumentDetails("cnic", f"35202-123456{number}-1"), by=counsellor)
        db.session.commit()

    person = registered()
    grow(person, 0)
    person_id = person.id
    browser = clients_of("counsellor-lahore")
    pages = (f"/persons/{person_id}", f"/persons/{person_id}/family")
    few = [queries_of(app, browser, url) for url in pages]
    for number in range(1, 6):
        grow(db.session.get_one(Person, person_id), number)
    db.session.rollback()
    assert [queries_of(app, browser, url) for url in pages] == few
