"""The one timeline: what stands in it, in which order, and where it goes on."""

from __future__ import annotations

import timeit
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select

from mrc.access.identity import Identity
from mrc.audit.models import AuditEvent
from mrc.audit.service import reason_of
from mrc.cases.models import Case, Consultation, Note
from mrc.cases.policy import NOTES
from mrc.cases.service import ConsultationDetails, add_note, name_team, record_consultation, set_level
from mrc.core import clock as our_clock
from mrc.core.db import db
from mrc.messaging.models import Message
from mrc.persons.models import Person
from mrc.persons.service import withdraw_consent
from mrc.tasks.models import Task
from mrc.tasks.service import move_task
from mrc.web.timeline import TimelineFilter, parse_point, read_timeline, timeline_kinds
from tests.contracts.records import Records, make_records
from tests.contracts.test_query_counts import queries_of
from tests.support.pages import PageClient

Clients = Callable[..., PageClient]
People = Callable[[str], Identity]
SYSTEM = Identity.system("timeline tests")
REASON = "The court in Lahore asked for the file."


def said(note: str, *, case: Case | None, person: Person, by: Identity = SYSTEM) -> Consultation:
    details = ConsultationDetails("walk_in", "inbound", our_clock.now(), 5, "information_given", note=note)
    return record_consultation(details, centre_id=person.centre_id, by=by, person=person, case=case)


@pytest.fixture
def file(context: Flask, clock: time_machine.Traveller) -> Records:
    """A person of Lahore with a case, and 25 notes and 25 consultations that alternate by the hour."""
    records = make_records("LHE")
    case = db.session.get_one(Case, records.keys["case_id"])
    for number in range(25):
        clock.shift(timedelta(minutes=30))
        add_note(case, f"note {number}", by=SYSTEM)
        clock.shift(timedelta(minutes=30))
        said(f"talk {number}", case=case, person=case.person)
    db.session.commit()
    return records


def walk(by: Identity, records: Records, *, size: int, wanted: TimelineFilter | None = None) -> list[UUID]:
    """The ids of the whole timeline of the case, part by part."""
    found: list[UUID] = []
    before, keys = None, records.keys
    for _part in range(200):
        part = read_timeline(
            by=by,
            person_id=keys["person_id"],
            case_id=keys["case_id"],
            wanted=wanted,
            before=before,
            size=size,
        )
        found += [entry.row.id for entry in part.entries]
        if part.older is None:
            return found
        before = parse_point(part.older)
    raise AssertionError("the timeline never ends")


WORDS = TimelineFilter(kinds=frozenset({"note", "consultation"}))


@pytest.mark.parametrize("size", [1, 7, 30, 500])
def test_parts_of_any_size_hold_everything_once_newest_first(
    file: Records, identity: People, size: int
) -> None:
    found = walk(identity("manager-lahore"), file, size=size, wanted=WORDS)
    rows: list[tuple[object, UUID]] = []
    case_id = file.keys["case_id"]
    notes = select(Note.created_at, Note.id).where(Note.case_id == case_id)
    held = select(Consultation.started_at, Consultation.id).where(Consultation.case_id == case_id)
    rows += [*db.session.execute(notes), *db.session.execute(held)]
    assert found == [row_id for _at, row_id in sorted(rows, reverse=True)]


def test_entries_of_the_same_instant_are_neither_lost_nor_doubled(context: Flask, identity: People) -> None:
    records = make_records("LHE")
    case = db.session.get_one(Case, records.keys["case_id"])
    for number in range(40):
        add_note(case, f"note {number}", by=SYSTEM)
        said("talk", case=case, person=case.person)
    db.session.flush()
    manager = identity("manager-lahore")
    found = walk(manager, records, size=3, wanted=WORDS)
    held = select(Consultation.id).where(Consultation.case_id == case.id)
    read = NOTES.visible(manager, select(Note.id).where(Note.case_id == case.id))
    assert len(found) == len(set(found))
    assert set(found) == {*db.session.scalars(held), *db.session.scalars(read)}


def test_the_filters_narrow_by_kind_colleague_and_days(
    file: Records, identity: People, clock: time_machine.Traveller
) -> None:
    counsellor = identity("counsellor-lahore")
    case = db.session.get_one(Case, file.keys["case_id"])
    clock.shift(timedelta(days=10))
    mine = add_note(case, "by me", by=counsellor)
    db.session.flush()
    every = walk(counsellor, file, size=30)
    notes = walk(counsellor, file, size=30, wanted=TimelineFilter(kinds=frozenset({"note"})))
    assert set(notes) == set(db.session.scalars(NOTES.visible(counsellor, select(Note.id))))
    by_me = TimelineFilter(author_id=counsellor.user_id)
    assert walk(counsellor, file, size=30, wanted=by_me) == [mine.id]
    late = our_clock.now() - timedelta(days=1)
    assert walk(counsellor, file, size=30, wanted=TimelineFilter(since=late)) == [mine.id]
    assert walk(counsellor, file, size=30, wanted=TimelineFilter(until=late)) == every[1:]


