"""The control API: what tests move, and what they are told when they err."""

from __future__ import annotations

import pytest
import requests

from tests.simulator.centre import BILAL, LAHORE


def test_the_state_names_phones_lines_and_time(control):
    state = control.ask("GET", "state")
    assert [phone["key"] for phone in state["phones"]][:2] == ["bilal", "zarmina"]
    assert {line["channel"] for line in state["lines"]} == {"whatsapp", "sms"}
    assert state["now"].endswith("+00:00")
    assert (state["pending"], state["messages"], state["faults"]) == (0, 0, [])


def test_a_phone_is_found_by_key_number_and_user_id(control):
    added = control.ask("POST", "phones", name="Noor", number="+923005550177", user_id="PK.77", language="ur")
    for name in (added["key"], "+923005550177", "whatsapp:+923005550177", "PK.77"):
        assert control.screen(name) == []


@pytest.mark.parametrize(
    ("method", "path", "said", "status"),
    [
        ("POST", "phones", {}, 400),
        ("POST", "phones", {"number": "0300"}, 400),
        ("POST", "phones", {"number": "+923005550101"}, 409),
        ("POST", "phones", {"user_id": "nobody"}, 400),
        ("GET", "phones/nobody/messages", None, 404),
        ("PATCH", "phones/nobody", {}, 404),
        ("POST", "phones/bilal/messages", {"line": "+1"}, 404),
        ("POST", "phones/bilal/messages", {"media": [{"sample": "video"}]}, 400),
        ("POST", "phones/bilal/messages", {"media": [{"content_type": "a/b", "base64": "!"}]}, 400),
        ("POST", "phones/bilal/messages", {"location": {"height": 3}}, 400),
        ("POST", "phones/bilal/messages", {"button": {"payload": "x"}}, 400),
        ("POST", "conversations", {"phone": "nobody"}, 404),
        ("POST", "faults", {"kind": "earthquake"}, 400),
        ("POST", "faults", {}, 400),
        ("POST", "faults", {"kind": "refuse", "times": -1}, 400),
        ("POST", "faults", {"kind": "refuse", "value": "many"}, 400),
        ("POST", "faults", {"kind": "refuse", "phone": "nobody"}, 404),
        ("POST", "clock", {"advance_seconds": "long"}, 400),
        ("POST", "pace", {}, 400),
        ("POST", "reset", {"seed": "x"}, 400),
    ],
)
def test_what_makes_no_sense_is_explained(simulator, method, path, said, status):
    answer = requests.request(method, f"{simulator.url}/control/{path}", json=said, timeout=5)
    assert (answer.status_code, bool(answer.json()["error"])) == (status, True)
    assert simulator.carrier.world.messages == {}


def test_reset_starts_over_and_seeds_anew(control):
    control.ask("POST", "phones", number="+923005550177")
    control.arm("refuse", times=0)
    control.ask("POST", "clock", advance_seconds=3600)
    sids = []
    for _ in range(2):
        control.ask("POST", "reset", seed=5)
        state = control.ask("GET", "state")
        assert (len(state["phones"]), state["messages"], state["faults"]) == (7, 0, [])
        sids.append(control.write(body="x")["sid"])
        control.settle()
    assert sids[0] == sids[1]


def test_the_revision_only_rises(control):
    control.write(body="x")
    before = control.ask("GET", "state")["revision"]
    control.ask("POST", "reset")
    assert control.ask("GET", "state")["revision"] > before


def test_attempts_are_told_apart_by_their_message(send, control):
    written = control.write(body="x")
    message = send()
    (inbound,) = control.ask("GET", f"webhooks?sid={written['sid']}")["attempts"]
    assert (inbound["subject"], inbound["answer"], inbound["trial"]) == ("message", 200, 1)
    subjects = [each["subject"] for each in control.ask("GET", f"webhooks?sid={message.sid}")["attempts"]]
    assert subjects == ["sent", "delivered", "read"]


def test_the_pace_slows_the_way_to_the_phone(client, control):
    assert control.ask("POST", "pace", factor=10_000) == {"pace": 10_000}
    client.messages.create(from_=LAHORE, to=BILAL, body="x")
    assert control.screen()[0]["status"] == "queued"
    for status in ("sent", "delivered", "read"):
        control.ask("POST", "clock", advance_seconds=30_000)
        control.wait_until(lambda status=status: control.screen()[0]["status"] == status)


def test_a_window_is_closed_and_opened_by_hand(control):
    control.write(body="x")
    for said, expected in (("close", "closed"), ("open", "open"), ("closed", "closed")):
        answer = control.ask("POST", "conversations", phone="bilal", line=LAHORE, window=said)
        assert answer["window"] == expected


def test_another_site_cannot_move_the_phones(simulator):
    for path in ("/control/reset", "/reset", "/phones/bilal/messages"):
        answer = requests.post(simulator.url + path, headers={"Sec-Fetch-Site": "cross-site"}, timeout=5)
        assert answer.status_code == 403
