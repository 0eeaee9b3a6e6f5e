"""One's own account: language, password, second factor, centre; and what production asks for first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import select

from mrc.access.roles import Role, ScopeKind
from mrc.accounts import service
from mrc.accounts.jobs import forget_ended
from mrc.accounts.models import Invitation, SignInCounter, User, UserSession
from mrc.accounts.queries import find_user, identity_of
from mrc.accounts.states import RoleScope
from mrc.accounts.throttle import Attempt, admit
from mrc.centres.models import Centre
from mrc.core.db import db
from mrc.demo.world import DEMO_PASSWORD
from tests.accounts.conftest import NEW_PASSWORD, code_of, secret_on, set_up_factor
from tests.support.pages import PageClient

Client = Callable[..., PageClient]
TLS = {"base_url": "https://localhost"}


def test_a_profile_changes_how_pages_look(app: Flask, client: Client) -> None:
    browser = client("counsellor-lahore")
    page = browser.post(
        "/account",
        {
            "locale": "ur",
            "calendar": "solar_hijri",
            "digits": "arabext",
            "light_font": "y",
            "idle_minutes": "240",
        },
        form="profile",
    )
    assert page.document.root.get("dir") == "rtl"
    assert "font-naskh" in page.document.root.get("class", "")
    with app.app_context():
        identity = identity_of("counsellor-lahore")
    assert (identity.locale, identity.calendar, identity.digits) == ("ur", "solar_hijri", "arabext")
    assert (
        browser.post("/account", {"light_font": []}, form="profile").document.root.get("class")
        == "font-nastaliq"
    )


def test_digits_follow_the_language_unless_chosen(context: Flask) -> None:
    user = find_user("counsellor-kabul")
    assert user is not None
    user.locale = "fa_AF"
    db.session.flush()
    assert identity_of("counsellor-kabul").digits == "arabext"


def test_a_stranger_chooses_the_language_of_the_sign_in_page(client: Client) -> None:
    browser = client()
    page = browser.post("/sign-in", {"language": "ur"}, form="/language")
    assert page.url == "/sign-in"
    assert page.document.root.get("lang") == "ur"


def test_language_and_calendar_are_chosen_from_any_page(app: Flask, client: Client) -> None:
    browser = client("counsellor-lahore")
    assert browser.post("/cases", {"language": "ar"}, form="/language").url == "/cases"
    browser.post("/cases", {"calendar": "solar_hijri"}, form="/language")
    with app.app_context():
        assert identity_of("counsellor-lahore").locale == "ar"
        assert identity_of("counsellor-lahore").calendar == "solar_hijri"
    token = browser.get("/account").find("input", name="csrf_token")[0].get("value")
    posted = {"csrf_token": token, "language": "xx", "calendar": "x", "next": "//evil.example"}
    assert browser.http.post("/language", data=posted).headers["Location"] == "/"


def test_a_person_with_several_centres_works_in_one_of_them(app: Flask, client: Client) -> None:
    with app.app_context():
        erbil = db.session.scalars(select(Centre).where(Centre.code == "EBL")).one()
        kabul = db.session.scalars(select(Centre).where(Centre.code == "KBL")).one()
        user = find_user("counsellor-lahore")
        assert user is not None
        service.give_role(
            user, Role.COUNSELLOR, RoleScope(ScopeKind.CENTRE, erbil.id), by=identity_of("admin")
        )
        chosen, foreign = str(erbil.id), str(kabul.id)
        db.session.commit()
    browser = client("counsellor-lahore")
    assert browser.post("/cases", {"centre": chosen}, form="/active-centre").url == "/cases"
    with app.app_context():
        assert str(identity_of("counsellor-lahore").active_centre_id) == chosen
    token = browser.get("/account").find("input", name="csrf_token")[0].get("value")
    for wrong in (foreign, "x", ""):
        assert (
            browser.http.post("/active-centre", data={"csrf_token": token, "centre": wrong}).status_code
            == 404
        )


def test_a_centre_that_is_reached_no_more_is_not_worked_in(context: Flask) -> None:
    user = find_user("counsellor-lahore")
    assert user is not None
    user.active_centre_id = db.session.scalars(select(Centre.id).where(Centre.code == "KBL")).one()
    db.session.flush()
    assert identity_of("counsellor-lahore").active_centre_id is None


def test_a_new_password_ends_the_other_sessions(client: Client, tags: Callable[[], list[str]]) -> None:
    browser, other = client("counsellor-lahore"), client("counsellor-lahore")
    weak = {"new_password": "counsellor-lahore", "new_password_again": "counsellor-lahore"}
    browser.post("/account/password", weak, form="password", status=422)
    browser.post(
        "/account/password",
        {"new_password": NEW_PASSWORD, "new_password_again": NEW_PASSWORD},
        form="password",
    )
    assert browser.http.get("/account").status_code == 200
    assert other.http.get("/account").status_code == 303
    client().sign_in("counsellor-lahore", NEW_PASSWORD)
    assert "accounts:user:password_changed" in tags()


def test_a_wrong_first_code_sets_nothing_up(app: Flask, client: Client) -> None:
    browser = client("counsellor-lahore")
    page = browser.get("/account/second-factor")
    again = browser.submit(page, {"code": "000000"}, status=422)
    assert secret_on(again) == secret_on(page)
    with app.app_context():
        user = find_user("counsellor-lahore")
        assert user is not None
        assert not user.has_second_factor


def test_a_secret_of_another_session_sets_nothing_up(client: Client) -> None:
    browser, other = client("counsellor-lahore"), client("manager-lahore")
    page, foreign = browser.get("/account/second-factor"), other.get("/account/second-factor")
    form = page.form({"code": code_of(secret_on(foreign))}).values
    form["secret"] = [field.get("value", "") for field in foreign.find("input", name="secret")]
    assert browser.http.post("/account/second-factor", data=form).status_code == 422


def test_the_secret_is_sealed_and_the_recovery_codes_are_hashes(app: Flask, client: Client) -> None:
    secret, codes = set_up_factor(client("counsellor-lahore"))
    with app.app_context():
        stored = str(db.session.execute(select(User.__table__)).all())
        user = find_user("counsellor-lahore")
        assert user is not None
        assert user.totp_secret == secret
    for hidden in (secret, *codes):
        assert hidden not in stored


def test_the_second_factor_is_removed_in_the_demo(client: Client, tags: Callable[[], list[str]]) -> None:
    browser = client("counsellor-lahore")
    set_up_factor(browser)
    page = browser.post("/account", {}, form="/account/second-factor/remove")
    assert "Not set up" in page.text
    assert tags()[-1] == "accounts:user:second_factor_removed"


def signed_in_over_tls(browser: PageClient, username: str) -> None:
    form = browser.get("/sign-in", **TLS).form({"username": username, "password": DEMO_PASSWORD}).values
    headers = {"Referer": "https://localhost/sign-in"}
    assert browser.http.post("/sign-in", data=form, headers=headers, **TLS).status_code == 303


def test_production_leads_to_the_second_factor_before_anything_else(
    production: Flask, client: Client
) -> None:
    browser = client()
    signed_in_over_tls(browser, "counsellor-lahore")
    for path in ("/", "/cases", "/account", "/admin/users", "/search?q=x"):
        assert browser.http.get(path, **TLS).headers["Location"] == "/account/second-factor"
    page = browser.get("/account/second-factor", **TLS)
    form = page.form({"code": code_of(secret_on(page))}).values
    headers = {"Referer": "https://localhost/account/second-factor"}
    answer = browser.http.post("/account/second-factor", data=form, headers=headers, **TLS)
    assert "shown=" in answer.headers["Location"]
    assert browser.http.get("/cases", **TLS).status_code == 200


def test_whoever_must_change_the_password_is_led_there(client: Client, change: Callable[..., None]) -> None:
    change("counsellor-lahore", must_change_password=True)
    browser = client("counsellor-lahore")
    assert browser.http.get("/cases").headers["Location"] == "/account/password"
    browser.post(
        "/account/password",
        {"new_password": NEW_PASSWORD, "new_password_again": NEW_PASSWORD},
        form="password",
    )
    assert browser.http.get("/cases").status_code == 200


def test_what_is_of_no_use_any_more_is_forgotten(
    app: Flask, client: Client, context: Flask, clock: time_machine.Traveller
) -> None:
    client("counsellor-lahore")
    service.issue_link(find_user("analyst"), by=identity_of("admin"))  # type: ignore[arg-type]
    admit(Attempt("somebody", "10.0.0.1"))
    db.session.commit()
    clock.shift(timedelta(days=2))
    list(forget_ended({}) or [])
    assert db.session.scalars(select(UserSession)).all()
    assert all(row.succeeded_at for row in db.session.scalars(select(SignInCounter)))
    clock.shift(timedelta(days=200))
    list(forget_ended({}) or [])
    for model in (UserSession, SignInCounter, Invitation):
        assert not db.session.scalars(select(model)).all(), model.__name__
