"""A person of Lahore with a case, and consultations as its counsellor records them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, has_app_context

from mrc.access.identity import Identity
from mrc.cases.models import Case, Consultation
from mrc.cases.service import CaseDetails, ConsultationDetails, open_case, record_consultation
from mrc.centres.queries import find_centre_by_code
from mrc.core import clock
from mrc.core.db import db
from mrc.persons.models import Person
from mrc.persons.service import NewAddress, PersonDetails, register_person
from mrc.persons.states import AddressKind
from tests.support.pages import PageClient

SYSTEM = Identity.system("tests")


@dataclass
class Lahore:
    """What tests of consultations do again and again; each act is committed."""

    app: Flask
    identity: Callable[[str], Identity]
    names: list[str] = field(default_factory=lambda: ["Qurban", "Safdar", "Bilqis", "Zarmina", "Habib"])

    @property
    def id(self) -> UUID:
        centre = find_centre_by_code("LHE")
        assert centre is not None
        return centre.id

    def by(self, username: str = "counsellor-lahore") -> Identity:
        return self.identity(username)

    def person(self, phone: str = "", code: str = "LHE") -> Person:
        """Somebody new, reached by a number if one is given."""
        centre = find_centre_by_code(code)
        assert centre is not None
        addresses = (NewAddress(AddressKind.PHONE, phone),) if phone else ()
        details = PersonDetails(name=self.names.pop(0), addresses=addresses)
        person = register_person(details, centre_id=centre.id, by=SYSTEM)
        db.session.commit()
        return person

    def case(self, person: Person, level: int = 1) -> Case:
        details = CaseDetails("potential", confidentiality=level, counsellor_id=self.by().user_id)
        case = open_case(details, person=person, by=SYSTEM)
        db.session.commit()
        return case

    def log(self, by: str = "counsellor-lahore", **given: Any) -> Consultation:
        """A consultation; `person`, `case` and whatever its details may say."""
        rows = {name: given.pop(name) for name in ("person", "case", "thread") if name in given}
        consultation = record_consultation(details(**given), centre_id=self.id, by=self.by(by), **rows)
        db.session.commit()
        return consultation


def details(**given: Any) -> ConsultationDetails:
    """A call of twenty minutes about two topics, unless said otherwise."""
    usual: dict[str, Any] = {
        "channel": "hotline",
        "direction": "inbound",
        "started_at": clock.minutes_ago(20),
        "minutes": 20,
        "outcome": "information_given",
        "topics": ("overseas_employment", "pre_departure"),
        "note": "What was said",
    }
    return ConsultationDetails(**(usual | given))


def at(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text + "+00:00")


@pytest.fixture
def lahore(context: Flask, identity: Callable[[str], Identity]) -> Lahore:
    return Lahore(context, identity)


@pytest.fixture
def client(client: Callable[..., PageClient], app: Flask) -> Callable[..., PageClient]:
    """Make a page client before whose every request the test's own transaction is committed."""

    def end_own() -> None:
        if has_app_context():
            db.session.commit()

    def make(username: str | None = None) -> PageClient:
        end_own()
        made = client(username)
        opened = made.http.open

        def open_after_commit(*arguments: Any, **keywords: Any) -> Any:
            end_own()
            return opened(*arguments, **keywords)

        made.http.open = open_after_commit  # type: ignore[method-assign]
        return made

    return make


@pytest.fixture
def open_in(context: Flask, identity: Callable[[str], Identity]) -> Callable[..., Case]:
    """Open a case in a centre by the code of the centre; committed, carried by who opens it."""

    def make(code: str = "LHE", by: str = "counsellor-lahore", **details: object) -> Case:
        centre, who = find_centre_by_code(code), identity(by)
        assert centre is not None
        person = register_person(
            PersonDetails(name="محمد یوسف", father_name="اکرم", languages=("ur",)),
            centre_id=centre.id,
            by=who,
        )
        wanted = CaseDetails("intending", counsellor_id=who.user_id, **details)  # type: ignore[arg-type]
        case = open_case(wanted, person=person, by=who)
        db.session.commit()
        return case

    return make


@pytest.fixture
def quiet_case(open_in: Callable[..., Case]) -> Case:
    """One such case in Lahore."""
    return open_in()
