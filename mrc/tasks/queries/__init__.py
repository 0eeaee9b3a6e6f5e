"""Reading rules and absences. Tasks and flags are read where their cases are known."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from mrc.core.db import db
from mrc.core.errors import NotFound
from mrc.tasks.models import Absence, Task, TaskRule
from mrc.tasks.states import TaskStatus

CALL_BACK = "call_back"
"""The kind of task that is about reaching a person, a code of list 'task_kinds'."""


def list_rules(centre_ids: Collection[UUID] | None = None) -> Sequence[TaskRule]:
    """The rules of some centres and those of everywhere, by trigger; without centres, of all."""
    query = select(TaskRule).order_by(TaskRule.trigger, TaskRule.condition, TaskRule.code)
    if centre_ids is not None:
        query = query.where(or_(TaskRule.centre_id.in_(sorted(centre_ids)), TaskRule.centre_id.is_(None)))
    return db.session.scalars(query).all()


def get_rule(rule_id: UUID) -> TaskRule:
    """The rule. Raises NotFound."""
    if (rule := db.session.get(TaskRule, rule_id)) is None:
        raise NotFound
    return rule


def find_absence(user_id: UUID, day: date, centre_id: UUID) -> Absence | None:
    """The absence of somebody from a centre on a day, the one that lasts longest."""
    query = select(Absence).where(
        Absence.user_id == user_id,
        Absence.centre_id == centre_id,
        Absence.ended_at.is_(None),
        Absence.from_on <= day,
        Absence.until_on >= day,
    )
    return db.session.scalar(query.order_by(Absence.until_on.desc(), Absence.id).limit(1))


def exists_absence(user_id: UUID, days: tuple[date, date], centre_id: UUID) -> bool:
    """True when somebody is away from a centre on one of the days, first and last included."""
    query = select(Absence.id).where(
        Absence.user_id == user_id,
        Absence.centre_id == centre_id,
        Absence.ended_at.is_(None),
        Absence.from_on <= days[1],
        Absence.until_on >= days[0],
    )
    return db.session.scalar(query.limit(1)) is not None


def find_absence_by_id(absence_id: UUID) -> Absence | None:
    """The leave with this key."""
    return db.session.get(Absence, absence_id)


def exists_made_for(dedupe_key: str) -> bool:
    """True when a rule made its task for this already."""
    return db.session.scalar(select(Task.id).where(Task.dedupe_key == dedupe_key)) is not None


def list_absences(centre_id: UUID, since: date) -> Sequence[Absence]:
    """The absences of a centre that end on a day or after it, the nearest first."""
    query = select(Absence).where(Absence.centre_id == centre_id, Absence.until_on >= since)
    return db.session.scalars(query.order_by(Absence.from_on, Absence.id)).all()


def list_begun(day: date) -> Sequence[Absence]:
    """Absences that began on a day or before it and whose tasks did not go back yet, the oldest first."""
    query = select(Absence).where(Absence.from_on <= day, Absence.ended_at.is_(None))
    return db.session.scalars(query.order_by(Absence.id)).all()


def list_handed_over(absence: Absence) -> Sequence[Task]:
    """The open tasks that somebody stands in for because of an absence: of who is away, and of those for whom
    they would stand in themselves.
    """
    stood_in_for = select(Absence.id).where(
        Absence.substitute_id == absence.user_id, Absence.ended_at.is_(None)
    )
    because = or_(Task.absence_id == absence.id, Task.absence_id.in_(stood_in_for))
    query = select(Task).where(because, Task.status == TaskStatus.OPEN).options(joinedload(Task.absence))
    return db.session.scalars(query.order_by(Task.due_at, Task.id)).all()


def list_open_in_cases(case_ids: Collection[UUID]) -> Sequence[Task]:
    """The open tasks of some cases, the most overdue first."""
    if not case_ids:
        return ()
    query = select(Task).where(Task.case_id.in_(case_ids), Task.status == TaskStatus.OPEN)
    return db.session.scalars(query.options(joinedload(Task.absence)).order_by(Task.due_at, Task.id)).all()


def exists_open_call_back(person_id: UUID) -> bool:
    """True when it is on somebody's list to call a person back."""
    query = select(Task.id).where(
        Task.person_id == person_id, Task.status == TaskStatus.OPEN, Task.kind == CALL_BACK
    )
    return db.session.scalar(query.limit(1)) is not None


def find_call_back(person_id: UUID, user_id: UUID | None, until: datetime) -> Task | None:
    """The task of somebody, or of nobody yet, to call a person back that is due by an instant: the most
    overdue one.
    """
    query = select(Task).where(
        Task.person_id == person_id,
        Task.status == TaskStatus.OPEN,
        Task.kind == CALL_BACK,
        Task.due_at <= until,
        or_(Task.assignee_id == user_id, Task.assignee_id.is_(None)),
    )
    return db.session.scalar(query.order_by(Task.due_at, Task.id).limit(1))


def list_open_of(user_id: UUID, centre_id: UUID) -> Sequence[Task]:
    """The open tasks of somebody in a centre, the most overdue first."""
    query = select(Task).where(
        Task.assignee_id == user_id, Task.centre_id == centre_id, Task.status == TaskStatus.OPEN
    )
    return db.session.scalars(query.options(joinedload(Task.absence)).order_by(Task.due_at, Task.id)).all()
