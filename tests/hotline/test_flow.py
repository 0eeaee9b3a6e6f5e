"""A call step by step: what the caller hears, and what is owed to them afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from mrc.accounts.models import User
from mrc.audit.tags import Event
from mrc.core.db import db
from mrc.core.files import delete_file
from mrc.hotline.models import Call, CallEvent, Duty, VoicePrompt
from mrc.hotline.service.flow import ROUNDS
from mrc.hotline.states import CallState
from tests.hotline.house import HOTLINE, LANGUAGES, SADIA, VOICE, House, new_call, path_of
from tests.messaging.house import LAHORE

SUNDAY = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def test_a_caller_chooses_a_language_and_the_phones_ring(house: House) -> None:
    house.open()
    house.put_on_duty()
    caller = house.caller().ring()
    assert caller.hears() == [f"choose.{language}" for language in LANGUAGES]
    caller.press("2")
    assert caller.hears() == ["connecting.pa"]
    dial = caller.find("Dial")
    assert (dial.get("callerId"), [number.text for number in dial]) == (HOTLINE, [SADIA])
    assert (house.call().language, house.call().state) == ("pa", CallState.WAITING)


def test_a_counsellor_takes_the_call_by_a_key(house: House) -> None:
    house.open()
    house.put_on_duty()
    caller = house.caller().ring().press("1")
    leg = house.caller()
    leg.go(path_of(caller.find("Dial")[0].get("url", "")), CallSid=new_call(), To=SADIA)
    assert leg.hears() == ["take_call.ur"]
    leg.press("1")
    assert leg.verbs() == []
    assert house.call().state is CallState.TALKING
    assert house.call().served_by_id == house.identity("counsellor-lahore").user_id
    caller.phones("completed").hang_up()
    assert house.call().state is CallState.SERVED
    assert house.callbacks() == []


def test_of_two_who_press_one_gets_the_call(house: House) -> None:
    house.open()
    house.put_on_duty()
    house.put_on_duty("protection-lahore", "+923215550198")
    caller = house.caller().ring().press("1")
    first, second = (path_of(number.get("url", "")) for number in caller.find("Dial"))
    taker, late = house.caller().go(first), house.caller().go(second)
    assert taker.press("1").verbs() == []
    assert late.press("1").verbs() == ["Hangup"]
    (owner,) = [duty.user_id for duty in house.rows(Duty) if f"d={duty.id}" in first]
    assert house.call().served_by_id == owner


def test_a_phone_that_answers_by_itself_serves_nobody(house: House) -> None:
    house.open()
    house.put_on_duty()
    caller = house.caller().ring().press("1")
    caller.phones("completed", DialBridged="false")
    assert caller.verbs() == ["Enqueue"]
    caller.hang_up()
    assert house.callback().times == 1


@pytest.mark.parametrize("digits", ["", "9", "*", "0", "#", "١", "12"])
def test_no_key_and_wrong_keys_lead_to_a_message_after_two_tries(house: House, digits: str) -> None:
    house.open()
    house.put_on_duty()
    caller = house.caller().ring().press(digits)
    assert caller.hears() == [f"choose.{language}" for language in LANGUAGES]
    caller.press(digits)
    assert caller.hears() == ["consent.ur", "leave_message.ur"]
    assert caller.verbs()[-2:] == ["Record", "Hangup"]


def test_silence_has_a_way_on(house: House) -> None:
    """The provider falls through to the next verb where a key is not pressed."""
    house.open()
    caller = house.caller().ring()
    assert caller.verbs() == ["Gather", "Redirect"]
    assert caller.find("Redirect").text == caller.find("Gather").get("action")
    assert caller.find("Gather").get("actionOnEmptyResult") == "true"


def test_one_language_needs_no_key(house: House) -> None:
    house.open(["ur"])
    house.put_on_duty()
    caller = house.caller().ring()
    assert caller.verbs() == ["Play", "Dial"]
    assert house.call().language == "ur"


def test_no_answer_waits_in_the_queue_and_rings_three_times(house: House) -> None:
    house.open()
    house.put_on_duty()
    caller = house.caller().ring().press("1")
    for _round in range(ROUNDS - 1):
        caller.phones("no-answer")
        assert caller.verbs() == ["Enqueue"]
        caller.wait(place=2)
        assert house.prompts_in(caller.heard) == ["place_2.ur", "please_wait.ur"]
        caller.wait(seconds=60)
        assert [each.tag for each in caller.heard] == ["Leave"]
        caller.leave_queue()
        assert "Dial" in caller.verbs()
    caller.phones("no-answer")
    assert "Record" in caller.verbs()


@pytest.mark.parametrize("result", ["queue-full", "error", "system-error"])
def test_a_queue_that_takes_nobody_leads_to_a_message(house: House, result: str) -> None:
    house.open()
    house.put_on_duty()
    caller = house.caller().ring().press("1").phones("busy").leave_queue(result)
    assert "Record" in caller.verbs()


def test_all_counsellors_busy_means_the_queue(house: House) -> None:
    house.open()
    house.put_on_duty()
    other = house.caller("+923005550102").ring().press("1")
    leg = house.caller().go(path_of(other.find("Dial")[0].get("url", "")))
    leg.press("1")
    caller = house.caller().ring().press("1")
    assert caller.verbs() == ["Enqueue"]


def test_nobody_who_speaks_the_language_means_a_message(house: House) -> None:
    house.open()
    house.put_on_duty(languages=["en"])
    assert "Record" in house.caller().ring().press("1").verbs()
    assert "Dial" in house.caller("+923005550102").ring().press("3").verbs()


def test_whoever_left_the_centre_is_not_rung(house: House, context: Flask) -> None:
    house.open()
    house.put_on_duty()
    user = db.session.get_one(User, house.identity("counsellor-lahore").user_id)
    user.locked_at = datetime(2026, 3, 1, tzinfo=UTC)
    db.session.commit()
    assert "Record" in house.caller().ring().press("1").verbs()


def test_out_of_hours_says_so_and_takes_a_message(house: House, clock: time_machine.Traveller) -> None:
    house.open()
    house.put_on_duty()
    clock.move_to(SUNDAY)
    caller = house.caller().ring().press("2")
    assert caller.hears() == ["closed.pa", "consent.pa", "leave_message.pa"]
    caller.hang_up()
    # Monday 09:00 in Lahore, and an hour of the working clock later.
    assert house.callback().due_at == datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def test_a_line_without_a_menu_still_takes_messages(house: House) -> None:
    caller = house.caller().ring()
    assert caller.verbs() == ["Record", "Hangup"]
    caller.say(9).hang_up()
    assert house.callback().times == 1


def test_a_line_that_only_calls_back_refuses_as_busy(house: House) -> None:
    house.open(is_callback_only=True)
    caller = house.caller().ring()
    assert caller.verbs() == ["Reject"]
    assert caller.find("Reject").get("reason") == "busy"
    caller.hang_up("busy")
    assert house.callback().times == 1


def test_a_missing_file_falls_back_to_the_default_language(house: House, capsys: object) -> None:
    house.open()
    gone = next(row for row in house.rows(VoicePrompt) if (row.key, row.language) == ("connecting", "pa"))
    delete_file(gone.id)
    house.put_on_duty()
    caller = house.caller().ring().press("2")
    assert caller.hears() == ["connecting.ur"]


def test_without_any_file_nothing_is_played(house: House) -> None:
    house.open()
    for row in house.rows(VoicePrompt):
        delete_file(row.id)
    caller = house.caller().ring()
    assert list(caller.answer.iter("Play")) == []
    caller.press("").press("")
    assert caller.verbs() == ["Record", "Hangup"]
    assert not house.call().has_consented


@pytest.mark.parametrize(
    "leaves", ["before an answer", "in the menu", "ringing", "in the queue", "recording"]
)
def test_wherever_a_caller_hangs_up_one_callback_is_owed(house: House, leaves: str) -> None:
    house.open()
    house.put_on_duty()
    caller = house.caller()
    if leaves == "before an answer":
        caller.hang_up("no-answer")
    elif leaves == "in the menu":
        caller.ring().hang_up()
    elif leaves == "ringing":
        caller.ring().press("1").phones("canceled", CallStatus="completed").hang_up()
    elif leaves == "in the queue":
        caller.ring().press("1").phones("no-answer").leave_queue("hangup").hang_up()
    else:
        caller.ring().press("1").phones("no-answer").leave_queue("queue-full").say(0).hang_up()
    caller.hang_up()
    callback = house.callback()
    assert (callback.times, len(house.rows(Call))) == (1, 1)
    assert house.call().state is CallState.MISSED


def test_calls_of_one_caller_are_merged(house: House, clock: time_machine.Traveller) -> None:
    house.open()
    for _time in range(4):
        house.caller().ring().hang_up()
        clock.shift(timedelta(minutes=10))
    house.caller("+923005550102").ring().hang_up()
    merged, other = sorted(house.callbacks(), key=lambda each: -each.times)
    assert (merged.times, other.times) == (4, 1)
    assert merged.last_at - merged.first_at == timedelta(minutes=30)
    # The clock runs from the first call.
    assert merged.due_at == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    assert house.tags().count(Event.CALLBACK_OPENED) == 2


@pytest.mark.parametrize(
    "number",
    ["anonymous", "Restricted", "+266696687", "sip:somebody@example.org", "client:web", "", "unknown",
     "whatsapp:+923005550101", "whatsapp:PK.13491208655302741918"],
)  # fmt: skip
def test_strange_callers_never_fail(house: House, number: str) -> None:
    house.open()
    house.put_on_duty()
    caller = house.caller(number).ring().press("1").phones("no-answer").leave_queue("queue-full")
    caller.say(9).hang_up()
    assert house.callback().times == 1
    assert (house.call().address_id is not None) == number.startswith("whatsapp:")
    assert house.call().caller == number


def test_callers_without_a_number_are_not_taken_for_one(house: House) -> None:
    house.open()
    for _time in range(2):
        house.caller("anonymous").ring().hang_up()
    assert [callback.times for callback in house.callbacks()] == [1, 1]


def test_everything_twice_and_late_is_the_same(house: House) -> None:
    house.open()
    house.put_on_duty()
    caller = house.caller().ring().ring()
    caller.press("1")
    dial = caller.answer
    for _time in range(2):
        caller.answer = dial
        caller.phones("completed")
    before = len(house.rows(CallEvent))
    caller.ring()
    assert len(house.rows(CallEvent)) == before
    assert (len(house.rows(Call)), house.call().state) == (1, CallState.SERVED)


def test_an_end_that_overtakes_the_talk_takes_the_callback_back(house: House) -> None:
    house.open()
    house.put_on_duty()
    caller = house.caller().ring().press("1")
    caller.hang_up()
    assert house.callback().times == 1
    caller.phones("completed")
    assert house.callbacks() == []
    assert house.call().state is CallState.SERVED


def test_whoever_gets_through_later_is_owed_nothing(house: House, clock: time_machine.Traveller) -> None:
    house.open()
    house.put_on_duty()
    house.caller().ring().hang_up()
    clock.shift(timedelta(minutes=5))
    house.caller().ring().press("1").phones("completed").hang_up()
    assert house.callbacks() == []


def test_a_call_to_an_unknown_line_may_leave_a_message(house: House) -> None:
    answer = house.ask(f"{VOICE}/incoming", house.caller().form(To="+10000000000"))
    assert (answer.status_code, "<Record" in answer.get_data(as_text=True)) == (200, True)
    assert house.rows(Call) == []


def test_a_whatsapp_line_is_called_too_and_hears_the_menu_of_the_hotline(house: House) -> None:
    house.open()
    house.put_on_duty()
    caller = house.caller("whatsapp:+923005550101")
    caller.go(f"{VOICE}/incoming", To=LAHORE).go(f"{VOICE}/language?attempt=1", To=LAHORE, Digits="1")
    assert caller.find("Dial").get("callerId") == HOTLINE
    caller.go(caller.action("Dial"), To=LAHORE, DialCallStatus="completed")
    assert house.call().state is CallState.SERVED
