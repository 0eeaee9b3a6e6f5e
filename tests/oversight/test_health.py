"""What monitors ask: is it up, is it ready, how much; and nothing personal in any answer or log line."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from mrc.core.db import db
from tests.contracts.records import make_records, marker_of
from tests.support.pages import PageClient

TOKEN = "a metrics token for the tests alone 0123456789"
Clients = Callable[..., PageClient]


def test_the_process_is_up(client: Clients) -> None:
    answer = client().http.get("/healthz")
    assert (answer.status_code, answer.get_data()) == (200, b"ok\n")


def test_the_house_is_ready(client: Clients) -> None:
    answer = client().http.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"database": True, "migrations": True, "keys": True})


def test_an_older_schema_is_not_ready(app: Flask, client: Clients) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
    answer = client().http.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"database": True, "migrations": False, "keys": True})


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}é"])
def test_the_figures_are_for_the_monitor_alone(client: Clients, given: str) -> None:
    headers = {"Authorization": given.encode("latin-1", "replace").decode("latin-1")}
    assert client().http.get("/metrics", headers=headers).status_code == 404


def test_the_figures_name_endpoints_and_states_and_nobody(app: Flask, client: Clients) -> None:
    with app.app_context():
        records = make_records("LHE")
        db.session.commit()
    client("counsellor-lahore").get(f"/persons/{records.keys['person_id']}")
    answer = client().http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'endpoint="persons.show"' in shown
    assert "mrc_jobs{" in shown
    assert str(records.keys["person_id"]) not in shown
    assert marker_of("LHE") not in shown


def test_a_log_line_has_the_request_and_no_person(
    app: Flask, client: Clients, log_stream: io.StringIO
) -> None:
    with app.app_context():
        records = make_records("LHE")
        db.session.commit()
    counsellor = client("counsellor-lahore")
    log_stream.truncate(0)
    counsellor.http.get(f"/persons?q={marker_of('LHE')}", headers={"X-Request-Id": "0a1b2c3d-0000"})
    counsellor.http.get(f"/persons/{records.keys['person_id']}")
    written = log_stream.getvalue().lstrip("\x00")
    lines = [json.loads(line) for line in written.splitlines()]
    assert lines[0]["request_id"] == "0a1b2c3d-0000"
    assert lines[0]["endpoint"] == "persons.index"
    assert marker_of("LHE") not in written
    assert str(records.keys["person_id"]) not in written


def test_a_request_id_that_is_none_is_replaced(client: Clients) -> None:
    answer = client().http.get("/healthz", headers={"X-Request-Id": "<script>"})
    assert "<" not in answer.headers["X-Request-Id"]


def test_an_unknown_state_of_jobs_is_no_fault(client: Clients) -> None:
    assert client("admin").http.get("/admin/jobs?state=nonsense").status_code == 200
