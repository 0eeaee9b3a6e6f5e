"""The centre sends, through the ordinary client."""

from __future__ import annotations

import json

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from tests.simulator.centre import BILAL, LAHORE, LAHORE_SMS, PUBLIC, SENDER_NAME, SID, TOKEN, client_of

TEMPLATE = "HX" + "a" * 32
SERVICE = "MG" + "b" * 32


def code_of(call) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as refused:
        call()
    return refused.value.status, refused.value.code


def test_a_message_is_accepted_and_arrives_on_the_phone(send, control):
    message = send("کل دس بجے آئیں")
    assert message.sid.startswith("SM")
    assert len(message.sid) == 34
    assert (message.status, message.direction, message.num_segments) == ("queued", "outbound-api", "1")
    assert (message.from_, message.to, message.error_code) == (LAHORE, BILAL, None)
    (shown,) = control.screen()
    assert (shown["body"], shown["direction"], shown["has_arrived"]) == ("کل دس بجے آئیں", "received", True)


def test_receipts_come_in_order_signed_on_the_public_address(send, centre):
    message = send()
    assert centre.statuses == ["sent", "delivered", "read"]
    assert all(heard.is_genuine for heard in centre.heard)
    assert {heard.query for heard in centre.heard} == {"m=1"}
    delivered = centre.heard[1].form
    assert delivered["MessageSid"] == delivered["SmsSid"] == message.sid
    assert delivered["AccountSid"] == SID
    assert (delivered["From"], delivered["To"]) == (LAHORE, BILAL)
    assert (delivered["EventType"], delivered["ChannelPrefix"]) == ("DELIVERED", "whatsapp")
    assert "ErrorCode" not in delivered


def test_a_callback_with_escapes_in_its_query_is_signed_as_it_was_given(send, centre):
    send(status_callback=f"{PUBLIC}/twilio/status?m=%D8%B3%2F%27%7B1%7D")
    assert len(centre.heard) == 3
    assert all(heard.is_genuine for heard in centre.heard)


def test_without_a_callback_nobody_is_told(send, centre, control):
    send(status_callback="")
    assert centre.heard == []
    assert control.screen()[0]["status"] == "read"


def test_sms_is_delivered_and_never_read(send, centre):
    send(from_=LAHORE_SMS, to="+923005550101")
    assert centre.statuses == ["sent", "delivered"]
    assert len(centre.heard[1].form["RawDlrDoneDate"]) == 10
    assert "ChannelPrefix" not in centre.heard[1].form


def test_a_sender_name_reaches_sms(send, control):
    send(from_=SENDER_NAME, to="+923005550101")
    assert control.screen()[0]["line"] == SENDER_NAME


def test_a_phone_without_read_receipts_stops_at_delivered(client, control, centre):
    client.messages.create(
        from_=LAHORE, to="whatsapp:+923455550102", body="x", status_callback=f"{PUBLIC}/twilio/status"
    )
    control.settle()
    assert centre.statuses == ["sent", "delivered"]


def test_a_person_without_a_number_is_reached_by_the_user_id(client, control):
    client.messages.create(from_=LAHORE, to="whatsapp:PK.13491208655302741918", body="x")
    control.settle()
    assert control.screen("sana")[0]["has_arrived"]


def test_a_number_that_is_not_on_the_table_gets_a_phone(client, control):
    client.messages.create(from_=LAHORE_SMS, to="+93795550199", body="x")
    control.settle()
    (shown,) = control.screen("+93795550199")
    assert shown["has_arrived"]
    strangers = [phone for phone in control.ask("GET", "state")["phones"] if phone["is_stranger"]]
    assert [phone["number"] for phone in strangers] == ["+93795550199"]


