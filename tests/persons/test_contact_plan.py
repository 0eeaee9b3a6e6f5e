"""Addresses and the plan of how each may be used: safe hours anywhere, code words, shared phones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.audit.models import AuditEvent
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.persons.hours import clock_text, is_safe_at, minutes_of, next_safe_at
from mrc.persons.models import Address, Person, PersonAddress
from mrc.persons.queries import list_also_used
from mrc.persons.service import NewAddress, add_address, change_plan, review_plan, set_code_word
from mrc.persons.states import AddressKind, AddressRelation
from tests.support.pages import PageClient

Clients = Callable[..., PageClient]
Registered = Callable[..., Person]
People = Callable[[str], Identity]
NUMBER = "+923001234567"
EVENING = {"days": [0, 1], "from": 18 * 60, "until": 22 * 60}
NIGHT = {"days": [4], "from": 22 * 60, "until": 2 * 60}
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def linked(person: Person, by: Identity, value: str = NUMBER, **plan: object) -> PersonAddress:
    link = add_address(person, NewAddress(AddressKind.PHONE, value), by=by)
    for name, content in plan.items():
        setattr(link, name, content)
    db.session.commit()
    return link


@pytest.mark.parametrize(
    ("window", "at", "zone", "safe"),
    [
        (EVENING, MONDAY.replace(hour=13), "Asia/Karachi", True),
        (EVENING, MONDAY.replace(hour=12, minute=59), "Asia/Karachi", False),
        (EVENING, MONDAY.replace(hour=17), "Asia/Karachi", False),
        (EVENING, MONDAY.replace(hour=13, minute=30), "Asia/Kabul", True),
        (EVENING, MONDAY.replace(hour=13, minute=29), "Asia/Kabul", False),
        (EVENING, MONDAY.replace(day=4, hour=13), "Asia/Karachi", False),
        (NIGHT, MONDAY.replace(day=6, hour=23), "UTC", True),
        (NIGHT, MONDAY.replace(day=7, hour=1, minute=59), "UTC", True),
        (NIGHT, MONDAY.replace(day=7, hour=2), "UTC", False),
        (NIGHT, MONDAY.replace(day=6, hour=1), "UTC", False),
    ],
)
def test_a_window_is_kept_in_the_persons_zone(
    window: dict[str, object], at: datetime, zone: str, safe: bool
) -> None:
    assert is_safe_at([window], at, zone) is safe


def test_without_windows_every_hour_is_safe() -> None:
    assert is_safe_at(None, MONDAY, "Asia/Kabul")
    assert is_safe_at([], MONDAY, "Asia/Kabul")


WINDOWS = st.builds(
    lambda days, start, length: {
        "days": sorted(days),
        "from": start,
        "until": (start + length) % (24 * 60),
    },
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 24 * 60 - 1),
    st.integers(1, 24 * 60 - 1),
)


@given(
    windows=st.lists(WINDOWS, min_size=1, max_size=3),
    minutes=st.integers(0, 14 * 24 * 60),
    zone=st.sampled_from(("Asia/Kabul", "Asia/Karachi", "Europe/Berlin", "America/New_York")),
)
def test_the_next_safe_moment_is_safe_and_no_unsafe_minute_is_let_through(
    windows: list[dict[str, object]], minutes: int, zone: str
) -> None:
    at = MONDAY + timedelta(minutes=minutes)
    coming = next_safe_at(windows, at, zone)
    assert coming is not None
    assert coming > at
    # In the night when clocks go forward a window may begin in an hour that is not there.
    assert (
        is_safe_at(windows, coming, zone)
        or coming.dst() != coming.astimezone(UTC).astimezone(coming.tzinfo).dst()
    )


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("18:30", 1110),
        ("۱۸:۳۰", 1110),
        ("٠٧.٠٥", 425),
        ("24:00", 0),
        ("24:30", None),
        ("18", None),
        ("", None),
    ],
)
def test_a_time_is_read_in_any_digits(typed: str, minutes: int | None) -> None:
    assert minutes_of(typed) == minutes
    assert minutes is None or minutes_of(clock_text(minutes)) == minutes


def test_the_whole_plan_is_saved_and_shown(
    registered: Registered, counsellor: Identity, clients_of: Clients
) -> None:
    person = registered()
    person_id, link_id = person.id, linked(person, counsellor).id
    url = f"/persons/{person_id}/addresses/{link_id}"
    typed = {
        "days_1": ["0", "1"], "from_1": "18:00", "until_1": "22:00",
        "from_2": "۰۶:۰۰", "until_2": "07:30",
        "language": "ps", "needs_voice": "y", "read_by": ["employer"],
        "sender_name": "the bakery", "interruption_phrase": "wrong number",
        "counsellor_sex": "female", "dropped_call": "they_call_back",
    }  # fmt: skip
    page = clients_of("counsellor-lahore").post(url, typed)
    for words in ("18:00–22:00", "every day 06:00–07:30", "Employer", "the bakery", "wrong number"):
        assert words in page.text
    link = db.session.get_one(PersonAddress, link_id)
    assert link.safe_windows == [EVENING, {"days": list(range(7)), "from": 360, "until": 450}]
    assert link.is_shared


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"from_1": "18:00"}, "until_1"),
        ({"from_1": "x", "until_1": "20:00"}, "from_1"),
        ({"from_1": "20:00", "until_1": "20:00"}, "until_1"),
        ({"days_1": ["3"]}, "from_1"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused_at_its_field(
    registered: Registered, counsellor: Identity, clients_of: Clients, typed: dict[str, object], field: str
) -> None:
    person = registered()
    url = f"/persons/{person.id}/addresses/{linked(person, counsellor).id}"
    page = clients_of("counsellor-lahore").post(url, typed, status=422)
    assert page.find("p", id=f"{field}-error")


def test_one_address_twice_is_refused_and_many_persons_may_have_it(
    registered: Registered, counsellor: Identity
) -> None:
    father, child = registered("Gul Khan"), registered("Zarghuna")
    link = linked(father, counsellor)
    with pytest.raises(Refused) as refused:
        linked(father, counsellor)
    db.session.rollback()
    assert list(refused.value.fields) == ["phone"]
    linked(child, counsellor)
    assert list_also_used(father, by=counsellor) == {link.address_id: [child]}
    child.confidentiality = 3
    db.session.commit()
    assert list_also_used(father, by=counsellor) == {}


def test_an_e_mail_address_is_an_address(registered: Registered, clients_of: Clients) -> None:
    url = f"/persons/{registered().id}/addresses/new"
    browser = clients_of("counsellor-lahore")
    browser.post(url, {"kind": "email", "email": "not one"}, status=422)
    browser.post(url, {"kind": "phone"}, status=422)
    browser.post(url, {"kind": "email", "email": "Gul@Example.org"})
    address = db.session.scalars(select(Address)).one()
    assert (address.kind, address.value) == (AddressKind.EMAIL, "gul@example.org")


def test_the_code_word_is_shown_on_its_own_page_only_and_that_is_logged(
    registered: Registered, counsellor: Identity, clients_of: Clients
) -> None:
    person = registered()
    link = linked(person, counsellor)
    set_code_word(link, "pomegranate", by=counsellor)
    db.session.commit()
    person_id, url = person.id, f"/persons/{person.id}/addresses/{link.id}"
    browser = clients_of("counsellor-lahore")
    assert "pomegranate" not in browser.get(f"/persons/{person_id}").html
    assert "pomegranate" not in browser.get(url).html
    assert "pomegranate" in browser.get(f"{url}/code-word").html
    tags = db.session.scalars(select(AuditEvent.tag).where(AuditEvent.subject_id == person_id)).all()
    assert tags.count("persons:person:revealed") == 1
    assert clients_of("frontdesk-lahore").http.get(f"{url}/code-word").status_code == 403


def test_a_plan_is_to_be_gone_through_after_half_a_year(
    registered: Registered, counsellor: Identity, clock: time_machine.Traveller
) -> None:
    link = linked(registered(), counsellor)
    clock.shift(timedelta(days=182))
    assert not link.needs_review
    clock.shift(timedelta(days=1))
    assert link.needs_review
    review_plan(link, by=counsellor)
    assert not link.needs_review


def test_the_front_desk_changes_no_plan(
    registered: Registered, counsellor: Identity, identity: People
) -> None:
    link = linked(registered(), counsellor)
    desk = identity("frontdesk-lahore")
    for act in (
        lambda: change_plan(link, {"relation": AddressRelation.SHARED}, by=desk),
        lambda: review_plan(link, by=desk),
        lambda: set_code_word(link, "x", by=desk),
    ):
        with pytest.raises(Forbidden):
            act()
