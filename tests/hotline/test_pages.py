"""The pages of the hotline: who sees what, closing a callback, writing a call down."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask

from mrc.access.identity import Identity
from mrc.audit.tags import Event
from mrc.cases.models import Consultation
from mrc.cases.service import CaseDetails, open_case, set_level
from mrc.core.db import db
from mrc.hotline.audio import tone
from mrc.hotline.models import Call, Callback
from mrc.hotline.states import CallbackOutcome
from mrc.persons.models import Person
from mrc.persons.service import NewAddress, PersonDetails, register_person
from mrc.persons.states import AddressKind
from tests.contracts.test_query_counts import queries_of
from tests.hotline.house import BILAL, House, new_recording
from tests.support.pages import PageClient

Client = Callable[[str], PageClient]
SYSTEM = Identity.system("tests")


@pytest.fixture
def missed(house: House) -> Call:
    """Bilal called and left something."""
    house.open()
    caller, sid = house.caller().ring().press("").press(""), new_recording()
    house.carrier.recorded(sid, caller.sid, tone(3_000, 300), 3)
    caller.say(3, sid).hang_up()
    house.work()
    return house.call()


def bilal(house: House) -> UUID:
    """Bilal is registered; the id of his file."""
    person = register_person(
        PersonDetails(name="Bilal Ahmad", addresses=(NewAddress(AddressKind.PHONE, BILAL),)),
        centre_id=house.line().centre_id,
        by=SYSTEM,
        looked_at=frozenset(),
    )
    db.session.commit()
    person_id = person.id
    db.session.rollback()
    return person_id


def test_what_is_owed_stands_first_and_opens(house: House, client: Client, missed: Call) -> None:
    sadia = client("counsellor-lahore")
    page = sadia.get("/hotline")
    assert "+92 300 5550101" in page.text
    assert f"/hotline/callbacks/{missed.callback_id}" in page.html
    opened = sadia.get(f"/hotline/callbacks/{missed.callback_id}")
    assert f"/hotline/calls/{missed.id}/voicemail" in opened.html


def test_whoever_calls_now_stands_in_the_panel(house: House, client: Client) -> None:
    house.open()
    house.put_on_duty()
    house.caller().ring().press("1")
    panel = client("counsellor-lahore").get("/hotline/live")
    assert "waiting" in panel.text
    assert f"call={house.call().id}" in panel.html


def test_listening_is_logged_and_sends_sound(house: House, client: Client, missed: Call) -> None:
    sadia, url = client("counsellor-lahore").http, f"/hotline/calls/{missed.id}/voicemail"
    answer = sadia.get(url)
    assert (answer.status_code, answer.content_type, answer.get_data()[:4]) == (200, "audio/wav", b"RIFF")
    assert answer.headers["Cache-Control"] == "no-store"
    part = sadia.get(url, headers={"Range": "bytes=8-11"})
    assert (part.status_code, part.get_data()) == (206, b"WAVE")
    assert house.tags().count(Event.VOICEMAIL_HEARD) == 2, "whoever leaves out the beginning is logged too"


@pytest.mark.parametrize("username", ["counsellor-erbil", "manager-kabul", "admin", "analyst", "auditor"])
def test_others_hear_and_see_nothing(house: House, client: Client, missed: Call, username: str) -> None:
    stranger = client(username)
    for url in (
        f"/hotline/calls/{missed.id}", f"/hotline/calls/{missed.id}/voicemail",
        f"/hotline/callbacks/{missed.callback_id}",
    ):  # fmt: skip
        assert stranger.http.get(url).status_code in {403, 404}


@pytest.mark.parametrize(("level", "seen_by"), [(2, {"manager-lahore", "protection-lahore"}), (3, set())])
def test_a_protected_persons_call_follows_them(
    house: House, client: Client, missed: Call, level: int, seen_by: set[str]
) -> None:
    person = db.session.get_one(Person, bilal(house))
    person.confidentiality = level
    call = db.session.get_one(Call, missed.id)
    callback = db.session.get_one(Callback, missed.callback_id)
    for row in (call, callback):
        row.person_id, row.confidentiality = person.id, person.confidentiality
    db.session.commit()
    for username in ("frontdesk-lahore", "counsellor-lahore", "protection-lahore", "manager-lahore"):
        expected = 200 if username in seen_by else 404
        reader = client(username)
        assert reader.http.get(f"/hotline/calls/{missed.id}").status_code == expected, username
        assert reader.http.get(f"/hotline/calls/{missed.id}/voicemail").status_code == expected, username
        assert (str(missed.callback_id) in reader.get("/hotline").html) == (expected == 200)
        assert (str(missed.id) in reader.get("/hotline?tab=calls").html) == (expected == 200)


def test_a_case_that_is_protected_later_takes_the_calls_along(house: House, missed: Call) -> None:
    person_id = bilal(house)
    house.caller().ring().hang_up()
    (later,) = [each for each in house.rows(Call) if each.id != missed.id]
    assert (later.person_id, later.confidentiality) == (person_id, 1)
    case = open_case(CaseDetails("potential"), person=db.session.get_one(Person, person_id), by=SYSTEM)
    set_level(case, 2, by=SYSTEM)
    db.session.commit()
    assert {each.id: each.confidentiality for each in house.rows(Call)} == {missed.id: 1, later.id: 2}


def test_a_callback_is_closed_by_hand_once(house: House, client: Client, missed: Call) -> None:
    sadia, url = client("counsellor-lahore"), f"/hotline/callbacks/{missed.callback_id}"
    sadia.post(url, {"outcome": "wrong_number"}, form=f"{url}/close")
    (closed,) = house.rows(Callback)
    assert closed.outcome is CallbackOutcome.WRONG_NUMBER
    assert str(closed.id) in sadia.get("/hotline?tab=closed").html
    house.caller().ring().hang_up()
    assert house.callback().id != closed.id


def test_a_callback_needs_an_outcome(house: House, client: Client, missed: Call) -> None:
    sadia, url = client("counsellor-lahore"), f"/hotline/callbacks/{missed.callback_id}"
    sadia.post(url, {}, form=f"{url}/close", status=422)
    assert house.callback().done_at is None


def test_the_front_desk_sees_and_does_not_close(house: House, client: Client, missed: Call) -> None:
    desk, url = client("frontdesk-lahore"), f"/hotline/callbacks/{missed.callback_id}"
    assert f"{url}/close" not in desk.get(url).html
    token = (
        desk.http.get("/hotline").get_data(as_text=True).split('name="csrf-token" content="')[1].split('"')[0]
    )
    assert desk.http.post(f"{url}/close", headers={"X-CSRFToken": token}).status_code == 403


def test_a_call_is_written_down_in_the_quick_log(house: House, client: Client, missed: Call) -> None:
    person_id = bilal(house)
    sadia = client("counsellor-lahore")
    url = f"/consultations/new?channel=hotline&call={missed.id}&person={person_id}"
    page = sadia.get(url)
    assert "Bilal Ahmad" in page.text
    topic = re.search(r'name="topics"[^>]*value="([^"]+)"', page.html)
    assert topic is not None
    said = {"topics": [topic[1]], "outcome": "information_given", "minutes": "5"}
    sadia.post(url, said)
    (consultation,) = house.rows(Consultation)
    assert (consultation.channel, consultation.person_id) == ("hotline", person_id)
    call = house.call()
    assert (call.consultation_id, call.person_id) == (consultation.id, person_id)
    assert "Open the consultation" in sadia.get(f"/hotline/calls/{missed.id}").text


def test_a_foreign_call_is_not_written_down(house: House, client: Client, missed: Call) -> None:
    answer = client("counsellor-erbil").http.get(f"/consultations/new?channel=hotline&call={missed.id}")
    assert answer.status_code == 404


def test_the_lists_ask_as_often_for_many_calls_as_for_few(
    app: Flask, house: House, client: Client, missed: Call
) -> None:
    sadia = client("counsellor-lahore")
    urls = ("/hotline", "/hotline?tab=calls", "/hotline/live")
    house.caller("+923005550109").ring()
    few = [queries_of(app, sadia, url) for url in urls]
    for number in range(12):
        house.caller(f"+9230055502{number:02}").ring().hang_up()
        house.caller(f"+9230055503{number:02}").ring()
    assert [queries_of(app, sadia, url) for url in urls] == few
