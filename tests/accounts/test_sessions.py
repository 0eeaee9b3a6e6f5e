"""How long a session lasts, who ends it, and what becomes of what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from mrc.access.models import AccessGrant
from mrc.access.roles import Role, ScopeKind
from mrc.accounts.models import RoleGrant, User, UserSession
from mrc.accounts.queries import identity_of
from mrc.accounts.session import device_of, hash_of
from mrc.centres.models import Centre
from mrc.core import clock as the_clock
from mrc.core.db import db, uuid7
from mrc.demo.world import DEMO_PASSWORD
from mrc.web.models import Draft
from tests.accounts.conftest import asked
from tests.support.pages import PageClient

Client = Callable[..., PageClient]


def is_in(browser: PageClient) -> bool:
    return browser.http.get("/account").status_code == 200


def rows_of(app: Flask, username: str) -> list[UserSession]:
    with app.app_context():
        query = select(UserSession).join(User).where(User.username == username).order_by(UserSession.id)
        return list(db.session.scalars(query))


def test_a_shared_desk_is_left_after_fifteen_minutes(client: Client, clock: time_machine.Traveller) -> None:
    browser = client("counsellor-lahore")
    clock.shift(timedelta(minutes=14, seconds=59))
    assert is_in(browser)
    clock.shift(timedelta(minutes=15))
    assert not is_in(browser)


def test_one_s_own_device_lasts_as_long_as_its_owner_chose(
    client: Client, change: Callable[..., None], clock: time_machine.Traveller
) -> None:
    change("counsellor-lahore", idle_minutes=480)
    browser = client()
    browser.post("/sign-in", {"username": "counsellor-lahore", "password": DEMO_PASSWORD, "own_device": "y"})
    clock.shift(timedelta(hours=7, minutes=59))
    assert is_in(browser)


def test_twelve_hours_are_the_end(client: Client, clock: time_machine.Traveller) -> None:
    browser = client("counsellor-lahore")
    for _turn in range(71):
        clock.shift(timedelta(minutes=10))
        assert is_in(browser)
    clock.shift(timedelta(minutes=10))
    assert not is_in(browser)


def test_a_clock_set_back_neither_extends_nor_breaks(client: Client, clock: time_machine.Traveller) -> None:
    browser = client("counsellor-lahore")
    clock.shift(timedelta(hours=-2))
    assert is_in(browser)
    clock.shift(timedelta(hours=14))
    assert not is_in(browser)


def test_being_seen_is_written_down_once_a_minute(
    app: Flask, client: Client, clock: time_machine.Traveller
) -> None:
    browser = client("counsellor-lahore")
    started = rows_of(app, "counsellor-lahore")[0].last_seen_at
    clock.shift(timedelta(seconds=59))
    assert is_in(browser)
    assert rows_of(app, "counsellor-lahore")[0].last_seen_at == started
    clock.shift(timedelta(seconds=1))
    assert is_in(browser)
    assert rows_of(app, "counsellor-lahore")[0].last_seen_at == started + timedelta(minutes=1)


def test_what_was_typed_into_an_ended_session_is_kept(
    app: Flask, client: Client, clock: time_machine.Traveller
) -> None:
    browser = client("counsellor-lahore")
    page = browser.get("/account")
    clock.shift(timedelta(minutes=20))
    answer = browser.submit(page, {"locale": "ur"}, status=303)
    assert answer.location.startswith("/sign-in")
    with app.app_context():
        draft = db.session.scalars(select(Draft)).one()
        assert draft.key == "/account"
        assert draft.content["locale"] == ["ur"]
        assert draft.user_id == identity_of("counsellor-lahore").user_id


def test_a_session_that_somebody_ended_writes_no_draft(app: Flask, client: Client) -> None:
    browser = client("counsellor-lahore")
    page = browser.get("/account")
    with app.app_context():
        db.session.execute(update(UserSession).values(revoked_at=the_clock.now()))
        db.session.commit()
    assert browser.submit(page, {"locale": "ur"}, status=401).status == 401
    with app.app_context():
        assert db.session.scalar(select(Draft)) is None


def test_a_locked_account_is_out_at_its_next_page(client: Client, change: Callable[..., None]) -> None:
    browser = client("counsellor-lahore")
    change("counsellor-lahore", locked_at=the_clock.now())
    assert not is_in(browser)


def test_a_role_taken_away_counts_at_the_next_page(app: Flask, client: Client) -> None:
    browser = client("counsellor-lahore")
    assert browser.http.get("/cases").status_code == 200
    with app.app_context():
        user = db.session.scalars(select(User).where(User.username == "counsellor-lahore")).one()
        db.session.execute(RoleGrant.__table__.delete().where(RoleGrant.user_id == user.id))
        db.session.add(
            RoleGrant(user_id=user.id, role=Role.AUDITOR, scope_kind=ScopeKind.EVERYWHERE, scope="everywhere")
        )
        db.session.commit()
    assert browser.http.get("/cases").status_code == 403
    assert browser.http.get("/admin/audit").status_code == 200


def test_sessions_are_listed_and_ended_one_by_one_or_all(
    app: Flask, client: Client, clock: time_machine.Traveller, tags: Callable[[], list[str]]
) -> None:
    first, second, third = (client("counsellor-lahore") for _turn in range(3))
    page = first.get("/account")
    assert "this session" in page.text
    token = second.http.get_cookie("mrc_session").value
    other = next(row for row in rows_of(app, "counsellor-lahore") if row.token_hash == hash_of(token))
    first.submit(page, {}, form=f"/account/sessions/{other.id}/end")
    assert [is_in(first), is_in(second), is_in(third)] == [True, False, True]
    first.post("/account", {}, form="/account/sessions/end-others")
    assert [is_in(first), is_in(third)] == [True, False]
    assert tags().count("accounts:session:revoked") == 2


def test_nobody_ends_the_session_of_another(app: Flask, client: Client) -> None:
    victim, attacker = client("counsellor-lahore"), client("manager-lahore")
    row = rows_of(app, "counsellor-lahore")[0]
    token = attacker.get("/account").find("input", name="csrf_token")[0].get("value")
    answer = attacker.http.post(f"/account/sessions/{row.id}/end", data={"csrf_token": token})
    assert answer.status_code == 404
    assert is_in(victim)


def test_a_made_up_cookie_opens_nothing(client: Client) -> None:
    browser = client()
    for value in ("", "x" * 43, "\u0000", "é" * 50, "a" * 4000):
        browser.http.set_cookie("mrc_session", value)
        assert browser.http.get("/account").status_code == 303


def test_the_identity_costs_two_queries_at_most(app: Flask, client: Client) -> None:
    for name, most in {"counsellor-lahore": 2, "coordinator-pakistan": 2, "admin": 1}.items():
        browser = client(name)
        token = browser.get("/account").find("input", name="csrf_token")[0].get("value")
        with asked(app) as questions:
            assert browser.http.post("/language", data={"csrf_token": token}).status_code == 303
        assert 1 <= len(questions) <= most, (name, questions)


def test_a_country_is_all_its_centres(app: Flask, identity: Callable[..., Any]) -> None:
    with app.app_context():
        pakistan = set(db.session.scalars(select(Centre.id).where(Centre.country == "PK")))
    assert identity("coordinator-pakistan").home_centre_ids == pakistan
    assert len(pakistan) > 1


def test_live_grants_are_part_of_the_identity(context: Flask, clock: time_machine.Traveller) -> None:
    user = db.session.scalars(select(User).where(User.username == "counsellor-lahore")).one()
    centre = db.session.scalars(select(Centre).where(Centre.code == "LHE")).one()
    subject, now = uuid7(), the_clock.now()
    grant = AccessGrant(
        user_id=user.id, centre_id=centre.id, subject_kind="case", subject_id=subject,
        granted_at=now, expires_at=now + timedelta(hours=4),
    )  # fmt: skip
    db.session.add(grant)
    db.session.flush()
    assert identity_of("counsellor-lahore").granted_ids == {subject}
    clock.shift(timedelta(hours=4))
    assert identity_of("counsellor-lahore").granted_ids == frozenset()


@pytest.mark.parametrize(
    ("header", "device"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.0", "?"),
        ("", "?"),
    ],
)
def test_a_device_is_a_family_and_no_more(header: str, device: str) -> None:
    assert device_of(header) == device
