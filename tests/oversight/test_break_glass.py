"""Opening a protected case in an emergency: a reason, one case, four hours, seen by the manager."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Select, select

from mrc.access.identity import Identity
from mrc.access.models import AccessGrant
from mrc.accounts.models import User
from mrc.audit.models import AuditEvent
from mrc.cases.models import Case
from mrc.cases.service import CaseDetails, keep_in_step, open_case, set_level
from mrc.core.db import db
from tests.contracts.records import Records, make_records
from tests.support.pages import PageClient

Clients = Callable[..., PageClient]
SYSTEM = Identity.system("break-glass tests")
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


def test_it_ends_at_the_fourth_hour_exactly(
    client: Clients, clock: time_machine.Traveller, protected: tuple[Records, str]
) -> None:
    records, number = protected
    url = f"/cases/{records.keys['case_id']}"
    counsellor = client("counsellor-lahore")
    counsellor.post("/break-glass", {"number": number, "reason": REASON})
    clock.shift(timedelta(hours=4) - timedelta(seconds=1))
    client("counsellor-lahore").get(url)
    clock.shift(timedelta(seconds=1))
    client("counsellor-lahore").get(url, status=404)


def test_the_person_can_be_reached_and_no_other_case_opens(
    app: Flask, client: Clients, protected: tuple[Records, str]
) -> None:
    records, number = protected
    with app.app_context():
        case = db.session.get_one(Case, records.keys["case_id"])
        other = open_case(CaseDetails("potential", confidentiality=2), person=case.person, by=SYSTEM)
        db.session.commit()
        other_url = f"/cases/{other.id}"
    counsellor = client("counsellor-lahore")
    counsellor.get(f"/persons/{records.keys['person_id']}", status=404)
    counsellor.post("/break-glass", {"number": number, "reason": REASON})
    assert "Contact plan" in counsellor.get(f"/persons/{records.keys['person_id']}").text
    counsellor.get(f"/inbox/{records.keys['thread_id']}")
    counsellor.get(other_url, status=404)


def test_a_case_sealed_meanwhile_is_shut_at_once(
    app: Flask, client: Clients, protected: tuple[Records, str]
) -> None:
    records, number = protected
    counsellor = client("counsellor-lahore")
    counsellor.post("/break-glass", {"number": number, "reason": REASON})
    with app.app_context():
        set_level(db.session.get_one(Case, records.keys["case_id"]), 1, by=SYSTEM)
        case = db.session.get_one(Case, records.keys["case_id"])
        case.confidentiality = 3
        keep_in_step(case)
        db.session.commit()
    counsellor.get(f"/cases/{records.keys['case_id']}", status=404)
    counsellor.get(f"/persons/{records.keys['person_id']}", status=404)
    counsellor.get(f"/inbox/{records.keys['thread_id']}", status=404)


def test_the_manager_is_told_at_once_and_reminded_after_a_week(
    client: Clients, clock: time_machine.Traveller, protected: tuple[Records, str]
) -> None:
    def told() -> list[str]:
        page = client("manager-lahore").get("/")
        return [name for name in page.links if name.startswith("Protected cases opened")]

    before = told()
    client("counsellor-lahore").post("/break-glass", {"number": protected[1], "reason": REASON})
    assert told() != before
    clock.shift(timedelta(days=8))
    assert "not reviewed within a week" in client("manager-lahore").get("/oversight/grants").text


def test_the_front_desk_cannot_ask(client: Clients) -> None:
    assert client("frontdesk-lahore").http.get("/break-glass").status_code == 403
