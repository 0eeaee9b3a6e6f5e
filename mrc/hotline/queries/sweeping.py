"""What we know of what the provider lists, and of what lies on the disk."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from mrc.attachments.queries import holds_files
from mrc.core.db import db
from mrc.hotline.models import Call, Voicemail, VoicePrompt


def list_calls_with(sids: Collection[str]) -> dict[str, bool]:
    """The calls that we know among these ids of the provider, and whether each is over."""
    query = select(Call.provider_sid, Call.ended_at).where(Call.provider_sid.in_(sids))
    return {sid: ended_at is not None for sid, ended_at in db.session.execute(query) if sid is not None}


def list_known_recordings(sids: Collection[str]) -> set[str]:
    """Those of the provider's ids that a recording is stored under."""
    query = select(Voicemail.provider_sid).where(Voicemail.provider_sid.in_(sids))
    return set(db.session.scalars(query))


@holds_files
def find_kept_sounds(ids: Collection[UUID]) -> set[UUID]:
    """Those of the files that are prompts, or recordings that were not destroyed."""
    kept = select(Voicemail.id).where(Voicemail.id.in_(ids), Voicemail.key_sealed.is_not(None))
    prompts = select(VoicePrompt.id).where(VoicePrompt.id.in_(ids))
    return {*db.session.scalars(kept), *db.session.scalars(prompts)}
