"""Calls for tests: everything that people do with their phones, without a page.

    POST   /control/phones/<phone>/calls    takes line (the first voice line without one) and extra
                                            (parameters of the form to add, change or, with null, take away);
                                            gives the call
    GET    /control/phones/<phone>/calls    gives calls, oldest first
    GET    /control/calls                   takes ?parent=; gives every call, oldest first
    GET    /control/calls/<sid>             gives the call: sid, way, phone, line, from, to, status, doing,
                                            parent, partner, seconds, heard (lines of kind, text, url),
                                            recordings
    POST   /control/calls/<sid>/keys        takes keys, such as "1" or "12#"
    POST   /control/calls/<sid>/speech      takes seconds and text (what is understood)
    POST   /control/calls/<sid>/answer      of a phone that is rung
    POST   /control/calls/<sid>/decline
    POST   /control/calls/<sid>/hang-up
    GET    /control/queues                  gives queues by name, each a list of sids
    GET    /control/alerts                  gives alerts as Twilio's debugger shows them: code, call, url

`doing` says what a person can do now: starting, ringing, listening, waiting for keys, recording, ringing
others, in a queue, talking, ended. A key is lost while nothing waits for it, as in life, so a test waits for
`doing` first. Numbers that a document dials get a phone of their own, found under their number; PATCH
/control/phones/<phone> with when_rung (by hand, answer, decline, busy, unreachable) says what it does when it
rings. How long people are waited for (keys, silence, ringing, a queue) goes by the simulator's clock alone:
move it ahead to wear their patience out. That does not count as pending.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import jsonify, request

from mrc.simulator.calling import CannotCall, answer_call, call_line, decline_call, hang_up, press, speak
from mrc.simulator.calls import Call
from mrc.simulator.carrier import Carrier, carrier
from mrc.simulator.control import Answer, Json, NotUnderstood, asked, blueprint, phone_named, whole
from mrc.simulator.settings import Line

ACTS: dict[str, Callable[[Carrier, Call], None]] = {
    "answer": answer_call,
    "decline": decline_call,
    "hang-up": hang_up,
}


@blueprint.errorhandler(CannotCall)
def explain_calling(problem: CannotCall) -> Answer:
    return jsonify(error=str(problem)), 409


@blueprint.post("/phones/<key>/calls")
def start_call(key: str) -> Answer:
    said = asked()
    extra = {name: None if value is None else str(value) for name, value in said.get("extra", {}).items()}
    call = call_line(carrier(), phone_named(key), _hotline(said.get("line")), extra)
    return jsonify(call_document(call)), 201


@blueprint.get("/phones/<key>/calls")
def calls_of_phone(key: str) -> Answer:
    found = carrier().world.voice.of_phone(phone_named(key).key)
    return jsonify(calls=[call_document(call) for call in found])


@blueprint.get("/calls")
def calls() -> Answer:
    parent = request.args.get("parent")
    found = carrier().world.voice.listed()[::-1]
    return jsonify(calls=[call_document(call) for call in found if parent in {None, call.parent}])


@blueprint.get("/calls/<sid>")
def one_call(sid: str) -> Answer:
    return jsonify(call_document(_call(sid)))


@blueprint.post("/calls/<sid>/keys")
def press_keys(sid: str) -> Answer:
    call = _call(sid)
    press(carrier(), call, str(asked().get("keys", "")))
    return jsonify(call_document(call))


@blueprint.post("/calls/<sid>/speech")
def say(sid: str) -> Answer:
    call, said = _call(sid), asked()
    speak(carrier(), call, whole(said, "seconds", 0) or 0, str(said.get("text", "")))
    return jsonify(call_document(call))


@blueprint.post("/calls/<sid>/<any(answer, decline, 'hang-up'):act>")
def act(sid: str, act: str) -> Answer:
    call = _call(sid)
    ACTS[act](carrier(), call)
    return jsonify(call_document(call))


@blueprint.get("/queues")
def queues() -> Answer:
    found = list(carrier().world.voice.queues.values())
    return jsonify(queues={queue.name: list(queue.callers) for queue in found})


@blueprint.get("/alerts")
def alerts() -> Answer:
    found = list(carrier().world.voice.alerts)
    return jsonify(alerts=[{"code": each.code, "call": each.call, "url": each.url} for each in found])


def call_document(call: Call) -> Json:
    """A call as its person lives it."""
    recordings = list(carrier().world.voice.recordings.values())
    return {
        "sid": call.sid,
        "way": call.way,
        "phone": call.phone,
        "line": call.line,
        "from": call.sender,
        "to": call.recipient,
        "status": call.status,
        "doing": call.doing,
        "parent": call.parent,
        "partner": call.partner,
        "seconds": call.seconds_at(carrier().world.now()),
        "heard": [{"kind": each.kind, "text": each.text, "url": each.url} for each in list(call.heard)],
        "recordings": [
            {"sid": each.sid, "seconds": each.seconds, "status": each.status, "is_deleted": each.is_deleted}
            for each in recordings
            if each.call == call.sid
        ],
    }


def _call(sid: str) -> Call:
    call = carrier().world.voice.calls.get(sid)
    if call is None:
        raise NotUnderstood("There is no such call.", 404)
    return call


def _hotline(address: object) -> Line:
    hotlines = carrier().world.hotlines
    line = next(iter(hotlines.values()), None) if address is None else hotlines.get(str(address))
    if line is None:
        raise NotUnderstood("There is no such voice line.", 404)
    return line
