"""Lines, their menus and prompts, and whose phones may ring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select

from mrc.access.identity import Identity, Scope
from mrc.access.permissions import Permission
from mrc.access.policy import in_scope
from mrc.accounts.queries import list_staff
from mrc.centres.models import PhoneLine
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import NotFound
from mrc.core.files import has_file
from mrc.hotline.models import Call, Duty, HotlineMenu, VoicePrompt
from mrc.hotline.states import CallState, PromptKey

CONTENT = "audio"
"""The one part of the file of a prompt or of a recording."""
VOICE = "voice"
TALKS_AT_MOST = timedelta(hours=2)
IN_EVERY_LANGUAGE: tuple[PromptKey, ...] = tuple(key for key in PromptKey if key is not PromptKey.TAKE_CALL)


@dataclass(frozen=True)
class Ringable:
    """One phone to ring, and whose it is."""

    duty_id: UUID
    user_id: UUID
    phone: str


@dataclass(frozen=True)
class Team:
    """Who can take a call now, and whether others could once they have ended theirs."""

    free: tuple[Ringable, ...] = ()
    is_somebody_busy: bool = False


def list_voice_lines(scope: Scope) -> Sequence[PhoneLine]:
    """The voice lines of the centres of a scope, by label."""
    query = select(PhoneLine).where(in_scope(PhoneLine.centre_id, scope), PhoneLine.kind == VOICE)
    return db.session.scalars(query.order_by(PhoneLine.label, PhoneLine.id)).all()


def get_voice_line(line_id: UUID, *, by: Identity) -> PhoneLine:
    """A voice line that the reader manages. Raises NotFound."""
    scope = by.centres(Permission.HOTLINE_MANAGE)
    query = select(PhoneLine).where(
        PhoneLine.id == line_id, PhoneLine.kind == VOICE, in_scope(PhoneLine.centre_id, scope)
    )
    if (line := db.session.scalar(query)) is None:
        raise NotFound
    return line


def find_menu(line: PhoneLine) -> HotlineMenu | None:
    """The menu of a line; for a WhatsApp line, which can be called too, the one of the centre's hotline."""
    query = select(HotlineMenu).join(PhoneLine, PhoneLine.id == HotlineMenu.line_id)
    if line.kind == VOICE:
        query = query.where(HotlineMenu.line_id == line.id)
    else:
        query = query.where(HotlineMenu.centre_id == line.centre_id, PhoneLine.is_active.is_(True))
    return db.session.scalar(query.order_by(HotlineMenu.is_on.desc(), HotlineMenu.id).limit(1))


def list_prompts(centre_id: UUID) -> dict[tuple[PromptKey, str], VoicePrompt]:
    """The newest prompts of a centre by key and language; the centre's own before those of all centres."""
    query = (
        select(VoicePrompt)
        .where(or_(VoicePrompt.centre_id == centre_id, VoicePrompt.centre_id.is_(None)))
        .order_by(VoicePrompt.number, VoicePrompt.id)
    )
    rows = db.session.scalars(query).all()
    shared = {(row.key, row.language): row for row in rows if row.centre_id is None}
    return shared | {(row.key, row.language): row for row in rows if row.centre_id is not None}


def get_prompt_of(line: PhoneLine, prompt_id: UUID) -> VoicePrompt:
    """A prompt that the line's centre may play. Raises NotFound."""
    prompt = db.session.get(VoicePrompt, prompt_id)
    if prompt is None or prompt.centre_id not in {None, line.centre_id}:
        raise NotFound
    return prompt


def find_prompt(prompt_id: UUID) -> VoicePrompt | None:
    """A prompt by its id, whoever asks: it holds nothing of a person."""
    return db.session.get(VoicePrompt, prompt_id)


def list_missing(menu: HotlineMenu) -> list[tuple[PromptKey, str]]:
    """What must be recorded before the menu can be switched on: key and language, in their order.

    A prompt whose file is not on the disk counts as missing.
    """
    there = {name for name, row in list_prompts(menu.centre_id).items() if has_file(row.id, CONTENT)}
    wanted: list[tuple[PromptKey, str]] = [
        (key, language) for language in menu.languages for key in IN_EVERY_LANGUAGE
    ]
    wanted += [(PromptKey.TAKE_CALL, menu.languages[0])] if menu.languages else []
    return [name for name in wanted if name not in there]


def list_duties(line: PhoneLine) -> Sequence[Duty]:
    """Everybody who may be rung for a line, oldest first."""
    return db.session.scalars(select(Duty).where(Duty.line_id == line.id).order_by(Duty.id)).all()


def get_duty(line: PhoneLine, duty_id: UUID) -> Duty:
    """Somebody's duty for a line. Raises NotFound."""
    duty = db.session.scalar(select(Duty).where(Duty.id == duty_id, Duty.line_id == line.id))
    if duty is None:
        raise NotFound
    return duty


def list_own_duties(identity: Identity) -> Sequence[Duty]:
    """For which lines the reader may be rung, where they still may take calls."""
    scope = identity.centres(Permission.CALL_HANDLE)
    query = select(Duty).where(Duty.user_id == identity.user_id, in_scope(Duty.centre_id, scope))
    return db.session.scalars(query.order_by(Duty.id)).all()


def who_can_take(menu: HotlineMenu, language: str | None) -> Team:
    """The phones of those on duty for a line who speak the language and may take calls."""
    query = select(Duty).where(Duty.line_id == menu.line_id, Duty.is_on.is_(True)).order_by(Duty.id)
    on_duty = db.session.scalars(query).all()
    if not on_duty:
        return Team()
    talking = select(Call.served_by_id).where(
        Call.centre_id == menu.centre_id,
        Call.state == CallState.TALKING,
        Call.started_at > clock.now() - TALKS_AT_MOST,
    )
    busy = set(db.session.scalars(talking))
    staff = {user_id for user_id, _name in list_staff(menu.centre_id, Permission.CALL_HANDLE)}
    able = [
        Ringable(duty.id, duty.user_id, duty.phone)
        for duty in on_duty
        if duty.phone and duty.user_id in staff and (language is None or language in duty.languages)
    ]
    free = tuple(each for each in able if each.user_id not in busy)
    return Team(free, is_somebody_busy=len(free) < len(able))
