"""The provider's webhooks. The signature is the only key, and it is checked before anything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

import structlog
from flask import Blueprint, Response, request
from prometheus_client import Counter
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mrc.access.guards import public
from mrc.core.db import db
from mrc.core.text import clean
from mrc.messaging import gateway, spool
from mrc.messaging.service import receive, receive_report

blueprint = Blueprint("messaging", __name__)
log = structlog.get_logger("mrc.webhook")

MOST_FIELDS = 200
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
WEBHOOKS = Counter("mrc_webhooks_total", "Webhooks by kind and what became of them.", ["kind", "outcome"])


@blueprint.post("/twilio/message")
@public("the provider posts messages here; its signature over our configured address is the key")
def message_webhook() -> Response:
    """Take one inbound message: 403 without a genuine signature, 200 once it is stored for good."""
    return _taken("message", receive)


@blueprint.post("/twilio/status")
@public("the provider posts delivery reports here; its signature over our configured address is the key")
def status_webhook() -> Response:
    """Take one delivery report."""
    ours = _uuid(request.args.get("m", ""))
    return _taken("status", lambda form: receive_report(form, ours))


CSRF_EXEMPT = (message_webhook, status_webhook)


def _taken(kind: str, store: Callable[[Mapping[str, str]], object]) -> Response:
    path = request.full_path if request.query_string else request.path
    raw_path = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or path
    signature = request.headers.get("X-Twilio-Signature", "")
    if not signature or not gateway.is_genuine(raw_path, request.form, signature):
        return _answer(kind, "forged", 403)
    form = {clean(name)[:80]: clean(value) for name, value in list(request.form.items())[:MOST_FIELDS]}
    if not form.get("MessageSid"):
        return _answer(kind, "without_id", 400)
    try:
        store(form)
        db.session.commit()
    except (DBAPIError, PoolTimeout):
        return _spooled(kind, form)
    return _answer(kind, "stored", 200)


def _spooled(kind: str, form: dict[str, str]) -> Response:
    """The database is away: keep the form on disk, so that the provider may forget it."""
    log.error("database", kind=kind)
    try:
        spool.keep(kind, form | {"m": request.args.get("m", "")[:40]})
    except OSError:
        return _answer(kind, "lost_if_not_repeated", 503)
    return _answer(kind, "spooled", 200)


def _answer(kind: str, outcome: str, status: int) -> Response:
    WEBHOOKS.labels(kind, outcome).inc()
    return Response(EMPTY_TWIML if status == 200 else "", status=status, mimetype="text/xml")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
