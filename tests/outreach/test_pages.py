"""The pages of templates and of the library, as those who keep them use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from mrc.core.db import db
from mrc.jobs.models import Job
from mrc.jobs.service import enqueue
from mrc.jobs.worker import drain
from mrc.messaging.approvals import Trouble
from mrc.messaging.models import CannedAnswer, MessageTemplate, TemplateVersion
from mrc.messaging.queries.templates import find_template
from mrc.messaging.service.canned import ask_for_reviews
from mrc.messaging.states import AnswerStatus, Category, TemplateStatus
from mrc.outreach.approvals import SheetStatus
from mrc.outreach.models import InformationSheet
from mrc.outreach.service import open_sheet
from mrc.tasks.models import Task
from tests.attachments.corpus import EICAR, picture
from tests.support.pages import PageClient

Client = Callable[..., PageClient]
WORDING = {
    "title": "Call soon",
    "key": "call_soon",
    "purpose": "notice",
    "category": "utility",
    "language": "ur",
    "body": "ہم {{1}} کو آپ کو کال کریں گے، براہ کرم فون پاس رکھیں۔",
    "variables": "date: 3 مارچ",
    "buttons": "yes: ٹھیک ہے\nno: نہیں",
}
ANSWER = {"shortcut": "Hours", "title": "Hours", "language": "en", "body": "We are open from 9 to 5, {name}."}
WRITER, MANAGER, OTHER = "counsellor-lahore", "manager-lahore", "manager-erbil"


def newest(model: Any) -> Any:
    """The only row of a table; of wordings the newest of the template that the tests write."""
    query = select(model)
    if model is TemplateVersion:
        query = query.join(TemplateVersion.template).where(MessageTemplate.key == WORDING["key"])
        query = query.order_by(TemplateVersion.number.desc()).limit(1)
    row = db.session.scalars(query).one()
    db.session.expunge_all()
    db.session.rollback()
    return row


def jobs() -> set[str]:
    kinds = set(db.session.scalars(select(Job.kind)))
    db.session.rollback()
    return kinds


def drafted(client: Client, **changes: str) -> CannedAnswer:
    client(WRITER).post("/library/answers/new", ANSWER | changes)
    return newest(CannedAnswer)


def test_a_template_is_written_reviewed_and_submitted(context: Flask, client: Client) -> None:
    writer, colleague = client(MANAGER), client(OTHER)
    page = writer.post("/admin/templates/new", WORDING)
    version = newest(TemplateVersion)
    where = f"/admin/templates/{version.id}"
    assert "3 مارچ" in page.text
    assert f"{where}/review" not in page.html
    assert version.variables == [{"name": "date", "sample": "3 مارچ"}]
    assert [button["id"] for button in version.buttons] == ["yes", "no"]
    colleague.post(where, {}, form=f"{where}/review")
    assert newest(TemplateVersion).status is TemplateStatus.REVIEWED
    writer.post(where, {}, form=f"{where}/submit")
    assert newest(TemplateVersion).status is TemplateStatus.PENDING
    assert "messaging.submit_template" in jobs()


def test_what_is_impossible_stands_beside_its_field(context: Flask, client: Client) -> None:
    manager = client(MANAGER)
    for field, text in (
        ("body", "Call <b>us</b> today"),
        ("body", "x" * 10_000),
        ("variables", "no colon"),
        ("variables", ""),
        ("buttons", "yes: " + "x" * 30),
        ("key", "Call Soon"),
        ("key", "please_call"),
    ):
        page = manager.post("/admin/templates/new", WORDING | {field: text}, status=422)
        assert text[:10] in page.html or field == "body"
    assert find_template("call_soon") is None


def test_a_draft_is_changed_and_two_who_change_it_see_both(context: Flask, client: Client) -> None:
    first, second = client(MANAGER), client(OTHER)
    first.post("/admin/templates/new", WORDING)
    where = f"/admin/templates/{newest(TemplateVersion).id}/edit"
    mine, theirs = first.get(where), second.get(where)
    second.submit(theirs, {"body": "ہم {{1}} کو فون کریں گے، انتظار کریں۔"})
    page = first.submit(mine, {"body": "آپ {{1}} کو کال کی توقع رکھیں، شکریہ۔"}, status=409)
    assert "انتظار" in page.text
    assert "شکریہ" in page.text


def test_a_telling_wording_needs_its_mark(context: Flask, client: Client) -> None:
    client(MANAGER).post(
        "/admin/templates/new", WORDING | {"language": "en", "body": "Your visa is ready on {{1}} for you."}
    )
    where = f"/admin/templates/{newest(TemplateVersion).id}"
    colleague = client(OTHER)
    page = colleague.post(where, {}, form=f"{where}/review", status=422)
    assert "visa" in page.text
    colleague.post(where, {"not_for_shared": "y"}, form=f"{where}/review")
    version = newest(TemplateVersion)
    assert (version.status, version.is_for_shared) == (TemplateStatus.REVIEWED, False)


def test_a_next_version_stands_beside_the_one_before(context: Flask, client: Client) -> None:
    manager = client(MANAGER)
    manager.post("/admin/templates/new", WORDING)
    first = newest(TemplateVersion)
    page = manager.post(f"/admin/templates/{first.id}/new-version", {"body": WORDING["body"] + " شکریہ"})
    second = newest(TemplateVersion)
    assert (second.number, second.status) == (2, TemplateStatus.DRAFT)
    assert 'id="compare"' in page.html
    manager.post(f"/admin/templates/{second.id}", {}, form=f"/admin/templates/{second.id}/retire")
    assert newest(TemplateVersion).status is TemplateStatus.RETIRED
    manager.post(f"/admin/templates/{first.id}", {}, form=f"/admin/templates/{first.id}/retire_all")
    assert "Retire the whole" not in manager.get(f"/admin/templates/{first.id}").text


def test_the_list_shows_each_language_and_asks_whatsapp(context: Flask, client: Client) -> None:
    admin = client("admin")
    page = admin.get("/admin/templates")
    assert page.text.count("draft") >= 42
    admin.submit(page, {}, form="/admin/templates/sync")
    assert "messaging.sync_templates" in jobs()


def test_another_category_stands_on_top_until_somebody_accepts_it(context: Flask, client: Client) -> None:
    client(MANAGER).post("/admin/templates/new", WORDING)
    version = db.session.get_one(TemplateVersion, newest(TemplateVersion).id)
    version.status, version.content_sid = TemplateStatus.APPROVED, "HX1"
    version.trouble, version.approved_category = Trouble.CATEGORY, Category.MARKETING
    db.session.commit()
    where, admin = f"/admin/templates/{newest(TemplateVersion).id}", client("admin")
    assert "another category" in admin.get("/admin/templates").text
    admin.post(where, {}, form=f"{where}/accept_category")
    assert newest(TemplateVersion).trouble is None
    assert "another category" not in admin.get("/admin/templates").text


@pytest.mark.parametrize("username", ["counsellor-lahore", "frontdesk-lahore", "analyst", "auditor"])
def test_templates_are_for_those_who_keep_them(context: Flask, client: Client, username: str) -> None:
    person = client(username)
    version = db.session.scalars(select(TemplateVersion.id).limit(1)).one()
    db.session.rollback()
    for where in ("", "/new", f"/{version}", f"/{version}/edit"):
        assert person.http.get(f"/admin/templates{where}").status_code in {403, 404}


def test_an_answer_is_drafted_by_one_and_approved_by_another(context: Flask, client: Client) -> None:
    answer = drafted(client)
    assert (answer.shortcut, answer.status) == ("hours", AnswerStatus.DRAFT)
    where = f"/library/answers/{answer.id}"
    assert f"{where}/approve" not in client(WRITER).get(where).html
    day = {"review_on-year": "2026", "review_on-month": "6", "review_on-day": "1"}
    client(MANAGER).post(where, day, form=f"{where}/approve")
    answer = newest(CannedAnswer)
    assert (answer.status, str(answer.review_on)) == (AnswerStatus.APPROVED, "2026-06-01")
    assert ";hours" in client("frontdesk-lahore").get("/library").text


def test_nobody_approves_their_own_answer(context: Flask, client: Client) -> None:
    client(MANAGER).post("/library/answers/new", ANSWER)
    where = f"/library/answers/{newest(CannedAnswer).id}"
    manager = client(MANAGER)
    assert "colleague approves" in manager.get(where).text
    token = manager.get("/library/answers/new").form({"title": "x"}).values["csrf_token"]
    answer = manager.http.post(f"{where}/approve", data={"csrf_token": token})
    assert answer.status_code == 422
    assert newest(CannedAnswer).status is AnswerStatus.DRAFT


@pytest.mark.parametrize(
    "changes",
    [
        {"body": "<script>alert(1)</script>"},
        {"body": "x" * 10_000},
        {"body": "Dear {person}, we are open."},
        {"body": "An open brace { here"},
        {"shortcut": "two words"},
        {"shortcut": ";"},
    ],
)
def test_a_hostile_answer_is_refused(context: Flask, client: Client, changes: dict[str, str]) -> None:
    client(WRITER).post("/library/answers/new", ANSWER | changes, status=422)
    assert db.session.scalar(select(CannedAnswer.id)) is None


def test_one_word_means_one_answer_in_a_language(context: Flask, client: Client) -> None:
    drafted(client)
    client(WRITER).post("/library/answers/new", ANSWER, status=422)
    urdu = {"language": "ur", "body": "ہم نو بجے سے پانچ بجے تک کھلے ہیں۔"}
    client(WRITER).post("/library/answers/new", ANSWER | urdu)


def test_an_approved_answer_is_taken_back_to_be_changed(context: Flask, client: Client) -> None:
    where = f"/library/answers/{drafted(client).id}"
    manager = client(MANAGER)
    manager.post(where, {}, form=f"{where}/approve")
    client(WRITER).post(f"{where}/edit", {"title": "Other"}, status=422)
    manager.post(where, {}, form=f"{where}/take_back")
    client(WRITER).post(f"{where}/edit", {"title": "Other"})
    assert newest(CannedAnswer).title == "Other"
    manager.post(where, {}, form=f"{where}/retire")
    assert newest(CannedAnswer).status is AnswerStatus.RETIRED


def test_an_answer_of_another_centre_is_not_there(context: Flask, client: Client) -> None:
    where = f"/library/answers/{drafted(client).id}"
    for username in (OTHER, "counsellor-erbil"):
        client(username).get(where, status=404)
    client("auditor").get("/library", status=403)


def test_only_who_reaches_everywhere_writes_for_every_centre(context: Flask, client: Client) -> None:
    assert "Every centre" not in client(WRITER).get("/library/answers/new").text
    client("admin").post("/library/answers/new", ANSWER)
    answer = newest(CannedAnswer)
    assert answer.centre_id is None
    page = client("counsellor-erbil").get(f"/library/answers/{answer.id}")
    assert "/approve" not in page.html


def test_an_answer_is_read_again_when_its_day_comes(
    context: Flask, client: Client, clock: time_machine.Traveller
) -> None:
    where = f"/library/answers/{drafted(client).id}"
    client(MANAGER).post(where, {}, form=f"{where}/approve")
    assert ask_for_reviews() == 0
    clock.shift(timedelta(days=181))
    assert ask_for_reviews() == 1
    db.session.commit()
    assert ask_for_reviews() == 0
    task = newest(Task)
    assert task.kind == "review"
    manager = client(MANAGER)
    assert "is it still right" in manager.get(where).text
    manager.post(where, {}, form=f"{where}/renew")
    assert newest(CannedAnswer).review_on > task.due_at.date()


def test_a_sheet_is_added_approved_and_downloaded(context: Flask, client: Client) -> None:
    file = {"file": (BytesIO(picture("PNG")), "hours.png")}
    sheet = {"topic": "safe_migration", "language": "ur", "title": "محفوظ سفر"}
    client(WRITER).post("/library/sheets/new", sheet | file)
    row = newest(InformationSheet)
    assert (row.status, row.number, row.file_name) == (SheetStatus.DRAFT, 1, "hours.png")
    manager = client(MANAGER)
    manager.post("/library/sheets", {}, form=f"/library/sheets/{row.id}/approve")
    row = newest(InformationSheet)
    assert row.status is SheetStatus.APPROVED
    answer = client("frontdesk-lahore").http.get(f"/library/sheets/{row.id}/download")
    assert answer.data.startswith(b"\x89PNG")
    assert "attachment" in answer.headers["Content-Disposition"]
    client(OTHER).get(f"/library/sheets/{row.id}/download", status=404)
    manager.post("/library/sheets", {}, form=f"/library/sheets/{row.id}/retire")
    assert newest(InformationSheet).status is SheetStatus.RETIRED


def test_a_file_that_is_none_of_ours_is_no_sheet(context: Flask, client: Client) -> None:
    sheet = {"topic": "safe_migration", "language": "ur", "title": "x"}
    for content in (b"<html>", EICAR, b""):
        file = {"file": (BytesIO(content), "sheet.pdf")}
        client(WRITER).post("/library/sheets/new", sheet | file, status=422)
    assert db.session.scalar(select(InformationSheet.id)) is None


def test_the_daily_sweep_leaves_sheets_alone(
    context: Flask, client: Client, clock: time_machine.Traveller
) -> None:
    file = {"file": (BytesIO(picture("PNG")), "hours.png")}
    client(WRITER).post("/library/sheets/new", {"topic": "job_check", "language": "en", "title": "x"} | file)
    clock.shift(timedelta(days=3))
    enqueue("attachments.sweep", {})
    db.session.commit()
    drain(context)
    row = db.session.scalars(select(InformationSheet)).one()
    assert open_sheet(row).startswith(b"\x89PNG")
