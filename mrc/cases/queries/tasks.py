"""Reading tasks and flags: they follow their cases, so they are read where cases are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import get_locale
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from mrc.access.identity import Identity
from mrc.accounts.queries import identity_of_user
from mrc.cases.models import Case
from mrc.cases.policy import CASES, FLAGS, TASKS
from mrc.centres.queries import get_centre, list_known_centres
from mrc.core import clock
from mrc.core.db import db
from mrc.core.paging import COUNTED_UP_TO, Page, page_of
from mrc.persons.models import Person
from mrc.persons.policy import PERSONS
from mrc.tasks.models import Flag, Task
from mrc.tasks.states import TaskStatus
from mrc.vocab.queries import label

LISTED = 25


@dataclass(frozen=True)
class TaskFilter:
    """What the chips of the task list say; empty fields do not narrow. Instants are aware."""

    status: TaskStatus | None = TaskStatus.OPEN
    mine: bool = False
    unassigned: bool = False
    due_before: datetime | None = None
    due_from: datetime | None = None
    kind: str | None = None
    person_id: UUID | None = None
    case_id: UUID | None = None


@dataclass(frozen=True)
class TaskRow:
    """A task with whom and what it is about, as far as the reader may know it."""

    task: Task
    person: Person | None
    case: Case | None

    @property
    def title(self) -> str:
        """What the task is called: its own words, or those of its rule in the reader's language."""
        return title_of(self.task)


def title_of(task: Task) -> str:
    """What a task is called: its own words, or those of its rule in the reader's language, or its kind."""
    titles = task.rule.titles if task.rule else {}
    words = task.title or titles.get(str(get_locale())) or titles.get("en", "")
    return words or label("task_kinds", task.kind)


def sees_file(user_id: UUID, task: Task) -> bool:
    """True when somebody may read the case, else the person, that a task is about, whoever does the task."""
    reader = identity_of_user(user_id)
    if task.case_id is not None:
        return CASES.permits(reader, db.session.get_one(Case, task.case_id))
    if task.person_id is not None:
        return PERSONS.permits(reader, db.session.get_one(Person, task.person_id))
    return True


def get_task(task_id: UUID, *, by: Identity) -> Task:
    """The task. Raises NotFound when absent or hidden."""
    task: Task = TASKS.get(by, task_id)
    return task


def find_tasks(task_ids: Iterable[UUID], *, by: Identity) -> list[Task]:
    """The visible ones of these tasks, the most overdue first."""
    query = TASKS.visible(by, select(Task).where(Task.id.in_(list(task_ids)))).options(joinedload(Task.rule))
    return list(db.session.scalars(query.order_by(Task.due_at, Task.id)))


def list_tasks(
    identity: Identity, wanted: TaskFilter, *, cursor: str | None, size: int = LISTED
) -> Page[TaskRow]:
    """The visible tasks, the most overdue first, those that are over with the latest first."""
    query = _filtered(identity, TASKS.visible(identity, select(Task)), wanted).options(joinedload(Task.rule))
    is_open = wanted.status in (None, TaskStatus.OPEN)
    page: Page[Task] = page_of(
        query, order=(Task.due_at, Task.id), cursor=cursor, size=size, ascending=is_open
    )
    return page.with_items(with_subjects(page.items))


def list_due_tasks(identity: Identity, until: datetime, limit: int) -> list[TaskRow]:
    """The reader's own open tasks that are due by an instant, the urgent and most overdue first."""
    query = (
        select(Task, Person, Case)
        .outerjoin(Person, Person.id == Task.person_id)
        .outerjoin(Case, Case.id == Task.case_id)
        .where(Task.assignee_id == identity.user_id, Task.status == TaskStatus.OPEN, Task.due_at <= until)
        .options(joinedload(Task.rule))
        .order_by(Task.is_urgent.desc(), Task.due_at, Task.id)
        .limit(limit)
    )
    rows = db.session.execute(TASKS.visible(identity, query)).all()
    return [TaskRow(task, person, case) for task, person, case in rows]


def count_due_tasks(identity: Identity, until: datetime, *, overdue_before: datetime) -> tuple[int, int]:
    """How many of the reader's open tasks are due by `until`, and how many of them were due before.

    Counted up to a hundred, the most overdue first.
    """
    due = select(Task.due_at).where(
        Task.assignee_id == identity.user_id, Task.status == TaskStatus.OPEN, Task.due_at <= until
    )
    first = due.order_by(Task.due_at, Task.id).limit(COUNTED_UP_TO).subquery()
    overdue = func.count().filter(first.c.due_at < overdue_before)
    all_due, overdue_ones = db.session.execute(select(func.count(), overdue).select_from(first)).one()
    return all_due, overdue_ones


