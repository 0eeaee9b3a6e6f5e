"""Who does a task: somebody, or who stands in for them while they are away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import PROTECTED_LEVEL, SEALED_LEVEL
from mrc.accounts.queries import works_at
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.errors import Refused
from mrc.tasks.models import Absence, Task
from mrc.tasks.queries import find_absence

SIGHT = "mrc_task_sight"
"""Where the application keeps the function that says whether somebody sees the file of a task: files lie
above tasks."""
Sight = Callable[[UUID, Task], bool]


def give(task: Task, user_id: UUID | None) -> bool:
    """Set who does a task, or who stands in for them when it falls due; true when that is somebody else now.

    A substitute who may not see the file of a protected task does not get it: it stays where it is.
    """
    before = task.assignee_id
    holder, absence = _stand_in(task, user_id) if user_id else (None, None)
    if absence is not None and holder is not None and not _sees(holder, task, PROTECTED_LEVEL):
        holder, absence = user_id, None
    if task.assignee_id != holder:
        task.assignee_id = holder
    if task.absence is not absence:
        task.absence = absence
    return holder != before


def refuse_stranger(task: Task, user_id: UUID | None, *, by: Identity) -> None:
    """Raise Refused for somebody who does not work at the centre, or is not named in a sealed file."""
    if user_id is None or user_id == by.user_id or by.is_system:
        return
    if not works_at(user_id, task.centre_id, Permission.TASK_WORK):
        raise Refused(fields={"assignee": _("Choose a colleague of the centre.")})
    if not _sees(user_id, task, SEALED_LEVEL):
        words = _("This colleague is not named in the sealed file. Name them in its team first.")
        raise Refused(fields={"assignee": words})


def still_works(user_id: UUID | None, centre_id: UUID) -> UUID | None:
    """Somebody, or nobody when they do not work at the centre any more: a task for all is seen, theirs is
    not.
    """
    if user_id is None or works_at(user_id, centre_id, Permission.TASK_WORK):
        return user_id
    return None


def _stand_in(task: Task, user_id: UUID) -> tuple[UUID, Absence | None]:
    """Who stands in for somebody when a task is due, at the end of a chain of substitutes, and the leave of
    who is away. What is overdue is due today.
    """
    centre = get_centre(task.centre_id)
    due: date = task.due_at.astimezone(ZoneInfo(centre.time_zone)).date()
    day = max(due, clock.today_in(centre.time_zone))
    holder, first, seen = user_id, None, {user_id}
    while (absence := find_absence(holder, day, centre.id)) and absence.substitute_id not in seen:
        holder = absence.substitute_id
        seen.add(holder)
        first = first or absence
    return holder, first


def _sees(user_id: UUID, task: Task, from_level: int) -> bool:
    if task.confidentiality < from_level:
        return True
    sight: Sight = current_app.extensions[SIGHT]
    return sight(user_id, task)
