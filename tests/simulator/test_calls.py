"""Calls: what the centre is asked, what its answers do, and what the phones live through."""

from __future__ import annotations

import io
import wave
from datetime import timedelta

import pytest
import requests

from tests.simulator.centre import PUBLIC, SID, TOKEN
from tests.simulator.test_sending import code_of

HOTLINE = "+924200000101"
AISHA, OMAR = "+923215550901", "+923215550902"
VOICE = f"{PUBLIC}/twilio/voice"
SOUND = "/twilio/voice/prompts/welcome-ur.mp3"
RECORD = (
    f'<Record action="{VOICE}/voicemail" recordingStatusCallback="{VOICE}/recording" timeout="6"'
    ' recordingStatusCallbackEvent="completed absent" maxLength="120" finishOnKey="#"/>'
)
EVERY_STEP = 'statusCallbackEvent="initiated ringing answered completed"'


def heard_by(control, sid: str) -> list[tuple[str, str]]:
    return [(each["kind"], each["text"]) for each in control.see(sid)["heard"]]


def dial(*numbers: str, **attributes: str) -> str:
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    inside = "".join(f"<Number>{number}</Number>" for number in numbers)
    return f'<Dial action="{VOICE}/rang"{given}>{inside}</Dial>'


def test_the_centre_is_asked_with_twilios_parameters(control, centre):
    centre.says = {"incoming": ["<Say>Welcome</Say>"]}
    sid = control.call()
    control.until(sid, "ended")
    (asked,) = centre.asked("incoming")
    assert asked.is_genuine
    assert asked.form["CallSid"] == sid
    assert (asked.form["From"], asked.form["To"]) == ("+923005550101", HOTLINE)
    assert (asked.form["Caller"], asked.form["Called"]) == ("+923005550101", HOTLINE)
    assert (asked.form["CallStatus"], asked.form["Direction"]) == ("ringing", "inbound")
    assert (asked.form["AccountSid"], asked.form["FromCountry"]) == (SID, "PK")
    assert ("said", "Welcome") in heard_by(control, sid)
    (told,) = centre.asked("status")
    assert (told.form["CallStatus"], told.form["SequenceNumber"]) == ("completed", "0")
    assert told.form["CallbackSource"] == "call-progress-events"
    assert told.form["Timestamp"].endswith("+0000")
    assert told.is_genuine


@pytest.mark.parametrize(
    "shown", ["anonymous", "+266696687", "sip:ali@example.org", "whatsapp:+923005550101"]
)
def test_a_caller_may_have_no_number(control, centre, shown):
    control.until(control.call(extra={"From": shown, "StirVerstat": None}), "ended")
    form = centre.asked("incoming")[0].form
    assert form["From"] == shown
    assert "StirVerstat" not in form


def test_a_phone_that_hides_its_number_calls_anonymously(control, centre):
    control.ask("PATCH", "phones/bilal", hides_number=True)
    control.until(control.call(), "ended")
    assert centre.asked("incoming")[0].form["From"] == "anonymous"


def test_a_key_in_the_menu_leads_on(control, centre):
    centre.sounds = {SOUND: "audio/mpeg"}
    centre.says = {
        "incoming": [
            f'<Gather numDigits="1" action="{VOICE}/language"><Play>{PUBLIC}{SOUND}</Play></Gather>'
        ],
        "language": ["<Say>Dari</Say>"],
    }
    sid = control.call()
    control.until(sid, "waiting for keys")
    control.press(sid, "3")
    control.until(sid, "ended")
    assert centre.asked("language")[0].form["Digits"] == "3"
    assert centre.fetched == [(SOUND, True)]
    assert ("played", "welcome-ur.mp3") in heard_by(control, sid)
    assert ("keys", "3") in heard_by(control, sid)


