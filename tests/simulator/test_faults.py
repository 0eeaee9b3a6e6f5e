"""What can be made to go wrong, each as the application meets it."""

from __future__ import annotations

import time

import pytest
import requests
from twilio.base.exceptions import TwilioRestException, TwilioServiceException

from mrc.simulator.faults import CATALOGUE, DESCRIPTIONS, Kind
from tests.simulator.centre import BILAL, LAHORE, PUBLIC, SID, TOKEN, client_of
from tests.simulator.test_sending import code_of

CALL = {"from_": LAHORE, "to": BILAL, "body": "x", "status_callback": f"{PUBLIC}/twilio/status"}


def count(control) -> int:
    return control.ask("GET", "state")["messages"]


def test_every_kind_is_offered_once():
    assert len(CATALOGUE) == len(DESCRIPTIONS) == len(Kind)


def test_a_fault_happens_as_often_as_it_was_armed(client, control):
    control.arm("refuse", times=2)
    assert [code_of(lambda: client.messages.create(**CALL)) for _ in range(2)] == [(400, 21211)] * 2
    assert client.messages.create(**CALL).sid
    assert control.ask("GET", "state")["faults"] == []


def test_a_fault_without_end_is_cleared_by_its_number(client, control):
    number = control.arm("refuse", times=0, value=21610)["number"]
    for _ in range(3):
        assert code_of(lambda: client.messages.create(**CALL)) == (400, 21610)
    control.ask("DELETE", f"faults/{number}")
    assert client.messages.create(**CALL).sid


def test_a_fault_of_one_phone_leaves_the_others_alone(client, control):
    control.arm("refuse", phone="+9647705550104")
    assert client.messages.create(**CALL).sid
    assert code_of(lambda: client.messages.create(**CALL | {"to": "whatsapp:+9647705550104"})) == (400, 21211)


@pytest.mark.parametrize(("code", "status"), [(63016, 400), (20003, 401), (21611, 429), (99999, 400)])
def test_a_refusal_carries_the_code_asked_for(client, control, code, status):
    control.arm("refuse", value=code)
    assert code_of(lambda: client.messages.create(**CALL)) == (status, code)


@pytest.mark.parametrize("operation", ["fetch", "list", "update", "delete", "media"])
def test_every_operation_can_be_refused(simulator, client, control, operation):
    written = control.write(media=[{"sample": "photo"}])
    control.arm("refuse", value=20404, operation=operation)
    assert client.messages.create(**CALL).sid, "sending is another operation"
    message = client.messages(written["sid"])
    calls = {
        "fetch": message.fetch,
        "update": lambda: message.update(body=""),
        "delete": message.delete,
        "media": message.media(written["media"][0]["sid"]).fetch,
    }
    if operation == "list":
        answer = requests.get(
            f"{simulator.url}/2010-04-01/Accounts/{SID}/Messages.json", auth=(SID, TOKEN), timeout=5
        )
        assert (answer.status_code, answer.json()["code"]) == (404, 20404)
    else:
        assert code_of(calls[operation]) == (404, 20404)


def test_too_many_requests_say_how_long_to_wait(simulator, control):
    control.arm("too_many", value=7)
    answer = requests.post(
        f"{simulator.url}/2010-04-01/Accounts/{SID}/Messages.json",
        data={"To": BILAL, "From": LAHORE, "Body": "x"},
        auth=(SID, TOKEN),
        timeout=5,
    )
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (429, 20429, "7")
    assert count(control) == 0


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_is_a_page_and_nothing_is_accepted(client, control, status):
    control.arm("server_error", value=status)
    assert code_of(lambda: client.messages.create(**CALL)) == (status, status)
    assert count(control) == 0


def test_a_problem_document_is_another_exception(client, control):
    control.arm("problem")
    with pytest.raises(TwilioServiceException) as refused:
        client.messages.create(**CALL)
    assert refused.value.status == 503
    assert not isinstance(refused.value, TwilioRestException)


def test_a_reset_connection_is_an_error_and_nothing_is_accepted(client, control, capfd):
    control.arm("reset")
    with pytest.raises(requests.ConnectionError, match=r"[Rr]eset"):
        client.messages.create(**CALL)
    assert count(control) == 0
    assert client.messages.create(**CALL).sid
    assert capfd.readouterr().err == ""


def test_a_dropped_answer_leaves_the_message_accepted_once(client, control, centre):
    control.arm("accept_then_drop")
    with pytest.raises(requests.ConnectionError):
        client.messages.create(**CALL)
    control.settle()
    assert count(control) == 1
    assert centre.statuses == ["sent", "delivered", "read"], "receipts tell what the answer did not"
    assert [message.body for message in client.messages.list(to=BILAL)] == ["x"]


