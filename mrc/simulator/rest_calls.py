"""Calls and recordings as Twilio's REST API gives them."""

from __future__ import annotations

from flask import Response, jsonify, request

from mrc.simulator.calling import change, place
from mrc.simulator.calls import Call, Recording
from mrc.simulator.carrier import carrier
from mrc.simulator.gate import ACCOUNT, Answer, account, blueprint, can_be_upset
from mrc.simulator.refusals import Refusal
from mrc.simulator.resources import Document, Make, date, moment_filters, page_document, selected
from mrc.simulator.wire import API, API_VERSION

CALL_FILTERS: dict[str, Make] = {
    "To": lambda value: lambda call: call.recipient == value,
    "From": lambda value: lambda call: call.sender == value,
    "Status": lambda value: lambda call: call.status == value,
    "ParentCallSid": lambda value: lambda call: call.parent == value,
    **moment_filters("StartTime", lambda call: call.started_at or call.created_at),
    **moment_filters("EndTime", lambda call: call.ended_at),
}
RECORDING_FILTERS: dict[str, Make] = {
    "CallSid": lambda value: lambda recording: recording.call == value,
    **moment_filters("DateCreated", lambda recording: recording.created_at),
}


@blueprint.post(f"{ACCOUNT}/Calls.json")
@can_be_upset("call")
def create_call() -> Answer:
    """Take To, From, Url or Twiml, StatusCallback, StatusCallbackEvent (several), Timeout."""
    return jsonify(call_document(place(carrier(), request.form))), 201


@blueprint.get(f"{ACCOUNT}/Calls.json")
@can_be_upset("call")
def list_calls() -> Answer:
    """Newest first, filtered by To, From, Status, ParentCallSid, StartTime and EndTime with `<` and `>`."""
    found = selected(carrier().world.voice.listed(), request.args, CALL_FILTERS)
    kept = [(name, value) for name, value in request.args.items() if name in CALL_FILTERS]
    page = page_document("calls", found, request.args, kept)
    page["calls"] = [call_document(call) for call in page["calls"]]
    return jsonify(page)


@blueprint.get(f"{ACCOUNT}/Calls/<sid>.json")
@can_be_upset("call")
def fetch_call(sid: str) -> Answer:
    return jsonify(call_document(_call(sid)))


@blueprint.post(f"{ACCOUNT}/Calls/<sid>.json")
@can_be_upset("call")
def update_call(sid: str) -> Answer:
    """Status=completed ends the call; Url or Twiml sends it elsewhere."""
    call = _call(sid)
    change(carrier(), call, request.form)
    return jsonify(call_document(call))


@blueprint.delete(f"{ACCOUNT}/Calls/<sid>.json")
@can_be_upset("call")
def delete_call(sid: str) -> Answer:
    call = _call(sid)
    if not call.is_over:
        raise Refusal(20009)
    with carrier().world.changing():
        call.is_deleted = True
    return Response(status=204)


@blueprint.get(f"{ACCOUNT}/Recordings.json")
@blueprint.get(f"{ACCOUNT}/Calls/<call_sid>/Recordings.json")
@can_be_upset("recording")
def list_recordings(call_sid: str = "") -> Answer:
    """Newest first, filtered by CallSid and by DateCreated with `<` and `>`."""
    found = selected(carrier().world.voice.listed_recordings(), request.args, RECORDING_FILTERS)
    if call_sid:
        found = [each for each in found if each.call == _call(call_sid).sid]
    kept = [(name, value) for name, value in request.args.items() if name in RECORDING_FILTERS]
    page = page_document("recordings", found, request.args, kept)
    page["recordings"] = [recording_document(recording) for recording in page["recordings"]]
    return jsonify(page)


@blueprint.get(f"{ACCOUNT}/Recordings/<sid>.json")
@can_be_upset("recording")
def fetch_recording(sid: str) -> Answer:
    return jsonify(recording_document(_recording(sid)))


@blueprint.get(f"{ACCOUNT}/Recordings/<sid>")
@blueprint.get(f"{ACCOUNT}/Recordings/<sid>.wav")
@can_be_upset("recording")
def fetch_wav(sid: str) -> Answer:
    """The sound; 404 until it is ready."""
    return Response(_ready(sid).wav, content_type="audio/x-wav")


@blueprint.get(f"{ACCOUNT}/Recordings/<sid>.mp3")
@can_be_upset("recording")
def fetch_mp3(sid: str) -> Answer:
    return Response(_ready(sid).mp3, content_type="audio/mpeg")


@blueprint.delete(f"{ACCOUNT}/Recordings/<sid>.json")
@can_be_upset("recording")
def delete_recording(sid: str) -> Answer:
    """Remove it; 20009 while it is too young, if that was made to go wrong."""
    recording, world = _recording(sid), carrier().world
    if recording.deletable_at and world.now() < recording.deletable_at:
        raise Refusal(20009)
    with world.changing():
        recording.is_deleted = True
    return Response(status=204)


def call_document(call: Call) -> Document:
    """One call. Instants are in RFC 2822, numbers in quotation marks where Twilio writes them so."""
    uri = f"/{API_VERSION}/Accounts/{account()}/Calls/{call.sid}"
    return {
        "account_sid": account(),
        "answered_by": None,
        "api_version": API_VERSION,
        "caller_name": None,
        "date_created": date(call.created_at),
        "date_updated": date(call.updated_at),
        "direction": call.way,
        "duration": str(call.seconds) if call.is_over else None,
        "end_time": date(call.ended_at),
        "forwarded_from": call.extra.get("ForwardedFrom"),
        "from": call.sender,
        "from_formatted": call.sender,
        "group_sid": None,
        "parent_call_sid": call.parent or None,
        "phone_number_sid": None,
        "price": call.price,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": call.sid,
        "start_time": date(call.started_at or call.created_at),
        "status": call.status,
        "subresource_uris": {"recordings": f"{uri}/Recordings.json"},
        "to": call.recipient,
        "to_formatted": call.recipient,
        "trunk_sid": None,
        "uri": f"{uri}.json",
    }


def recording_document(recording: Recording) -> Document:
    uri = f"/{API_VERSION}/Accounts/{account()}/Recordings/{recording.sid}"
    return {
        "account_sid": account(),
        "api_version": API_VERSION,
        "call_sid": recording.call,
        "channels": 1,
        "conference_sid": None,
        "date_created": date(recording.created_at),
        "date_updated": date(recording.created_at),
        "duration": str(recording.seconds) if recording.status == "completed" else "-1",
        "encryption_details": None,
        "error_code": None,
        "media_url": API + uri,
        "price": "-0.00250" if recording.status == "completed" else None,
        "price_unit": "USD",
        "sid": recording.sid,
        "source": "RecordVerb",
        "start_time": date(recording.created_at),
        "status": recording.status,
        "subresource_uris": {},
        "uri": f"{uri}.json",
    }


def _call(sid: str) -> Call:
    call = carrier().world.voice.calls.get(sid)
    if call is None or call.is_deleted:
        raise Refusal(20404, request.path)
    return call


def _recording(sid: str) -> Recording:
    recording = carrier().world.voice.recordings.get(sid)
    if recording is None or recording.is_deleted:
        raise Refusal(20404, request.path)
    return recording


def _ready(sid: str) -> Recording:
    recording = _recording(sid)
    if recording.status != "completed":
        raise Refusal(20404, request.path)
    return recording
