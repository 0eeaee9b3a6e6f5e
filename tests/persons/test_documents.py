"""Identity documents: any digits, a soft eye, masked everywhere, shown by a logged act, found by number."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from sqlalchemy import select, text

from mrc.access.identity import Identity
from mrc.audit.models import AuditEvent
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused, TransitionRefused
from mrc.persons.formats import formats, looks_unusual, masked, tidy
from mrc.persons.models import IdentityDocument, Person
from mrc.persons.queries import find_persons_by_document, list_documents, list_sharers
from mrc.persons.service import DocumentDetails, add_document, change_document, move_document
from mrc.persons.states import DOCUMENT, DocumentStatus
from tests.support.pages import PageClient

Clients = Callable[..., PageClient]
Registered = Callable[..., Person]
People = Callable[[str], Identity]
CNIC = "35202-1234567-1"
LEADS_TO = {
    ("held", "lose"): "lost",
    ("withheld", "lose"): "lost",
    ("held", "withhold"): "withheld",
    ("lost", "find"): "held",
    ("withheld", "find"): "held",
    ("held", "remove"): "removed",
    ("lost", "remove"): "removed",
    ("withheld", "remove"): "removed",
}
"""Written down by hand: a second opinion on the table of transitions."""


def added(person: Person, by: Identity, **details: object) -> IdentityDocument:
    values = {"kind": "cnic", "number": CNIC} | details
    document = add_document(person, DocumentDetails(**values), by=by)  # type: ignore[arg-type]
    db.session.commit()
    return document


@pytest.mark.parametrize(
    ("kind", "typed", "read"),
    [
        ("cnic", "3520212345671", CNIC),
        ("cnic", "۳۵۲۰۲-۱۲۳۴۵۶۷-۱", CNIC),
        ("b_form", " 35202 1234567 1 ", CNIC),
        ("e_tazkira", "1400010012345", "1400-0100-12345"),
        ("paper_tazkira", "۱۲ / ۳۴۵ / ۶۷۸۹", "12/345/6789"),
        ("iq_national_card", "١٩٩٠١٢٣٤٥٦٧٨", "199012345678"),
        ("passport_pk", "ab 1234567", "AB1234567"),
        ("other", "x-1", "X-1"),
    ],
)
def test_a_number_is_read_in_any_digits_and_spelling(kind: str, typed: str, read: str) -> None:
    assert tidy(kind, typed) == read
    assert not looks_unusual(kind, typed)


def test_every_example_is_usual_for_its_kind() -> None:
    assert [kind for kind, known in formats().items() if looks_unusual(kind, known.example)] == []


@pytest.mark.parametrize(
    ("number", "shown"),
    [(CNIC, "•••••-•••••67-1"), ("A12345678", "••••••678"), ("123456", "••••••"), ("", ""), (None, "")],
)
def test_at_most_three_signs_are_shown(number: str | None, shown: str) -> None:
    assert masked(number) == shown


def test_an_unusual_number_is_kept_only_on_purpose(registered: Registered, counsellor: Identity) -> None:
    person = registered()
    with pytest.raises(Refused) as refused:
        add_document(person, DocumentDetails("cnic", "12"), by=counsellor)
    assert list(refused.value.fields) == ["number"]
    assert added(person, counsellor, number="12", keeps_unusual=True).number == "12"


def test_the_number_is_sealed_and_found_in_any_writing(registered: Registered, counsellor: Identity) -> None:
    person = registered()
    added(person, counsellor)
    seen = str(db.session.execute(text("SELECT * FROM identity_document")).all())
    assert "35202" not in seen
    for asked in (CNIC, "3520212345671", "۳۵۲۰۲۱۲۳۴۵۶۷۱"):
        assert find_persons_by_document(counsellor, asked) == [person]
    assert find_persons_by_document(counsellor, "352") == []


def test_another_centre_finds_nobody_by_it(
    registered: Registered, counsellor: Identity, identity: People
) -> None:
    added(registered(), counsellor)
    assert find_persons_by_document(identity("counsellor-erbil"), CNIC) == []


def test_who_has_the_same_number_is_shown_unless_hidden(registered: Registered, counsellor: Identity) -> None:
    first, second = registered("Gul Khan"), registered("Amina Bibi")
    added(first, counsellor)
    added(second, counsellor, kind="b_form")
    assert list_sharers(second, list_documents(second), by=counsellor) == [first]
    first.confidentiality = 3
    db.session.commit()
    assert list_sharers(second, list_documents(second), by=counsellor) == []
    assert find_persons_by_document(counsellor, CNIC) == [second]


def test_the_front_desk_writes_numbers_down_and_never_sees_one_again(
    registered: Registered, clients_of: Clients
) -> None:
    person_id = registered().id
    desk = clients_of("frontdesk-lahore")
    page = desk.post(f"/persons/{person_id}/identity-documents/new", {"kind": "cnic", "number": CNIC})
    assert "•••••-•••••67-1" in page.text
    document_id = db.session.scalars(select(IdentityDocument.id)).one()
    db.session.rollback()
    for address in ("", "/number"):
        answer = desk.http.get(f"/persons/{person_id}/identity-documents/{document_id}{address}")
        assert answer.status_code == 403


def test_looking_at_a_number_is_logged(
    registered: Registered, counsellor: Identity, clients_of: Clients
) -> None:
    person = registered()
    person_id, document_id = person.id, added(person, counsellor).id
    browser = clients_of("counsellor-lahore")
    assert CNIC not in browser.get(f"/persons/{person_id}").text
    assert CNIC in browser.get(f"/persons/{person_id}/identity-documents/{document_id}/number").text
    tags = db.session.scalars(select(AuditEvent.tag).where(AuditEvent.subject_id == person_id)).all()
    assert tags.count("persons:person:revealed") == 1


def test_the_page_asks_again_for_an_unusual_number(registered: Registered, clients_of: Clients) -> None:
    url = f"/persons/{registered().id}/identity-documents/new"
    browser = clients_of("counsellor-lahore")
    again = browser.post(url, {"kind": "cnic", "number": "123"}, status=422)
    assert "35202-1234567-1" in again.text
    browser.submit(again, {"keeps_unusual": "y"})
    assert db.session.scalars(select(IdentityDocument)).one().number == "123"


def test_changing_a_number_moves_its_index(registered: Registered, counsellor: Identity) -> None:
    person = registered()
    document = added(person, counsellor)
    change_document(document, DocumentDetails("cnic", "35202-7654321-3"), by=counsellor)
    db.session.commit()
    assert find_persons_by_document(counsellor, CNIC) == []
    assert find_persons_by_document(counsellor, "3520276543213") == [person]


def test_the_front_desk_changes_none(registered: Registered, counsellor: Identity, identity: People) -> None:
    document = added(registered(), counsellor)
    with pytest.raises(Forbidden):
        change_document(document, DocumentDetails("cnic", CNIC), by=identity("frontdesk-lahore"))
    with pytest.raises(Forbidden):
        add_document(document.person, DocumentDetails("cnic"), by=identity("counsellor-erbil"))


ACTIONS = sorted({transition.name for transition in DOCUMENT.transitions})


@pytest.mark.parametrize(("status", "step"), list(product([one.value for one in DocumentStatus], ACTIONS)))
def test_each_step_from_each_state(
    registered: Registered, counsellor: Identity, identity: People, status: str, step: str
) -> None:
    document = added(registered(), counsellor)
    document.status = DocumentStatus(status)
    db.session.commit()
    if (target := LEADS_TO.get((status, step))) is None:
        with pytest.raises(TransitionRefused):
            move_document(document, step, by=counsellor)
        return
    with pytest.raises(Forbidden):
        move_document(document, step, by=identity("frontdesk-lahore"))
    move_document(document, step, by=counsellor)
    assert document.status == target


def test_a_document_written_down_in_error_is_shown_no_more(
    registered: Registered, counsellor: Identity
) -> None:
    person = registered()
    move_document(added(person, counsellor), "remove", by=counsellor)
    db.session.commit()
    assert list_documents(person) == []
    assert find_persons_by_document(counsellor, CNIC) == []
