"""Leave: who stands in gets what falls due, and gives back what was not done; nobody sees more by it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from mrc.audit.models import AuditEvent
from mrc.cases.models import HandoverBatch
from mrc.cases.policy import TASKS
from mrc.cases.service import assign_case, name_team, set_level, start_batch, undo_batch
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.jobs.service import enqueue
from mrc.jobs.worker import drain
from mrc.tasks.models import Absence, Task
from mrc.tasks.service import assign_task, end_absence, move_task, postpone_task, record_absence
from mrc.tasks.states import Repeat
from tests.tasks.conftest import COUNSELLOR, FRONT_DESK, MANAGER, PROTECTION, SYSTEM, Office, at

TODAY = date(2026, 3, 2)
FRIDAY, MONDAY = date(2026, 3, 6), date(2026, 3, 9)
NEXT_FRIDAY = date(2026, 3, 13)


def run_job(app: Flask) -> None:
    enqueue("tasks.end_absences", {})
    db.session.commit()
    db.session.remove()
    drain(app)


def test_what_is_overdue_or_falls_due_meanwhile_goes_over_and_the_rest_stays(office: Office) -> None:
    late = office.task(due_at=at("2026-02-20T18:59:59"))
    last = office.task(due_at=at("2026-03-06T18:59:59"))
    after = office.task(due_at=at("2026-03-06T19:00:00"))
    absence, handed = office.leave(COUNSELLOR, PROTECTION, TODAY, FRIDAY)
    assert handed == [late, last]
    assert {task.assignee_id for task in handed} == {office.id_of(PROTECTION)}
    assert {task.absence_id for task in handed} == {absence.id}
    assert after.assignee_id == office.id_of(COUNSELLOR)


def test_a_leave_to_come_takes_nothing_before_it_begins(office: Office, app: Flask) -> None:
    today, within = office.task(), office.task(due_at=at("2026-03-10T18:59:59"))
    _absence, handed = office.leave(COUNSELLOR, PROTECTION, MONDAY, NEXT_FRIDAY)
    assert handed == [within]
    assert today.assignee_id == office.id_of(COUNSELLOR)
    task_id = today.id
    # Monday begins in Lahore while it is Sunday in UTC.
    for instant, holder in (("2026-03-08T18:59:00", COUNSELLOR), ("2026-03-08T19:00:00", PROTECTION)):
        office.clock.move_to(at(instant))
        run_job(app)
        assert db.session.get_one(Task, task_id).assignee_id == office.id_of(holder)


def test_what_was_not_done_comes_back_when_the_last_day_is_over(office: Office, app: Flask) -> None:
    task, done, given = office.task(), office.task(), office.task()
    office.leave(COUNSELLOR, PROTECTION, TODAY, FRIDAY)
    move_task(done, "complete", by=office.by(PROTECTION))
    assign_task(given, office.id_of(MANAGER), by=office.by(PROTECTION))
    ids = [task.id, done.id, given.id]
    office.clock.move_to(at("2026-03-06T18:59:00"))
    run_job(app)
    rows = {one.id: one for one in db.session.query(Task)}
    assert [rows[key].assignee_id for key in ids] == [
        office.id_of(PROTECTION),
        office.id_of(PROTECTION),
        office.id_of(MANAGER),
    ]
    office.clock.move_to(at("2026-03-06T19:00:00"))
    for _time in range(2):
        run_job(app)
        rows = {one.id: one for one in db.session.query(Task)}
        assert [rows[key].assignee_id for key in ids] == [
            office.id_of(COUNSELLOR),
            office.id_of(PROTECTION),
            office.id_of(MANAGER),
        ]
    assert rows[ids[0]].absence_id is None


def test_whoever_comes_back_early_gets_their_tasks_at_once(office: Office) -> None:
    task = office.task()
    absence, _handed = office.leave(COUNSELLOR, PROTECTION, TODAY, FRIDAY)
    assert end_absence(absence, by=office.by()) == 1
    assert end_absence(absence, by=office.by()) == 0
    assert task.assignee_id == office.id_of(COUNSELLOR)
    tags = db.session.scalars(select(AuditEvent.tag).where(AuditEvent.subject_id == absence.id)).all()
    assert tags == ["tasks:absence:recorded"]
    db.session.commit()


def test_a_new_task_of_somebody_away_goes_to_who_stands_in(office: Office) -> None:
    office.leave(COUNSELLOR, PROTECTION, TODAY, FRIDAY)
    assert office.task().assignee_id == office.id_of(PROTECTION)
    assert office.task(due_at=at("2026-03-01T04:00")).assignee_id == office.id_of(PROTECTION), "overdue"
    back = office.task(due_at=at("2026-03-09T04:00"))
    assert (back.assignee_id, back.absence_id) == (office.id_of(COUNSELLOR), None)


def test_putting_off_until_after_the_leave_gives_the_task_back(office: Office) -> None:
    task = office.task()
    office.leave(COUNSELLOR, PROTECTION, TODAY, date(2026, 3, 3))
    postpone_task(task, by=office.by(PROTECTION))
    assert task.assignee_id == office.id_of(PROTECTION)
    postpone_task(task, by=office.by(PROTECTION))
    assert task.assignee_id == office.id_of(COUNSELLOR)


def test_what_a_substitute_did_comes_again_to_whose_it_is(office: Office) -> None:
    weekly = office.task(repeat_every=1, repeat_unit=Repeat.WEEKS)
    daily = office.task(repeat_every=1, repeat_unit=Repeat.DAYS)
    office.leave(COUNSELLOR, PROTECTION, TODAY, FRIDAY)
    following = [move_task(task, "complete", by=office.by(PROTECTION)) for task in (weekly, daily)]
    db.session.commit()
    assert [task.assignee_id for task in following if task] == [
        office.id_of(COUNSELLOR),
        office.id_of(PROTECTION),
    ]
    assert following[1] is not None
    assert following[1].owner_id == office.id_of(COUNSELLOR)


def test_a_substitute_who_goes_away_too_passes_on_and_gets_back(office: Office) -> None:
    task, own = office.task(), office.task(to=PROTECTION)
    first, _handed = office.leave(COUNSELLOR, PROTECTION, TODAY, NEXT_FRIDAY)
    second, passed_on = office.leave(PROTECTION, MANAGER, TODAY, FRIDAY)
    assert {one.id for one in passed_on} == {task.id, own.id}
    assert task.assignee_id == own.assignee_id == office.id_of(MANAGER)
    end_absence(second, by=office.by(PROTECTION))
    assert task.assignee_id == own.assignee_id == office.id_of(PROTECTION)
    end_absence(first, by=office.by())
    assert (task.assignee_id, own.assignee_id) == (office.id_of(COUNSELLOR), office.id_of(PROTECTION))
    db.session.commit()


def test_the_first_to_come_back_gets_their_own_past_a_substitute_who_is_away(office: Office) -> None:
    task = office.task()
    first, _handed = office.leave(COUNSELLOR, PROTECTION, TODAY, NEXT_FRIDAY)
    office.leave(PROTECTION, MANAGER, TODAY, NEXT_FRIDAY)
    end_absence(first, by=office.by())
    db.session.commit()
    assert (task.assignee_id, task.absence_id) == (office.id_of(COUNSELLOR), None)


def test_two_leaves_in_a_row_hand_the_task_from_one_substitute_to_the_next(office: Office) -> None:
    task = office.task()
    first, _handed = office.leave(COUNSELLOR, PROTECTION, TODAY, FRIDAY)
    second, _handed = office.leave(COUNSELLOR, MANAGER, FRIDAY, NEXT_FRIDAY)
    office.clock.move_to(at("2026-03-07T04:00"))
    end_absence(first, by=SYSTEM)
    db.session.commit()
    assert (task.assignee_id, task.absence_id) == (office.id_of(MANAGER), second.id)


@pytest.mark.parametrize(
    ("who", "substitute", "first", "last", "field"),
    [
        (COUNSELLOR, COUNSELLOR, TODAY, FRIDAY, "substitute"),
        (COUNSELLOR, "counsellor-erbil", TODAY, FRIDAY, "substitute"),
        (COUNSELLOR, "admin", TODAY, FRIDAY, "substitute"),
        ("counsellor-erbil", COUNSELLOR, TODAY, FRIDAY, "user"),
        (COUNSELLOR, PROTECTION, FRIDAY, TODAY, "until_on"),
        (COUNSELLOR, PROTECTION, date(2026, 2, 1), date(2026, 3, 1), "until_on"),
    ],
)
def test_a_leave_that_cannot_be_is_refused(
    office: Office, who: str, substitute: str, first: date, last: date, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        office.leave(who, substitute, first, last)
    assert list(refused.value.fields) == [field]
    db.session.rollback()
    assert db.session.query(Absence).count() == 0


@pytest.mark.parametrize(
    ("first", "last"),
    [(TODAY, FRIDAY), (date(2026, 3, 3), date(2026, 3, 3)), (FRIDAY, NEXT_FRIDAY)],
)
def test_nobody_stands_in_who_is_away_on_any_of_the_days(office: Office, first: date, last: date) -> None:
    office.leave(PROTECTION, MANAGER, first, last)
    with pytest.raises(Refused):
        office.leave(COUNSELLOR, PROTECTION, TODAY, FRIDAY)


def test_ones_own_leave_is_recorded_by_oneself_and_anothers_by_the_manager(office: Office) -> None:
    days = (TODAY, FRIDAY)
    office.leave(COUNSELLOR, PROTECTION, *days, by=COUNSELLOR)
    office.leave(FRONT_DESK, COUNSELLOR, NEXT_FRIDAY, NEXT_FRIDAY, by=FRONT_DESK)
    for by in (COUNSELLOR, "manager-erbil", "coordinator-pakistan", "auditor"):
        with pytest.raises(Forbidden):
            office.leave(PROTECTION, MANAGER, *days, by=by)
    absence, _handed = office.leave(PROTECTION, MANAGER, *days)
    with pytest.raises(Forbidden):
        end_absence(absence, by=office.by())


@pytest.mark.parametrize(("level", "substitute", "goes"), [
    (1, FRONT_DESK, True),
    (2, FRONT_DESK, False),
    (2, PROTECTION, True),
    (3, PROTECTION, False),
    (3, MANAGER, False),
])  # fmt: skip
def test_what_a_substitute_may_not_see_stays_where_it_is(
    office: Office, level: int, substitute: str, goes: bool
) -> None:
    case = office.case(level=level)
    task = office.task(case)
    office.leave(COUNSELLOR, substitute, TODAY, FRIDAY, by=COUNSELLOR)
    assert task.assignee_id == office.id_of(substitute if goes else COUNSELLOR)
    assert TASKS.permits(office.by(substitute), task) is goes
    new = office.task(case)
    assert new.assignee_id == office.id_of(substitute if goes else COUNSELLOR)


def test_a_named_substitute_stands_in_in_a_sealed_case(office: Office) -> None:
    case = office.case(level=3)
    task = office.task(case)
    name_team(case, frozenset({office.id_of(FRONT_DESK)}), by=SYSTEM)
    office.leave(COUNSELLOR, FRONT_DESK, TODAY, FRIDAY, by=COUNSELLOR)
    assert task.assignee_id == office.id_of(FRONT_DESK)
    assert TASKS.permits(office.by(FRONT_DESK), task)


def test_a_task_in_a_sealed_case_is_given_to_the_named_alone(office: Office) -> None:
    case = office.case(level=3)
    task = office.task(case)
    with pytest.raises(Refused) as refused:
        assign_task(task, office.id_of(PROTECTION), by=office.by())
    assert list(refused.value.fields) == ["assignee"]
    name_team(case, frozenset({office.id_of(PROTECTION)}), by=SYSTEM)
    assign_task(task, office.id_of(PROTECTION), by=office.by())
    assert task.assignee_id == office.id_of(PROTECTION)


def test_sealing_a_case_takes_its_tasks_from_those_who_are_not_named(office: Office) -> None:
    case = office.case()
    theirs, own = office.task(case, to=FRONT_DESK), office.task(case)
    done = office.task(case, to=FRONT_DESK)
    move_task(done, "complete", by=office.by(FRONT_DESK))
    name_team(case, frozenset({office.id_of(PROTECTION)}), by=office.by(PROTECTION))
    set_level(case, 3, by=office.by(PROTECTION))
    db.session.commit()
    assert (theirs.assignee_id, own.assignee_id) == (None, office.id_of(COUNSELLOR))
    for task in (theirs, own, done):
        assert TASKS.permits(office.by(), task), "whoever carries the case sees its tasks"
        assert TASKS.permits(office.by(PROTECTION), task)
        for username in (FRONT_DESK, MANAGER):
            assert not TASKS.permits(office.by(username), task)


def test_a_leave_of_another_centre_hands_nothing_over_here(office: Office) -> None:
    erbil = office.centre("EBL").id
    db.session.add(
        Absence(
            centre_id=erbil,
            user_id=office.id_of(COUNSELLOR),
            substitute_id=office.id_of("counsellor-erbil"),
            from_on=TODAY,
            until_on=FRIDAY,
        )
    )
    db.session.commit()
    assert office.task().assignee_id == office.id_of(COUNSELLOR)


def test_each_task_that_changes_hands_is_in_the_log(office: Office) -> None:
    task = office.task(due_at=clock.now() + timedelta(hours=1))
    absence, _handed = record_absence(
        office.id_of(COUNSELLOR),
        office.id_of(PROTECTION),
        (TODAY, FRIDAY),
        centre_id=office.centre().id,
        by=office.by(MANAGER),
    )
    end_absence(absence, by=office.by(MANAGER))
    db.session.commit()
    query = select(AuditEvent).where(AuditEvent.subject_id == task.id).order_by(AuditEvent.at, AuditEvent.id)
    rows = [row for row in db.session.scalars(query) if row.tag == "tasks:task:assigned"]
    assert [row.details["absence"] for row in rows] == [str(absence.id)] * 2


def test_the_tasks_of_a_case_go_with_it_to_its_new_counsellor(office: Office) -> None:
    case = office.case()
    own, theirs, free = office.task(case), office.task(case, to=FRONT_DESK), office.task(case, to=None)
    elsewhere = office.task(office.case())
    office.leave(COUNSELLOR, MANAGER, TODAY, TODAY)
    assign_case(case, office.id_of(PROTECTION), by=office.by(MANAGER))
    db.session.commit()
    assert (own.assignee_id, own.absence_id) == (office.id_of(PROTECTION), None)
    assert (theirs.assignee_id, free.assignee_id) == (office.id_of(FRONT_DESK), None)
    assert elsewhere.assignee_id == office.id_of(MANAGER)


def test_the_tasks_of_a_batch_of_cases_go_over_and_come_back(office: Office, app: Flask) -> None:
    cases = [office.case() for _number in range(3)]
    keys = [office.task(case).id for case in cases]
    batch = start_batch(cases, office.id_of(PROTECTION), centre_id=office.centre().id, by=office.by(MANAGER))
    batch_id = batch.id
    db.session.commit()
    for undone, holder in ((False, PROTECTION), (True, COUNSELLOR)):
        if undone:
            undo_batch(db.session.get_one(HandoverBatch, batch_id), by=office.by(MANAGER))
            db.session.commit()
        db.session.remove()
        drain(app)
        holders = {db.session.get_one(Task, key).assignee_id for key in keys}
        assert holders == {office.id_of(holder)}
    db.session.rollback()
