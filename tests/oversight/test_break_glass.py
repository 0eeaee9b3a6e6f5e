"""Opening a protected case in an emergency: a reason, one case, four hours, seen by the manager."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Select, select

from mrc.access.models import AccessGrant
from mrc.accounts.models import User
from mrc.audit.models import AuditEvent
from mrc.cases.models import Case
from mrc.core.db import db
from tests.contracts.records import Records, make_records
from tests.support.pages import PageClient

Clients = Callable[..., PageClient]
REASON = "The person called in danger and the protection officer cannot be reached."


def ours() -> Select[AccessGrant]:
    """The grants that a counsellor of Lahore asked for; the records bring one of their own."""
    return (
        select(AccessGrant)
        .join(User, User.id == AccessGrant.user_id)
        .where(User.username == "counsellor-lahore")
    )


@pytest.fixture
def protected(app: Flask) -> tuple[Records, str]:
    """A protected case of Lahore that the counsellor is not named in, and its number."""
    with app.app_context():
        records = make_records("LHE", protected=True)
        db.session.commit()
        return records, db.session.get_one(Case, records.keys["case_id"]).number


def test_a_reason_opens_one_case_for_four_hours(
    app: Flask, client: Clients, clock: time_machine.Traveller, protected: tuple[Records, str]
) -> None:
    records, number = protected
    url = f"/cases/{records.keys['case_id']}"
    counsellor = client("counsellor-lahore")
    counsellor.get(url, status=404)
    opened = counsellor.post("/break-glass", {"number": number, "reason": REASON})
    assert opened.url == url
    counsellor.get(url)
    clock.shift(timedelta(hours=4, minutes=1))
    client("counsellor-lahore").get(url, status=404)
    with app.app_context():
        tags = set(db.session.scalars(select(AuditEvent.tag)))
        assert "access:grant:opened" in tags


def test_without_a_reason_nothing_opens(client: Clients, protected: tuple[Records, str]) -> None:
    client("counsellor-lahore").post("/break-glass", {"number": protected[1], "reason": "so"}, status=422)


def test_an_unknown_a_sealed_and_a_foreign_case_look_the_same(
    app: Flask, client: Clients, protected: tuple[Records, str]
) -> None:
    records, number = protected
    refusals = [refused_number(client, "counsellor-erbil", number)]
    refusals.append(refused_number(client, "counsellor-lahore", "LHE-2026-999999-X"))
    with app.app_context():
        db.session.get_one(Case, records.keys["case_id"]).confidentiality = 3
        db.session.commit()
    refusals.append(refused_number(client, "counsellor-lahore", number))
    assert refusals[0]
    assert len(set(refusals)) == 1
    with app.app_context():
        assert db.session.scalars(ours()).all() == []


def test_the_manager_sees_and_reviews_it(app: Flask, client: Clients, protected: tuple[Records, str]) -> None:
    client("counsellor-lahore").post("/break-glass", {"number": protected[1], "reason": REASON})
    manager = client("manager-lahore")
    page = manager.get("/oversight/grants")
    assert protected[1] in page.text
    assert REASON in page.text
    with app.app_context():
        grant = db.session.scalars(ours()).one()
        url = f"/oversight/grants/{grant.id}/review"
    manager.submit(page, {}, form=url)
    with app.app_context():
        assert db.session.scalars(ours()).one().reviewed_at is not None


def refused_number(client: Clients, who: str, number: str) -> str:
    """What the page says about a number that cannot be opened."""
    page = client(who).post("/break-glass", {"number": number, "reason": REASON}, status=422)
    return " ".join("".join(error.itertext()) for error in page.find("p", class_="field-error"))
