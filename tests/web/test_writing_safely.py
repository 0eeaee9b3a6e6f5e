"""Whatever goes wrong while somebody writes, one act has one effect and not one word is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text

from mrc.cases.models import Consultation
from mrc.core.db import db
from mrc.persons.models import Person
from mrc.web.models import Draft
from tests.contracts.records import make_records
from tests.support.databases import away
from tests.support.pages import Page, PageClient
from tests.support.services import Services

LOG = "/consultations/new"
WORDS = "Told of the price of the smuggler; نہ جانے کا کہا"
SAID = {
    "channel": "hotline",
    "topics": ["overseas_employment"],
    "outcome": "information_given",
    "minutes": "7",
    "note": WORDS,
}

Clients = Callable[..., PageClient]


def filled(page: Page, said: dict[str, Any] = SAID) -> dict[str, Any]:
    """What a browser would send of the form of a page, once."""
    return page.form(said).values


def count(app: Flask, model: Any = Consultation) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_double_click_is_one_act_and_both_lead_to_the_same_page(app: Flask, client: Clients) -> None:
    counsellor = client("counsellor-lahore")
    sent = filled(counsellor.get(LOG))
    first = counsellor.http.post(LOG, data=sent)
    second = counsellor.http.post(LOG, data=sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert count(app) == 1


def test_two_clicks_at_the_same_moment_are_one_act(app: Flask, client: Clients) -> None:
    counsellor = client("counsellor-lahore")
    sent = filled(counsellor.get(LOG))
    cookies = {cookie.key: cookie.value for cookie in counsellor.http._cookies.values()}
    answers: list[int] = []

    def click() -> None:
        other = app.test_client()
        for name, value in cookies.items():
            other.set_cookie(name, value)
        answers.append(other.post(LOG, data=sent).status_code)

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert answers == [303] * 4
    assert count(app) == 1


def test_an_act_that_was_refused_may_be_sent_again_with_the_same_id(app: Flask, client: Clients) -> None:
    counsellor = client("counsellor-lahore")
    sent = filled(counsellor.get(LOG)) | {"outcome": [""]}
    assert counsellor.http.post(LOG, data=sent).status_code == 422
    assert counsellor.http.post(LOG, data=sent | {"outcome": ["spam"]}).status_code == 303
    assert count(app) == 1


def test_the_operation_of_a_colleague_is_not_mine(app: Flask, client: Clients) -> None:
    mine, theirs = client("counsellor-lahore"), client("manager-lahore")
    operation = str(uuid4())
    for person in (mine, theirs):
        sent = filled(person.get(LOG)) | {"operation_id": [operation]}
        assert person.http.post(LOG, data=sent).status_code == 303
    assert count(app) == 2


def test_without_a_token_nothing_is_written_and_the_words_come_back(app: Flask, client: Clients) -> None:
    counsellor = client("counsellor-lahore")
    sent = filled(counsellor.get(LOG)) | {"csrf_token": ["forged"]}
    answer = counsellor.http.post(LOG, data=sent)
    assert answer.status_code == 400
    assert WORDS in answer.get_data(as_text=True)
    assert count(app) == 0


def test_what_is_sent_again_from_the_page_of_a_forged_form_is_saved(app: Flask, client: Clients) -> None:
    counsellor = client("counsellor-lahore")
    sent = filled(counsellor.get(LOG)) | {"csrf_token": ["old"]}
    refused = Page.of(counsellor.http.post(LOG, data=sent), LOG)
    counsellor.submit(refused, {}, form=LOG)
    assert count(app) == 1


def test_words_typed_after_the_session_ended_are_back_after_signing_in(
    app: Flask, client: Clients, clock: time_machine.Traveller
) -> None:
    counsellor = client("counsellor-lahore")
    sent = filled(counsellor.get(LOG))
    clock.shift(timedelta(hours=13))
    answer = counsellor.http.post(LOG, data=sent)
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/consultations/new")
    assert count(app) == 0
    again = client("counsellor-lahore").get(LOG)
    assert WORDS in again.html
    assert again.form({}, named="quick-log").values["topics"] == ["overseas_employment"]


def test_a_draft_is_kept_sealed_shown_to_its_writer_alone_and_gone_once_saved(
    app: Flask, client: Clients
) -> None:
    counsellor = client("counsellor-lahore")
    page = counsellor.get(LOG)
    kept = counsellor.http.post("/drafts", data=filled(page) | {"draft_key": [LOG]})
    assert kept.status_code == 200
    with app.app_context():
        raw = db.session.execute(text("SELECT content FROM draft")).scalar()
        assert WORDS.encode() not in bytes(raw)
    assert WORDS in counsellor.get(LOG).html
    assert WORDS not in client("manager-lahore").get(LOG).html
    counsellor.post(LOG, SAID)
    assert count(app, Draft) == 0


def test_a_draft_of_several_numbers_comes_back(client: Clients) -> None:
    counsellor = client("counsellor-lahore")
    page = counsellor.get(LOG)
    numbers = {"split-overseas_employment": "7"}
    counsellor.http.post("/drafts", data=filled(page, SAID | numbers) | {"draft_key": [LOG]})
    again = counsellor.get(LOG)
    assert again.find("input", name="split-overseas_employment")[0].get("value") == "7"


def test_no_password_is_ever_kept_as_a_draft(app: Flask, client: Clients) -> None:
    counsellor = client("counsellor-lahore")
    token = filled(counsellor.get(LOG))["csrf_token"]
    said = {
        "csrf_token": token,
        "draft_key": "/me/password",
        "password": "x1",
        "new_password": "x2",
        "a": "b",
    }
    assert counsellor.http.post("/drafts", data=said).status_code == 200
    with app.app_context():
        assert list(db.session.scalars(select(Draft)).one().content) == ["a"]


@pytest.mark.parametrize("key", ["", "https://elsewhere.example", "//elsewhere.example", "/\\elsewhere"])
def test_a_draft_belongs_to_a_page_of_ours(app: Flask, client: Clients, key: str) -> None:
    counsellor = client("counsellor-lahore")
    token = filled(counsellor.get(LOG))["csrf_token"]
    assert counsellor.http.post("/drafts", data={"csrf_token": token, "draft_key": key}).status_code == 422


@pytest.fixture
def person_url(context: Flask) -> str:
    records = make_records("LHE")
    db.session.commit()
    return f"/persons/{records.keys['person_id']}/edit"


def of_url(person_url: str) -> Person:
    """The person whose edit page it is."""
    return db.session.get_one(Person, UUID(person_url.split("/")[2]))


def test_two_editors_of_different_fields_both_win(app: Flask, client: Clients, person_url: str) -> None:
    first, second = client("counsellor-lahore"), client("manager-lahore")
    mine, theirs = first.get(person_url), second.get(person_url)
    second.submit(theirs, {"father_name": "Karim"}, form=None)
    first.submit(mine, {"latin_name": "Yousef"}, form=None)
    with app.app_context():
        person = of_url(person_url)
        assert (person.latin_name, person.father_name) == ("Yousef", "Karim")


def test_two_editors_of_one_field_see_both_texts_and_nothing_is_overwritten(
    app: Flask, client: Clients, person_url: str
) -> None:
    first, second = client("counsellor-lahore"), client("manager-lahore")
    mine, theirs = first.get(person_url), second.get(person_url)
    second.submit(theirs, {"latin_name": "Yousuf"})
    conflict = first.submit(mine, {"latin_name": "Yusuf"}, status=409)
    assert "Yusuf" in conflict.text
    assert "Yousuf" in conflict.text
    with app.app_context():
        assert of_url(person_url).latin_name == "Yousuf"
    # What was typed is still on the page and can be saved over it, now knowingly.
    first.submit(conflict, {"latin_name": "Yusuf"}, form=person_url)
    with app.app_context():
        assert of_url(person_url).latin_name == "Yusuf"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_locked_database_is_said_plainly_and_every_word_is_on_the_page(app: Flask, client: Clients) -> None:
    counsellor = client("counsellor-lahore")
    sent = filled(counsellor.get(LOG))
    with app.app_context():
        holder, impatient = db.engine.raw_connection(), db.engine.raw_connection()
    impatient.cursor().execute("PRAGMA busy_timeout = 50")
    impatient.close()
    holder.cursor().execute("PRAGMA query_only = OFF")
    holder.cursor().execute("BEGIN IMMEDIATE")
    answer = counsellor.http.post(LOG, data=sent)
    holder.rollback()
    holder.close()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert WORDS in answer.get_data(as_text=True)
    assert count(app) == 0


def test_a_database_that_is_gone_is_said_plainly_in_the_readers_language(
    app: Flask, client: Clients, services: Services
) -> None:
    counsellor = client("counsellor-lahore")
    sent = filled(counsellor.get(LOG))
    counsellor.http.set_cookie("mrc_language", "ur")
    with away(app, services):
        answer = counsellor.http.post(LOG, data=sent)
    said = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert WORDS in said
    assert '<html lang="ur" dir="rtl"' in said
    # The page sends the same operation again once the database is back.
    counsellor.submit(Page.of(answer, LOG), {}, form=LOG)
    assert count(app) == 1
