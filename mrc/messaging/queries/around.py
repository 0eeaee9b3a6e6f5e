"""What stands around a conversation: notes, who is there, words found in it, what came meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import NotFound
from mrc.core.text import fold
from mrc.messaging.models import Message, MessageCase, Thread, ThreadNote, ThreadPresence
from mrc.messaging.states import Direction

THERE_FOR = timedelta(seconds=45)
TYPING_FOR = timedelta(seconds=20)
LOOKED_THROUGH = 1_000
FOUND = 50


@dataclass(frozen=True)
class Present:
    """A colleague who has the conversation open."""

    user_id: UUID
    is_typing: bool


@dataclass(frozen=True)
class Searched:
    """The messages of a conversation that hold some words, newest first, and how many were looked through."""

    found: Sequence[Message]
    looked_through: int
    is_all: bool


def list_notes(thread: Thread) -> Sequence[ThreadNote]:
    """The notes of a conversation that the reader was let into, oldest first."""
    query = select(ThreadNote).where(ThreadNote.thread_id == thread.id)
    return db.session.scalars(query.order_by(ThreadNote.created_at, ThreadNote.id)).all()


def get_note(thread: Thread, note_id: UUID) -> ThreadNote:
    """A note of the conversation that was not struck out. Raises NotFound."""
    note = db.session.get(ThreadNote, note_id)
    if note is None or note.thread_id != thread.id or note.voided_at is not None:
        raise NotFound
    return note


def get_message_of(thread: Thread, message_id: UUID) -> Message:
    """A message of the conversation. Raises NotFound."""
    message = db.session.get(Message, message_id)
    if message is None or message.thread_id != thread.id:
        raise NotFound
    return message


def list_present(thread: Thread, *, but: UUID | None) -> Sequence[Present]:
    """The colleagues who have a conversation open now, and whether they write."""
    now = clock.now()
    query = select(ThreadPresence).where(
        ThreadPresence.thread_id == thread.id, ThreadPresence.seen_at > now - THERE_FOR
    )
    return [
        Present(row.user_id, row.typed_at is not None and row.typed_at > now - TYPING_FOR)
        for row in db.session.scalars(query.order_by(ThreadPresence.seen_at.desc(), ThreadPresence.id))
        if row.user_id != but
    ]


def find_answer_meanwhile(thread: Thread, seen_id: UUID | None, *, by: UUID | None) -> Message | None:
    """What a colleague wrote after the newest message that somebody saw; None when nobody did."""
    seen = db.session.get(Message, seen_id) if seen_id else None
    query = select(Message).where(
        Message.thread_id == thread.id,
        Message.direction == Direction.OUT,
        Message.author_id.is_not(None),
        Message.author_id != by,
    )
    if seen is not None and seen.thread_id == thread.id:
        query = query.where(Message.at >= seen.at, Message.id != seen.id)
    else:
        return None
    return db.session.scalar(query.order_by(Message.at.desc(), Message.id.desc()).limit(1))


def search_thread(thread: Thread, text: str) -> Searched:
    """Look through the newest thousand messages for words, whatever the script's variants."""
    wanted = fold(text)
    query = select(Message).where(Message.thread_id == thread.id)
    newest = db.session.scalars(
        query.order_by(Message.at.desc(), Message.id.desc()).limit(LOOKED_THROUGH + 1)
    ).all()
    looked_at = newest[:LOOKED_THROUGH]
    found = [message for message in looked_at if wanted and wanted in fold(message.body or "")]
    return Searched(found[:FOUND], len(looked_at), len(newest) <= LOOKED_THROUGH)


def list_case_links(message_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[UUID]]:
    """The cases that messages belong to, by message."""
    found: dict[UUID, list[UUID]] = {}
    query = select(MessageCase).where(MessageCase.message_id.in_(message_ids)).order_by(MessageCase.id)
    for link in db.session.scalars(query):
        found.setdefault(link.message_id, []).append(link.case_id)
    return found
