"""What may not go out now and can wait: for the morning, a chosen time, the person, or a failure to pass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from mrc.core import clock as time
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.messaging import service
from mrc.messaging.models import Message, TemplateVersion, Thread
from mrc.messaging.service import When
from mrc.messaging.states import Direction, MessageStatus, Purpose, Reason, TemplateStatus, ThreadStatus
from tests.messaging.house import House
from tests.messaging.wordings import NUDGE_WORDS, make_wording
from tests.simulator.controls import Control
from tests.support.pages import PageClient

Status = MessageStatus
Clock = time_machine.Traveller
EVENING = timedelta(hours=8)
"""From 14:00 to 22:00 in Lahore."""


def answer(house: House, when: When, body: str = "later") -> Message:
    thread = db.session.scalars(select(Thread)).one()
    by = house.identity("counsellor-lahore")
    queued = service.reply(thread, body, compose_id=uuid4(), by=by, when=when).id
    db.session.commit()
    return house.message(queued)


def ours(house: House) -> list[Message]:
    return [each for each in house.rows(Message) if each.direction is Direction.OUT]


def work_at(house: House, clock: Clock, moment: datetime) -> None:
    clock.move_to(moment)
    house.work()


def test_at_night_nobody_is_woken_who_wrote_long_ago(house: House, clock: Clock) -> None:
    house.written_to()
    clock.shift(EVENING)
    with pytest.raises(Refused, match="It is night where the person is"):
        house.answer()


def test_the_page_says_until_when_as_clocks_at_the_centre_show_it(
    house: House, clock: Clock, client: Callable[..., PageClient]
) -> None:
    url = f"/inbox/{house.written_to().id}"
    clock.shift(EVENING)
    assert "3 Mar 2026, 09:00" in client("counsellor-lahore").get(url).text


def test_who_wrote_just_now_is_answered_at_night(house: House, clock: Clock) -> None:
    clock.shift(EVENING)
    house.written_to()
    house.answer("good evening")
    house.work()
    assert house.on_screen() == ["good evening"]


def test_an_answer_written_at_night_goes_out_in_the_morning(house: House, clock: Clock) -> None:
    house.written_to()
    clock.shift(EVENING)
    kept = answer(house, When(may_wait=True), "good morning")
    morning = datetime.fromisoformat("2026-03-03T09:00:00+05:00")
    assert (kept.status, kept.reason, kept.send_at) == (Status.HELD, Reason.QUIET_HOURS, morning)
    assert house.thread().status is ThreadStatus.ANSWERED
    work_at(house, clock, morning - timedelta(seconds=1))
    assert house.on_screen() == []
    work_at(house, clock, morning)
    assert house.on_screen() == ["good morning"]


def test_an_urgent_answer_goes_out_at_night_and_the_log_says_why(house: House, clock: Clock) -> None:
    house.written_to()
    clock.shift(EVENING)
    answer(house, When(urgent_reason="Danger at the border"), "call 15")
    house.work()
    assert house.on_screen() == ["call 15"]


def test_an_answer_goes_out_at_the_chosen_time(house: House, clock: Clock) -> None:
    house.written_to()
    at = time.now() + timedelta(hours=3)
    kept = answer(house, When(send_at=at))
    assert (kept.status, kept.reason) == (Status.HELD, Reason.SCHEDULED)
    house.work()
    assert house.on_screen() == []
    work_at(house, clock, at)
    assert house.on_screen() == ["later"]


@pytest.mark.parametrize("ahead", [timedelta(minutes=-1), timedelta(days=36)])
def test_a_time_that_is_over_or_too_far_is_refused(house: House, ahead: timedelta) -> None:
    house.written_to()
    with pytest.raises(Refused, match="35 days"):
        answer(house, When(send_at=time.now() + ahead))


def test_what_waits_can_be_taken_back_and_then_never_leaves(house: House, clock: Clock) -> None:
    house.written_to()
    kept = answer(house, When(send_at=time.now() + timedelta(hours=1)))
    with pytest.raises(Forbidden):
        service.take_back(db.session.get_one(Message, kept.id), by=house.identity("counsellor-erbil"))
    service.take_back(db.session.get_one(Message, kept.id), by=house.identity("counsellor-lahore"))
    db.session.commit()
    work_at(house, clock, time.now() + timedelta(hours=2))
    assert house.on_screen() == []
    assert house.message().status is Status.CANCELLED


def test_what_has_left_cannot_be_taken_back(house: House) -> None:
    house.written_to()
    sent = house.answer()
    house.work()
    with pytest.raises(Refused, match="left us already"):
        service.take_back(db.session.get_one(Message, sent.id), by=house.identity("counsellor-lahore"))


class TestAfterTheWindow:
    """The 24 hours are over: the words wait, a neutral wording says so, and writing releases them."""

    @pytest.fixture(autouse=True)
    def closed(self, house: House, clock: Clock) -> None:
        house.written_to()
        clock.shift(timedelta(hours=25))

    def test_without_an_approved_wording_the_words_are_kept_and_an_answer_is_owed(self, house: House) -> None:
        kept = answer(house, When(may_wait=True))
        assert (kept.status, kept.reason) == (Status.HELD, Reason.WINDOW_CLOSED)
        assert house.thread().status is ThreadStatus.WAITING

    def test_a_neutral_wording_is_sent_and_writing_releases_the_words_in_their_order(
        self, house: House, control: Control, clock: Clock
    ) -> None:
        make_wording("answer_waiting", NUDGE_WORDS)
        answer(house, When(may_wait=True), "first")
        clock.shift(timedelta(seconds=1))
        answer(house, When(may_wait=True), "second")
        house.work()
        assert [each.purpose for each in ours(house) if each.attempts] == [Purpose.NUDGE], "once"
        assert len(house.on_screen()) == 1
        assert "first" not in house.on_screen()[0]
        assert house.thread().status is ThreadStatus.ANSWERED
        control.write(text="yes")
        control.settle()
        for _ in range(4):
            house.work()
            clock.shift(timedelta(seconds=2))
        assert house.on_screen()[1:] == ["first", "second"]

    def test_who_opted_out_is_not_told_that_an_answer_waits(self, house: House, clock: Clock) -> None:
        make_wording("answer_waiting", NUDGE_WORDS)
        house.written_to("stop")
        clock.shift(timedelta(hours=25))
        kept = answer(house, When(may_wait=True))
        house.work()
        assert (kept.status, kept.reason) == (Status.HELD, Reason.WINDOW_CLOSED)
        assert len(ours(house)) == 1
        assert house.thread().status is ThreadStatus.WAITING


class TestAWording:
    """Writing first, with what WhatsApp approved."""

    def send(self, house: House, version: TemplateVersion, **variables: str) -> None:
        thread = db.session.scalars(select(Thread)).one()
        by = house.identity("counsellor-lahore")
        service.send_template(thread, version, variables, compose_id=uuid4(), by=by)
        db.session.commit()

    def test_goes_out_after_the_window(self, house: House, control: Control, clock: Clock) -> None:
        house.written_to()
        control.close_window()
        clock.shift(timedelta(hours=26))
        self.send(house, make_wording("please_come", "Come on {{1}}.", ("day",)), day="3 March")
        house.work()
        message = house.message()
        assert (message.status, message.body) == (Status.READ, "Come on 3 March.")
        assert "3 March" in house.on_screen()[0]

    def test_that_was_paused_meanwhile_is_held(self, house: House) -> None:
        house.written_to()
        version = make_wording("please_come", "Come, please.")
        self.send(house, version)
        db.session.get_one(TemplateVersion, version.id).status = TemplateStatus.PAUSED
        db.session.commit()
        house.work()
        assert (house.message().status, house.message().reason) == (
            Status.HELD,
            Reason.TEMPLATE_NOT_APPROVED,
        )
        assert house.on_screen() == []

    @pytest.mark.parametrize(
        "day", ["", "  ", "a\nb", "a\tb", "a      b", "x" * 1025, "\u200f"], ids=lambda text: repr(text)[:9]
    )
    def test_whose_places_are_filled_badly_is_refused(self, house: House, day: str) -> None:
        house.written_to()
        version = make_wording("please_come", "Come on {{1}}.", ("day",))
        with pytest.raises(Refused, match="in one line"):
            self.send(house, version, day=day)

    def test_with_other_places_is_refused(self, house: House) -> None:
        house.written_to()
        version = make_wording("please_come", "Come on {{1}}.", ("day",))
        with pytest.raises(Refused, match="other places"):
            self.send(house, version, hour="10")


class TestOnceMore:
    """What the provider could not deliver for a reason that passes."""

    def fail(self, house: House, clock: Clock, code: int) -> Message:
        house.written_to()
        sent = house.answer("once")
        house.work()
        first = house.message(sent.id)
        clock.shift(timedelta(seconds=1))
        db.session.get_one(Message, sent.id).status = Status.ACCEPTED
        db.session.commit()
        assert house.report(first, "undelivered", code) == 200
        return first

    @pytest.mark.parametrize(("code", "minutes"), [(30008, 30), (30003, 480), (63018, 10)])
    def test_it_is_sent_once_more_after_a_while(
        self, house: House, clock: Clock, code: int, minutes: int
    ) -> None:
        first = self.fail(house, clock, code)
        assert house.report(first, "undelivered", code) == 200
        _first, second = ours(house)
        assert (_first.reason, second.status) == (Reason.TRIED_AGAIN, Status.HELD)
        assert second.send_at == time.now() + timedelta(minutes=minutes)
        assert house.thread().status is ThreadStatus.ANSWERED
        house.written_to("still there")
        work_at(house, clock, second.send_at)
        assert house.on_screen().count("once") == (2 if minutes < 60 else 1), "at night it goes on waiting"

    def test_it_is_taken_back_when_the_first_arrives_after_all(self, house: House, clock: Clock) -> None:
        first = self.fail(house, clock, 30008)
        assert house.report(first, "delivered") == 200
        _first, second = ours(house)
        assert (second.status, second.reason) == (Status.CANCELLED, Reason.ARRIVED_AFTER_ALL)

    def test_a_reason_that_does_not_pass_is_for_a_person(self, house: House, clock: Clock) -> None:
        self.fail(house, clock, 30005)
        assert len(ours(house)) == 1
        assert house.thread().status is ThreadStatus.WAITING
