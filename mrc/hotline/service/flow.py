"""A call step by step: what the provider tells is written down, and it is told what to do next.

Each step may come twice, late or never; the state of a call follows from the events alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog

from mrc.centres.queries import find_line_by_address, get_centre, get_line, is_open_at
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import NotFound
from mrc.hotline import twiml
from mrc.hotline.models import Call, Duty, HotlineMenu
from mrc.hotline.queries.lines import VOICE, find_menu, who_can_take
from mrc.hotline.service.calls import know_call, lock_call, note_event
from mrc.hotline.service.recordings import note_recording
from mrc.hotline.states import ANSWERED, PromptKey
from mrc.hotline.twiml import Voice
from mrc.hotline.wire import CallForm, number_of, read_call

log = structlog.get_logger("mrc.hotline")
ATTEMPTS = 2
"""So often a caller may press a key; then they may leave a message."""
ROUNDS = 3
"""So often the phones are rung before that."""
WAIT_SECONDS = 30
"""So long a caller waits in the queue between two rounds."""
OVER = frozenset({"bridged", "hangup", "redirected", "redirected-from-bridged"})


@dataclass(frozen=True)
class Step:
    """One question of the provider: the form, and what stands in the address of the question."""

    posted: Mapping[str, str]
    arguments: Mapping[str, str] = field(default_factory=dict)
    at: datetime = field(default_factory=clock.now)

    @property
    def form(self) -> CallForm:
        return read_call(self.posted)

    def number(self, name: str) -> int:
        return max(number_of(self.arguments, name), 1)

    def key(self, name: str) -> UUID:
        """An id of ours in the address. Raises NotFound."""
        try:
            return UUID(self.arguments.get(name, ""))
        except ValueError:
            raise NotFound from None


def incoming(step: Step) -> str:
    """Somebody calls: the language menu, or what the line does instead."""
    if (call := _known(step)) is None:
        return twiml.without_us()
    note_event(call, "incoming", step.posted, at=step.at)
    menu = _menu(call)
    if menu is None or not menu.is_on:
        return _leave_message(call, None)
    if menu.is_callback_only:
        note_event(call, "rejected", step.posted, at=step.at)
        return twiml.refuse_busy()
    if len(menu.languages) > 1:
        note_event(call, "menu", step.posted, at=step.at)
        return twiml.ask_language(Voice(menu), 1)
    call.language = menu.languages[0]
    return _go_on(call, menu, step)


def language(step: Step) -> str:
    """A key was pressed, or none."""
    call, menu = _call_and_menu(step)
    if call is None or menu is None:
        return twiml.without_us()
    attempt, digits = step.number("attempt"), step.form.digits
    note_event(call, "language", step.posted, sequence=attempt, at=step.at)
    if digits.isascii() and digits.isdecimal() and 1 <= int(digits) <= len(menu.languages):
        call.language = menu.languages[int(digits) - 1]
        return _go_on(call, menu, step)
    if attempt < ATTEMPTS:
        return twiml.ask_language(Voice(menu), attempt + 1)
    return _leave_message(call, menu)


def rang(step: Step) -> str:
    """The phones have rung: somebody took the call, or the caller waits for another round."""
    call, menu = _call_and_menu(step)
    if call is None:
        return twiml.without_us()
    form, number = step.form, step.number("round")
    note_event(call, f"rang.{form.dialled or 'failed'}", step.posted, sequence=number, at=step.at)
    if form.dialled in ANSWERED or form.status == "completed":
        return twiml.hang_up()
    if number >= ROUNDS or menu is None:
        return _leave_message(call, menu)
    return twiml.put_in_queue(call.line_id, number)


def wait(step: Step) -> str:
    """What a caller hears who waits; after a while the phones are rung again."""
    call, menu = _call_and_menu(step)
    if call is None:
        return twiml.leave_queue()
    note_event(call, "wait", step.posted, sequence=step.number("round"), at=step.at)
    if step.form.queue_seconds >= WAIT_SECONDS:
        return twiml.leave_queue()
    return twiml.say_place(Voice(menu, call.language), step.form.queue_place)


def queue(step: Step) -> str:
    """Waiting ended."""
    call, menu = _call_and_menu(step)
    if call is None:
        return twiml.without_us()
    result, number = step.form.queued or "error", step.number("round")
    note_event(call, f"queue.{result}", step.posted, sequence=number, at=step.at)
    if result in OVER:
        return twiml.nothing()
    if result == "leave" and menu is not None:
        return _ring(call, menu, step, number + 1)
    return _leave_message(call, menu)


def take(step: Step) -> str:
    """A counsellor's phone answered: whoever it is must press a key."""
    call = lock_call(step.key("c"))
    action = twiml.address("accept", **step.arguments)
    return twiml.ask_key(Voice(_menu(call)), action)


