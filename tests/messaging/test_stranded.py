"""A message whose job was parked is carried on, once, and given up only where everybody sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from mrc.core import clock as time
from mrc.core.db import db
from mrc.jobs.leases import release_expired
from mrc.jobs.models import Job, JobState
from mrc.messaging.models import Message
from mrc.messaging.service import When, outbound, reply
from mrc.messaging.service.handing import CARRYING
from mrc.messaging.service.stranded import STRANDED_AFTER, pick_up
from mrc.messaging.states import MessageStatus, Reason, ThreadStatus
from tests.messaging.house import House
from tests.simulator.controls import Control

Clock = time_machine.Traveller
Status = MessageStatus


def park(house: House) -> None:
    """The jobs of the message died too often."""
    open_ones = update(Job).where(Job.kind.in_(CARRYING), Job.state == JobState.QUEUED)
    parked = {"state": JobState.PARKED, "finished_at": time.now(), "last_error": "WorkerDied"}
    db.session.execute(open_ones.values(parked))
    db.session.commit()


def later(clock: Clock) -> int:
    clock.shift(STRANDED_AFTER + timedelta(seconds=1))
    found = pick_up()
    db.session.commit()
    return found


@pytest.fixture(autouse=True)
def somebody(house: House) -> None:
    house.written_to()


def test_what_was_never_handed_over_goes_out_once(house: House, clock: Clock) -> None:
    house.answer("once")
    park(house)
    assert pick_up() == 0, "not yet"
    db.session.rollback()
    assert later(clock) == 1
    assert pick_up() == 0, "a job carries it again"
    db.session.rollback()
    house.work()
    assert house.on_screen() == ["once"]
    assert later(clock) == 0


def test_what_may_have_left_is_looked_up_and_not_sent_again(
    house: House, clock: Clock, control: Control
) -> None:
    control.arm("accept_then_drop")
    control.arm("receipts_lost")
    house.answer("once")
    house.work()
    assert house.message().status is Status.UNKNOWN
    park(house)
    assert later(clock) == 1
    clock.shift(timedelta(minutes=1))
    house.work()
    assert house.message().status is Status.ACCEPTED
    assert house.on_screen() == ["once"]


class Death(BaseException):
    """The power is gone."""


def test_what_left_before_the_power_went_is_found_hours_later_and_not_sent_again(
    house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch, control: Control
) -> None:
    def die(*_arguments: object) -> None:
        raise Death

    control.arm("receipts_lost")
    house.answer("once")
    with monkeypatch.context() as patch:
        patch.setattr(outbound, "store_outcome", die)
        with pytest.raises(Death):
            house.work()
    db.session.rollback()
    for _ in range(5):
        clock.shift(timedelta(hours=1))
        release_expired()
        db.session.commit()
        house.work()
    assert house.message().status is Status.ACCEPTED
    assert house.on_screen() == ["once"]


def test_what_was_being_handed_over_is_looked_up_first(house: House, clock: Clock) -> None:
    message = house.answer("once")
    db.session.execute(update(Message).where(Message.id == message.id).values(status=Status.SENDING))
    park(house)
    assert later(clock) == 1
    assert house.message().status is Status.UNKNOWN
    for _ in range(4):
        clock.shift(timedelta(minutes=2))
        house.work()
    assert house.on_screen() == ["once"]


def test_what_waited_for_its_hour_is_asked_again(house: House, clock: Clock) -> None:
    thread, by = house.thread(), house.identity("counsellor-lahore")
    at = time.now() + timedelta(hours=1)
    reply(thread, "at three", compose_id=thread.id, by=by, when=When(send_at=at))
    db.session.commit()
    park(house)
    assert later(clock) == 0, "its hour has not come"
    clock.shift(timedelta(hours=1))
    assert later(clock) == 1
    house.work()
    assert house.on_screen() == ["at three"]


def test_what_kills_its_jobs_again_and_again_is_given_up_and_owed(house: House, clock: Clock) -> None:
    house.answer("poison")
    for _ in range(3):
        park(house)
        assert later(clock) == 1
    message = house.message()
    assert (message.status, message.reason) == (Status.FAILED, Reason.NOT_REACHED)
    assert house.thread().status is ThreadStatus.WAITING
    assert later(clock) == 0


def test_what_a_job_carries_is_left_to_it(house: House, clock: Clock) -> None:
    house.answer("soon")
    assert later(clock) == 0
    assert len(db.session.scalars(select(Job).where(Job.kind == "messaging.send")).all()) == 1
    db.session.rollback()