def test_silence_runs_into_the_timeout_of_the_caller(simulator, control):
    control.arm("accept_then_drop", value=2)
    impatient = client_of(simulator.url, timeout=0.3)
    with pytest.raises(requests.ReadTimeout):
        impatient.messages.create(**CALL)
    assert count(control) == 1


def test_receipts_overtake_a_late_answer(client, control, centre):
    control.arm("slow_answer", value=1)
    started = time.perf_counter()
    message = client.messages.create(**CALL)
    assert time.perf_counter() - started >= 1
    assert centre.statuses == ["sent", "delivered", "read"]
    assert message.status == "queued" or centre.heard[0].form["MessageSid"] == message.sid


def test_a_forged_message_does_not_verify(control, centre):
    control.arm("forged")
    control.write(body="x")
    control.write(body="y")
    control.settle()
    assert {heard.form["Body"]: heard.is_genuine for heard in centre.heard} == {"x": False, "y": True}


def test_a_message_comes_as_often_as_asked(control, centre):
    control.arm("twice", value=3)
    sid = control.write(body="x")["sid"]
    control.settle()
    assert [heard.form["MessageSid"] for heard in centre.messages] == [sid] * 3
    assert len({heard.headers["I-Twilio-Idempotency-Token"] for heard in centre.messages}) == 3


def test_one_heard_copy_is_enough(control, centre):
    centre.answers = [200, 500]
    control.arm("twice")
    control.write(body="x")
    control.settle()
    assert control.screen()[0]["told"] == "yes"


def test_a_lost_message_is_in_the_list_alone(control, centre, client):
    control.arm("lost")
    control.write(body="x")
    control.settle()
    assert centre.heard == []
    assert [message.body for message in client.messages.list(to=LAHORE)] == ["x"]
    assert (control.screen()[0]["told"], control.screen()[0]["why_not_told"]) == ("no", "lost on the way")


def test_a_late_message_comes_when_the_clock_has_moved(control, centre):
    control.arm("late", value=600)
    control.write(body="x")
    assert (centre.heard, control.screen()[0]["told"]) == ([], "waiting")
    control.ask("POST", "clock", advance_seconds=601)
    control.settle()
    assert len(centre.messages) == 1


def test_two_messages_change_places_when_the_first_is_late(control, centre):
    control.arm("late", value=60)
    control.write(body="first")
    control.write(body="second")
    control.wait_until(lambda: len(centre.messages) == 1)
    control.ask("POST", "clock", advance_seconds=61)
    control.settle()
    assert [heard.form["Body"] for heard in centre.messages] == ["second", "first"]


def test_receipts_come_in_reverse(send, control, centre):
    control.arm("receipts_reversed")
    send()
    assert centre.statuses == ["read", "delivered", "sent"]


def test_receipts_come_twice(send, control, centre):
    control.arm("receipts_twice")
    send()
    assert centre.statuses == ["sent", "sent", "delivered", "delivered", "read", "read"]


def test_receipts_are_lost(send, control, centre, client):
    control.arm("receipts_lost")
    message = send()
    assert centre.heard == []
    assert client.messages(message.sid).fetch().status == "read"


def test_receipts_are_forged(send, control, centre):
    control.arm("receipts_forged")
    send()
    assert [heard.is_genuine for heard in centre.heard] == [False] * 3


def test_receipts_are_late(client, control, centre):
    control.arm("receipts_late", value=600)
    client.messages.create(**CALL)
    control.wait_until(lambda: control.screen()[0]["status"] == "read")
    assert centre.heard == []
    control.ask("POST", "clock", advance_seconds=601)
    control.settle()
    assert sorted(centre.statuses) == ["delivered", "read", "sent"]


def test_a_message_never_arrives(send, control, centre):
    control.arm("never_arrives")
    send()
    assert centre.statuses == ["sent"]
    assert not control.screen()[0]["has_arrived"]


@pytest.mark.parametrize(
    ("fault", "statuses"),
    [
        ({"kind": "undelivered", "value": 30005}, ["sent", "undelivered"]),
        ({"kind": "failed", "value": 63018}, ["failed"]),
    ],
)
def test_a_message_ends_with_a_code(send, control, centre, fault, statuses):
    control.arm(**fault)
    send()
    assert centre.statuses == statuses
    assert centre.heard[-1].form["ErrorCode"] == str(fault["value"])
    assert control.screen()[0]["error_code"] == fault["value"]


def test_a_fault_taken_by_one_message_stays_with_all_its_receipts(send, control, centre):
    control.arm("receipts_forged")
    send("forged")
    send("sound")
    assert [heard.is_genuine for heard in centre.heard] == [False] * 3 + [True] * 3
