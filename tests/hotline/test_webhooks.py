"""The door of the hotline: signatures, prompts, the fixed answer, and a database that is away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from mrc.core.db import db
from mrc.hotline.audio import tone
from mrc.hotline.models import Call, CallEvent, VoicePrompt
from mrc.hotline.service import OUTBOUND, STEPS
from mrc.hotline.states import CallState, VoicemailState
from mrc.messaging import spool
from tests.hotline.house import HOTLINE, VOICE, House, new_call, new_recording, path_of
from tests.messaging.house import PUBLIC, TOKEN, signature_of
from tests.support import databases
from tests.support.pages import PageClient
from tests.support.services import Services

Away = Callable[[], Any]
PATHS = [*(f"{VOICE}/{step}" for step in STEPS), *(f"{VOICE}/outbound/{step}" for step in OUTBOUND)]


@pytest.fixture
def away(app: Flask, services: Services) -> Away:
    """Take the database away for as long as the body runs."""
    return lambda: databases.away(app, services)


@pytest.mark.parametrize("path", PATHS)
def test_without_a_genuine_signature_nothing_is_said_or_stored(house: House, path: str) -> None:
    form = house.caller().form()
    other = signature_of(f"{PUBLIC}{VOICE}/elsewhere", form, TOKEN)
    stolen = signature_of(PUBLIC + path, form, "another token")
    for signature in ("", "wrong", other, stolen):
        answer = house.ask(path, form, signature)
        assert (answer.status_code, answer.get_data()) == (403, b"")
    assert house.rows(CallEvent) == house.rows(Call) == []


@pytest.mark.parametrize("path", PATHS)
def test_a_form_without_an_id_is_refused(house: House, path: str) -> None:
    assert house.ask(path, {"From": "+1"}).status_code == 400


@pytest.mark.parametrize("step", ["take", "accept", "outbound/answered", "outbound/connect", "outbound/rang"])
@pytest.mark.parametrize("query", ["", "?c=nonsense", f"?c={'0' * 8}-0000-7000-8000-{'0' * 12}"])
def test_a_call_that_is_not_there_ends(house: House, step: str, query: str) -> None:
    answer = house.ask(f"{VOICE}/{step}{query}", house.caller().form())
    assert answer.status_code == 200
    assert "<Hangup" in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", PATHS)
def test_hostile_forms_break_nothing(house: House, path: str) -> None:
    house.open()
    form = {
        "CallSid": new_call(), "From": "\x00\u202e" + "x" * 5_000, "To": HOTLINE, "Digits": "²", "CallStatus":
        "🙂" * 500, "SequenceNumber": "-1", "Timestamp": "yesterday", "RecordingDuration": "9e9", "QueueTime":
        "NaN", "QueueResult": "x" * 999, "DialCallStatus": "\x00" * 9,
    }  # fmt: skip
    assert house.ask(path, form).status_code == 200


def test_a_prompt_is_served_to_whoever_knows_its_address(house: House, app: Flask) -> None:
    house.open()
    url = path_of(house.caller().ring().answer.find(".//Play").text)  # type: ignore[union-attr, arg-type]
    stranger = PageClient(app).http
    answer = stranger.get(url)
    assert (answer.status_code, answer.content_type) == (200, "audio/wav")
    assert "immutable" in answer.headers["Cache-Control"]
    assert stranger.get(url[:-1] + ("0" if url[-1] != "0" else "1")).status_code == 404
    assert stranger.get(url + "é").status_code == 404


def test_a_new_recording_has_another_address(house: House) -> None:
    house.open()
    first = house.caller().ring().hears()
    before = {row.id for row in house.rows(VoicePrompt)}
    house.prompt(house.rows(VoicePrompt)[0].key, "ur")
    db.session.commit()
    (new,) = [row for row in house.rows(VoicePrompt) if row.id not in before]
    assert new.number == 2
    assert house.caller().ring().hears() == first


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_fixed_answer_asks_nothing_of_the_database(
    house: House, app: Flask, away: Away, method: str
) -> None:
    with away():
        answer = PageClient(app).http.open(f"{VOICE}/fallback", method=method)
        done = PageClient(app).http.open(f"{VOICE}/fallback?done=1", method=method)
    assert answer.status_code == done.status_code == 200
    assert "<Record" in answer.get_data(as_text=True)
    assert "<Hangup" in done.get_data(as_text=True)
    assert "<Record" not in done.get_data(as_text=True)


def test_while_the_database_is_away_callers_leave_a_message_and_it_is_filed_later(
    house: House, app: Flask, away: Away, clock: time_machine.Traveller
) -> None:
    caller, sid = house.caller(), new_recording()
    house.carrier.recorded(sid, caller.sid, tone(3_000, 300), 3)
    steps = (
        ("incoming", {}, "<Record"),
        ("recording", {"RecordingSid": sid, "RecordingDuration": "3", "RecordingStatus": "completed"}, ""),
        ("status", {"CallStatus": "completed", "SequenceNumber": "4"}, ""),
    )
    with away():
        for step, changes, said in steps:
            answer = house.ask(f"{VOICE}/{step}", caller.form(**changes))
            assert answer.status_code == 200
            assert said in answer.get_data(as_text=True)
    assert len(spool.list_waiting("spool-voice")) == 3
    clock.shift(timedelta(minutes=10))
    house.sweep()
    assert spool.list_waiting("spool-voice") == []
    assert house.call().state is CallState.VOICEMAIL
    assert house.voicemail().state is VoicemailState.KEPT
    callback = house.callback()
    assert (callback.times, callback.last_at) == (1, house.call().started_at)


def test_a_disk_that_is_full_leaves_the_caller_a_message_too(
    house: House, app: Flask, away: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError

    monkeypatch.setattr(spool, "keep", full)
    said = {}
    with away():
        for step in ("incoming", "status"):
            said[step] = house.ask(f"{VOICE}/{step}", house.caller().form())
    assert "<Record" in said["incoming"].get_data(as_text=True)
    assert said["status"].status_code == 503


def test_the_sweep_finds_what_we_never_heard_of(house: House) -> None:
    sids = [new_call(), new_call()]
    house.carrier.heard(sids[0], "+923005550101", HOTLINE)
    house.carrier.heard(sids[1], "anonymous", HOTLINE, status="no-answer")
    house.carrier.heard(new_call(), "+923005550101", "+10000000000")
    house.carrier.recorded(new_recording(), sids[0], tone(3_000, 300), 3)
    house.carrier.recorded(new_recording(), new_call(), tone(3_000, 300), 3)
    for _time in range(2):
        house.sweep()
    calls = {call.provider_sid: call for call in house.rows(Call)}
    assert set(calls) == set(sids)
    assert all(call.is_late for call in calls.values())
    assert calls[sids[0]].state is CallState.VOICEMAIL
    assert house.voicemail().state is VoicemailState.KEPT
    assert [callback.times for callback in house.callbacks()] == [1, 1]


def test_the_sweep_ends_what_was_never_ended(house: House) -> None:
    house.open()
    caller = house.caller().ring()
    assert house.callbacks() == []
    house.carrier.heard(caller.sid, caller.number, HOTLINE)
    house.sweep()
    assert house.callback().times == 1
    assert not house.call().is_late
