"""Leave: the tasks of somebody who is away go to who stands in, and come back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.tasks.models import Absence, Task
from mrc.tasks.queries import find_absence, list_handed_over, list_open_of


def record_absence(
    user_id: UUID,
    substitute_id: UUID,
    days: tuple[date, date],
    *,
    centre_id: UUID,
    by: Identity,
) -> tuple[Absence, Sequence[Task]]:
    """Record who is away and hand over what falls due meanwhile, and what is overdue; audited.

    Everybody may record their own leave; another's needs the right to assign. Returns the tasks handed over.
    Raises Forbidden, or Refused for days in the past, for oneself as substitute or one who is away too.
    """
    is_own = user_id == by.user_id and by.can(Permission.TASK_WORK, centre_id)
    if not is_own and not by.can(Permission.TASK_ASSIGN, centre_id):
        raise Forbidden
    first, last = days
    centre = get_centre(centre_id)
    if last < first or last < clock.today_in(centre.time_zone):
        raise Refused(fields={"until_on": _("The last day lies before the first, or in the past.")})
    if substitute_id == user_id:
        raise Refused(fields={"substitute": _("Choose somebody else to stand in.")})
    if find_absence(substitute_id, first) or find_absence(substitute_id, last):
        raise Refused(fields={"substitute": _("This colleague is away then, too.")})
    absence = Absence(
        centre_id=centre_id, user_id=user_id, substitute_id=substitute_id, from_on=first, until_on=last
    )
    db.session.add(absence)
    db.session.flush()
    zone = ZoneInfo(centre.time_zone)
    handed = [
        task for task in list_open_of(user_id, centre_id) if task.due_at.astimezone(zone).date() <= last
    ]
    for task in handed:
        task.assignee_id, task.absence_id = substitute_id, absence.id
    record(
        Event.ABSENCE_RECORDED,
        by=by,
        centre_id=centre_id,
        subject=("absence", absence.id),
        details={"user": str(user_id), "substitute": str(substitute_id), "tasks": len(handed)},
    )
    return absence, handed


def end_absence(absence: Absence, *, by: Identity) -> int:
    """Give back what the substitute has not done, unless it was given to a third person; audited, idempotent.

    Returns how many tasks went back.
    """
    may_end = by.user_id == absence.user_id or by.can(Permission.TASK_ASSIGN, absence.centre_id)
    if not may_end:
        raise Forbidden
    if absence.ended_at is not None:
        return 0
    back = [task for task in list_handed_over(absence) if task.assignee_id == absence.substitute_id]
    for task in back:
        task.assignee_id, task.absence_id = absence.user_id, None
    absence.ended_at = clock.now()
    record(
        Event.ABSENCE_ENDED,
        by=by,
        centre_id=absence.centre_id,
        subject=("absence", absence.id),
        details={"tasks": len(back)},
    )
    return len(back)
