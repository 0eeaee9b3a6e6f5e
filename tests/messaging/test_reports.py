"""Delivery reports: late, twice and out of order; they only ever raise."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event

from mrc.audit.tags import Event
from mrc.core.db import db
from mrc.messaging import gateway
from mrc.messaging.models import Message, MessageReport
from mrc.messaging.service import outbound
from mrc.messaging.states import MessageStatus, ThreadStatus
from tests.messaging.house import STATUS, House, new_sid
from tests.simulator.controls import Control

Status = MessageStatus


@pytest.fixture
def sent(house: House, control: Control) -> Message:
    """An answer that the carrier took and says nothing about."""
    house.written_to()
    control.arm("receipts_lost")
    house.answer()
    house.work()
    accepted = house.message()
    assert accepted.status is Status.ACCEPTED
    return accepted


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "delivered", "read"])))
def test_in_whatever_order_they_come_it_was_read(house: House, sent: Message, order: Sequence[str]) -> None:
    for word in order:
        assert house.report(sent, word) == 200
    assert house.message().status is Status.READ
    assert len(house.rows(MessageReport)) == 3, "every one is kept"


@pytest.mark.parametrize(
    ("words", "end"),
    [
        (["delivered", "sent"], Status.DELIVERED),
        (["failed", "sent"], Status.FAILED),
        (["undelivered", "sending"], Status.UNDELIVERED),
        (["failed", "delivered"], Status.DELIVERED),
        (["read", "failed"], Status.READ),
        (["delivered", "undelivered"], Status.DELIVERED),
        (["sent", "queued"], Status.SENT),
        (["failed", "undelivered"], Status.FAILED),
    ],
)
def test_a_later_word_never_takes_it_back(
    house: House, sent: Message, words: Sequence[str], end: Status
) -> None:
    for word in words:
        house.report(sent, word)
    assert house.message().status is end


def test_a_report_that_comes_three_times_is_kept_once(house: House, sent: Message) -> None:
    for _ in range(3):
        assert house.report(sent, "failed", 63013) == 200
    assert len(house.rows(MessageReport)) == 1
    assert house.tags().count(Event.MESSAGE_STATUS) == 1


def test_the_same_report_from_eight_threads_at_once_is_kept_once(house: House, sent: Message) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = [threads.submit(house.report, sent, "delivered") for _ in range(8)]
    assert {each.result() for each in answers} == {200}
    assert len(house.rows(MessageReport)) == 1
    assert house.tags().count(Event.MESSAGE_STATUS) == 1


def test_what_was_delivered_after_all_has_no_error_any_more(house: House, sent: Message) -> None:
    house.report(sent, "undelivered", 30005)
    assert house.message().error_code == 30005
    house.report(sent, "delivered")
    assert house.message().error_code is None


def test_an_answer_that_failed_is_owed_again(house: House, sent: Message) -> None:
    assert house.thread().status is ThreadStatus.ANSWERED
    house.report(sent, "undelivered", 30005)
    thread = house.thread()
    assert (thread.status, thread.waiting_since) == (ThreadStatus.WAITING, thread.last_inbound_at)


@pytest.mark.parametrize("word", ["", "canceled", "partially_delivered", "received", "x" * 300, "<b>"])
def test_a_word_that_we_do_not_know_is_kept_and_changes_nothing(
    house: House, sent: Message, word: str
) -> None:
    assert house.report(sent, word) == 200
    assert house.message().status is Status.ACCEPTED
    assert [report.provider_status for report in house.rows(MessageReport)] == [word[:20]]


@pytest.mark.parametrize("code", ["abc", "-1", "9" * 40, "30005.5", "٣٠٠٠٣"])
def test_a_code_that_is_no_number_does_no_harm(house: House, sent: Message, code: str) -> None:
    form = {"MessageSid": str(sent.provider_sid), "MessageStatus": "failed", "ErrorCode": code}
    assert house.hear(form, f"{STATUS}?m={sent.id}") == 200
    assert house.message().status is Status.FAILED


def test_the_older_name_of_the_status_counts(house: House, sent: Message) -> None:
    form = {"SmsSid": str(sent.provider_sid), "SmsStatus": "delivered"}
    assert house.hear(form, STATUS) == 200
    assert house.message().status is Status.DELIVERED


@pytest.mark.parametrize("named", ["nonsense", "", "00000000-0000-7000-8000-000000000000"])
def test_the_carrier_s_id_finds_the_message_whatever_the_address_says(
    house: House, sent: Message, named: str
) -> None:
    form = {"MessageSid": str(sent.provider_sid), "MessageStatus": "delivered"}
    assert house.hear(form, f"{STATUS}?m={named}") == 200
    assert house.message().status is Status.DELIVERED


def test_a_report_on_another_message_of_the_carrier_does_not_move_ours(house: House, sent: Message) -> None:
    form = {"MessageSid": new_sid(), "MessageStatus": "delivered"}
    assert house.hear(form, f"{STATUS}?m={sent.id}") == 200
    assert house.message().status is Status.ACCEPTED
    assert [report.message_id for report in house.rows(MessageReport)] == [None]


def test_a_report_on_what_they_wrote_changes_nothing(house: House) -> None:
    house.written_to()
    (theirs,) = house.rows(Message)
    form = {"MessageSid": str(theirs.provider_sid), "MessageStatus": "failed"}
    assert house.hear(form, f"{STATUS}?m={theirs.id}") == 200
    assert house.rows(Message)[0].status is Status.RECEIVED


def test_a_report_that_overtakes_our_own_commit_is_understood(house: House, control: Control) -> None:
    house.written_to()
    control.arm("slow_answer", value=1)
    house.answer()
    house.work()
    message = house.message()
    assert (message.status, message.attempts) == (Status.READ, 1)
    assert {report.message_id for report in house.rows(MessageReport)} == {message.id}
    assert house.on_screen() == [message.body]


def test_reports_under_an_id_that_we_learn_later_are_counted_then(house: House) -> None:
    house.written_to()
    message, sid = house.answer(), new_sid()
    with house.app.app_context():
        outbound.begin_sending(message.id)
        db.session.commit()
    assert house.hear({"MessageSid": sid, "MessageStatus": "delivered"}, STATUS) == 200
    assert house.message().status is Status.SENDING
    with house.app.app_context():
        outbound.store_outcome(message.id, gateway.Accepted(sid))
        db.session.commit()
    assert (house.message().status, house.message().provider_sid) == (Status.DELIVERED, sid)
    assert [report.message_id for report in house.rows(MessageReport)] == [message.id]


@pytest.mark.parametrize("kind", ["receipts_reversed", "receipts_twice"])
def test_the_carrier_s_own_disorder_ends_at_read(house: House, control: Control, kind: str) -> None:
    house.written_to()
    control.arm(kind)
    house.answer()
    house.work()
    assert house.message().status is Status.READ
    assert len(house.rows(MessageReport)) == 3


def test_forged_reports_are_believed_by_nobody(house: House, control: Control) -> None:
    house.written_to()
    control.arm("receipts_forged")
    house.answer()
    house.work()
    assert house.message().status is Status.ACCEPTED
    assert house.rows(MessageReport) == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_report_that_comes_while_our_commit_is_under_way_is_not_lost(house: House) -> None:
    """The job commits the carrier's id after the report has looked for its message, and before it has it."""
    house.written_to()
    message, sid, told = house.answer(), new_sid(), threading.Event()
    with house.app.app_context():
        outbound.begin_sending(message.id)
        db.session.commit()

    def store_outcome() -> None:
        with house.app.app_context():
            outbound.store_outcome(message.id, gateway.Accepted(sid))
            db.session.commit()

    def interrupt(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "message.provider_sid = " in statement and not told.is_set():
            told.set()
            job = threading.Thread(target=store_outcome)
            job.start()
            job.join()

    event.listen(db.engine, "after_cursor_execute", interrupt)
    try:
        assert house.report(message, "delivered", sid=sid) == 200
    finally:
        event.remove(db.engine, "after_cursor_execute", interrupt)
    assert told.is_set()
    assert house.message().status is Status.DELIVERED
    assert [report.message_id for report in house.rows(MessageReport)] == [message.id]


def test_a_report_that_nobody_could_place_is_placed_when_it_comes_again(house: House, sent: Message) -> None:
    form = {"MessageSid": new_sid(), "MessageStatus": "delivered"}
    assert house.hear(form, STATUS) == 200
    db.session.get_one(Message, sent.id).provider_sid = form["MessageSid"]
    db.session.commit()
    assert house.hear(form, STATUS) == 200
    assert house.message().status is Status.DELIVERED
    assert len(house.rows(MessageReport)) == 1
