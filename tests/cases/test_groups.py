"""Consultations with several people: who is listed, who is counted, who sees whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.audit.models import AuditEvent
from mrc.cases.models import Case, Consultation, ConsultationParticipant
from mrc.cases.queries import (
    count_participants,
    find_silence,
    get_consultation,
    get_group,
    group_timeline_rows,
    list_amendments,
    list_consultations_of_person,
)
from mrc.cases.service import (
    GroupDetails,
    add_participant,
    amend_consultation,
    name_enquirer,
    record_group,
    remove_participant,
    set_level,
    void_consultation,
)
from mrc.cases.states import ConsultationKind
from mrc.core.clock import minutes_ago
from mrc.core.db import db
from mrc.core.errors import Forbidden, NotFound, Refused
from mrc.persons.models import Person
from tests.cases.conftest import SYSTEM, Lahore, at, details
from tests.contracts.test_query_counts import queries_of
from tests.support.pages import PageClient

Clients = Callable[..., PageClient]
OTHERS = {("female", "18_59"): 2, ("", "5_11"): 1}


def record(
    lahore: Lahore,
    *persons: Person,
    counts: Mapping[tuple[str, str], int] | None = None,
    by: str = "counsellor-lahore",
    case: Case | None = None,
    main: Person | None = None,
    **given: Any,
) -> Consultation:
    """A group consultation in which all that are named agreed to be listed."""
    ids = frozenset(person.id for person in persons)
    group = GroupDetails(persons, ids, main.id if main else None, counts or {})
    row = record_group(details(**given), group, centre_id=lahore.id, by=lahore.by(by), case=case)
    db.session.commit()
    return row


def listed(row: Consultation, by: Identity) -> set[UUID]:
    return {one.person_id for one in get_group(row, by=by).seen}


def protect(lahore: Lahore, person: Person, level: int = 2) -> Case:
    case = lahore.case(person)
    case.counsellor_id = lahore.by("protection-lahore").user_id
    set_level(case, level, by=SYSTEM if level < 3 else lahore.by("protection-lahore"))
    db.session.commit()
    return case


def test_each_participant_is_listed_and_others_are_counted(lahore: Lahore) -> None:
    mother, son = lahore.person(), lahore.person()
    row = record(lahore, mother, son, counts=OTHERS, main=mother)
    group = get_group(row, by=lahore.by())
    assert [one.person_id for one in group.seen] == [mother.id, son.id]
    assert [one.is_main for one in group.seen] == [True, False]
    assert (group.size, group.unseen) == (5, 0)
    assert (row.is_group, row.person_id) == (True, mother.id)
    assert count_participants([row.id]) == {row.id: 5}
    for person in (mother, son):
        assert list_consultations_of_person(person.id, by=lahore.by()) == [row]
    tags = db.session.scalars(select(AuditEvent.tag).where(AuditEvent.subject_id == row.id)).all()
    assert tags == ["cases:consultation:recorded"]


def test_a_group_may_be_nameless(lahore: Lahore) -> None:
    row = record(lahore, counts=OTHERS)
    assert (row.person_id, get_group(row, by=lahore.by()).size) == (None, 3)


def test_the_timeline_of_a_participant_goes_back_page_by_page(lahore: Lahore) -> None:
    mother, son = lahore.person(), lahore.person()
    rows = [
        record(lahore, mother, son, main=mother, started_at=minutes_ago(minutes)) for minutes in (90, 60, 30)
    ]
    given = {"by": lahore.by(), "person_id": son.id, "case_id": None}
    newest = group_timeline_rows(**given, before=None, size=2)
    older = group_timeline_rows(**given, before=(newest[-1].started_at, newest[-1].id), size=2)
    assert [one.consultation_id for one in (*newest, *older)] == [row.id for row in reversed(rows)]
    # The main person's timeline holds the consultation itself.
    assert not group_timeline_rows(by=lahore.by(), person_id=mother.id, case_id=None, before=None, size=2)


def test_having_taken_part_makes_the_next_consultation_a_follow_up(lahore: Lahore) -> None:
    mother, son = lahore.person(), lahore.person()
    record(lahore, mother, son, started_at=minutes_ago(90))
    assert lahore.log(person=son).kind is ConsultationKind.FOLLOW_UP


@pytest.mark.parametrize("people", [0, 1])
def test_fewer_than_two_are_no_group(lahore: Lahore, people: int) -> None:
    with pytest.raises(Refused):
        record(lahore, counts={("male", "18_59"): people})


def test_nobody_is_listed_without_having_agreed(lahore: Lahore) -> None:
    mother, son = lahore.person(), lahore.person()
    group = GroupDetails((mother, son), frozenset({mother.id}))
    with pytest.raises(Refused) as refused:
        record_group(details(), group, centre_id=lahore.id, by=lahore.by())
    assert "consented" in refused.value.fields


def test_strangers_are_refused(lahore: Lahore) -> None:
    mother, son, kurd = lahore.person(), lahore.person(), lahore.person(code="EBL")
    for refused in (
        lambda: record(lahore, mother, kurd),
        lambda: record(lahore, mother, son, main=kurd),
        lambda: record(lahore, mother, son, main=son, case=lahore.case(mother)),
    ):
        with pytest.raises(Refused):
            refused()
    with pytest.raises(Forbidden):
        record(lahore, mother, son, by="counsellor-erbil")


def test_a_case_of_the_main_person_gets_the_group(lahore: Lahore) -> None:
    mother, son = lahore.person(), lahore.person()
    case = lahore.case(mother)
    row = record(lahore, mother, son, main=mother, case=case)
    assert (row.case_id, row.kind) == (case.id, ConsultationKind.INITIAL)


def test_a_group_is_as_protected_as_its_most_protected_participant(lahore: Lahore) -> None:
    mother, son = lahore.person(), lahore.person()
    case = protect(lahore, son)
    row = record(lahore, mother, son)
    assert row.confidentiality == 2
    set_level(case, 1, by=SYSTEM)
    db.session.commit()
    assert row.confidentiality == 1
    set_level(case, 2, by=SYSTEM)
    assert row.confidentiality == 2
    with pytest.raises(NotFound):
        get_consultation(row.id, by=lahore.by("frontdesk-lahore"))


def test_whoever_may_not_see_a_participant_sees_a_number(lahore: Lahore) -> None:
    """Its counsellor still reads the consultation, but not the files that were protected since."""
    mother, son = lahore.person(), lahore.person()
    row = record(lahore, mother, son)
    protect(lahore, son)
    counsellor = lahore.by()
    group = get_group(get_consultation(row.id, by=counsellor), by=counsellor)
    assert ({one.person_id for one in group.seen}, group.unseen, group.size) == ({mother.id}, 1, 2)
    assert listed(row, lahore.by("manager-lahore")) == {mother.id, son.id}


def test_the_page_names_nobody_whom_the_reader_may_not_see(client: Clients, lahore: Lahore) -> None:
    mother, son = lahore.person(), lahore.person()
    name, url = son.name or "", f"/consultations/{record(lahore, mother, son, main=mother).id}"
    protect(lahore, son)
    db.session.commit()
    page = client("counsellor-lahore").get(url)
    assert name not in page.html
    assert "1 person whose file you may not see" in page.text
    assert name in client("manager-lahore").get(url).html
    assert name not in client("counsellor-lahore").get("/consultations").html


def test_somebody_left_out_is_added_and_somebody_wrong_taken_out(
    lahore: Lahore, clock: time_machine.Traveller
) -> None:
    mother, son, aunt = lahore.person(), lahore.person(), lahore.person()
    row = record(lahore, mother, son, main=mother)
    with pytest.raises(Refused):
        add_participant(row, aunt, has_consented=False, reason="", by=lahore.by())
    added = add_participant(row, aunt, has_consented=True, reason="", by=lahore.by())
    assert add_participant(row, aunt, has_consented=True, reason="", by=lahore.by()) is added
    db.session.commit()
    assert listed(row, lahore.by()) == {mother.id, son.id, aunt.id}
    clock.shift(timedelta(minutes=1))
    remove_participant(row, added, reason="", by=lahore.by())
    db.session.commit()
    assert listed(row, lahore.by()) == {mother.id, son.id}
    assert [one.before for one in list_amendments(row, by=lahore.by())] == [
        {"participants": 3},
        {"participants": 2},
    ]
    tags = set(db.session.scalars(select(AuditEvent.tag).where(AuditEvent.subject_id == row.id)))
    assert {"cases:participant:added", "cases:participant:removed"} <= tags


def test_adding_and_taking_out_follow_the_rule_of_corrections(lahore: Lahore) -> None:
    mother, son, aunt = lahore.person(), lahore.person(), lahore.person()
    row = record(lahore, mother, son, main=mother)
    participants = {one.person_id: one for one in get_group(row, by=lahore.by()).seen}
    desk = lahore.by("frontdesk-lahore")
    with pytest.raises(Forbidden):
        add_participant(row, aunt, has_consented=True, reason="", by=desk)
    with pytest.raises(Forbidden):
        remove_participant(row, participants[son.id], reason="", by=desk)
    with pytest.raises(Refused):
        remove_participant(row, participants[mother.id], reason="", by=lahore.by())
    with pytest.raises(Refused):
        add_participant(row, lahore.person(code="EBL"), has_consented=True, reason="", by=lahore.by())
    single = lahore.log(person=mother)
    with pytest.raises(Refused):
        add_participant(single, aunt, has_consented=True, reason="", by=lahore.by())
    void_consultation(row, reason="twice", by=lahore.by())
    with pytest.raises(Refused):
        add_participant(row, aunt, has_consented=True, reason="", by=lahore.by())


def test_taking_out_the_protected_one_opens_the_group_again(lahore: Lahore) -> None:
    mother, son = lahore.person(), lahore.person()
    protect(lahore, son)
    row = record(lahore, mother, son)
    of_son = select(ConsultationParticipant).where(ConsultationParticipant.person_id == son.id)
    remove_participant(row, db.session.scalars(of_son).one(), reason="", by=lahore.by())
    assert row.confidentiality == 1


def test_a_group_has_no_single_enquirer(lahore: Lahore) -> None:
    row = record(lahore, counts=OTHERS)
    with pytest.raises(Refused):
        name_enquirer(row, lahore.person(), by=lahore.by())


def test_a_corrected_beginning_moves_in_every_timeline(lahore: Lahore) -> None:
    mother, son = lahore.person(), lahore.person()
    row = record(lahore, mother, son)
    amend_consultation(row, {"started_at": at("2026-03-01T10:00")}, reason="", by=lahore.by())
    db.session.commit()
    moved = db.session.scalars(select(ConsultationParticipant.started_at)).all()
    assert set(moved) == {at("2026-03-01T10:00")}
    assert find_silence(son.id, "Asia/Karachi", by=lahore.by()) is None


def test_a_family_is_logged_from_a_persons_page(client: Clients, lahore: Lahore) -> None:
    mother, son = lahore.person(), lahore.person()
    names, url = (mother.name, son.name), f"/persons/{mother.id}"
    mother_id, son_id = str(mother.id), str(son.id)
    db.session.commit()
    desk = client("counsellor-lahore")
    start = desk.get(url).links["Log a consultation with the family or a group"]
    found = desk.get(f"{start}&q={names[1]}")
    both = desk.get(next(link.get("href", "") for link in found.find("a") if son_id in link.get("href", "")))
    given = {
        "channel": "walk_in",
        "topics": ["pre_departure"],
        "outcome": "information_given",
        "minutes": "30",
        "counts-female.18_59": "۲",
    }
    refused = desk.submit(both, given, form="group-log", status=422)
    assert "without having agreed" in refused.text
    agreed = {"consented": [mother_id, son_id]}
    page = desk.submit(both, given | agreed, form="group-log")
    assert names[0] in page.text
    assert names[1] in page.text
    assert "mainly about this person" in page.text
    assert "Female, 18–59" in page.text
    assert "in a group" in desk.get(f"/persons/{son_id}").text
    assert "group of 4" in desk.get("/consultations?group=1").text


def test_a_group_of_strangers_ids_is_not_found(client: Clients, lahore: Lahore) -> None:
    kurd = lahore.person(code="EBL").id
    hidden = lahore.person()
    protect(lahore, hidden)
    key = hidden.id
    db.session.commit()
    counsellor = client("counsellor-lahore")
    for one in (kurd, key, "nonsense"):
        assert counsellor.http.get(f"/consultations/group?with={one}").status_code == 404
    crowd = "&".join(f"with={UUID(int=number)}" for number in range(1, 30))
    assert counsellor.http.get(f"/consultations/group?{crowd}").status_code == 422


def test_people_are_added_and_taken_out_on_the_pages(client: Clients, lahore: Lahore) -> None:
    mother, son, aunt = lahore.person(), lahore.person(), lahore.person()
    names = {"son": son.name or "", "aunt": aunt.name or ""}
    url = f"/consultations/{record(lahore, mother, son, main=mother).id}"
    single = f"/consultations/{lahore.log(person=mother).id}"
    db.session.commit()
    counsellor = client("counsellor-lahore")
    search = f"{url}/participants?q={names['aunt']}"
    assert "having agreed" in counsellor.post(search, {"has_consented": []}, form="add", status=422).text
    page = counsellor.post(search, {"has_consented": "y"}, form="add")
    assert names["aunt"] in page.text
    out = [link.get("href", "") for link in page.find("a") if link.get("href", "").endswith("/remove")]
    page = counsellor.post(out[0], {"reason": "mixed up"})
    assert "mixed up" in page.text
    assert counsellor.http.get(f"{single}/participants").status_code == 404


def test_a_page_asks_as_often_for_a_large_group_as_for_a_small_one(
    app: Flask, client: Clients, lahore: Lahore
) -> None:
    people = [lahore.person() for _name in range(5)]
    small = f"/consultations/{record(lahore, *people[:2]).id}"
    large = f"/consultations/{record(lahore, *people, counts=OTHERS).id}"
    db.session.commit()
    manager = client("manager-lahore")
    assert queries_of(app, manager, large) == queries_of(app, manager, small)
