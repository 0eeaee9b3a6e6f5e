"""What the house answers by itself, and how seldom."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from mrc.centres.models import PhoneLine
from mrc.core import clock as time
from mrc.core.db import db
from mrc.messaging.models import Message, Satisfaction, Thread
from mrc.messaging.optout import may_ask_to_stop
from mrc.messaging.service import mark_done, opt_out_by_hand
from mrc.messaging.states import Direction, MessageStatus, Purpose, ThreadStatus
from mrc.persons.service import NewAddress, NewConsent, PersonDetails, record_consent, register_person
from mrc.persons.states import AddressKind, ConsentMode, ConsentPurpose
from tests.messaging.house import BILAL, LAHORE, House, form_of
from tests.messaging.wordings import make_wording
from tests.simulator.controls import Control

Clock = time_machine.Traveller
EVENING = timedelta(hours=8)


@pytest.fixture(autouse=True)
def answering(house: House) -> None:
    """Lahore's line answers by itself."""
    line = db.session.scalars(select(PhoneLine).where(PhoneLine.address == LAHORE)).one()
    line.answers_by_itself = True
    db.session.commit()


def automatic(house: House) -> list[str]:
    said = [each for each in house.rows(Message) if each.purpose is Purpose.AUTOMATIC]
    return [each.body or "" for each in sorted(said, key=lambda each: (each.at, each.id))]


def hear(house: House, body: str) -> None:
    house.written_to(body)
    house.work()


def test_who_writes_first_is_greeted_in_every_language_and_still_waits_for_a_person(house: House) -> None:
    hear(house, "salam")
    (greeting,) = house.on_screen()
    assert "1. اردو" in greeting
    assert "2. English" in greeting
    assert house.thread().status is ThreadStatus.WAITING
    hear(house, "hello?")
    assert len(automatic(house)) == 1, "once"


@pytest.mark.parametrize(("body", "tag"), [("1", "ur"), ("۲", "en"), ("2.", "en"), (" ١ ", "ur")])
def test_a_number_chooses_the_language(house: House, clock: Clock, body: str, tag: str) -> None:
    hear(house, "salam")
    clock.shift(timedelta(minutes=1))
    hear(house, body)
    assert house.thread().language == tag
    assert len(automatic(house)) == 2


def test_a_number_in_the_middle_of_a_talk_chooses_nothing(house: House, clock: Clock) -> None:
    hear(house, "salam")
    clock.shift(timedelta(days=2))
    hear(house, "1")
    assert house.thread().language is None


def test_closed_is_said_once_in_each_closed_time_with_the_emergency_numbers(
    house: House, clock: Clock
) -> None:
    hear(house, "salam")
    clock.shift(EVENING)
    hear(house, "a question about wages and a contract that I was given")
    clock.shift(timedelta(hours=1))
    hear(house, "another question about wages and a contract")
    assert len(automatic(house)) == 2
    assert "1122" in automatic(house)[1]
    clock.shift(timedelta(days=1))
    hear(house, "the next evening, a third question about wages")
    assert len(automatic(house)) == 3


def test_whom_a_person_answered_just_now_is_not_told_that_we_are_closed(house: House, clock: Clock) -> None:
    hear(house, "salam")
    clock.shift(EVENING)
    house.written_to("I am still here and have one more question for you")
    house.answer("yes?")
    house.work()
    hear(house, "is this permission number real or did they invent it")
    assert len(automatic(house)) <= 2


def test_a_word_of_danger_alone_gets_the_numbers_at_once(house: House, clock: Clock) -> None:
    hear(house, "salam")
    clock.shift(timedelta(minutes=1))
    hear(house, "خطرہ")
    assert "1122" in automatic(house)[-1]
    assert house.thread().status is ThreadStatus.WAITING


def test_another_machine_is_not_talked_to_for_ever(house: House, clock: Clock) -> None:
    for number in range(60):
        assert house.hear(form_of("1" if number % 2 else "danger")) == 200
        house.work()
        clock.shift(timedelta(seconds=2))
    assert len(automatic(house)) <= 6


