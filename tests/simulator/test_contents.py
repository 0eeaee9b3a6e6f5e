"""Templates: made and submitted through the ordinary client, judged, sent with, tapped."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from tests.simulator.centre import BILAL, LAHORE, PUBLIC, SID, TOKEN
from tests.simulator.test_sending import code_of

REMINDER = {
    "friendly_name": "appointment en",
    "language": "en",
    "variables": {"1": "Monday", "2": "10:00"},
    "types": {
        "twilio/quick-reply": {
            "body": "Your appointment is on {{1}} at {{2}} in our office.",
            "actions": [
                {"type": "QUICK_REPLY", "title": "I will come", "id": "yes-{{1}}"},
                {"type": "QUICK_REPLY", "title": "Another day"},
            ],
        }
    },
}
VALUES = json.dumps({"1": "Friday", "2": "11:30"})


def make(client, **changes: Any):
    return client.content.v1.contents.create(
        content_create_request=ContentList.ContentCreateRequest(REMINDER | changes)
    )


def text(body: str, **changes: Any) -> dict[str, Any]:
    return {"types": {"twilio/text": {"body": body}}, **changes}


def submit(client, sid: str, name: str = "appointment_en", category: str = "UTILITY"):
    return client.content.v1.contents(sid).approval_create.create(
        content_approval_request=ApprovalCreateList.ContentApprovalRequest(
            {"name": name, "category": category}
        )
    )


def approval(client, sid: str):
    return client.content.v1.contents(sid).approval_fetch().fetch().whatsapp


@pytest.fixture
def reminder(client):
    return make(client).sid


@pytest.fixture
def send_it(client, control, reminder):
    def send(values: str | None = VALUES, **changes: Any) -> Any:
        given = {"content_variables": values} if values else {}
        usual = {
            "from_": LAHORE, "to": BILAL, "content_sid": reminder,
            "status_callback": f"{PUBLIC}/twilio/status",
        }  # fmt: skip
        made = client.messages.create(**(usual | given | changes))
        control.settle()
        return made

    return send


def test_a_template_is_made_fetched_and_deleted(client):
    made = make(client)
    assert (made.sid[:2], len(made.sid)) == ("HX", 34)
    found = client.content.v1.contents(made.sid).fetch()
    assert (found.friendly_name, found.language, found.variables) == (
        "appointment en", "en", {"1": "Monday", "2": "10:00"},
    )  # fmt: skip
    assert list(found.types) == ["twilio/quick-reply"]
    assert client.content.v1.contents(made.sid).delete()
    assert code_of(client.content.v1.contents(made.sid).fetch) == (404, 20404)


def test_it_is_pending_and_then_approved_by_itself(client, control, reminder):
    control.ask("POST", "pace", factor=1000)
    asked = submit(client, reminder)
    assert (asked.status, asked.category, asked.name) == ("pending", "UTILITY", "appointment_en")
    assert approval(client, reminder)["status"] == "pending"
    control.ask("POST", "clock", advance_seconds=10_000)
    control.settle()
    found = approval(client, reminder)
    assert (found["status"], found["category"], found["rejection_reason"]) == ("approved", "UTILITY", "")


def test_the_list_has_every_template_with_its_approval_page_by_page(client, control):
    sids = [make(client, friendly_name=f"number {number}").sid for number in range(5)]
    submit(client, sids[0])
    control.settle()
    listed = client.content.v1.content_and_approvals.list(page_size=2)
    assert [each.sid for each in listed] == sids[::-1]
    assert listed[-1].approval_requests["status"] == "approved"
    assert listed[0].approval_requests["status"] == "unsubmitted"
    assert [each.sid for each in client.content.v1.contents.list(limit=3)] == sids[:1:-1]


@pytest.mark.parametrize(
    "changes",
    [
        {"language": None},
        {"types": {}},
        text(" "),
        text("x" * 1025),
        {"types": {"twilio/quick-reply": {"body": "x", "actions": []}}},
        {"types": {"twilio/quick-reply": {"body": "x", "actions": [{"title": "y" * 26, "id": "1"}]}}},
        {"types": {"twilio/quick-reply": {"body": "x", "actions": [{"title": "y", "id": "1"}] * 11}}},
    ],
)
def test_a_template_that_makes_no_sense_is_refused(client, changes):
    assert code_of(lambda: make(client, **changes)) == (400, 20001)


@pytest.mark.parametrize(
    ("changes", "name", "category"),
    [
        ({}, "Appointment", "UTILITY"),
        ({}, "appointment", "URGENT"),
        (text("Your day is {{2}} and that is all."), "a", "UTILITY"),
        (text("Your day is {{1}} with {{3}}, please come.", variables={"1": "a", "3": "b"}), "a", "UTILITY"),
        (text("Your day is {{1}}, please do come.", variables={}), "a", "UTILITY"),
        (text("{{1}} is your day, do come to us."), "a", "UTILITY"),
        (text("Come to us on {{1}}"), "a", "UTILITY"),
        (text("Day {{1}}."), "a", "UTILITY"),
        ({"types": {"twilio/list-picker": {"body": "x", "button": "y", "items": [{"item": "z", "id": "1"}]}}},
         "a", "UTILITY"),
    ],
)  # fmt: skip
def test_what_whatsapp_does_not_judge_is_refused(client, changes, name, category):
    sid = make(client, **changes).sid
    assert code_of(lambda: submit(client, sid, name, category)) == (400, 20001)
    assert approval(client, sid)["status"] == "unsubmitted"


def test_the_name_of_a_rejected_template_is_used_up(client, control, reminder):
    control.arm("content_rejected")
    submit(client, reminder)
    control.settle()
    assert approval(client, reminder)["status"] == "rejected"
    assert code_of(lambda: submit(client, reminder)) == (400, 20001)
    assert submit(client, reminder, "appointment_en_2").status == "pending"


def test_the_content_api_asks_who_is_there(simulator):
    for auth in [None, (SID, "wrong")]:
        refused = requests.get(f"{simulator.url}/v1/ContentAndApprovals", auth=auth, timeout=5)
        assert (refused.status_code, refused.json()["code"]) == (401, 20003)
    unknown = requests.get(f"{simulator.url}/v1/Content/HX1", auth=(SID, TOKEN), timeout=5)
    assert (unknown.status_code, unknown.json()["code"]) == (404, 20404)
    odd = requests.post(f"{simulator.url}/v1/Content", data="x", auth=(SID, TOKEN), timeout=5)
    assert (odd.status_code, odd.json()["code"]) == (400, 20001)


def test_faults_of_the_api_happen_to_content(client, control, reminder):
    control.arm("server_error", operation="content")
    assert code_of(lambda: make(client)) == (503, 503)
    assert make(client).sid


def test_it_arrives_in_its_words_with_its_buttons(client, control, reminder, send_it):
    submit(client, reminder)
    control.settle()
    control.close_window()
    message = send_it()
    assert (
        client.messages(message.sid).fetch().body == "Your appointment is on Friday at 11:30 in our office."
    )
    (shown,) = control.screen()
    assert shown["body"].startswith("Your appointment is on Friday")
    assert [(each["title"], each["payload"]) for each in shown["buttons"]] == [
        ("I will come", "yes-Friday"),
        ("Another day", ""),
    ]


def test_a_tap_comes_back_as_a_button(control, centre, send_it):
    message = send_it()
    control.write(tap={"sid": message.sid, "button": "I will come"})
    control.write(tap={"sid": message.sid, "button": 1})
    control.settle()
    forms = {heard.form["ButtonText"]: heard.form for heard in centre.messages}
    assert forms["I will come"]["ButtonPayload"] == "yes-Friday"
    assert forms["Another day"]["ButtonPayload"] == "Another day"
    for form in forms.values():
        assert form["OriginalRepliedMessageSid"] == message.sid
        assert (form["MessageType"], form["ButtonType"]) == ("button", "QUICK_REPLY")


def test_a_row_of_a_list_comes_back_as_a_list(client, control, centre):
    picker = {"body": "Which office?", "button": "Choose", "items": [
        {"item": "Lahore", "id": "LHE", "description": "Mall Road"}, {"item": "Peshawar", "id": "PEW"},
    ]}  # fmt: skip
    sid = make(client, types={"twilio/list-picker": picker}).sid
    sent = client.messages.create(from_=LAHORE, to=BILAL, content_sid=sid)
    control.settle()
    control.write(tap={"sid": sent.sid, "button": "Peshawar"})
    control.settle()
    form = centre.messages[0].form
    assert (form["ListId"], form["ListTitle"], form["MessageType"]) == ("PEW", "Peshawar", "interactive")
    assert "ButtonText" not in form


def test_a_button_that_is_not_there_cannot_be_tapped(simulator, send_it):
    sid = send_it().sid
    for phone, tap, status in [
        ("bilal", {"sid": sid, "button": 2}, 404),
        ("bilal", {"sid": sid, "button": "No"}, 404),
        ("bilal", {"sid": "SM1"}, 404),
        ("ahmed", {"sid": sid, "button": 0}, 409),
    ]:
        answer = requests.post(
            f"{simulator.url}/control/phones/{phone}/messages", json={"tap": tap}, timeout=5
        )
        assert (answer.status_code, bool(answer.json()["error"])) == (status, True)


def test_an_unknown_or_deleted_template_is_refused(client, control, reminder, send_it):
    assert code_of(lambda: send_it(content_sid="HX" + "0" * 32)) == (400, 21655)
    control.ask("DELETE", f"contents/{reminder}")
    assert code_of(send_it) == (400, 21655)


def test_a_variable_that_the_template_does_not_have_is_refused(send_it):
    assert code_of(lambda: send_it('{"1": "a", "2": "b", "3": "c"}')) == (400, 21656)


@pytest.mark.parametrize("values", [None, '{"1": "Friday"}'])
def test_a_missing_variable_fails_on_the_way(send_it, centre, values):
    send_it(values)
    assert centre.statuses == ["failed"]
    assert centre.heard[0].form["ErrorCode"] == "63028"


@pytest.mark.parametrize(
    ("status", "code"),
    [("paused", 63041), ("rejected", 63040), ("disabled", 63027), ("pending", 63027), ("unsubmitted", 63027)],
)
def test_outside_the_window_only_an_approved_template_arrives(
    control, centre, reminder, send_it, status, code
):
    control.ask("PATCH", f"contents/{reminder}", status=status)
    send_it()
    assert centre.statuses == ["sent", "delivered", "read"], "inside the window approval does not matter"
    control.close_window()
    send_it()
    assert (centre.statuses[3:], centre.heard[-1].form["ErrorCode"]) == (["failed"], str(code))


def test_a_list_cannot_open_a_conversation(client, control, centre):
    picker = {"body": "Which?", "button": "Choose", "items": [{"item": "Lahore", "id": "LHE"}]}
    sid = make(client, types={"twilio/list-picker": picker}).sid
    control.close_window()
    client.messages.create(from_=LAHORE, to=BILAL, content_sid=sid, status_callback=f"{PUBLIC}/twilio/status")
    control.settle()
    assert centre.heard[0].form["ErrorCode"] == "63016"


def test_whatsapp_moves_a_template_to_another_category(client, control, reminder):
    submit(client, reminder)
    control.settle()
    control.ask("PATCH", f"contents/{reminder}", category="MARKETING")
    assert approval(client, reminder)["category"] == "MARKETING"
    other = make(client).sid
    control.arm("content_moved")
    submit(client, other, "another")
    control.settle()
    assert (approval(client, other)["category"], approval(client, other)["status"]) == (
        "MARKETING", "approved",
    )  # fmt: skip


def test_a_rejection_has_its_reason(client, control, reminder):
    control.arm("content_waits")
    submit(client, reminder)
    control.settle()
    control.ask("PATCH", f"contents/{reminder}", status="rejected", reason="INVALID_FORMAT")
    assert approval(client, reminder)["rejection_reason"] == "INVALID_FORMAT"
    shown = control.ask("GET", "contents")["contents"][0]
    assert (shown["status"], shown["name"], shown["places"]) == ("rejected", "appointment_en", ["1", "2"])


@pytest.mark.parametrize(
    ("path", "said", "status"),
    [("HX1", {}, 404), (None, {"status": "loved"}, 400), (None, {"category": "SECRET"}, 400)],
)
def test_a_judgement_that_makes_no_sense_is_explained(simulator, reminder, path, said, status):
    answer = requests.patch(f"{simulator.url}/control/contents/{path or reminder}", json=said, timeout=5)
    assert (answer.status_code, bool(answer.json()["error"])) == (status, True)


def test_a_trainer_judges_on_the_page(simulator, client, reminder):
    submit(client, reminder)
    address = f"{simulator.url}/contents/{reminder}"
    for act, expected in [
        ("pause", "paused"), ("disable", "disabled"), ("approve", "approved"), ("reject", "rejected"),
    ]:  # fmt: skip
        page = requests.post(address, data={"act": act, "reason": "Too long"}, timeout=5).text
        assert approval(client, reminder)["status"] == expected
        assert f'warn">{expected}' in page or expected == "approved"
    assert approval(client, reminder)["rejection_reason"] == "Too long"
    requests.post(address, data={"act": "move"}, timeout=5)
    assert approval(client, reminder)["category"] == "MARKETING"
    requests.post(address, data={"act": "delete"}, timeout=5)
    assert code_of(client.content.v1.contents(reminder).fetch) == (404, 20404)
    assert requests.post(address, data={"act": "praise"}, timeout=5).status_code == 400


def test_a_button_is_tapped_on_the_page(simulator, control, centre, send_it):
    sid = send_it().sid
    page = requests.get(simulator.url, timeout=5).text
    assert f'id="tap-{sid}-0"' in page
    requests.post(f"{simulator.url}/phones/bilal/taps", data={"sid": sid, "place": 0}, timeout=5)
    control.settle()
    assert centre.messages[0].form["ButtonText"] == "I will come"
    refused = requests.post(f"{simulator.url}/phones/ahmed/taps", data={"sid": sid, "place": 0}, timeout=5)
    assert refused.status_code == 200
    assert len(centre.messages) == 1


def test_a_message_has_its_price_once_it_is_final(client, control, send):
    message = send()
    assert message.price is None
    found = client.messages(message.sid).fetch()
    assert (found.price, found.price_unit) == ("-0.00500", "USD")
    control.arm("failed")
    assert client.messages(send().sid).fetch().price == "-0.00100"
    long = send("x" * 161, from_="MRC", to="+923005550101")
    assert client.messages(long.sid).fetch().price == "-0.07640"
