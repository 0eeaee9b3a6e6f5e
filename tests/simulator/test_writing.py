"""People write: what the centre is told, how often, and what the phone shows when it was not."""

from __future__ import annotations

import json

import pytest
import requests

from mrc.simulator.settings import Line
from tests.simulator.centre import LAHORE, LAHORE_SMS, SENDER_NAME, SID, Centre
from tests.simulator.controls import Control
from tests.simulator.test_sending import code_of


def test_a_message_comes_as_a_complete_signed_form(control, centre):
    written = control.write(body="السلام علیکم\nکیا آپ مدد کر سکتے ہیں؟ 😀")
    control.settle()
    (heard,) = centre.messages
    assert heard.is_genuine
    assert heard.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert len(heard.headers["I-Twilio-Idempotency-Token"]) == 32
    metadata = {
        "type": "whatsapp",
        "data": {"context": {"ProfileName": "بلال احمد", "WaId": "923005550101"}},
    }
    assert json.loads(heard.form.pop("ChannelMetadata")) == metadata
    assert heard.form == {
        "MessageSid": written["sid"],
        "SmsSid": written["sid"],
        "SmsMessageSid": written["sid"],
        "AccountSid": SID,
        "ApiVersion": "2010-04-01",
        "SmsStatus": "received",
        "MessageType": "text",
        "From": "whatsapp:+923005550101",
        "To": LAHORE,
        "Body": "السلام علیکم\nکیا آپ مدد کر سکتے ہیں؟ 😀",
        "NumMedia": "0",
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "ProfileName": "بلال احمد",
        "WaId": "923005550101",
    }
    assert control.screen()[0]["told"] == "yes"


def test_sms_tells_of_countries_and_of_no_profile(control, centre):
    control.write("yousef", line=LAHORE_SMS, body="salam")
    control.settle()
    form = centre.messages[0].form
    assert (form["From"], form["FromCountry"], form["ToCountry"]) == ("+923335550107", "PK", "PK")
    assert form["FromCity"] == ""
    assert not {"ProfileName", "WaId", "MessageType"} & set(form)


def test_a_person_without_a_number_comes_by_the_user_id(control, centre):
    control.write("sana", body="x")
    control.settle()
    form = centre.messages[0].form
    assert form["From"] == "whatsapp:PK.13491208655302741918"
    assert (form["ExternalUserId"], form["ProfileUsername"]) == ("PK.13491208655302741918", "sana.travels")
    assert "WaId" not in form


def test_a_person_who_hides_the_number_later_shows_both_ends_of_the_link(control, centre):
    control.ask("POST", "phones", name="Noor", number="+923005550177", user_id="PK.77")
    control.write("+923005550177", body="with the number")
    control.ask("PATCH", "phones/+923005550177", hides_number=True)
    control.write("PK.77", body="without")
    control.settle()
    first, second = sorted((heard.form for heard in centre.messages), key=lambda form: len(form["From"]))[
        ::-1
    ]
    assert (first["From"], first["WaId"]) == ("whatsapp:+923005550177", "923005550177")
    assert (second["From"], "WaId" in second) == ("whatsapp:PK.77", False)
    assert first["ExternalUserId"] == second["ExternalUserId"] == "PK.77"