@pytest.mark.parametrize("body", ["stop", "بند", "وەستان"])
def test_who_wants_no_messages_gets_none(house: House, body: str) -> None:
    hear(house, body)
    assert automatic(house) == []


def test_a_late_message_is_not_greeted(house: House, clock: Clock, control: Control) -> None:
    control.arm("lost")
    control.write(text="an old one")
    control.settle()
    clock.shift(timedelta(hours=2))
    house.sweep()
    assert len(house.bodies()) == 1
    assert automatic(house) == []


def test_a_line_that_does_not_answer_by_itself_is_silent(house: House) -> None:
    db.session.scalars(select(PhoneLine).where(PhoneLine.address == LAHORE)).one().answers_by_itself = False
    db.session.commit()
    hear(house, "salam")
    assert house.on_screen() == []


@pytest.mark.parametrize("body", ["stop please", "please stop messages", "لطفا توقف کنید", "میسج لغو"])
def test_words_near_those_for_stopping_are_for_a_person(house: House, body: str) -> None:
    hear(house, body)
    assert house.address().opted_out_at is None
    assert may_ask_to_stop(body)
    opt_out_by_hand(db.session.scalars(select(Thread)).one(), by=house.identity("counsellor-lahore"))
    db.session.commit()
    assert house.address().opted_out_at is not None


@pytest.mark.parametrize("body", ["stop", "بند ہے کیا دفتر", "the end of my contract", "x " * 20 + "stop"])
def test_other_sentences_ask_nothing(body: str) -> None:
    assert not may_ask_to_stop(body)


class TestHowItWas:
    """One tap after a conversation."""

    @pytest.fixture
    def done(self, house: House) -> None:
        """A conversation that a counsellor answered and closed, with somebody who agreed to be messaged."""
        make_wording("how_was_it", "How was it?", purpose=Purpose.SATISFACTION)
        details = PersonDetails("بلال احمد", addresses=(NewAddress(AddressKind.WHATSAPP, BILAL),))
        by = house.identity("counsellor-lahore")
        (lahore,) = by.home_centre_ids
        person = register_person(details, centre_id=lahore, by=by)
        record_consent(person, NewConsent(ConsentPurpose.CONTACT_WHATSAPP, ConsentMode.VERBAL, "ur"), by=by)
        db.session.commit()
        house.written_to("salam")
        house.answer("hello")
        house.work()
        mark_done(db.session.scalars(select(Thread)).one(), by=by)
        db.session.commit()

    def asked(self, house: House) -> list[Satisfaction]:
        return list(house.rows(Satisfaction))

    @pytest.mark.usefixtures("done")
    def test_is_asked_after_an_hour_and_the_tap_is_kept(self, house: House, clock: Clock) -> None:
        clock.shift(timedelta(hours=1))
        house.work()
        (row,) = self.asked(house)
        question = next(each for each in house.rows(Message) if each.purpose is Purpose.SATISFACTION)
        assert question.status is MessageStatus.READ
        for payload in ("helpful", "not_helpful"):
            form = form_of("", ButtonText="Yes", ButtonPayload=payload)
            form["OriginalRepliedMessageSid"] = question.provider_sid or ""
            house.hear(form)
            house.work()
        (row,) = self.asked(house)
        assert (row.score, row.answered_at) == (3, time.now()), "the first tap counts"
        assert house.thread().status is ThreadStatus.DONE, "nobody owes an answer to a tap"

    @pytest.mark.usefixtures("done")
    @pytest.mark.parametrize("level", [2, 3])
    def test_is_never_asked_where_somebody_is_protected(self, house: House, clock: Clock, level: int) -> None:
        db.session.scalars(select(Thread)).one().confidentiality = level
        db.session.commit()
        clock.shift(timedelta(hours=1))
        house.work()
        assert self.asked(house) == []

    @pytest.mark.usefixtures("done")
    def test_is_not_asked_when_they_wrote_again(self, house: House, clock: Clock) -> None:
        house.written_to("one more thing")
        clock.shift(timedelta(hours=1))
        house.work()
        assert self.asked(house) == []
        assert all(each.direction is Direction.IN or each.purpose is not Purpose.SATISFACTION
                   for each in house.rows(Message))  # fmt: skip
