"""The page that trainers use, by plain forms and by eye of the linter."""

from __future__ import annotations

import re

import html5lib
import pytest
import requests

from mrc.simulator.settings import Line
from tests.simulator.centre import LAHORE, LAHORE_SMS
from tests.simulator.controls import Control
from tests.support.lint import faults_of


@pytest.fixture
def visitor(simulator) -> requests.Session:
    """A browser without scripts."""
    with requests.Session() as session:
        yield session


def page_of(answer: requests.Response) -> str:
    assert answer.status_code == 200
    assert faults_of(answer.text, answer.headers) == []
    return answer.text


def words_of(html: str) -> str:
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return " ".join("".join(tree.itertext()).split())


def test_the_page_shows_every_phone_and_says_what_it_is(simulator, visitor):
    page = page_of(visitor.get(simulator.url, timeout=5))
    assert "Simulator." in page
    for name in ("بلال احمد", "زرمینه", "فاطمه رضایی", "أحمد الجبوري", "ژیان کەریم", "ثناء"):
        assert name in page
    assert page.count('<article class="place') == 7
    assert page.count(">WhatsApp</span>") == 6
    assert page.count(">SMS</span>") == 6


def test_the_page_runs_nothing_that_it_did_not_bring(simulator, visitor):
    answers = [visitor.get(simulator.url, timeout=5) for _ in range(2)]
    first, second = (answer.headers["Content-Security-Policy"] for answer in answers)
    assert first.startswith("default-src 'none'; script-src 'nonce-")
    assert "unsafe" not in first
    assert first != second


def test_a_phone_writes_by_an_ordinary_form(simulator, visitor, control, centre):
    form = {"line": LAHORE, "body": "first line\r\nsecond line", "send": "1"}
    page = page_of(visitor.post(f"{simulator.url}/phones/bilal/messages", data=form, timeout=5))
    assert "first line\nsecond line" in page
    control.settle()
    assert centre.messages[0].form["Body"] == "first line\nsecond line"
    assert "with the centre" in page_of(visitor.get(simulator.url, timeout=5))


def test_a_tapped_phrase_is_sent_as_it_is(simulator, visitor, control, centre):
    visitor.post(
        f"{simulator.url}/phones/ahmed/messages",
        data={"line": LAHORE, "body": "half a thought", "phrase": "شكراً"},
        timeout=5,
    )
    control.settle()
    assert [heard.form["Body"] for heard in centre.messages] == ["شكراً"]


def test_files_a_place_and_a_quick_reply_go_with_the_form(simulator, visitor, control, centre):
    visitor.post(
        f"{simulator.url}/phones/bilal/messages",
        data={"line": LAHORE, "sample": ["photo", "voice"]},
        files={"file": ("contract.pdf", b"%PDF-1.4", "application/pdf")},
        timeout=5,
    )
    visitor.post(f"{simulator.url}/phones/bilal/messages", data={"line": LAHORE, "location": "1"}, timeout=5)
    visitor.post(f"{simulator.url}/phones/bilal/messages", data={"line": LAHORE, "button": "OPEN"}, timeout=5)
    control.settle()
    forms = {heard.form["MessageType"]: heard.form for heard in centre.messages}
    assert [forms["image"][f"MediaContentType{n}"] for n in range(3)] == [
        "image/png",
        "audio/mpeg",
        "application/pdf",
    ]
    assert forms["location"]["Longitude"] == "74.3436"
    assert forms["button"]["ButtonText"] == "OPEN"
    page = page_of(visitor.get(simulator.url, timeout=5))
    addresses = re.findall(r'(?:src|href)="(/files/[^"]+)"', page)
    answers = [visitor.get(simulator.url + address, timeout=5) for address in addresses]
    assert [answer.headers["Content-Type"] for answer in answers] == [
        "image/png",
        "audio/mpeg",
        "application/octet-stream",
    ]
    assert answers[2].headers["Content-Disposition"] == "attachment"


def test_an_empty_message_is_not_sent(simulator, visitor, control):
    page = page_of(visitor.post(f"{simulator.url}/phones/bilal/messages", data={"line": LAHORE}, timeout=5))
    assert "There was nothing to send." in page
    assert control.ask("GET", "state")["messages"] == 0
    assert "There was nothing to send." not in visitor.get(simulator.url, timeout=5).text


def test_what_people_write_is_text_and_nothing_else(simulator, visitor, control):
    control.write(body="<script>alert(1)</script>\u202eabc")
    page = page_of(visitor.get(simulator.url, timeout=5))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_an_answer_of_the_centre_appears_once_it_has_arrived(simulator, visitor, send):
    send("Come at ten.")
    page = page_of(visitor.get(simulator.url, timeout=5))
    assert re.search(r'class="bubble theirs".*?Come at ten\.', page, re.DOTALL)
    assert "Window open for 23 h 59 min" in page


def test_what_did_not_arrive_is_told_with_its_reason(simulator, visitor, control, client):
    control.close_window("ahmed")
    client.messages.create(from_=LAHORE, to="whatsapp:+9647705550104", body="x")
    control.settle()
    page = words_of(page_of(visitor.get(simulator.url, timeout=5)))
    assert "The centre wrote, but it did not arrive: outside the 24-hour window (63016)" in page


