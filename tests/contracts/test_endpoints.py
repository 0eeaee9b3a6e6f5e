"""No endpoint without a permission, no public one unreviewed, no page that nothing leads to."""

from __future__ import annotations

import pytest
from flask import Flask

from mrc.access.guards import Guard, UnguardedEndpoint, guard_of, mark, refuse_unguarded
from mrc.access.permissions import Permission
from mrc.access.roles import ROLE_PERMISSIONS
from mrc.web.menu import menu_endpoints

PUBLIC = {
    "static",
    "accounts.sign_in",
    "accounts.choose_language",
    "accounts.join",
    "messaging.message_webhook",
    "messaging.status_webhook",
    "hotline.voice_webhook",
    "hotline.outbound_webhook",
    "hotline.fallback",
    "hotline.prompt_audio",
    "outreach.sent_sheet",
    "cases.calendar",
    "oversight.healthz",
    "oversight.readyz",
    "oversight.metrics",
}
"""Reviewed one by one: what each gives to a stranger is written at its `@public`."""


def endpoints(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules()}


def test_every_endpoint_names_a_permission_or_is_public(app: Flask) -> None:
    for endpoint in endpoints(app):
        guard = guard_of(app, endpoint)
        assert guard is not None, f"{endpoint} names no permission"
        assert bool(guard.permissions) != bool(guard.public_because), endpoint


def test_the_application_refuses_to_start_with_an_unguarded_endpoint() -> None:
    app = Flask("broken")
    app.add_url_rule("/leak", "leak", lambda: "everything")
    mark(app.view_functions["static"], Guard(public_because="style"))
    with pytest.raises(UnguardedEndpoint, match="leak"):
        refuse_unguarded(app)


def test_the_public_endpoints_are_the_reviewed_ones(app: Flask) -> None:
    public = {name for name in endpoints(app) if (guard := guard_of(app, name)) and guard.public_because}
    assert public <= PUBLIC, f"review these and add them: {sorted(public - PUBLIC)}"


def test_every_permission_is_held_by_some_role_and_asked_for_somewhere(app: Flask) -> None:
    held = frozenset().union(*ROLE_PERMISSIONS.values())
    assert set(Permission) == held


def test_urls_are_kebab_case_with_uuid_keys(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert "_" not in rule.rule.split("<", 1)[0], rule.rule
        for name in rule.arguments:
            if name.endswith("_id"):
                assert f"<uuid:{name}>" in rule.rule, rule.rule


def test_every_page_is_in_the_menu_or_reached_from_one(app: Flask) -> None:
    """A page without a key in its URL is in the menu, or on this list with the page that leads to it."""
    reached = {
        "accounts.sign_in": "the redirect of a stranger",
        "accounts.confirm": "the redirect of a grave act",
        "accounts.me": "the user menu",
        "accounts.invite": "people and roles",
        "accounts.answers": "my account",
        "accounts.second_factor": "my account",
        "accounts.change_password": "my account",
        "cases.ask_for_case": "hand-overs",
        "cases.book_appointment": "a person, a case",
        "cases.give_many": "the case list",
        "outreach.new_broadcast": "outreach",
        "directory.find": "the directory",
        "directory.add": "the directory",
        "desk.waiting_times": "the inbox",
        "desk.search": "the search box",
        "desk.quick_log": "New consultation",
        "desk.new_task": "tasks",
        "desk.absences": "tasks",
        "desk.task_rules": "tasks",
        "desk.new_task_rule": "the rules for tasks",
        "desk.group_log": "a person, a case, New consultation",
        "hotline.live": "the hotline, asked again and again",
        "hotline.fallback": "the provider, when nothing else of us answers",
        "persons.new": "persons",
        "persons.suspicions": "persons",
        "outreach.new_template": "templates",
        "outreach.new_answer": "the library",
        "outreach.sheets": "the library",
        "outreach.new_sheet": "the information sheets",
        "oversight.break_glass": "the case list",
        "oversight.healthz": "a monitor",
        "oversight.readyz": "a load balancer",
        "oversight.metrics": "Prometheus",
    }
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and not rule.arguments
    }
    unreached = pages - menu_endpoints(app) - set(reached)
    assert not unreached, f"nothing leads to {sorted(unreached)}"
