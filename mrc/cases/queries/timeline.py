"""What happened in a case, newest first, at a cost that does not grow with the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import aliased

from mrc.access.identity import Identity
from mrc.cases.models import Case, Consultation, Note
from mrc.cases.policy import NOTE_LEVEL
from mrc.core.db import db

TIMELINE_SHOWN = 30
PINNED = 10
"""At most so many pinned notes stand on top."""


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened in a case: a consultation or a note."""

    kind: str
    at: datetime
    row: Consultation | Note
    earlier: tuple[Note, ...] = ()
    """What a corrected note said before, newest first."""

    @property
    def key(self) -> tuple[datetime, UUID]:
        return self.at, self.row.id


@dataclass(frozen=True)
class Timeline:
    """The newest entries of a case, and where the older ones go on."""

    entries: tuple[TimelineEntry, ...]
    older: str | None
    pinned: tuple[TimelineEntry, ...] = ()
    """Notes that stand on top whatever their age; they are not among the entries beneath."""


def get_timeline(
    case: Case,
    *,
    by: Identity,
    before: tuple[datetime, UUID] | None = None,
    size: int = TIMELINE_SHOWN,
) -> Timeline:
    """The newest entries of a case the reader was let into, older than `before`, without the notes whose own
    level hides them.

    Indexed reads of consultations, notes, pinned notes and what corrected notes said before, merged by time:
    the cost does not grow with the case.
    """
    consultations = _older(
        select(Consultation).where(Consultation.case_id == case.id), Consultation.started_at, before
    )
    newest = select(Note).where(Note.case_id == case.id, NOTE_LEVEL.within(by, case), _is_newest())
    pinned = _pinned(newest) if before is None else ()
    others = newest.where(Note.id.not_in([note.id for note in pinned])) if pinned else newest
    notes = _first(_older(others, Note.created_at, before), size)
    earlier = _earlier_of([*notes, *pinned])
    entries = [
        *(TimelineEntry("consultation", row.started_at, row) for row in _first(consultations, size)),
        *(TimelineEntry("note", row.created_at, row, earlier.get(row.id, ())) for row in notes),
    ]
    entries.sort(key=lambda entry: entry.key, reverse=True)
    shown = tuple(entries[:size])
    older = f"{shown[-1].at.isoformat()}_{shown[-1].row.id}" if len(entries) > size else None
    on_top = (TimelineEntry("note", row.created_at, row, earlier.get(row.id, ())) for row in pinned)
    return Timeline(shown, older, tuple(on_top))


def parse_timeline_cursor(text: str | None) -> tuple[datetime, UUID] | None:
    """The point a timeline goes on from; None for anything that we did not write ourselves."""
    at, _, row_id = (text or "").partition("_")
    try:
        instant, key = datetime.fromisoformat(at), UUID(row_id)
    except ValueError:
        return None
    return (instant, key) if instant.tzinfo else None


def _is_newest() -> Any:
    """The condition that no other note corrects a note."""
    later = aliased(Note)
    return ~select(later.id).where(later.corrects_id == Note.id).exists()


def _pinned(notes: Select[Any]) -> Sequence[Note]:
    order = (Note.pinned_at.desc(), Note.id.desc())
    return db.session.scalars(notes.where(Note.pinned_at.is_not(None)).order_by(*order).limit(PINNED)).all()


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


def _older(query: Select[Any], at: Any, before: tuple[datetime, UUID] | None) -> Select[Any]:
    model = query.column_descriptions[0]["entity"]
    if before is not None:
        query = query.where(or_(at < before[0], and_(at == before[0], model.id < before[1])))
    return query.order_by(at.desc(), model.id.desc())


def _first(query: Select[Any], size: int) -> Sequence[Any]:
    return db.session.scalars(query.limit(size + 1)).all()
