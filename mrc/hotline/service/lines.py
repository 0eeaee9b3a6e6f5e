"""Menus, prompts and duty: what a manager sets up before a line is switched on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.accounts.queries import works_at
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.centres.models import PhoneLine
from mrc.core.db import db
from mrc.core.errors import Forbidden, NotFound, Refused
from mrc.core.files import new_key, read_file, write_file
from mrc.hotline.audio import NotSound, Sound, read_sound
from mrc.hotline.models import Duty, HotlineMenu, VoicePrompt
from mrc.hotline.queries.lines import CONTENT, find_menu, list_missing
from mrc.hotline.states import PromptKey

MOST_LANGUAGES = 9
"""Keys from 1 to 9."""
LONGEST_PROMPT = 120_000
LARGEST_PROMPT = 6 * 1024 * 1024


@dataclass(frozen=True)
class MenuDetails:
    """What a manager says about a line."""

    languages: Sequence[str]
    has_consent_notice: bool = True
    has_voicemail: bool = True
    is_callback_only: bool = False


def set_menu(line: PhoneLine, details: MenuDetails, *, by: Identity) -> HotlineMenu:
    """Change what callers of a line hear; audited. Other languages switch it off until the set is checked.

    Raises Refused without a language, or with more than there are keys.
    """
    _may(line, by)
    languages = list(dict.fromkeys(details.languages))
    if not languages or len(languages) > MOST_LANGUAGES:
        raise Refused(fields={"languages": _("Choose one to nine languages.")})
    menu = find_menu(line)
    if menu is None:
        menu = HotlineMenu(centre_id=line.centre_id, line_id=line.id, languages=languages, is_on=False)
        db.session.add(menu)
    if menu.languages != languages:
        # Each prompt names its key, so another order makes them wrong.
        menu.languages, menu.is_on = languages, False
    menu.has_consent_notice, menu.has_voicemail = details.has_consent_notice, details.has_voicemail
    menu.is_callback_only = details.is_callback_only
    db.session.flush()
    _record(line, by, languages=",".join(languages), callback_only=str(details.is_callback_only))
    return menu


def switch_line(line: PhoneLine, *, is_on: bool, by: Identity) -> None:
    """Let callers hear the menu, or no more; audited. Raises Refused while prompts are missing."""
    _may(line, by)
    menu = find_menu(line)
    if menu is None:
        raise Refused(_("Choose the languages of the line first."))
    if is_on and list_missing(menu):
        raise Refused(_("Some prompts are missing. Record them first: callers would hear nothing."))
    if menu.is_on != is_on:
        menu.is_on = is_on
        _record(line, by, on=str(is_on))


def read_prompt(data: bytes) -> Sound:
    """The sound of a prompt as it will be kept; touches no database. Raises Refused with the reason."""
    if len(data) > LARGEST_PROMPT:
        raise Refused(fields={"file": _("The file is too large. Six megabytes are enough for two minutes.")})
    try:
        sound = read_sound(data)
    except NotSound:
        raise Refused(
            fields={"file": _("This is no sound that can be played. Send a WAV or MP3 file.")}
        ) from None
    if sound.milliseconds > LONGEST_PROMPT:
        raise Refused(fields={"file": _("This is too long. Nobody listens for more than two minutes.")})
    return sound


def add_prompt(
    line: PhoneLine, key: PromptKey, language: str, sound: Sound, *, is_upload: bool, by: Identity,
    is_sample: bool = False,
) -> VoicePrompt:  # fmt: skip
    """Keep a new recording of a prompt; from now on it is the one that is played. Audited."""
    _may(line, by)
    newest = select(func.max(VoicePrompt.number)).where(
        VoicePrompt.centre_id == line.centre_id, VoicePrompt.key == key, VoicePrompt.language == language
    )
    prompt = VoicePrompt(
        centre_id=line.centre_id,
        key=key,
        language=language,
        number=(db.session.scalar(newest) or 0) + 1,
        audio_type=sound.audio_type,
        milliseconds=sound.milliseconds,
        is_upload=is_upload,
        is_sample=is_sample,
        made_by_id=by.user_id,
    )
    file_key = new_key()
    prompt.file_key = file_key
    write_file(prompt.id, CONTENT, sound.content, file_key)
    db.session.add(prompt)
    db.session.flush()
    details = {"key": key.value, "language": language, "number": prompt.number}
    subject = ("voice_prompt", prompt.id)
    record(Event.PROMPT_RECORDED, by=by, centre_id=line.centre_id, subject=subject, details=details)
    return prompt


def open_prompt(prompt: VoicePrompt) -> bytes:
    """The sound of a prompt. Raises NotFound or Unavailable."""
    if not prompt.file_key:
        raise NotFound
    return read_file(prompt.id, CONTENT, prompt.file_key)


def set_duty(line: PhoneLine, user_id: UUID, phone: str, languages: Sequence[str], *, by: Identity) -> Duty:
    """Put somebody on the list of a line, or change their number and languages; audited.

    Raises Refused for somebody who does not take calls in the centre.
    """
    _may(line, by)
    if not works_at(user_id, line.centre_id, Permission.CALL_HANDLE):
        raise Refused(fields={"user": _("This person does not take calls in this centre.")})
    duty = db.session.scalar(select(Duty).where(Duty.line_id == line.id, Duty.user_id == user_id))
    if duty is None:
        duty = Duty(centre_id=line.centre_id, line_id=line.id, user_id=user_id, languages=[])
        db.session.add(duty)
    duty.phone, duty.languages = phone, list(dict.fromkeys(languages))
    db.session.flush()
    _record_duty(duty, by, "set")
    return duty


def end_duty(duty: Duty, *, by: Identity) -> None:
    """Take somebody off the list; their number goes with them. Audited."""
    if not by.can(Permission.HOTLINE_MANAGE, duty.centre_id):
        raise Forbidden
    _record_duty(duty, by, "ended")
    db.session.delete(duty)


def switch_duty(duty: Duty, *, is_on: bool, by: Identity) -> None:
    """Go on duty or off it, oneself or by the manager; audited, idempotent."""
    is_own = duty.user_id == by.user_id and by.can(Permission.CALL_HANDLE, duty.centre_id)
    if not is_own and not by.can(Permission.HOTLINE_MANAGE, duty.centre_id):
        raise Forbidden
    if duty.is_on != is_on:
        duty.is_on = is_on
        _record_duty(duty, by, "on" if is_on else "off")


def _may(line: PhoneLine, by: Identity) -> None:
    if not by.can(Permission.HOTLINE_MANAGE, line.centre_id):
        raise Forbidden


def _record(line: PhoneLine, by: Identity, **details: str) -> None:
    subject = ("phone_line", line.id)
    record(Event.HOTLINE_CHANGED, by=by, centre_id=line.centre_id, subject=subject, details=details)


def _record_duty(duty: Duty, by: Identity, what: str) -> None:
    details = {"what": what, "user": str(duty.user_id)}
    record(Event.DUTY_CHANGED, by=by, centre_id=duty.centre_id, subject=("duty", duty.id), details=details)
