"""Reading the cases in which nothing happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from mrc.cases.models import Case
from mrc.cases.states import WORKED_ON
from mrc.core.db import db
from mrc.tasks.models import Task
from mrc.tasks.states import TaskStatus


@dataclass(frozen=True)
class Place:
    """How far a walk through the quiet cases of a centre came."""

    at: datetime
    id: UUID


@dataclass(frozen=True)
class QuietCases:
    """One step of that walk: the cases that no task was made for, since when each is quiet, and where the
    next step begins; None when there is no next.
    """

    cases: tuple[tuple[Case, datetime], ...]
    place: Place | None


def list_quiet_cases(
    centre_id: UUID, rule_id: UUID, *, before: datetime, after: Place | None, size: int
) -> QuietCases:
    """The next cases that are worked on and had no entry since `before`, the longest quiet first.

    A task that was done or cancelled is an entry too, and while the rule's own task is open no other is
    needed. Looks at no more than `size` cases, in two queries.
    """
    rows = db.session.execute(quiet_query(centre_id, rule_id, before=before, after=after, size=size)).all()
    place = Place(rows[-1].last_activity_at, rows[-1].id) if len(rows) == size else None
    since = {
        row.id: max(row.last_activity_at, row.task_closed_at or row.last_activity_at)
        for row in rows
        if not row.is_waited_for
    }
    quiet = {case_id: at for case_id, at in since.items() if at <= before}
    if not quiet:
        return QuietCases((), place)
    found = {case.id: case for case in db.session.scalars(select(Case).where(Case.id.in_(quiet)))}
    return QuietCases(tuple((found[case_id], at) for case_id, at in quiet.items()), place)


def quiet_query(
    centre_id: UUID, rule_id: UUID, *, before: datetime, after: Place | None, size: int
) -> Select[UUID, datetime, datetime | None, bool]:
    """The next cases of the walk with what their tasks say, looked up by key for these cases alone."""
    query = select(Case.id, Case.last_activity_at).where(
        Case.centre_id == centre_id, Case.status.in_(WORKED_ON), Case.last_activity_at <= before
    )
    if after is not None:
        later = and_(Case.last_activity_at == after.at, Case.id > after.id)
        query = query.where(or_(Case.last_activity_at > after.at, later), Case.last_activity_at >= after.at)
    step = query.order_by(Case.last_activity_at, Case.id).limit(size).subquery()
    closed_at = select(func.max(Task.closed_at)).where(Task.case_id == step.c.id).scalar_subquery()
    waited_for = select(Task.id).where(
        Task.case_id == step.c.id, Task.status == TaskStatus.OPEN, Task.rule_id == rule_id
    )
    return select(
        step.c.id,
        step.c.last_activity_at,
        closed_at.label("task_closed_at"),
        waited_for.exists().label("is_waited_for"),
    ).order_by(step.c.last_activity_at, step.c.id)
