"""When the database is away the sealed form lies on the disk, and is filed later, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from mrc.core import clock as time
from mrc.core.db import db, engine
from mrc.messaging import spool
from mrc.messaging.models import InboundEvent, MessageReport
from mrc.messaging.states import MessageStatus
from tests.messaging.house import NOWHERE, STATUS, House, form_of
from tests.support import databases
from tests.support.services import Services

Away = Callable[[], Any]


@pytest.fixture
def away(app: Flask, services: Services) -> Away:
    """Take the database away for as long as the body runs."""
    return lambda: databases.away(app, services)


def test_a_message_is_kept_sealed_and_filed_once_when_the_database_is_back(
    house: House, away: Away, clock: time_machine.Traveller
) -> None:
    form, came_at = form_of("a very private matter", ProfileName="Gul Khan"), time.now()
    with away():
        assert house.hear(form) == 200
    (file,) = house.in_spool()
    content = file.read_bytes()
    assert not any(
        word in content for word in (b"private", b"Gul", b"300555", b"Body", form["MessageSid"].encode())
    )
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    clock.shift(timedelta(minutes=20))
    house.sweep()
    assert house.bodies() == ["a very private matter"]
    assert house.rows(InboundEvent)[0].flags == {"kept": True}
    assert house.thread().waiting_since == came_at, "they have waited since they wrote"
    assert house.in_spool() == []
    house.sweep()
    assert len(house.bodies()) == 1


def test_what_came_again_by_itself_meanwhile_is_not_filed_twice(house: House, away: Away) -> None:
    form = form_of()
    with away():
        assert [house.hear(form), house.hear(form)] == [200, 200]
    assert house.hear(form) == 200
    house.sweep()
    assert len(house.bodies()) == 1
    assert house.in_spool() == []


def test_many_are_filed_in_the_order_in_which_they_came(
    house: House, away: Away, clock: time_machine.Traveller
) -> None:
    words = [f"message {number}" for number in range(12)]
    with away():
        for body in words:
            assert house.hear(form_of(body)) == 200
            clock.shift(timedelta(seconds=1))
    house.sweep()
    assert house.bodies() == words
    assert house.thread().last_line == words[-1]


def test_a_report_is_kept_with_the_message_that_its_address_names(house: House, away: Away) -> None:
    house.change_carrier(base_url=NOWHERE)
    house.written_to()
    message = house.answer()
    with away():
        assert house.report(message, "delivered", sid="SM" + "a" * 32) == 200
    house.sweep()
    arrived = house.message()
    assert (arrived.status, arrived.provider_sid) == (MessageStatus.DELIVERED, "SM" + "a" * 32)
    assert house.in_spool() == []


def test_a_report_without_a_message_of_ours_is_kept_too(house: House, away: Away) -> None:
    with away():
        assert house.hear({"MessageSid": "SM1", "MessageStatus": "sent"}, f"{STATUS}?m=nonsense") == 200
    house.sweep()
    assert [report.message_id for report in house.rows(MessageReport)] == [None]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_locked_database_is_a_database_that_is_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MILLISECONDS", 30)
    monkeypatch.setattr(engine, "LOCK_TRIES", 20, raising=False)
    db.engine.dispose()
    with db.engine.connect() as holder, holder.begin():
        assert house.hear(form_of("سلام")) == 200
        assert len(house.in_spool()) == 1
    house.sweep()
    assert house.bodies() == ["سلام"]


def test_when_the_disk_is_full_too_the_carrier_is_asked_to_repeat(house: House, away: Away) -> None:
    folder: Path = house.app.extensions["mrc_settings"].home / "spool"
    folder.write_text("no folder can be here")
    with away():
        assert house.hear(form_of()) == 503
    folder.unlink()


@pytest.mark.parametrize(
    "content",
    [b"", b"\x01\x00", b'{"form": {}}', b"\x01\x00\x01" + b"x" * 60],
    ids=["empty", "cut", "plain", "other"],
)
def test_a_broken_file_is_set_aside_and_holds_nothing_up(house: House, away: Away, content: bytes) -> None:
    with away():
        house.hear(form_of("whole"))
    (whole,) = house.in_spool()
    broken = whole.with_name("00000000000000000001-" + "0" * 32 + ".message")
    broken.write_bytes(content)
    house.sweep()
    assert house.bodies() == ["whole"]
    assert [path.name for path in house.in_spool()] == [f"{broken.name}.bad"]
    assert house.in_spool()[0].read_bytes() == content, "a person may still look at it"
    house.sweep()
    assert len(house.in_spool()) == 1


def test_a_file_opens_under_its_own_name_alone(house: House) -> None:
    spool.keep(spool.Kept("message", time.now(), "", form_of()))
    (file,) = house.in_spool()
    file.rename(file.with_name("00000000000000000009-" + "0" * 32 + ".message"))
    house.sweep()
    assert house.bodies() == []
    assert [path.suffix for path in house.in_spool()] == [".bad"]


def test_a_file_that_was_not_finished_is_left_alone(house: House) -> None:
    spool.keep(spool.Kept("message", time.now(), "", form_of()))
    (file,) = house.in_spool()
    file.rename(file.with_suffix(".part"))
    house.sweep()
    assert [path.suffix for path in house.in_spool()] == [".part"]


def test_a_form_that_the_database_will_never_take_is_set_aside_and_holds_nothing_up(house: House) -> None:
    house.written_to()
    house.answer()
    house.work()
    sid = house.message().provider_sid
    # A message cannot come in under the id of one that we sent.
    assert house.hear(form_of(MessageSid=sid, From="whatsapp:+923335550199")) == 200
    house.hear(form_of(Body="the next one"))
    house.sweep()
    assert [path.suffix for path in house.in_spool()] == [spool.SET_ASIDE]
    assert "the next one" in house.bodies()