def test_what_the_centre_did_not_hear_is_told_on_the_phone(start, centre):
    server = start()
    centre.answers = [500]
    control = Control(server.url)
    control.write(body="x")
    control.settle()
    page = words_of(page_of(requests.get(server.url, timeout=5)))
    assert "not delivered to the centre: answered 500" in page


def test_a_phone_is_added_and_starts_on_the_table(simulator, visitor, control):
    form = {"name": "نور", "number": "+92 300 555 0177", "language": "ur", "has_whatsapp": "1"}
    page = page_of(visitor.post(f"{simulator.url}/phones", data=form, timeout=5))
    assert "نور" in page
    assert control.screen("+923005550177") == []


@pytest.mark.parametrize("number", ["", "0300 5550177", "+923005550101", "<b>"])
def test_a_number_that_cannot_be_is_not_added(simulator, visitor, number):
    page = page_of(visitor.post(f"{simulator.url}/phones", data={"number": number}, timeout=5))
    assert 'class="notice"' in page
    assert len(simulator.carrier.world.phones) == 7


def test_a_fault_is_armed_and_cleared_on_the_page(simulator, visitor, control, centre):
    form = {"kind": "forged", "times": "0", "value": "", "phone": "bilal"}
    page = page_of(visitor.post(f"{simulator.url}/faults", data=form, timeout=5))
    assert "When a phone writes, every time" in words_of(page)
    control.write(body="x")
    control.settle()
    assert not centre.messages[0].is_genuine
    page = page_of(visitor.post(f"{simulator.url}/faults/clear", data={"number": "1"}, timeout=5))
    assert "The carrier works as it should." in page


def test_arming_nothing_asks_for_a_choice(simulator, visitor):
    page = page_of(visitor.post(f"{simulator.url}/faults", data={"times": "1"}, timeout=5))
    assert "Choose what is to go wrong." in page


def test_the_settings_of_a_phone_are_buttons(simulator, visitor, control):
    address = f"{simulator.url}/phones/bilal"
    assert (
        "Switched off. What is sent to it waits."
        in visitor.post(address, data={"power": "off"}, timeout=5).text
    )
    visitor.post(address, data={"power": "on", "receipts": "off"}, timeout=5)
    phone = simulator.carrier.world.phones["bilal"]
    assert (phone.is_on, phone.sends_read_receipts) == (True, False)
    for act in ("close", "opt_out", "block"):
        page_of(visitor.post(f"{address}/conversation", data={"line": LAHORE, "act": act}, timeout=5))
    conversation = simulator.carrier.world.conversation("bilal", LAHORE)
    assert (conversation.opened_at, conversation.is_opted_out, conversation.is_blocked) == (None, True, True)


def test_the_clock_moves_by_the_hour(simulator, visitor):
    page = page_of(visitor.post(f"{simulator.url}/clock", data={"hours": "24"}, timeout=5))
    assert "moved ahead" in page
    assert simulator.carrier.world.ahead.days == 1


def test_starting_over_empties_the_phones(simulator, visitor, control):
    control.write(body="gone soon")
    page = page_of(visitor.post(f"{simulator.url}/reset", timeout=5))
    assert "gone soon" not in page


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/phones/nobody/messages", {"line": LAHORE}, 404),
        ("/phones/bilal/messages", {"line": "+1"}, 400),
        ("/phones/bilal/conversation", {"line": LAHORE, "act": "burn"}, 400),
        ("/faults", {"kind": "earthquake"}, 400),
    ],
)
def test_a_form_that_was_tampered_with_is_refused(simulator, visitor, path, form, status):
    assert visitor.post(simulator.url + path, data=form, timeout=5).status_code == status


def test_the_script_is_told_when_nothing_changed(simulator, visitor, control):
    version = visitor.get(simulator.url, timeout=5).headers["ETag"]
    ask = {"headers": {"If-None-Match": version}, "timeout": 5}
    assert visitor.get(simulator.url, **ask).status_code == 304
    control.write(body="x")
    assert visitor.get(simulator.url, **ask).status_code == 200
    control.settle()
    ask["headers"]["If-None-Match"] = visitor.get(simulator.url, timeout=5).headers["ETag"]
    control.arm("refuse")
    assert visitor.get(simulator.url, **ask).status_code == 200


def test_many_strangers_leave_room_on_the_table(simulator, visitor, client):
    for number in range(9):
        client.messages.create(from_=LAHORE_SMS, to=f"+92300555020{number}", body="x")
    page = page_of(visitor.get(simulator.url, timeout=5))
    assert page.count('<article class="place') == 7 + 6
    assert "3 more phones that the centre wrote to" in words_of(page)
    first = simulator.carrier.world.find_phone("+923005550200").key
    assert f'id="{first}"' not in page
    assert f'id="{first}"' in page_of(visitor.get(f"{simulator.url}/?phone={first}", timeout=5))


def test_what_no_line_of_the_centre_serves_is_not_shown(start):
    server = start(lines=(Line(LAHORE, "Lahore WhatsApp"),))
    page = page_of(requests.get(server.url, timeout=5))
    assert page.count('<article class="place') == 6
    assert ">SMS</span>" not in page


def test_a_long_conversation_shows_its_end(simulator, visitor, control):
    for number in range(65):
        control.write(body=f"message number {number:03}")
    page = page_of(visitor.get(simulator.url, timeout=5))
    assert "Earlier messages are not shown" in page
    assert "message number 004" not in page
    assert "message number 064" in page
