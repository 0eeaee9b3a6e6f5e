"""Handing over, looking up, and reading the provider's list for what the webhook missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from mrc.access.identity import Scope
from mrc.centres.queries import list_lines
from mrc.core import clock
from mrc.core.errors import Unavailable
from mrc.core.settings import settings
from mrc.jobs.registry import Later, Payload, job
from mrc.messaging import gateway, spool
from mrc.messaging.queries.delivery import list_known_sids, list_statuses
from mrc.messaging.service import outbound, receive, receive_report
from mrc.messaging.states import REPORTED, raises

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
    """File what was kept on disk, then what the provider lists and we never saw: an outage is a delay, not
    a loss.
    """
    yield from spool.file_all(_file)
    if not settings().twilio.is_configured:
        return
    addresses = [line.address for line in list_lines(Scope(everywhere=True)) if line.kind != "voice"]
    yield
    since = clock.now() - SWEPT_BACK
    for address in addresses:
        yield from _file_missed(_listed(to=address, since=since))
        yield from _follow(_listed(from_=address, since=since))


def _file(kept: spool.Kept) -> None:
    if kept.kind == "message":
        receive(kept.form, at=kept.at, flags={"kept": True})
    else:
        receive_report(kept.form, UUID(kept.message_id) if kept.message_id else None)


def _file_missed(listed: Sequence[gateway.Listed]) -> Iterator[None]:
    inbound = [found for found in listed if found.is_inbound]
    known = list_known_sids([found.sid for found in inbound])
    yield
    for found in inbound:
        if found.sid not in known:
            receive(_as_form(found), at=found.at, flags={"swept": True})
            yield


def _follow(listed: Sequence[gateway.Listed]) -> Iterator[None]:
    """Reports that never came: what the list says further than we know."""
    outbound_ones = [found for found in listed if not found.is_inbound]
    statuses = list_statuses([found.sid for found in outbound_ones])
    yield
    for found in outbound_ones:
        present, reported = statuses.get(found.sid), REPORTED.get(found.status)
        if present is not None and reported is not None and raises(present, reported):
            code = str(found.error_code or "")
            receive_report({"MessageSid": found.sid, "MessageStatus": found.status, "ErrorCode": code}, None)
            yield


def _listed(*, to: str | None = None, from_: str | None = None, since: datetime) -> list[gateway.Listed]:
    try:
        return gateway.list_messages(to=to, from_=from_, since=since)
    except gateway.CannotList as error:
        raise Unavailable("The provider's list cannot be read now.") from error


def _as_form(found: gateway.Listed) -> dict[str, str]:
    """What the list shows, in the words of the webhook. Media are named there by count alone."""
    return {
        "MessageSid": found.sid,
        "From": found.from_,
        "To": found.to,
        "Body": found.body,
        "NumMedia": str(found.media_count),
    }
