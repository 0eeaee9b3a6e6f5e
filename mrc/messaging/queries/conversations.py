"""What people see of conversations. Lists open only the sealed values that they show, in a constant number
of queries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import g
from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select
from sqlalchemy.orm import joinedload

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.accounts.queries import answers_in
from mrc.centres.models import PhoneLine
from mrc.centres.queries import list_lines
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import NotFound
from mrc.core.paging import COUNTED_UP_TO, Page, page_of
from mrc.core.phones import format_phone
from mrc.messaging.codes import words_of
from mrc.messaging.models import InboundEvent, Message, Thread
from mrc.messaging.optout import may_ask_to_stop
from mrc.messaging.policy import THREADS
from mrc.messaging.queries.extras import Extras, extras_of, list_quoted
from mrc.messaging.queries.media import MediaRow, list_media_rows
from mrc.messaging.states import Channel, Direction, InboundState, MessageStatus, Purpose, ThreadStatus
from mrc.messaging.wire import read_inbound
from mrc.persons.models import Person
from mrc.persons.policy import PERSONS

WINDOW = timedelta(hours=24)
MARGIN = timedelta(minutes=2)
"""Our clock and the provider's may differ: we stop a little before the window closes."""
SHOWN = 25
OVERDUE_AFTER = timedelta(hours=1)
MESSAGES_SHOWN = 50


@dataclass(frozen=True)
class ThreadRow:
    """A thread as a list shows it."""

    id: UUID
    title: str
    channel: str
    status: str
    confidentiality: int
    last_line: str | None
    waiting_since: datetime | None
    last_message_at: datetime
    unread_count: int
    assignee_id: UUID | None
    language: str | None
    labels: Sequence[str]
    snoozed_until: datetime | None


@dataclass(frozen=True)
class ThreadFilter:
    """What the chips over the inbox say; empty fields do not narrow."""

    channel: str | None = None
    language: str | None = None
    label: str | None = None
    overdue: bool = False
    for_me: bool = False
    """In a language that the reader answers in, and about what they answer on."""
    centre_id: UUID | None = None
    line_id: UUID | None = None


@dataclass(frozen=True)
class MessageRow:
    """A message as the conversation shows it."""

    id: UUID
    direction: Direction
    at: datetime
    body: str | None
    files: tuple[MediaRow, ...]
    extras: Extras
    status: MessageStatus
    error_words: str
    author_id: UUID | None
    purpose: Purpose
    may_ask_to_stop: bool
    """Whether it may ask for no more messages; somebody must decide."""


EVERY_THREAD = ThreadFilter()


def get_thread(thread_id: UUID, *, by: Identity) -> Thread:
    """The thread. Raises NotFound when absent or hidden."""
    thread: Thread = THREADS.get(by, thread_id)
    return thread


def find_thread(thread_id: UUID, *, by: Identity) -> Thread | None:
    """The thread, if the reader may see it."""
    return db.session.scalar(THREADS.visible(by, select(Thread).where(Thread.id == thread_id)))


def window_closes_at(thread: Thread) -> datetime | None:
    """Until when a free answer is possible: 24 hours from their last message, a little less; None for SMS."""
    if thread.channel is not Channel.WHATSAPP or thread.last_inbound_at is None:
        return None
    return thread.last_inbound_at + WINDOW - MARGIN


def list_threads(
    identity: Identity,
    *,
    tab: str,
    cursor: str | None,
    wanted: ThreadFilter = EVERY_THREAD,
    size: int = SHOWN,
) -> Page[ThreadRow]:
    """The visible threads of a tab (mine, unassigned, team, snoozed, done), narrowed as wanted.

    Those that wait come by how long they wait, the others by the newest message.
    """
    query = _narrowed(_shown(identity), wanted, identity)
    by_waiting = tab in {"team", "unassigned"}
    order = (Thread.waiting_since, Thread.id) if by_waiting else (Thread.last_message_at, Thread.id)
    query = query.where(*_of_tab(tab, identity))
    page = page_of(query, order=order, cursor=cursor, size=size, ascending=by_waiting)
    return page.with_items(_rows(identity, page.items))


def count_tabs(identity: Identity) -> dict[str, int]:
    """How many threads each tab but `done` holds, up to a hundred."""
    return {
        tab: db.session.scalar(
            select(func.count()).select_from(
                THREADS.visible(identity, select(Thread.id))
                .where(*_of_tab(tab, identity))
                .limit(COUNTED_UP_TO)
                .subquery()
            )
        )
        or 0
        for tab in ("mine", "unassigned", "team", "snoozed")
    }


def waiting_threads(identity: Identity, limit: int) -> Sequence[ThreadRow]:
    """The threads that wait for an answer, the longest first."""
    if not identity.can(Permission.THREAD_VIEW):
        return ()
    query = _shown(identity).where(*_of_tab("team", identity))
    threads = db.session.scalars(query.order_by(Thread.waiting_since, Thread.id).limit(limit)).all()
    return _rows(identity, threads)


def count_waiting(identity: Identity) -> int:
    """How many threads wait for an answer in the reader's centres, up to a hundred; asked once a request."""
    if "waiting_threads" not in g:
        waiting = THREADS.visible(identity, select(Thread.id)).where(*_of_tab("team", identity))
        first = waiting.limit(COUNTED_UP_TO).subquery()
        g.waiting_threads = db.session.scalar(select(func.count()).select_from(first)) or 0
    count: int = g.waiting_threads
    return count


