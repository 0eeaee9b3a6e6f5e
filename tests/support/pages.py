"""A person without a browser: opens pages, fills in the forms on them, and lints each page on the way.

`PageClient.post` first gets the page of the form, so the CSRF token, the operation id, the version and every
other hidden field are the real ones, and a field or choice that the form does not offer is an error. What
is not on a form is posted with `PageClient.http`, which is Flask's test client in a context of its own.
"""

from __future__ import annotations

import contextvars
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mrc.core.db import db
from tests.support.lint import Document, faults_of, text_of

Data = Mapping[str, Any]


class SeparateClient(FlaskClient):
    """Flask's test client, whose requests share nothing with the test's own application context.

    With a context open around it, Flask would let a request use that context's `g` and database session.
    """

    def open(self, *arguments: Any, **keywords: Any) -> TestResponse:
        """Send a request. On SQLite it would wait for an open transaction of the test until it times out."""
        if has_app_context():
            assert not db.session().in_transaction(), "commit or roll back the test's own session first"
        return contextvars.Context().run(super().open, *arguments, **keywords)


class PageClient:
    """One browser session of one person."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.http = SeparateClient(app, app.response_class)

    def sign_in(self, username: str, password: str) -> Page:
        """Sign in through the form and land on the first page."""
        page = self.post("/sign-in", {"username": username, "password": password})
        assert urlsplit(page.url).path != "/sign-in", f"{username} was not signed in: {page.text[:500]}"
        return page

    def get(self, url: str, *, status: int = 200, **options: Any) -> Page:
        """Open a page. It must have the status and be in order."""
        return self._open("GET", url, status, **options)

    def follow(self, url: str, **options: Any) -> Page:
        """Open a page that may send us on, and land where it leads."""
        page = self._open("GET", url, None, **options)
        return self._landed(page)

    def post(
        self, url: str, data: Data, *, form: str | None = None, status: int | None = None, **options: Any
    ) -> Page:
        """Open `url`, fill in a form on it and send it.

        `form` is its id or action; without it, it is the one form that has all the fields of `data`.
        Without `status` the post must succeed, and the page it leads to comes back; with it, the answer
        itself.
        """
        return self.submit(self.follow(url), data, form=form, status=status, **options)

    def submit(
        self, page: Page, data: Data, *, form: str | None = None, status: int | None = None, **options: Any
    ) -> Page:
        """Fill in a form on a page that is open already, and send it as `post` does."""
        filled = page.form(data, named=form)
        answer = self._open(
            "POST", filled.action, status, data=filled.values, content_type=filled.content_type, **options
        )
        return answer if status else self._landed(answer)

    def _landed(self, page: Page) -> Page:
        for _step in range(5):
            if page.status not in {302, 303}:
                break
            page = self._open("GET", page.location, None)
        assert page.status == 200, f"{page.url} answered {page.status}: {page.text[:500]}"
        return page

    def _open(self, method: str, url: str, status: int | None, **options: Any) -> Page:
        page = Page.of(self.http.open(url, method=method, **options), url)
        assert status is None or page.status == status, (
            f"{method} {url} answered {page.status} instead of {status}: {page.text[:500]}"
        )
        if page.is_html:
            faults = faults_of(page.html, page.headers)
            assert not faults, f"{method} {url} ({page.status}):\n" + "\n".join(faults)
        return page


@dataclass(frozen=True)
class FilledForm:
    """A form as it will be sent."""

    action: str
    values: dict[str, list[Any]]
    content_type: str


@dataclass(frozen=True)
class Page:
    """An answer: what it says, what is on it and where it leads."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of(cls, response: TestResponse, url: str) -> Page:
        return cls(url, response.status_code, dict(response.headers), response.get_data())

    @property
    def is_html(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/html") and self.status not in {302, 303}

    @property
    def html(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        """Where the answer sends the browser, as a path of this site."""
        target = urlsplit(urljoin(self.url, self.headers["Location"]))
        return target._replace(scheme="", netloc="").geturl()

    @cached_property
    def document(self) -> Document:
        return Document(self.html, self.headers)

    @cached_property
    def text(self) -> str:
        """The words of the page with single spaces."""
        return text_of(self.document.root)

    @property
    def heading(self) -> str:
        return text_of(self.document.all("h1")[0])

    @property
    def links(self) -> dict[str, str]:
        """Where each link leads, by its name."""
        return {self.document.name_of(link): link.get("href", "") for link in self.document.all("a")}

    def find(self, tag: str, **attributes: str) -> list[Element]:
        """Elements by tag and exact attributes; `class_` asks for one class among several."""
        wanted = attributes.pop("class_", None)
        return [
            element
            for element in self.document.all(tag)
            if all(element.get(name.replace("_", "-")) == value for name, value in attributes.items())
            and (wanted is None or wanted in element.get("class", "").split())
        ]

    def form(self, data: Data, *, named: str | None = None) -> FilledForm:
        """Fill in a form: what stands in it, with `data` over it. Fails on what a person could not enter."""
        element = self._pick_form(data, named)
        controls = _controls(self.document, element)
        values = {name: chosen for name, held in controls.items() if (chosen := _present_values(held))}
        for name, value in data.items():
            assert name in controls, f"the form has no field {name!r}, only {sorted(controls)}"
            given = (
                list(value) if isinstance(value, Sequence) and not isinstance(value, str | tuple) else [value]
            )
            offered = _offered(controls[name])
            refused = [item for item in given if offered is not None and str(item) not in offered]
            assert not refused, f"{name!r} does not offer {refused}, only {sorted(offered or ())}"
            values[name] = given
        content_type = element.get("enctype") or "application/x-www-form-urlencoded"
        return FilledForm(urljoin(self.url, element.get("action") or self.url), values, content_type)

    def _pick_form(self, data: Data, named: str | None) -> Element:
        forms = [form for form in self.document.all("form") if form.get("method", "").lower() == "post"]
        if named is not None:
            fitting = [form for form in forms if named in {form.get("id"), form.get("action")}]
        else:
            fitting = [form for form in forms if data.keys() <= _controls(self.document, form).keys()]
        described = [f"{form.get('action')}: {sorted(_controls(self.document, form))}" for form in forms]
        assert len(fitting) == 1, (
            f"{len(fitting)} forms on {self.url} fit {named or sorted(data)}: {described}"
        )
        return fitting[0]


def _controls(document: Document, form: Element) -> dict[str, list[Element]]:
    """The named controls of a form, inside it or pointing to it with `form=`."""
    found: dict[str, list[Element]] = {}
    inside = set(form.iter())
    for control in document.all("input", "select", "textarea", "button"):
        belongs = control.get("form") == form.get("id") if "form" in control.attrib else control in inside
        if belongs and (name := control.get("name")) and "disabled" not in control.attrib:
            found.setdefault(name, []).append(control)
    return found


def _present_values(controls: list[Element]) -> list[str]:
    """What a browser would send of controls of one name if nobody touched them."""
    values: list[str] = []
    for control in controls:
        if control.tag == "textarea":
            values.append("".join(control.itertext()).removeprefix("\n"))
        elif control.tag == "select":
            options = list(control.iter("option"))
            chosen = [option for option in options if "selected" in option.attrib]
            values += [_value(option) for option in chosen or options[: "multiple" not in control.attrib]]
        elif control.get("type") in {"checkbox", "radio"}:
            values += [control.get("value", "on")] if "checked" in control.attrib else []
        elif control.tag == "input" and control.get("type") not in {"submit", "button", "file", "image"}:
            values.append(control.get("value", ""))
    return values


def _offered(controls: list[Element]) -> set[str] | None:
    """The values among which a person can choose; None where anything can be typed."""
    if any(control.tag == "textarea" for control in controls):
        return None
    choices: set[str] = set()
    for control in controls:
        if control.tag == "select":
            choices |= {_value(option) for option in control.iter("option")}
        elif control.tag == "button" or control.get("type") in {"checkbox", "radio", "submit"}:
            choices.add(control.get("value", "on"))
        else:
            return None
    return choices


def _value(option: Element) -> str:
    return option.get("value", text_of(option))