def count_tasks(identity: Identity, wanted: TaskFilter) -> int:
    """How many tasks the list would hold, counted up to a hundred."""
    query = _filtered(identity, TASKS.visible(identity, select(Task.id)), wanted).limit(COUNTED_UP_TO)
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def count_overdue_tasks(identity: Identity) -> int:
    """How many of the reader's own tasks are overdue, for the menu."""
    return count_tasks(identity, TaskFilter(mine=True, due_before=clock.now()))


def list_flags(
    identity: Identity, *, person_id: UUID | None = None, case_id: UUID | None = None
) -> Sequence[Flag]:
    """The flags that are up on a person, or on a case and its person; expired ones are gone by themselves,
    when the day ends at their centre.
    """
    # No clock is more than twelve hours behind UTC.
    earliest = (clock.now() - timedelta(hours=12)).date()
    query = select(Flag).where(
        Flag.taken_down_at.is_(None), or_(Flag.expires_on.is_(None), Flag.expires_on >= earliest)
    )
    if case_id is not None:
        of_person = (Flag.person_id == person_id) & Flag.case_id.is_(None)
        query = query.where(or_(Flag.case_id == case_id, of_person))
    else:
        query = query.where(Flag.person_id == person_id)
    flags = db.session.scalars(FLAGS.visible(identity, query.order_by(Flag.created_at, Flag.id))).all()
    zones = {centre.id: centre.time_zone for centre in list_known_centres({flag.centre_id for flag in flags})}

    def zone_of(flag: Flag) -> str:
        # A centre that was made a moment ago by another process is not known yet.
        return zones.get(flag.centre_id) or get_centre(flag.centre_id).time_zone

    return [
        flag for flag in flags if flag.expires_on is None or flag.expires_on >= clock.today_in(zone_of(flag))
    ]


def get_flag(flag_id: UUID, *, by: Identity) -> Flag:
    """The flag. Raises NotFound when absent or hidden."""
    flag: Flag = FLAGS.get(by, flag_id)
    return flag


def task_rows(
    *,
    by: Identity,
    person_id: UUID,
    case_id: UUID | None,
    before: tuple[datetime, UUID] | None,
    size: int,
) -> Sequence[Task]:
    """Tasks that were done or cancelled, newest first, for a timeline."""
    about = Task.case_id == case_id if case_id else Task.person_id == person_id
    query = select(Task).where(about, Task.closed_at.is_not(None)).options(joinedload(Task.rule))
    if before is not None:
        at, key = before
        query = query.where(or_(Task.closed_at < at, (Task.closed_at == at) & (Task.id < key)))
    order = (Task.closed_at.desc(), Task.id.desc())
    return db.session.scalars(TASKS.visible(by, query).order_by(*order).limit(size)).all()


def with_subjects(tasks: Sequence[Task]) -> list[TaskRow]:
    """The tasks with their persons and cases, in two queries. Who sees a task sees whom it is about."""
    persons = _by_id(Person, {task.person_id for task in tasks})
    cases = _by_id(Case, {task.case_id for task in tasks})
    return [TaskRow(task, persons.get(task.person_id), cases.get(task.case_id)) for task in tasks]


def _by_id(model: Any, ids: set[UUID | None]) -> dict[UUID | None, Any]:
    wanted = [one for one in ids if one]
    if not wanted:
        return {}
    return {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(wanted)))}


def _filtered(identity: Identity, query: Select[Any], wanted: TaskFilter) -> Select[Any]:
    conditions = {
        "status": Task.status == wanted.status,
        "mine": Task.assignee_id == identity.user_id,
        "unassigned": Task.assignee_id.is_(None),
        "due_before": Task.due_at < wanted.due_before if wanted.due_before else None,
        "due_from": Task.due_at >= wanted.due_from if wanted.due_from else None,
        "kind": Task.kind == wanted.kind,
        "person_id": Task.person_id == wanted.person_id,
        "case_id": Task.case_id == wanted.case_id,
    }
    for name, condition in conditions.items():
        if getattr(wanted, name) and condition is not None:
            query = query.where(condition)
    return query
