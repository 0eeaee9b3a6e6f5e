"""Writing tasks, doing them, putting them off, giving them away."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.centres.queries import add_working_days, get_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.core.states import move
from mrc.tasks.models import Task
from mrc.tasks.queries import exists_made_for, list_open_in_cases
from mrc.tasks.service.giving import give, refuse_stranger, still_works
from mrc.tasks.states import TASK, Repeat, TaskSource, TaskStatus


@dataclass(frozen=True)
class NewTask:
    """A task as somebody writes it, or a rule makes it. `due_at` is aware."""

    kind: str
    due_at: datetime
    title: str = ""
    details: str = ""
    assignee_id: UUID | None = None
    is_timed: bool = False
    is_urgent: bool = False
    repeat_every: int | None = None
    repeat_unit: Repeat | None = None
    repeat_until: date | None = None
    source: TaskSource = TaskSource.MANUAL
    rule_id: UUID | None = None
    dedupe_key: str | None = None


def create_task(
    new: NewTask,
    *,
    centre_id: UUID,
    by: Identity,
    person_id: UUID | None = None,
    case_id: UUID | None = None,
    level: int = 1,
) -> Task:
    """Write a task; audited. Of somebody who is away it goes to who stands in.

    Raises Forbidden, or Refused for somebody of another centre or who is not named in a sealed file.
    """
    if not by.can(Permission.TASK_WORK, centre_id):
        raise Forbidden
    task = Task(
        centre_id=centre_id,
        person_id=person_id,
        case_id=case_id,
        confidentiality=level,
        kind=new.kind,
        due_at=new.due_at,
        is_timed=new.is_timed,
        is_urgent=new.is_urgent,
        status=TaskStatus.OPEN,
        source=new.source,
        rule_id=new.rule_id,
        dedupe_key=new.dedupe_key,
        repeat_every=new.repeat_every,
        repeat_unit=new.repeat_unit,
        repeat_until=new.repeat_until,
        made_by_id=by.user_id,
        attempts=0,
        postponed=0,
    )
    task.title, task.details = new.title or None, new.details or None
    refuse_stranger(task, new.assignee_id, by=by)
    give(task, new.assignee_id)
    db.session.add(task)
    details = {"kind": task.kind, "source": task.source.value, "case": str(case_id) if case_id else None}
    record(Event.TASK_CREATED, by=by, centre_id=centre_id, subject=("task", task.id), details=details)
    return task


def change_task(task: Task, values: Mapping[str, object], *, by: Identity) -> None:
    """Change title, details, kind, due_at, is_timed, is_urgent or the repetition; audited.

    Raises Forbidden, or Refused when the task is over.
    """
    _refuse_unless_open(task, by)
    before = {name: getattr(task, name) for name in values}
    for name, value in values.items():
        if before[name] != value:
            setattr(task, name, value)
    if changes := changes_between(before, values):
        give(task, task.owner_id)
        record(
            Event.TASK_CHANGED,
            by=by,
            centre_id=task.centre_id,
            subject=("task", task.id),
            details={"fields": [change.field for change in changes]},
            changes=changes,
        )


def assign_task(task: Task, user_id: UUID | None, *, by: Identity) -> None:
    """Give a task to somebody, or back to all; audited. Giving to others needs the right to assign, but the
    own tasks may be given away.

    Raises Forbidden, or Refused when the task is over, or as `create_task` does.
    """
    _refuse_unless_open(task, by)
    is_own = task.assignee_id == by.user_id or (task.assignee_id is None and user_id == by.user_id)
    if not is_own and not by.can(Permission.TASK_ASSIGN, task.centre_id):
        raise Forbidden
    if task.assignee_id == user_id:
        return
    refuse_stranger(task, user_id, by=by)
    before = task.assignee_id
    give(task, user_id)
    details = {"from": str(before) if before else None, "to": str(user_id) if user_id else None}
    record(Event.TASK_ASSIGNED, by=by, centre_id=task.centre_id, subject=("task", task.id), details=details)


def move_task(task: Task, action: str, *, by: Identity, **facts: object) -> Task | None:
    """Complete, cancel or reopen a task; audited. Returns the next one when it comes again.

    Raises TransitionRefused, Refused with the missing fields, or Forbidden.
    """
    if action in {"complete", "cancel"}:
        facts |= {"closed_at": clock.now(), "closed_by_id": by.user_id}
    else:
        facts |= {"closed_at": None, "closed_by_id": None, "cancel_reason": None}
    move(task, action, TASK, by=by, centre_id=task.centre_id, permits=_may, record=_recorder(task), **facts)
    return _next(task, by) if action == "complete" else None


def cancel_open_tasks(case_id: UUID, *, because: str, by: Identity) -> int:
    """Cancel what is still to be done in a case that is over; audited. Returns how many."""
    tasks = list_open_in_cases([case_id])
    for task in tasks:
        move_task(task, "cancel", by=by, cancel_reason=because)
    return len(tasks)


def note_attempt(
    task: Task, *, by: Identity, again_at: datetime | None = None, is_due_again: bool = True
) -> None:
    """Say that it was tried in vain, and when it is tried again: at a time that was asked for, else on the
    next working day, or, unless it `is_due_again`, when it was due before. Audited.

    Raises Forbidden, or Refused when the task is over or the time has passed.
    """
    _refuse_unless_open(task, by)
    if again_at is not None and again_at <= clock.now():
        raise Refused(fields={"again_at": _("Choose a time that is still to come.")})
    task.attempts += 1
    if again_at is not None:
        task.due_at, task.is_timed = again_at, True
    elif is_due_again:
        task.due_at = next_working_time(task)
    give(task, task.owner_id)
    record(
        Event.TASK_ATTEMPTED,
        by=by,
        centre_id=task.centre_id,
        subject=("task", task.id),
        details={"attempts": task.attempts},
    )


def postpone_task(task: Task, *, by: Identity, until: datetime | None = None) -> None:
    """Put a task off, without a time to the next working day; audited.

    Raises Forbidden, or Refused when the task is over or the time has passed.
    """
    _refuse_unless_open(task, by)
    until = until or next_working_time(task)
    if until <= clock.now():
        raise Refused(fields={"until": _("Choose a time that is still to come.")})
    task.postponed += 1
    task.due_at = until
    give(task, task.owner_id)
    record(
        Event.TASK_POSTPONED,
        by=by,
        centre_id=task.centre_id,
        subject=("task", task.id),
        details={"until": until.isoformat(), "times": task.postponed},
    )


def end_of_day(day: date, centre_id: UUID) -> datetime:
    """The last second of a day at a centre, as an instant."""
    zone = ZoneInfo(get_centre(centre_id).time_zone)
    return datetime.combine(day, time(23, 59, 59), tzinfo=zone)


def next_working_time(task: Task) -> datetime:
    """The same time of the working day after today, or after the day on which the task is due if that is
    later.
    """
    centre = get_centre(task.centre_id)
    zone = ZoneInfo(centre.time_zone)
    due = task.due_at.astimezone(zone)
    day = add_working_days(centre, max(due.date(), clock.today_in(centre.time_zone)), 1)
    return datetime.combine(day, due.time(), tzinfo=zone) if task.is_timed else end_of_day(day, centre.id)


def _next(task: Task, by: Identity) -> Task | None:
    """The same task once more, when it comes again; never twice for one that is done.

    What was done late does not come again for each time that was missed.
    """
    if not task.repeat_every or task.repeat_unit is None:
        return None
    dedupe_key = f"again:{task.id}"
    centre = get_centre(task.centre_id)
    due = task.due_at.astimezone(ZoneInfo(centre.time_zone))
    later = _later(due.date(), task.repeat_every, task.repeat_unit, clock.today_in(centre.time_zone))
    if (task.repeat_until and later > task.repeat_until) or exists_made_for(dedupe_key):
        return None
    again = NewTask(
        kind=task.kind,
        due_at=datetime.combine(later, due.time(), tzinfo=due.tzinfo),
        title=task.title or "",
        details=task.details or "",
        assignee_id=still_works(task.owner_id, task.centre_id),
        is_timed=task.is_timed,
        is_urgent=task.is_urgent,
        repeat_every=task.repeat_every,
        repeat_unit=task.repeat_unit,
        repeat_until=task.repeat_until,
        source=TaskSource.REPETITION,
        rule_id=task.rule_id,
        dedupe_key=dedupe_key,
    )
    return create_task(
        again,
        centre_id=task.centre_id,
        by=Identity.system(f"repetition for {by.name}") if not by.is_system else by,
        person_id=task.person_id,
        case_id=task.case_id,
        level=task.confidentiality,
    )


def _later(day: date, every: int, unit: Repeat, today: date) -> date:
    """The first day after `day`, by whole steps, that has not passed."""
    if unit is not Repeat.MONTHS:
        step = every * (7 if unit is Repeat.WEEKS else 1)
        steps = max(1, -(-(today - day).days // step))
        return day + timedelta(days=steps * step)
    steps = 1
    while (later := _months_after(day, steps * every)) < today:
        steps += 1
    return later


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _refuse_unless_open(task: Task, by: Identity) -> None:
    if not by.can(Permission.TASK_WORK, task.centre_id):
        raise Forbidden
    if task.status is not TaskStatus.OPEN:
        raise Refused(_("This task is over. Open it again to change it."))


def _may(by: Identity, permission: StrEnum, centre_id: UUID | None) -> bool:
    return by.can(Permission(str(permission)), centre_id)


def _recorder(task: Task) -> Callable[[Any, Identity, str, str], None]:
    def write(event: Any, by: Identity, before: str, after: str) -> None:
        details = {"from": before, "to": after, "reason": task.cancel_reason}
        record(event, by=by, centre_id=task.centre_id, subject=("task", task.id), details=details)

    return write