def list_messages(thread: Thread, *, cursor: str | None, size: int = MESSAGES_SHOWN) -> Page[MessageRow]:
    """The messages of a thread that the reader was let into, newest first."""
    query = select(Message).where(Message.thread_id == thread.id)
    page = page_of(query, order=(Message.at, Message.id), cursor=cursor, size=size)
    files = list_media_rows([message.id for message in page.items])
    quoted = list_quoted(thread.id, page.items)
    return page.with_items([_message_row(each, files.get(each.id, ()), quoted) for each in page.items])


def list_quarantined(identity: Identity, limit: int = 25) -> Sequence[InboundEvent]:
    """What came to lines that we do not know, oldest first; for those who may handle it."""
    if not identity.can(Permission.QUARANTINE_HANDLE):
        return ()
    query = select(InboundEvent).where(InboundEvent.state == InboundState.QUARANTINED)
    return db.session.scalars(query.order_by(InboundEvent.at, InboundEvent.id).limit(limit)).all()


def get_quarantined(event_id: UUID, *, by: Identity) -> InboundEvent:
    """A quarantined form. Raises NotFound without the right, and once it was filed."""
    event = db.session.get(InboundEvent, event_id)
    if (
        event is None
        or event.state is not InboundState.QUARANTINED
        or not by.can(Permission.QUARANTINE_HANDLE)
    ):
        raise NotFound
    return event


def list_lines_for(event: InboundEvent, *, by: Identity) -> Sequence[PhoneLine]:
    """The lines of the reader's centres that a quarantined message can belong to: those of its channel."""
    kind = Channel.WHATSAPP if read_inbound(event.raw).is_whatsapp else Channel.SMS
    return [line for line in list_lines(by.centres(Permission.QUARANTINE_HANDLE)) if line.kind == kind]


def title_of(thread: Thread, person: Person | None) -> str:
    """How a thread is called: the person, else what the messenger shows, else the number."""
    if person is not None and person.name:
        return person.name
    return thread.address.profile_name or format_phone(thread.address.value or "")


def _shown(identity: Identity) -> Select[Thread]:
    return THREADS.visible(identity, select(Thread)).options(joinedload(Thread.address))


def _of_tab(tab: str, identity: Identity) -> list[ColumnElement[bool]]:
    if tab == "done":
        return [Thread.status == ThreadStatus.DONE]
    if tab == "mine":
        return [Thread.assignee_id == identity.user_id, Thread.status != ThreadStatus.DONE]
    now = clock.now()
    if tab == "snoozed":
        return [Thread.snoozed_until > now, Thread.status != ThreadStatus.DONE]
    waiting = [
        Thread.status == ThreadStatus.WAITING,
        or_(Thread.snoozed_until.is_(None), Thread.snoozed_until <= now),
    ]
    return [*waiting, Thread.assignee_id.is_(None)] if tab == "unassigned" else waiting


def _narrowed(query: Select[Thread], wanted: ThreadFilter, identity: Identity) -> Select[Thread]:
    exact = {
        Thread.centre_id: wanted.centre_id,
        Thread.line_id: wanted.line_id,
        Thread.channel: wanted.channel,
        Thread.language: wanted.language,
    }
    query = query.where(*(column == value for column, value in exact.items() if value is not None))
    if wanted.label is not None:
        query = query.where(_has_label(wanted.label))
    if wanted.overdue:
        query = query.where(Thread.waiting_since < clock.now() - OVERDUE_AFTER)
    if wanted.for_me and identity.user_id is not None:
        languages, skills = answers_in(identity.user_id)
        if languages:
            query = query.where(or_(Thread.language.is_(None), Thread.language.in_(languages)))
        if skills:
            query = query.where(or_(_text_of_labels() == "[]", *(_has_label(code) for code in skills)))
    return query


def _has_label(code: str) -> ColumnElement[bool]:
    return _text_of_labels().contains(f'"{code}"', autoescape=True)


def _text_of_labels() -> ColumnElement[str]:
    return cast(Thread.labels, String)


def _rows(identity: Identity, threads: Sequence[Thread]) -> list[ThreadRow]:
    """The threads with the names of the persons whom the reader may see; whoever holds the thread of a
    protected person sees the number instead.
    """
    person_ids = [thread.person_id for thread in threads if thread.person_id]
    query = PERSONS.visible(identity, select(Person).where(Person.id.in_(person_ids)))
    persons = {person.id: person for person in db.session.scalars(query)}
    return [_row(thread, persons.get(thread.person_id) if thread.person_id else None) for thread in threads]


def _row(thread: Thread, person: Person | None) -> ThreadRow:
    return ThreadRow(
        id=thread.id,
        title=title_of(thread, person),
        channel=thread.channel.value,
        status=thread.status.value,
        confidentiality=thread.confidentiality,
        last_line=thread.last_line,
        waiting_since=thread.waiting_since,
        last_message_at=thread.last_message_at,
        unread_count=thread.unread_count,
        assignee_id=thread.assignee_id,
        language=thread.language,
        labels=tuple(thread.labels),
        snoozed_until=thread.snoozed_until,
    )


def _message_row(message: Message, files: Sequence[MediaRow], quoted: Mapping[str, str]) -> MessageRow:
    return MessageRow(
        id=message.id,
        direction=message.direction,
        at=message.at,
        body=message.body,
        files=tuple(files),
        extras=extras_of(message, quoted),
        status=message.status,
        error_words=words_of(message.error_code, message.reason),
        author_id=message.author_id,
        purpose=message.purpose,
        may_ask_to_stop=message.direction is Direction.IN and may_ask_to_stop(message.body or ""),
    )
