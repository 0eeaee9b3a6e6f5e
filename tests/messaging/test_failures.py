"""What the carrier and the network do to an answer on its way, and that it never goes out twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from mrc.core import clock as time
from mrc.core.db import db
from mrc.jobs.leases import release_expired
from mrc.jobs.models import Job, JobState
from mrc.messaging import gateway, jobs
from mrc.messaging.models import Message
from mrc.messaging.service import outbound
from mrc.messaging.states import MessageStatus, Reason, ThreadStatus
from mrc.simulator.server import Server
from tests.messaging.house import NOWHERE, House
from tests.simulator.controls import Control
from tests.support.pages import PageClient

Client = Callable[..., PageClient]
Status = MessageStatus
Clock = time_machine.Traveller


@pytest.fixture(autouse=True)
def thread(house: House) -> None:
    """Bilal wrote, so he may be answered."""
    house.written_to()


def pass_time(house: House, clock: Clock, **span: int) -> None:
    clock.shift(timedelta(**span))
    house.work()


def test_too_many_requests_waits_as_long_as_the_carrier_says(
    house: House, control: Control, clock: Clock
) -> None:
    control.arm("too_many", value=90)
    house.answer("patience")
    house.work()
    waiting = house.message()
    assert (waiting.status, waiting.attempts) == (Status.QUEUED, 0), "it costs no try"
    assert [job.run_at for job in house.open_jobs()] == [time.now() + timedelta(seconds=90)]
    pass_time(house, clock, seconds=89)
    assert house.on_screen() == []
    pass_time(house, clock, seconds=1)
    assert house.on_screen() == ["patience"]


def test_many_refusals_for_now_do_not_give_a_message_up(house: House, control: Control, clock: Clock) -> None:
    control.arm("too_many", value=5, times=30)
    house.answer("patience")
    for _ in range(31):
        house.work()
        clock.shift(timedelta(seconds=5))
    assert house.message().status is Status.READ
    assert house.on_screen() == ["patience"]


@pytest.mark.parametrize(("code", "seconds"), [(21611, 5), (63018, 5)])
def test_a_line_that_is_too_busy_is_tried_again(
    house: House, control: Control, clock: Clock, code: int, seconds: int
) -> None:
    control.arm("refuse", value=code)
    house.answer("again")
    house.work()
    assert house.message().status is Status.QUEUED
    pass_time(house, clock, seconds=seconds)
    assert house.on_screen() == ["again"]


LOST = [
    pytest.param("server_error", 500, False, id="500"),
    pytest.param("server_error", 503, False, id="503"),
    pytest.param("problem", 503, False, id="problem document"),
    pytest.param("reset", 0, False, id="reset"),
    pytest.param("accept_then_drop", 0, True, id="dropped after it was taken"),
]


@pytest.mark.parametrize(("kind", "value", "is_taken"), LOST)
def test_an_answer_that_was_lost_leaves_it_unknown_until_the_list_decides(
    house: House, control: Control, clock: Clock, kind: str, value: int, is_taken: bool
) -> None:
    control.arm(kind, value=value)
    control.arm("receipts_lost")
    house.answer("once")
    house.work()
    assert house.message().status is Status.UNKNOWN
    assert house.on_screen() == (["once"] if is_taken else [])
    for seconds in (20, 40, 60):
        pass_time(house, clock, seconds=seconds)
    pass_time(house, clock, seconds=1)
    message = house.message()
    assert (message.status, message.attempts) == (Status.ACCEPTED, 1 if is_taken else 2)
    assert message.provider_sid == control.screen()[-1]["sid"]
    assert house.on_screen() == ["once"]
    assert house.open_jobs() == []


def test_a_time_out_after_it_was_taken_does_not_send_it_twice(
    house: House, control: Control, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "TIMEOUT_SECONDS", 0.2)
    control.arm("slow_answer", value=1)
    control.arm("receipts_lost")
    house.answer("once")
    house.work()
    assert house.message().status is Status.UNKNOWN
    monkeypatch.undo()
    pass_time(house, clock, seconds=20)
    assert house.message().status is Status.ACCEPTED
    assert house.on_screen() == ["once"]


def test_the_report_of_a_lost_answer_decides_before_the_list_is_read(house: House, control: Control) -> None:
    control.arm("accept_then_drop")
    house.answer("once")
    house.work()
    message = house.message()
    assert (message.status, message.attempts) == (Status.READ, 1)
    assert house.on_screen() == ["once"]


def test_the_same_words_sent_before_are_not_taken_for_the_lost_ones(
    house: House, control: Control, clock: Clock
) -> None:
    house.answer("yes")
    house.work()
    clock.shift(timedelta(minutes=1))
    control.arm("server_error")
    lost = house.answer("yes")
    house.work()
    for seconds in (20, 40, 60, 1):
        pass_time(house, clock, seconds=seconds)
    assert house.message(lost.id).attempts == 2
    assert house.on_screen() == ["yes", "yes"]


def test_while_the_list_cannot_be_read_nothing_is_sent_again(
    house: House, control: Control, clock: Clock
) -> None:
    control.arm("accept_then_drop")
    control.arm("receipts_lost")
    control.arm("server_error", operation="list", times=3)
    house.answer("once")
    house.work()
    for _ in range(3):
        pass_time(house, clock, hours=1)
        assert house.message().status is Status.UNKNOWN
    pass_time(house, clock, hours=6)
    assert house.message().status is Status.ACCEPTED
    assert house.on_screen() == ["once"]


def test_a_carrier_that_takes_no_connection_is_tried_five_times_and_then_it_is_said(
    house: House, client: Client, clock: Clock
) -> None:
    house.change_carrier(base_url=NOWHERE)
    house.answer()
    waits = []
    while house.message().status is not Status.FAILED:
        house.work()
        waits += [(job.run_at - time.now()).seconds for job in house.open_jobs()]
        clock.shift(timedelta(minutes=20))
    message = house.message()
    assert (message.attempts, message.reason, waits) == (5, Reason.NOT_REACHED, [15, 60, 240, 960])
    assert house.thread().status is ThreadStatus.WAITING
    page = client("counsellor-lahore").get(f"/inbox/{house.thread().id}")
    assert "The provider could not be reached. Nothing was sent." in page.text


def test_a_connection_that_comes_back_sends_it_once(house: House, simulator: Server, clock: Clock) -> None:
    house.change_carrier(base_url=NOWHERE)
    house.answer("once")
    house.work()
    house.change_carrier(base_url=simulator.url)
    pass_time(house, clock, seconds=15)
    assert house.on_screen() == ["once"]


class TestACrash:
    """The process dies between saying 'sending' and storing what came of it."""

    @pytest.fixture
    def dying(self, house: House, control: Control) -> UUID:
        """A message whose job was claimed by a worker that says 'sending' and dies."""
        control.arm("receipts_lost")
        message_id = house.answer("once").id
        job = db.session.scalars(select(Job)).one()
        job.state, job.owner, job.attempts = JobState.RUNNING, "somebody", 1
        job.lease_until = time.now() + timedelta(seconds=60)
        db.session.commit()
        steps = jobs.send({"message_id": str(message_id)})
        next(steps)
        db.session.commit()
        assert house.message().status is Status.SENDING
        return message_id

    @staticmethod
    def another_worker(house: House, clock: Clock) -> None:
        """Somebody takes the job back and goes on."""
        clock.shift(timedelta(seconds=61))
        release_expired()
        db.session.commit()
        house.work()

    def test_before_the_call_it_is_looked_up_and_then_sent_once(
        self, house: House, clock: Clock, dying: UUID
    ) -> None:
        self.another_worker(house, clock)
        assert house.message().status is Status.UNKNOWN
        assert house.on_screen() == [], "it is not tried blindly"
        for seconds in (20, 40, 60, 1):
            pass_time(house, clock, seconds=seconds)
        assert house.message().status is Status.ACCEPTED
        assert house.on_screen() == ["once"]

    def test_after_the_call_it_is_found_and_not_sent_again(
        self, house: House, clock: Clock, dying: UUID
    ) -> None:
        wanted = outbound._request(db.session.get_one(Message, dying))
        db.session.rollback()
        assert isinstance(gateway.send(wanted), gateway.Accepted)
        self.another_worker(house, clock)
        pass_time(house, clock, seconds=20)
        message = house.message()
        assert (message.status, message.attempts) == (Status.ACCEPTED, 1)
        assert house.on_screen() == ["once"]
