"""What goes out: from the composer to the phone and back, and what may not go."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from mrc.audit.tags import Event
from mrc.core.errors import Forbidden, Refused
from mrc.messaging import service
from mrc.messaging.models import MessageReport
from mrc.messaging.states import MessageStatus
from tests.messaging.house import LAHORE, House
from tests.simulator.controls import Control
from tests.support.pages import PageClient

Client = Callable[..., PageClient]
Status = MessageStatus


def test_an_answer_goes_from_the_page_to_the_phone_and_its_receipts_come_back(
    house: House, client: Client, control: Control
) -> None:
    url = f"/inbox/{house.written_to().id}"
    counsellor = client("counsellor-lahore")
    page = counsellor.post(url, {"body": "وعلیکم السلام"}, form="composer")
    assert "وعلیکم السلام" in page.text
    assert house.message().status is Status.QUEUED
    assert house.on_screen() == []
    house.work()
    message = house.message()
    assert (message.status, message.attempts, message.error_code) == (Status.READ, 1, None)
    assert house.on_screen() == ["وعلیکم السلام"]
    assert [report.provider_status for report in by_arrival(house)] == ["sent", "delivered", "read"]
    assert house.tags().count(Event.MESSAGE_QUEUED) == 1
    (bubble,) = counsellor.get(url).find("p", data_status="read")
    assert "Sadia Anwar" in "".join(bubble.itertext())


def by_arrival(house: House) -> list[MessageReport]:
    order = ["sent", "delivered", "read"]
    return sorted(house.rows(MessageReport), key=lambda report: order.index(report.provider_status))


def test_the_carrier_is_told_our_line_and_a_callback_with_our_id(house: House, control: Control) -> None:
    house.written_to()
    message = house.answer()
    house.work()
    attempts = control.ask("GET", "webhooks")["attempts"]
    assert {each["url"] for each in attempts} == {f"https://centre.example/twilio/status?m={message.id}"}
    assert {each["answer"] for each in attempts} == {200}
    assert [each["line"] for each in control.screen()] == [LAHORE]


@pytest.mark.parametrize("body", ["سلام \u200f٣", "a\nb", "x" * 1600, "100% & ?=#+;", "👩‍👩‍👧"])
def test_the_words_arrive_as_they_were_typed(house: House, body: str) -> None:
    house.written_to()
    house.answer(body)
    house.work()
    assert house.on_screen() == [body.replace("\u200f", "")]


@pytest.mark.parametrize("body", ["", "   ", "\u200f", "x" * 1601])
def test_an_empty_or_endless_answer_is_refused(house: House, body: str) -> None:
    house.written_to()
    with pytest.raises(Refused, match="between 1 and 1600"):
        house.answer(body)


def test_the_words_are_sealed_and_not_in_the_log(house: House) -> None:
    house.written_to()
    house.answer("a very private matter")
    message = house.message()
    assert b"private" not in (message.body_sealed or b"")
    assert b"private" not in (house.thread().last_line_sealed or b"")
    assert all("private" not in str(job.payload) for job in house.open_jobs())


def test_the_same_form_twice_is_one_message(house: House) -> None:
    house.written_to()
    compose_id = uuid4()
    assert house.answer("one", compose_id).id == house.answer("one", compose_id).id
    house.work()
    assert house.on_screen() == ["one"]


def test_the_same_form_from_four_threads_at_once_is_one_message(house: House) -> None:
    house.written_to()
    compose_id = uuid4()

    def answer() -> None:
        with house.app.app_context():
            house.answer("one", compose_id)

    with ThreadPoolExecutor(4) as threads:
        for each in [threads.submit(answer) for _ in range(4)]:
            each.result()
    house.work()
    assert house.on_screen() == ["one"]
    assert house.tags().count(Event.MESSAGE_QUEUED) == 1


def test_a_double_click_on_the_page_is_one_message(house: House, client: Client) -> None:
    url = f"/inbox/{house.written_to().id}"
    counsellor = client("counsellor-lahore")
    page = counsellor.get(url)
    for _ in range(2):
        counsellor.submit(page, {"body": "one"}, form="composer")
    house.work()
    assert house.on_screen() == ["one"]


def test_the_order_of_two_answers_is_kept_though_the_first_must_wait(
    house: House, control: Control, clock: time_machine.Traveller
) -> None:
    house.written_to()
    control.arm("too_many", value=30)
    house.answer("first")
    clock.shift(timedelta(seconds=1))
    house.answer("second")
    house.work()
    assert house.on_screen() == []
    for _ in range(20):
        clock.shift(timedelta(seconds=2))
        house.work()
    assert house.on_screen() == ["first", "second"]


@pytest.mark.parametrize("username", ["frontdesk-lahore", "counsellor-erbil", "admin", "auditor"])
def test_who_may_not_write_is_refused(house: House, username: str) -> None:
    thread = house.written_to()
    with pytest.raises(Forbidden):
        service.reply(thread, "hello", compose_id=uuid4(), by=house.identity(username))
