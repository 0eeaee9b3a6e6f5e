"""A case of Lahore that its counsellor carries, without anything in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, has_app_context

from mrc.access.identity import Identity
from mrc.cases.models import Case
from mrc.cases.service import CaseDetails, open_case
from mrc.centres.queries import find_centre_by_code
from mrc.core.db import db
from mrc.persons.service import PersonDetails, register_person
from tests.support.pages import PageClient


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