@pytest.mark.parametrize(
    ("attributes", "keys", "digits", "finished"),
    [
        ('numDigits="3"', "12345", "123", None),
        ('finishOnKey="#"', "42#", "42", "#"),
        ('finishOnKey="*"', "4#*", "4#", "*"),
        ('finishOnKey="" numDigits="2"', "#*", "#*", None),
    ],
)
def test_keys_are_collected_as_asked(control, centre, attributes, keys, digits, finished):
    centre.says = {"incoming": [f'<Gather {attributes} action="/twilio/voice/got"/>']}
    sid = control.call()
    control.until(sid, "waiting for keys")
    control.press(sid, keys)
    control.until(sid, "ended")
    form = centre.asked("got")[0].form
    assert (form["Digits"], form.get("FinishedOnKey")) == (digits, finished)


def test_silence_falls_through_unless_the_action_wants_it(control, centre):
    asking = "timeout='4' action='/twilio/voice/got'"
    centre.says = {
        "incoming": [
            f"<Gather {asking}/><Say>Nobody pressed</Say><Gather {asking} actionOnEmptyResult='true'/>"
        ],
        "got": ["<Hangup/>"],
    }  # fmt: skip
    sid = control.call()
    control.until(sid, "waiting for keys")
    assert ("said", "Nobody pressed") not in heard_by(control, sid)
    control.ahead(5)
    control.until(sid, "waiting for keys")
    assert ("said", "Nobody pressed") in heard_by(control, sid)
    control.ahead(5)
    control.until(sid, "ended")
    (asked,) = centre.asked("got")
    assert asked.form["Digits"] == ""


def test_keys_that_were_begun_are_sent_when_patience_ends(control, centre):
    centre.says = {"incoming": ['<Gather timeout="4" action="/twilio/voice/got"/>']}
    sid = control.call()
    control.until(sid, "waiting for keys")
    control.press(sid, "9")
    control.ahead(5)
    control.until(sid, "ended")
    assert centre.asked("got")[0].form["Digits"] == "9"


def test_speech_is_understood_where_it_is_asked_for(control, centre):
    centre.says = {"incoming": ['<Gather input="dtmf speech" action="/twilio/voice/got"/>']}
    sid = control.call()
    control.until(sid, "waiting for keys")
    control.speak(sid, 2, "اردو")
    control.until(sid, "ended")
    form = centre.asked("got")[0].form
    assert (form["SpeechResult"], "Digits" in form) == ("اردو", False)


def test_a_message_is_recorded_until_a_key(control, centre, client, simulator):
    centre.says = {"incoming": [RECORD + "<Say>Nothing</Say>"], "voicemail": ["<Say>Thanks</Say><Hangup/>"]}
    sid = control.call()
    control.until(sid, "recording")
    control.speak(sid, 4)
    control.speak(sid, 5)
    control.press(sid, "#")
    control.until(sid, "ended")
    form = centre.asked("voicemail")[0].form
    assert (form["RecordingDuration"], form["Digits"]) == ("9", "#")
    address = f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Recordings/{form['RecordingSid']}"
    assert form["RecordingUrl"] == address
    told = centre.asked("recording")[0].form
    assert (told["RecordingStatus"], told["RecordingSid"]) == ("completed", form["RecordingSid"])
    (found,) = client.recordings.list(call_sid=sid)
    assert (found.sid, found.duration, found.status, found.channels) == (
        form["RecordingSid"], "9", "completed", 1,
    )  # fmt: skip
    assert [each.sid for each in client.calls(sid).recordings.list()] == [found.sid]
    here = simulator.url + address.removeprefix("https://api.twilio.com")
    assert requests.get(here, timeout=5).status_code == 401
    for name, kind in (("", "audio/x-wav"), (".wav", "audio/x-wav"), (".mp3", "audio/mpeg")):
        answer = requests.get(here + name, auth=(SID, TOKEN), timeout=5)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    sound = requests.get(f"{here}.wav", auth=(SID, TOKEN), timeout=5).content
    with wave.open(io.BytesIO(sound)) as file:
        assert file.getnframes() / file.getframerate() == 9
    assert client.recordings(found.sid).delete()
    assert requests.get(here, auth=(SID, TOKEN), timeout=5).status_code == 404
    assert client.recordings.list() == []