def test_a_service_accepts_first_and_picks_the_line(send, centre):
    message = send(from_=None, messaging_service_sid=SERVICE)
    assert (message.status, message.num_segments) == ("accepted", "0")
    assert message.from_ == LAHORE
    assert centre.statuses == ["queued", "sent", "delivered", "read"]
    assert {heard.form["MessagingServiceSid"] for heard in centre.heard} == {SERVICE}


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"to": ""}, 400, 21604),
        ({"to": "0300 555"}, 400, 21211),
        ({"to": "+92"}, 400, 21211),
        ({"to": "PK.1349"}, 400, 21211),
        ({"to": "whatsapp:PK1349"}, 400, 21211),
        ({"from_": None}, 400, 21603),
        ({"from_": "whatsapp:+15550001111"}, 400, 63007),
        ({"from_": "+15550001111", "to": "+923005550101"}, 400, 21606),
        ({"from_": LAHORE_SMS}, 400, 21910),
        ({"to": LAHORE}, 400, 63031),
        ({"from_": LAHORE_SMS, "to": LAHORE_SMS}, 400, 21266),
        ({"from_": None, "messaging_service_sid": "MG1"}, 400, 21701),
        ({"body": None}, 400, 21602),
        ({"body": "x" * 1601}, 400, 21617),
        ({"media_url": ["not an address"]}, 400, 21620),
        ({"media_url": [f"{PUBLIC}/{n}.jpg" for n in range(11)]}, 400, 21620),
        ({"body": None, "content_sid": "HX1"}, 400, 21655),
        ({"body": None, "content_sid": TEMPLATE, "content_variables": "{"}, 400, 21656),
        ({"body": None, "content_sid": TEMPLATE, "content_variables": '{"1": "a\\nb"}'}, 400, 21656),
        ({"body": None, "content_sid": TEMPLATE, "content_variables": '{"1": " "}'}, 400, 21656),
        ({"body": None, "content_sid": TEMPLATE, "content_variables": "[]"}, 400, 21656),
        ({"status_callback": "ftp://centre"}, 400, 21609),
        ({"status_callback": "https://my_centre.example/"}, 400, 21609),
        ({"status_callback": "http://[::1"}, 400, 21609),
        ({"validity_period": 36_001}, 400, 20001),
        ({"validity_period": 0}, 400, 20001),
    ],
)
def test_a_request_that_twilio_refuses_is_refused(client, control, values, status, code):
    usual = {"from_": LAHORE, "to": BILAL, "body": "x"}
    sound = {name: value for name, value in (usual | values).items() if value is not None}
    assert code_of(lambda: client.messages.create(**{"to": "", **sound})) == (status, code)
    assert control.ask("GET", "state")["messages"] == 0


def test_the_longest_body_is_accepted(send):
    assert send("x" * 1600, from_=LAHORE_SMS, to="+923005550101").num_segments == "11"


@pytest.mark.parametrize(("user", "word"), [(SID, "wrong"), ("AC" + "6" * 32, TOKEN), ("SK1", TOKEN)])
def test_whoever_does_not_know_the_token_is_refused(simulator, user, word):
    stranger = client_of(simulator.url, user, word)
    assert code_of(lambda: stranger.messages.create(to=BILAL, from_=LAHORE, body="x")) == (401, 20003)


def test_an_api_key_opens_the_same_account(start):
    server = start(api_key="SK1", api_secret="secret")
    assert client_of(server.url, "SK1", "secret").messages.list() == []


def test_an_empty_api_key_opens_nothing(simulator):
    address = f"{simulator.url}/2010-04-01/Accounts/{SID}/Messages.json"
    for auth in [("", ""), None]:
        refused = requests.get(address, auth=auth, timeout=5)
        assert (refused.status_code, refused.json()["code"]) == (401, 20003)
        assert refused.headers["WWW-Authenticate"].startswith("Basic")


def test_outside_the_window_free_text_fails_and_a_template_arrives(client, control, centre):
    callback = f"{PUBLIC}/twilio/status"
    control.close_window()
    free = client.messages.create(from_=LAHORE, to=BILAL, body="x", status_callback=callback)
    control.settle()
    assert centre.statuses == ["failed"]
    assert centre.heard[0].form["ErrorCode"] == "63016"
    assert centre.heard[0].form["ErrorMessage"] == ""
    assert client.messages(free.sid).fetch().error_code == 63016
    assert not control.screen()[0]["has_arrived"]
    client.messages.create(from_=LAHORE, to=BILAL, content_sid=TEMPLATE, status_callback=callback)
    control.settle()
    assert centre.statuses[1:] == ["sent", "delivered", "read"]


