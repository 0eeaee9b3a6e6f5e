"""Addresses that a list makes of its own: every filter, order and page stands in the URL."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, url_for

PLACES_IN_LIST = frozenset({"cursor", "before"})


def init_links(app: Flask) -> None:
    """Offer `here(...)` to the templates, macros included."""
    app.jinja_env.globals["here"] = here


def here(**changes: Any) -> str:
    """The present page with some of its query changed; None takes a value away.

    A new filter starts at the top of the list, so the place in the list is dropped unless it is given.
    """
    query = {name: values for name, values in request.args.lists() if name not in PLACES_IN_LIST} | changes
    kept = {name: value for name, value in query.items() if value is not None}
    if request.endpoint is None:
        return request.path
    return url_for(request.endpoint, **(request.view_args or {}), **kept)
