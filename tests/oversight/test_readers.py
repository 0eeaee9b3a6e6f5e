"""Who looked: at a person's file and at a case, shown to those who answer for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from mrc.access.identity import Identity
from mrc.audit.models import AuditEvent
from mrc.cases.models import Case, Note
from mrc.cases.service import CaseDetails, add_note, assign_case, name_team, open_case, set_level
from mrc.core.db import db
from mrc.oversight.queries import list_person_readers
from mrc.oversight.readers import READER_WORDS
from mrc.persons.models import Person
from tests.contracts.records import Records, make_records
from tests.support.pages import Page, PageClient

Clients = Callable[..., PageClient]
People = Callable[[str], Identity]
SYSTEM = Identity.system("reader tests")


@pytest.fixture
def records(context: Flask) -> Records:
    made = make_records("LHE")
    db.session.commit()
    return made


def lines(page: Page) -> list[str]:
    """The acts of the page, newest first."""
    return [" ".join("".join(line.itertext()).split()) for line in page.find("span", class_="row-main")]


def test_a_manager_sees_who_did_what_and_from_which_role(
    records: Records, client: Clients, clock: time_machine.Traveller
) -> None:
    person, case = records.keys["person_id"], records.keys["case_id"]
    desk, counsellor = client("frontdesk-lahore"), client("counsellor-lahore")
    desk.get(f"/persons?q={records.marker}")
    clock.shift(timedelta(minutes=1))
    desk.get(f"/persons/{person}")
    clock.shift(timedelta(minutes=10))
    counsellor.get(f"/persons/{person}")
    counsellor.get(f"/cases/{case}")
    counsellor.get(f"/inbox/{records.keys['thread_id']}")
    page = client("manager-lahore").get(f"/persons/{person}/who-looked")
    said = lines(page)
    assert "Bushra Malik opened the file after a search" in said
    assert "Sadia Anwar opened the file" in said
    assert "Sadia Anwar read the case" in said
    assert "Sadia Anwar read the conversation" in said
    assert "Front desk" in page.text
    assert "Counsellor" in page.text
    said = lines(client("protection-lahore").get(f"/cases/{case}/who-looked"))
    assert "Sadia Anwar read the case" in said
    assert not any("opened the file" in line for line in said)


def test_others_see_their_own_acts_alone(records: Records, client: Clients) -> None:
    url = f"/persons/{records.keys['person_id']}"
    client("counsellor-lahore").get(url)
    desk = client("frontdesk-lahore")
    desk.get(url)
    for asked in (f"{url}/who-looked", f"/cases/{records.keys['case_id']}/who-looked"):
        page = desk.get(asked)
        assert not any("Sadia Anwar" in line for line in lines(page))
    assert any("Bushra Malik" in line for line in lines(desk.get(f"{url}/who-looked")))


def test_looking_at_who_looked_is_in_the_log(records: Records, client: Clients) -> None:
    manager = client("manager-lahore")
    manager.get(f"/persons/{records.keys['person_id']}/who-looked")
    again = manager.get(f"/persons/{records.keys['person_id']}/who-looked")
    assert "Ayesha Siddiqui looked at who looked" in lines(again)


def test_the_reason_of_a_paper_is_shown(records: Records, client: Clients) -> None:
    url = f"/cases/{records.keys['case_id']}"
    counsellor = client("counsellor-lahore")
    page = counsellor.get(f"{url}/paper")
    counsellor.submit(page, {"reason": "The court asked for the file."}, status=200)
    said = client("manager-lahore").get(f"{url}/who-looked")
    assert "Sadia Anwar printed the case file" in lines(said)
    assert "The court asked for the file." in said.text


def test_the_list_goes_on_page_by_page(records: Records, client: Clients) -> None:
    case = db.session.get_one(Case, records.keys["case_id"])
    before = db.session.scalar(select(func.count()).where(Note.case_id == case.id)) or 0
    for number in range(120):
        add_note(case, f"note {number}", by=SYSTEM)
    db.session.commit()
    manager, url = client("manager-lahore"), f"/cases/{records.keys['case_id']}/who-looked"
    found: list[str] = []
    for _page in range(10):
        page = manager.get(url)
        found += lines(page)
        older = [link.get("href") for link in page.find("a", rel="next")]
        if not older:
            break
        url = older[0]
    assert sum("wrote a note" in line for line in found) == 120 + before


def test_what_happened_in_a_sealed_case_is_not_told_of_a_person(
    records: Records, client: Clients, identity: People
) -> None:
    """A counsellor of another case of a sealed person reads of that case alone."""
    officer, counsellor = identity("protection-lahore"), identity("counsellor-lahore")
    assert officer.user_id is not None
    assert counsellor.user_id is not None
    person = db.session.get_one(Person, records.keys["person_id"])
    sealed = db.session.get_one(Case, records.keys["case_id"])
    other = open_case(CaseDetails("potential", counsellor_id=counsellor.user_id), person=person, by=SYSTEM)
    assign_case(sealed, officer.user_id, by=SYSTEM)
    name_team(sealed, frozenset({officer.user_id}), by=officer)
    db.session.flush()
    set_level(sealed, 3, by=officer)
    db.session.commit()
    url, file = f"/cases/{other.id}", f"/persons/{person.id}"
    db.session.rollback()
    working = client("counsellor-lahore")
    page = working.get(url)
    assert file not in page.html
    working.get(f"{file}/who-looked", status=404)
    working.get(f"{url}/who-looked")
    db.session.rollback()
    seen = list_person_readers(person, by=officer, cursor=None).items
    assert sealed.id in {event.subject_id for event in seen}
    seen = list_person_readers(person, by=counsellor, cursor=None).items
    assert sealed.id not in {event.subject_id for event in seen}
    db.session.rollback()


OF_NOBODY = ("", "canned_answer", "information_sheet", "partner", "service_offer", "focal_point")
"""The library and the directory are in nobody's file."""


def test_every_act_on_a_file_has_words(app: Flask) -> None:
    with app.app_context():
        make_records("LHE")
        db.session.commit()
        tags = set(
            db.session.scalars(select(AuditEvent.tag).where(AuditEvent.subject_kind.not_in(OF_NOBODY)))
        )
    assert tags - {str(tag) for tag in READER_WORDS} == set()
