"""GET changes nothing but the audit log, and the database itself sees to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from mrc.cases.models import Case
from mrc.core.db import db
from mrc.core.db.engine import read_only_from_here
from tests.contracts.records import make_records
from tests.contracts.test_matrix import urls

MAY_GROW = {"audit_event", "audit_head", "user_session"}
"""The log, its heads, and the moment a session was last seen."""


def contents() -> dict[str, Any]:
    """Every row of every table but those that may grow."""
    return {
        table.name: db.session.execute(select(table).order_by(*table.primary_key.columns)).all()
        for table in db.metadata.sorted_tables
        if table.name not in MAY_GROW
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("database", "username"),
    [
        ("sqlite", "counsellor-lahore"),
        ("postgresql", "manager-lahore"),
        ("sqlite", "manager-lahore"),
        ("sqlite", "admin"),
        ("postgresql", "auditor"),
        ("sqlite", None),
    ],
    indirect=["database"],
)
def test_get_writes_nothing_but_audit(
    username: str | None, app: Flask, context: Flask, client: Callable[..., Any]
) -> None:
    records = {"LHE": make_records("LHE", with_family=True)}
    db.session.commit()
    browser = client(username)
    before = contents()
    db.session.rollback()
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and rule.endpoint != "static":
            for url in urls(rule, records):
                browser.http.get(url)
    assert contents() == before


def test_a_write_in_a_reading_request_is_refused_by_the_database(app: Flask, context: Flask) -> None:
    make_records("LHE")
    db.session.commit()
    read_only_from_here(db.session())
    with pytest.raises(DBAPIError):
        db.session.execute(update(Case).values(client_type="changed"))
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(Case.client_type == "changed")) == 0


def test_a_get_that_writes_would_be_found(app: Flask, context: Flask) -> None:
    records = make_records("LHE")
    db.session.commit()
    before = contents()
    db.session.execute(update(Case).where(Case.id == records.keys["case_id"]).values(client_type="changed"))
    assert contents() != before
