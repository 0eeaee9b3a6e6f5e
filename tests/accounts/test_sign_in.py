"""Signing in: who gets in, what a stranger learns (nothing), and what is written down."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from mrc.accounts.models import User, UserSession
from mrc.core import clock as the_clock
from mrc.core.db import db
from mrc.demo.world import DEMO_PASSWORD, DEMO_USERNAMES
from tests.accounts.conftest import code_of, set_up_factor
from tests.support.pages import Page, PageClient

Client = Callable[..., PageClient]
WRONG = "not the password of anybody"


def try_to_sign_in(browser: PageClient, username: str, password: str = WRONG) -> Page:
    return browser.post("/sign-in", {"username": username, "password": password}, status=422)


def without_tokens(page: Page, *typed: str) -> str:
    """A page without what differs each time: tokens, nonces, and what was typed."""
    text = re.sub(r'(value|nonce|content)="[^"]*"|"X-CSRFToken": "[^"]*"', "", page.html)
    for word in typed:
        text = text.replace(word, "")
    return text


def test_a_counsellor_signs_in_and_lands_on_their_day(client: Client, tags: Callable[[], list[str]]) -> None:
    browser = client()
    page = browser.sign_in("counsellor-lahore", DEMO_PASSWORD)
    assert page.url == "/"
    assert "accounts:session:signed_in" in tags()


def test_upper_case_and_blanks_around_the_username_do_not_matter(client: Client) -> None:
    client().sign_in(" Counsellor-LAHORE ", DEMO_PASSWORD)


def test_every_demo_user_lands_on_a_page(client: Client) -> None:
    for username in DEMO_USERNAMES:
        assert client(username).follow("/").status == 200


def test_all_failures_look_the_same(
    client: Client, change: Callable[..., None], clock: time_machine.Traveller
) -> None:
    change("manager-lahore", locked_at=the_clock.now())
    change("auditor", password_hash=None)
    wrong = try_to_sign_in(client(), "counsellor-lahore")
    pages = {
        "unknown": try_to_sign_in(client(), "nobody-here"),
        "locked": try_to_sign_in(client(), "manager-lahore", DEMO_PASSWORD),
        "invited": try_to_sign_in(client(), "auditor", DEMO_PASSWORD),
    }
    impatient = client()
    for _turn in range(8):
        pages["too often"] = try_to_sign_in(impatient, "analyst", WRONG)
    pages["too often, though right"] = try_to_sign_in(impatient, "analyst", DEMO_PASSWORD)
    expected = without_tokens(wrong)
    for reason, page in pages.items():
        assert without_tokens(page) == expected, reason
        assert page.headers.keys() == wrong.headers.keys(), reason


def test_the_wait_ends_and_the_right_password_lets_in(client: Client, clock: time_machine.Traveller) -> None:
    browser = client()
    for _turn in range(4):
        try_to_sign_in(browser, "analyst")
    try_to_sign_in(browser, "analyst", DEMO_PASSWORD)
    clock.shift(timedelta(minutes=1))
    browser.sign_in("analyst", DEMO_PASSWORD)


def test_hammering_from_elsewhere_does_not_stop_a_colleague(app: Flask, client: Client) -> None:
    colleague = client("counsellor-lahore")
    colleague.post("/", {}, form="/sign-out")
    for network in range(12):
        stranger = client()
        stranger.http.environ_base["REMOTE_ADDR"] = f"10.0.{network}.1"
        try_to_sign_in(stranger, "counsellor-lahore")
    fresh = client()
    fresh.http.environ_base["REMOTE_ADDR"] = "10.0.99.1"
    try_to_sign_in(fresh, "counsellor-lahore", DEMO_PASSWORD)
    colleague.http.environ_base["REMOTE_ADDR"] = "10.1.1.1"
    colleague.sign_in("counsellor-lahore", DEMO_PASSWORD)


def test_failures_are_in_the_log_and_told_at_the_next_visit(
    client: Client, tags: Callable[[], list[str]]
) -> None:
    try_to_sign_in(client(), "counsellor-lahore")
    try_to_sign_in(client(), "counsellor-lahore")
    assert tags().count("accounts:session:failed") == 2
    assert "2 attempts to sign in" in client().sign_in("counsellor-lahore", DEMO_PASSWORD).text
    assert "attempts to sign in" not in client().sign_in("counsellor-lahore", DEMO_PASSWORD).text


def test_what_was_typed_is_kept_nowhere(app: Flask, client: Client) -> None:
    try_to_sign_in(client(), "my password typed into the wrong box")
    with app.app_context():
        for table in db.metadata.sorted_tables:
            assert "wrong box" not in str(db.session.execute(select(table)).all())


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/account", "/account"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_next_leads_to_our_own_pages_only(client: Client, target: str, lands: str) -> None:
    browser = client()
    page = browser.get("/sign-in", query_string={"next": target})
    answer = browser.submit(
        page,
        {"username": "counsellor-lahore", "password": DEMO_PASSWORD},
        status=303,
        query_string={"next": target},
    )
    assert answer.headers["Location"] == lands


def test_the_session_id_changes_at_sign_in_and_the_old_one_dies(app: Flask, client: Client) -> None:
    browser = client("counsellor-lahore")
    first = browser.http.get_cookie("mrc_session")
    browser.http.set_cookie("mrc_session", first.value)
    browser.post("/", {}, form="/sign-out")
    browser.sign_in("counsellor-lahore", DEMO_PASSWORD)
    second = browser.http.get_cookie("mrc_session")
    assert first.value != second.value
    assert len(second.value) >= 43
    thief = client()
    thief.http.set_cookie("mrc_session", first.value)
    assert thief.http.get("/account").status_code == 303


def test_signing_in_again_ends_the_session_before(app: Flask, client: Client) -> None:
    browser = client("counsellor-lahore")
    other = client()
    page = other.get("/sign-in")
    other.http.set_cookie("mrc_session", browser.http.get_cookie("mrc_session").value)
    other.submit(page, {"username": "manager-lahore", "password": DEMO_PASSWORD}, status=303)
    assert browser.http.get("/account").status_code == 303


def test_the_cookies_are_for_our_server_alone(client: Client) -> None:
    browser = client()
    page = browser.get("/sign-in")
    answer = browser.http.post(
        "/sign-in", data=page.form({"username": "admin", "password": DEMO_PASSWORD}).values
    )
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie


def test_in_production_the_session_cookie_needs_tls(production: Flask, client: Client) -> None:
    browser = client()
    page = browser.get("/sign-in", base_url="https://localhost")
    answer = browser.http.post(
        "/sign-in",
        data=page.form({"username": "admin", "password": DEMO_PASSWORD}).values,
        base_url="https://localhost",
        headers={"Referer": "https://localhost/sign-in"},
    )
    session = next(one for one in answer.headers.getlist("Set-Cookie") if "mrc_session" in one)
    assert session.startswith("__Host-mrc_session=")
    assert "Secure" in session


def test_the_demo_lists_its_sign_ins_and_production_does_not(app: Flask, client: Client) -> None:
    assert "frontdesk-lahore" in client().get("/sign-in").text


def test_production_lists_nobody(production: Flask, client: Client) -> None:
    page = client().get("/sign-in")
    assert "frontdesk-lahore" not in page.text
    assert DEMO_PASSWORD not in page.html


def test_a_form_from_elsewhere_is_refused(client: Client) -> None:
    answer = client().http.post("/sign-in", data={"username": "admin", "password": DEMO_PASSWORD})
    assert answer.status_code == 400


def test_the_second_step_asks_for_the_code(
    client: Client, clock: time_machine.Traveller, tags: Callable[[], list[str]]
) -> None:
    secret, _codes = set_up_factor(client("counsellor-lahore"))
    clock.shift(timedelta(minutes=2))
    browser = client()
    page = browser.post("/sign-in", {"username": "counsellor-lahore", "password": DEMO_PASSWORD})
    assert page.heading == "Second step"
    assert browser.http.get("/account").status_code == 303
    browser.submit(page, {"code": "000000"}, status=422)
    assert browser.submit(page, {"code": code_of(secret)}).url == "/"
    assert tags()[-1] == "accounts:session:signed_in" or "accounts:session:signed_in" in tags()


def test_a_code_is_used_once(client: Client, clock: time_machine.Traveller) -> None:
    secret, _codes = set_up_factor(client("counsellor-lahore"))
    clock.shift(timedelta(minutes=2))
    code = code_of(secret)
    for turn in range(2):
        browser = client()
        page = browser.post("/sign-in", {"username": "counsellor-lahore", "password": DEMO_PASSWORD})
        answer = browser.submit(page, {"code": code}, status=422 if turn else 303)
    assert "did not work" in answer.text


def test_the_code_that_set_it_up_does_not_sign_in(client: Client, clock: time_machine.Traveller) -> None:
    secret, _codes = set_up_factor(client("counsellor-lahore"))
    browser = client()
    page = browser.post("/sign-in", {"username": "counsellor-lahore", "password": DEMO_PASSWORD})
    browser.submit(page, {"code": code_of(secret)}, status=422)
    browser.submit(page, {"code": code_of(secret, steps=1)}, status=303)


def test_codes_are_typed_as_people_type_them(client: Client, clock: time_machine.Traveller) -> None:
    secret, _codes = set_up_factor(client("counsellor-lahore"))
    clock.shift(timedelta(minutes=2))
    persian = code_of(secret).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    browser = client()
    page = browser.post("/sign-in", {"username": "counsellor-lahore", "password": DEMO_PASSWORD})
    browser.submit(page, {"code": f" {persian[:3]} {persian[3:]} "}, status=303)


def test_a_recovery_code_lets_in_once(client: Client, clock: time_machine.Traveller) -> None:
    _secret, codes = set_up_factor(client("counsellor-lahore"))
    assert len(set(codes)) == 10
    for status in (303, 422):
        browser = client()
        page = browser.post("/sign-in", {"username": "counsellor-lahore", "password": DEMO_PASSWORD})
        browser.submit(page, {"code": codes[3].lower()}, status=status)


def test_the_second_step_waits_five_minutes(client: Client, clock: time_machine.Traveller) -> None:
    secret, _codes = set_up_factor(client("counsellor-lahore"))
    browser = client()
    page = browser.post("/sign-in", {"username": "counsellor-lahore", "password": DEMO_PASSWORD})
    clock.shift(timedelta(minutes=6))
    answer = browser.submit(page, {"code": code_of(secret)}, status=422)
    assert answer.heading == "Sign in"


def test_guessing_codes_is_as_slow_as_guessing_passwords(
    client: Client, clock: time_machine.Traveller
) -> None:
    secret, _codes = set_up_factor(client("counsellor-lahore"))
    clock.shift(timedelta(minutes=2))
    browser = client()
    page = browser.post("/sign-in", {"username": "counsellor-lahore", "password": DEMO_PASSWORD})
    for guess in range(3):
        browser.submit(page, {"code": f"00000{guess}"}, status=422)
    browser.submit(page, {"code": code_of(secret)}, status=422)
    clock.shift(timedelta(seconds=11))
    browser.submit(page, {"code": code_of(secret)}, status=303)


def test_somebody_locked_between_the_two_steps_does_not_get_in(
    client: Client, clock: time_machine.Traveller, change: Callable[..., None]
) -> None:
    secret, _codes = set_up_factor(client("counsellor-lahore"))
    browser = client()
    page = browser.post("/sign-in", {"username": "counsellor-lahore", "password": DEMO_PASSWORD})
    change("counsellor-lahore", locked_at=the_clock.now())
    browser.submit(page, {"code": code_of(secret, steps=1)}, status=422)


def test_a_hash_of_older_parameters_is_renewed(
    app: Flask, client: Client, change: Callable[..., Any]
) -> None:
    with app.app_context():
        before = db.session.scalars(select(User).where(User.username == "analyst")).one().password_hash
    assert before is not None
    lighter = app.extensions["mrc_settings"]
    object.__setattr__(lighter, "password_memory_kib", 128)
    try:
        client("analyst")
    finally:
        object.__setattr__(lighter, "password_memory_kib", 64)
    with app.app_context():
        after = db.session.scalars(select(User).where(User.username == "analyst")).one().password_hash
    assert after is not None
    assert "m=128" in after
    assert "m=64," in before


def test_only_a_hash_of_the_cookie_is_kept(app: Flask, client: Client) -> None:
    token = client("counsellor-lahore").http.get_cookie("mrc_session").value
    with app.app_context():
        rows = db.session.execute(select(UserSession.__table__)).all()
    assert rows
    assert token not in str(rows)