def test_who_hangs_up_has_left_the_message(control, centre):
    centre.says = {"incoming": [RECORD]}
    sid = control.call()
    control.until(sid, "recording")
    control.speak(sid, 7)
    control.do(sid, "hang-up")
    assert centre.asked("voicemail")[0].form["Digits"] == "hangup"
    assert centre.asked("voicemail")[0].form["CallStatus"] == "completed"
    assert centre.asked("recording")[0].form["RecordingDuration"] == "7"
    assert centre.asked("status")[0].form["CallStatus"] == "completed"


def test_silence_leaves_no_recording(control, centre, client):
    centre.says = {"incoming": [RECORD + "<Say>Nothing was said</Say>"]}
    sid = control.call()
    control.until(sid, "recording")
    control.ahead(7)
    control.until(sid, "ended")
    assert centre.asked("voicemail") == []
    assert [heard.form["RecordingStatus"] for heard in centre.asked("recording")] == ["absent"]
    assert ("said", "Nothing was said") in heard_by(control, sid)
    assert client.recordings.list() == []


def test_a_message_ends_at_its_longest(control, centre):
    centre.says = {"incoming": [RECORD]}
    sid = control.call()
    control.until(sid, "recording")
    control.speak(sid, 600)
    control.until(sid, "ended")
    assert centre.asked("voicemail")[0].form["RecordingDuration"] == "120"


def test_without_an_action_the_document_is_asked_again(control, centre):
    centre.says = {"incoming": ["<Record/>", "<Hangup/>"]}
    sid = control.call()
    control.until(sid, "recording")
    control.speak(sid, 3)
    control.press(sid, "1")
    control.until(sid, "ended")
    assert len(centre.asked("incoming")) == 2


def test_several_phones_ring_and_the_first_that_answers_is_connected(control, centre, client):
    centre.says = {
        "incoming": [
            (
                f'<Dial action="{VOICE}/rang" callerId="{HOTLINE}" timeout="20">'
                f'<Number statusCallback="{VOICE}/leg" {EVERY_STEP}>{AISHA}</Number>'
                f"<Number>{OMAR}</Number></Dial>"
            )
        ],
        "rang": ["<Hangup/>"],
    }
    sid = control.call()
    aisha, omar = control.rung(AISHA), control.rung(OMAR)
    assert (aisha["doing"], omar["doing"]) == ("ringing", "ringing")
    assert (aisha["from"], aisha["parent"]) == (HOTLINE, sid)
    control.do(aisha["sid"], "answer")
    control.until(sid, "talking")
    assert control.see(aisha["sid"])["partner"] == sid
    assert control.see(omar["sid"])["status"] == "canceled"
    control.ask("POST", "clock", advance_seconds=42)
    control.do(aisha["sid"], "hang-up")
    control.until(sid, "ended")
    form = centre.asked("rang")[0].form
    assert (form["DialCallStatus"], form["DialCallSid"], form["DialBridged"]) == (
        "completed", aisha["sid"], "true",
    )  # fmt: skip
    assert int(form["DialCallDuration"]) >= 42
    legs = [heard.form for heard in centre.asked("leg")]
    assert [leg["CallStatus"] for leg in legs] == ["initiated", "ringing", "in-progress", "completed"]
    assert [leg["SequenceNumber"] for leg in legs] == ["0", "1", "2", "3"]
    assert {(leg["CallSid"], leg["ParentCallSid"], leg["Direction"]) for leg in legs} == {
        (aisha["sid"], sid, "outbound-dial")
    }
    assert int(legs[-1]["CallDuration"]) >= 42
    listed = client.calls.list(parent_call_sid=sid)
    assert {each.status for each in listed} == {"completed", "canceled"}


@pytest.mark.parametrize(
    ("when_rung", "status"), [("decline", "busy"), ("busy", "busy"), ("unreachable", "failed")]
)
def test_a_phone_that_is_not_answered_says_how(control, centre, when_rung, status):
    centre.says = {"incoming": [dial("+923215550111")], "rang": ["<Hangup/>"]}
    phone = control.ask("POST", "phones", number="+923215550111")["key"]
    control.ask("PATCH", f"phones/{phone}", when_rung=when_rung)
    control.until(control.call(), "ended")
    form = centre.asked("rang")[0].form
    assert (form["DialCallStatus"], form["DialBridged"]) == (status, "false")


