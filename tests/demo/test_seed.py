"""The same number makes the same people, another number makes others, and numbers go on where they stood."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from mrc.audit import chain
from mrc.cases.models import Case
from mrc.core.db import db
from mrc.core.errors import Refused
from mrc.core.refs import parse_case_number
from mrc.demo.seed import seed
from mrc.messaging.models import Thread
from mrc.persons.models import Address, Person


def names() -> list[tuple[str, str]]:
    return [
        (person.name or "", person.birth or "")
        for person in db.session.scalars(select(Person).order_by(Person.id))
    ]


def test_the_same_number_cannot_be_sown_twice(context: Flask) -> None:
    seed(40, 5)
    with pytest.raises(Refused):
        seed(40, 5)


def test_another_number_makes_other_people_and_keeps_numbers_apart(context: Flask) -> None:
    seed(60, 1)
    first = names()
    seed(60, 2)
    both = names()
    assert len(both) == 120
    assert first != both[:60] or first != both[60:]
    numbers = db.session.scalars(select(Case.number)).all()
    assert len(numbers) == len(set(numbers))
    assert all(parse_case_number(number) == number for number in numbers)
    values = [address.value for address in db.session.scalars(select(Address))]
    assert len(values) == len(set(values))


def test_people_come_with_names_in_their_script_cases_and_threads(context: Flask) -> None:
    report = seed(80, 3)
    assert report.persons == 80
    people = db.session.scalars(select(Person)).all()
    assert all(person.name and person.latin_name for person in people)
    assert any("\u0600" <= (person.name or "")[0] <= "\u06ff" for person in people)
    assert db.session.scalars(select(Case)).first() is not None
    assert db.session.scalars(select(Thread)).first() is not None
    assert list(chain.verify(db.session())) == []
