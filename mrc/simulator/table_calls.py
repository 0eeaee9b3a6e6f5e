"""What the page does with calls: dial, press keys, speak, answer, decline, hang up."""

from __future__ import annotations

from flask import abort, flash, request
from werkzeug.wrappers import Response as Answer

from mrc.simulator.calling import CannotCall, answer_call, call_line, decline_call, hang_up, press, speak
from mrc.simulator.carrier import carrier
from mrc.simulator.people import Rung
from mrc.simulator.table import back, blueprint, phone_named


@blueprint.post("/phones/<key>/calls")
def dial(key: str) -> Answer:
    """Call a line of the centre."""
    phone = phone_named(key)
    line = carrier().world.hotlines.get(request.form.get("line", "")) or abort(400)
    try:
        call_line(carrier(), phone, line)
    except CannotCall as reason:
        flash(str(reason))
    return back(phone)


@blueprint.post("/phones/<key>/call")
def act_in_call(key: str) -> Answer:
    """One thing in the call that is on: a key, some seconds of speech, or answer, decline, hang-up."""
    phone, form = phone_named(key), request.form
    call = carrier().world.voice.now_on(phone.key)
    try:
        if call is None:
            flash("There is no call on this phone any more.")
        elif "key" in form:
            press(carrier(), call, form["key"])
        elif "speak" in form:
            speak(carrier(), call, form.get("speak", 0, type=int))
        else:
            acts = {"answer": answer_call, "decline": decline_call, "hang-up": hang_up}
            act = acts.get(form.get("act", "")) or abort(400)
            act(carrier(), call)
    except CannotCall as reason:
        flash(str(reason))
    return back(phone)


@blueprint.post("/phones/<key>/when-rung")
def set_when_rung(key: str) -> Answer:
    """What the phone does when it rings."""
    phone, wanted = phone_named(key), request.form.get("when_rung", "")
    if wanted not in set(Rung):
        abort(400)
    with carrier().world.changing():
        phone.when_rung = Rung(wanted)
    return back(phone)
