"""The page client does what a person can do on a page, and nothing else."""

from __future__ import annotations

import pytest
from flask import Flask, g, redirect, request

from tests.support.pages import PageClient

PAGE = """<!doctype html><html lang="en" dir="ltr"><head><title>{title}</title></head><body><h1>{title}</h1>
{body}</body></html>"""
FORMS = """<form method="post" action="/sign-out"><button name="leave" value="yes">Leave</button></form>
<form method="post" id="details">
<input type="hidden" name="csrf_token" value="token"><input type="hidden" name="version" value="3">
<label>Name <input name="name" value="Yusuf"></label>
<label>Note <textarea name="note">
First line</textarea></label>
<label>Centre <select name="centre">
<option value="LHE">Lahore</option><option selected>Erbil</option></select></label>
<label><input type="radio" name="channel" value="walk_in" checked> Walk-in</label>
<label><input type="radio" name="channel" value="hotline"> Hotline</label>
<label><input type="checkbox" name="topics" value="visa" checked> Visa</label>
<label><input type="checkbox" name="topics" value="work"> Work</label>
<label><input type="checkbox" name="urgent"> Urgent</label>
<label>Locked <input name="locked" value="x" disabled></label>
<button name="then" value="open">Save and open</button>
</form>"""
UNTOUCHED = {
    "csrf_token": ["token"],
    "version": ["3"],
    "name": ["Yusuf"],
    "note": ["First line"],
    "centre": ["Erbil"],
    "channel": ["walk_in"],
    "topics": ["visa"],
}


@pytest.fixture
def posted() -> dict[str, list[str]]:
    return {}


@pytest.fixture
def client(posted: dict[str, list[str]]) -> PageClient:
    """A site of three pages, without a database."""
    app = Flask("site")

    @app.get("/form")
    def show() -> str:
        return PAGE.format(title="Form", body=FORMS)

    @app.post("/form")
    def save() -> object:
        if request.form["name"] == "":
            return PAGE.format(title="Refused", body=FORMS), 422
        posted.update(request.form.to_dict(flat=False))
        return redirect("/done", 303)

    @app.get("/done")
    def done() -> str:
        return PAGE.format(title="Done", body=f'<p><a href="/form">{g.get("trace", "Again")}</a></p>')

    @app.get("/faulty")
    def faulty() -> str:
        return PAGE.format(title="Faulty", body="<button></button>")

    return PageClient(app)


def test_a_form_is_sent_as_it_stands(client: PageClient, posted: dict[str, list[str]]):
    page = client.post("/form", {}, form="details")
    assert (page.heading, page.url, page.links) == ("Done", "/done", {"Again": "/form"})
    assert posted == UNTOUCHED


def test_what_is_entered_wins(client: PageClient, posted: dict[str, list[str]]):
    entered = {
        "name": "Zainab",
        "centre": "LHE",
        "channel": "hotline",
        "topics": ["visa", "work"],
        "then": "open",
    }
    client.post("/form", entered | {"urgent": "on"})
    expected = {"name": ["Zainab"], "centre": ["LHE"], "channel": ["hotline"], "topics": ["visa", "work"]}
    assert posted == UNTOUCHED | expected | {"then": ["open"], "urgent": ["on"]}


def test_nothing_can_be_chosen_when_nothing_is(client: PageClient, posted: dict[str, list[str]]):
    client.post("/form", {"topics": []})
    assert "topics" not in posted


@pytest.mark.parametrize(
    ("entered", "complaint"),
    [
        ({"surname": "Khan"}, "0 forms on /form fit"),
        ({"locked": "y"}, "0 forms on /form fit"),
        ({"centre": "KBL"}, "does not offer"),
        ({"channel": "letter"}, "does not offer"),
        ({"topics": ["visa", "tea"]}, "does not offer"),
    ],
)
def test_what_the_form_does_not_offer_cannot_be_entered(client: PageClient, entered: dict, complaint: str):
    with pytest.raises(AssertionError, match=complaint):
        client.post("/form", entered)


def test_a_refused_form_is_an_error_unless_expected(client: PageClient):
    with pytest.raises(AssertionError, match="answered 422"):
        client.post("/form", {"name": ""})
    assert client.post("/form", {"name": ""}, status=422).heading == "Refused"


def test_every_page_is_linted(client: PageClient):
    with pytest.raises(AssertionError, match="has no name"):
        client.get("/faulty")


def test_a_request_shares_nothing_with_the_context_of_the_test(client: PageClient):
    with client.app.app_context():
        g.trace = "Leaked"
        assert client.get("/done").links == {"Again": "/form"}
