"""Handing over, looking up, and reading the provider's list for what the webhook missed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException

from mrc.access.identity import Scope
from mrc.centres.queries import list_lines
from mrc.core import clock
from mrc.core.errors import Unavailable
from mrc.core.settings import settings
from mrc.jobs.registry import Later, Payload, job
from mrc.messaging import gateway, spool
from mrc.messaging.service import outbound, receive, receive_report

SWEPT_BACK = timedelta(hours=26)


@job("messaging.send", max_attempts=10)
def send(payload: Payload) -> Iterator[None]:
    """Hand one message over. Nothing is held while the provider is called."""
    message_id = UUID(payload["message_id"])
    request = outbound.begin_sending(message_id)
    yield
    if request is None:
        return
    wait = outbound.store_outcome(message_id, gateway.send(request))
    yield
    if wait is not None:
        raise Later(clock.now() + wait)


@job("messaging.reconcile", max_attempts=20)
def reconcile(payload: Payload) -> Iterator[None]:
    """Find out from the provider's list what became of a message whose answer we lost."""
    message_id = UUID(payload["message_id"])
    wanted = outbound.address_of(message_id)
    yield
    if wanted is None:
        return
    to, since = wanted
    outbound.settle_unknown(message_id, _listed(to=to, since=since), int(payload["look"]))


@job("messaging.sweep", every_minutes=5)
def sweep(_payload: Payload) -> Iterator[None]:
    """File what was kept on disk, then what the provider lists and we never saw: an outage is a delay, not a
    loss.
    """
    for path, kind, form in spool.each():
        if kind == "message":
            receive(form)
        else:
            receive_report(form, UUID(form["m"]) if form.get("m") else None)
        yield
        path.unlink()
    if not settings().twilio.is_configured:
        return
    addresses = [line.address for line in list_lines(Scope(everywhere=True)) if line.kind != "voice"]
    yield
    for address in addresses:
        for found in _listed(to=address, since=clock.now() - SWEPT_BACK):
            if found.direction == "inbound":
                receive(_as_form(found), at=found.at)
                yield


def _listed(*, to: str, since: datetime) -> list[gateway.Listed]:
    try:
        return list(gateway.list_messages(to=to, since=since))
    except (TwilioException, RequestException) as error:
        raise Unavailable("The provider's list cannot be read now.") from error


def _as_form(found: gateway.Listed) -> dict[str, str]:
    """What the list shows, in the words of the webhook."""
    return {
        "MessageSid": found.sid,
        "From": found.from_,
        "To": found.to,
        "Body": found.body,
        "NumMedia": str(found.media_count),
        "Source": "sweep",
    }
