"""Two files become one and come apart again, with every row of the whole schema that points to a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.cases.models import Case
from mrc.cases.service import CaseDetails, assign_case, open_case, set_level
from mrc.centres.models import Centre
from mrc.core.db import db
from mrc.core.errors import Forbidden, NotFound, Refused
from mrc.jobs.worker import drain
from mrc.persons.forms.registration import SECTIONS
from mrc.persons.models import Person, PersonPair
from mrc.persons.queries import (
    find_pair,
    find_survivor,
    get_person,
    list_alike,
    list_children,
    list_suspicions,
    search_persons,
)
from mrc.persons.service import (
    NewAddress,
    PersonDetails,
    RelativeDetails,
    add_address,
    add_relative,
    merge_persons,
    readable,
    register_person,
    tell_apart,
    undo_merge,
)
from mrc.persons.states import AddressKind, PairStatus
from tests.contracts.records import make_records
from tests.support.pages import PageClient

SYSTEM = Identity.system("merge tests")
Make = Callable[..., Person]


@pytest.fixture
def make(context: Flask) -> Make:
    centre = db.session.scalars(select(Centre).where(Centre.code == "LHE")).one()

    def register(name: str, centre_id: UUID = centre.id, **details: Any) -> Person:
        person = register_person(
            PersonDetails(name=name, **details),
            centre_id=centre_id,
            by=SYSTEM,
            looked_at=frozenset(db.session.scalars(select(Person.id))),
        )
        db.session.flush()
        return person

    return register


def snapshot() -> dict[str, set[tuple[Any, ...]]]:
    """Every row of every table that points to a person: its key and whom it points to."""
    found = {}
    for child in list_children():
        keys = [*child.table.primary_key.columns, child.column]
        found[f"{child.table.name}.{child.column.name}"] = {
            tuple(map(str, row)) for row in db.session.execute(select(*keys))
        }
    return found


def test_the_walk_of_the_schema_finds_every_table_that_points_to_a_person(context: Flask) -> None:
    named = {f"{child.table.name}.{child.column.name}" for child in list_children()}
    assert {
        "case.person_id",
        "consultation.person_id",
        "thread.person_id",
        "person_address.person_id",
    } <= named
    pointing = {
        f"{table.name}.{key.parent.name}"
        for table in db.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "person"
    }
    not_children = {"name_key", "person_pair", "person_merge", "person"}
    assert named == {name for name in pointing if name.split(".")[0] not in not_children}


def test_a_merge_and_its_undo_restore_every_row_of_every_table(make: Make, context: Flask) -> None:
    records = make_records("LHE", protected=True, with_family=True)
    full = db.session.get_one(Person, records.keys["person_id"])
    twin = db.session.get_one(Person, records.keys["twin_id"])
    add_relative(twin, full, RelativeDetails("sibling"), by=SYSTEM)
    case = db.session.get_one(Case, records.keys["case_id"])
    assign_case(case, records.keys["user_id"], by=SYSTEM)
    kept = make("Kept")
    db.session.flush()
    before = snapshot()
    empty = [name for name, rows in before.items() if not any(row[-1] == str(full.id) for row in rows)]
    assert not empty, f"tests/contracts/records.py makes no row of {empty}, so nothing shows that it moves"
    merge = merge_persons(kept, full, {}, by=SYSTEM)
    after = snapshot()
    for name, rows in after.items():
        assert not [row for row in rows if row[-1] == str(full.id)], f"{name} still points to the merged file"
        assert len(rows) == len(before[name]), f"a row of {name} was lost"
    undo_merge(merge, by=SYSTEM)
    assert snapshot() == before


def test_a_row_that_the_kept_file_has_already_stays_with_the_merged_one(make: Make) -> None:
    kept, merged = make("Kept"), make("Merged")
    number = NewAddress(AddressKind.PHONE, "+923001234567")
    add_address(kept, number, by=SYSTEM)
    theirs = add_address(merged, number, by=SYSTEM)
    theirs.never_contact, theirs.may_message = True, False
    db.session.flush()
    before = snapshot()
    merge = merge_persons(kept, merged, {}, by=SYSTEM)
    (link,) = kept.addresses
    assert (link.never_contact, link.may_message) == (True, False), "the safer plan holds"
    undo_merge(merge, by=SYSTEM)
    (link,) = kept.addresses
    assert (link.never_contact, link.may_message) == (False, True)
    assert snapshot() == before


def test_fields_are_chosen_one_by_one_and_come_back(make: Make) -> None:
    kept = make("محمد یوسف", father_name="احمد", sex="male")
    merged = make("Mohammed Yousef", known_as="Yusi", district="PK6")
    merge = merge_persons(kept, merged, {"name": "merged", "known_as": "merged"}, by=SYSTEM)
    assert (kept.name, kept.known_as, kept.father_name) == ("Mohammed Yousef", "Yusi", "احمد")
    kept.father_name = "محمود"  # somebody goes on working in between
    undo_merge(merge, by=SYSTEM)
    assert (kept.name, kept.known_as, kept.father_name) == ("محمد یوسف", None, "محمود")
    assert (merged.name, merged.known_as) == ("Mohammed Yousef", "Yusi")


def test_the_merged_file_is_out_of_sight_and_leads_to_the_kept_one(
    make: Make, identity: Callable[[str], Identity]
) -> None:
    counsellor = identity("counsellor-lahore")
    kept, merged = make("زرغونه وردک"), make("شبنم قادری")
    merge = merge_persons(kept, merged, {}, by=SYSTEM)
    with pytest.raises(NotFound):
        get_person(merged.id, by=counsellor)
    survivor = find_survivor(merged.id, by=counsellor)
    assert survivor is not None
    assert survivor.id == kept.id
    assert find_survivor(merged.id, by=identity("counsellor-erbil")) is None
    assert [one.person.id for one in search_persons(counsellor, "Shabnam Qaderi")] == [kept.id]
    undo_merge(merge, by=SYSTEM)
    assert [one.person.id for one in search_persons(counsellor, "Shabnam Qaderi")] == [merged.id]


def test_a_chain_of_merges_comes_apart_in_order(make: Make) -> None:
    first, second, third = make("One"), make("Two"), make("Three")
    before = snapshot()
    inner = merge_persons(second, third, {}, by=SYSTEM)
    outer = merge_persons(first, second, {}, by=SYSTEM)
    with pytest.raises(Refused):
        undo_merge(inner, by=SYSTEM)
    undo_merge(outer, by=SYSTEM)
    undo_merge(inner, by=SYSTEM)
    assert snapshot() == before
    with pytest.raises(Refused):
        undo_merge(inner, by=SYSTEM)


def test_a_merge_never_lowers_the_protection(make: Make, identity: Callable[[str], Identity]) -> None:
    kept, merged = make("Kept"), make("Merged")
    case = open_case(CaseDetails("potential"), person=merged, by=SYSTEM)
    set_level(case, 2, by=SYSTEM)
    merge = merge_persons(kept, merged, {}, by=SYSTEM)
    assert kept.confidentiality == 2
    with pytest.raises(NotFound):
        get_person(kept.id, by=identity("frontdesk-lahore"))
    undo_merge(merge, by=SYSTEM)
    assert (kept.confidentiality, merged.confidentiality) == (1, 2)
    assert db.session.get_one(Case, case.id).person_id == merged.id


def test_files_of_two_centres_are_not_merged_and_nobody_merges_without_the_right(
    make: Make, identity: Callable[[str], Identity]
) -> None:
    kept, merged = make("Kept"), make("Merged")
    erbil = db.session.scalars(select(Centre).where(Centre.code == "EBL")).one()
    with pytest.raises(Refused):
        merge_persons(kept, make("Elsewhere", centre_id=erbil.id), {}, by=SYSTEM)
    with pytest.raises(Refused):
        merge_persons(kept, kept, {}, by=SYSTEM)
    for username in ("frontdesk-lahore", "counsellor-erbil"):
        with pytest.raises(Forbidden):
            merge_persons(kept, merged, {}, by=identity(username))


def test_duplicates_are_suspected_once_and_never_after_somebody_judged(
    make: Make, identity: Callable[[str], Identity], context: Flask
) -> None:
    counsellor = identity("counsellor-lahore")
    one, other = make("زرغونه وردک"), make("Zarghuna Wardak")
    db.session.commit()
    drain(context)
    (suspicion,) = list_suspicions(counsellor, cursor=None).items
    assert {suspicion.low.id, suspicion.high.id} == {one.id, other.id}
    tell_apart(one, other, by=counsellor)
    assert list_suspicions(counsellor, cursor=None).items == []
    assert list_alike(one, by=counsellor) == []
    pair = find_pair(other.id, one.id)
    assert pair is not None
    assert pair.status is PairStatus.DISTINCT
    assert len(db.session.scalars(select(PersonPair)).all()) == 1


def test_a_counsellor_merges_on_the_page_and_undoes_it(make: Make, client: Callable[..., PageClient]) -> None:
    kept, merged = make("زرغونه وردک", sex="female"), make("Zarghuna Wardak", known_as="Zari")
    keys = kept.id, merged.id
    db.session.commit()
    counsellor = client("counsellor-lahore")
    assert "Zarghuna Wardak" in counsellor.get(f"/persons/{keys[0]}/duplicates").text
    page = counsellor.post(f"/persons/{keys[0]}/merge/{keys[1]}", {"take_known_as": "merged"})
    assert "Zari" in page.text
    assert counsellor.http.get(f"/persons/{keys[1]}").location.endswith(f"/persons/{keys[0]}")
    undo = next(
        form.get("action", "") for form in page.document.all("form") if "undo" in form.get("action", "")
    )
    page = counsellor.submit(page, {}, form=undo)
    assert "Zari" not in page.text
    assert "Zarghuna Wardak" in counsellor.get(f"/persons/{keys[1]}").text


def test_the_page_asks_about_every_field_that_either_file_knows(
    make: Make, client: Callable[..., PageClient]
) -> None:
    kept, merged = make("Kept"), make("Merged")
    merged.mother_name, merged.education, merged.reads = "Zqxmother", "primary", ["ur", "ps"]
    keys, fields = (kept.id, merged.id), set(readable(kept))
    db.session.commit()
    page = client("counsellor-lahore").get(f"/persons/{keys[0]}/merge/{keys[1]}")
    for name in ("mother_name", "education", "reads"):
        (offered,) = page.find("input", name=f"take_{name}", value="merged")
        assert offered.get("checked") is not None, name
    assert "Zqxmother" in page.text
    assert "Urdu, Pashto" in page.text
    assert not page.find("input", name="take_occupation")
    asked = {name for _code, _title, names in SECTIONS for name in names}
    assert asked == fields
