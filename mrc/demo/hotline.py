"""The hotline of the demo: tones where voices belong, somebody on duty, and callers who were not spoken to."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.accounts.queries import identity_of
from mrc.centres.models import PhoneLine
from mrc.core import clock
from mrc.core.db import db
from mrc.core.files import new_key, write_file
from mrc.hotline import service
from mrc.hotline.audio import read_sound, tone
from mrc.hotline.models import Call, Voicemail
from mrc.hotline.queries.lines import CONTENT, IN_EVERY_LANGUAGE
from mrc.hotline.service.calls import know_call, note_event, project
from mrc.hotline.states import AudioType, PromptKey, VoicemailState
from mrc.hotline.wire import read_call

LINE = "+924200000101"
LANGUAGES = ("ur", "pa", "en")
COUNSELLOR, COUNSELLORS_PHONE = "counsellor-lahore", "+923215550199"
CALLERS = (("+923005550171", 95, 14), ("+923005550172", 40, 6), ("+923005550173", 20, 0))
"""Who called, how many minutes ago, and how many seconds they spoke after the tone."""
LOWEST, STEP = 300, 30


def make_hotline() -> None:
    """Set the hotline of Lahore up, with two messages and a missed call on it. Does not commit."""
    line = db.session.scalars(select(PhoneLine).where(PhoneLine.address == LINE)).one()
    by, counsellor = Identity.system("demo"), identity_of(COUNSELLOR)
    assert counsellor.user_id is not None
    service.set_menu(line, service.MenuDetails(LANGUAGES), by=by)
    wanted = [(key, language) for language in LANGUAGES for key in IN_EVERY_LANGUAGE]
    for number, (key, language) in enumerate([*wanted, (PromptKey.TAKE_CALL, LANGUAGES[0])]):
        sound = read_sound(tone(600, LOWEST + STEP * number))
        service.add_prompt(line, key, language, sound, is_upload=True, is_sample=True, by=by)
    service.switch_line(line, is_on=True, by=by)
    duty = service.set_duty(line, counsellor.user_id, COUNSELLORS_PHONE, LANGUAGES, by=by)
    service.switch_duty(duty, is_on=True, by=by)
    for number, (caller, minutes, seconds) in enumerate(CALLERS, start=1):
        _missed(line, f"CA{number:032x}", caller, minutes, seconds)


def _missed(line: PhoneLine, sid: str, caller: str, minutes: int, seconds: int) -> None:
    """A call that nobody served, told to us as the provider tells."""
    began = clock.now() - timedelta(minutes=minutes)
    form = {"CallSid": sid, "From": caller, "To": LINE, "Digits": "1", "CallStatus": "completed"}
    call = know_call(read_call(form), line, at=began)
    call.language = LANGUAGES[0]
    note_event(call, "incoming", form, at=began)
    if seconds:
        call.has_consented = True
        _leave(call, f"RE{sid.removeprefix('CA')}", seconds)
        project(call, began)
    note_event(call, "status.completed", form, at=began + timedelta(seconds=seconds + 30))


def _leave(call: Call, sid: str, seconds: int) -> None:
    """What a caller left: a tone, because nobody of the demo has a voice."""
    row = Voicemail(
        call_id=call.id,
        provider_sid=sid,
        seconds=seconds,
        state=VoicemailState.KEPT,
        audio_type=AudioType.WAV,
        fetched_at=clock.now(),
    )
    key = new_key()
    write_file(row.id, CONTENT, tone(1_000 * seconds, 220), key)
    row.file_key = key
    db.session.add(row)
    db.session.flush()
