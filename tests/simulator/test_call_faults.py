"""What can be made to go wrong with calls and recordings, each as the application meets it."""

from __future__ import annotations

import pytest
import requests
from twilio.base.exceptions import TwilioException

from tests.simulator.centre import SID, TOKEN
from tests.simulator.controls import Control
from tests.simulator.test_calls import AISHA, EVERY_STEP, HOTLINE, RECORD, SOUND, VOICE, heard_by
from tests.simulator.test_sending import code_of


def message(control, centre) -> str:
    """Leave a message of four seconds."""
    centre.says = {"incoming": [RECORD], "voicemail": ["<Hangup/>"]}
    sid = control.call()
    control.until(sid, "recording")
    control.speak(sid, 4)
    control.press(sid, "#")
    control.until(sid, "ended")
    return sid


def test_a_lost_question_goes_to_the_fallback(control, centre):
    control.arm("call_lost")
    centre.says = {"fallback": ["<Say>Leave a message</Say>"]}
    sid = control.call()
    control.until(sid, "ended")
    assert centre.asked("incoming") == []
    assert ("said", "Leave a message") in heard_by(control, sid)


def test_without_a_fallback_a_lost_question_ends_the_call(start, centre):
    control = Control(start(voice_fallback="-").url)
    control.arm("call_lost")
    sid = control.call()
    control.until(sid, "ended")
    assert [heard.path for heard in centre.heard] == ["/twilio/voice/status"]


def test_a_question_comes_late(control, centre):
    control.arm("call_late", value=30)
    sid = control.call()
    control.settle()
    assert (centre.heard, control.see(sid)["doing"]) == ([], "ringing")
    control.ahead(31)
    control.until(sid, "ended")
    assert len(centre.asked("incoming")) == 1


def test_a_question_comes_twice(control, centre):
    control.arm("call_twice")
    sid = control.call()
    control.until(sid, "ended")
    assert [heard.form["CallSid"] for heard in centre.asked("incoming")] == [sid, sid]


def test_a_forged_question_does_not_verify(control, centre):
    control.arm("call_forged")
    centre.answers = [403]
    control.until(control.call(), "ended")
    assert not centre.asked("incoming")[0].is_genuine
    assert centre.asked("fallback")[0].is_genuine


def test_a_sound_is_missing(control, centre):
    control.arm("play_missing")
    centre.sounds = {SOUND: "audio/mpeg"}
    centre.says = {"incoming": [f"<Play>{SOUND}</Play><Say>Unheard</Say>"]}
    sid = control.call()
    control.until(sid, "ended")
    assert ("said", "Unheard") not in heard_by(control, sid)
    assert control.ask("GET", "alerts")["alerts"][0]["code"] == 11200


def outgoing(control, client) -> str:
    sid = client.calls.create(
        to=AISHA, from_=HOTLINE, twiml="<Response><Hangup/></Response>", status_callback=f"{VOICE}/progress",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    ).sid  # fmt: skip
    control.rung(AISHA)
    control.do(sid, "answer")
    control.until(sid, "ended")
    return sid


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("call_reports_lost", []),
        ("call_reports_reversed", ["3", "2", "1", "0"]),
        ("call_reports_twice", ["0", "0", "1", "1", "2", "2", "3", "3"]),
    ],
)
def test_progress_is_lost_reversed_or_doubled(control, centre, client, kind, expected):
    control.arm(kind)
    outgoing(control, client)
    assert [heard.form["SequenceNumber"] for heard in centre.asked("progress")] == expected


def test_progress_is_forged(control, centre, client):
    control.arm("call_reports_forged")
    outgoing(control, client)
    assert [heard.is_genuine for heard in centre.asked("progress")] == [False] * 4


def test_progress_is_late(control, centre, client):
    control.arm("call_reports_late", value=600)
    sid = client.calls.create(
        to=AISHA, from_=HOTLINE, url=f"{VOICE}/x", status_callback=f"{VOICE}/progress"
    ).sid
    control.wait_until(lambda: bool(control.calls_of(AISHA)) and control.see(sid)["doing"] == "ringing")
    control.ask("POST", f"calls/{sid}/decline")
    control.wait_until(lambda: control.see(sid)["doing"] == "ended")
    assert centre.asked("progress") == []
    control.ahead(601)
    assert len(centre.asked("progress")) == 1


