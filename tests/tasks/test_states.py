"""Every state of a task and every step: allowed or refused, by whom, and what must be known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from mrc.access.identity import Identity
from mrc.audit.models import AuditEvent
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, MRCError, Refused, TransitionRefused
from mrc.tasks.models import Task
from mrc.tasks.service import assign_task, change_task, move_task, note_attempt, postpone_task
from mrc.tasks.states import TASK, TaskStatus
from tests.tasks.conftest import COUNSELLOR, MANAGER, Office

LEADS_TO = {
    ("open", "complete"): "done",
    ("open", "cancel"): "cancelled",
    ("done", "reopen"): "open",
    ("cancelled", "reopen"): "open",
}
"""Written down by hand: a second opinion on the table of transitions. Whatever is not here is refused."""
ACTIONS = sorted({step.name for step in TASK.transitions})
STATES = [state.value for state in TaskStatus]
WORK: dict[str, Callable[[Task, Identity], object]] = {
    "change": lambda task, by: change_task(task, {"title": "Another"}, by=by),
    "assign": lambda task, by: assign_task(task, None, by=by),
    "attempt": lambda task, by: note_attempt(task, by=by),
    "postpone": lambda task, by: postpone_task(task, by=by),
}


def put(task: Task, status: str) -> None:
    """Put a task into a state, with what the state needs."""
    task.closed_at = None if status == "open" else clock.now()
    task.cancel_reason = "other" if status == "cancelled" else None
    task.status = TaskStatus(status)
    db.session.commit()


def facts(action: str) -> dict[str, object]:
    return {"cancel_reason": "not_needed"} if action == "cancel" else {}


@pytest.mark.parametrize(("status", "action"), list(product(STATES, ACTIONS)))
def test_each_step_from_each_state(office: Office, status: str, action: str) -> None:
    task, by = office.task(), office.by()
    put(task, status)
    if (target := LEADS_TO.get((status, action))) is None:
        with pytest.raises(TransitionRefused):
            move_task(task, action, by=by, **facts(action))
        db.session.rollback()
        assert task.status == status
        return
    move_task(task, action, by=by, **facts(action))
    db.session.commit()
    assert task.status == target
    tags = set(db.session.scalars(select(AuditEvent.tag).where(AuditEvent.subject_id == task.id)))
    assert TASK.find(action, TaskStatus(status)).event in tags


def test_who_did_it_and_when_is_kept_until_it_is_opened_again(office: Office) -> None:
    task, by = office.task(), office.by()
    move_task(task, "cancel", by=by, cancel_reason="mistake")
    assert (task.closed_at, task.closed_by_id, task.cancel_reason) == (clock.now(), by.user_id, "mistake")
    move_task(task, "reopen", by=by)
    db.session.commit()
    assert (task.closed_at, task.closed_by_id, task.cancel_reason) == (None, None, None)


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_moves_a_task_of_another_centre(office: Office, action: str) -> None:
    task = office.task()
    put(task, next(state for state, name in LEADS_TO if name == action))
    with pytest.raises(Forbidden):
        move_task(task, action, by=office.by("manager-erbil"), **facts(action))


def test_cancelling_needs_a_reason(office: Office) -> None:
    task = office.task()
    with pytest.raises(Refused) as refused:
        move_task(task, "cancel", by=office.by())
    assert list(refused.value.fields) == ["cancel_reason"]


@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("status", STATES)
def test_what_is_over_is_not_changed_tried_put_off_or_given_away(
    office: Office, work: str, status: str
) -> None:
    task = office.task()
    put(task, status)
    if status == "open":
        WORK[work](task, office.by())
        return
    before = (task.version, task.attempts, task.postponed, task.assignee_id)
    with pytest.raises(Refused):
        WORK[work](task, office.by())
    assert (task.version, task.attempts, task.postponed, task.assignee_id) == before


@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("username", ["manager-erbil", "coordinator-pakistan", "analyst", "admin", "auditor"])
def test_only_those_who_work_at_the_centre_work_on_its_tasks(
    office: Office, work: str, username: str
) -> None:
    task = office.task()
    with pytest.raises(Forbidden):
        WORK[work](task, office.by(username))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("closed_at", "now"),
        ("status", TaskStatus.DONE),
        ("status", TaskStatus.CANCELLED),
        ("case_id", "case"),
    ],
)
def test_the_database_refuses_a_state_without_its_facts(office: Office, column: str, value: object) -> None:
    task, case = office.task(), office.case()
    given = {"now": clock.now(), "case": case.id}.get(str(value), value)
    setattr(task, column, given)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_one_gives_away_ones_own_and_takes_what_nobody_has(office: Office) -> None:
    own, free, theirs = office.task(), office.task(to=None), office.task(to=MANAGER)
    by = office.by()
    assign_task(own, office.id_of(MANAGER), by=by)
    assign_task(free, by.user_id, by=by)
    assert (own.assignee_id, free.assignee_id) == (office.id_of(MANAGER), by.user_id)
    for task, to in ((theirs, COUNSELLOR), (office.task(to=None), MANAGER)):
        with pytest.raises(Forbidden):
            assign_task(task, office.id_of(to), by=by)
        assign_task(task, office.id_of(to), by=office.by(MANAGER))


@pytest.mark.parametrize("username", ["counsellor-erbil", "admin", "auditor"])
def test_a_task_is_not_given_to_a_stranger(office: Office, username: str) -> None:
    task, stranger = office.task(), office.id_of(username)
    with pytest.raises(Refused) as refused:
        assign_task(task, stranger, by=office.by())
    assert list(refused.value.fields) == ["assignee"]
    with pytest.raises(MRCError):
        office.task(to=username, by=office.by())


def test_the_front_desk_is_given_tasks_too(office: Office) -> None:
    task = office.task()
    assign_task(task, office.id_of("frontdesk-lahore"), by=office.by())
    assert task.assignee_id == office.id_of("frontdesk-lahore")


def test_a_time_that_has_passed_is_refused(office: Office) -> None:
    task = office.task()
    for passed in (clock.now(), clock.now() - timedelta(minutes=1)):
        with pytest.raises(Refused):
            postpone_task(task, by=office.by(), until=passed)
        with pytest.raises(Refused):
            note_attempt(task, by=office.by(), again_at=passed)
    assert (task.attempts, task.postponed) == (0, 0)
