"""The failure cases of inbound messages, by their number in the specification, over HTTP."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select, update

from mrc.attachments.models import Attachment
from mrc.attachments.states import FileType
from mrc.cases.service import CaseDetails, open_case
from mrc.core import clock as now
from mrc.core.db import db
from mrc.core.errors import NotFound
from mrc.core.files import list_files
from mrc.demo.world import DEMO_PASSWORD
from mrc.messaging import fetching, queries, service
from mrc.messaging.fetching import MOST_BYTES, NotFetched
from mrc.messaging.models import InboundEvent, Message, MessageMedia, Thread
from mrc.messaging.queries.conversations import list_messages
from mrc.messaging.service import media as media_service
from mrc.messaging.service.safety import Intent, hold_of
from mrc.messaging.states import Doubt, InboundState, MediaReason, MediaState, Purpose, Reason
from mrc.persons.models import Address, Person
from mrc.persons.service import PersonDetails, link_address, register_person
from mrc.simulator.samples import SAMPLES
from tests.messaging.house import ACCOUNT, House, form_of, new_sid
from tests.simulator.controls import Control
from tests.support.pages import PageClient

ANSWER = Intent(Purpose.REPLY, "")
USER_ID, OTHER_USER_ID = "PK.13491208655302741918", "PK.99991208655302741918"
OGG = b"OggS\x00\x02" + b"\0" * 22 + b"\x01\x13OpusHead\x01\x01" + b"\0" * 200
ADDRESS = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/SM{'1' * 32}/Media/ME{'2' * 32}"


def send(control: Control, content: bytes, content_type: str = "image/jpeg") -> str:
    """Bilal's phone sends a file that the centre is told of; the message's id."""
    file = {"content_type": content_type, "base64": base64.b64encode(content).decode()}
    sid: str = control.write(body="", media=[file])["sid"]
    control.settle()
    return sid


def the_file(house: House) -> MessageMedia:
    (found,) = house.rows(MessageMedia)
    return found


def on_disk(house: House) -> list[Any]:
    with house.app.app_context():
        return list(list_files(now.now() + timedelta(days=400)))


def person_of(house: House, centre_id: UUID, name: str) -> Person:
    by = house.identity("counsellor-lahore")
    return register_person(PersonDetails(name), centre_id=centre_id, by=by)


def named(house: House) -> Thread:
    """The thread of Bilal, whom a counsellor registered and named."""
    by = house.identity("counsellor-lahore")
    db.session.rollback()
    assert house.hear(form_of()) == 200
    thread = db.session.scalars(select(Thread)).one()
    service.link_person(thread, person_of(house, thread.centre_id, "Zarmina Qxvbtest"), by=by)
    db.session.commit()
    return house.thread()


def test_case_03_the_id_decides_and_not_the_token_of_the_try(house: House) -> None:
    form = form_of()
    for token in ("first", "second"):
        assert house.hear(form | {"I-Twilio-Idempotency-Token": token}) == 200
    assert house.bodies() == ["سلام"]


def test_case_04_the_same_words_at_the_same_second_are_two_messages(house: House) -> None:
    assert house.hear(form_of()) == 200
    assert house.hear(form_of()) == 200
    assert house.bodies() == ["سلام", "سلام"]


def test_case_10_unknown_parameters_and_missing_addresses_are_stored_and_flagged(house: House) -> None:
    form = form_of(NumMedia="2", MediaUrl0=ADDRESS, MediaContentType0="image/jpeg", Newly="made")
    assert house.hear(form) == 200
    (event,) = house.rows(InboundEvent)
    assert (event.raw["Newly"], event.flags) == ("made", {"media_without_url": 1})
    first, second = sorted(house.rows(MessageMedia), key=lambda each: each.position)
    assert (first.state, second.state) == (MediaState.WAITING, MediaState.UNAVAILABLE)
    assert second.reason is MediaReason.NO_ADDRESS


def test_case_10_ten_files_come_in_their_order(house: House, control: Control) -> None:
    control.write(body="", media=[{"sample": "photo"}] * 10)
    control.settle()
    house.work()
    found = house.rows(MessageMedia)
    assert sorted(each.position for each in found) == list(range(10))
    assert {each.state for each in found} == {MediaState.STORED}


def test_case_11_an_account_without_a_number_is_linked_once_it_shows_one(house: House) -> None:
    house.hear(form_of("no number", From=f"whatsapp:{USER_ID}", ExternalUserId=USER_ID))
    house.hear(form_of("both", ExternalUserId=USER_ID))
    assert len(house.rows(Address)) == len(house.rows(Thread)) == 1
    assert sorted(house.bodies(), key=str) == ["both", "no number"]


def test_case_11_another_account_on_a_known_number_is_only_a_suggestion(house: House) -> None:
    house.hear(form_of(ExternalUserId=USER_ID))
    named(house)
    before = house.address().user_id_index
    house.hear(form_of(ExternalUserId=OTHER_USER_ID))
    assert (house.thread().doubt, house.address().user_id_index) == (Doubt.OTHER_ACCOUNT, before)


def test_case_11_the_same_account_on_another_number_is_suggested_and_not_linked(house: House) -> None:
    house.hear(form_of(ExternalUserId=USER_ID))
    named(house)
    house.hear(form_of("new number", From="whatsapp:+923335550107", ExternalUserId=USER_ID))
    (new,) = [thread for thread in house.rows(Thread) if thread.person_id is None]
    client = PageClient(house.app)
    client.sign_in("counsellor-lahore", DEMO_PASSWORD)
    page = client.get(f"/inbox/{new.id}").html
    assert "under this WhatsApp account" in page
    assert "Zarmina Qxvbtest" in page


def test_case_12_a_message_to_an_unknown_line_alerts_those_who_may_assign_it(house: House) -> None:
    assert house.hear(form_of(To="whatsapp:+15005550006")) == 200
    (event,) = house.rows(InboundEvent)
    assert event.state is InboundState.QUARANTINED
    client = PageClient(house.app)
    client.sign_in("manager-lahore", DEMO_PASSWORD)
    assert f"/inbox/quarantine/{event.id}" in client.get("/inbox").html


def test_case_25_media_is_fetched_sealed_and_deleted_at_the_provider(house: House, control: Control) -> None:
    control.write(body="", media=[{"sample": "photo"}])
    control.settle()
    assert the_file(house).state is MediaState.WAITING
    house.work()
    found = the_file(house)
    assert (found.state, found.file_type, found.has_preview) == (MediaState.STORED, FileType.PNG, True)
    assert found.deleted_at_provider_at is not None
    assert media_service.open_media(found).startswith(b"\x89PNG")
    db.session.rollback()


def test_case_25_media_voice_notes_are_kept_as_they_came_and_played(house: House, control: Control) -> None:
    send(control, OGG, "audio/ogg")
    house.work()
    found = the_file(house)
    assert (found.state, found.file_type) == (MediaState.STORED, FileType.OGG)
    client = PageClient(house.app)
    client.sign_in("counsellor-lahore", DEMO_PASSWORD)
    page = client.get(f"/inbox/{found.thread_id}").html
    assert "<audio" in page
    answer = client.http.get(f"/inbox/{found.thread_id}/files/{found.id}/play")
    assert (answer.status_code, answer.data, answer.content_type) == (200, OGG, "audio/ogg")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("content", "told", "reason"),
    [
        (b"<html><script>alert(1)</script></html>", "image/jpeg", MediaReason.NOT_ALLOWED),
        (OGG, "image/jpeg", MediaReason.NOT_AS_TOLD),
        (SAMPLES["photo"][1], "audio/ogg", MediaReason.NOT_AS_TOLD),
    ],
)  # fmt: skip
def test_case_25_media_that_is_not_what_it_says_is_refused(
    house: House, control: Control, content: bytes, told: str, reason: MediaReason
) -> None:
    send(control, content, told)
    house.work()
    found = the_file(house)
    assert (found.state, found.reason) == (MediaState.REFUSED, reason)
    assert on_disk(house) == []


def test_case_25_media_that_is_too_large_is_refused(
    house: House, monkeypatch: pytest.MonkeyPatch, control: Control
) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 100)
    assert MOST_BYTES == 16 * 1024 * 1024
    send(control, OGG, "audio/ogg")
    house.work()
    found = the_file(house)
    assert (found.state, found.reason) == (MediaState.REFUSED, MediaReason.TOO_LARGE)


def test_case_25_media_the_provider_does_not_have_is_asked_for_five_times_more(
    house: House, clock: time_machine.Traveller
) -> None:
    form = form_of(NumMedia="1", MediaUrl0=ADDRESS, MediaContentType0="image/jpeg")
    assert house.hear(form) == 200
    waits = []
    for _try in range(6):
        house.work()
        found = the_file(house)
        if found.next_try_at is None:
            break
        waits.append(round((found.next_try_at - now.now()).total_seconds()))
        clock.shift(found.next_try_at - now.now())
    assert waits == [60, 300, 1800, 4 * 3600, 24 * 3600]
    assert (the_file(house).state, the_file(house).reason) == (MediaState.UNAVAILABLE, MediaReason.NOT_FOUND)
    client = PageClient(house.app)
    client.sign_in("counsellor-lahore", DEMO_PASSWORD)
    page = client.get(f"/inbox/{found.thread_id}").html
    assert "could not be fetched" in page
    assert "Try again" in page


@pytest.mark.parametrize("kind", ["server_error", "reset", "too_many", "problem"])
def test_case_25_media_comes_at_the_next_try_after_a_fault(
    house: House, control: Control, clock: time_machine.Traveller, kind: str
) -> None:
    control.arm(kind, operation="media")
    send(control, OGG, "audio/ogg")
    house.work()
    assert the_file(house).state is MediaState.WAITING
    clock.shift(timedelta(minutes=1, seconds=1))
    house.work()
    assert the_file(house).state is MediaState.STORED


def test_case_25_media_of_no_bytes_is_not_there(house: House, control: Control) -> None:
    send(control, b"", "image/jpeg")
    house.work()
    found = the_file(house)
    assert (found.state, found.reason, found.tries) == (MediaState.WAITING, MediaReason.EMPTY, 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://api.twilio.com.evil.example/2010-04-01/x",
        ADDRESS.replace("https", "http"),
        ADDRESS.replace("api.twilio.com", "key@evil.example"),
        "https://api.twilio.com/2010-04-01/Accounts/other.json",
        "file:///etc/passwd",
        "https://[broken",
    ],
)
def test_case_25_media_from_elsewhere_is_never_asked_for(house: House, url: str) -> None:
    assert house.hear(form_of(NumMedia="1", MediaUrl0=url, MediaContentType0="image/jpeg")) == 200
    house.work()
    found = the_file(house)
    assert (found.state, found.reason) == (MediaState.REFUSED, MediaReason.FOREIGN_ADDRESS)


@pytest.mark.parametrize(
    "url",
    ["http://93.184.216.34/x", "https://169.254.169.254/x", "https://127.0.0.1/x", "https://[::1]/x",
     "https://10.0.0.7/x", "https://me@93.184.216.34/x"],
)  # fmt: skip
def test_case_25_media_is_not_followed_into_our_own_network(house: House, url: str) -> None:
    with house.app.app_context(), pytest.raises(NotFetched) as refused:
        fetching._elsewhere(url)
    assert refused.value.reason is MediaReason.FOREIGN_ADDRESS


def test_case_26_a_purge_wins_over_a_late_fetch(house: House, control: Control) -> None:
    send(control, OGG, "audio/ogg")
    found = the_file(house)
    wanted = media_service.begin_fetching(found.id)
    db.session.rollback()
    assert wanted is not None
    brought = media_service.bring(found.id, wanted)
    service.withdraw_media(found.message_id, by=house.identity("counsellor-lahore"))
    db.session.commit()
    assert media_service.store_brought(found.id, brought) is None
    db.session.commit()
    assert the_file(house).state is MediaState.WITHDRAWN
    assert on_disk(house) == []


def test_case_26_nothing_stays_of_a_message_that_is_gone(house: House, control: Control) -> None:
    send(control, OGG, "audio/ogg")
    found = the_file(house)
    wanted = media_service.begin_fetching(found.id)
    assert wanted is not None
    db.session.rollback()
    brought = media_service.bring(found.id, wanted)
    db.session.delete(db.session.get_one(MessageMedia, found.id))
    db.session.commit()
    assert media_service.store_brought(found.id, brought) is None
    db.session.commit()
    assert on_disk(house) == []


def test_case_28_what_the_list_has_brings_its_files(house: House, control: Control) -> None:
    control.arm("lost")
    control.write(body="", media=[{"sample": "photo"}, {"sample": "voice"}])
    house.sweep()
    found = sorted(house.rows(MessageMedia), key=lambda each: each.position)
    assert [each.file_type for each in found] == [FileType.PNG, FileType.MP3]


def test_case_36_two_persons_at_one_number_are_nobody_until_somebody_says_who(house: House) -> None:
    named(house)
    thread = db.session.scalars(select(Thread)).one()
    other = person_of(house, thread.centre_id, "Wlkptr Hjkmnu")
    link_address(other, thread.address, by=house.identity("counsellor-lahore"))
    db.session.execute(update(Thread).values(person_id=None, status="done", waiting_since=None))
    db.session.commit()
    house.hear(form_of("who of us"))
    assert house.thread().person_id is None


@pytest.mark.parametrize(
    ("body", "name", "doubt"),
    [
        ("سلام", "Farida", Doubt.OTHER_NAME),
        ("Who is this?", "Bilal", Doubt.ASKS_WHO),
        ("آپ کون ہیں؟", "Bilal", Doubt.ASKS_WHO),
        ("سلام", "bilal", None),
        (
            "They told me at the airport to ask you who is it that signs my contract",
            "Bilal",
            None,
        ),
    ],
)
def test_case_37_somebody_else_may_write_now(house: House, body: str, name: str, doubt: Doubt | None) -> None:
    named(house)
    house.hear(form_of(body, ProfileName=name))
    assert house.thread().doubt is doubt


def test_case_37_nothing_goes_out_until_a_colleague_confirms_who_it_is(house: House) -> None:
    named(house)
    house.hear(form_of("Who is this?"))
    thread = db.session.scalars(select(Thread)).one()
    hold = hold_of(thread, ANSWER)
    assert hold is not None
    assert hold.reason is Reason.MAYBE_SOMEONE_ELSE
    thread_id = thread.id
    db.session.rollback()
    client = PageClient(house.app)
    client.sign_in("counsellor-lahore", DEMO_PASSWORD)
    page = client.get(f"/inbox/{thread_id}")
    assert "May be someone else now" in page.html
    client.post(f"/inbox/{thread_id}", {}, form=f"/inbox/{thread_id}/confirm-writer")
    assert house.thread().doubt is None
    assert house.tags().count("messaging:thread:confirmed") == 1
    db.session.rollback()
    thread = db.session.scalars(select(Thread)).one()
    assert hold_of(thread, ANSWER) is None
    db.session.rollback()


def test_case_44_an_erasure_reaches_the_file_and_the_providers_copy(
    house: House, control: Control, clock: time_machine.Traveller
) -> None:
    control.arm("refuse", operation="delete", value=20009)
    send(control, OGG, "audio/ogg")
    house.work()
    found = the_file(house)
    assert (found.state, found.deleted_at_provider_at) == (MediaState.STORED, None)
    service.withdraw_media(found.message_id, by=house.identity("counsellor-lahore"))
    db.session.commit()
    clock.shift(timedelta(hours=1, minutes=1))
    house.work()
    gone = the_file(house)
    assert (gone.state, gone.key, gone.url) == (MediaState.WITHDRAWN, None, None)
    assert gone.deleted_at_provider_at is not None
    assert on_disk(house) == []


def test_files_belong_to_their_own_conversation(house: House, control: Control) -> None:
    send(control, OGG, "audio/ogg")
    found = the_file(house)
    with pytest.raises(NotFound):
        queries.get_media(found.message_id, found.id, by=house.identity("counsellor-lahore"))
    with pytest.raises(NotFound):
        queries.get_media(found.thread_id, found.id, by=house.identity("counsellor-erbil"))


def test_place_choice_quote_and_forwarding_are_shown(house: House) -> None:
    first = new_sid()
    house.hear(form_of("the first", MessageSid=first))
    extra = {"Latitude": "31.5", "Longitude": "74.3", "Label": "Lahore", "Forwarded": "true"}
    house.hear(form_of("", OriginalRepliedMessageSid=first, **extra))
    house.hear(form_of("x", ButtonText="Confirm", ButtonPayload="yes"))
    shown = list_messages(db.session.scalars(select(Thread)).one(), cursor=None).items
    (placed,) = [each.extras for each in shown if each.extras.place]
    assert placed.place is not None
    assert (placed.place.name, placed.place.coordinates) == ("Lahore", "31.5, 74.3")
    assert (placed.quote, placed.is_forwarded) == ("the first", True)
    assert [each.body for each in shown if each.extras.is_choice] == ["Confirm"]
    assert len(house.rows(Message)) == 3


def test_a_file_is_copied_into_a_case_of_the_person_and_the_log_says_so(
    house: House, control: Control
) -> None:
    thread = named(house)
    send(control, OGG, "audio/ogg")
    house.work()
    found = the_file(house)
    person = db.session.get_one(Person, thread.person_id)
    case_id = open_case(CaseDetails("potential"), person=person, by=house.identity("counsellor-lahore")).id
    db.session.commit()
    client = PageClient(house.app)
    client.sign_in("counsellor-lahore", DEMO_PASSWORD)
    copy = f"/inbox/{thread.id}/files/{found.id}/copy"
    assert copy in client.get(f"/inbox/{thread.id}").html
    client.post(copy, {}, form=copy)
    (attachment,) = house.rows(Attachment)
    assert (attachment.case_id, attachment.file_type, attachment.size) == (case_id, FileType.OGG, len(OGG))
    assert house.tags().count("messaging:media:copied") == 1
    stranger = PageClient(house.app)
    stranger.sign_in("counsellor-erbil", DEMO_PASSWORD)
    assert stranger.get(copy, status=404).status == 404
