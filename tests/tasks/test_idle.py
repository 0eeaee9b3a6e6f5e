"""Cases in which nothing happens: found by a job, one task for each quiet time, bounded and in any order."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from mrc.cases import jobs
from mrc.cases.jobs import find_idle
from mrc.cases.models import Case
from mrc.cases.queries.idle import Place, list_quiet_cases, quiet_query
from mrc.cases.service import NewAttempt, add_note, move_case, record_attempt
from mrc.cases.states import AttemptOutcome, CaseStatus
from mrc.core import clock
from mrc.core.db import db
from mrc.jobs.models import Job, JobState
from mrc.jobs.service import enqueue
from mrc.jobs.worker import drain, keep_up, run_one
from mrc.tasks.models import Task, TaskRule
from mrc.tasks.service import RuleChange, change_rule, make_rule, move_task
from mrc.tasks.states import AssignTo, OffsetUnit, Trigger
from tests.contracts.test_query_counts import counted
from tests.tasks.conftest import COUNSELLOR, MANAGER, Office, at

DAY = timedelta(days=1)
DAYS = 60
OWN = RuleChange(
    condition="30",
    titles={"en": "Quiet for 30 days"},
    offset_value=1,
    offset_unit=OffsetUnit.WORKING_DAYS,
    assign_to=AssignTo.COUNSELLOR,
    is_active=True,
)


def run() -> int:
    """Run the job to its end as a worker does; how many steps wrote something."""
    steps = 0
    for _step in find_idle({}):
        steps += 1
        db.session.commit()
        db.session.remove()
    db.session.commit()
    return steps


def quiet(office: Office, days: float = DAYS, **given: object) -> Case:
    """A case in which nothing happened for so many days."""
    case = office.case(**given)  # type: ignore[arg-type]
    at_last = clock.now() - timedelta(days=days)
    db.session.execute(update(Case).where(Case.id == case.id).values(last_activity_at=at_last))
    db.session.commit()
    return db.session.get_one(Case, case.id)


def made() -> list[Task]:
    return list(db.session.scalars(select(Task).where(Task.rule_id.is_not(None)).order_by(Task.id)))


def many(office: Office, count: int) -> list[Case]:
    """Quiet cases of one person, each a minute longer quiet than the one before."""
    first = quiet(office)
    rows = [first]
    columns = {column.key: getattr(first, column.key) for column in Case.__mapper__.column_attrs}
    for number in range(1, count):
        given = {name: value for name, value in columns.items() if name not in ("id", "number", "version")}
        given["last_activity_at"] = first.last_activity_at - timedelta(minutes=number // 2)
        rows.append(Case(**given, number=f"T-{number}"))
        db.session.add(rows[-1])
    db.session.commit()
    return rows


def test_a_quiet_case_is_to_be_looked_at_by_who_carries_it(office: Office) -> None:
    case = quiet(office)
    expected = (case.id, case.person_id, office.id_of(COUNSELLOR))
    run()
    (task,) = made()
    assert (task.case_id, task.person_id, task.assignee_id) == expected
    assert (task.kind, task.due_at) == ("review", at("2026-03-05T18:59:59"))


@pytest.mark.parametrize(("days", "expected"), [(DAYS - 0.01, 0), (DAYS, 1), (DAYS * 10, 1)])
def test_a_case_is_quiet_from_the_day_of_its_rule(office: Office, days: float, expected: int) -> None:
    quiet(office, days)
    run()
    assert len(made()) == expected


@pytest.mark.parametrize("status", CaseStatus)
def test_only_cases_that_are_worked_on_are_looked_at(office: Office, status: CaseStatus) -> None:
    case = quiet(office)
    facts: dict[str, object] = {}
    if status in (CaseStatus.CLOSURE_REQUESTED, CaseStatus.CLOSED, CaseStatus.VOID):
        facts = {"closure_reason": "other"}
    if status is CaseStatus.CLOSED:
        facts["closed_at"] = clock.now()
    db.session.execute(update(Case).where(Case.id == case.id).values(status=status, **facts))
    db.session.commit()
    run()
    assert len(made()) == (status in (CaseStatus.NEW, CaseStatus.OPEN, CaseStatus.FOLLOW_UP))


def test_one_task_for_each_quiet_time_however_often_the_job_runs(office: Office) -> None:
    case_id = quiet(office).id
    for _run in range(3):
        run()
        office.clock.shift(DAY)
    assert len(made()) == 1
    add_note(db.session.get_one(Case, case_id), "She called", by=office.by())
    for task in made():
        move_task(task, "complete", by=office.by())
    db.session.commit()
    office.clock.shift(timedelta(days=DAYS - 1))
    run()
    assert len(made()) == 1
    office.clock.shift(DAY)
    for _run in range(2):
        run()
    assert len(made()) == 2


def test_looking_at_the_case_ends_the_quiet_time(office: Office) -> None:
    quiet(office)
    run()
    move_task(made()[0], "complete", by=office.by())
    db.session.commit()
    run()
    office.clock.shift(timedelta(days=DAYS - 1))
    run()
    assert len(made()) == 1
    office.clock.shift(DAY)
    run()
    assert len(made()) == 2


def test_while_its_task_is_open_no_second_one_is_made(office: Office) -> None:
    case_id = quiet(office).id
    run()
    add_note(db.session.get_one(Case, case_id), "She called", by=office.by())
    db.session.commit()
    office.clock.shift(timedelta(days=DAYS + 1))
    run()
    assert len(made()) == 1


def test_any_task_that_was_done_and_any_attempt_is_activity(office: Office) -> None:
    done, tried = quiet(office), quiet(office)
    move_task(office.task(done), "complete", by=office.by())
    attempt = NewAttempt(AttemptOutcome.WRONG_NUMBER)
    record_attempt(attempt, person=tried.person, by=office.by(), case=tried)
    db.session.commit()
    run()
    assert made() == []


def test_a_case_that_was_closed_and_opened_again_is_not_quiet(office: Office) -> None:
    case = quiet(office)
    move_case(case, "request_closure", by=office.by(), closure_reason="needs_met")
    move_case(case, "approve_closure", by=office.by(MANAGER))
    move_case(case, "reopen", by=office.by(MANAGER))
    db.session.commit()
    run()
    assert made() == []


def test_a_centres_own_days_go_before_those_of_everywhere(office: Office) -> None:
    quiet(office, 40)
    run()
    assert made() == []
    rule = make_rule(
        OWN, trigger=Trigger.CASE_IDLE, kind="review", centre_id=office.centre().id, by=office.by(MANAGER)
    )
    db.session.commit()
    rule_id = rule.id
    quiet(office, 70)
    run()
    assert [task.rule_id for task in made()] == [rule_id, rule_id]


def test_a_rule_that_is_off_makes_nothing(office: Office) -> None:
    rule = db.session.scalars(select(TaskRule).where(TaskRule.trigger == Trigger.CASE_IDLE)).one()
    change_rule(rule, dataclasses.replace(OWN, is_active=False), by=office.by("admin"))
    db.session.commit()
    quiet(office)
    assert run() == 0
    assert made() == []


def test_a_rule_whose_days_cannot_be_read_is_passed_over(office: Office) -> None:
    db.session.execute(update(TaskRule).where(TaskRule.code == "idle").values(condition="soon"))
    db.session.commit()
    quiet(office)
    assert run() == 0


def test_the_task_of_a_sealed_case_is_seen_by_its_named_people_alone(office: Office) -> None:
    quiet(office, level=3)
    run()
    (task,) = made()
    assert (task.confidentiality, task.assignee_id) == (3, office.id_of(COUNSELLOR))


def test_a_new_case_that_nobody_has_gets_a_task_that_nobody_has(office: Office) -> None:
    quiet(office, counsellor=None)
    run()
    assert [task.assignee_id for task in made()] == [None]


def test_a_run_that_is_cut_off_begins_anew_and_makes_nothing_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "STEP", 3)
    expected = {case.id for case in many(office, 11)}
    walk: Iterator[None] = iter(find_idle({}))  # type: ignore[arg-type]
    for _step in range(2):
        next(walk)
        db.session.commit()
        db.session.remove()
    assert len(made()) == 6
    db.session.rollback()
    next(walk)
    db.session.rollback()  # It died before its third step was committed.
    assert len(made()) == 6
    run()
    assert {task.case_id for task in made()} == expected
    assert len(made()) == len(expected)


def test_a_worker_that_dies_in_the_middle_leaves_the_rest_to_the_next(
    office: Office, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "STEP", 4)
    count = len(many(office, 10))
    job_id = enqueue("cases.find_idle", {}).id
    db.session.commit()
    db.session.remove()
    steps = iter((None, RuntimeError("power is gone")))

    def crash(point: str) -> None:
        if point == "after_step" and (error := next(steps, None)):
            raise error

    with monkeypatch.context() as patch:
        patch.setattr("mrc.jobs.worker.crash_at", crash)
        assert run_one(app, job_id)
    assert len(made()) == 8
    db.session.rollback()
    office.clock.shift(timedelta(minutes=5))
    drain(app)
    assert db.session.get_one(Job, job_id).state is JobState.DONE
    assert len(made()) == count
    assert len({task.case_id for task in made()}) == count


def test_a_run_makes_no_more_than_it_may_and_the_next_goes_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "STEP", 2)
    monkeypatch.setattr(jobs, "MOST_MADE", 4)
    many(office, 9)
    for expected in (4, 8, 9, 9):
        run()
        assert len(made()) == expected


def test_it_is_periodic(app: Flask, office: Office) -> None:
    quiet(office)
    db.session.remove()
    keep_up(app)
    drain(app)
    assert len(made()) == 1


def test_a_step_asks_as_often_for_many_cases_as_for_few(office: Office, app: Flask) -> None:
    many(office, 12)
    rule = db.session.scalars(select(TaskRule).where(TaskRule.code == "idle")).one()
    before, centre_id = clock.now(), office.centre().id
    for size in (1, 10):
        with counted(app) as statements:
            found = list_quiet_cases(centre_id, rule.id, before=before, after=None, size=size)
        assert len(found.cases) == size
        assert len(statements) == 2


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_no_table_is_read_whole(office: Office) -> None:
    case = quiet(office)
    person = {"centre": case.centre_id, "person": case.person_id, "counsellor": office.id_of(COUNSELLOR)}
    db.session.execute(
        text(
            'INSERT INTO "case" (id, centre_id, number, person_id, status, confidentiality, priority,'
            " client_type, counsellor_id, opened_at, last_activity_at, closed_at, closure_reason, version,"
            " created_at) SELECT gen_random_uuid(), :centre, 'T-' || n, :person,"
            " CASE WHEN n % 10 < 7 THEN 'closed' ELSE 'open' END, 1, 'normal', 'potential', :counsellor,"
            " now() - n * interval '5 minutes', now() - n * interval '5 minutes',"
            " CASE WHEN n % 10 < 7 THEN now() END, CASE WHEN n % 10 < 7 THEN 'other' END, 1, now()"
            " FROM generate_series(1, 60000) n"
        ),
        person,
    )
    db.session.execute(text('ANALYZE "case"'))
    rule = db.session.scalars(select(TaskRule).where(TaskRule.code == "idle")).one()
    after = Place(clock.now() - timedelta(days=100), case.id)
    for place in (None, after):
        query = quiet_query(case.centre_id, rule.id, before=clock.now(), after=place, size=250)
        plan = explained(query)
        assert "Seq Scan" not in plan, plan
        assert "ix_task_case" in plan, plan
    db.session.rollback()


def explained(query: object) -> str:
    """The plan of a query on PostgreSQL."""
    compiled = query.compile(db.engine, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    connection = db.session.connection()
    rows = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {compiled}", compiled.params)
    return "\n".join(row[0] for row in rows)