def test_the_window_is_open_at_first_and_for_24_hours_from_the_last_message_of_the_person(send, control):
    send("nobody knows what was before")
    control.ask("POST", "clock", advance_seconds=24 * 3600)
    send("too late")
    control.write(body="سلام")
    control.ask("POST", "clock", advance_seconds=24 * 3600 - 60)
    send("in time")
    control.ask("POST", "clock", advance_seconds=120)
    send("too late")
    assert [each["error_code"] for each in control.screen()] == [None, 63016, None, None, 63016]


def test_a_template_is_shown_in_its_own_words(start, centre):
    server = start(templates={TEMPLATE: "Dear {{1}}, you have a message."})
    client_of(server.url).messages.create(
        from_=LAHORE,
        to=BILAL,
        content_sid=TEMPLATE,
        content_variables=json.dumps({"1": "بلال"}),
    )
    assert server.carrier.world.messages_of("bilal")[0].shown == "Dear بلال, you have a message."


def test_a_template_of_unknown_words_shows_its_variables(client, control):
    client.messages.create(from_=LAHORE, to=BILAL, content_sid=TEMPLATE, content_variables='{"1": "10:00"}')
    assert control.screen()[0]["body"] == f"Template {TEMPLATE}\n1: 10:00"


def test_media_of_the_centre_stand_on_the_phone_as_links(send, control):
    message = send(media_url=[f"{PUBLIC}/sheet.pdf"])
    assert (message.sid[:2], message.num_media) == ("MM", "1")
    assert control.screen()[0]["links"] == [f"{PUBLIC}/sheet.pdf"]


def test_who_opted_out_is_not_sent_to(send, client, control):
    control.ask("POST", "conversations", phone="bilal", line=LAHORE, is_opted_out=True)
    assert code_of(lambda: client.messages.create(from_=LAHORE, to=BILAL, body="x")) == (400, 21610)
    control.ask("POST", "conversations", phone="bilal", line=LAHORE, is_opted_out=False)
    send()
    assert control.screen()[0]["has_arrived"]


def test_who_blocked_the_centre_is_not_reached(send, centre, control):
    control.ask("POST", "conversations", phone="bilal", line=LAHORE, is_blocked=True)
    control.ask("POST", "conversations", phone="bilal", line=LAHORE_SMS, is_blocked=True)
    send()
    send(from_=LAHORE_SMS, to="+923005550101")
    assert [heard.form["ErrorCode"] for heard in centre.heard] == ["63032", "30004"]
    assert centre.statuses == ["failed", "undelivered"]


def test_a_keypad_phone_has_no_whatsapp(send, centre):
    send(to="whatsapp:+923335550107")
    assert (centre.statuses, centre.heard[0].form["ErrorCode"]) == (["failed"], "63024")


def test_a_phone_that_is_off_gets_its_messages_when_it_is_on_again(send, centre, control):
    control.ask("PATCH", "phones/bilal", is_on=False)
    send()
    assert centre.statuses == ["sent"]
    assert not control.screen()[0]["has_arrived"]
    control.ask("PATCH", "phones/bilal", is_on=True)
    control.settle()
    assert centre.statuses == ["sent", "delivered", "read"]
    assert control.screen()[0]["has_arrived"]


def test_an_unreachable_callback_stops_nothing(send, control):
    send(status_callback="http://127.0.0.1:1/twilio/status")
    assert control.screen()[0]["status"] == "read"
    answers = {(each["subject"], each["trial"]) for each in control.ask("GET", "webhooks")["attempts"]}
    assert answers == {(status, trial) for status in ("sent", "delivered", "read") for trial in (1, 2)}


def test_the_same_seed_gives_the_same_sids(start):
    sids = [
        client_of(start(seed=7).url).messages.create(from_=LAHORE, to=BILAL, body="x").sid for _ in range(2)
    ]
    assert sids[0] == sids[1]
