"""What happened in a case, newest first, at a cost that does not grow with the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from mrc.cases.models import Case, Consultation, Note
from mrc.core.db import db

TIMELINE_SHOWN = 30


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened in a case: a consultation or a note."""

    kind: str
    at: datetime
    row: Consultation | Note

    @property
    def key(self) -> tuple[datetime, UUID]:
        return self.at, self.row.id


@dataclass(frozen=True)
class Timeline:
    """The newest entries of a case, and where the older ones go on."""

    entries: tuple[TimelineEntry, ...]
    older: str | None


def get_timeline(
    case: Case, *, before: tuple[datetime, UUID] | None = None, size: int = TIMELINE_SHOWN
) -> Timeline:
    """The newest entries of a case the reader was let into, older than `before`.

    Two indexed reads, one of consultations and one of notes, merged by time: the cost does not grow with the
    case.
    """
    consultations = _older(
        select(Consultation).where(Consultation.case_id == case.id), Consultation.started_at, before
    )
    notes = _older(select(Note).where(Note.case_id == case.id), Note.created_at, before)
    entries = [
        *(TimelineEntry("consultation", row.started_at, row) for row in _first(consultations, size)),
        *(TimelineEntry("note", row.created_at, row) for row in _first(notes, size)),
    ]
    entries.sort(key=lambda entry: entry.key, reverse=True)
    shown = tuple(entries[:size])
    older = f"{shown[-1].at.isoformat()}_{shown[-1].row.id}" if len(entries) > size else None
    return Timeline(shown, older)


def parse_timeline_cursor(text: str | None) -> tuple[datetime, UUID] | None:
    """The point a timeline goes on from; None for anything that we did not write ourselves."""
    at, _, row_id = (text or "").partition("_")
    try:
        instant, key = datetime.fromisoformat(at), UUID(row_id)
    except ValueError:
        return None
    return (instant, key) if instant.tzinfo else None


def _older(query: Select[Any], at: Any, before: tuple[datetime, UUID] | None) -> Select[Any]:
    model = query.column_descriptions[0]["entity"]
    if before is not None:
        query = query.where(or_(at < before[0], and_(at == before[0], model.id < before[1])))
    return query.order_by(at.desc(), model.id.desc())


def _first(query: Select[Any], size: int) -> Sequence[Any]:
    return db.session.scalars(query.limit(size + 1)).all()
