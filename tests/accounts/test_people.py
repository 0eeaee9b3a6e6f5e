"""Inviting, giving and taking roles, locking, and helping back in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.roles import Role, ScopeKind
from mrc.accounts import policy, service
from mrc.accounts.models import Invitation, RoleGrant, User
from mrc.accounts.queries import find_user, identity_of, list_counsellors, names_of
from mrc.accounts.service import NewUser
from mrc.accounts.states import EVERYWHERE, AccountState, RoleScope
from mrc.centres.models import Centre
from mrc.core import clock as the_clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, NotFound, Refused
from mrc.demo.world import DEMO_PASSWORD, DEMO_USERNAMES
from tests.accounts.conftest import NEW_PASSWORD, asked, code_of, set_up_factor
from tests.support.pages import PageClient

Client = Callable[..., PageClient]


def user(username: str) -> User:
    found = find_user(username)
    assert found is not None
    return found


def centre(code: str) -> Centre:
    return db.session.scalars(select(Centre).where(Centre.code == code)).one()


def at(code: str) -> RoleScope:
    return RoleScope(ScopeKind.CENTRE, centre_id=centre(code).id)


def newcomer(
    role: Role = Role.COUNSELLOR, scope: RoleScope | None = None, username: str = "a.khan"
) -> NewUser:
    return NewUser(username, "Amina Khan", role, scope or at("LHE"))


def link_on(page: Any) -> str:
    """The path of the link that a page shows."""
    return str(page.find("input", id="link")[0].get("value")).removeprefix("http://localhost")


def test_an_invitation_from_the_first_page_to_the_first_sign_in(
    app: Flask, client: Client, tags: Callable[[], list[str]]
) -> None:
    admin = client("admin")
    with app.app_context():
        scope = str(at("LHE"))
    page = admin.post(
        "/admin/users/invite",
        {
            "name": "Amina Khan",
            "username": "A.Khan",
            "role": "counsellor",
            "scope": scope,
            "email": "a@x.example",
        },
    )
    assert page.heading == "Amina Khan"
    link = link_on(page)
    person = client()
    assert "a.khan" in person.get(link).text
    person.post(link, {"new_password": "too weak", "new_password_again": "too weak"}, status=422)
    answer = person.post(
        link, {"new_password": NEW_PASSWORD, "new_password_again": NEW_PASSWORD}, form="join"
    )
    assert answer.url == "/sign-in"
    assert person.sign_in("a.khan", NEW_PASSWORD).url == "/"
    person.http.get(link)
    assert person.get(link, status=404).heading == "This link does not work any more"
    assert [tag for tag in tags() if "accounts:user" in tag or "role" in tag] == [
        "accounts:role:given", "accounts:user:invited", "accounts:user:joined",
    ]  # fmt: skip


def test_the_two_passwords_must_be_the_same(app: Flask, client: Client) -> None:
    with app.app_context():
        _user, link = service.invite_user(newcomer(), by=identity_of("admin"))
        db.session.commit()
    path = link.removeprefix("http://localhost")
    client().post(path, {"new_password": NEW_PASSWORD, "new_password_again": NEW_PASSWORD + "x"}, status=422)


def test_a_link_is_shown_to_the_session_that_made_it_and_not_for_long(
    app: Flask, client: Client, clock: time_machine.Traveller
) -> None:
    admin = client("admin")
    with app.app_context():
        address = f"/admin/users/{user('analyst').id}"
    shown = admin.post(address, {}, form=f"{address}/link")
    assert link_on(shown).startswith("/join/")
    assert not client("admin").get(shown.url).find("input", id="link")
    clock.shift(timedelta(minutes=11))
    assert not admin.get(shown.url).find("input", id="link")


@pytest.mark.parametrize("username", ["ab", "1abc", "with blank", "عمر", "a" * 61, "ends-", "a@b.example"])
def test_usernames_are_plain(context: Flask, username: str) -> None:
    with pytest.raises(Refused) as refusal:
        service.invite_user(newcomer(username=username), by=identity_of("admin"))
    assert "username" in refusal.value.fields


def test_a_username_is_taken_once_in_any_case(context: Flask) -> None:
    with pytest.raises(Refused):
        service.invite_user(newcomer(username="ANALYST"), by=identity_of("admin"))


def test_a_manager_invites_nobody(context: Flask, client: Client) -> None:
    with pytest.raises(Forbidden):
        service.invite_user(newcomer(), by=identity_of("manager-lahore"))
    db.session.rollback()
    assert client("manager-lahore").http.get("/admin/users/invite").status_code == 403


def test_nobody_changes_their_own_rights(context: Flask) -> None:
    with pytest.raises(Refused):
        service.give_role(user("admin"), Role.COUNSELLOR, at("LHE"), by=identity_of("admin"))


@pytest.mark.parametrize(
    ("role", "kind"),
    [(Role.COUNSELLOR, "everywhere"), (Role.ADMINISTRATOR, "centre"), (Role.AUDITOR, "country"),
     (Role.COUNTRY_COORDINATOR, "centre")],
)  # fmt: skip
def test_roles_are_given_where_they_make_sense(context: Flask, role: Role, kind: str) -> None:
    scopes = {
        "everywhere": EVERYWHERE,
        "centre": at("LHE"),
        "country": RoleScope(ScopeKind.COUNTRY, country="PK"),
    }
    with pytest.raises(Refused):
        service.give_role(user("analyst"), role, scopes[kind], by=identity_of("admin"))


def test_a_role_in_a_place_that_does_not_exist_is_refused(context: Flask) -> None:
    for scope in (RoleScope(ScopeKind.COUNTRY, country="XX"), RoleScope(ScopeKind.CENTRE, user("admin").id)):
        with pytest.raises(Refused):
            service.give_role(user("analyst"), Role.COUNSELLOR, scope, by=identity_of("admin"))


def test_an_administrator_of_one_centre_gives_rights_there_alone(context: Flask) -> None:
    local = user("manager-lahore")
    scope = at("LHE")
    local.roles.append(
        RoleGrant(role=Role.ADMINISTRATOR, scope_kind=scope.kind, centre_id=scope.centre_id, scope=str(scope))
    )
    db.session.flush()
    by = identity_of("manager-lahore")
    service.give_role(user("frontdesk-lahore"), Role.COUNSELLOR, at("LHE"), by=by)
    for wider in (at("EBL"), RoleScope(ScopeKind.COUNTRY, country="PK"), EVERYWHERE):
        with pytest.raises(Forbidden):
            service.give_role(user("frontdesk-lahore"), Role.ADMINISTRATOR, wider, by=by)


def test_giving_twice_is_giving_once(context: Flask) -> None:
    for _turn in range(2):
        service.give_role(user("analyst"), Role.COUNSELLOR, at("LHE"), by=identity_of("admin"))
    db.session.flush()
    assert len(user("analyst").roles) == 2


def test_the_last_administrator_stays(context: Flask) -> None:
    by = Identity.system("test")
    with pytest.raises(Refused):
        service.take_role(user("admin"), user("admin").roles[0].id, by=by)
    with pytest.raises(Refused):
        service.lock_user(user("admin"), by=by)
    service.invite_user(newcomer(Role.ADMINISTRATOR, EVERYWHERE), by=by)
    with pytest.raises(Refused):
        service.lock_user(user("admin"), by=by)
    user("a.khan").password_hash = "somebody who can sign in"
    service.lock_user(user("admin"), by=by)
    with pytest.raises(Refused):
        service.take_role(user("a.khan"), user("a.khan").roles[0].id, by=by)


def test_a_manager_locks_a_colleague_at_once(
    app: Flask, client: Client, tags: Callable[[], list[str]]
) -> None:
    colleague, manager = client("counsellor-lahore"), client("manager-lahore")
    with app.app_context():
        address = f"/admin/users/{user('counsellor-lahore').id}"
    page = manager.post(address, {}, form=f"{address}/lock")
    assert "is locked" in page.text
    assert colleague.http.get("/").status_code == 303
    client().post("/sign-in", {"username": "counsellor-lahore", "password": DEMO_PASSWORD}, status=422)
    manager.post(address, {}, form=f"{address}/unlock")
    client().sign_in("counsellor-lahore", DEMO_PASSWORD)
    assert [tag for tag in tags() if "locked" in tag] == ["accounts:user:locked", "accounts:user:unlocked"]


def test_a_manager_does_not_call_back_whom_the_administrator_locked(context: Flask) -> None:
    service.lock_user(user("counsellor-lahore"), by=identity_of("admin"))
    with pytest.raises(Forbidden):
        service.unlock_user(user("counsellor-lahore"), by=identity_of("manager-lahore"))
    service.unlock_user(user("counsellor-lahore"), by=identity_of("admin"))


@pytest.mark.parametrize("other", ["counsellor-erbil", "admin", "analyst", "coordinator-pakistan", "auditor"])
def test_a_manager_reaches_the_own_centre_alone(context: Flask, client: Client, other: str) -> None:
    manager, person = identity_of("manager-lahore"), user(other)
    with pytest.raises(NotFound):
        policy.get(manager, person.id)
    for act in (service.lock_user, service.issue_link):
        with pytest.raises(Forbidden):
            act(person, by=manager)
    address = f"/admin/users/{person.id}"
    db.session.rollback()
    browser = client("manager-lahore")
    assert browser.http.get(address).status_code == 404
    assert other not in browser.get("/admin/users").text


def test_a_manager_makes_no_link_for_somebody_who_may_do_more(context: Flask) -> None:
    service.give_role(user("counsellor-lahore"), Role.COUNSELLOR, at("EBL"), by=identity_of("admin"))
    with pytest.raises(Forbidden):
        service.issue_link(user("counsellor-lahore"), by=identity_of("manager-lahore"))
    service.lock_user(user("counsellor-lahore"), by=identity_of("manager-lahore"))


def test_a_manager_does_not_lock_an_administrator_of_the_same_centre(context: Flask) -> None:
    service.give_role(user("counsellor-lahore"), Role.ADMINISTRATOR, EVERYWHERE, by=identity_of("admin"))
    with pytest.raises(Forbidden):
        service.lock_user(user("counsellor-lahore"), by=identity_of("manager-lahore"))


def test_a_counsellor_reaches_nobody(client: Client, context: Flask) -> None:
    address = f"/admin/users/{user('frontdesk-lahore').id}"
    db.session.rollback()
    assert client("counsellor-lahore").http.get("/admin/users").status_code == 403
    assert client("counsellor-lahore").http.get(address).status_code == 403


def test_a_reset_link_never_bypasses_the_second_factor(
    app: Flask, client: Client, clock: time_machine.Traveller
) -> None:
    secret, _codes = set_up_factor(client("counsellor-lahore"))
    clock.shift(timedelta(minutes=2))
    manager = client("manager-lahore")
    with app.app_context():
        address = f"/admin/users/{user('counsellor-lahore').id}"
    page = manager.post(address, {}, form=f"{address}/link")
    assert "lost second factor" not in page.text
    thief = client()
    thief.post(link_on(page), {"new_password": NEW_PASSWORD, "new_password_again": NEW_PASSWORD}, form="join")
    step = thief.post("/sign-in", {"username": "counsellor-lahore", "password": NEW_PASSWORD})
    assert step.heading == "Second step"
    assert thief.http.get("/").status_code == 303
    thief.submit(step, {"code": code_of(secret)}, status=303)


def test_only_the_administrator_takes_a_lost_factor_away(context: Flask) -> None:
    person = user("counsellor-lahore")
    person.totp_secret = "JBSWY3DPEHPK3PXP"
    with pytest.raises(Forbidden):
        service.reset_second_factor(person, by=identity_of("manager-lahore"))
    service.reset_second_factor(person, by=identity_of("admin"))
    assert not person.has_second_factor


def test_a_new_link_ends_the_one_before_and_the_password_stays_until_it_is_used(context: Flask) -> None:
    person, by = user("counsellor-lahore"), identity_of("manager-lahore")
    before = person.password_hash
    first, second = (service.issue_link(person, by=by).rpartition("/")[2] for _turn in range(2))
    with pytest.raises(NotFound):
        service.accept_link(first, NEW_PASSWORD)
    assert person.password_hash == before
    service.accept_link(second, NEW_PASSWORD)
    assert person.password_hash != before
    with pytest.raises(NotFound):
        service.accept_link(second, NEW_PASSWORD)


@pytest.mark.parametrize(("username", "hours"), [("counsellor-lahore", 24), ("a.khan", 168)])
def test_links_end(context: Flask, clock: time_machine.Traveller, username: str, hours: int) -> None:
    service.invite_user(newcomer(), by=identity_of("admin"))
    token = service.issue_link(user(username), by=identity_of("admin")).rpartition("/")[2]
    clock.shift(timedelta(hours=hours))
    with pytest.raises(NotFound):
        service.accept_link(token, NEW_PASSWORD)
    clock.shift(timedelta(seconds=-1))
    service.accept_link(token, NEW_PASSWORD)


def test_locking_ends_links_and_a_locked_account_gets_none(context: Flask) -> None:
    person, by = user("counsellor-lahore"), identity_of("admin")
    token = service.issue_link(person, by=by).rpartition("/")[2]
    service.lock_user(person, by=by)
    with pytest.raises(NotFound):
        service.accept_link(token, NEW_PASSWORD)
    with pytest.raises(Refused):
        service.issue_link(person, by=by)


def test_using_a_link_signs_out_everywhere(app: Flask, client: Client) -> None:
    browser = client("counsellor-lahore")
    with app.app_context():
        token = service.issue_link(user("counsellor-lahore"), by=identity_of("admin")).rpartition("/")[2]
        service.accept_link(token, NEW_PASSWORD)
        db.session.commit()
    assert browser.http.get("/").status_code == 303


def test_a_link_makes_its_holder_known_whatever_is_hammered(app: Flask, client: Client) -> None:
    with app.app_context():
        link = service.issue_link(user("counsellor-lahore"), by=identity_of("admin")).removeprefix(
            "http://localhost"
        )
        db.session.commit()
    for network in range(8):
        stranger = client()
        stranger.http.environ_base["REMOTE_ADDR"] = f"10.0.{network}.1"
        stranger.post("/sign-in", {"username": "counsellor-lahore", "password": "guess"}, status=422)
    person = client()
    person.http.environ_base["REMOTE_ADDR"] = "10.9.9.9"
    person.post("/sign-in", {"username": "counsellor-lahore", "password": DEMO_PASSWORD}, status=422)
    person.post(link, {"new_password": NEW_PASSWORD, "new_password_again": NEW_PASSWORD}, form="join")
    person.sign_in("counsellor-lahore", NEW_PASSWORD)


def test_grave_acts_ask_again_and_go_on(app: Flask, client: Client, clock: time_machine.Traveller) -> None:
    admin = client("admin")
    with app.app_context():
        address = f"/admin/users/{user('analyst').id}"
    page = admin.get(address)
    clock.shift(timedelta(minutes=6))
    step = admin.submit(page, {}, form=f"{address}/lock")
    assert step.heading == "Is it you?"
    admin.submit(step, {"password": "wrong"}, status=422)
    back = admin.submit(step, {"password": DEMO_PASSWORD})
    assert back.url == address
    assert "is locked" in admin.submit(back, {}, form=f"{address}/lock").text


def test_the_step_up_asks_for_the_code_too(client: Client, clock: time_machine.Traveller) -> None:
    browser = client("counsellor-lahore")
    secret, _codes = set_up_factor(browser)
    clock.shift(timedelta(minutes=6))
    step = browser.follow("/account/password")
    browser.submit(step, {"password": DEMO_PASSWORD, "code": "000000"}, status=422)
    assert (
        browser.submit(step, {"password": DEMO_PASSWORD, "code": code_of(secret)}).url == "/account/password"
    )


def test_an_entry_is_changed_and_the_old_name_is_sealed_in_the_log(app: Flask, client: Client) -> None:
    admin = client("admin")
    with app.app_context():
        address = f"/admin/users/{user('analyst').id}"
    page = admin.post(f"{address}/edit", {"name": "Lena Berg-Khan", "email": "lena@x.example"})
    assert page.heading == "Lena Berg-Khan"
    with app.app_context():
        assert user("analyst").email == "lena@x.example"
        assert b"lena" not in (user("analyst").email_sealed or b"")
        assert names_of([user("analyst").id]) == {user("analyst").id: "Lena Berg-Khan"}


def test_roles_are_given_and_taken_on_the_page(app: Flask, client: Client) -> None:
    admin = client("admin")
    with app.app_context():
        address, scope = f"/admin/users/{user('analyst').id}", str(at("EBL"))
    page = admin.post(address, {"role": "counsellor", "scope": scope}, form="give-role")
    assert "Counsellor" in page.text
    admin.submit(page, {"role": "auditor", "scope": scope}, form="give-role", status=422)
    with app.app_context():
        grant = next(one for one in user("analyst").roles if one.role is Role.COUNSELLOR)
    after = admin.submit(page, {}, form=f"{address}/roles/{grant.id}/take")
    assert after.text.count("Take away") == 1


def test_the_list_is_narrowed_by_the_address(client: Client) -> None:
    admin = client("admin")
    assert "analyst" in admin.get("/admin/users?q=Berg").text
    assert "counsellor-erbil" not in admin.get("/admin/users?q=Berg").text
    assert "Nobody here." in admin.get("/admin/users?state=locked").text
    for nonsense in ("state=x", "role=x", "cursor=x", "q=%00%25"):
        admin.get(f"/admin/users?{nonsense}")


def test_the_list_asks_the_same_number_of_questions_for_any_number_of_people(
    app: Flask, client: Client
) -> None:
    admin = client("admin")
    with asked(app) as few:
        admin.get("/admin/users")
    with app.app_context():
        for number in range(30):
            service.invite_user(newcomer(username=f"person{number}"), by=identity_of("admin"))
        db.session.commit()
    with asked(app) as many:
        page = admin.get("/admin/users")
    assert len(page.find("a", class_="row-open")) == len(DEMO_USERNAMES) + 30
    assert len(many) == len(few) <= 6


def test_counsellors_are_those_who_carry_cases_there(context: Flask) -> None:
    names = dict(list_counsellors(centre("LHE").id)).values()
    assert list(names) == ["Ayesha Siddiqui", "Farhan Iqbal", "Sadia Anwar"]
    user("counsellor-lahore").locked_at = the_clock.now()
    scope = RoleScope(ScopeKind.COUNTRY, country="PK")
    service.give_role(user("counsellor-erbil"), Role.COUNSELLOR, scope, by=identity_of("admin"))
    names = dict(list_counsellors(centre("LHE").id)).values()
    assert list(names) == ["Ayesha Siddiqui", "Farhan Iqbal", "Shwan Karim"]


def test_the_command_line_adds_people(context: Flask) -> None:
    link = service.add_user("a.khan", "Amina Khan", role=Role.COUNSELLOR, centre_code="lhe")
    assert link.startswith("http://localhost/join/")
    assert user("a.khan").state is AccountState.INVITED
    assert identity_of("a.khan").can(Permission.CASE_WORK, centre("LHE").id)
    assert (
        service.add_user("b.khan", "B", role=Role.COUNTRY_COORDINATOR, country="pk", password=NEW_PASSWORD)
        == ""
    )
    assert user("b.khan").state is AccountState.ACTIVE
    with pytest.raises(Refused):
        service.add_user("c.khan", "C", role=Role.COUNSELLOR, centre_code="XXX")
    with pytest.raises(Refused):
        service.add_user("d.khan", "D", role=Role.COUNSELLOR)


def test_only_hashes_of_links_are_kept(context: Flask) -> None:
    _user, link = service.invite_user(newcomer(), by=identity_of("admin"))
    db.session.flush()
    assert link.rpartition("/")[2] not in str(db.session.execute(select(Invitation.__table__)).all())