def test_files_come_as_addresses_at_the_provider(control, centre):
    written = control.write(body="both sides", media=[{"sample": "photo"}, {"sample": "document"}])
    control.settle()
    form = centre.messages[0].form
    assert (written["sid"][:2], form["NumMedia"], form["MessageType"]) == ("MM", "2", "image")
    assert (form["MediaContentType0"], form["MediaContentType1"]) == ("image/png", "application/pdf")
    assert form["MediaUrl1"].startswith(f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages/")


def test_a_place_a_quick_reply_and_an_answer_have_their_own_parameters(control, centre):
    control.write(location={"latitude": "34.5", "longitude": "69.2", "label": "Kabul"})
    control.write(button={"text": "OPEN", "payload": "open-1"})
    control.write(body="this one", reply_to="SM" + "1" * 32)
    control.settle()
    forms = {heard.form["MessageType"]: heard.form for heard in centre.messages}
    assert (forms["location"]["Latitude"], forms["location"]["Label"]) == ("34.5", "Kabul")
    assert (forms["button"]["Body"], forms["button"]["ButtonPayload"]) == ("OPEN", "open-1")
    assert forms["text"]["OriginalRepliedMessageSid"] == "SM" + "1" * 32
    assert forms["text"]["OriginalRepliedMessageSender"] == LAHORE


def test_a_test_may_bend_the_form_and_the_signature_still_fits(control, centre):
    control.write(
        body="x",
        extra={"NumMedia": "2", "MediaUrl0": "http://169.254.169.254/", "WaId": None, "New": "\u202e<b>"},
    )
    control.settle()
    (heard,) = centre.messages
    assert heard.is_genuine
    assert heard.form["NumMedia"] == "2"
    assert heard.form["New"] == "\u202e<b>"
    assert "WaId" not in heard.form


def test_two_messages_of_one_second_and_the_same_words_are_two(control, centre):
    sids = {control.write(body="سلام")["sid"] for _ in range(2)}
    control.settle()
    assert {heard.form["MessageSid"] for heard in centre.messages} == sids
    assert len(sids) == 2


@pytest.mark.parametrize("answer", [403, 404, 500, 302])
def test_an_error_is_not_repeated_and_the_phone_says_so(control, centre, answer):
    centre.answers = [answer]
    control.write(body="x")
    control.settle()
    (shown,) = control.screen()
    assert len(centre.heard) == 1
    assert (shown["told"], shown["why_not_told"]) == ("no", f"answered {answer}")


def test_a_closed_door_is_knocked_at_twice_and_the_list_keeps_the_message(start, centre):
    server = start(webhook="http://127.0.0.1:1")
    control = Control(server.url)
    sid = control.write(body="is anyone there?")["sid"]
    control.settle()
    attempts = server.carrier.world.listed_attempts()
    assert [(each.trial, each.answer, each.failure) for each in attempts] == [
        (1, None, "nobody took the connection"),
        (2, None, "nobody took the connection"),
    ]
    assert len({each.token for each in attempts}) == 1
    message = server.carrier.world.messages[sid]
    assert (message.told, message.status) == ("no", "received")


def test_a_late_answer_is_not_repeated(start, centre):
    server = start(webhook=f"http://127.0.0.1:{centre.port}#rt=100")
    centre.silence = 0.4
    control = Control(server.url)
    control.write(body="x")
    control.settle()
    (attempt,) = server.carrier.world.listed_attempts()
    assert (attempt.answer, attempt.failure) == (None, "no answer in time")
    assert centre.messages[0].is_genuine, "the fragment is not part of what is signed"


def test_the_fragment_of_a_url_asks_for_more_tries(start, centre):
    server = start(webhook=f"http://127.0.0.1:{centre.port}#rc=3&rp=all")
    centre.answers = [500, 403, 200]
    control = Control(server.url)
    control.write(body="x")
    control.settle()
    assert [each.answer for each in server.carrier.world.listed_attempts()] == [500, 403, 200]
    assert server.carrier.world.messages_of("bilal")[0].told == "yes"
    assert len({heard.headers["I-Twilio-Idempotency-Token"] for heard in centre.heard}) == 1


def test_a_centre_that_comes_back_hears_the_next_message(start):
    gone = Centre()
    gone.close()
    server = start(webhook=f"http://127.0.0.1:{gone.port}")
    control = Control(server.url)
    for body in ("while away", "back again"):
        if body == "back again":
            centre = Centre(gone.port)
        control.write(body=body)
        control.settle()
    try:
        assert [message.told for message in server.carrier.world.messages_of("bilal")] == ["no", "yes"]
    finally:
        centre.close()


def test_stop_ends_sms_and_start_brings_it_back(control, client, centre):
    control.write("yousef", line=LAHORE_SMS, body=" stop ")
    refused = {"from_": LAHORE_SMS, "to": "+923335550107", "body": "x"}
    assert code_of(lambda: client.messages.create(**refused)) == (400, 21610)
    control.write("yousef", line=LAHORE_SMS, body="START")
    assert client.messages.create(**refused).status == "queued"
    control.settle()
    assert sorted(heard.form["Body"] for heard in centre.messages) == [" stop ", "START"], (
        "the centre is told too"
    )
    shown = [each["body"] for each in control.screen("yousef") if each["direction"] == "received"]
    assert "unsubscribed" in shown[0]
    assert [m.direction for m in client.messages.list(from_=LAHORE_SMS)].count("outbound-reply") == 2


def test_stop_within_a_sentence_or_on_whatsapp_stops_nothing(control, client):
    control.write("yousef", line=LAHORE_SMS, body="stop please")
    control.write(body="STOP")
    for sender, to in ((LAHORE_SMS, "+923335550107"), (LAHORE, "whatsapp:+923005550101")):
        assert client.messages.create(from_=sender, to=to, body="x").sid


@pytest.mark.parametrize(
    ("phone", "line"), [("bilal", SENDER_NAME), ("sana", LAHORE_SMS), ("yousef", LAHORE)]
)
def test_a_phone_writes_only_where_it_can(simulator, phone, line):
    answer = requests.post(
        f"{simulator.url}/control/phones/{phone}/messages", json={"line": line, "body": "x"}, timeout=5
    )
    assert answer.status_code == 409
    assert simulator.carrier.world.messages == {}


def test_lines_know_their_channel():
    assert [(line.channel, line.can_be_answered) for line in (Line(LAHORE, ""), Line("MRC", ""))] == [
        ("whatsapp", True),
        ("sms", False),
    ]
