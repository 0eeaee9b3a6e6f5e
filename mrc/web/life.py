"""The life of a request, from its id to its log line.

GET and HEAD run in a transaction that the database itself holds to reading; what they must write to the audit
log goes into a short transaction of its own before the answer leaves.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from uuid import UUID, uuid4

import structlog
from flask import Flask, Response, g, request

from mrc.access.identity import Identity, find_current
from mrc.core.db import db
from mrc.core.db.engine import read_only_from_here

IdentityLoader = Callable[[], Identity | None]
READING = frozenset({"GET", "HEAD", "OPTIONS"})
WITHOUT_IDENTITY = frozenset({"static", "oversight.healthz", "oversight.metrics", "hotline.fallback"})
REQUEST_ID = re.compile(r"[0-9a-f-]{8,36}")
log = structlog.get_logger("mrc.request")


def init_life(app: Flask, load_identity: IdentityLoader) -> None:
    """Attach the steps. `load_identity` reads the session cookie; it comes from the accounts package."""

    def begin() -> None:
        g.started = time.perf_counter()
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if REQUEST_ID.fullmatch(given) else str(uuid4())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    def identify() -> None:
        if request.endpoint in WITHOUT_IDENTITY or request.endpoint is None:
            return
        if request.method in READING:
            read_only_from_here(db.session())
        g.identity = load_identity()

    app.before_request(begin)
    app.before_request(identify)
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    identity = find_current()
    log.info(
        "request",
        method=request.method,
        endpoint=request.endpoint or "none",
        status=response.status_code,
        milliseconds=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        user=_hex(identity.user_id if identity else None),
    )
    return response


def _hex(value: UUID | None) -> str:
    return "" if value is None else str(value)
