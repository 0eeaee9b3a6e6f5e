"""The page: phones on a table and a drawer of faults, in plain forms; a small script spares the reloading."""

from __future__ import annotations

from collections.abc import Sequence

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as Answer

from mrc.simulator.addresses import NUMBER
from mrc.simulator.carrier import carrier
from mrc.simulator.faults import CATALOGUE, Kind, Place
from mrc.simulator.inbound import CannotBeSent, write
from mrc.simulator.outbound import switch_phone
from mrc.simulator.people import LANGUAGES, Phone, Rung
from mrc.simulator.samples import SAMPLES
from mrc.simulator.screens import screen_of, shown_phones, told_lately
from mrc.simulator.writing import Location, Writing

blueprint = Blueprint("table", __name__)
SHOWN_AS_THEY_ARE = ("image/png", "image/jpeg", "image/webp", "audio/")
LONGEST_ADVANCE_HOURS = 24 * 60
OPERATIONS = {
    "create": "sending a message",
    "call": "calling",
    "content": "templates",
    "recording": "recordings",
    "account": "the account and its lines",
    "media": "files",
    "list": "the list of messages",
    "any": "everything",
}
"""What faults of the API can happen to, in the page's words."""


@blueprint.get("/")
def show() -> Answer:
    """The whole table. Answers 304 while nothing changed, so that the script may ask every other second."""
    world = carrier().world
    version = f"{world.revision}-{world.faults.changes}-{world.now():%H%M}"
    if version in request.if_none_match:
        return Response(status=304)
    notices = get_flashed_messages()
    phones, hidden = shown_phones(world, request.args.get("phone"))
    answer = make_response(
        render_template(
            "simulator/table.html",
            screens=[screen_of(world, phone) for phone in phones],
            hidden=hidden,
            strangers=[phone for phone in list(world.phones.values()) if phone.is_stranger] if hidden else [],
            catalogue=[(place, [each for each in CATALOGUE if each.place is place]) for place in Place],
            armed=world.faults.armed(),
            told=told_lately(world),
            now=world.now(),
            is_ahead=bool(world.ahead),
            languages=LANGUAGES,
            samples=tuple(SAMPLES),
            operations=OPERATIONS,
            ways_of_ringing=tuple(Rung),
            contents=[each for each in list(world.contents.values())[::-1] if not each.is_deleted],
            notices=notices,
        )
    )
    if not notices:
        answer.set_etag(version)
    return answer


@blueprint.post("/phones/<key>/messages")
def send(key: str) -> Answer:
    """Write from a phone: a tapped phrase, or text, files, place or quick reply as they were filled in."""
    phone, form = phone_named(key), request.form
    line = carrier().world.lines.get(form.get("line", "")) or abort(400)
    place = Location(label=form.get("label", "")) if form.get("location") else None
    button = (form["button"], form.get("payload", "")) if form.get("button") else None
    # Browsers send the line breaks of a text area as CR LF; a phone sends LF.
    text = (form.get("phrase") or form.get("body", "")).replace("\r\n", "\n")
    writing = Writing(text=text, files=tuple(_files()), location=place, button=button)
    if writing == Writing():
        flash("There was nothing to send.")
    else:
        try:
            write(carrier(), phone, line, writing)
        except CannotBeSent as reason:
            flash(str(reason))
    return back(phone)


@blueprint.post("/phones")
def add_phone() -> Answer:
    form, world = request.form, carrier().world
    number = "".join(form.get("number", "").split())
    if not NUMBER.fullmatch(number):
        flash("A number starts with + and the country, such as +923001234567.")
    elif world.find_phone(number):
        flash("That phone is on the table already.")
    else:
        language = form.get("language", "en")
        phone = Phone(
            key="",
            name=form.get("name", "").strip() or number,
            language=language if language in LANGUAGES else "en",
            number=number,
            has_whatsapp=bool(form.get("has_whatsapp")),
        )
        return back(world.add_phone(phone))
    return back()


@blueprint.post("/phones/<key>")
def change_phone(key: str) -> Answer:
    """One setting of a phone: power, read receipts."""
    phone, world = phone_named(key), carrier().world
    if "power" in request.form:
        switch_phone(carrier(), phone, is_on=request.form["power"] == "on")
    if "receipts" in request.form:
        with world.changing():
            phone.sends_read_receipts = request.form["receipts"] == "on"
    return back(phone)


@blueprint.post("/phones/<key>/conversation")
def change_conversation(key: str) -> Answer:
    """What a person, or time, does to a conversation: window, opting out, blocking."""
    phone, world, form = phone_named(key), carrier().world, request.form
    line = world.lines.get(form.get("line", "")) or abort(400)
    conversation = world.conversation(phone.key, line.address)
    with world.changing():
        match form.get("act"):
            case "close":
                conversation.opened_at = None
            case "opt_out":
                conversation.is_opted_out = not conversation.is_opted_out
            case "block":
                conversation.is_blocked = not conversation.is_blocked
            case _:
                abort(400)
    return back(phone)


@blueprint.post("/faults")
def arm() -> Answer:
    form, world = request.form, carrier().world
    if "kind" not in form:
        flash("Choose what is to go wrong.")
        return back()
    if form["kind"] not in set(Kind):
        abort(400)
    world.faults.arm(
        Kind(form["kind"]),
        times=max(0, form.get("times", 1, type=int)),
        value=form.get("value", type=int),
        phone=form.get("phone") or None,
        operation=form["operation"] if form.get("operation") in OPERATIONS else "create",
    )
    return back()


@blueprint.post("/faults/clear")
def disarm() -> Answer:
    carrier().world.faults.clear(request.form.get("number", type=int))
    return back()


@blueprint.post("/clock")
def advance() -> Answer:
    hours = request.form.get("hours", 0, type=int)
    carrier().advance(3600 * min(max(hours, 0), LONGEST_ADVANCE_HOURS))
    return back()


@blueprint.post("/reset")
def reset() -> Answer:
    carrier().reset()
    return back()


@blueprint.get("/files/<sid>/<media_sid>")
def file(sid: str, media_sid: str) -> Answer:
    """A file that a phone sent, for its own screen; shown only if it is what browsers show safely."""
    message = carrier().world.messages.get(sid) or abort(404)
    media = next((each for each in message.media if each.sid == media_sid), None) or abort(404)
    is_shown = media.content_type.startswith(SHOWN_AS_THEY_ARE)
    answer = Response(
        media.content, content_type=media.content_type if is_shown else "application/octet-stream"
    )
    if not is_shown:
        answer.headers["Content-Disposition"] = "attachment"
    return answer


def _files() -> Sequence[tuple[str, bytes]]:
    chosen = [SAMPLES[name] for name in request.form.getlist("sample") if name in SAMPLES]
    uploaded = [each for each in request.files.getlist("file") if each.filename]
    return chosen + [(each.mimetype or "application/octet-stream", each.read()) for each in uploaded]


def phone_named(key: str) -> Phone:
    return carrier().world.phones.get(key) or abort(404)


def back(phone: Phone | None = None) -> Answer:
    """To the page, at the phone that was moved."""
    if phone is None:
        return redirect(url_for("table.show"), 303)
    stranger = phone.key if phone.is_stranger else None
    return redirect(url_for("table.show", phone=stranger, _anchor=phone.key), 303)
