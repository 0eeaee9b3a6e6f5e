"""Transfers between centres, requests and shares: who sees what before and after, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from mrc.access.permissions import Permission
from mrc.audit.models import AuditEvent
from mrc.audit.tags import Event
from mrc.cases.models import Case, Consultation, Handover
from mrc.cases.policy import CASES, CONSULTATIONS
from mrc.cases.queries import (
    count_to_answer,
    get_case,
    get_handover,
    list_case_handovers,
    list_incoming,
    list_requests,
)
from mrc.cases.service import (
    CaseDetails,
    TransferDetails,
    accept,
    ask_for,
    ask_transfer,
    assign_case,
    decline,
    end_share,
    keep_in_step,
    open_case,
    set_level,
    share_case,
    withdraw,
)
from mrc.cases.states import CaseStatus, HandoverKind, HandoverStatus
from mrc.centres.queries import find_centre_by_code
from mrc.core.clock import now
from mrc.core.db import db
from mrc.core.errors import Forbidden, NotFound, Refused, TransitionRefused
from mrc.persons.models import Person
from mrc.persons.policy import PERSONS
from mrc.persons.queries import find_persons_by_document, search_persons
from mrc.persons.service import DocumentDetails, NewConsent, add_document, record_consent, withdraw_consent
from mrc.persons.states import ConsentMode, ConsentPurpose
from mrc.tasks.models import Task
from tests.cases.conftest import SYSTEM, Lahore

NUMBER = "+923001234567"
CNIC = "35202-1234567-1"
GROUND = "She cannot be asked: her phone was taken from her."


def centre_id(code: str) -> Any:
    centre = find_centre_by_code(code)
    assert centre is not None
    return centre.id


def seal(case: Case) -> None:
    case.confidentiality = 3
    keep_in_step(case)


def offered(lahore: Lahore, case: Case, code: str = "EBL", ground: str = GROUND) -> Handover:
    wanted = TransferDetails(centre_id(code), "He lives in Erbil now.", ground)
    row = ask_transfer(case, wanted, by=lahore.by())
    db.session.commit()
    return row


def test_a_transfer_moves_the_person_and_all_that_is_theirs(lahore: Lahore) -> None:
    person = lahore.person(NUMBER)
    case = lahore.case(person)
    other = lahore.case(person)
    consultation = lahore.log(person=person, case=case)
    add_document(person, DocumentDetails("cnic", CNIC), by=SYSTEM)
    row = offered(lahore, case)
    manager, counsellor = lahore.by("manager-erbil"), lahore.by("counsellor-erbil")
    assert get_case(case.id, by=lahore.by()).centre_id == lahore.id, "it stays until they accept"
    assert counsellor.user_id is not None
    accept(row, counsellor.user_id, by=manager)
    db.session.commit()
    erbil = centre_id("EBL")
    for moved in (case, other, person, consultation):
        assert moved.centre_id == erbil
    assert case.counsellor_id == other.counsellor_id == counsellor.user_id
    assert set(db.session.scalars(select(Task.centre_id))) <= {erbil}
    assert [found.person.id for found in search_persons(counsellor, "Qurban")] == [person.id]
    assert [found.person.id for found in search_persons(counsellor, NUMBER)] == [person.id]
    assert find_persons_by_document(counsellor, CNIC) == [person]
    before = lahore.by()
    for policy, seen in ((CASES, case), (PERSONS, person), (CONSULTATIONS, consultation)):
        assert policy.permits(counsellor, seen)
        assert not policy.permits(before, seen)
    for words in ("Qurban", NUMBER, CNIC):
        assert search_persons(before, words) == []
    tagged = select(AuditEvent.chain).where(AuditEvent.tag == Event.CASE_TRANSFERRED.value)
    assert set(db.session.scalars(tagged)) == {str(erbil), str(lahore.id)}


def test_before_it_accepts_a_centre_reads_nothing_that_names_anybody(lahore: Lahore, client: Any) -> None:
    case = lahore.case(lahore.person(NUMBER))
    row = offered(lahore, case)
    manager = lahore.by("manager-erbil")
    (incoming,) = list_incoming(manager)
    assert (incoming.number, incoming.client_type) == (case.number, "potential")
    assert count_to_answer(manager) == 1
    with pytest.raises(NotFound):
        get_case(case.id, by=manager)
    page = client("manager-erbil").get("/hand-overs")
    assert case.number in page.text
    assert "Qurban" not in page.text
    answering = client("manager-erbil").get(f"/hand-overs/{row.id}/accept")
    assert "Qurban" not in answering.text
    for stranger in ("manager-kabul", "counsellor-kabul"):
        client(stranger).get(f"/hand-overs/{row.id}/accept", status=404)
        assert case.number not in client(stranger).get("/hand-overs").text


def test_a_transfer_needs_the_persons_consent_or_a_ground(lahore: Lahore) -> None:
    person = lahore.person()
    case = lahore.case(person)
    with pytest.raises(Refused) as refusal:
        offered(lahore, case, ground="")
    assert "without_consent" in refusal.value.fields
    erbil = find_centre_by_code("EBL")
    assert erbil is not None
    agreed = NewConsent(ConsentPurpose.SHARE_CENTRE, ConsentMode.VERBAL, "ur", recipient=erbil.name)
    record_consent(person, agreed, by=SYSTEM)
    db.session.flush()
    assert offered(lahore, case, ground="").status is HandoverStatus.ASKED


def test_what_cannot_be_transferred(lahore: Lahore) -> None:
    case = lahore.case(lahore.person())
    wanted = TransferDetails(centre_id("EBL"), "He lives there now.", GROUND)
    with pytest.raises(Forbidden):
        ask_transfer(case, wanted, by=lahore.by("protection-lahore"))
    with pytest.raises(Refused) as refusal:
        offered(lahore, case, code="LHE")
    assert "centre" in refusal.value.fields
    offered(lahore, case)
    with pytest.raises(Refused, match="answer already"):
        offered(lahore, case, code="KBL")
    sealed = lahore.case(lahore.person())
    seal(sealed)
    with pytest.raises(Refused, match="sealed"):
        offered(lahore, sealed)
    closed = lahore.case(lahore.person())
    closed.status, closed.closure_reason = CaseStatus.CLOSURE_REQUESTED, "needs_met"
    closed.status, closed.closed_at = CaseStatus.CLOSED, now()
    with pytest.raises(Refused, match="not open"):
        offered(lahore, closed)


def test_a_transfer_is_declined_with_words_or_withdrawn(lahore: Lahore) -> None:
    case = lahore.case(lahore.person())
    row = offered(lahore, case)
    with pytest.raises(Forbidden):
        decline(row, "No.", by=lahore.by("manager-lahore"))
    with pytest.raises(Forbidden):
        withdraw(row, by=lahore.by("protection-lahore"))
    with pytest.raises(Refused):
        decline(row, " ", by=lahore.by("manager-erbil"))
    decline(row, "We have no lawyer; ask Baghdad.", by=lahore.by("manager-erbil"))
    assert row.status is HandoverStatus.DECLINED
    erbil = lahore.by("counsellor-erbil").user_id
    assert erbil is not None
    with pytest.raises(Forbidden):
        accept(row, erbil, by=lahore.by("manager-erbil"))
    again = offered(lahore, case, code="KBL")
    withdraw(again, by=lahore.by())
    with pytest.raises(TransitionRefused):
        withdraw(again, by=lahore.by())
    assert case.centre_id == lahore.id
    log = {one.status for one in list_case_handovers(case) if one.kind is HandoverKind.TRANSFER}
    assert log == {HandoverStatus.WITHDRAWN, HandoverStatus.DECLINED}


def test_a_case_that_was_closed_meanwhile_is_not_taken_over(lahore: Lahore) -> None:
    case = lahore.case(lahore.person())
    row = offered(lahore, case)
    case.closure_reason, case.closed_at, case.status = "needs_met", now(), CaseStatus.CLOSED
    db.session.commit()
    erbil = lahore.by("counsellor-erbil").user_id
    assert erbil is not None
    with pytest.raises(Refused, match="meanwhile"):
        accept(row, erbil, by=lahore.by("manager-erbil"))


def test_a_colleague_asks_for_a_case_and_gets_it(lahore: Lahore) -> None:
    case = lahore.case(lahore.person())
    officer = lahore.by("protection-lahore")
    row = ask_for(case, "I know the family.", by=officer)
    assert ask_for(case, "I know the family.", by=officer) is row, "asked twice, asked once"
    assert list_requests(lahore.by()) == [row]
    assert list_requests(officer) == []
    assert officer.user_id is not None
    with pytest.raises(Forbidden):
        accept(row, officer.user_id, by=officer)
    accept(row, officer.user_id, by=lahore.by())
    assert case.counsellor_id == officer.user_id
    kinds = {one.kind for one in list_case_handovers(case)}
    assert kinds == {HandoverKind.ASSIGN, HandoverKind.REQUEST}


def test_a_request_from_another_centre_moves_the_case_there(lahore: Lahore) -> None:
    case = lahore.case(lahore.person())
    erbil = lahore.by("counsellor-erbil")
    row = ask_for(case, "He came to us.", by=erbil)
    assert row.to_centre_id == centre_id("EBL")
    assert erbil.user_id is not None
    with pytest.raises(Refused):
        accept(row, erbil.user_id, by=lahore.by())
    accept(row, erbil.user_id, by=lahore.by(), without_consent=GROUND)
    db.session.commit()
    assert (case.centre_id, case.counsellor_id) == (centre_id("EBL"), erbil.user_id)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_asking_by_number_tells_nobody_whether_there_is_a_case(
    lahore: Lahore, client: Any, level: int
) -> None:
    case = lahore.case(lahore.person())
    case.confidentiality = level
    keep_in_step(case)
    number = case.number
    db.session.commit()
    erbil = client("counsellor-erbil")
    answers = [
        erbil.post("/hand-overs/ask", {"number": asked, "reason": "He came to us."})
        for asked in (number, "LHE-2026-999999-X", "nonsense")
    ]
    words = "If there is an open case with this number"
    assert all(words in answer.text for answer in answers)
    asked = db.session.scalars(select(Handover).where(Handover.kind == HandoverKind.REQUEST)).all()
    assert len(asked) == (1 if level < 3 else 0)
    if level == 3:
        assert number not in answers[0].text


def test_a_shared_case_is_read_by_the_colleague_alone_and_until_the_day(lahore: Lahore, client: Any) -> None:
    person = lahore.person(NUMBER)
    case, other = lahore.case(person), lahore.case(person)
    consultation = lahore.log(person=person, case=case)
    kabul = lahore.by("counsellor-kabul")
    assert kabul.user_id is not None
    today = now().date()
    row = share_case(case, kabul.user_id, today + timedelta(days=3), by=lahore.by(), reason="Knows Dari.")
    db.session.commit()
    reader = lahore.by("counsellor-kabul")
    for policy, model, seen in ((CASES, Case, case), (CONSULTATIONS, Consultation, consultation)):
        assert policy.permits(reader, seen)
        assert db.session.scalars(policy.visible(reader, select(model.id))).all() == [seen.id]
        assert not policy.permits(lahore.by("manager-kabul"), seen)
    assert not CASES.permits(reader, other)
    assert not CASES.permits(reader, case, Permission.CASE_WORK)
    assert not PERSONS.permits(reader, person)
    assert db.session.scalars(PERSONS.visible(reader, select(Person.id))).all() == []
    keys = case.id, other.id, person.id
    page = client("counsellor-kabul").get(f"/cases/{keys[0]}")
    assert "What was said" in page.text
    assert "Add the note" not in page.text
    client("counsellor-kabul").get(f"/persons/{keys[2]}", status=404)
    client("counsellor-kabul").get(f"/cases/{keys[1]}", status=404)
    client("counsellor-kabul").get(f"/cases/{keys[0]}/edit", status=404)
    assert case.number in client("counsellor-kabul").get("/hand-overs").text
    end_share(db.session.get_one(Handover, row.id), by=lahore.by())
    db.session.commit()
    client("counsellor-kabul").get(f"/cases/{keys[0]}", status=404)


def test_a_share_ends_by_itself_and_never_opens_a_sealed_case(
    lahore: Lahore, clock: time_machine.Traveller
) -> None:
    case = lahore.case(lahore.person())
    kabul = lahore.by("counsellor-kabul")
    assert kabul.user_id is not None
    today = now().date()
    for day in (today - timedelta(days=1), today + timedelta(days=91)):
        with pytest.raises(Refused):
            share_case(case, kabul.user_id, day, by=lahore.by())
    share_case(case, kabul.user_id, today, by=lahore.by())
    db.session.commit()
    assert CASES.permits(lahore.by("counsellor-kabul"), case)
    seal(case)
    assert not CASES.permits(lahore.by("counsellor-kabul"), case)
    with pytest.raises(Refused, match="sealed"):
        share_case(case, kabul.user_id, today, by=SYSTEM)
    set_level(case, 1, by=SYSTEM)
    db.session.commit()
    clock.shift(timedelta(days=1, hours=12))
    assert not CASES.permits(lahore.by("counsellor-kabul"), case)


def test_giving_a_case_is_in_the_same_log(lahore: Lahore) -> None:
    person = lahore.person()
    case = open_case(CaseDetails("potential"), person=person, by=SYSTEM)
    counsellor = lahore.by()
    assert counsellor.user_id is not None
    assign_case(case, counsellor.user_id, by=counsellor)
    (row,) = list_case_handovers(case)
    assert (row.kind, row.status, row.to_user_id) == (
        HandoverKind.ASSIGN,
        HandoverStatus.DONE,
        counsellor.user_id,
    )
    with pytest.raises(NotFound):
        get_handover(row.id, by=lahore.by("counsellor-kabul"))


def test_a_hidden_sealed_case_holds_a_transfer_back_and_tells_nobody(lahore: Lahore) -> None:
    person = lahore.person()
    case, hidden = lahore.case(person), lahore.case(person)
    hidden.counsellor_id = lahore.by("protection-lahore").user_id
    seal(hidden)
    db.session.commit()
    row = offered(lahore, case)
    erbil = lahore.by("counsellor-erbil").user_id
    assert erbil is not None
    with pytest.raises(Refused, match="closed or changed hands meanwhile"):
        accept(row, erbil, by=lahore.by("manager-erbil"))
    db.session.rollback()
    assert hidden.centre_id == case.centre_id == lahore.id


def test_a_transfer_that_rests_on_consent_ends_with_it(lahore: Lahore) -> None:
    person = lahore.person()
    case = lahore.case(person)
    erbil = find_centre_by_code("EBL")
    assert erbil is not None
    agreed = NewConsent(ConsentPurpose.SHARE_CENTRE, ConsentMode.VERBAL, "ur", recipient=erbil.name)
    consent = record_consent(person, agreed, by=SYSTEM)
    db.session.flush()
    row = offered(lahore, case, ground="")
    withdraw_consent(consent, by=SYSTEM)
    db.session.commit()
    counsellor = lahore.by("counsellor-erbil").user_id
    assert counsellor is not None
    with pytest.raises(Refused, match="taken back the consent"):
        accept(row, counsellor, by=lahore.by("manager-erbil"))
