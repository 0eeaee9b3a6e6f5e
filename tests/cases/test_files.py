"""Files of a case: adding, refusing, reading, withdrawing, through the pages."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from PIL import Image
from sqlalchemy import select, update
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import stream_encode_multipart

from mrc.access.identity import Identity
from mrc.attachments import service as attachments
from mrc.attachments.cleaning.answers import Clean, Fault
from mrc.attachments.jobs import destroy_withdrawn, sweep
from mrc.attachments.models import Attachment
from mrc.attachments.service import FileRefused, NewFile, ReadyFile, clean_name, open_file
from mrc.attachments.states import FileType
from mrc.audit.models import AuditEvent
from mrc.cases import queries, service
from mrc.cases.models import Case
from mrc.cases.policy import FILES
from mrc.cases.service import CaseDetails
from mrc.cases.service import files as case_files
from mrc.core import clock as our_clock
from mrc.core.db import db, uuid7
from mrc.core.errors import Forbidden, NotFound, Refused
from mrc.core.files import new_key, write_file
from mrc.core.settings import settings
from mrc.jobs.models import Job
from tests.attachments import corpus
from tests.attachments.clamd import scanner
from tests.support.pages import Page, PageClient

Clients = Callable[..., PageClient]
People = Callable[[str], Identity]
RLM, OVERRIDE = "\u200f", "\u202e"


def sent(data: bytes, name: str = "paper.pdf", **more: Any) -> dict[str, Any]:
    """What a person fills in."""
    return {"file": (BytesIO(data), name), "kind": "legal", "description": "page with the visa"} | more


def ready(content: bytes = b"content", preview: bytes | None = None) -> ReadyFile:
    return ReadyFile("paper.pdf", Clean("png" if preview else "pdf", content, preview), was_scanned=False)


@pytest.fixture
def file(quiet_case: Case, identity: People) -> Attachment:
    """A file of the case, added by its counsellor."""
    row = service.add_file(quiet_case, ready(), NewFile("legal"), by=identity("counsellor-lahore"))
    db.session.commit()
    return row


def only() -> Attachment:
    db.session.expire_all()
    return db.session.scalars(select(Attachment)).one()


def events() -> list[str]:
    """The acts in the log about files."""
    query = select(AuditEvent.tag).where(AuditEvent.tag.startswith("cases:file"))
    found = sorted(tag.removeprefix("cases:file:") for tag in db.session.scalars(query))
    db.session.rollback()
    return found


def lying_there() -> list[str]:
    return sorted(path.name for path in (settings().home / "files").rglob("*") if path.is_file())


@contextmanager
def set_to(app: Flask, **changes: Any) -> Iterator[None]:
    """The application with other settings for a while."""
    before = app.extensions["mrc_settings"]
    app.extensions["mrc_settings"] = dataclasses.replace(before, **changes)
    yield
    app.extensions["mrc_settings"] = before


def test_a_picture_is_added_seen_and_downloaded_without_its_place(
    quiet_case: Case, client: Clients, app: Flask
) -> None:
    counsellor, url = client("counsellor-lahore"), f"/cases/{quiet_case.id}"
    page = counsellor.post(f"{url}/files/new", sent(corpus.picture(), "IMG 12.JPG", kind="identity"))
    assert "IMG 12.jpg" in page.text
    assert "Identity paper" in page.text
    assert "not scanned" in page.text
    row = only()
    (image,) = page.find("img", class_="file-preview")
    db.session.commit()
    preview = counsellor.http.get(image.get("src", ""))
    answer = counsellor.http.get(page.links["Download"])
    for shown in (preview, answer):
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in shown.headers["Content-Security-Policy"]
        assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
        assert shown.headers["Cache-Control"] == "no-store"
        assert shown.mimetype == "image/jpeg"
        assert corpus.SECRET.encode() not in shown.data
        assert not Image.open(BytesIO(shown.data)).getexif()
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="IMG 12.jpg"')
    assert preview.headers["Content-Disposition"].startswith("inline;")
    assert (row.width, row.height, row.size) == (60, 40, len(answer.data))
    assert events() == ["added", "downloaded", "previewed", "read"]
    home = settings().home
    assert not [path for path in home.rglob("*") if path.is_file() and answer.data in path.read_bytes()]


def test_files_stand_on_case_list_person_and_timeline(quiet_case: Case, client: Clients) -> None:
    counsellor, url = client("counsellor-lahore"), f"/cases/{quiet_case.id}"
    assert "No file was added yet." in counsellor.get(url).text
    assert "No files yet." in counsellor.get(f"{url}/files").text
    counsellor.post(f"{url}/files/new", sent(corpus.pdf()))
    for page in (url, f"{url}/files", f"/persons/{quiet_case.person_id}"):
        assert "paper.pdf" in counsellor.get(page).text, page
    timeline = counsellor.get(f"/persons/{quiet_case.person_id}/timeline")
    assert "page with the visa" in timeline.text
    assert "2" in counsellor.get(f"{url}/files/{only().id}").find("dd")[2].text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (corpus.of_other_kinds()["page"], "Files of this kind are not taken"),
        (corpus.of_other_kinds()["drawing"], "Files of this kind are not taken"),
        (corpus.picture()[:200], "damaged"),
        (corpus.pdf(password="x"), "locked"),
        (corpus.acting_pdfs()["script when opened"], "runs or calls out"),
        (corpus.acting_pdfs()["file within"], "holds other files"),
        (corpus.flood(), "beyond what can be opened safely"),
        (corpus.moving("WEBP"), "Moving pictures"),
        (corpus.acting_office()["macro"], "runs or calls out"),
    ],
    ids=["empty", "page", "drawing", "cut", "locked", "acting", "holding", "flood", "moving", "macro"],
)
def test_each_refusal_is_said_beside_the_file_and_logged(
    quiet_case: Case, client: Clients, data: bytes, words: str
) -> None:
    counsellor = client("counsellor-lahore")
    url = f"/cases/{quiet_case.id}/files/new"
    page = counsellor.post(url, sent(data, "photo.jpg"), status=422)
    assert words in page.text
    assert page.find("input", name="description")[0].get("value") == "page with the visa"
    assert db.session.scalars(select(Attachment)).all() == []
    assert events() == ["refused"]
    assert lying_there() == []


def test_a_form_without_file_or_kind_is_refused(quiet_case: Case, client: Clients) -> None:
    counsellor = client("counsellor-lahore")
    url = f"/cases/{quiet_case.id}/files/new"
    page = counsellor.get(url)
    answer = counsellor.submit(page, {"description": "x"}, status=422)
    assert "Choose the file." in answer.text
    assert "Choose what the file is." in answer.text


def test_the_size_is_limited_and_the_answer_is_a_page(quiet_case: Case, client: Clients, app: Flask) -> None:
    counsellor = client("counsellor-lahore")
    url = f"/cases/{quiet_case.id}/files/new"
    said = counsellor.get(url).form(sent(b"")).values
    large = corpus.pdf() + bytes(2 * 1024 * 1024)
    with set_to(app, largest_file=1024 * 1024):
        too_large = counsellor.http.post(url, **in_one_piece(said, large))
        assert too_large.status_code == 413
        assert "This is too large" in too_large.text
        just_over = counsellor.http.post(url, **in_one_piece(said, corpus.pdf() + bytes(1024 * 1024)))
        assert just_over.status_code == 422
        assert "larger than what can be kept" in just_over.text
    # What is allowed here is allowed nowhere else, nor to strangers.
    for path, who in ((f"/cases/{quiet_case.id}/notes", counsellor), (url, client())):
        assert who.http.post(path, **in_one_piece(said, large)).status_code == 413, path
    assert counsellor.http.post(url, **in_one_piece(said, large)).status_code == 303


def test_a_sent_file_never_lies_on_the_disk_unsealed(
    quiet_case: Case, client: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: Any, **_named: Any) -> None:
        raise AssertionError("a temporary file")

    counsellor, url = client("counsellor-lahore"), f"/cases/{quiet_case.id}/files/new"
    said = counsellor.get(url).form(sent(b"")).values
    for name in ("TemporaryFile", "SpooledTemporaryFile"):
        monkeypatch.setattr(f"werkzeug.formparser.{name}", refuse, raising=False)
    answer = counsellor.http.post(url, **in_one_piece(said, corpus.pdf() + bytes(700_000)))
    assert answer.status_code == 303
    assert only().size < 700_000


def in_one_piece(said: dict[str, Any], data: bytes) -> dict[str, Any]:
    """A body made in memory; the test client itself would put a large one into a temporary file."""
    fields = MultiDict([(name, value) for name, held in said.items() for value in held if name != "file"])
    fields.add("file", FileStorage(BytesIO(data), "paper.pdf"))
    stream, _length, boundary = stream_encode_multipart(fields, use_tempfile=False)
    return {"data": stream.read(), "content_type": f"multipart/form-data; boundary={boundary}"}


def filled(page: Page, said: dict[str, Any]) -> dict[str, Any]:
    """What a browser sends of the form, as often as wanted."""
    values = page.form(said).values
    values["file"] = [FileStorage(BytesIO(corpus.pdf()), "paper.pdf")]
    return {name: held[0] if len(held) == 1 else held for name, held in values.items()}


def test_a_double_click_makes_one_file(quiet_case: Case, client: Clients) -> None:
    counsellor = client("counsellor-lahore")
    url = f"/cases/{quiet_case.id}/files/new"
    page = counsellor.get(url)
    answers = []

    def click() -> None:
        answers.append(counsellor.http.post(url, data=filled(page, sent(b""))))

    threads = [threading.Thread(target=click) for _click in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    click()
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert only().name == "paper.pdf"
    assert len(lying_there()) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("paper.pdf", "paper.pdf"),
        ("PAPER.PDF", "PAPER.pdf"),
        ("photo.jpg", "photo.jpg.pdf"),
        ("", "File.pdf"),
        (".pdf", "File.pdf"),
        ("...", "File.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\fakepath\\visa.pdf", "visa.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "img src=x onerror=alert(1).pdf"),
        ('a";\r\nSet-Cookie: x=1;.pdf', "a ; Set-Cookie x=1;.pdf"),
        (f"visa{OVERRIDE}fdp.exe", "visafdp.exe.pdf"),
        (f"{RLM}پاسپورٹ{RLM}.pdf", "پاسپورٹ.pdf"),
        ("می\u200cخواهم.pdf", "می\u200cخواهم.pdf"),
        ("a" * 500 + ".pdf", "a" * 120 + ".pdf"),
        ("two\u2028lines\x00.pdf", "two lines.pdf"),
    ],
)
def test_a_name_is_harmless(context: Flask, given: str, kept: str) -> None:
    assert clean_name(given, FileType.PDF) == kept


@pytest.mark.parametrize("name", ["<b>پاسپورٹ</b>.pdf", f"{OVERRIDE}gpj.exe", "naïve 'q' %0d%0a.pdf"])
def test_a_name_of_any_letters_goes_through_page_and_header(
    quiet_case: Case, client: Clients, name: str
) -> None:
    counsellor = client("counsellor-lahore")
    page = counsellor.post(f"/cases/{quiet_case.id}/files/new", sent(corpus.pdf(), name))
    kept = only().name
    assert kept is not None
    db.session.commit()
    assert "<b>" not in page.html
    assert OVERRIDE not in page.html
    header = counsellor.http.get(page.links["Download"]).headers["Content-Disposition"]
    assert header.isascii()
    assert not set("\r\n") & set(header)
    plain, encoded = header.split("; ", 2)[1:]
    assert plain.count('"') == 2
    assert unquote(encoded.removeprefix("filename*=UTF-8''")) == kept


def test_an_infected_file_is_refused_and_a_clean_one_says_so(
    quiet_case: Case, client: Clients, app: Flask
) -> None:
    counsellor = client("counsellor-lahore")
    url = f"/cases/{quiet_case.id}/files/new"
    with scanner() as address, set_to(app, clamd=address):
        infected = corpus.pdf() + corpus.EICAR
        assert "scanner found something" in counsellor.post(url, sent(infected), status=422).text
        found = db.session.scalars(select(AuditEvent).where(AuditEvent.tag == "cases:file:refused")).one()
        assert found.details == {"fault": "infected", "virus": "Eicar-Test-Signature"}
        db.session.rollback()
        assert "found nothing" in counsellor.post(url, sent(corpus.pdf())).text
    assert only().was_scanned


def test_without_an_answer_of_the_scanner_no_file_is_taken(
    quiet_case: Case, client: Clients, app: Flask
) -> None:
    with set_to(app, clamd="127.0.0.1:9"):
        page = client("counsellor-lahore").post(
            f"/cases/{quiet_case.id}/files/new", sent(corpus.pdf()), status=422
        )
    assert "scanner does not answer" in page.text
    assert lying_there() == []


@pytest.mark.parametrize(
    ("level", "readers"),
    [
        (1, {"counsellor-lahore", "manager-lahore", "protection-lahore"}),
        (2, {"counsellor-lahore", "manager-lahore", "protection-lahore"}),
        (3, {"counsellor-lahore"}),
    ],
)
def test_a_file_is_read_by_those_of_its_level_and_hidden_from_others(
    quiet_case: Case, identity: People, client: Clients, level: int, readers: set[str]
) -> None:
    by = identity("counsellor-lahore")
    row = service.add_file(quiet_case, ready(), NewFile("legal", level), by=by)
    db.session.commit()
    urls = [
        f"/cases/{quiet_case.id}/files/{row.id}{end}"
        for end in ("", "/download", "/preview", "/edit", "/withdraw")
    ]
    for name in ("counsellor-lahore", "manager-lahore", "protection-lahore", "counsellor-erbil"):
        who = identity(name)
        assert FILES.permits(who, row) is (name in readers), name
        assert bool(queries.list_newest_files(quiet_case, by=who)) is (name in readers), name
        shown = queries.list_files_of_person(quiet_case.person_id, by=who)
        assert bool(shown) is (name in readers), name
        db.session.rollback()
        if name not in readers:
            reader = client(name)
            for url in urls:
                hidden = reader.http.get(url)
                absent = reader.http.get(url.replace(str(row.id), str(uuid4())))
                assert hidden.status_code == absent.status_code == 404, (name, url)


def test_the_front_desk_adds_and_does_not_read(quiet_case: Case, client: Clients) -> None:
    desk, url = client("frontdesk-lahore"), f"/cases/{quiet_case.id}"
    page = desk.post(f"{url}/files/new", sent(corpus.pdf()))
    assert page.url == url
    assert "paper.pdf" not in page.text
    assert "You can add files here." in page.text
    row = only()
    db.session.rollback()
    for end in ("files", f"files/{row.id}", f"files/{row.id}/download", f"files/{row.id}/preview"):
        assert desk.http.get(f"{url}/{end}").status_code == 403, end
    assert desk.http.get(f"{url}/files/{row.id}/withdraw").status_code == 404
    assert "paper.pdf" not in desk.get(f"/persons/{quiet_case.person_id}").text
    assert "page with the visa" not in desk.get(f"/persons/{quiet_case.person_id}/timeline").text


def test_a_file_of_another_case_is_absent(
    file: Attachment, quiet_case: Case, identity: People, client: Clients
) -> None:
    other = service.open_case(
        CaseDetails("potential"), person=quiet_case.person, by=identity("manager-lahore")
    )
    db.session.commit()
    answer = client("counsellor-lahore").http.get(f"/cases/{other.id}/files/{file.id}/download")
    assert answer.status_code == 404


def test_a_file_follows_its_case_into_protection(
    file: Attachment, quiet_case: Case, identity: People
) -> None:
    colleague, manager = identity("frontdesk-lahore"), identity("manager-lahore")
    assert FILES.permits(manager, file)
    quiet_case.confidentiality = 3
    db.session.flush()
    assert not FILES.permits(manager, file)
    assert not FILES.permits(colleague, file)


def test_what_is_said_about_a_file_is_changed_and_merged(
    file: Attachment, quiet_case: Case, client: Clients
) -> None:
    url = f"/cases/{quiet_case.id}/files/{file.id}/edit"
    mine, theirs = client("counsellor-lahore"), client("manager-lahore")
    page = mine.get(url)
    theirs.post(url, {"kind": "medical"})
    mine.submit(page, {"description": "the second page"})
    row = only()
    assert (row.kind, row.description) == ("medical", "the second page")
    db.session.commit()
    stale = mine.get(url)
    theirs.post(url, {"description": "theirs"})
    answer = mine.submit(stale, {"description": "mine"}, status=409)
    assert "theirs" in answer.text
    assert "mine" in answer.text


def test_the_level_is_raised_by_who_still_sees_it_and_lowered_by_who_may(
    file: Attachment, quiet_case: Case, identity: People, client: Clients
) -> None:
    url = f"/cases/{quiet_case.id}/files/{file.id}/edit"
    manager = client("manager-lahore")
    answer = manager.post(url, {"level": "3"}, status=422)
    assert "You would not see the file any more." in answer.text
    manager.post(url, {"level": "2"})
    other = dataclasses.replace(identity("counsellor-lahore"), user_id=uuid4())
    with pytest.raises(Refused) as refused:
        service.change_file(quiet_case, only(), {"confidentiality": 1}, by=other)
    assert list(refused.value.fields) == ["level"]
    with pytest.raises(Refused):
        service.change_file(quiet_case, only(), {"confidentiality": 3}, by=other)
    db.session.rollback()
    manager.post(url, {"level": "1"})
    client("counsellor-lahore").post(url, {"level": "3"})
    assert only().confidentiality == 3


def test_withdrawing_destroys_key_and_bytes_and_leaves_the_record(
    quiet_case: Case, identity: People, client: Clients
) -> None:
    by = identity("counsellor-lahore")
    row = service.add_file(quiet_case, ready(preview=b"small"), NewFile("legal"), by=by)
    db.session.commit()
    file_id, key = row.id, row.key
    assert open_file(row, "preview") == b"small"
    assert len(lying_there()) == 2
    db.session.rollback()
    url = f"/cases/{quiet_case.id}/files/{file_id}"
    manager = client("manager-lahore")
    assert "Write why" in manager.post(f"{url}/withdraw", {"reason": " "}, status=422).text
    page = manager.post(f"{url}/withdraw", {"reason": "of another person"})
    assert "of another person" in page.text
    assert "Download" not in page.links
    row = only()
    assert row.key is None
    assert row.name == "paper.pdf"
    assert row.reason == "of another person"
    with pytest.raises(NotFound):
        open_file(row)
    job = db.session.scalars(select(Job).where(Job.kind == "attachments.destroy")).one()
    destroy_withdrawn(job.payload)
    destroy_withdrawn(job.payload)
    assert lying_there() == []
    assert key
    db.session.rollback()
    for end in ("/download", "/preview"):
        assert manager.http.get(url + end).status_code == 404
    assert manager.http.get(f"{url}/withdraw").status_code == 404
    assert "stays as it is" in manager.post(f"{url}/edit", {"kind": "other"}, status=422).text
    assert "withdrawn" in manager.get(f"/cases/{quiet_case.id}/files").text
    assert "withdrawn" in events()


def test_who_added_a_file_withdraws_it_within_a_day_and_a_manager_later(
    file: Attachment, quiet_case: Case, identity: People, clock: time_machine.Traveller
) -> None:
    counsellor, manager = identity("counsellor-lahore"), identity("manager-lahore")
    colleague = dataclasses.replace(counsellor, user_id=uuid4())
    assert service.may_withdraw(quiet_case, file, by=counsellor)
    assert not service.may_withdraw(quiet_case, file, by=colleague)
    clock.shift(timedelta(hours=25))
    assert not service.may_withdraw(quiet_case, file, by=counsellor)
    for who in (counsellor, colleague, identity("manager-erbil")):
        with pytest.raises(Forbidden):
            service.withdraw_file(quiet_case, file, "x", by=who)
    with pytest.raises(Refused):
        service.withdraw_file(quiet_case, file, " ", by=manager)
    service.withdraw_file(quiet_case, file, "x", by=manager)
    db.session.flush()
    with pytest.raises(Refused, match="already"):
        service.withdraw_file(quiet_case, file, "x", by=manager)


def test_a_withdrawal_that_is_not_committed_destroys_nothing(file: Attachment) -> None:
    attachments.withdraw_file(file, "x", by_id=None)
    db.session.rollback()
    destroy_withdrawn({"attachment_id": str(file.id)})
    assert open_file(only()) == b"content"


def test_nothing_is_added_without_right_or_to_a_closed_or_full_case(
    quiet_case: Case, identity: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = NewFile("legal")
    with pytest.raises(Forbidden):
        service.add_file(quiet_case, ready(), new, by=identity("coordinator-pakistan"))
    by = identity("counsellor-lahore")
    service.add_file(quiet_case, ready(), new, by=by)
    db.session.flush()
    monkeypatch.setattr(case_files, "MOST_FILES", 1)
    with pytest.raises(FileRefused) as refused:
        service.add_file(quiet_case, ready(), new, by=by)
    assert refused.value.fault is Fault.TOO_MANY
    monkeypatch.undo()
    ended = {"status": "closed", "closed_at": our_clock.now(), "closure_reason": "needs_met"}
    db.session.execute(update(Case).where(Case.id == quiet_case.id).values(**ended))
    db.session.refresh(quiet_case)
    with pytest.raises(Refused, match="not open"):
        service.add_file(quiet_case, ready(), new, by=by)


def test_the_sweep_takes_what_no_row_needs_after_a_day(
    file: Attachment, clock: time_machine.Traveller
) -> None:
    # A crash between the bytes and the commit of their row leaves bytes alone.
    lost: UUID = uuid7()
    write_file(lost, "content", b"x", new_key())
    file_id = file.id

    def swept() -> list[str]:
        db.session.rollback()
        for _commit in sweep({}) or ():
            db.session.rollback()
        return lying_there()

    both = sorted(f"{one.hex}.content" for one in (file_id, lost))
    assert swept() == both
    clock.shift(timedelta(hours=25))
    assert swept() == [f"{file_id.hex}.content"]


def test_who_looked_names_those_who_opened_a_file_to_those_who_may_see_it(
    quiet_case: Case, identity: People, client: Clients
) -> None:
    by = identity("counsellor-lahore")
    row = service.add_file(quiet_case, ready(), NewFile("legal", 3), by=by)
    db.session.commit()
    url = f"/cases/{quiet_case.id}"
    client("counsellor-lahore").http.get(f"{url}/files/{row.id}/download")
    for page in (f"{url}/who-looked", f"/persons/{quiet_case.person_id}/who-looked"):
        assert "downloaded a file" in client("counsellor-lahore").get(page).text
        assert "downloaded a file" not in client("manager-lahore").get(page).text


def test_a_file_whose_bytes_are_gone_says_so_and_the_rest_goes_on(
    file: Attachment, quiet_case: Case, client: Clients
) -> None:
    for path in (settings().home / "files").rglob("*.content"):
        path.unlink()
    counsellor, url = client("counsellor-lahore"), f"/cases/{quiet_case.id}/files/{file.id}"
    assert counsellor.get(f"{url}/download", status=503)
    assert counsellor.get(url)
