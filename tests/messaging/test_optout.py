"""Words by which people end outreach: only the exact word, alone, in any of our languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from mrc.audit.tags import Event
from mrc.core import clock as time
from mrc.core.errors import Refused
from mrc.messaging.optout import START_WORDS, STOP_WORDS, OptOut, meaning_of_words
from mrc.messaging.states import MessageStatus, Reason
from tests.messaging.house import BILAL, House
from tests.simulator.controls import Control

SENTENCES = [
    "please stop", "stop please", "don't stop", "stopping", "nonstop", "st op", "stop stop", "s t o p",
    "STOP\nand call me", "دفتر بند ہے؟", "بس اسٹاپ", "the end", "I cancel my appointment", "restart", "0", "",
    "x" * 31 + " stop",
]  # fmt: skip


@pytest.mark.parametrize("word", STOP_WORDS)
def test_every_stop_word_is_understood_alone(word: str) -> None:
    assert meaning_of_words(word) is OptOut.STOP
    assert meaning_of_words(f"  {word.upper()}\n") is OptOut.STOP


@pytest.mark.parametrize("word", START_WORDS)
def test_every_start_word_is_understood_alone(word: str) -> None:
    assert meaning_of_words(word) is OptOut.START


@pytest.mark.parametrize("body", SENTENCES)
def test_a_sentence_is_for_a_counsellor_to_read(body: str) -> None:
    assert meaning_of_words(body) is None


def test_a_sentence_with_the_word_opts_nobody_out(house: House) -> None:
    house.written_to("stop calling my brother, write to me")
    assert house.address().opted_out_at is None
    assert Event.OPTED_OUT not in house.tags()


def test_the_word_opts_out_and_another_in_again(
    house: House, sms_line: str, clock: time_machine.Traveller
) -> None:
    house.written_to("STOP", From=BILAL, To=sms_line)
    assert house.address().opted_out_at == time.now()
    clock.shift(timedelta(minutes=1))
    house.written_to("start", From=BILAL, To=sms_line)
    assert house.address().opted_out_at is None
    assert [tag for tag in house.tags() if "opted" in tag] == [Event.OPTED_OUT, Event.OPTED_IN]
    assert house.bodies() == ["STOP", "start"], "the words are in the conversation all the same"


def test_start_from_someone_who_never_opted_out_is_a_message_like_others(house: House) -> None:
    house.written_to("start")
    assert Event.OPTED_IN not in house.tags()


def test_on_sms_nobody_who_opted_out_is_answered(house: House, sms_line: str) -> None:
    house.written_to("STOP", From=BILAL, To=sms_line)
    with pytest.raises(Refused, match="no more messages"):
        house.answer()


def test_on_whatsapp_an_answer_within_a_day_is_no_outreach(house: House) -> None:
    house.written_to("STOP")
    house.answer("We have stopped.")
    house.work()
    assert house.on_screen() == ["We have stopped."]


def test_what_was_queued_when_the_word_came_is_held_and_owed(
    house: House, sms_line: str, clock: time_machine.Traveller
) -> None:
    house.written_to("salam", From=BILAL, To=sms_line)
    queued = house.answer()
    clock.shift(timedelta(minutes=1))
    house.written_to("STOP", From=BILAL, To=sms_line)
    house.work()
    held = house.message(queued.id)
    assert (held.status, held.reason, held.attempts) == (MessageStatus.HELD, Reason.OPTED_OUT, 0)
    assert house.on_screen() == []
    assert house.thread().waiting_since is not None


def test_the_carrier_s_own_list_of_those_who_opted_out_counts_too(
    house: House, sms_line: str, control: Control, clock: time_machine.Traveller
) -> None:
    house.written_to("salam", From=BILAL, To=sms_line)
    control.ask("POST", "conversations", phone="bilal", line=sms_line, is_opted_out=True)
    first = house.answer("one")
    clock.shift(timedelta(seconds=1))
    second = house.answer("two")
    house.work()
    refused, held = house.message(first.id), house.message(second.id)
    assert (refused.status, refused.error_code) == (MessageStatus.FAILED, 21610)
    assert house.address().opted_out_at == time.now()
    assert (held.status, held.reason) == (MessageStatus.HELD, Reason.OPTED_OUT)
    with pytest.raises(Refused, match="START"):
        house.answer("three")