def test_nobody_answers_until_the_ringing_ends(control, centre):
    centre.says = {"incoming": [dial(AISHA, OMAR, timeout="20")], "rang": ["<Hangup/>"]}
    sid = control.call()
    control.rung(AISHA)
    control.do(control.rung(OMAR)["sid"], "decline")
    assert control.see(sid)["doing"] == "ringing others"
    control.ahead(21)
    control.until(sid, "ended")
    assert centre.asked("rang")[0].form["DialCallStatus"] == "no-answer"
    assert control.rung(AISHA)["status"] == "no-answer"


def test_a_phone_that_is_switched_off_does_not_answer(control, centre):
    centre.says = {"incoming": [dial(AISHA, timeout="20")], "rang": ["<Hangup/>"]}
    phone = control.ask("POST", "phones", number=AISHA)["key"]
    control.ask("PATCH", f"phones/{phone}", is_on=False, when_rung="answer")
    sid = control.call()
    control.rung(AISHA)
    control.ahead(21)
    control.until(sid, "ended")
    assert centre.asked("rang")[0].form["DialCallStatus"] == "no-answer"


def test_a_counsellor_hears_something_first_and_takes_it_with_a_key(control, centre):
    centre.says = {
        "incoming": [
            (
                f'<Dial action="{VOICE}/rang"><Number url="{VOICE}/take?c=1">{AISHA}</Number>'
                f'<Number url="{VOICE}/take?c=2">{OMAR}</Number></Dial>'
            )
        ],
        "take": [f'<Gather numDigits="1" action="{VOICE}/taken"><Say>Press 1</Say></Gather><Hangup/>'],
        "taken": ["<Say>Connecting</Say>"],
    }
    sid = control.call()
    aisha, omar = control.rung(AISHA)["sid"], control.rung(OMAR)["sid"]
    control.do(omar, "answer")
    control.until(omar, "waiting for keys")
    assert control.see(aisha)["doing"] == "ringing", "an answering machine would not press a key"
    control.do(aisha, "answer")
    control.until(aisha, "waiting for keys")
    control.press(aisha, "1")
    control.until(sid, "talking")
    assert control.see(sid)["partner"] == aisha
    control.until(omar, "ended")
    control.do(sid, "hang-up")
    control.until(aisha, "ended")
    assert centre.asked("rang")[0].form["DialCallStatus"] == "completed"


def test_a_machine_that_answers_is_not_connected(control, centre):
    centre.says = {
        "incoming": [f'<Dial action="{VOICE}/rang"><Number url="{VOICE}/take">{AISHA}</Number></Dial>'],
        "take": ['<Gather numDigits="1" timeout="8"/><Hangup/>'],
        "rang": ["<Say>Nobody</Say>"],
    }
    sid = control.call()
    aisha = control.rung(AISHA)["sid"]
    control.do(aisha, "answer")
    control.until(aisha, "waiting for keys")
    control.ahead(9)
    control.until(sid, "ended")
    form = centre.asked("rang")[0].form
    assert (form["DialCallStatus"], form["DialBridged"]) == ("completed", "false")


def test_who_hangs_up_while_phones_ring_lets_them_go(control, centre):
    centre.says = {"incoming": [dial(AISHA)]}
    sid = control.call()
    aisha = control.rung(AISHA)["sid"]
    control.do(sid, "hang-up")
    control.until(aisha, "ended")
    assert control.see(aisha)["status"] == "canceled"
    form = centre.asked("rang")[0].form
    assert (form["DialCallStatus"], form["CallStatus"]) == ("canceled", "completed")