def test_a_colleague_of_long_ago_is_found_behind_many_others(
    context: Flask, identity: People, clock: time_machine.Traveller
) -> None:
    records, counsellor = make_records("LHE"), identity("counsellor-lahore")
    case = db.session.get_one(Case, records.keys["case_id"])
    mine = add_note(case, "long ago", by=counsellor)
    for _number in range(450):
        clock.shift(timedelta(minutes=1))
        add_note(case, "later", by=SYSTEM)
    db.session.flush()
    wanted = TimelineFilter(author_id=counsellor.user_id)
    assert walk(counsellor, records, size=30, wanted=wanted) == [mine.id]


@pytest.mark.parametrize("cursor", ["", "x", "2026-01-01_x", "2026-01-01T00:00:00_" + "0" * 32, "_" * 400])
def test_a_point_that_we_did_not_write_is_the_top(cursor: str) -> None:
    assert parse_point(cursor) is None


def test_a_persons_timeline_holds_all_kinds(context: Flask, identity: People) -> None:
    records = make_records("LHE")
    person = db.session.get_one(Person, records.keys["person_id"])
    withdraw_consent(person.consents[0], by=SYSTEM)
    move_task(db.session.get_one(Task, records.keys["task_id"]), "complete", by=SYSTEM)
    db.session.flush()
    part = read_timeline(by=identity("counsellor-lahore"), person_id=person.id)
    kinds = [entry.source.kind for entry in part.entries]
    assert {kind for kind, _label in timeline_kinds()} == set(kinds) | {"closure", "concern"}


def test_a_case_shows_the_messages_of_the_threads_it_was_spoken_in(
    context: Flask, identity: People, client: Clients
) -> None:
    records = make_records("LHE")
    consultation = db.session.get_one(Consultation, records.keys["consultation_id"])
    keys = {"person_id": records.keys["person_id"], "case_id": records.keys["case_id"]}
    counsellor = identity("counsellor-lahore")
    messages = TimelineFilter(kinds=frozenset({"message"}))
    assert read_timeline(by=counsellor, wanted=messages, **keys).entries == ()
    consultation.thread_id = records.keys["thread_id"]
    db.session.commit()
    shown = read_timeline(by=counsellor, wanted=messages, **keys).entries
    assert [entry.row.id for entry in shown] == list(db.session.scalars(select(Message.id)))
    # The coordinator reads cases, but no conversations.
    assert read_timeline(by=identity("coordinator-pakistan"), wanted=messages, **keys).entries == ()
    db.session.rollback()
    assert f"{records.marker} body" in client("counsellor-lahore").get(f"/cases/{keys['case_id']}").text


def test_what_a_reader_may_not_see_of_a_person_is_not_in_the_timeline(
    context: Flask, identity: People, client: Clients
) -> None:
    records, other = make_records("LHE"), make_records("LHE")
    case = db.session.get_one(Case, records.keys["case_id"])
    person = db.session.get_one(Person, other.keys["person_id"])
    url = f"/persons/{person.id}/timeline"
    db.session.commit()
    desk = client("frontdesk-lahore")
    assert other.marker in desk.get(url).text
    hidden = db.session.get_one(Case, other.keys["case_id"])
    set_level(hidden, 2, by=SYSTEM)
    db.session.commit()
    desk.get(url, status=404)
    client("manager-lahore").get(url)
    assert case.id != hidden.id
    db.session.rollback()


def test_the_page_of_a_timeline_is_filtered_by_its_address(file: Records, client: Clients) -> None:
    db.session.rollback()
    counsellor = client("counsellor-lahore")
    url = f"/persons/{file.keys['person_id']}/timeline"
    page = counsellor.get(f"{url}?kind=note")
    assert "note 24" in page.text
    assert "talk 24" not in page.text
    assert "talk 24" in counsellor.get(f"{url}?since=2026-03-03").text
    assert "talk 24" not in counsellor.get(f"{url}?until=2026-03-02").text
    for nonsense in ("?kind=x&by=y&since=z&until=2026-13-45", "?before=x", "?by=" + "0" * 32):
        counsellor.get(url + nonsense)


def test_a_timeline_asks_as_often_whatever_is_in_it(app: Flask, client: Clients) -> None:
    with app.app_context():
        records = make_records("LHE")
        db.session.commit()
    manager = client("manager-lahore")
    urls = [
        f"/persons/{records.keys['person_id']}/timeline",
        f"/persons/{records.keys['person_id']}/who-looked",
    ]
    urls.append(f"/cases/{records.keys['case_id']}/who-looked")
    before = [queries_of(app, manager, url) for url in urls]
    with app.app_context():
        case = db.session.get_one(Case, records.keys["case_id"])
        for number in range(20):
            add_note(case, f"note {number}", by=SYSTEM)
            said("talk", case=case, person=case.person)
        db.session.commit()
    # One more at most for names that are new on the page.
    after = [queries_of(app, manager, url) for url in urls]
    assert all(now <= then + 1 for now, then in zip(after, before, strict=True)), (before, after)
    assert max(after) < 30


