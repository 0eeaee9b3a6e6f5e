"""Every route × every role × records of the own centre, another centre, another country, and mixed parents.

Built from the URL map, so that a new route is in it without anybody thinking of it. Two laws: no answer holds
a marker of a centre that the asker does not reach, and no request changes a row of such a centre.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select
from werkzeug.routing import Rule

from mrc.access.roles import Role
from mrc.accounts.queries import identity_of
from mrc.core.db import db
from mrc.demo.world import DEMO_USERNAMES
from tests.contracts.records import Records, make_records

CODES = ("LHE", "ISB", "EBL", "KBL")
REACH = {
    "frontdesk-lahore": {"LHE"},
    "counsellor-lahore": {"LHE"},
    "protection-lahore": {"LHE"},
    "manager-lahore": {"LHE"},
    "counsellor-erbil": {"EBL"},
    "manager-erbil": {"EBL"},
    "counsellor-kabul": {"KBL"},
    "manager-kabul": {"KBL"},
    "coordinator-pakistan": {"LHE", "ISB"},
    "analyst": set(),
    "admin": set(),
    "auditor": set(),
}
"""Which centres' texts each person may ever see. Written down by hand: a second opinion on the policy."""
ASKED = ("LHE", "ISB", "EBL")
ASKED_OF = {
    "counsellor-kabul": ("KBL", "LHE"),
    "manager-kabul": ("KBL", "EBL"),
    "manager-erbil": ("EBL", "LHE"),
}
"""Whose records each person asks for: the own centre, another of the country, another country."""
NOT_COUNTED = {
    "audit_event", "opening_hours", "holiday", "phone_line", "registration_rule", "hotline_menu",
    "voice_prompt", "duty", "canned_answer", "information_sheet",
}  # fmt: skip
"""Reads are audited, and an administrator keeps the settings and the library of every centre."""
SKIPPED = {"static", "accounts.sign_out"}


@pytest.fixture
def records(context: Flask) -> dict[str, Records]:
    made = {code: make_records(code, with_family=True) for code in CODES}
    db.session.commit()
    return made


def urls(rule: Rule, records: dict[str, Records]) -> list[str]:
    """The URLs of a rule: with the records of each centre, and with a child under another centre's parent."""
    built = [_built(rule, made.keys) for made in records.values()]
    keys = sorted((name for name in rule.arguments if name.endswith("_id")), key=rule.rule.index)
    if len(keys) > 1:
        first, *others = records.values()
        built += [_built(rule, other.keys | {keys[0]: first.keys[keys[0]]}) for other in others[-1:]]
    return list(dict.fromkeys(built))


def _built(rule: Rule, keys: dict[str, Any]) -> str:
    url = rule.rule
    for name in rule.arguments:
        value = keys.get(name)
        if value is None:
            choice = re.search(rf"<any\(([^)]*)\):{name}>", url)
            value = choice.group(1).split(",")[0].strip() if choice else UUID(int=0)
        url = re.sub(rf"<(?:[^:<>]+:)?{name}>", str(value), url)
    return url


def leaks(answer: Any, forbidden: set[str], records: dict[str, Records]) -> list[str]:
    """The codes of the centres whose marker is in the answer though the asker may not see them."""
    text = _text(answer) + str(answer.headers)
    return [code for code in forbidden if records[code].marker in text]


def test_the_table_of_reach_covers_every_demo_user() -> None:
    assert set(REACH) == set(DEMO_USERNAMES)


