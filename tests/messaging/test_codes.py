"""The provider's error codes: what each means for us and what staff read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mrc.audit.tags import Event
from mrc.core import clock as time
from mrc.messaging.codes import MEANINGS, Meaning, meaning_of, words_of
from mrc.messaging.models import Message
from mrc.messaging.states import Direction, MessageStatus, Reason, ThreadStatus
from tests.messaging.house import House, form_of
from tests.simulator.controls import Control
from tests.support.pages import PageClient

Client = Callable[..., PageClient]
Status = MessageStatus
UNKNOWN = 69_999


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (21211, "This number is not valid. (21211)"),
        (21610, "The person asked the provider for no more messages from us. (21610)"),
        (21408, "Our account may not send to this country. (21408)"),
        (63024, "This number is not on WhatsApp. (63024)"),
        (63032, "The person blocks messages from this line. (63032)"),
        (UNKNOWN, "The provider refused it. (69999)"),
    ],
)
@pytest.mark.parametrize("kind", ["refuse", "failed", "undelivered"])
def test_a_refusal_is_shown_in_words_with_its_number_and_an_answer_is_owed(
    house: House, client: Client, control: Control, kind: str, code: int, words: str
) -> None:
    thread = house.written_to()
    control.arm(kind, value=code)
    house.answer()
    house.work()
    message, end = house.message(), Status.UNDELIVERED if kind == "undelivered" else Status.FAILED
    assert (message.status, message.error_code, message.attempts) == (end, code, 1)
    assert words in client("counsellor-lahore").get(f"/inbox/{thread.id}").text
    assert house.thread().status is ThreadStatus.WAITING
    assert house.open_jobs() == []


@pytest.mark.parametrize("kind", ["refuse", "failed"])
@pytest.mark.parametrize(
    ("code", "wants_none"), [(21610, True), (63032, True), (63013, False), (21211, False)]
)
def test_who_blocks_us_wants_no_outreach_either(
    house: House, control: Control, kind: str, code: int, wants_none: bool
) -> None:
    house.written_to()
    control.arm(kind, value=code)
    house.answer()
    house.work()
    assert house.address().opted_out_at == (time.now() if wants_none else None)
    assert (Event.OPTED_OUT in house.tags()) is wants_none


def test_the_carrier_s_window_may_close_before_ours(house: House, control: Control) -> None:
    house.written_to()
    control.close_window()
    house.answer("too late")
    house.work()
    ours = [each for each in house.rows(Message) if each.direction is Direction.OUT]
    first, kept = sorted(ours, key=lambda each: each.status is Status.HELD)
    assert (first.status, first.error_code, first.reason) == (Status.FAILED, 63016, Reason.TRIED_AGAIN)
    assert (kept.status, kept.reason, kept.body) == (Status.HELD, Reason.WINDOW_CLOSED, "too late")
    assert house.thread().status is ThreadStatus.WAITING, "no wording may be sent, so somebody must call"


@pytest.mark.parametrize("kind", ["refuse", "failed"])
def test_a_window_that_stays_closed_against_our_clock_is_not_tried_for_ever(
    house: House, control: Control, kind: str
) -> None:
    house.written_to()
    control.arm(kind, value=63016, times=0)
    house.answer("never there")
    for _ in range(6):
        house.work()
        house.hear(form_of("are you there?"))
    house.work()
    ours = [each for each in house.rows(Message) if each.direction is Direction.OUT]
    assert sum(each.attempts > 0 for each in ours) <= 3
    assert {each.status for each in ours} == {Status.FAILED}
    assert house.thread().status is ThreadStatus.WAITING


def test_an_account_that_is_refused_is_said_so(house: House, client: Client) -> None:
    thread = house.written_to()
    house.change_carrier(api_key="SK" + "0" * 32)
    house.answer()
    house.work()
    assert (house.message().status, house.message().error_code) == (Status.FAILED, 20003)
    assert "The provider refuses our account." in client("counsellor-lahore").get(f"/inbox/{thread.id}").text


def test_a_code_that_nobody_knows_is_final() -> None:
    assert meaning_of(UNKNOWN) is Meaning.PERMANENT


def test_every_code_has_words_and_shows_its_number(house: House) -> None:
    for code in [*MEANINGS, UNKNOWN]:
        words, number = words_of(code, None), f" ({code})"
        assert words.endswith(number)
        assert len(words) > len(number) + 10


def test_our_own_reason_says_more_than_a_code(house: House) -> None:
    assert words_of(21610, Reason.NEVER_CONTACT) == "The contact plan says never to use this address."
    assert words_of(None, None) == ""
