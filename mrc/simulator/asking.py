"""What the application is asked and told about calls: the next document, progress, recordings, files."""

from __future__ import annotations

from collections.abc import Mapping

from mrc.simulator.calls import Call, Doing, Recording
from mrc.simulator.exchange import Exchange
from mrc.simulator.faults import Kind
from mrc.simulator.twiml import Document, NotTwiml, read_twiml
from mrc.simulator.voice_wire import call_form, recording_form, report_form
from mrc.simulator.webhooks import Delivery, ask, deliver, fetch

HTTP_FAILED, NOT_SOUND = 11200, 12300
GOODBYE = "An application error has occurred. Goodbye."


class Broken(Exception):
    """The application did not say what to do, or named a file that is not there; the call ends."""

    def __init__(self, code: int, url: str) -> None:
        super().__init__()
        self.code = code
        self.url = url


def next_document(
    x: Exchange, call: Call, url: str, more: Mapping[str, str] | None = None, *, subject: str = "call"
) -> Document:
    """Ask what to do next; when that fails, ask the fallback address. Raises Broken when that fails too."""
    form = call_form(call, x.setup.account_sid, **(more or {}))
    try:
        return _asked(x, call, url, form, subject)
    except Broken as problem:
        x.alert(call, problem.code, url)
        fallback = x.setup.call_fallback_url
        if not fallback or url.partition("#")[0] == fallback.partition("#")[0]:
            raise
        failed = form | {"ErrorCode": str(problem.code), "ErrorUrl": url.partition("#")[0]}
        return _asked(x, call, fallback, failed, "call fallback")


def _asked(x: Exchange, call: Call, url: str, form: Mapping[str, str], subject: str) -> Document:
    upsets = call.upsets
    is_first = subject == "call"
    if is_first and upsets.pop(Kind.CALL_LOST, None) is not None:
        raise Broken(HTTP_FAILED, url)
    is_forged = is_first and upsets.pop(Kind.CALL_FORGED, None) is not None
    delivery = Delivery(subject=subject, sid=call.sid, url=url, form=form, is_forged=is_forged)
    attempt, said = ask(delivery, x.world, x.setup)
    if is_first:
        for _copy in range(upsets.pop(Kind.CALL_TWICE, 1) - 1):
            deliver(delivery, x.world, x.setup)
    if attempt.answer is None or not 200 <= attempt.answer < 300:
        raise Broken(HTTP_FAILED, url)
    try:
        return read_twiml(said, url.partition("#")[0])
    except NotTwiml as problem:
        raise Broken(problem.code, url) from None


def tell_outcome(x: Exchange, call: Call, url: str, more: Mapping[str, str], *, subject: str) -> None:
    """Ask an action address whose answer comes too late, because the caller is gone."""
    form = call_form(call, x.setup.account_sid, **more)
    deliver(Delivery(subject=subject, sid=call.sid, url=url, form=form), x.world, x.setup)


def check_sound(x: Exchange, call: Call, url: str) -> None:
    """Fetch a file that is to be played. Raises Broken when it is missing or is no sound."""
    if Kind.PLAY_MISSING in call.upsets:
        del call.upsets[Kind.PLAY_MISSING]
        raise Broken(HTTP_FAILED, url)
    status, kind = fetch(url, x.setup)
    if kind == "elsewhere":
        return
    if status != 200:
        raise Broken(HTTP_FAILED, url)
    if not kind.startswith(("audio/", "application/octet-stream")):
        raise Broken(NOT_SOUND, url)


def report(x: Exchange, call: Call, event: str) -> None:
    """Tell of a call's progress, if that was asked for, with what was made to go wrong."""
    url, upsets = call.callback.url, call.upsets
    if not url or event not in call.callback.events:
        return
    with x.world.changing():
        form: Mapping[str, str] = report_form(call, event, x.setup.account_sid, x.world.now())
    forms = [form]
    if Kind.CALL_REPORTS_LOST in upsets:
        return
    if Kind.CALL_REPORTS_REVERSED in upsets:
        call.reports.append(form)
        forms = list(reversed(call.reports)) if event == "completed" else []

    def tell() -> None:
        for each in forms:
            deliver(
                Delivery(
                    subject=f"call {each['CallStatus']}",
                    sid=call.sid,
                    url=url,
                    form=each,
                    is_forged=Kind.CALL_REPORTS_FORGED in upsets,
                ),
                x.world,
                x.setup,
            )

    if Kind.CALL_REPORTS_LATE in upsets:
        x.schedule.after(upsets[Kind.CALL_REPORTS_LATE], tell)
        return
    for _copy in range(max(1, upsets.get(Kind.CALL_REPORTS_TWICE, 1))):
        tell()


def report_recording(x: Exchange, call: Call, recording: Recording, url: str) -> None:
    """Tell of a recording's status, at once."""
    deliver(
        Delivery(
            subject=f"recording {recording.status}",
            sid=call.sid,
            url=url,
            form=recording_form(recording, call, x.setup.account_sid),
        ),
        x.world,
        x.setup,
    )


def answer(x: Exchange, call: Call) -> None:
    """The call is connected from now on."""
    if call.answered_at is not None:
        return
    with x.world.changing():
        call.status, call.doing = "in-progress", Doing.LISTENING
        call.answered_at = call.updated_at = x.world.now()
    report(x, call, "answered")


def finish(x: Exchange, call: Call, status: str) -> None:
    """The call is over."""
    if call.is_over:
        return
    with x.world.changing():
        call.status, call.doing, call.partner = status, Doing.ENDED, ""
        call.ended_at = call.updated_at = x.world.now()
    x.note(call, "note", f"The call is over: {status}")
    report(x, call, "completed")