ON_POSTGRESQL = ("manager-lahore", "counsellor-erbil", "admin", None)
"""Who asks everything there as well: the rules are the same code, and it takes ten seconds each."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("database", "username"),
    [
        *(("sqlite", username) for username in (*REACH, None)),
        *(("postgresql", username) for username in ON_POSTGRESQL),
    ],
    indirect=["database"],
)
def test_no_answer_holds_a_foreign_marker_and_nothing_foreign_changes(
    username: str | None, app: Flask, client: Callable[..., Any], records: dict[str, Records]
) -> None:
    reach = REACH[username] if username else set()
    forbidden = set(CODES) - reach
    before = footprints(records, forbidden)
    db.session.rollback()
    asked_of = {code: records[code] for code in ASKED_OF.get(username, ASKED)}
    browser = client(username)
    token = _token(browser)
    asked = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in SKIPPED:
            continue
        for url in urls(rule, asked_of):
            for method in ("GET", "POST"):
                if method not in (rule.methods or set()):
                    continue
                answer = browser.http.open(
                    url, method=method, headers={"X-CSRFToken": token}, data=_body(method, records) or None
                )
                asked += 1
                assert answer.status_code < 500, f"{method} {url} as {username}: {answer.status_code}"
                assert not leaks(answer, forbidden, records), (
                    f"{method} {url} as {username} shows {forbidden}"
                )
                if username is None and not _is_public(app, rule):
                    assert answer.status_code in {302, 303, 401}, f"{method} {url} answered a stranger"
    assert asked > 100
    assert footprints(records, forbidden) == before, f"{username} changed something out of reach"


def test_a_leak_would_be_found(records: dict[str, Records]) -> None:
    class Answer:
        headers: dict[str, str] = {}

        def get_data(self, as_text: bool = True) -> str:
            return f"<p>{records['EBL'].marker}</p>"

    assert leaks(Answer(), {"EBL"}, records) == ["EBL"]


def test_hidden_and_absent_look_the_same(client: Callable[..., Any], records: dict[str, Records]) -> None:
    browser = client("counsellor-lahore")
    for path, name in (
        ("cases", "case_id"),
        ("persons", "person_id"),
        ("inbox", "thread_id"),
        ("consultations", "consultation_id"),
        ("hotline/calls", "call_id"),
        ("hotline/callbacks", "callback_id"),
    ):
        hidden = browser.http.get(f"/{path}/{records['EBL'].keys[name]}")
        absent = browser.http.get(f"/{path}/{uuid4()}")
        assert hidden.status_code == absent.status_code == 404
        assert _neutral(hidden) == _neutral(absent)


def test_roles_without_case_content_reach_none(context: Flask) -> None:
    for username in ("admin", "auditor", "analyst"):
        roles = {held.role for held in identity_of(username).roles}
        assert roles <= {Role.ADMINISTRATOR, Role.AUDITOR, Role.ANALYST}


def footprints(records: dict[str, Records], codes: set[str]) -> dict[str, Any]:
    """How many rows the centres have in each table with a centre, and the sum of their versions."""
    centre_ids = [records[code].centre_id for code in codes]
    found: dict[str, Any] = {}
    for table in db.metadata.sorted_tables:
        if "centre_id" not in table.c or table.name in NOT_COUNTED:
            continue
        columns = [func.count()] + ([func.sum(table.c.version)] if "version" in table.c else [])
        found[table.name] = tuple(
            db.session.execute(select(*columns).where(table.c.centre_id.in_(centre_ids))).one()
        )
    return found


def _text(answer: Any) -> str:
    """What a person reads in an answer, on paper too."""
    kind = getattr(answer, "mimetype", "")
    if kind.startswith("audio/"):
        return answer.get_data().decode(errors="replace")
    if kind != "application/pdf":
        return str(answer.get_data(as_text=True))
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.get_data())).pages)


def _body(method: str, records: dict[str, Records]) -> dict[str, str]:
    """Foreign keys and rights where a form might take them in: none may be honoured."""
    if method == "GET":
        return {}
    foreign = records["EBL"].keys
    return {
        "person": str(foreign["person_id"]),
        "centre_id": str(foreign["centre_id"]),
        "corrects": str(foreign["note_id"]),
        "counsellor": str(foreign["user_id"]),
        "confidentiality": "0",
        "version": "1",
        "role": "administrator",
    }


def _token(browser: Any) -> str:
    text = browser.http.get("/sign-in", follow_redirects=True).get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
    return found.group(1) if found else ""


def _is_public(app: Flask, rule: Rule) -> bool:
    guard = getattr(app.view_functions[rule.endpoint], "mrc_guard", None)
    return bool(guard and guard.public_because)


def _neutral(answer: Any) -> str:
    """The answer without what differs in every answer: nonce, request id, token, the path asked for."""
    text = answer.get_data(as_text=True)
    text = re.sub(r'nonce="[^"]+"|value="[^"]{30,}"', "", text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", text)
