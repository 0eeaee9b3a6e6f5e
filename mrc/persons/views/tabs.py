"""The parts of a person's file, as data: packages above add a tab through the registry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_babel.speaklater import LazyString

from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.persons.models import Person


@dataclass(frozen=True)
class PersonTab:
    """One tab: the endpoint that takes a `person_id`, its word, and who may open it."""

    endpoint: str
    label: LazyString
    permissions: tuple[Permission, ...]


def init_person_tabs(app: Flask, tabs: Iterable[PersonTab]) -> None:
    """Keep the tabs in their order and offer `person_tabs(person)` to the templates."""
    app.extensions["mrc_person_tabs"] = tuple(tabs)
    app.jinja_env.globals["person_tabs"] = person_tabs


def person_tabs(person: Person) -> list[tuple[str, LazyString, bool]]:
    """The tabs of a person that the reader may open: address, word, whether it is the present page."""
    tabs: tuple[PersonTab, ...] = current_app.extensions["mrc_person_tabs"]
    return [
        (url_for(tab.endpoint, person_id=person.id), tab.label, request.endpoint == tab.endpoint)
        for tab in tabs
        if any(current().can(permission, person.centre_id) for permission in tab.permissions)
    ]
