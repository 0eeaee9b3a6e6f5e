"""What happened in a case or with a person, as sources of the one timeline (`mrc.web.timeline`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from mrc.access.identity import Identity
from mrc.cases.models import Case, Consultation, Note
from mrc.cases.policy import CASES, CONSULTATIONS, NOTES
from mrc.core.db import db
from mrc.core.paging import newest_before
from mrc.messaging.models import Message, Thread
from mrc.messaging.policy import MESSAGES

Point = tuple[datetime, UUID]
PINNED = 10
"""At most so many pinned notes stand on top."""


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
    """The newest visible notes of a case, or of all cases of a person, older than `before`; a corrected one
    stands once, with what it said before.
    """
    if case_id:
        ours = Note.case_id == case_id
    else:
        ours = Note.case_id.in_(select(Case.id).where(Case.person_id == person_id))
    query = NOTES.visible(by, select(Note).where(ours, _is_newest()))
    return _with_earlier(newest_before(query, Note.created_at, Note.id, before, size))


def list_pinned_notes(case: Case, *, by: Identity) -> Sequence[Note]:
    """The visible notes that stand on top of a case, the latest pinned first."""
    query = select(Note).where(Note.case_id == case.id, Note.pinned_at.is_not(None), _is_newest())
    order = (Note.pinned_at.desc(), Note.id.desc())
    return _with_earlier(db.session.scalars(NOTES.visible(by, query).order_by(*order).limit(PINNED)).all())


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


def _is_newest() -> Any:
    """The condition that no other note corrects a note."""
    later = aliased(Note)
    return ~select(later.id).where(later.corrects_id == Note.id).exists()


def _with_earlier(notes: Sequence[Note]) -> Sequence[Note]:
    """The notes, each told what it said before it was corrected."""
    earlier = _earlier_of(notes)
    for note in notes:
        note.remember(earlier.get(note.id, ()))
    return notes


def _earlier_of(notes: Sequence[Note]) -> dict[UUID, tuple[Note, ...]]:
    """What the corrected ones among these notes said before: note id → earlier ones, newest first."""
    corrected = [note for note in notes if note.corrects_id is not None]
    if not corrected:
        return {}
    # Corrections of before chains were kept name only the note that they correct.
    firsts = {note.id: note.original_id or note.corrects_id for note in corrected}
    wanted = set(firsts.values())
    query = select(Note).where(or_(Note.id.in_(wanted), Note.original_id.in_(wanted)))
    rows = db.session.scalars(query.order_by(Note.created_at.desc(), Note.id.desc())).all()
    by_first: dict[UUID | None, list[Note]] = {}
    for row in rows:
        by_first.setdefault(row.original_id or row.id, []).append(row)
    return {
        note_id: tuple(row for row in by_first.get(first, ()) if row.id != note_id)
        for note_id, first in firsts.items()
    }