def paper_of(person: PageClient, url: str, **said: object) -> PdfReader:
    answer = person.submit(person.get(url), {"reason": REASON} | said, form=None, status=200)
    assert answer.headers["Content-Type"] == "application/pdf"
    return PdfReader(BytesIO(answer.body))


def words_of(document: PdfReader) -> str:
    return " ".join(page.extract_text() for page in document.pages)


def test_a_case_file_is_printed_with_head_needs_and_chosen_entries(file: Records, client: Clients) -> None:
    case = db.session.get_one(Case, file.keys["case_id"])
    number = case.number
    case.person.latin_name = "Yousef Latin"
    db.session.commit()
    counsellor = client("counsellor-lahore")
    url = f"/cases/{case.id}/paper"
    db.session.rollback()
    paper = paper_of(counsellor, url, kinds=["note"])
    words = words_of(paper)
    for expected in (number, file.marker, "Yousef Latin", "note 24", "Sadia Anwar", "Legal", "1 / "):
        assert expected in words, expected
    assert "talk 24" not in words
    assert "talk 24" in words_of(paper_of(counsellor, url, kinds=["note", "consultation"]))


def test_printing_needs_a_reason_and_is_in_the_log(file: Records, client: Clients) -> None:
    db.session.rollback()
    counsellor = client("counsellor-lahore")
    for url, tag in ((f"/cases/{file.keys['case_id']}/paper", "cases:case:printed"),
                     (f"/persons/{file.keys['person_id']}/paper", "persons:person:printed")):  # fmt: skip
        counsellor.post(url, {"reason": ""}, status=422)
        counsellor.post(url, {"reason": "court"}, status=422)
        counsellor.post(url, {"reason": REASON, "kinds": []}, status=422)
        assert db.session.scalar(select(func.count()).where(AuditEvent.tag == tag)) == 0
        db.session.rollback()
        paper_of(counsellor, url)
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.tag == tag)).one()
        assert reason_of(event) == REASON
        assert event.details["kinds"]
        db.session.rollback()


def test_days_the_wrong_way_round_are_refused(file: Records, client: Clients) -> None:
    db.session.rollback()
    days = {"since-year": "2026", "since-month": "3", "since-day": "2", "until-year": "2025"}
    url = f"/cases/{file.keys['case_id']}/paper"
    client("counsellor-lahore").post(url, {"reason": REASON} | days, status=422)


def test_the_front_desk_prints_nothing(file: Records, client: Clients) -> None:
    db.session.rollback()
    desk = client("frontdesk-lahore")
    for url in (f"/cases/{file.keys['case_id']}/paper", f"/persons/{file.keys['person_id']}/paper"):
        assert desk.http.get(url).status_code == 403


def test_a_sealed_case_is_printed_by_the_named_alone(
    file: Records, client: Clients, identity: People
) -> None:
    case = db.session.get_one(Case, file.keys["case_id"])
    officer = identity("protection-lahore")
    name_team(case, frozenset({officer.user_id}), by=officer)  # type: ignore[arg-type]
    db.session.flush()
    set_level(case, 3, by=officer)
    db.session.commit()
    url = f"/cases/{case.id}/paper"
    db.session.rollback()
    paper_of(client("protection-lahore"), url)
    for username in ("manager-lahore", "counsellor-lahore", "manager-erbil"):
        assert client(username).http.get(url).status_code == 404


@pytest.mark.slow
def test_a_long_case_in_four_scripts_is_shaped_and_ready_within_seconds(
    context: Flask, client: Clients, clock: time_machine.Traveller
) -> None:
    records = make_records("LHE")
    case = db.session.get_one(Case, records.keys["case_id"])
    case.person.name = "محمد یوسف"
    texts = (
        "انہوں نے بتایا کہ ایجنٹ نے پاسپورٹ رکھ لیا ہے۔",
        "هغه وویل چې لاره خطرناکه ده او پیسې یې ورکړې دي.",
        "دەڵێت کە رێگاکە مەترسیدارە و پێویستی بە یارمەتی هەیە.",
        "قال إن صاحب العمل احتفظ بجواز سفره ولم يدفع أجره.",
        "He said that the employer kept his passport.",
    )
    for number in range(300):
        clock.shift(timedelta(minutes=5))
        add_note(case, texts[number % len(texts)], by=SYSTEM)
    db.session.commit()
    counsellor = client("counsellor-lahore")
    page = counsellor.get(f"/cases/{records.keys['case_id']}/paper")
    began = timeit.default_timer()
    answer = counsellor.submit(page, {"reason": REASON, "kinds": ["note"]}, status=200)
    seconds = timeit.default_timer() - began
    document = PdfReader(BytesIO(answer.body))
    assert seconds < 20
    fonts = {
        str(font.get_object()["/BaseFont"])
        for sheet in document.pages
        for font in sheet["/Resources"]["/Font"].values()
    }
    assert any("Vazirmatn" in font for font in fonts), fonts
    # Every letter has a form: none is drawn as the box of a missing one.
    assert "\ufffd" not in words_of(document)
