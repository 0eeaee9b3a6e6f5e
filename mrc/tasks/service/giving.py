"""Who does a task: somebody, or who stands in for them while they are away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from mrc.tasks.queries import find_absence, list_open_in_cases

SIGHT = "mrc_task_sight"
"""Where the application keeps the function that says whether somebody sees the file of a task: files lie
above tasks."""
Sight = Callable[[UUID, Task], bool]
Known = dict[tuple[UUID, date, UUID], Absence | None]


def give(task: Task, user_id: UUID | None, known: Known | None = None) -> bool:
    """Set who does a task, or who stands in for them when it falls due; true when that is somebody else now.

    A substitute who may not see the file of a protected task does not get it: it stays where it is. `known`
    keeps what was asked of the calendar, for many tasks at once.
    """
    before = task.assignee_id
    holder, absence = _stand_in(task, user_id, {} if known is None else known) if user_id else (None, None)
    if absence is not None and holder is not None and not may_stand_in(holder, task):
        holder, absence = user_id, None
    if task.assignee_id != holder:
        task.assignee_id = holder
    if task.absence is not absence:
        task.absence = absence
    return holder != before


def follow_cases(moved: Mapping[UUID, tuple[UUID | None, UUID | None]]) -> int:
    """Give the open tasks of whoever carried a case to who carries it now. Returns how many.

    `moved` says for each case from whom it went and to whom. What colleagues do in it stays with them, and so
    does everything in a case that nobody carried or carries.
    """
    known: Known = {}
    given = 0
    for task in list_open_in_cases([case_id for case_id, (before, _now) in moved.items() if before]):
        before, now = moved[task.case_id] if task.case_id else (None, None)
        if now is not None and task.owner_id == before:
            given += give(task, now, known)
    return given


def may_stand_in(user_id: UUID, task: Task) -> bool:
    """True unless the task is about a protected file that the substitute may not see."""
    return _sees(user_id, task, PROTECTED_LEVEL)


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


def _stand_in(task: Task, user_id: UUID, known: Known) -> tuple[UUID, Absence | None]:
    """Who stands in for somebody when a task is due, at the end of a chain of substitutes, and the leave of
    who is away. What is overdue is due today.
    """
    centre = get_centre(task.centre_id)
    due: date = task.due_at.astimezone(ZoneInfo(centre.time_zone)).date()
    day = max(due, clock.today_in(centre.time_zone))
    holder, first, seen = user_id, None, {user_id}
    while True:
        asked = (holder, day, centre.id)
        absence = known[asked] if asked in known else known.setdefault(asked, find_absence(*asked))
        if absence is None or absence.substitute_id in seen:
            break
        holder = absence.substitute_id
        seen.add(holder)
        first = first or absence
    return holder, first


def _sees(user_id: UUID, task: Task, from_level: int) -> bool:
    if task.confidentiality < from_level:
        return True
    sight: Sight = current_app.extensions[SIGHT]
    return sight(user_id, task)
