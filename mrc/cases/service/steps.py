"""What every step of something inside a case has in common: who may, how it is recorded, on what case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.cases.models import Case
from mrc.cases.states import WORKED_ON
from mrc.core import clock
from mrc.core.errors import Forbidden, Refused
from mrc.core.states import Machine, move


def refuse_unless_worked_on(case: Case, by: Identity) -> None:
    """Raise Forbidden without the right to work on the case, Refused while the case is not open."""
    if not by.can(Permission.CASE_WORK, case.centre_id):
        raise Forbidden
    if case.status not in WORKED_ON:
        raise Refused(_("The case is not open."))


def permitted(by: Identity, permission: StrEnum, centre_id: UUID | None) -> bool:
    """Whether somebody holds a permission in a centre, as `move` asks."""
    return by.can(Permission(str(permission)), centre_id)


def step_within(
    case: Case, row: Any, action: str, machine: Machine, *, by: Identity, **facts: object
) -> None:
    """Take one step of a row inside an open case and note the case's activity; audited under the row's own
    table.
    """
    refuse_unless_worked_on(case, by)
    case.last_activity_at = clock.now()
    recorder = recorder_of(case, (row.__tablename__, row.id))
    move(row, action, machine, by=by, centre_id=case.centre_id, permits=permitted, record=recorder, **facts)


def recorder_of(case: Case, subject: tuple[str, UUID]) -> Callable[[Any, Identity, str, str], None]:
    """How `move` writes a step into the log: from where to where, and in which case."""

    def write(event: Any, by: Identity, before: str, after: str) -> None:
        details = {"from": before, "to": after, "case": str(case.id)}
        record(event, by=by, centre_id=case.centre_id, subject=subject, details=details)

    return write


def change_row(case: Case, row: Any, values: Mapping[str, object], event: Event, *, by: Identity) -> None:
    """Write values over a row inside an open case; audited with both values where something differs."""
    refuse_unless_worked_on(case, by)
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        if before[name] != value:
            setattr(row, name, value)
    if changes := changes_between(before, values):
        case.last_activity_at = clock.now()
        record(
            event,
            by=by,
            centre_id=case.centre_id,
            subject=(row.__tablename__, row.id),
            details={"case": str(case.id), "fields": [change.field for change in changes]},
            changes=changes,
        )
