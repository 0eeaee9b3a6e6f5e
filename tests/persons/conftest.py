"""People as the tests of persons use them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from mrc.access.identity import Identity
from mrc.core.db import db
from mrc.i18n.calendars import PartialDate
from mrc.persons.models import Person
from mrc.persons.service import PersonDetails, register_person
from tests.support.pages import PageClient

People = Callable[[str], Identity]
Registered = Callable[..., Person]


@pytest.fixture
def counsellor(context: Flask, identity: People) -> Identity:
    return identity("counsellor-lahore")


@pytest.fixture
def registered(counsellor: Identity) -> Registered:
    """Register somebody in Lahore, whoever is like them, and commit."""

    def make(name: str = "Gul Khan", birth: str | None = None, **details: Any) -> Person:
        (lahore,) = counsellor.home_centre_ids
        known = frozenset(person.id for person in db.session.query(Person))
        day = PartialDate.from_iso(birth) if birth else None
        person = register_person(
            PersonDetails(name, birth=day, **details), centre_id=lahore, by=counsellor, looked_at=known
        )
        db.session.commit()
        return person

    return make


@pytest.fixture
def clients_of(client: Callable[..., PageClient]) -> Callable[[str], PageClient]:
    """A signed-in page client; the test's own session is let go of first, SQLite has one writer."""

    def sign_in(username: str) -> PageClient:
        db.session.rollback()
        return client(username)

    return sign_in
