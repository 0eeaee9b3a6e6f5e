"""What happened in a case or with a person, as sources of the one timeline (`mrc.web.timeline`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.cases.models import Case, Consultation, Note
from mrc.cases.policy import CASES, CONSULTATIONS, NOTES
from mrc.core.paging import newest_before
from mrc.messaging.models import Message, Thread
from mrc.messaging.policy import MESSAGES

Point = tuple[datetime, UUID]


def consultation_rows(
    *, by: Identity, person_id: UUID, case_id: UUID | None, before: Point | None, size: int
) -> Sequence[Consultation]:
    """The newest visible consultations of a case, or of a person, older than `before`."""
    ours = Consultation.case_id == case_id if case_id else Consultation.person_id == person_id
    query = CONSULTATIONS.visible(by, select(Consultation).where(ours))
    return newest_before(query, Consultation.started_at, Consultation.id, before, size)


def note_rows(
    *, by: Identity, person_id: UUID, case_id: UUID | None, before: Point | None, size: int
) -> Sequence[Note]:
    """The newest visible notes of a case, or of all cases of a person, older than `before`."""
    if case_id:
        ours = Note.case_id == case_id
    else:
        ours = Note.case_id.in_(select(Case.id).where(Case.person_id == person_id))
    query = NOTES.visible(by, select(Note).where(ours))
    return newest_before(query, Note.created_at, Note.id, before, size)


def message_rows(
    *, by: Identity, person_id: UUID, case_id: UUID | None, before: Point | None, size: int
) -> Sequence[Message]:
    """The newest visible messages older than `before`: of the person's threads, or of those threads of theirs
    in which a consultation of the case was held.
    """
    threads = select(Thread.id).where(Thread.person_id == person_id)
    if case_id:
        held_in = select(Consultation.thread_id).where(
            Consultation.case_id == case_id, Consultation.thread_id.is_not(None)
        )
        threads = threads.where(Thread.id.in_(held_in))
    query = MESSAGES.visible(by, select(Message).where(Message.thread_id.in_(threads)))
    return newest_before(query, Message.at, Message.id, before, size)


def opened_case_rows(
    *, by: Identity, person_id: UUID, case_id: UUID | None, before: Point | None, size: int
) -> Sequence[Case]:
    """The visible cases of a person by when they were opened; none on the page of one case."""
    if case_id is not None:
        return ()
    query = CASES.visible(by, select(Case).where(Case.person_id == person_id))
    return newest_before(query, Case.opened_at, Case.id, before, size)


def closed_case_rows(
    *, by: Identity, person_id: UUID, case_id: UUID | None, before: Point | None, size: int
) -> Sequence[Case]:
    """The visible closed cases of a person by when they were closed; none on the page of one case."""
    if case_id is not None:
        return ()
    closed = select(Case).where(Case.person_id == person_id, Case.closed_at.is_not(None))
    return newest_before(CASES.visible(by, closed), Case.closed_at, Case.id, before, size)
