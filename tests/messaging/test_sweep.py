"""Reading the provider's list for what the webhook missed: an outage is a delay, not a loss."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from mrc.core import clock as time
from mrc.core.db import db
from mrc.jobs.models import Job
from mrc.jobs.schedule import make_due_rows
from mrc.messaging.models import InboundEvent, Message, MessageMedia
from mrc.messaging.states import InboundState, MediaState, MessageStatus
from tests.messaging.house import BILAL, House
from tests.simulator.controls import Control

UNREACHED = "the centre was away"


def lose(control: Control, body: str = UNREACHED, **said: Any) -> str:
    """A phone writes, and the centre is never told; the message's id."""
    control.arm("lost")
    sid: str = control.write(body=body, **said)["sid"]
    return sid


def test_a_message_that_we_never_saw_is_filed_once(house: House, control: Control) -> None:
    sid = lose(control)
    assert house.bodies() == []
    house.sweep()
    house.sweep()
    assert house.bodies() == [UNREACHED]
    (event,) = house.rows(InboundEvent)
    assert (event.provider_sid, event.state, event.flags) == (sid, InboundState.STORED, {"swept": True})
    assert house.address().value == BILAL


def test_what_the_webhook_brought_is_not_filed_again(house: House, control: Control) -> None:
    control.write(body="seen")
    control.settle()
    lose(control)
    house.sweep()
    assert sorted(str(body) for body in house.bodies()) == ["seen", UNREACHED]


def test_they_have_waited_since_they_wrote(
    house: House, control: Control, clock: time_machine.Traveller
) -> None:
    wrote_at = time.now()
    lose(control)
    clock.shift(timedelta(hours=3))
    house.sweep()
    thread = house.thread()
    assert (thread.waiting_since, thread.last_inbound_at) == (wrote_at, wrote_at)


def test_an_older_message_from_the_list_does_not_become_the_newest(
    house: House, control: Control, clock: time_machine.Traveller
) -> None:
    wrote_at = time.now()
    lose(control, "older")
    clock.shift(timedelta(minutes=10))
    control.write(body="newer")
    control.settle()
    house.sweep()
    thread = house.thread()
    assert (thread.last_line, thread.last_message_at) == ("newer", wrote_at + timedelta(minutes=10))
    assert thread.last_inbound_at == wrote_at + timedelta(minutes=10)
    assert thread.waiting_since == wrote_at
    assert (house.bodies(), thread.unread_count) == (["older", "newer"], 2)


def test_files_are_read_from_their_own_list(house: House, control: Control) -> None:
    lose(control, "", media=[{"sample": "photo"}, {"sample": "voice"}])
    house.sweep()
    (event,) = house.rows(InboundEvent)
    assert event.flags == {"swept": True}
    assert len((house.rows(Message)[0].extras or {})["media"]) == 2
    assert [media.state for media in house.rows(MessageMedia)] == [MediaState.STORED] * 2


def test_what_is_older_than_the_sweep_reaches_is_left_alone(
    house: House, control: Control, clock: time_machine.Traveller
) -> None:
    lose(control)
    clock.shift(timedelta(hours=27))
    house.sweep()
    assert house.bodies() == []


def test_lines_for_sms_are_swept_too(house: House, sms_line: str, control: Control) -> None:
    lose(control, line=sms_line)
    house.sweep()
    assert house.bodies() == [UNREACHED]


def test_our_own_messages_on_the_list_are_not_taken_for_theirs(house: House, control: Control) -> None:
    house.written_to()
    house.answer("our answer")
    house.work()
    house.sweep()
    assert house.bodies() == ["سلام"]


def test_a_report_that_never_came_is_read_from_the_list(house: House, control: Control) -> None:
    house.written_to()
    control.arm("receipts_lost")
    house.answer()
    house.work()
    assert house.message().status is MessageStatus.ACCEPTED
    house.sweep()
    assert house.message().status is MessageStatus.READ


def test_a_failure_that_was_never_reported_is_read_from_the_list_with_its_code(
    house: House, control: Control
) -> None:
    house.written_to()
    control.arm("receipts_lost")
    control.arm("undelivered", value=30005)
    house.answer()
    house.work()
    house.sweep()
    lost = house.message()
    assert (lost.status, lost.error_code) == (MessageStatus.UNDELIVERED, 30005)
    assert house.thread().waiting_since is not None


@pytest.mark.parametrize("kind", ["server_error", "too_many", "reset", "problem"])
def test_a_list_that_cannot_be_read_now_is_read_later(
    house: House, control: Control, clock: time_machine.Traveller, kind: str
) -> None:
    lose(control)
    control.arm(kind, operation="list")
    house.sweep()
    assert house.bodies() == []
    (job,) = house.open_jobs()
    assert (job.kind, job.attempts) == ("messaging.sweep", 1)
    clock.shift(timedelta(minutes=1))
    house.work()
    assert house.bodies() == [UNREACHED]
    assert house.open_jobs() == []


def test_the_list_is_read_beyond_its_first_page(
    house: House, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mrc.messaging.gateway.PAGE", 2)
    for number in range(5):
        lose(control, f"message {number}")
    house.sweep()
    assert len(house.bodies()) == 5


def test_the_sweep_comes_by_itself(house: House) -> None:
    make_due_rows()
    db.session.commit()
    assert "messaging.sweep" in {job.kind for job in house.rows(Job)}
