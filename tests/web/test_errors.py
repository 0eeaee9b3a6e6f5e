"""Pages for when something is not there, not allowed or broken, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from mrc.i18n.locales import LOCALES
from mrc.web.errors import is_own_path
from tests.support.pages import PageClient

Clients = Callable[..., PageClient]
NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.mark.parametrize("tag", ["en", "ur", "ps", "fa_AF", "ar", "ckb"])
def test_a_page_that_does_not_exist_helps_in_the_readers_language(client: Clients, tag: str) -> None:
    stranger = client()
    stranger.http.set_cookie("mrc_language", tag)
    page = stranger.get("/nowhere", status=404)
    root = page.find("html")[0]
    assert (root.get("lang"), root.get("dir")) == (LOCALES[tag].html_lang, "ltr" if tag == "en" else "rtl")
    assert page.find("a")


def test_hidden_and_absent_look_the_same(app: Flask, client: Clients) -> None:
    counsellor = client("counsellor-lahore")
    hidden = counsellor.get("/admin/nothing", status=404)
    absent = counsellor.get(f"/cases/{NOBODY}", status=404)
    assert hidden.heading == absent.heading


def test_what_is_not_ones_own_is_refused_with_a_page(client: Clients) -> None:
    page = client("frontdesk-lahore").get("/admin/audit", status=403)
    assert page.heading


def test_a_wrong_method_and_a_huge_body_have_pages(client: Clients) -> None:
    counsellor = client("counsellor-lahore")
    assert counsellor.http.delete("/cases").status_code == 405
    token = counsellor.get("/consultations/new").form({}, named="quick-log").values["csrf_token"][0]
    answer = counsellor.http.post("/consultations/new", data={"csrf_token": token, "note": "x" * 10_000_000})
    assert answer.status_code == 413


def test_whatever_was_not_foreseen_is_a_page_without_the_cause(app: Flask, client: Clients) -> None:
    def broken() -> str:
        raise RuntimeError("a secret of Zarmina")

    app.view_functions["oversight.healthz"], kept = broken, app.view_functions["oversight.healthz"]
    try:
        page = client().get("/healthz", status=500)
    finally:
        app.view_functions["oversight.healthz"] = kept
    assert "Zarmina" not in page.html
    assert page.headers["X-Request-Id"] in page.text


def test_every_answer_carries_the_headers(client: Clients) -> None:
    for url, status in (("/sign-in", 200), ("/nowhere", 404), ("/healthz", 200)):
        headers = client().http.get(url).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, (url, status)
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store"
        assert "Server" not in headers


def test_the_nonce_is_another_each_time(client: Clients) -> None:
    stranger = client()
    first, second = (stranger.http.get("/sign-in").headers["Content-Security-Policy"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize(
    "target",
    [
        "//elsewhere.example",
        "https://elsewhere.example",
        "/\\elsewhere.example",
        "\\\\elsewhere",
        "elsewhere",
        "",
    ],
)
def test_no_link_leads_to_another_house(client: Clients, target: str) -> None:
    assert not is_own_path(target)
    stranger = client()
    page = stranger.http.get("/sign-in", query_string={"next": target})
    form = stranger.get("/sign-in").form({"username": "counsellor-lahore", "password": "migrant-centre-demo"})
    answer = stranger.http.post("/sign-in", query_string={"next": target}, data=form.values)
    assert page.status_code == 200
    assert answer.location == "/"
