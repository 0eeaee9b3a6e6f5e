"""Times of answers, counted from the steps of conversations in opening minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mrc.centres.models import Centre, Holiday, OpeningHours
from mrc.centres.workingtime import add_open_minutes, open_minutes_between
from mrc.core.db import db
from mrc.messaging.models import Thread, ThreadEvent
from mrc.messaging.queries.levels import Level, Measured, figures_of, measured
from mrc.messaging.service import mark_done
from mrc.messaging.service.levels import escalate
from mrc.messaging.states import ThreadStep
from mrc.tasks.models import Task
from tests.messaging.house import House
from tests.support.pages import PageClient

Client = Callable[..., PageClient]
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOURS = dict.fromkeys(range(5), ((540, 780), (840, 1020)))


def centre_of() -> Centre:
    """Open on weekdays from nine to one and from two to five, UTC, closed on a Wednesday."""
    made = Centre(code="TST", country="PK", name="Test", languages=[], time_zone="UTC", weekend=[5, 6])
    made.hours = [
        OpeningHours(weekday=day, opens=opens, closes=closes)
        for day, stretches in HOURS.items() for opens, closes in stretches
    ]  # fmt: skip
    made.holidays = [Holiday(day=(MONDAY + timedelta(days=2)).date(), name="feast")]
    return made


def is_open(at: datetime) -> bool:
    minute = at.hour * 60 + at.minute
    is_feast = at.date() == (MONDAY + timedelta(days=2)).date()
    return not is_feast and any(a <= minute < b for a, b in HOURS.get(at.weekday(), ()))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 12 * 24 * 60), st.integers(0, 5 * 24 * 60))
def test_opening_minutes_are_those_that_an_oracle_counts_one_by_one(start: int, length: int) -> None:
    begin, end = MONDAY + timedelta(minutes=start), MONDAY + timedelta(minutes=start + length)
    counted = sum(is_open(begin + timedelta(minutes=minute)) for minute in range(length))
    assert open_minutes_between(centre_of(), begin, end) == counted


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 12 * 24 * 60), st.integers(1, 2_000))
def test_adding_opening_minutes_and_counting_them_agree(start: int, minutes: int) -> None:
    begin = MONDAY + timedelta(minutes=start)
    assert open_minutes_between(centre_of(), begin, add_open_minutes(centre_of(), begin, minutes)) == minutes


def step(kind: ThreadStep, hour: float, day: int = 0) -> ThreadEvent:
    return ThreadEvent(step=kind, at=MONDAY + timedelta(days=day, hours=hour))


def taken(*events: ThreadEvent) -> list[tuple[Level, int]]:
    return [(each.level, each.minutes) for each in measured(centre_of(), events)]


IN, ANSWER, DONE = ThreadStep.INBOUND, ThreadStep.ANSWER, ThreadStep.DONE


def test_the_first_and_every_next_answer_and_the_end_are_counted() -> None:
    talk = (step(IN, 9), step(IN, 9.5), step(ANSWER, 10), step(IN, 10.5), step(ANSWER, 11), step(DONE, 12))
    assert taken(*talk) == [
        (Level.FIRST, 60), (Level.NEXT, 30), (Level.RESOLUTION, 180),
    ]  # fmt: skip


def test_the_night_the_lunch_and_the_feast_do_not_count() -> None:
    assert taken(step(IN, 12.5), step(ANSWER, 14.5)) == [(Level.FIRST, 60)]
    assert taken(step(IN, 20), step(ANSWER, 9.5, day=1)) == [(Level.FIRST, 30)]
    assert taken(step(IN, 16, day=1), step(ANSWER, 10, day=3)) == [(Level.FIRST, 120)]


def test_a_last_thank_you_counts_for_nothing_and_a_new_question_is_a_first_one() -> None:
    assert taken(step(IN, 9), step(ANSWER, 10), step(DONE, 10.5), step(IN, 11), step(DONE, 15)) == [
        (Level.FIRST, 60), (Level.RESOLUTION, 90),
    ]  # fmt: skip
    anew = (step(IN, 9, day=1), step(ANSWER, 10, day=1))
    assert taken(step(IN, 9), step(ANSWER, 9.5), step(DONE, 10), *anew) == [
        (Level.FIRST, 30), (Level.RESOLUTION, 60), (Level.FIRST, 60),
    ]  # fmt: skip


def test_a_second_answer_without_a_question_is_none() -> None:
    assert taken(step(IN, 9), step(ANSWER, 10), step(ANSWER, 11)) == [(Level.FIRST, 60)]


def test_figures_are_the_middle_the_slow_tenth_and_the_share() -> None:
    found = [Measured(Level.FIRST, minutes, None) for minutes in range(1, 101)]
    figures = figures_of(found, 60)
    assert (figures.count, figures.median, figures.slow, figures.within) == (100, 50, 90, 60)
    assert figures_of([], 60).median is None


def test_steps_are_written_once_and_what_the_house_says_is_none(house: House) -> None:
    house.written_to()
    house.answer()
    house.work()
    mark_done(db.session.scalars(select(Thread)).one(), by=house.identity("counsellor-lahore"))
    db.session.commit()
    assert sorted(each.step for each in house.rows(ThreadEvent)) == sorted([IN, ANSWER, DONE])


def test_who_waits_too_long_makes_one_task_and_later_one_for_all(
    house: House, client: Client, clock: time_machine.Traveller
) -> None:
    thread = house.written_to()
    for minutes, tasks in ((30, 0), (31, 1), (1, 1), (59, 2), (1, 2)):
        clock.shift(timedelta(minutes=minutes))
        escalate(thread.centre_id)
        db.session.commit()
        assert len(house.rows(Task)) == tasks, minutes
    page = client("manager-lahore").get("/inbox/levels?days=30")
    assert "Wait too long now" in page.text
    assert "opening minutes" in page.text
    assert client("counsellor-erbil").get("/inbox/levels").find("a", href=f"/inbox/{thread.id}") == []
