"""When tasks are due: in working days of the centre, again and again, after an attempt in vain."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mrc.cases.queries import TaskFilter, count_tasks, list_due_tasks, list_tasks
from mrc.centres.models import Holiday
from mrc.centres.queries import add_working_days
from mrc.core import clock
from mrc.core.db import db
from mrc.tasks.models import Task
from mrc.tasks.service import due_after, move_task, note_attempt, postpone_task
from mrc.tasks.states import OffsetUnit, Repeat, TaskSource, TaskStatus
from tests.contracts.test_query_counts import counted
from tests.tasks.conftest import Office, at

FRIDAY = at("2026-03-06T04:00")
"""Nine o'clock in Lahore, whose centre rests on Saturday and Sunday."""


def repeated(office: Office, **given: object) -> Task:
    usual = {"repeat_every": 1, "repeat_unit": Repeat.WEEKS, "is_timed": True}
    return office.task(**(usual | given))


def done(task: Task, office: Office) -> Task | None:
    following = move_task(task, "complete", by=office.by())
    db.session.commit()
    return following


@pytest.mark.parametrize(
    ("code", "value", "unit", "due"),
    [
        ("LHE", 24, OffsetUnit.HOURS, "2026-03-03T09:00:00"),
        ("LHE", 0, OffsetUnit.DAYS, "2026-03-02T18:59:59"),
        ("LHE", 6, OffsetUnit.DAYS, "2026-03-08T18:59:59"),
        ("LHE", 0, OffsetUnit.WORKING_DAYS, "2026-03-02T18:59:59"),
        ("LHE", 3, OffsetUnit.WORKING_DAYS, "2026-03-05T18:59:59"),
        ("LHE", 5, OffsetUnit.WORKING_DAYS, "2026-03-09T18:59:59"),
        ("EBL", 4, OffsetUnit.WORKING_DAYS, "2026-03-08T20:59:59"),
        ("KBL", 4, OffsetUnit.WORKING_DAYS, "2026-03-08T19:29:59"),
    ],
)
def test_the_time_of_a_rule_is_that_of_its_centre(
    office: Office, code: str, value: int, unit: OffsetUnit, due: str
) -> None:
    assert due_after(clock.now(), value, unit, office.centre(code).id) == at(due)


def test_a_day_begins_when_it_begins_at_the_centre(office: Office) -> None:
    office.clock.move_to(at("2026-03-02T20:00"))  # It is Tuesday in Lahore.
    assert due_after(clock.now(), 1, OffsetUnit.DAYS, office.centre().id) == at("2026-03-04T18:59:59")


def test_a_holiday_is_no_working_day(office: Office) -> None:
    centre, monday = office.centre(), date(2026, 3, 9)
    db.session.add(Holiday(centre_id=centre.id, day=monday, name="Test"))
    db.session.flush()
    assert add_working_days(centre, date(2026, 3, 6), 1) == monday + timedelta(days=1)
    assert add_working_days(centre, date(2026, 3, 7), 0) == monday + timedelta(days=1)


def test_a_year_of_working_days_and_a_centre_that_never_works_come_to_an_end(office: Office) -> None:
    centre = office.centre()
    assert add_working_days(centre, date(2026, 3, 2), 365) > date(2027, 6, 1)
    centre.weekend = list(range(7))
    assert add_working_days(centre, date(2026, 3, 2), 2) == date(2026, 3, 4)
    db.session.rollback()


def test_working_days_are_found_in_one_query(office: Office, app: object) -> None:
    centre = office.centre()
    with counted(app) as statements:  # type: ignore[arg-type]
        add_working_days(centre, date(2026, 3, 2), 30)
    assert len(statements) == 1


def test_putting_off_leads_to_the_next_working_day_at_the_same_time(office: Office) -> None:
    timed, untimed = office.task(due_at=FRIDAY, is_timed=True), office.task(due_at=at("2026-03-06T18:59:59"))
    for task in (timed, untimed):
        postpone_task(task, by=office.by())
    assert (timed.due_at, untimed.due_at) == (at("2026-03-09T04:00"), at("2026-03-09T18:59:59"))
    assert timed.postponed == untimed.postponed == 1


def test_what_is_overdue_is_put_off_from_today_and_nothing_is_put_nearer(office: Office) -> None:
    late = office.task(due_at=at("2026-02-10T18:59:59"))
    postpone_task(late, by=office.by())
    assert late.due_at == at("2026-03-03T18:59:59")
    far = office.task(due_at=at("2026-04-01T18:59:59"))
    postpone_task(far, by=office.by())
    assert far.due_at == at("2026-04-02T18:59:59")


