"""Leave: the tasks of somebody who is away go to who stands in, and come back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.accounts.queries import works_at
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.tasks.models import Absence, Task
from mrc.tasks.queries import exists_absence, list_handed_over, list_open_of
from mrc.tasks.service.giving import give, may_stand_in


def preview_absence(
    user_id: UUID, substitute_id: UUID, days: tuple[date, date], *, centre_id: UUID, by: Identity
) -> dict[UUID, bool]:
    """What is due until somebody is back, by key, and whether the substitute may see it: what they may not
    see stays. Raises what `record_absence` raises.
    """
    _refuse_impossible(user_id, substitute_id, days, centre_id, by)
    zone = ZoneInfo(get_centre(centre_id).time_zone)
    return {
        task.id: may_stand_in(substitute_id, task)
        for task in list_open_of(user_id, centre_id)
        if task.due_at.astimezone(zone).date() <= days[1]
    }


def record_absence(
    user_id: UUID,
    substitute_id: UUID,
    days: tuple[date, date],
    *,
    centre_id: UUID,
    by: Identity,
) -> tuple[Absence, Sequence[Task]]:
    """Record who is away and hand over what falls due meanwhile, once the leave began also what is overdue;
    audited. The rest of a leave to come is handed over when it begins.

    Everybody may record their own leave; another's needs the right to assign. Returns the tasks handed over.
    Raises Forbidden, or Refused for days in the past, for somebody who does not work there, for oneself as
    substitute or one who is away too.
    """
    _refuse_impossible(user_id, substitute_id, days, centre_id, by)
    first, last = days
    absence = Absence(
        centre_id=centre_id, user_id=user_id, substitute_id=substitute_id, from_on=first, until_on=last
    )
    db.session.add(absence)
    db.session.flush()
    handed = hand_over(absence, by=by)
    record(
        Event.ABSENCE_RECORDED,
        by=by,
        centre_id=centre_id,
        subject=("absence", absence.id),
        details={"user": str(user_id), "substitute": str(substitute_id), "tasks": len(handed)},
    )
    return absence, handed


def hand_over(absence: Absence, *, by: Identity) -> list[Task]:
    """Give to who stands in what falls due while somebody is away; audited. Idempotent; returns what went
    over.
    """
    zone = ZoneInfo(get_centre(absence.centre_id).time_zone)
    own = [
        task
        for task in list_open_of(absence.user_id, absence.centre_id)
        if task.due_at.astimezone(zone).date() <= absence.until_on
    ]
    # What somebody stands in for, and is away now themselves, goes further.
    return _given_on({task.id: task for task in (*own, *list_handed_over(absence))}.values(), absence, by)


def end_absence(absence: Absence, *, by: Identity) -> int:
    """Give back what the substitute has not done, unless it was given to a third person; audited, idempotent.

    What somebody gets back who is away again goes on to who stands in then. Returns how many tasks went back.
    Raises Forbidden.
    """
    may_end = by.user_id == absence.user_id or by.can(Permission.TASK_ASSIGN, absence.centre_id)
    if not may_end:
        raise Forbidden
    if absence.ended_at is not None:
        return 0
    handed = list_handed_over(absence)
    absence.ended_at = clock.now()
    db.session.flush()
    back = _given_on(handed, absence, by)
    record(
        Event.ABSENCE_ENDED,
        by=by,
        centre_id=absence.centre_id,
        subject=("absence", absence.id),
        details={"tasks": len(back)},
    )
    return len(back)


def _given_on(tasks: Iterable[Task], absence: Absence, by: Identity) -> list[Task]:
    """Give each task to who does it as things stand; those that changed hands."""
    changed = []
    for task in tasks:
        before = task.assignee_id
        if give(task, task.owner_id):
            changed.append(task)
            record(
                Event.TASK_ASSIGNED,
                by=by,
                centre_id=task.centre_id,
                subject=("task", task.id),
                details={"from": str(before), "to": str(task.assignee_id), "absence": str(absence.id)},
            )
    return changed


def _refuse_impossible(
    user_id: UUID, substitute_id: UUID, days: tuple[date, date], centre_id: UUID, by: Identity
) -> None:
    is_own = user_id == by.user_id and by.can(Permission.TASK_WORK, centre_id)
    if not is_own and not by.can(Permission.TASK_ASSIGN, centre_id):
        raise Forbidden
    first, last = days
    centre = get_centre(centre_id)
    if last < first or last < clock.today_in(centre.time_zone):
        raise Refused(fields={"until_on": _("The last day lies before the first, or in the past.")})
    if not works_at(user_id, centre_id, Permission.TASK_WORK):
        raise Refused(fields={"user": _("Choose a colleague of the centre.")})
    if substitute_id == user_id or not works_at(substitute_id, centre_id, Permission.TASK_WORK):
        raise Refused(fields={"substitute": _("Choose somebody else to stand in.")})
    if exists_absence(substitute_id, days, centre_id):
        raise Refused(fields={"substitute": _("This colleague is away then, too.")})
