"""The number of queries of a list or a file does not grow with what is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from mrc.centres.queries import find_centre_by_code
from mrc.core import clock
from mrc.core.db import db
from mrc.demo.seed import place_of, seed
from tests.contracts.records import make_records
from tests.support.pages import PageClient

Clients = Callable[..., PageClient]
LISTS = ("/", "/cases", "/persons", "/consultations", "/inbox", "/cases?mine=1", "/persons?q=Muhammad")


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SET")):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def queries_of(app: Flask, person: PageClient, url: str) -> int:
    person.http.get(url)  # what is kept for a while, such as the code lists, is there from now on
    with counted(app) as statements:
        assert person.http.get(url).status_code == 200
    return len(statements)


@pytest.mark.parametrize("url", LISTS)
def test_a_list_asks_as_often_for_many_rows_as_for_few(app: Flask, client: Clients, url: str) -> None:
    manager = client("manager-lahore")
    fill(app, 3, number=1)
    few = queries_of(app, manager, url)
    fill(app, 60, number=2)
    # Fewer is fine: what a person sees first may be elsewhere by then.
    assert queries_of(app, manager, url) <= few + 1


def test_a_file_asks_as_often_whatever_is_in_it(app: Flask, client: Clients) -> None:
    with app.app_context():
        records = make_records("LHE")
        db.session.commit()
    manager = client("manager-lahore")
    url = f"/cases/{records.keys['case_id']}"
    before = queries_of(app, manager, url)
    for number in range(12):
        manager.post(url, {"text": f"note {number}"}, form=f"{url}/notes")
    # One more for the name of the author, however many notes.
    assert queries_of(app, manager, url) <= before + 1


def fill(app: Flask, persons: int, *, number: int) -> None:
    """More people with all that is theirs, in Lahore."""
    with app.app_context():
        centre = find_centre_by_code("LHE")
        assert centre is not None
        seed(persons, number, now=clock.now(), places=[place_of(centre, 1.0)], waiting_share=0.5)


def test_a_query_in_a_loop_would_be_found(app: Flask) -> None:
    with counted(app) as statements, app.app_context():
        for _row in range(3):
            find_centre_by_code("LHE")
    assert len(statements) == 3
