"""An information sheet goes with an answer: the provider fetches its file, and nobody who guesses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from mrc.accounts.queries import identity_of
from mrc.core.db import db
from mrc.messaging import service
from mrc.messaging.models import Message, Thread
from mrc.messaging.sheets import sheet_url
from mrc.messaging.states import Direction, MessageStatus, Reason
from mrc.outreach.models import InformationSheet
from mrc.outreach.service import approve_sheet
from mrc.persons.models import PersonAddress
from tests.attachments.corpus import picture
from tests.messaging.house import PUBLIC, House
from tests.messaging.test_inbound_cases import named
from tests.simulator.controls import Control
from tests.support.pages import PageClient

Client = Callable[..., PageClient]
WORDS = "Here is how to check a job offer."


@pytest.fixture
def sheet(house: House, client: Client) -> str:
    """An approved sheet of Lahore; its id."""
    new = {
        "topic": "job_check",
        "language": "ur",
        "title": "نوکری",
        "file": (BytesIO(picture("PNG")), "job.png"),
    }
    client("counsellor-lahore").post("/library/sheets/new", new)
    row = db.session.scalars(select(InformationSheet)).one()
    approve_sheet(row, by=identity_of("manager-lahore"))
    key = str(row.id)
    db.session.commit()
    return key


def give(client: Client, thread: Thread, sheet: str, status: int | None = None) -> None:
    client("counsellor-lahore").post(
        f"/inbox/{thread.id}/sheet", {"sheet": sheet, "body": WORDS}, status=status
    )


def test_the_file_reaches_the_phone_with_its_words(
    house: House, control: Control, client: Client, sheet: str
) -> None:
    control.write(body="is this job real?")
    control.settle()
    give(client, house.thread(), sheet)
    house.work()
    message = house.message()
    assert (message.status, str(message.sheet_id)) == (MessageStatus.READ, sheet)
    (arrived,) = [each for each in control.screen() if each["direction"] == "received"]
    assert arrived["body"] == WORDS
    (link,) = arrived["links"]
    path = link.removeprefix(PUBLIC)
    fetched = client(None).http.get(path)
    assert fetched.data.startswith(b"\x89PNG")
    page = client("counsellor-lahore").get(f"/inbox/{message.thread_id}")
    assert f"/library/sheets/{sheet}/download" in page.html


def test_nobody_fetches_a_sheet_by_guessing_nor_a_draft(house: House, client: Client, sheet: str) -> None:
    path = sheet_url(UUID(sheet)).removeprefix(PUBLIC)
    stranger = client(None).http
    assert stranger.get(path).status_code == 200
    assert stranger.get(path[:-1] + ("0" if path[-1] != "0" else "1")).status_code == 404
    assert stranger.get(f"/twilio/sheets/{uuid4()}/{path.rpartition('/')[2]}").status_code == 404
    assert stranger.get(f"/twilio/sheets/{sheet}/ü").status_code == 404
    db.session.execute(update(InformationSheet).values(approved_by_id=None))
    db.session.commit()
    assert stranger.get(path).status_code == 404


def test_a_file_that_cannot_be_fetched_is_a_failure_with_words(
    house: House, control: Control, client: Client, sheet: str
) -> None:
    control.write(body="salam")
    control.settle()
    give(client, house.thread(), sheet)
    db.session.execute(update(InformationSheet).values(approved_by_id=None))
    db.session.commit()
    house.work()
    assert (house.message().status, house.message().error_code) == (MessageStatus.FAILED, 63019)
    page = client("counsellor-lahore").get(f"/inbox/{house.message().thread_id}")
    assert "could not fetch the file" in page.text


def test_a_phone_that_others_read_gets_no_sheet(
    house: House, control: Control, client: Client, sheet: str
) -> None:
    named(house)
    db.session.execute(update(PersonAddress).values(read_by=["family"]))
    db.session.commit()
    give(client, house.thread(), sheet, status=422)
    assert [row for row in house.rows(Message) if row.direction is Direction.OUT] == []


def test_a_phone_that_others_read_since_gets_no_sheet_either(
    house: House, control: Control, client: Client, sheet: str
) -> None:
    control.write(body="salam")
    control.settle()
    named(house)
    give(client, house.thread(), sheet)
    db.session.execute(update(PersonAddress).values(read_by=["family"]))
    db.session.commit()
    house.work()
    assert (house.message().status, house.message().reason) == (MessageStatus.HELD, Reason.SHARED_PHONE)
    assert house.on_screen() == []


def test_after_the_window_a_sheet_is_refused_and_the_words_are_kept(
    house: House, control: Control, client: Client, sheet: str, clock: time_machine.Traveller
) -> None:
    control.write(body="salam")
    control.settle()
    clock.shift(timedelta(hours=25))
    answer = client("counsellor-lahore").post(
        f"/inbox/{house.thread().id}/sheet", {"sheet": sheet, "body": WORDS}, status=422
    )
    assert WORDS in answer.text


def test_a_sheet_of_nobody_is_not_sent_and_sms_carries_none(
    house: House, control: Control, client: Client, sheet: str, sms_line: str, context: Flask
) -> None:
    control.write(body="salam")
    control.settle()
    page = client("counsellor-lahore")
    page.post(f"/inbox/{house.thread().id}/sheet", {"sheet": sheet, "body": ""}, status=422)
    control.write(body="salam by sms", line=sms_line)
    control.settle()
    by_sms = next(thread for thread in house.rows(Thread) if thread.channel == "sms")
    assert "/sheet" not in page.get(f"/inbox/{by_sms.id}").html.replace("/sheets", "")
    row = db.session.get_one(Thread, by_sms.id)
    with pytest.raises(Exception, match="WhatsApp"):
        service.reply(
            row, WORDS, compose_id=uuid4(), by=identity_of("counsellor-lahore"),
            sheet=service.Sheet(uuid4(), "job.png"),
        )  # fmt: skip
    db.session.rollback()


def test_the_size_of_an_sms_is_told_while_it_is_typed(
    house: House, control: Control, client: Client, sms_line: str
) -> None:
    control.write(body="salam by sms", line=sms_line)
    control.settle()
    thread, browser = house.thread(), client("counsellor-lahore")
    page = browser.get(f"/inbox/{thread.id}")
    assert f"/inbox/{thread.id}/size" in page.html
    filled = page.form({"body": "سلام " * 30}, named="composer")
    answer = browser.http.post(f"/inbox/{thread.id}/size", data=filled.values)
    assert "3 SMS" in answer.get_data(as_text=True)
