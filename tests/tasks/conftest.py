"""A person of Lahore with a case, tasks about them, and the people around."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask, has_app_context

from mrc.access.identity import Identity
from mrc.cases.models import Case
from mrc.cases.service import CaseDetails, open_case
from mrc.centres.models import Centre
from mrc.centres.queries import find_centre_by_code
from mrc.core import clock as time_now
from mrc.core.db import db
from mrc.persons.models import Person
from mrc.persons.service import NewAddress, PersonDetails, register_person
from mrc.persons.states import AddressKind
from mrc.tasks.models import Absence, Task
from mrc.tasks.service import NewTask, create_task, record_absence
from tests.support.pages import PageClient

SYSTEM = Identity.system("tests")
COUNSELLOR, PROTECTION, MANAGER = "counsellor-lahore", "protection-lahore", "manager-lahore"
FRONT_DESK = "frontdesk-lahore"
NAMES = ["Qurban", "Safdar", "Bilqis", "Zarmina", "Habib", "Nasreen"]


@dataclass
class Office:
    """What tests of tasks do again and again; each act is committed."""

    identity: Callable[[str], Identity]
    clock: time_machine.Traveller
    persons: int = 0

    def by(self, username: str = COUNSELLOR) -> Identity:
        return self.identity(username)

    def id_of(self, username: str) -> UUID:
        user_id = self.identity(username).user_id
        assert user_id is not None
        return user_id

    def centre(self, code: str = "LHE") -> Centre:
        centre = find_centre_by_code(code)
        assert centre is not None
        return centre

    def person(self, code: str = "LHE") -> Person:
        addresses = (NewAddress(AddressKind.PHONE, f"+9230012345{self.persons:02}"),)
        details = PersonDetails(name=NAMES[self.persons], addresses=addresses)
        self.persons += 1
        person = register_person(details, centre_id=self.centre(code).id, by=SYSTEM)
        db.session.commit()
        return person

    def case(self, *, level: int = 1, counsellor: str | None = COUNSELLOR, **details: Any) -> Case:
        """A case without the tasks that rules make when it is opened."""
        carried_by = self.id_of(counsellor) if counsellor else None
        wanted = CaseDetails("potential", confidentiality=level, counsellor_id=carried_by, **details)
        case = open_case(wanted, person=self.person(), by=SYSTEM)
        db.session.flush()
        for task in tasks_of(case):
            db.session.delete(task)
        db.session.commit()
        return case

    def task(self, case: Case | None = None, *, to: str | None = COUNSELLOR, **given: Any) -> Task:
        """A task due in three hours, unless said otherwise; `person` instead of a case."""
        person: Person | None = given.pop("person", case.person if case else None)
        by = given.pop("by", None) or SYSTEM
        usual: dict[str, Any] = {"kind": "call_back", "due_at": time_now.now() + timedelta(hours=3)}
        task = create_task(
            NewTask(**(usual | given), assignee_id=self.id_of(to) if to else None),
            centre_id=self.centre().id,
            by=by,
            person_id=person.id if person else None,
            case_id=case.id if case else None,
            level=case.confidentiality if case else 1,
        )
        db.session.commit()
        return task

    def leave(
        self, who: str, substitute: str, first: date, last: date, *, by: str = MANAGER
    ) -> tuple[Absence, list[Task]]:
        absence, handed = record_absence(
            self.id_of(who),
            self.id_of(substitute),
            (first, last),
            centre_id=self.centre().id,
            by=self.by(by),
        )
        db.session.commit()
        return absence, list(handed)


def tasks_of(case: Case) -> list[Task]:
    """Every task of a case, in the order they were made."""
    return list(db.session.query(Task).where(Task.case_id == case.id).order_by(Task.id))


def at(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text + "+00:00")


@pytest.fixture
def office(context: Flask, identity: Callable[[str], Identity], clock: time_machine.Traveller) -> Office:
    return Office(identity, clock)


@pytest.fixture
def client(client: Callable[..., PageClient]) -> Callable[..., PageClient]:
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