def test_a_caller_waits_in_the_queue_and_is_taken(control, centre, client):
    centre.says = {
        "incoming": [f'<Enqueue action="{VOICE}/queue" waitUrl="{VOICE}/wait">desk</Enqueue>'],
        "wait": ["<Say>Please wait</Say>"],
        "queue": ["<Hangup/>"],
        "connect": [f'<Dial action="{VOICE}/done"><Queue url="{VOICE}/whisper">desk</Queue></Dial>'],
        "whisper": ["<Say>You are connected now</Say>"],
    }
    first = control.call()
    control.until(first, "in a queue")
    second = control.call("ahmed")
    control.until(second, "in a queue")
    assert control.ask("GET", "queues")["queues"] == {"desk": [first, second]}
    control.ahead(12)
    waits = [heard.form for heard in centre.asked("wait") if heard.form["CallSid"] == first]
    assert [wait["QueuePosition"] for wait in waits] == ["1", "1"]
    assert int(waits[1]["QueueTime"]) >= 12
    assert {heard.form["QueuePosition"] for heard in centre.asked("wait")} == {"1", "2"}
    client.calls.create(to=AISHA, from_=HOTLINE, url=f"{VOICE}/connect")
    aisha = control.rung(AISHA)["sid"]
    control.do(aisha, "answer")
    control.until(first, "talking")
    assert ("said", "You are connected now") in heard_by(control, first)
    assert control.ask("GET", "queues")["queues"] == {"desk": [second]}
    control.do(aisha, "hang-up")
    control.until(first, "ended")
    result = centre.asked("queue")[0].form
    assert result["QueueResult"] == "bridged"
    assert int(result["QueueTime"]) >= 12
    control.do(second, "hang-up")
    assert [heard.form["QueueResult"] for heard in centre.asked("queue")] == ["bridged", "hangup"]


def test_a_counsellor_may_wait_for_a_caller(control, centre, client):
    centre.says = {
        "incoming": ['<Enqueue waitUrl="/twilio/voice/wait">desk</Enqueue>'],
        "connect": [f'<Dial action="{VOICE}/done" timeout="60"><Queue>desk</Queue></Dial>'],
    }
    client.calls.create(to=AISHA, from_=HOTLINE, url=f"{VOICE}/connect")
    aisha = control.rung(AISHA)["sid"]
    control.do(aisha, "answer")
    control.until(aisha, "ringing others")
    sid = control.call()
    control.until(sid, "talking")
    control.do(sid, "hang-up")
    control.until(aisha, "ended")
    assert centre.asked("done")[0].form["DialCallStatus"] == "completed"


def test_a_full_queue_says_so(control, centre):
    centre.says = {
        "incoming": [
            f'<Enqueue maxQueueSize="1" action="{VOICE}/queue" waitUrl="{VOICE}/wait">desk</Enqueue>'
        ],
        "queue": ["<Say>Call later</Say>"],
    }
    control.until(control.call(), "in a queue")
    second = control.call("ahmed")
    control.until(second, "ended")
    assert centre.asked("queue")[0].form["QueueResult"] == "queue-full"
    assert ("said", "Call later") in heard_by(control, second)


def test_a_caller_leaves_the_queue_with_a_key(control, centre):
    centre.says = {
        "incoming": [f'<Enqueue action="{VOICE}/queue" waitUrl="{VOICE}/wait">desk</Enqueue>'],
        "wait": [f'<Gather numDigits="1" action="{VOICE}/pressed"/>'],
        "pressed": ["<Leave/>"],
        "queue": [RECORD],
    }
    sid = control.call()
    control.until(sid, "waiting for keys")
    control.press(sid, "1")
    control.until(sid, "recording")
    assert centre.asked("queue")[0].form["QueueResult"] == "leave"
    assert control.ask("GET", "queues")["queues"] == {"desk": []}


@pytest.mark.parametrize(
    ("twiml", "status"),
    [
        ('<Reject reason="busy"/>', "busy"),
        ("<Reject/>", "no-answer"),
        ("<Hangup/>", "completed"),
        ("", "completed"),
    ],
)
def test_a_call_ends_as_the_centre_says(control, centre, client, twiml, status):
    centre.says = {"incoming": [twiml]}
    sid = control.call()
    control.until(sid, "ended")
    assert control.see(sid)["status"] == status
    assert centre.asked("status")[0].form["CallStatus"] == status
    if status in {"busy", "no-answer"}:
        assert centre.asked("status")[0].form["CallDuration"] == "0"
        assert client.calls(sid).fetch().price == "0.00000"


