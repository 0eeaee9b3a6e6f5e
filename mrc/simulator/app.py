"""The simulator as a Flask application, and the headers of its answers."""

from __future__ import annotations

import secrets
from pathlib import Path

from flask import Flask, Response, abort, g, request

from mrc.simulator import (
    control,
    control_account,
    control_calls,
    control_contents,
    gate,
    rest,
    rest_account,
    rest_calls,
    rest_content,
    table,
    table_calls,
    table_contents,
)
from mrc.simulator.carrier import Carrier
from mrc.simulator.connections import Breakable
from mrc.simulator.settings import Setup

MORE_ROUTES = (
    rest, rest_account, rest_calls, rest_content, control_account, control_calls, control_contents,
    table_calls, table_contents,
)  # fmt: skip
"""Add their routes to one of the three blueprints as they are imported."""
ROOT = Path(__file__).parent.parent.parent
LARGEST_REQUEST = 40 * 1024 * 1024
CONTENT_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_simulator(setup: Setup) -> Flask:
    """Build the simulator for one account. Its carrier, `extensions["simulator"]`, has threads: close it."""
    app = Flask(
        "mrc.simulator", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "mrc" / "static")
    )
    # Only the one-line notices of the page stand in a session; the key need not outlive the process.
    app.secret_key = secrets.token_bytes(32)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.config["SESSION_COOKIE_NAME"] = "mrc_simulator"
    app.config["SESSION_COOKIE_SAMESITE"] = "Strict"
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["simulator"] = Carrier(setup)
    app.before_request(_refuse_other_sites)
    app.after_request(_add_headers)
    app.context_processor(lambda: {"csp_nonce": _nonce()})
    for each in (gate, table, control):
        app.register_blueprint(each.blueprint)
    app.wsgi_app = Breakable(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _refuse_other_sites() -> None:
    """A page of another site must not move the phones of whoever has this one open."""
    if request.method != "GET" and request.headers.get("Sec-Fetch-Site", "none") not in {
        "same-origin",
        "none",
    }:
        abort(403)


def _nonce() -> str:
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _add_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_POLICY.format(nonce=_nonce())
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