def test_an_attempt_counts_and_leads_to_the_next_working_day(office: Office) -> None:
    task = office.task(due_at=FRIDAY, is_timed=True)
    note_attempt(task, by=office.by())
    assert (task.attempts, task.due_at) == (1, at("2026-03-09T04:00"))
    note_attempt(task, by=office.by(), is_due_again=False)
    assert (task.attempts, task.due_at) == (2, at("2026-03-09T04:00"))


def test_a_call_that_was_asked_for_is_due_to_the_minute(office: Office) -> None:
    task, wanted = office.task(), clock.now() + timedelta(hours=5)
    note_attempt(task, by=office.by(), again_at=wanted)
    assert (task.due_at, task.is_timed, task.attempts) == (wanted, True, 1)


@pytest.mark.parametrize(
    ("every", "unit", "due", "following"),
    [
        (1, Repeat.DAYS, "2026-03-02T04:00", "2026-03-03T04:00"),
        (2, Repeat.WEEKS, "2026-03-02T04:00", "2026-03-16T04:00"),
        (1, Repeat.MONTHS, "2026-03-31T04:00", "2026-04-30T04:00"),
        (12, Repeat.MONTHS, "2028-02-29T04:00", "2029-02-28T04:00"),
    ],
)
def test_a_task_that_comes_again_makes_its_next(
    office: Office, every: int, unit: Repeat, due: str, following: str
) -> None:
    task = repeated(office, repeat_every=every, repeat_unit=unit, due_at=at(due), title="Ask how it goes")
    made = done(task, office)
    assert made is not None
    assert (made.due_at, made.title, made.source) == (at(following), "Ask how it goes", TaskSource.REPETITION)
    assert (made.repeat_every, made.status, made.assignee_id) == (every, TaskStatus.OPEN, task.assignee_id)


def test_what_was_done_late_does_not_come_for_each_time_that_was_missed(office: Office) -> None:
    weekly = done(repeated(office, due_at=at("2026-02-05T04:00")), office)
    assert weekly is not None
    assert weekly.due_at == at("2026-03-05T04:00")
    monthly = done(repeated(office, repeat_unit=Repeat.MONTHS, due_at=at("2026-01-31T04:00")), office)
    assert monthly is not None
    # The end of February is past; March has its 31st again.
    assert monthly.due_at == at("2026-03-31T04:00")


def test_a_task_opened_again_makes_no_second_next(office: Office) -> None:
    task = repeated(office)
    assert done(task, office) is not None
    move_task(task, "reopen", by=office.by())
    assert done(task, office) is None
    assert db.session.query(Task).where(Task.source == TaskSource.REPETITION).count() == 1


def test_a_task_does_not_come_again_after_its_last_day_or_when_it_is_cancelled(office: Office) -> None:
    assert done(repeated(office, repeat_until=date(2026, 3, 8)), office) is None
    assert done(repeated(office, repeat_until=date(2026, 3, 9)), office) is not None
    assert move_task(repeated(office), "cancel", by=office.by(), cancel_reason="mistake") is None


def test_the_urgent_come_first_on_my_day_then_the_most_overdue(office: Office) -> None:
    late = office.task(due_at=clock.now() - timedelta(days=3))
    soon = office.task(due_at=clock.now() + timedelta(hours=1))
    urgent = office.task(due_at=clock.now() + timedelta(hours=2), is_urgent=True)
    rows = list_due_tasks(office.by(), clock.now() + timedelta(hours=9), 12)
    assert [row.task for row in rows] == [urgent, late, soon]


def test_the_list_is_narrowed_and_counted_alike(office: Office) -> None:
    case, now = office.case(), clock.now()
    mine = office.task(case, due_at=now - timedelta(hours=1))
    free = office.task(to=None, kind="visit")
    over = office.task(case)
    done(over, office)
    by = office.by()
    for wanted, expected in (
        (TaskFilter(), [mine, free]),
        (TaskFilter(mine=True), [mine]),
        (TaskFilter(unassigned=True), [free]),
        (TaskFilter(due_before=now), [mine]),
        (TaskFilter(due_from=now), [free]),
        (TaskFilter(kind="visit"), [free]),
        (TaskFilter(case_id=case.id), [mine]),
        (TaskFilter(person_id=case.person_id, status=TaskStatus.DONE), [over]),
    ):
        page = list_tasks(by, wanted, cursor=None)
        assert [row.task for row in page.items] == expected, wanted
        assert count_tasks(by, wanted) == len(expected)


def test_the_list_is_read_page_by_page_without_a_gap(office: Office) -> None:
    made = [office.task(due_at=clock.now() + timedelta(minutes=number // 2)) for number in range(7)]
    seen, cursor = [], None
    while True:
        page = list_tasks(office.by(), TaskFilter(mine=True), cursor=cursor, size=3)
        seen += [row.task.id for row in page.items]
        cursor = page.older
        if cursor is None:
            break
    assert seen == [task.id for task in sorted(made, key=lambda task: (task.due_at, task.id))]