def accept(step: Step) -> str:
    """A counsellor takes the call; of two who press at once, one gets it."""
    call, duty = lock_call(step.key("c")), db.session.get(Duty, step.key("d"))
    if not step.form.digits or duty is None or duty.line_id not in _lines_of(call):
        return twiml.hang_up()
    if not note_event(call, "accepted", step.posted, sequence=step.number("round"), at=step.at):
        return twiml.nothing() if call.served_by_id == duty.user_id else twiml.hang_up()
    call.served_by_id = duty.user_id
    return twiml.nothing()


def voicemail(step: Step) -> str:
    """A message was left, or the caller said nothing."""
    call, menu = _call_and_menu(step)
    if call is None:
        return twiml.hang_up()
    note_event(call, "recorded", step.posted, at=step.at)
    note_recording(call, step.form.recording_sid, step.form.recording_seconds)
    return twiml.thank(Voice(menu, call.language))


def recording(step: Step) -> str:
    """The recording is ready, or there is none."""
    if (call := _known(step)) is not None:
        form = step.form
        note_event(call, f"recording.{form.recording_status or 'completed'}", step.posted, at=step.at)
        note_recording(call, form.recording_sid, form.recording_seconds, form.recording_status)
    return twiml.nothing()


def status(step: Step) -> str:
    """How the whole call goes on, as the provider sees it; also of a call that hung up before we answered."""
    if (call := _known(step)) is not None and step.form.status:
        form = step.form
        note_event(call, f"status.{form.status}", step.posted, sequence=form.sequence, at=form.at or step.at)
    return twiml.nothing()


STEPS: dict[str, Callable[[Step], str]] = {
    "incoming": incoming, "language": language, "rang": rang, "wait": wait, "queue": queue, "take": take,
    "accept": accept, "voicemail": voicemail, "recording": recording, "status": status,
}  # fmt: skip


def _known(step: Step) -> Call | None:
    """The call that the form is about; None where it came to a line that we do not know, which is told."""
    form = step.form
    line = find_line_by_address(form.line)
    if line is None:
        log.warning("call to an unknown line")
        return None
    return know_call(form, line, at=form.at or step.at)


def _call_and_menu(step: Step) -> tuple[Call | None, HotlineMenu | None]:
    call = _known(step)
    return call, _menu(call) if call is not None else None


def _menu(call: Call) -> HotlineMenu | None:
    return find_menu(get_line(call.line_id))


def _lines_of(call: Call) -> set[UUID]:
    menu = _menu(call)
    return {call.line_id} | ({menu.line_id} if menu is not None else set())


def _go_on(call: Call, menu: HotlineMenu, step: Step) -> str:
    if not is_open_at(get_centre(call.centre_id), step.at):
        return _leave_message(call, menu, first=PromptKey.CLOSED)
    return _ring(call, menu, step, 1)


def _ring(call: Call, menu: HotlineMenu, step: Step, number: int) -> str:
    team, line = who_can_take(menu, call.language), get_line(menu.line_id)
    is_last = number >= ROUNDS
    if not team.free and team.is_somebody_busy and not is_last:
        return twiml.put_in_queue(call.line_id, number)
    if not team.free or line.kind != VOICE:
        return _leave_message(call, menu)
    note_event(call, "ring", step.posted, sequence=number, at=step.at)
    voice = Voice(menu, call.language)
    return twiml.ring_phones(voice, team.free, call.id, number=number, caller_id=line.address)


def _leave_message(call: Call, menu: HotlineMenu | None, *, first: PromptKey | None = None) -> str:
    answer, told = twiml.take_message(Voice(menu, call.language), first=first)
    call.has_consented = call.has_consented or told
    note_event(call, "recording", {})
    return answer
