"""Notes: written once, corrected by a new one, pinned."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import or_, select, update

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import PROTECTED_LEVEL
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.cases.models import Case, Note
from mrc.cases.states import NoteKind
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused


def add_note(
    case: Case,
    text: str,
    *,
    by: Identity,
    corrects: Note | None = None,
    kind: NoteKind = NoteKind.CASE_NOTE,
    level: int = 1,
) -> Note:
    """Write a note into a case; audited. A correction names the note it corrects, which stays as it was.

    What is written about somebody's safety is protected at least. A correction is as protected as what it
    corrects, and takes its place on top; when it is more protected, what it corrects becomes so too.
    Raises Refused for an empty note, and for one that was corrected already.
    """
    if not by.can(Permission.CASE_WORK, case.centre_id):
        raise Forbidden
    if not text.strip():
        raise Refused(fields={"text": _("The note is empty.")})
    level = max(level, PROTECTED_LEVEL) if kind is NoteKind.SAFETY else max(level, 1)
    note = Note(case_id=case.id, author_id=by.user_id, kind=kind, confidentiality=level)
    note.text = text
    if corrects is not None:
        _put_in_place_of(note, corrects)
    db.session.add(note)
    case.last_activity_at = clock.now()
    case.first_response_at = case.first_response_at or case.last_activity_at
    record(
        Event.NOTE_ADDED,
        by=by,
        centre_id=case.centre_id,
        subject=("case", case.id),
        details={
            "note": str(note.id),
            "kind": kind.value,
            "corrects": str(corrects.id) if corrects else None,
        },
    )
    return note


def pin_note(case: Case, note: Note, *, is_pinned: bool, by: Identity) -> None:
    """Let a note stand on top of the case, or take it down again; audited. Its text stays as it was."""
    if not by.can(Permission.CASE_WORK, case.centre_id):
        raise Forbidden
    if (note.pinned_at is not None) == is_pinned:
        return
    note.pinned_at = clock.now() if is_pinned else None
    note.pinned_by_id = by.user_id if is_pinned else None
    record(
        Event.NOTE_PINNED,
        by=by,
        centre_id=case.centre_id,
        subject=("case", case.id),
        details={"note": str(note.id), "pinned": is_pinned},
    )


def _put_in_place_of(note: Note, corrects: Note) -> None:
    if db.session.scalar(select(Note.id).where(Note.corrects_id == corrects.id)) is not None:
        raise Refused(_("This note was corrected already. Look at its newest text."))
    note.corrects_id = corrects.id
    note.original_id = corrects.original_id or corrects.id
    note.confidentiality = max(note.confidentiality, corrects.confidentiality)
    note.pinned_at, note.pinned_by_id = corrects.pinned_at, corrects.pinned_by_id
    corrects.pinned_at = corrects.pinned_by_id = None
    earlier = or_(Note.id == note.original_id, Note.original_id == note.original_id)
    raised = update(Note).where(earlier).values(confidentiality=note.confidentiality)
    db.session.execute(raised.execution_options(synchronize_session="fetch"))
