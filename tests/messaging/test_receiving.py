"""What comes in: stored once, in one thread, from one address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine

from mrc.audit.tags import Event
from mrc.core import clock as time
from mrc.messaging.models import InboundEvent, Message, Thread
from mrc.messaging.states import InboundState, MessageStatus, ThreadStatus
from mrc.persons.models import Address
from tests.messaging.house import BILAL, House, form_of
from tests.simulator.controls import Control

USER_ID = "PK.13491208655302741918"
NUMBER = f"whatsapp:{BILAL}"


def at_once(calls: Sequence[Callable[[], int]]) -> list[int]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [each.result() for each in [threads.submit(call) for call in calls]]


def test_a_message_is_stored_with_its_thread_and_told_to_the_log(house: House) -> None:
    assert house.hear(form_of("سلام، مجھے مدد چاہیے")) == 200
    thread, (message,), (event,) = house.thread(), house.rows(Message), house.rows(InboundEvent)
    assert (message.body, message.status, message.thread_id) == (
        "سلام، مجھے مدد چاہیے",
        MessageStatus.RECEIVED,
        thread.id,
    )
    assert (thread.status, thread.waiting_since, thread.unread_count) == (
        ThreadStatus.WAITING,
        time.now(),
        1,
    )
    assert event.provider_sid == message.provider_sid
    assert house.tags().count(Event.MESSAGE_RECEIVED) == 1


def test_the_row_and_the_log_do_not_show_what_was_written(house: House) -> None:
    house.hear(form_of("a very private matter", ProfileName="Gul Khan"))
    (message,), (event,), address = house.rows(Message), house.rows(InboundEvent), house.address()
    kept = b"".join(
        row or b"" for row in (message.body_sealed, event.raw_sealed, address.profile_name_sealed)
    )
    assert b"private" not in kept
    assert b"Gul" not in kept
    assert BILAL.encode() not in (address.value_sealed or b"")


def test_the_same_webhook_twice_is_one_message(house: House) -> None:
    form = form_of()
    assert [house.hear(form), house.hear(form)] == [200, 200]
    assert len(house.bodies()) == 1
    assert house.thread().unread_count == 1
    assert house.tags().count(Event.MESSAGE_RECEIVED) == 1


def test_the_same_webhook_from_eight_threads_at_once_is_one_message(house: House) -> None:
    form = form_of()
    assert at_once([lambda: house.hear(form)] * 8) == [200] * 8
    assert len(house.bodies()) == 1
    assert house.thread().unread_count == 1


def test_two_first_messages_of_one_sender_at_once_make_one_thread(house: House) -> None:
    forms = [form_of("سلام"), form_of("کوئی ہے؟")]
    assert at_once([lambda form=form: house.hear(form) for form in forms]) == [200, 200]  # type: ignore[misc]
    assert sorted(str(body) for body in house.bodies()) == sorted(["سلام", "کوئی ہے؟"])
    assert house.thread().unread_count == 2
    assert house.address().value == BILAL


def test_many_senders_at_once_have_a_thread_each(house: House) -> None:
    forms = [form_of(From=f"whatsapp:+92300555020{number}") for number in range(6)]
    assert at_once([lambda form=form: house.hear(form) for form in forms]) == [200] * 6  # type: ignore[misc]
    assert len(house.rows(Thread)) == len(house.rows(Address)) == 6


def test_the_same_words_in_the_same_second_are_two_messages(house: House) -> None:
    for _ in range(2):
        assert house.hear(form_of("سلام")) == 200
    assert house.bodies() == ["سلام", "سلام"]


def test_one_sender_on_two_lines_has_two_threads(house: House) -> None:
    house.hear(form_of())
    house.hear(form_of(To="whatsapp:+923000000102"))
    assert len(house.rows(Thread)) == 2


def test_a_real_phone_is_heard_over_http_and_twice_changes_nothing(house: House, control: Control) -> None:
    control.arm("twice", value=4)
    control.write(body="السلام علیکم")
    control.settle()
    assert house.bodies() == ["السلام علیکم"]
    assert [each["told"] for each in control.screen()] == ["yes"]


def test_a_forged_message_reaches_nobody(house: House, control: Control) -> None:
    control.arm("forged")
    control.write()
    control.settle()
    assert house.rows(InboundEvent) == []
    assert [each["answer"] for each in control.ask("GET", "webhooks")["attempts"]] == [403]


class TestSomeoneWithoutANumber:
    """WhatsApp may show a user id instead of the number, and the number later, or both."""

    def test_is_known_by_the_user_id(self, house: House) -> None:
        assert house.hear(form_of(From=f"whatsapp:{USER_ID}", ExternalUserId=USER_ID)) == 200
        assert house.address().value == USER_ID
        assert house.rows(InboundEvent)[0].flags == {"no_number": True}

    def test_stays_one_address_when_the_number_comes_later(self, house: House) -> None:
        house.hear(form_of("no number", From=f"whatsapp:{USER_ID}", ExternalUserId=USER_ID))
        house.hear(form_of("both", From=NUMBER, ExternalUserId=USER_ID))
        house.hear(form_of("no number again", From=f"whatsapp:{USER_ID}"))
        house.hear(form_of("number alone", From=NUMBER))
        assert len(house.bodies()) == 4
        assert house.thread().unread_count == 4
        assert house.address().value == BILAL

    def test_stays_one_address_when_the_number_is_hidden_later(self, house: House) -> None:
        house.hear(form_of("both", From=NUMBER, ExternalUserId=USER_ID))
        house.hear(form_of("no number", From=f"whatsapp:{USER_ID}"))
        assert house.thread().unread_count == 2
        assert house.address().value == BILAL

    def test_is_not_taken_for_another_when_a_known_number_shows_its_id_later(self, house: House) -> None:
        house.hear(form_of("number", From=NUMBER))
        house.hear(form_of("both", From=NUMBER, ExternalUserId=USER_ID))
        house.hear(form_of("no number", From=f"whatsapp:{USER_ID}"))
        assert house.thread().unread_count == 3

    def test_is_another_address_when_the_id_comes_with_another_number(self, house: House) -> None:
        house.hear(form_of(From=NUMBER, ExternalUserId=USER_ID))
        house.hear(form_of(From="whatsapp:+923335550107", ExternalUserId=USER_ID))
        assert {address.value for address in house.rows(Address)} == {BILAL, "+923335550107"}


def test_the_name_that_the_messenger_shows_follows_the_last_message(house: House) -> None:
    house.hear(form_of(ProfileName="Bilal"))
    house.hear(form_of(ProfileName="Bilal Ahmed"))
    house.hear(form_of(ProfileName=None))
    assert house.address().profile_name == "Bilal Ahmed"


def test_the_oldest_message_without_an_answer_says_since_when_we_are_waited_for(
    house: House, clock: time_machine.Traveller
) -> None:
    began = time.now()
    house.hear(form_of("first"))
    clock.shift(timedelta(hours=2))
    house.hear(form_of("second"))
    thread = house.thread()
    assert (thread.waiting_since, thread.last_message_at, thread.last_line) == (began, time.now(), "second")


@pytest.mark.parametrize("body", ["", "   "])
def test_a_message_without_words_is_still_a_message(house: House, body: str) -> None:
    assert house.hear(form_of(body)) == 200
    assert house.bodies() == [None]
    assert house.rows(InboundEvent)[0].state is InboundState.STORED
