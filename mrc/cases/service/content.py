"""What is written into a case: needs and notes."""

from __future__ import annotations

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.cases.models import Case, Need, Note
from mrc.cases.states import WORKED_ON, NeedStatus
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused


def add_need(case: Case, area: str, *, by: Identity) -> Need:
    """Add a need to a case; audited."""
    _refuse_unless_worked_on(case, by)
    need = Need(case_id=case.id, area=area, status=NeedStatus.OPEN)
    db.session.add(need)
    record(
        Event.NEED_ADDED, by=by, centre_id=case.centre_id, subject=("case", case.id), details={"area": area}
    )
    return need


def settle_need(case: Case, need: Need, status: NeedStatus, *, by: Identity) -> None:
    """Say what became of a need; audited."""
    _refuse_unless_worked_on(case, by)
    if need.status is status:
        return
    record(
        Event.CASE_CHANGED,
        by=by,
        centre_id=case.centre_id,
        subject=("case", case.id),
        details={"need": str(need.id), "from": need.status.value, "to": status.value},
    )
    need.status = status


def add_note(case: Case, text: str, *, by: Identity, corrects: Note | None = None) -> Note:
    """Write a note into a case; audited. A correction names the note it corrects, which stays as it was."""
    if not by.can(Permission.CASE_WORK, case.centre_id):
        raise Forbidden
    if not text.strip():
        raise Refused(fields={"text": _("The note is empty.")})
    note = Note(case_id=case.id, author_id=by.user_id, corrects_id=corrects.id if corrects else None)
    note.text = text
    db.session.add(note)
    case.last_activity_at = clock.now()
    record(
        Event.NOTE_ADDED,
        by=by,
        centre_id=case.centre_id,
        subject=("case", case.id),
        details={"note": str(note.id)},
    )
    return note


def _refuse_unless_worked_on(case: Case, by: Identity) -> None:
    if not by.can(Permission.CASE_WORK, case.centre_id):
        raise Forbidden
    if case.status not in WORKED_ON:
        raise Refused(_("The case is not open."))