def test_the_progress_of_a_dialled_leg_can_be_forged_too(control, centre):
    phone = control.ask("POST", "phones", number=AISHA)["key"]
    control.ask("PATCH", f"phones/{phone}", when_rung="busy")
    control.arm("call_reports_forged", phone=phone)
    number = f'<Number statusCallback="{VOICE}/leg" {EVERY_STEP}>{AISHA}</Number>'
    centre.says = {"incoming": [f"<Dial>{number}</Dial>"]}
    control.until(control.call(), "ended")
    assert {heard.is_genuine for heard in centre.asked("leg")} == {False}
    assert centre.asked("status")[0].is_genuine


def test_a_recording_is_absent(control, centre, client):
    control.arm("recording_absent")
    message(control, centre)
    assert centre.asked("voicemail") == []
    told = centre.asked("recording")[0].form
    assert (told["RecordingStatus"], "RecordingUrl" in told) == ("absent", False)
    assert client.recordings.list() == []


def test_a_recording_lasts_no_time(control, centre):
    control.arm("recording_empty")
    message(control, centre)
    assert centre.asked("voicemail")[0].form["RecordingDuration"] == "0"
    assert centre.asked("recording")[0].form["RecordingDuration"] == "0"


def test_a_recording_is_ready_late(simulator, control, centre, client):
    control.arm("recording_slow", value=600)
    centre.says = {"incoming": [RECORD]}
    sid = control.call()
    control.until(sid, "recording")
    control.ask("POST", f"calls/{sid}/speech", seconds=4)
    control.ask("POST", f"calls/{sid}/hang-up")
    control.wait_until(lambda: control.see(sid)["doing"] == "ended")
    (found,) = client.recordings.list()
    assert (found.status, found.duration) == ("processing", "-1")
    address = f"{simulator.url}/2010-04-01/Accounts/{SID}/Recordings/{found.sid}.wav"
    assert requests.get(address, auth=(SID, TOKEN), timeout=5).status_code == 404
    assert centre.asked("recording") == []
    control.ahead(601)
    assert centre.asked("recording")[0].form["RecordingStatus"] == "completed"
    assert requests.get(address, auth=(SID, TOKEN), timeout=5).status_code == 200


def test_a_recording_is_told_before_the_action(control, centre):
    control.arm("recording_early")
    message(control, centre)
    paths = [heard.path.rpartition("/")[2] for heard in centre.heard]
    assert paths.index("recording") < paths.index("voicemail")


def test_a_young_recording_cannot_be_deleted(control, centre, client):
    control.arm("recording_kept", value=600)
    message(control, centre)
    (found,) = client.recordings.list()
    assert code_of(client.recordings(found.sid).delete) == (409, 20009)
    control.ahead(601)
    assert client.recordings(found.sid).delete()


@pytest.mark.parametrize("operation", ["call", "recording"])
def test_faults_of_the_api_happen_to_calls_and_recordings(control, client, operation):
    control.arm("too_many", operation=operation)
    ask = client.calls.list if operation == "call" else client.recordings.list
    with pytest.raises(TwilioException, match="429"):
        ask()
    assert ask() == []


def test_a_slow_centre_is_given_up(start, centre, control):
    server = start(webhook=f"http://127.0.0.1:{centre.port}#rt=100")
    centre.silence = 0.3
    answer = requests.post(f"{server.url}/control/phones/bilal/calls", json={}, timeout=5).json()
    base = f"{server.url}/control/calls/{answer['sid']}"
    control.wait_until(lambda: requests.get(base, timeout=5).json()["doing"] == "ended")
    alerts = requests.get(f"{server.url}/control/alerts", timeout=5).json()["alerts"]
    assert [alert["code"] for alert in alerts] == [11200, 11200]