def test_who_hangs_up_before_the_answer_was_never_answered(control, centre):
    centre.silence = 0.5
    centre.says = {"incoming": ["<Say>Too late</Say>"]}
    sid = control.call()
    control.do(sid, "hang-up")
    control.until(sid, "ended")
    assert control.see(sid)["status"] == "canceled"
    assert ("said", "Too late") not in heard_by(control, sid)


def test_a_redirect_leads_on_and_addresses_may_be_relative(control, centre):
    centre.says = {"incoming": ["<Redirect>next?a=1</Redirect>"], "next": ["<Say>Here</Say>"]}
    sid = control.call()
    control.until(sid, "ended")
    assert centre.asked("next")[0].query == "a=1"
    assert centre.asked("next")[0].is_genuine


def test_who_goes_in_circles_is_stopped(control, centre):
    centre.says = {"incoming": ["<Redirect>incoming</Redirect>"]}
    sid = control.call()
    control.until(sid, "ended")
    assert control.ask("GET", "alerts")["alerts"][0]["code"] == 11100


def test_the_centre_calls_a_counsellor_and_then_the_caller(control, centre, client):
    centre.says = {"bridge": [dial("+923005550101", callerId=HOTLINE)], "rang": ["<Hangup/>"]}
    made = client.calls.create(
        to=AISHA, from_=HOTLINE, url=f"{VOICE}/bridge", status_callback=f"{VOICE}/progress", timeout=30,
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )  # fmt: skip
    assert (made.status, made.direction, made.to) == ("queued", "outbound-api", AISHA)
    control.rung(AISHA)
    assert client.calls(made.sid).fetch().status == "ringing"
    control.do(made.sid, "answer")
    bilal = control.rung("bilal")
    assert (bilal["doing"], bilal["from"]) == ("ringing", HOTLINE)
    control.do(bilal["sid"], "answer")
    control.until(made.sid, "talking")
    control.ask("POST", "clock", advance_seconds=90)
    control.do(bilal["sid"], "hang-up")
    control.until(made.sid, "ended")
    told = [heard.form["CallStatus"] for heard in centre.asked("progress")]
    assert told == ["initiated", "ringing", "in-progress", "completed"]
    found = client.calls(made.sid).fetch()
    assert (found.status, int(found.duration) >= 90, found.price) == ("completed", True, "-0.38000")
    assert found.end_time - found.start_time >= timedelta(seconds=90)


@pytest.mark.parametrize(("act", "status"), [("decline", "busy"), ("hang-up", "busy"), (None, "no-answer")])
def test_a_call_of_the_centre_is_not_answered(control, centre, client, act, status):
    made = client.calls.create(
        to=AISHA, from_=HOTLINE, twiml="<Response><Say>x</Say></Response>", timeout=25,
        status_callback=f"{VOICE}/progress",
    )  # fmt: skip
    control.rung(AISHA)
    if act:
        control.do(made.sid, act)
    else:
        control.ahead(26)
    control.until(made.sid, "ended")
    assert [heard.form["CallStatus"] for heard in centre.asked("progress")] == [status]
    assert client.calls(made.sid).fetch().status == status


def test_the_centre_ends_and_diverts_calls(control, centre, client):
    centre.says = {"incoming": ["<Pause/><Gather/>"], "other": ["<Say>Elsewhere</Say><Gather/>"]}
    sid = control.call()
    control.until(sid, "waiting for keys")
    client.calls(sid).update(url=f"{VOICE}/other")
    control.wait_until(lambda: ("said", "Elsewhere") in heard_by(control, sid))
    client.calls(sid).update(twiml="<Response><Say>Words</Say><Gather/></Response>")
    control.wait_until(lambda: ("said", "Words") in heard_by(control, sid))
    client.calls(sid).update(status="completed")
    control.until(sid, "ended")
    assert code_of(lambda: client.calls(sid).update(url=f"{VOICE}/other")) == (400, 21220)


