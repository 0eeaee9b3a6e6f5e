"""Looking after messaging: alarms begin and end, lines are asked for, texts are emptied at the provider."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from mrc.centres.models import PhoneLine
from mrc.centres.queries import is_open_at
from mrc.core import clock as time
from mrc.core.db import db, uuid7
from mrc.jobs.models import Job, JobState
from mrc.jobs.registry import list_periodic
from mrc.jobs.schedule import make_due_rows
from mrc.jobs.service import enqueue
from mrc.messaging import account, gateway
from mrc.messaging.models import Message, MessagingAlarm, WebhookPace
from mrc.messaging.pace import PACE
from mrc.messaging.queries import health
from mrc.messaging.service import watching
from mrc.messaging.states import AlarmKind, MessageStatus
from mrc.oversight.doctor import examine
from mrc.tasks.models import Task
from tests.messaging.house import LAHORE, PUBLIC, House, form_of, new_sid
from tests.simulator.controls import Control

HOTLINE = "+924200000101"
SECRET = "my brother is in the house in Quetta"


def wrong(app: Flask) -> list[str]:
    return [finding.sentence for finding in examine(app) if not finding.is_well]


def alarms(house: House) -> dict[AlarmKind, int]:
    watching.watch()
    db.session.commit()
    return {alarm.kind: alarm.figure for alarm in house.rows(MessagingAlarm) if alarm.ended_at is None}


def run(house: House, kind: str) -> None:
    enqueue(kind, {})
    db.session.commit()
    house.work()


@pytest.fixture
def known_lines(house: House, control: Control) -> None:
    """Only the lines that the simulated account has are in use."""
    state = control.ask("GET", "state")
    have = {line["address"] for line in [*state["lines"], *state["hotlines"]]}
    db.session.execute(update(PhoneLine).where(PhoneLine.address.not_in(have)).values(is_active=False))
    db.session.commit()


def test_periodic_work_comes_to_its_end_where_there_is_something_to_do(house: House) -> None:
    """Each with all centres, and somebody who waits: what was read before a step is gone after it."""
    house.written_to()
    kinds = {name for name, _minutes in list_periodic()}
    make_due_rows()
    db.session.commit()
    house.work()
    left = {job.kind: job.last_error for job in house.rows(Job) if job.state is not JobState.DONE}
    assert kinds <= {job.kind for job in house.rows(Job)}
    assert left == {}


def test_the_text_is_emptied_at_the_provider_once_it_need_not_tell(
    house: House, control: Control, clock: time_machine.Traveller
) -> None:
    control.write(body=SECRET)
    control.settle()
    house.answer("the bus leaves at nine")
    house.work()
    house.work()
    run(house, "messaging.clear_texts")
    assert {found.body for found in _listed()} == {SECRET, "the bus leaves at nine"}
    clock.shift(timedelta(hours=2))
    run(house, "messaging.clear_texts")
    assert {found.body for found in _listed()} == {""}
    assert all(message.cleared_at_provider_at for message in house.rows(Message))
    assert house.bodies() == [SECRET], "ours is kept"
    assert "the bus leaves at nine" in house.on_screen(), "and so is what stands on the phone"


def test_what_is_still_under_way_is_emptied_later(
    house: House, control: Control, clock: time_machine.Traveller
) -> None:
    control.write(body=SECRET)
    control.settle()
    control.arm("refuse", value=20009, operation="update", times=1)
    clock.shift(timedelta(hours=2))
    run(house, "messaging.clear_texts")
    assert [found.body for found in _listed()] == [SECRET]
    run(house, "messaging.clear_texts")
    assert [found.body for found in _listed()] == [""]


def test_a_provider_that_is_away_is_asked_again(
    house: House, control: Control, clock: time_machine.Traveller
) -> None:
    control.write(body=SECRET)
    control.settle()
    control.arm("server_error", value=503, operation="update", times=1)
    clock.shift(timedelta(hours=2))
    run(house, "messaging.clear_texts")
    (job,) = [job for job in house.rows(Job) if job.kind == "messaging.clear_texts"]
    assert (job.state, job.attempts) == (JobState.QUEUED, 1)
    clock.shift(timedelta(minutes=1))
    house.work()
    assert [found.body for found in _listed()] == [""]


def test_a_message_that_is_gone_there_is_as_good_as_emptied(
    house: House, clock: time_machine.Traveller
) -> None:
    house.written_to()
    clock.shift(timedelta(hours=2))
    run(house, "messaging.clear_texts")
    (message,) = house.rows(Message)
    assert message.cleared_at_provider_at is not None


def test_nothing_is_wrong_in_a_quiet_house(house: House) -> None:
    assert alarms(house) == {}


def test_a_line_on_which_nothing_comes_any_more_is_reported_while_the_centre_is_open(
    house: House, clock: time_machine.Traveller
) -> None:
    for _hour in range(40):
        for _message in range(3):
            house.hear(form_of())
        clock.shift(timedelta(hours=1))
    db.session.rollback()
    assert alarms(house) == {}
    given_up = time.now() + timedelta(days=6)
    while AlarmKind.NO_INBOUND not in alarms(house):
        clock.shift(timedelta(hours=1))
        assert time.now() < given_up, "nobody is told"
    line = db.session.scalars(select(PhoneLine).where(PhoneLine.address == LAHORE)).one()
    assert is_open_at(line.centre, time.now())
    label = line.label
    (task,) = [task for task in house.rows(Task) if (task.dedupe_key or "").startswith("alarm:")]
    assert task.is_urgent
    assert (task.title or "").startswith(f"{label}: ")
    house.hear(form_of())
    assert AlarmKind.NO_INBOUND not in alarms(house)


def count_standings() -> int:
    return len(health.list_standings())


def test_what_waits_too_long_and_what_nobody_knows_is_reported(
    house: House, control: Control, clock: time_machine.Traveller
) -> None:
    control.write(body="salam")
    control.settle()
    house.answer()
    clock.shift(timedelta(minutes=11))
    assert alarms(house) == {AlarmKind.QUEUE_STUCK: 11}
    db.session.execute(update(Message).values(status=MessageStatus.UNKNOWN).where(Message.status == "queued"))
    db.session.commit()
    assert alarms(house) == {AlarmKind.UNKNOWN_STUCK: 1}
    assert {alarm.kind: alarm.ended_at is None for alarm in house.rows(MessagingAlarm)} == {
        AlarmKind.QUEUE_STUCK: False,
        AlarmKind.UNKNOWN_STUCK: True,
    }


def test_an_account_that_is_refused_is_reported(house: House, control: Control) -> None:
    control.write(body="salam")
    control.settle()
    control.arm("refuse", value=63007, times=0)
    house.answer()
    house.work()
    assert alarms(house) == {AlarmKind.OUR_ACCOUNT: 1}


def test_many_failures_are_reported(house: House) -> None:
    house.written_to()
    db.session.execute(
        Message.__table__.insert(),
        [
            {
                "id": uuid7(), "thread_id": house.thread().id, "direction": "out", "at": time.now(),
                "kind": "text", "status": "failed" if number < 2 else "delivered", "status_at": time.now(),
                "created_at": time.now(), "attempts": 1, "error_code": 30005 if number < 2 else None,
            }
            for number in range(20)
        ],
    )  # fmt: skip
    db.session.commit()
    assert alarms(house) == {AlarmKind.MANY_FAILURES: 10}
    (error,) = health.count_errors(time.now() - timedelta(days=1))
    assert (error.code, error.count) == (30005, 2)


def test_reports_about_nobodys_message_and_quarantine_are_reported(
    house: House, clock: time_machine.Traveller
) -> None:
    assert house.hear({"MessageSid": new_sid(), "MessageStatus": "delivered"}, "/twilio/status") == 200
    assert house.hear(form_of(To="whatsapp:+15550001")) == 200
    assert alarms(house) == {}
    clock.shift(timedelta(minutes=90))
    assert alarms(house) == {AlarmKind.ORPHANS: 1, AlarmKind.QUARANTINE: 1}


def test_texts_that_stay_with_the_provider_are_reported(house: House, clock: time_machine.Traveller) -> None:
    house.written_to()
    clock.shift(timedelta(days=3))
    assert alarms(house) == {AlarmKind.TEXTS_KEPT: 1}


def test_slow_webhooks_are_reported(house: House, clock: time_machine.Traveller) -> None:
    PACE.note(0)
    clock.shift(timedelta(minutes=1))
    PACE.note(0.02)
    PACE.take()
    for _fast in range(97):
        PACE.note(0.02)
    PACE.note(0.7)
    PACE.note(3)
    clock.shift(timedelta(minutes=1))
    house.written_to()
    house.written_to()
    (minute,) = house.rows(WebhookPace)
    assert (minute.count, minute.slow_count, minute.longest_ms) == (100, 2, 3000)
    assert alarms(house) == {AlarmKind.SLOW_WEBHOOKS: 20}


@pytest.mark.usefixtures("known_lines")
@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"status": "OFFLINE"}, AlarmKind.LINE_OFFLINE),
        ({"quality": "LOW"}, AlarmKind.LINE_QUALITY),
        ({"webhook": "https://elsewhere.example/twilio/message"}, AlarmKind.LINE_ASTRAY),
    ],
)
def test_a_line_that_stands_badly_is_reported_and_ends_when_it_is_right(
    house: House, control: Control, told: dict[str, str], kind: AlarmKind
) -> None:
    run(house, "messaging.ask_lines")
    assert alarms(house) == {}
    control.ask("POST", "lines", address=LAHORE, **told)
    run(house, "messaging.ask_lines")
    assert set(alarms(house)) == {kind}
    control.ask("POST", "lines", address=LAHORE, status="ONLINE", quality="HIGH", webhook="")
    run(house, "messaging.ask_lines")
    assert alarms(house) == {}


@pytest.mark.usefixtures("known_lines")
def test_a_line_that_the_account_does_not_have_is_reported(house: House) -> None:
    db.session.execute(
        update(PhoneLine).where(PhoneLine.address == LAHORE).values(address="whatsapp:+923000000199")
    )
    db.session.commit()
    run(house, "messaging.ask_lines")
    assert set(alarms(house)) == {AlarmKind.LINE_MISSING}


def test_a_provider_that_does_not_answer_leaves_what_it_said_before(house: House, control: Control) -> None:
    run(house, "messaging.ask_lines")
    before = count_standings()
    control.arm("server_error", value=500, operation="account", times=1)
    enqueue("messaging.ask_lines", {})
    db.session.commit()
    house.work()
    assert count_standings() == before > 0


@pytest.mark.usefixtures("known_lines")
def test_the_doctor_finds_a_sound_account_well(house: House, app: Flask) -> None:
    assert wrong(app) == []


@pytest.mark.usefixtures("known_lines")
def test_the_doctor_names_what_is_wrong_with_the_account(
    house: House, app: Flask, control: Control, clock: time_machine.Traveller
) -> None:
    control.write(body=SECRET)
    control.settle()
    clock.shift(timedelta(days=4))
    control.ask("POST", "account", status="suspended", protects_media=False)
    control.ask("POST", "lines", address=LAHORE, webhook="https://elsewhere.example")
    control.ask("POST", "lines", address=HOTLINE, webhook=f"{PUBLIC}/twilio/voice/incoming#rc=2")
    found = wrong(app)
    assert "provider: the account is suspended" in found
    assert "provider: files DO NOT NEED a password" in found
    assert "provider: texts older than two days that can still be read there: 1" in found
    assert [sentence for sentence in found if "elsewhere" in sentence] == [
        "line Lahore WhatsApp: what comes in is sent elsewhere"
    ]


def test_the_doctor_names_credentials_that_are_refused(house: House, app: Flask) -> None:
    house.change_carrier(auth_token="not the token")
    assert "provider: does not answer, or refuses our credentials" in wrong(app)


def test_a_carrier_that_cannot_be_asked_is_a_plain_refusal(house: House, control: Control) -> None:
    control.arm("reset", operation="account", times=2)
    with pytest.raises(account.CannotAsk):
        account.account_status()
    with pytest.raises(account.CannotAsk):
        account.list_provider_lines()
    house.change_carrier(base_url="http://127.0.0.1:9")
    with pytest.raises(account.CannotAsk):
        account.is_media_protected()
    with pytest.raises(gateway.CannotList):
        gateway.clear_text("SM1")


def test_the_page_shows_figures_and_nobodys_words(
    house: House, control: Control, client: Callable[..., Any]
) -> None:
    control.write(body=SECRET)
    control.settle()
    control.arm("refuse", value=63007, times=0)
    house.answer()
    house.work()
    run(house, "messaging.ask_lines")
    alarms(house)
    page = client("admin")
    text = page.get("/admin/messaging").text
    for words in ("63007", "Lahore WhatsApp", "because of our account"):
        assert words in text
    assert SECRET not in text
    assert "300555" not in text
    assert client("counsellor-lahore").http.get("/admin/messaging").status_code == 403
    page.post("/admin/messaging", {}, form="/admin/messaging/look")
    kinds = [job.kind for job in house.open_jobs()]
    assert {"messaging.ask_lines", "messaging.watch"} <= set(kinds)


def _listed() -> list[gateway.Listed]:
    return gateway.list_messages(to=LAHORE, since=time.now() - timedelta(days=9)) + gateway.list_messages(
        from_=LAHORE, since=time.now() - timedelta(days=9)
    )
