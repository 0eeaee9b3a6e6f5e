"""Many questions at the same moment, and what the log says of them."""

from __future__ import annotations

import io
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from mrc.core.db import db
from mrc.hotline.models import Call, CallEvent
from mrc.hotline.states import CallState
from tests.hotline.house import BILAL, SADIA, VOICE, House, new_call, new_recording

AT_ONCE = 6


def ask_all(house: House, questions: list[tuple[str, dict[str, str]]]) -> list[int]:
    """Ask everything at once; the statuses."""
    db.session.rollback()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda each: house.ask(f"{VOICE}/{each[0]}", each[1]).status_code, questions))


def test_the_same_question_at_once_is_one_call(house: House) -> None:
    form = house.caller().form(CallStatus="ringing")
    assert set(ask_all(house, [("incoming", form)] * AT_ONCE)) == {200}
    assert len(house.rows(Call)) == 1
    events = [event.event for event in house.rows(CallEvent)]
    assert sorted(events) == ["incoming", "recording"]


def test_calls_that_end_at_once_make_one_callback(house: House) -> None:
    ends = [
        ("status", house.caller().form(CallSid=new_call(), CallStatus="completed", SequenceNumber="2"))
        for _call in range(AT_ONCE)
    ]
    assert set(ask_all(house, [*ends, *ends])) == {200}
    assert (house.callback().times, len(house.rows(Call))) == (AT_ONCE, AT_ONCE)


@pytest.mark.parametrize("seed", range(3))
def test_a_shuffled_call_ends_as_an_ordered_one(house: House, seed: int) -> None:
    house.open()
    house.put_on_duty()
    form, sid = house.caller().form(), new_recording()
    told = [
        ("incoming", form),
        ("language?attempt=1", form | {"Digits": "1"}),
        ("rang?round=1", form | {"DialCallStatus": "no-answer"}),
        ("wait?round=1", form | {"QueuePosition": "1", "QueueTime": "3"}),
        ("queue?round=1", form | {"QueueResult": "leave"}),
        ("rang?round=2", form | {"DialCallStatus": "busy"}),
        ("queue?round=2", form | {"QueueResult": "queue-full"}),
        ("voicemail", form | {"RecordingSid": sid, "RecordingDuration": "9"}),
        ("recording", form | {"RecordingSid": sid, "RecordingDuration": "9", "RecordingStatus": "completed"}),
        ("status", form | {"CallStatus": "in-progress", "SequenceNumber": "1"}),
        ("status", form | {"CallStatus": "completed", "SequenceNumber": "2"}),
    ]
    chance = random.Random(seed)
    told = [*told, *chance.choices(told, k=8)]
    chance.shuffle(told)
    assert set(ask_all(house, told)) == {200}
    assert (house.call().state, house.voicemail().seconds) == (CallState.VOICEMAIL, 9)
    assert house.callback().times == 1


def test_no_number_and_no_key_reaches_the_log(house: House, log_stream: io.StringIO) -> None:
    house.open()
    house.put_on_duty()
    caller = house.caller().ring().press("1").phones("no-answer").leave_queue("queue-full")
    caller.say(9).hang_up()
    house.ask(f"{VOICE}/incoming", caller.form(To="+10000000000"))
    house.work()
    house.sweep()
    said = log_stream.getvalue()
    assert "hotline." in said
    for secret in (BILAL, SADIA, BILAL[1:], "+10000000000"):
        assert secret not in said
