"""What the provider asks during a call. The signature is the only key, and it is checked before anything
else.
"""

from __future__ import annotations

from hmac import compare_digest
from uuid import UUID

import structlog
from flask import Response, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mrc.access.guards import public
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import MRCError, NotFound
from mrc.hotline import twiml
from mrc.hotline.queries import find_prompt
from mrc.hotline.service import OUTBOUND, STEPS, Step, open_prompt
from mrc.hotline.states import ANSWERED, AUDIO_CONTENT_TYPES
from mrc.hotline.views.blueprint import blueprint
from mrc.hotline.wire import ARGUMENT, SPOOL, read_call, sid_of
from mrc.messaging import gateway, spool
from mrc.messaging.views import WEBHOOKS
from mrc.messaging.wire import read_form

log = structlog.get_logger("mrc.webhook")
TOLD_ONLY = frozenset({"status", "recording"})
"""Steps whose answer does nothing."""
ENDS_ONLY = frozenset({"voicemail", "take", "accept"})
A_YEAR = 31_536_000


@blueprint.post(f"/twilio/voice/<any({', '.join(STEPS)}):step>")
@public("the provider asks here what a call does next; its signature over our configured address is the key")
def voice_webhook(step: str) -> Response:
    """Take one question about a call: 403 without a genuine signature, TwiML once it is stored for good.

    CallSid=CA1f0…&From=+923001234567&To=+924200000101&CallStatus=ringing&Direction=inbound
    """
    return _taken("", step)


@blueprint.post(f"/twilio/voice/outbound/<any({', '.join(OUTBOUND)}):step>")
@public("the provider asks here about calls of ours; its signature over our configured address is the key")
def outbound_webhook(step: str) -> Response:
    """Take one question about a call of ours; `?c=` names it.

    CallSid=CA1f0…&From=+924200000101&To=+923331234567&CallStatus=in-progress&Direction=outbound-api
    """
    return _taken("outbound", step)


@blueprint.route("/twilio/voice/fallback", methods=["GET", "POST"])
@public("callers are told to leave a message when nothing else of us answers; a fixed text, asks nothing")
def fallback() -> Response:
    """A fixed answer that needs no database; the sweep finds the recording.

    CallSid=CA1f0…&From=+923001234567&To=+924200000101&ErrorCode=11200&ErrorUrl=https://…
    """
    return _xml(twiml.without_us(is_done=request.args.get("done") == "1"))


@blueprint.get("/twilio/voice/prompts/<uuid:prompt_id>/<token>")
@public("the provider fetches the prompts that callers hear; they hold nothing of a person, and the address "
        "cannot be guessed")  # fmt: skip
def prompt_audio(prompt_id: UUID, token: str) -> Response:
    """The sound of a prompt, kept by the provider for good: a new recording has another address."""
    if not compare_digest(token.encode(), twiml.prompt_token(prompt_id).encode()):
        raise NotFound
    prompt = find_prompt(prompt_id)
    if prompt is None:
        raise NotFound
    headers = {"Cache-Control": f"public, max-age={A_YEAR}, immutable"}
    return Response(open_prompt(prompt), content_type=AUDIO_CONTENT_TYPES[prompt.audio_type], headers=headers)


CSRF_EXEMPT = (voice_webhook, outbound_webhook, fallback)


def _taken(group: str, step: str) -> Response:
    kind = f"voice-{step}" if not group else f"voice-{group}-{step}"
    try:
        posted = read_form(request.get_data())
    except ValueError:
        return _refused(kind, "broken", 400)
    signature = request.headers.get("X-Twilio-Signature", "")
    query = request.query_string.decode(errors="replace")
    if not signature or not gateway.is_genuine(request.path, query, posted, signature):
        return _refused(kind, "forged", 403)
    form = posted.to_dict()
    if not sid_of(form):
        return _refused(kind, "without_id", 400)
    arguments = request.args.to_dict()
    try:
        answer = (OUTBOUND if group else STEPS)[step](Step(form, arguments))
        db.session.commit()
    except (DBAPIError, PoolTimeout):
        log.exception("database", kind=kind)
        return _kept(kind, group, step, form | {ARGUMENT + name: text for name, text in arguments.items()})
    except MRCError:
        # A page would be read to the caller as an error; there is nothing to go on with.
        db.session.rollback()
        log.exception("a question that we cannot answer", kind=kind)
        WEBHOOKS.labels(kind, "unanswered").inc()
        return _xml(twiml.hang_up())
    WEBHOOKS.labels(kind, "stored").inc()
    return _xml(answer)


def _kept(kind: str, group: str, step: str, form: dict[str, str]) -> Response:
    """The database is away: keep the form on disk, and let the caller leave a message."""
    name = f"{group}-{step}" if group else step
    try:
        spool.keep(spool.Kept(name, clock.now(), "", form), SPOOL)
    except OSError:
        # The provider will list the call; its caller must not be left in silence for that.
        WEBHOOKS.labels(kind, "lost_if_not_listed").inc()
        return _refused(kind, "not_kept", 503) if step in TOLD_ONLY else _xml(_without_us(group, step, form))
    WEBHOOKS.labels(kind, "kept").inc()
    return _xml(_without_us(group, step, form))


def _without_us(group: str, step: str, form: dict[str, str]) -> str:
    told = read_call(form)
    if step in TOLD_ONLY:
        return twiml.nothing()
    if step == "wait":
        return twiml.leave_queue()
    if group or step in ENDS_ONLY or told.dialled in ANSWERED or told.queued == "bridged":
        return twiml.hang_up()
    return twiml.without_us()


def _refused(kind: str, outcome: str, status: int) -> Response:
    WEBHOOKS.labels(kind, outcome).inc()
    return Response("", status=status, mimetype="text/xml")


def _xml(text: str) -> Response:
    return Response(text, mimetype="text/xml")
