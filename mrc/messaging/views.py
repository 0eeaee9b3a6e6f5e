"""The provider's webhooks. The signature is the only key, and it is checked before anything else."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from uuid import UUID

import structlog
from flask import Blueprint, Response, g, request
from prometheus_client import Counter
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mrc.access.guards import public
from mrc.core import clock
from mrc.core.db import db
from mrc.core.metrics import METRICS
from mrc.messaging import gateway, spool
from mrc.messaging.pace import PACE
from mrc.messaging.service import receive, receive_report
from mrc.messaging.service.watching import note_pace
from mrc.messaging.wire import read_form, sid_of

blueprint = Blueprint("messaging", __name__)
log = structlog.get_logger("mrc.webhook")

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
WEBHOOKS = Counter(
    "mrc_webhooks_total", "Webhooks by kind and what became of them.", ["kind", "outcome"], registry=METRICS
)


@blueprint.post("/twilio/message")
@public("the provider posts messages here; its signature over our configured address is the key")
def message_webhook() -> Response:
    """Take one inbound message: 403 without a genuine signature, 200 once it is stored for good.

    MessageSid=SM1f0…&From=whatsapp:+923001234567&To=whatsapp:+923000000101&Body=سلام&NumMedia=0&ProfileName=Ali
    """
    return _taken("message", receive)


@blueprint.post("/twilio/status")
@public("the provider posts delivery reports here; its signature over our configured address is the key")
def status_webhook() -> Response:
    """Take one delivery report; `?m=` names our message.

    MessageSid=SM1f0…&MessageStatus=delivered&From=whatsapp:+923000000101&To=whatsapp:+923001234567
    """
    ours = _ours()
    return _taken("status", lambda form: receive_report(form, ours))


CSRF_EXEMPT = (message_webhook, status_webhook)


def _taken(kind: str, store: Callable[[Mapping[str, str]], object]) -> Response:
    try:
        posted = read_form(request.get_data())
    except ValueError:
        return _answer(kind, "broken", 400)
    signature = request.headers.get("X-Twilio-Signature", "")
    query = request.query_string.decode(errors="replace")
    if not signature or not gateway.is_genuine(request.path, query, posted, signature):
        return _answer(kind, "forged", 403)
    form = posted.to_dict()
    if not sid_of(form):
        return _answer(kind, "without_id", 400)
    try:
        store(form)
        note_pace(PACE.take())
        db.session.commit()
    except (DBAPIError, PoolTimeout):
        log.exception("database", kind=kind)
        return _kept(kind, form)
    return _answer(kind, "stored", 200)


def _kept(kind: str, form: dict[str, str]) -> Response:
    """The database is away: keep the form on disk, so that the provider may forget it."""
    try:
        spool.keep(spool.Kept(kind, clock.now(), str(_ours() or ""), form))
    except OSError:
        return _answer(kind, "lost_if_not_repeated", 503)
    return _answer(kind, "kept", 200)


def _answer(kind: str, outcome: str, status: int) -> Response:
    WEBHOOKS.labels(kind, outcome).inc()
    PACE.note(time.perf_counter() - g.started)
    return Response(EMPTY_TWIML if status == 200 else "", status=status, mimetype="text/xml")


def _ours() -> UUID | None:
    try:
        return UUID(request.args.get("m", ""))
    except ValueError:
        return None
