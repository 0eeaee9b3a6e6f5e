"""Messages and media as resources: fetched, listed, redacted, cancelled, deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from tests.simulator.centre import BILAL, LAHORE, PUBLIC, SID, TOKEN
from tests.simulator.test_sending import SERVICE, code_of

HTML_AS_JPEG = {"content_type": "image/jpeg", "base64": "PGh0bWw+"}


def media_address(simulator, message) -> str:
    """Where the centre finds the first file of a message, with the carrier's host replaced."""
    return simulator.url + message["form"]["MediaUrl0"].removeprefix("https://api.twilio.com")


def test_a_message_is_fetched_as_it_stands_now(send, client):
    message = client.messages(send("سلام").sid).fetch()
    assert (message.status, message.body, message.api_version) == ("read", "سلام", "2010-04-01")
    assert message.date_sent.tzinfo is not None
    assert message.date_created <= message.date_sent <= message.date_updated
    assert message.uri == f"/2010-04-01/Accounts/{SID}/Messages/{message.sid}.json"


def test_an_unknown_message_is_not_found(client):
    assert code_of(client.messages("SM" + "0" * 32).fetch) == (404, 20404)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"/2010-04-01/Accounts/{SID}/Conferences.json", 404, 20404),
        ("GET", f"/2010-04-01/Accounts/AC{'9' * 32}/Messages.json", 404, 20404),
        ("PUT", f"/2010-04-01/Accounts/{SID}/Messages.json", 405, 20004),
    ],
)
def test_what_is_not_there_is_answered_with_a_document(simulator, method, path, status, code):
    answer = requests.request(method, simulator.url + path, auth=(SID, TOKEN), timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_every_answer_names_its_request(simulator):
    answer = requests.get(
        f"{simulator.url}/2010-04-01/Accounts/{SID}/Messages.json", auth=(SID, TOKEN), timeout=5
    )
    assert answer.headers["Twilio-Request-Id"].startswith("RQ")


def test_the_list_holds_both_directions_newest_first(send, client, control):
    control.write(body="سلام")
    send("وعلیکم السلام")
    assert [message.direction for message in client.messages.list()] == ["outbound-api", "inbound"]
    assert [message.body for message in client.messages.list(to=LAHORE)] == ["سلام"]
    assert [message.body for message in client.messages.list(from_=LAHORE)] == ["وعلیکم السلام"]
    assert client.messages.list(to=LAHORE, from_=LAHORE) == []


def test_the_list_is_filtered_by_the_day_and_by_the_instant(client, control):
    control.write(body="first")
    now = datetime.now(UTC)
    control.ask("POST", "clock", advance_seconds=48 * 3600)
    control.write(body="two days later")
    assert [m.body for m in client.messages.list(date_sent=now.date())] == ["first"]
    assert [m.body for m in client.messages.list(date_sent_after=now.date() + timedelta(days=1))] == [
        "two days later"
    ]
    assert [m.body for m in client.messages.list(date_sent_before=now + timedelta(minutes=1))] == ["first"]
    assert len(client.messages.list(date_sent_after=now - timedelta(minutes=1))) == 2


def test_pages_neither_repeat_nor_leave_out_while_messages_come_and_go(client, control):
    sids = [control.write(body=str(number))["sid"] for number in range(7)][::-1]
    page = client.messages.page(page_size=3)
    seen = [message.sid for message in page]
    control.write(body="one more")
    client.messages(seen[-1]).delete()
    while page := page.next_page():
        seen += [message.sid for message in page]
    assert seen == sids


def test_a_page_holds_at_most_a_thousand(client):
    assert client.messages.page(page_size=5000)._payload["page_size"] == 1000


def test_a_redacted_message_is_empty_here_and_stays_on_the_phone(send, client, control):
    message = client.messages(send("a name").sid).update(body="")
    assert message.body == ""
    assert control.screen()[0]["body"] == "a name"


def test_a_message_cannot_be_rewritten(send, client):
    message = client.messages(send().sid)
    assert code_of(lambda: message.update(body="other words")) == (400, 20001)


def test_a_message_on_its_way_is_neither_redacted_nor_deleted(client, control):
    control.ask("POST", "pace", factor=1000)
    message = client.messages.create(from_=LAHORE, to=BILAL, body="x")
    assert code_of(lambda: client.messages(message.sid).update(body="")) == (409, 20009)
    assert code_of(client.messages(message.sid).delete) == (409, 20009)


def test_a_deleted_message_is_gone_with_its_media(simulator, client, control):
    written = control.write(media=[{"sample": "photo"}])
    assert client.messages(written["sid"]).delete()
    assert code_of(client.messages(written["sid"]).fetch) == (404, 20404)
    assert client.messages.list() == []
    assert requests.get(media_address(simulator, written), auth=(SID, TOKEN), timeout=5).status_code == 404
    assert len(control.screen()) == 1


def scheduled(client, control, **values):
    at = datetime.fromisoformat(control.ask("GET", "state")["now"]) + timedelta(hours=1)
    usual = {"messaging_service_sid": SERVICE, "schedule_type": "fixed", "send_at": at, "body": "later"}
    return client.messages.create(to=BILAL, status_callback=f"{PUBLIC}/twilio/status", **(usual | values))


def test_a_scheduled_message_goes_at_its_time(client, control, centre):
    message = scheduled(client, control)
    assert message.status == "scheduled"
    assert centre.heard == []
    control.ask("POST", "clock", advance_seconds=3601)
    control.settle()
    assert centre.statuses == ["queued", "sent", "delivered", "read"]


def test_a_scheduled_message_can_be_cancelled_until_it_goes(client, control, centre):
    message = client.messages(scheduled(client, control).sid)
    assert message.update(status="canceled").status == "canceled"
    assert code_of(lambda: message.update(status="canceled")) == (400, 30409)
    control.ask("POST", "clock", advance_seconds=3601)
    control.settle()
    assert centre.heard == []


@pytest.mark.parametrize("at", [timedelta(minutes=5), timedelta(days=36), None])
def test_a_time_that_twilio_does_not_keep_is_refused(client, control, at):
    values = {"send_at": datetime.now(UTC) + at if at else "tomorrow"}
    assert code_of(lambda: scheduled(client, control, **values)) == (400, 35114)


def test_without_a_service_the_wish_for_a_time_is_dropped(send):
    assert send(schedule_type="fixed", send_at=datetime.now(UTC)).status == "queued"


def test_media_are_fetched_with_the_accounts_word_over_a_short_lived_address(simulator, control):
    address = media_address(simulator, control.write(media=[{"sample": "photo"}]))
    assert requests.get(address, timeout=5).status_code == 401
    sent_on = requests.get(address, auth=(SID, TOKEN), timeout=5, allow_redirects=False)
    assert sent_on.status_code == 307
    short_lived = simulator.url + sent_on.headers["Location"]
    photo = requests.get(short_lived, timeout=5)
    assert (photo.headers["Content-Type"], photo.content[:4]) == ("image/png", b"\x89PNG")
    control.ask("POST", "clock", advance_seconds=4 * 3600 + 1)
    assert requests.get(short_lived, timeout=5).status_code == 403


def test_media_are_listed_described_and_deleted(simulator, client, control):
    written = control.write(media=[{"sample": "voice"}, HTML_AS_JPEG])
    message = client.messages(written["sid"])
    assert [each.content_type for each in message.media.list()] == ["audio/mpeg", "image/jpeg"]
    voice = message.media(written["media"][0]["sid"])
    assert voice.fetch().parent_sid == written["sid"]
    address = media_address(simulator, written)
    short_lived = requests.get(address, auth=(SID, TOKEN), timeout=5, allow_redirects=False).headers[
        "Location"
    ]
    assert voice.delete()
    assert code_of(voice.fetch) == (404, 20404)
    assert requests.get(simulator.url + short_lived, timeout=5).status_code == 404
    assert len(message.media.list()) == 1
    assert message.fetch().num_media == "1"


def test_what_a_phone_sends_is_given_out_as_it_is(simulator, control):
    """An application must sniff for itself: the carrier repeats whatever type the phone claimed."""
    address = media_address(simulator, control.write(media=[HTML_AS_JPEG]))
    answer = requests.get(address, auth=(SID, TOKEN), timeout=5)
    assert (answer.headers["Content-Type"], answer.content) == ("image/jpeg", b"<html>")


def test_an_unknown_file_is_not_found(client, control):
    written = control.write(body="no file")
    with pytest.raises(TwilioRestException, match=r"not found"):
        client.messages(written["sid"]).media("ME" + "0" * 32).fetch()
