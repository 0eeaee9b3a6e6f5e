"""The verb Record: a tone, what the person says, and whom the recording is told to."""

from __future__ import annotations

from datetime import timedelta

from mrc.simulator.asking import answer, next_document, report_recording, tell_outcome
from mrc.simulator.calls import Call, Doing, Recording
from mrc.simulator.exchange import TIME_OUT, Diverted, Exchange, HungUp, Part, Program, Wait, pause
from mrc.simulator.faults import Kind, Place
from mrc.simulator.twiml import Document, Verb
from mrc.simulator.verbs import PERFORMERS
from mrc.simulator.voice_wire import recording_url

SILENCE_SECONDS, LONGEST = 5, 3_600
ANY_KEY = "1234567890*#"


def _record(x: Exchange, call: Call, verb: Verb, document: Document) -> Part:
    answer(x, call)
    yield from pause()
    if verb.is_set("playBeep", otherwise=True):
        x.note(call, "tone", "A tone")
    recording = Recording(x.world.new_sid("RE"), call.sid, call.line, x.world.now())
    recording.upsets = x.world.faults.take(Place.RECORDINGS, phone=call.phone)
    with x.world.changing():
        x.world.voice.recordings[recording.sid] = recording
        call.doing = Doing.RECORDING
    try:
        yield from _listen(x, call, verb, recording)
    except (HungUp, Diverted) as gone:
        _close(x, recording)
        _tell(x, call, verb, recording, document, has_left=isinstance(gone, HungUp))
        raise
    x.doing(call, Doing.LISTENING)
    _close(x, recording)
    return _tell(x, call, verb, recording, document, has_left=False)


def _listen(x: Exchange, call: Call, verb: Verb, recording: Recording) -> Program:
    """Until silence, a key that finishes, or the longest time; silence counts from the last word."""
    if "in-progress" in _events(verb):
        report_recording(x, call, recording, verb.address("recordingStatusCallback"))
    longest = int(verb.seconds("maxLength", LONGEST))
    while True:
        event = yield Wait(verb.seconds("timeout", SILENCE_SECONDS))
        if event.kind == TIME_OUT.kind:
            return
        if event.kind == "speech":
            with x.world.changing():
                recording.seconds = min(longest, recording.seconds + event.value[0])
            if recording.seconds >= longest:
                return
        if event.kind == "key" and event.value in verb.get("finishOnKey", ANY_KEY):
            recording.keys = event.value
            return


def _close(x: Exchange, recording: Recording) -> None:
    """Make of it what is kept, with what was made to go wrong."""
    upsets = recording.upsets
    with x.world.changing():
        if Kind.RECORDING_EMPTY in upsets:
            recording.seconds = 0
        if Kind.RECORDING_ABSENT in upsets or (not recording.seconds and Kind.RECORDING_EMPTY not in upsets):
            recording.status, recording.is_deleted = "absent", True
            return
        recording.status = "processing" if Kind.RECORDING_SLOW in upsets else "completed"
        if Kind.RECORDING_KEPT in upsets:
            recording.deletable_at = x.world.now() + timedelta(seconds=upsets[Kind.RECORDING_KEPT])


def _tell(
    x: Exchange, call: Call, verb: Verb, recording: Recording, document: Document, *, has_left: bool
) -> Document | None:
    """Tell the callback and ask the action; the answer, unless nothing was recorded or nobody is there."""
    if recording.status == "absent":
        _report(x, call, verb, recording)
        return None
    if is_early := Kind.RECORDING_EARLY in recording.upsets:
        _report(x, call, verb, recording)
    action = verb.address("action") or document.url
    more = {
        "RecordingUrl": recording_url(recording, x.setup.account_sid),
        "RecordingSid": recording.sid,
        "RecordingDuration": str(recording.seconds),
        "Digits": "hangup" if has_left else recording.keys,
    }
    following = None
    if has_left:
        tell_outcome(x, call, action, more | {"CallStatus": "completed"}, subject="call recorded")
    else:
        following = next_document(x, call, action, more, subject="call recorded")
    if not is_early:
        _report(x, call, verb, recording)
    return following


def _report(x: Exchange, call: Call, verb: Verb, recording: Recording) -> None:
    address = verb.address("recordingStatusCallback")

    def tell() -> None:
        with x.world.changing():
            recording.status = "completed" if recording.status == "processing" else recording.status
        if address and recording.status in _events(verb):
            report_recording(x, call, recording, address)

    if Kind.RECORDING_SLOW in recording.upsets:
        x.schedule.after(recording.upsets[Kind.RECORDING_SLOW], tell)
    else:
        tell()


def _events(verb: Verb) -> list[str]:
    return verb.get("recordingStatusCallbackEvent", "completed").split()


PERFORMERS["Record"] = _record
