"""What callers leave: one row per call, fetched from the provider alone, sealed, and deleted there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from mrc.audit.tags import Event
from mrc.core.db import db, uuid7
from mrc.core.files import has_file, new_key, write_file
from mrc.hotline import gateway, service
from mrc.hotline.audio import tone
from mrc.hotline.models import Call, Voicemail, VoicePrompt
from mrc.hotline.queries.lines import CONTENT
from mrc.hotline.states import CallState, VoicemailState
from mrc.jobs.service import enqueue
from tests.hotline.house import VOICE, Caller, House, new_recording
from tests.support.pages import PageClient

SOUND = tone(3_000, 300)


@pytest.fixture
def caller(house: House) -> Caller:
    """Somebody who may leave a message now."""
    return house.caller().ring()


def left(house: House, caller: Caller, seconds: int = 3, sound: bytes = SOUND) -> str:
    """The caller leaves something; the id of the recording."""
    sid = new_recording()
    house.carrier.recorded(sid, caller.sid, sound, seconds)
    caller.say(seconds, sid).hang_up()
    return sid


def test_a_message_is_fetched_sealed_and_deleted_at_the_provider(house: House, caller: Caller) -> None:
    sid = left(house, caller)
    assert house.call().state is CallState.VOICEMAIL
    house.work()
    kept = house.voicemail()
    assert (kept.state, kept.seconds) == (VoicemailState.KEPT, 3)
    assert all(house.carrier.authorised)
    assert house.carrier.deleted == [sid]
    call = db.session.get_one(Call, kept.call_id)
    assert service.open_voicemail(call)[1][:4] == b"RIFF"
    assert house.tags().count(Event.VOICEMAIL_LEFT) == 1


@pytest.mark.parametrize("seconds", [0, 1])
def test_hanging_up_after_the_tone_is_a_missed_call_only(house: House, caller: Caller, seconds: int) -> None:
    sid = left(house, caller, seconds)
    house.work()
    assert house.rows(Voicemail) == []
    assert house.call().state is CallState.MISSED
    assert house.callback().times == 1
    assert house.carrier.deleted == [sid]


def test_an_absent_recording_is_none(house: House, caller: Caller) -> None:
    form = caller.form(RecordingSid=new_recording(), RecordingStatus="absent", RecordingDuration="-1")
    assert house.ask(f"{VOICE}/recording", form).status_code == 200
    assert house.rows(Voicemail) == []


@pytest.mark.parametrize("callback_first", [True, False])
def test_both_ways_of_telling_make_one_row(house: House, caller: Caller, callback_first: bool) -> None:
    sid = new_recording()
    ready = caller.form(RecordingSid=sid, RecordingStatus="completed", RecordingDuration="600")
    if callback_first:
        house.ask(f"{VOICE}/recording", ready)
    caller.say(600, sid)
    for _time in range(2):
        house.ask(f"{VOICE}/recording", ready)
    caller.hang_up()
    assert [row.provider_sid for row in house.rows(Voicemail)] == [sid]
    assert house.tags().count(Event.VOICEMAIL_LEFT) == 1
    assert house.callback().times == 1


def test_of_two_recordings_the_longer_is_kept(house: House, caller: Caller) -> None:
    action = caller.action("Record")
    short, long = new_recording(), new_recording()
    for sid, seconds in ((short, 3), (long, 9)):
        house.carrier.recorded(sid, caller.sid, SOUND, seconds)
        caller.go(action, RecordingSid=sid, RecordingDuration=str(seconds))
    house.work()
    assert house.voicemail().provider_sid == long
    assert set(house.carrier.deleted) == {short, long}
    assert house.voicemail().state is VoicemailState.KEPT


def test_what_is_not_there_yet_is_fetched_later(
    house: House, caller: Caller, clock: time_machine.Traveller
) -> None:
    sid = new_recording()
    house.carrier.redirects_to = "https://elsewhere.example/"
    caller.say(5, sid)
    house.work()
    assert house.voicemail().state is VoicemailState.WAITING
    house.carrier.redirects_to = ""
    house.carrier.recorded(sid, caller.sid, SOUND, 5)
    clock.shift(timedelta(minutes=10))
    house.work()
    assert house.voicemail().state is VoicemailState.KEPT


def test_a_redirect_is_not_followed(house: House, caller: Caller) -> None:
    house.carrier.redirects_to = f"{house.carrier.url}/elsewhere"
    with pytest.raises(gateway.CannotFetch):
        gateway.fetch_recording(new_recording())


@pytest.mark.parametrize("sid", ["RE1", "../../Messages/SM1", "http://169.254.169.254/", "RE" + "g" * 32, ""])
def test_only_ids_of_recordings_are_asked_for(house: House, caller: Caller, sid: str) -> None:
    caller.go(
        caller.action("Record"), RecordingSid=sid, RecordingDuration="9", RecordingUrl="http://10.0.0.1/"
    )
    house.work()
    assert house.rows(Voicemail) == []
    with pytest.raises(gateway.CannotFetch):
        gateway.fetch_recording(sid)
    assert house.carrier.authorised == []


@pytest.mark.parametrize("sound", [b"<html>no sound</html>", b"", bytes(5_000)])
def test_what_is_no_sound_counts_as_lost(house: House, caller: Caller, sound: bytes) -> None:
    left(house, caller, 5, sound)
    house.work()
    assert house.voicemail().state is VoicemailState.LOST
    assert house.callback().times == 1


def test_what_is_too_large_is_not_taken(
    house: House, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "LARGEST_RECORDING", 1_000)
    left(house, caller)
    house.work()
    assert house.voicemail().state is VoicemailState.LOST


def test_a_deletion_that_is_refused_is_asked_for_until_it_is_done(
    house: House, caller: Caller, clock: time_machine.Traveller
) -> None:
    house.carrier.refuses_deletions = 3
    sid = left(house, caller)
    for _try in range(4):
        house.work()
        clock.shift(timedelta(minutes=11))
    assert house.carrier.deleted == [sid]


def test_a_destroyed_message_is_gone_everywhere(
    house: House, caller: Caller, client: Callable[[str], PageClient]
) -> None:
    left(house, caller)
    house.work()
    kept = house.voicemail()
    url = f"/hotline/calls/{kept.call_id}"
    sadia = client("counsellor-lahore")
    sadia.post(url, {}, form=f"{url}/voicemail/destroy")
    house.work()
    assert house.voicemail().state is VoicemailState.DESTROYED
    assert (house.voicemail().file_key, has_file(kept.id, CONTENT)) == (None, False)
    assert sadia.http.get(f"{url}/voicemail").status_code == 404
    assert Event.VOICEMAIL_DESTROYED in house.tags()


def test_destroying_wins_over_fetching(house: House, caller: Caller, context: Flask) -> None:
    sid = left(house, caller)
    call = db.session.get_one(Call, house.call().id)
    service.destroy_voicemail(call, by=house.identity("counsellor-lahore"))
    db.session.commit()
    house.work()
    assert house.voicemail().state is VoicemailState.DESTROYED
    assert house.carrier.deleted == [sid]
    assert not has_file(house.voicemail().id, CONTENT)


def test_the_daily_sweep_of_the_disk_leaves_what_is_kept(
    house: House, caller: Caller, clock: time_machine.Traveller
) -> None:
    house.open()
    left(house, caller)
    house.work()
    orphan = uuid7()
    write_file(orphan, CONTENT, b"of nobody", new_key())
    clock.shift(timedelta(days=3))
    enqueue("attachments.sweep", {})
    db.session.commit()
    house.work()
    assert not has_file(orphan, CONTENT)
    assert has_file(house.voicemail().id, CONTENT)
    assert all(has_file(prompt.id, CONTENT) for prompt in house.rows(VoicePrompt))
