"""What the page does with templates: WhatsApp's part by hand, and the buttons beneath a message."""

from __future__ import annotations

from flask import abort, flash, request
from werkzeug.wrappers import Response as Answer

from mrc.simulator.carrier import carrier
from mrc.simulator.contents import Category, Status
from mrc.simulator.inbound import CannotBeSent, tap
from mrc.simulator.table import back, blueprint, phone_named
from mrc.simulator.templates import delete_content, overrule

ACTS = {
    "approve": Status.APPROVED,
    "reject": Status.REJECTED,
    "pause": Status.PAUSED,
    "disable": Status.DISABLED,
}


@blueprint.post("/contents/<sid>")
def judge(sid: str) -> Answer:
    """Approve, reject with a reason, pause, disable, move to another category, or delete."""
    world, act = carrier().world, request.form.get("act", "")
    content = world.contents.get(sid) or abort(404)
    if act in ACTS:
        overrule(world, content, status=ACTS[act], reason=request.form.get("reason", "").strip())
    elif act == "move":
        is_marketing = content.category == Category.MARKETING
        overrule(world, content, category=Category.UTILITY if is_marketing else Category.MARKETING)
    elif act == "delete":
        delete_content(world, content)
    else:
        abort(400)
    return back()


@blueprint.post("/phones/<key>/taps")
def tap_button(key: str) -> Answer:
    """Tap a button beneath a message: `sid` of the message, `place` of the button from 0."""
    phone, form = phone_named(key), request.form
    message = carrier().world.messages.get(form.get("sid", "")) or abort(404)
    try:
        tap(carrier(), phone, message, form.get("place", -1, type=int) % 100)
    except CannotBeSent as reason:
        flash(str(reason))
    return back(phone)
