"""An administrator keeps the centres; hours, holidays and lines decide what is open and where a message
belongs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.models import AuditEvent
from mrc.centres.models import Centre
from mrc.centres.queries import find_centre_by_code, find_line_by_address, is_open_at, list_lines
from mrc.centres.service import Stretch, add_holiday, add_line, next_case_serial, set_hours, switch_line
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from tests.support.pages import PageClient

People = Callable[[str], Identity]
NINE_TO_FIVE = tuple(Stretch(weekday, 9 * 60, 17 * 60) for weekday in range(5))


@pytest.fixture
def lahore(context: Flask) -> Iterator[Centre]:
    centre = find_centre_by_code("LHE")
    assert centre is not None
    yield centre
    db.session.rollback()


def test_the_centres_of_three_countries_are_there(context: Flask) -> None:
    countries = set(db.session.scalars(select(Centre.country)))
    assert countries == {"PK", "IQ", "AF"}


def test_an_administrator_changes_a_centre_and_the_log_knows_both_values(
    app: Flask, client: Callable[..., PageClient], context: Flask
) -> None:
    centre = find_centre_by_code("LHE")
    assert centre is not None
    url = f"/admin/centres/{centre.id}"
    db.session.rollback()
    client("admin").post(f"{url}/edit", {"name": "MRC Lahore East", "host": "Labour Department"})
    with app.app_context():
        changed = find_centre_by_code("LHE")
        assert changed is not None
        assert (changed.name, changed.host) == ("MRC Lahore East", "Labour Department")
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.subject_id == changed.id)).all()[-1]
        assert event.details["fields"] == ["name", "host"]


@pytest.mark.parametrize("username", ["manager-lahore", "coordinator-pakistan", "counsellor-lahore"])
def test_nobody_else_changes_one(lahore: Centre, identity: People, username: str) -> None:
    with pytest.raises(Forbidden):
        set_hours(lahore, NINE_TO_FIVE, by=identity(username))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2026, 3, 2, 4, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 2, 3, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 2, 11, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 2, 12, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 7, 6, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 23, 6, 0, tzinfo=UTC), False),
    ],
    ids=["opens", "before", "last minute", "closed", "saturday", "holiday"],
)
def test_a_centre_is_open_by_its_hours_in_its_own_time(
    lahore: Centre, identity: People, moment: datetime, is_open: bool
) -> None:
    set_hours(lahore, NINE_TO_FIVE, by=identity("admin"))
    add_holiday(lahore, datetime(2026, 3, 23, tzinfo=UTC).date(), "Pakistan Day", by=identity("admin"))
    db.session.flush()
    assert is_open_at(lahore, moment) is is_open


def test_hours_that_overlap_are_refused(lahore: Centre, identity: People) -> None:
    with pytest.raises(Refused) as refused:
        set_hours(lahore, [Stretch(0, 540, 720), Stretch(0, 700, 1_000)], by=identity("admin"))
    assert list(refused.value.fields) == ["hours"]


def test_a_number_is_a_line_once_and_a_line_out_of_use_takes_nothing(
    lahore: Centre, identity: People
) -> None:
    admin = identity("admin")
    line = add_line(lahore, "whatsapp", "+923009999999", "Second line", by=admin)
    db.session.flush()
    with pytest.raises(Refused):
        add_line(lahore, "whatsapp", "+923009999999", "Again", by=admin)
    assert find_line_by_address("whatsapp:+923009999999") is line
    switch_line(line, is_active=False, by=admin)
    db.session.flush()
    assert find_line_by_address("whatsapp:+923009999999") is None
    assert line not in list_lines(identity("counsellor-lahore").centres(Permission.THREAD_VIEW))


def test_two_cases_opened_at_once_never_share_a_number(app: Flask, context: Flask) -> None:
    centre = find_centre_by_code("LHE")
    assert centre is not None
    centre_id, given = centre.id, []
    db.session.rollback()

    def take() -> None:
        with app.app_context():
            given.append(next_case_serial(centre_id, clock.now().year))
            db.session.commit()

    threads = [Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(min(given), min(given) + 8))
