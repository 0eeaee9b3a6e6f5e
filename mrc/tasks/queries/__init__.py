"""Reading rules and absences. Tasks and flags are read where their cases are known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from mrc.core.db import db
from mrc.core.errors import NotFound
from mrc.tasks.models import Absence, Task, TaskRule
from mrc.tasks.states import TaskStatus, Trigger


def list_rules(centre_id: UUID | None = None) -> Sequence[TaskRule]:
    """The rules of a centre and those of everywhere, by trigger; all without one."""
    query = select(TaskRule).order_by(TaskRule.trigger, TaskRule.condition, TaskRule.code)
    if centre_id is not None:
        query = query.where(or_(TaskRule.centre_id == centre_id, TaskRule.centre_id.is_(None)))
    return db.session.scalars(query).all()


def get_rule(rule_id: UUID) -> TaskRule:
    """The rule. Raises NotFound."""
    if (rule := db.session.get(TaskRule, rule_id)) is None:
        raise NotFound
    return rule


def list_idle_days() -> Sequence[TaskRule]:
    """The active rules that wait for a case without activity."""
    query = select(TaskRule).where(TaskRule.trigger == Trigger.CASE_IDLE, TaskRule.is_active.is_(True))
    return db.session.scalars(query.order_by(TaskRule.code)).all()


def find_absence(user_id: UUID, day: date) -> Absence | None:
    """The absence of somebody on a day, the one that lasts longest."""
    query = select(Absence).where(
        Absence.user_id == user_id,
        Absence.ended_at.is_(None),
        Absence.from_on <= day,
        Absence.until_on >= day,
    )
    return db.session.scalar(query.order_by(Absence.until_on.desc(), Absence.id).limit(1))


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


def list_over(day: date) -> Sequence[Absence]:
    """Absences whose last day lies before a day and whose tasks did not go back yet."""
    query = select(Absence).where(Absence.until_on < day, Absence.ended_at.is_(None))
    return db.session.scalars(query.order_by(Absence.id)).all()


def list_handed_over(absence: Absence) -> Sequence[Task]:
    """The open tasks that went to the substitute because of an absence."""
    query = select(Task).where(Task.absence_id == absence.id, Task.status == TaskStatus.OPEN)
    return db.session.scalars(query.order_by(Task.due_at, Task.id)).all()


def list_open_of(user_id: UUID, centre_id: UUID) -> Sequence[Task]:
    """The open tasks of somebody in a centre, the most overdue first."""
    query = select(Task).where(
        Task.assignee_id == user_id, Task.centre_id == centre_id, Task.status == TaskStatus.OPEN
    )
    return db.session.scalars(query.order_by(Task.due_at, Task.id)).all()
