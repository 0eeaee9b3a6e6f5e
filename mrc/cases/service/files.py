"""Files of a case: added, described, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import PROTECTED_LEVEL, SEALED_LEVEL
from mrc.attachments import service as attachments
from mrc.attachments.cleaning.answers import Fault
from mrc.attachments.models import Attachment
from mrc.attachments.queries import count_files
from mrc.attachments.service import FileRefused, NewFile, ReadyFile
from mrc.audit.service import Entry, record, write_now
from mrc.audit.tags import Event
from mrc.cases.models import Case
from mrc.cases.policy import CASES
from mrc.cases.service.steps import change_row
from mrc.cases.states import WORKED_ON
from mrc.core import clock
from mrc.core.errors import Forbidden, Refused

MOST_FILES = 200
OWN_MISTAKE = timedelta(hours=24)
"""So long whoever added a file may withdraw it without a manager."""


def add_file(case: Case, ready: ReadyFile, new: NewFile, *, by: Identity) -> Attachment:
    """Keep a file that was looked through (`prepare_file`) in an open case; audited without its name."""
    if not by.can(Permission.FILE_ADD, case.centre_id):
        raise Forbidden
    if case.status not in WORKED_ON:
        raise Refused(_("The case is not open."))
    if count_files(case.id) >= MOST_FILES:
        raise FileRefused(Fault.TOO_MANY)
    row = attachments.keep_file(ready, new, case_id=case.id, by_id=by.user_id)
    case.last_activity_at = clock.now()
    details = {"type": row.file_type.value, "size": row.size, "level": row.confidentiality}
    _record(Event.FILE_ADDED, case, row, by, {"kind": row.kind, **details})
    return row


def note_refused_file(case: Case, refusal: FileRefused, *, by: Identity) -> None:
    """Write into the log that a file was not taken, and why, in a transaction of its own."""
    details = {"fault": refusal.fault.value, "virus": refusal.virus}
    write_now([Entry(Event.FILE_REFUSED, by, case.centre_id, ("case", case.id), details)])


def change_file(case: Case, row: Attachment, values: Mapping[str, object], *, by: Identity) -> None:
    """Change kind, description or confidentiality of a file; audited.

    Less protected only whoever added it makes it, or who sets levels; nobody hides it from themselves.
    """
    if row.withdrawn_at is not None:
        raise Refused(_("The file was withdrawn. What is said about it stays as it is."))
    level = values.get("confidentiality", row.confidentiality)
    assert isinstance(level, int)
    is_own = by.user_id is not None and row.added_by_id == by.user_id
    if level < row.confidentiality and not (is_own or by.can(Permission.CASE_LEVEL_SET, case.centre_id)):
        raise Refused(
            fields={"level": _("Only whoever added the file, or who sets levels, can open it to more.")}
        )
    if level > row.confidentiality and not is_own and not _would_read(by, case, level):
        raise Refused(fields={"level": _("You would not see the file any more. Ask somebody of the team.")})
    change_row(case, row, values, Event.FILE_CHANGED, by=by)


def may_withdraw(case: Case, row: Attachment, *, by: Identity) -> bool:
    """A manager at any time; whoever added a file within a day, because slips are noticed then."""
    if row.withdrawn_at is not None:
        return False
    if by.can(Permission.FILE_WITHDRAW, case.centre_id):
        return True
    is_own = by.user_id is not None and row.added_by_id == by.user_id
    is_fresh = clock.now() - row.created_at <= OWN_MISTAKE
    return is_own and is_fresh and by.can(Permission.FILE_ADD, case.centre_id)


def withdraw_file(case: Case, row: Attachment, reason: str, *, by: Identity) -> None:
    """Destroy the bytes of a file for good; the row stays with the reason; audited. Also in a closed case."""
    if row.withdrawn_at is not None:
        raise Refused(_("The file was withdrawn already."))
    if not may_withdraw(case, row, by=by):
        raise Forbidden
    if not reason.strip():
        raise Refused(fields={"reason": _("Write why the file is withdrawn.")})
    attachments.withdraw_file(row, reason, by_id=by.user_id)
    _record(Event.FILE_WITHDRAWN, case, row, by, {})


def _would_read(by: Identity, case: Case, level: int) -> bool:
    if CASES.team_has(by, case):
        return True
    protects = by.can(Permission.PROTECTED_VIEW, case.centre_id)
    return level < PROTECTED_LEVEL or (level < SEALED_LEVEL and protects)


def _record(event: Event, case: Case, row: Attachment, by: Identity, details: Mapping[str, object]) -> None:
    record(
        event,
        by=by,
        centre_id=case.centre_id,
        subject=("attachment", row.id),
        details={"case": str(case.id), **details},
    )
