"""What colleagues do at a conversation beside answering: notes, labels, putting off, being there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Table, update

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db, uuid7
from mrc.core.db.upsert import insert_if_absent
from mrc.core.errors import Forbidden, Refused
from mrc.core.text import clean
from mrc.messaging.models import Message, MessageCase, Thread, ThreadNote, ThreadPresence
from mrc.messaging.policy import THREADS
from mrc.messaging.queries.delivery import lock_thread
from mrc.vocab.queries import get_code

LONGEST = 4_000
FURTHEST = timedelta(days=90)
PRESENCE = cast(Table, ThreadPresence.__table__)
LABELS = "thread_labels"


def add_note(thread: Thread, body: str, *, by: Identity) -> ThreadNote:
    """Leave a note among colleagues; it is never sent. Audited. Raises Refused when empty or endless."""
    held = _workable(thread, by)
    text = clean(body).strip()
    if not text or len(text) > LONGEST or by.user_id is None:
        raise Refused(_("A note has between 1 and %(most)s characters.", most=LONGEST))
    note = ThreadNote(id=uuid7(), thread_id=held.id, author_id=by.user_id)
    note.body = text
    db.session.add(note)
    _record(Event.THREAD_NOTED, held, by, note=str(note.id))
    return note


def void_note(thread: Thread, note: ThreadNote, reason: str, *, by: Identity) -> None:
    """Strike one's own note out, with a reason; audited. Raises Forbidden for a colleague's."""
    held = _workable(thread, by)
    if note.author_id != by.user_id:
        raise Forbidden
    if not clean(reason).strip():
        raise Refused(_("Write why."))
    note.voided_at, note.voided_by_id, note.reason = clock.now(), by.user_id, clean(reason).strip()
    _record(Event.THREAD_NOTE_VOIDED, held, by, note=str(note.id))


def set_labels(thread: Thread, codes: Iterable[str], *, by: Identity) -> None:
    """Say what a conversation is about, by codes of the list; audited. Raises Refused for an unknown one."""
    held, wanted = _workable(thread, by), sorted(set(codes))
    if not all(get_code(LABELS, code) for code in wanted):
        raise Refused(_("Choose from the list."))
    if wanted != held.labels:
        held.labels = wanted
        _record(Event.THREAD_LABELLED, held, by, labels=wanted)


def snooze(thread: Thread, until: datetime, *, by: Identity) -> None:
    """Put a conversation off; it comes back by itself then, and whenever they write. Audited."""
    held, now = _workable(thread, by), clock.now()
    if not now < until <= now + FURTHEST:
        raise Refused(_("Choose a time between now and 90 days from now."))
    held.snoozed_until = until
    _record(Event.THREAD_SNOOZED, held, by, until=until.isoformat())


def wake(thread: Thread, *, by: Identity) -> None:
    """Take a conversation up again that was put off; audited, idempotent."""
    held = _workable(thread, by)
    if held.snoozed_until is not None:
        held.snoozed_until = None
        _record(Event.THREAD_SNOOZED, held, by, until="")


def be_present(thread: Thread, *, is_typing: bool, by: Identity) -> None:
    """Say that one has a conversation open, and whether one writes. Not audited: it passes in a minute."""
    if by.user_id is None or not THREADS.permits(by, thread):
        raise Forbidden
    now = clock.now()
    values = {"id": uuid7(), "thread_id": thread.id, "user_id": by.user_id, "seen_at": now}
    insert_if_absent(db.session(), PRESENCE, values, key=["thread_id", "user_id"])
    seen: dict[str, datetime] = {"seen_at": now} | ({"typed_at": now} if is_typing else {})
    mine = (ThreadPresence.thread_id == thread.id, ThreadPresence.user_id == by.user_id)
    db.session.execute(update(ThreadPresence).where(*mine).values(**seen))


def link_case(thread: Thread, message: Message, case_id: UUID, *, by: Identity) -> None:
    """Say that a message belongs to a case that one may read; audited, idempotent."""
    held = _workable(thread, by)
    if message.thread_id != held.id:
        raise Refused
    values = {"id": uuid7(), "message_id": message.id, "case_id": case_id, "created_at": clock.now()}
    table = cast(Table, MessageCase.__table__)
    if insert_if_absent(db.session(), table, values, key=["message_id", "case_id"]):
        _record(Event.MESSAGE_FILED, held, by, message=str(message.id), case=str(case_id))


def _workable(thread: Thread, by: Identity) -> Thread:
    if not THREADS.permits(by, thread, Permission.THREAD_ASSIGN):
        raise Forbidden
    return lock_thread(thread.id)


def _record(event: Event, thread: Thread, by: Identity, **details: object) -> None:
    record(event, by=by, centre_id=thread.centre_id, subject=("thread", thread.id), details=details)