def test_an_unanswered_call_of_the_centre_is_cancelled(control, client):
    made = client.calls.create(to=AISHA, from_=HOTLINE, url=f"{VOICE}/x")
    control.rung(AISHA)
    client.calls(made.sid).update(status="canceled")
    control.until(made.sid, "ended")
    assert client.calls(made.sid).fetch().status == "canceled"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"to": ""}, 21201),
        ({"to": "0300"}, 21211),
        ({"from_": ""}, 21213),
        ({"from_": "+15550001111"}, 21210),
        ({"url": ""}, 21205),
        ({"url": "ftp://x"}, 21205),
        ({"url": "", "twiml": "<Response><Fly/></Response>"}, 12200),
        ({"url": "", "twiml": "<Response>"}, 12100),
        ({"status_callback": "x"}, 21609),
        ({"timeout": 0}, 20001),
    ],
)
def test_a_call_that_twilio_refuses_is_refused(client, control, values, code):
    usual = {"to": AISHA, "from_": HOTLINE, "url": f"{VOICE}/x"}
    assert code_of(lambda: client.calls.create(**usual | values)) == (400, code)
    assert control.ask("GET", "calls")["calls"] == []


def test_calls_are_listed_by_line_status_and_time(control, client, centre):
    sids = [control.call() for _ in range(1)]
    control.until(sids[0], "ended")
    began = client.calls(sids[0]).fetch().start_time
    control.ahead(3600)
    sids.append(control.call())
    control.until(sids[1], "ended")
    assert [call.sid for call in client.calls.list(to=HOTLINE, page_size=1)] == sids[::-1]
    later = client.calls.list(start_time_after=began + timedelta(minutes=1))
    assert [call.sid for call in later] == sids[1:]
    assert client.calls.list(status="busy") == []
    assert [call.sid for call in client.calls.list(from_="+923005550101", limit=1)] == sids[1:]
    assert client.calls(sids[0]).delete()
    assert len(client.calls.list()) == 1


def test_recordings_are_listed_by_time(control, client, centre):
    centre.says = {"incoming": [RECORD]}
    for _ in range(2):
        sid = control.call()
        control.until(sid, "recording")
        control.speak(sid, 3)
        control.do(sid, "hang-up")
        control.until(sid, "ended")
        control.ahead(3600)
    first, second = client.recordings.list(page_size=1)[::-1]
    assert [each.sid for each in client.recordings.list(date_created_after=second.date_created)] == [
        second.sid
    ]
    assert client.recordings(first.sid).fetch().call_sid == first.call_sid


def test_a_failing_centre_is_replaced_by_the_fallback(control, centre):
    centre.answers = [500]
    centre.says = {"incoming": ["<Say>Unheard</Say>"], "fallback": [RECORD]}
    sid = control.call()
    control.until(sid, "recording")
    form = centre.asked("fallback")[0].form
    assert (form["ErrorCode"], form["ErrorUrl"]) == ("11200", f"{VOICE}/incoming")
    assert centre.asked("fallback")[0].is_genuine
    assert [alert["code"] for alert in control.ask("GET", "alerts")["alerts"]] == [11200]


@pytest.mark.parametrize("said", ["<?xml version='1.0'?><Response><Fly/></Response>", "<?xml"])
def test_an_answer_that_is_no_document_leads_to_the_fallback(control, centre, said):
    centre.says = {"incoming": [said], "fallback": ["<Hangup/>"]}
    control.until(control.call(), "ended")
    assert len(centre.asked("fallback")) == 1


def test_when_the_fallback_fails_too_the_caller_hears_an_error(control, centre):
    centre.answers = [500, 500]
    sid = control.call()
    control.until(sid, "ended")
    assert ("said", "An application error has occurred. Goodbye.") in heard_by(control, sid)


@pytest.mark.parametrize(("kind", "code"), [(None, 11200), ("text/html", 12300)])
def test_a_sound_that_cannot_be_played_ends_the_call(control, centre, kind, code):
    centre.sounds = {SOUND: kind} if kind else {}
    centre.says = {"incoming": [f"<Play>{PUBLIC}{SOUND}</Play><Say>Unheard</Say>"]}
    sid = control.call()
    control.until(sid, "ended")
    assert ("said", "Unheard") not in heard_by(control, sid)
    (alert,) = control.ask("GET", "alerts")["alerts"]
    assert (alert["code"], alert["url"]) == (code, PUBLIC + SOUND)


@pytest.mark.parametrize(
    ("path", "said", "status"),
    [
        ("phones/nobody/calls", {}, 404),
        ("phones/bilal/calls", {"line": "+1"}, 404),
        ("phones/sana/calls", {}, 409),
        ("calls/CA1/keys", {"keys": "1"}, 404),
        ("calls/{sid}/keys", {"keys": "x"}, 409),
        ("calls/{sid}/keys", {}, 409),
        ("calls/{sid}/answer", {}, 409),
        ("calls/{sid}/decline", {}, 409),
        ("calls/{sid}/speech", {"seconds": "long"}, 400),
        ("phones/bilal/calls", {}, 409),
    ],
)
def test_what_a_phone_cannot_do_is_explained(simulator, control, centre, path, said, status):
    centre.says = {"incoming": ["<Gather/>"]}
    sid = control.call()
    control.until(sid, "waiting for keys")
    answer = requests.post(f"{simulator.url}/control/{path.format(sid=sid)}", json=said, timeout=5)
    assert (answer.status_code, bool(answer.json()["error"])) == (status, True)


def test_a_phone_in_a_call_is_busy(control, centre, client):
    centre.says = {"incoming": ["<Gather/>"]}
    control.until(control.call(), "waiting for keys")
    made = client.calls.create(to="+923005550101", from_=HOTLINE, url=f"{VOICE}/x")
    control.until(made.sid, "ended")
    assert client.calls(made.sid).fetch().status == "busy"


def test_starting_over_ends_every_call(control, centre):
    centre.says = {"incoming": ["<Gather/>"]}
    control.until(control.call(), "waiting for keys")
    control.ask("POST", "reset")
    assert control.ask("GET", "calls")["calls"] == []
    control.until(control.call(), "waiting for keys")


def test_of_two_callers_at_one_moment_one_rings_the_counsellor(control, centre):
    centre.says = {"incoming": [dial(AISHA, timeout="20")], "rang": ["<Hangup/>"]}
    sids = [control.call(), control.call("ahmed")]
    control.wait_until(lambda: len(control.calls_of(AISHA)) == 2)
    control.wait_until(lambda: any(control.see(sid)["doing"] == "ended" for sid in sids))
    control.settle()
    assert sorted(call["status"] for call in control.calls_of(AISHA)) == ["busy", "ringing"]


def test_many_callers_at_once_each_have_their_own_call(control, centre):
    centre.says = {"incoming": [RECORD], "voicemail": ["<Hangup/>"]}
    phones = [f"+9232155501{number:02}" for number in range(30)]
    for number in phones:
        control.ask("POST", "phones", number=number)
    sids = [control.call(number) for number in phones]
    for length, sid in enumerate(sids, start=1):
        control.until(sid, "recording")
        control.ask("POST", f"calls/{sid}/speech", seconds=length)
        control.ask("POST", f"calls/{sid}/hang-up")
    for sid in sids:
        control.until(sid, "ended")
    told = {heard.form["CallSid"]: heard.form["RecordingDuration"] for heard in centre.asked("recording")}
    assert told == {sid: str(length) for length, sid in enumerate(sids, start=1)}
    assert len(centre.asked("status")) == 30


def test_a_call_that_was_going_on_when_all_started_over_is_told_to_nobody(control, centre):
    centre.says = {"incoming": ["<Gather/>"]}
    sid = control.call()
    control.until(sid, "waiting for keys")
    control.ask("POST", "reset")
    control.ask("POST", "clock", advance_seconds=60)
    control.settle()
    assert centre.asked("status") == []


def test_a_counsellor_can_be_written_to_after_a_call(control, centre, client):
    centre.says = {"incoming": [dial(AISHA)]}
    sid = control.call()
    control.do(control.rung(AISHA)["sid"], "decline")
    control.until(sid, "ended")
    client.messages.create(from_="whatsapp:+923000000101", to=f"whatsapp:{AISHA}", body="x")
    control.settle()
    assert control.screen(AISHA)[0]["has_arrived"]
