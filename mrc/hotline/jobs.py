"""Making calls, fetching and deleting recordings, and reading the provider's list for what we missed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from mrc.access.identity import Scope
from mrc.centres.queries import get_line, list_lines
from mrc.core import clock
from mrc.core.errors import NotFound, Unavailable
from mrc.core.settings import settings
from mrc.hotline import gateway
from mrc.hotline.queries.lines import VOICE
from mrc.hotline.queries.sweeping import list_calls_with, list_known_recordings
from mrc.hotline.service.calls import know_call, lock_call_with, note_event
from mrc.hotline.service.flow import STEPS, Step
from mrc.hotline.service.outbound import OUTBOUND, begin_dialling, store_outcome
from mrc.hotline.service.recordings import (
    destroy_bytes,
    is_wanted,
    keep_recording,
    lose_recording,
    note_recording,
)
from mrc.hotline.states import ENDINGS
from mrc.hotline.wire import ARGUMENT, SPOOL, read_call
from mrc.jobs.registry import Later, Payload, job
from mrc.messaging import gateway as provider
from mrc.messaging import spool

SWEPT_BACK = timedelta(hours=26)
CALLED = frozenset({VOICE, "whatsapp"})
"""Kinds of lines that can be called."""
DELETE_AGAIN = timedelta(minutes=10)
FETCH_WAIT = timedelta(minutes=1)


@job("hotline.dial", max_attempts=5)
def dial(payload: Payload) -> Iterator[None]:
    """Make one call. Nothing is held while the provider is asked, and it is never asked twice."""
    call_id = UUID(payload["call_id"])
    wanted = begin_dialling(call_id)
    yield
    if wanted is None:
        return
    wait = store_outcome(call_id, gateway.start_call(wanted))
    yield
    if wait is not None:
        raise Later(clock.now() + wait)


@job("hotline.fetch", max_attempts=9, backoff=FETCH_WAIT)
def fetch(payload: Payload) -> Iterator[None]:
    """Fetch what a caller left, from the provider's host only, and seal it."""
    sid = payload["sid"]
    wanted = is_wanted(sid)
    yield
    if not wanted:
        return
    try:
        data = gateway.fetch_recording(sid)
    except gateway.CannotFetch as fault:
        if not fault.is_gone:
            raise Unavailable("The recording cannot be fetched now.") from None
        lose_recording(sid)
        return
    keep_recording(sid, data)


@job("hotline.forget", max_attempts=5)
def forget(payload: Payload) -> None:
    """Delete a recording at the provider, again and again until it is gone."""
    # Within its first minutes, and rarely for days, the provider refuses to delete (20009).
    if gateway.delete_recording(payload["sid"]) is gateway.Deletion.NOT_YET:
        raise Later(clock.now() + DELETE_AGAIN)


@job("hotline.destroy")
def destroy(payload: Payload) -> None:
    """Take the bytes of a destroyed recording off the disk."""
    destroy_bytes(UUID(payload["voicemail_id"]))


@job("hotline.sweep", every_minutes=5)
def sweep(_payload: Payload) -> Iterator[None]:
    """File what was kept on disk, then the calls and recordings that the provider lists and we never heard
    of: an outage is a delay, not a loss.
    """
    yield from spool.file_all(_file, SPOOL)
    if not settings().twilio.is_configured:
        return
    lines = [(line.id, line.address) for line in list_lines(Scope(everywhere=True)) if line.kind in CALLED]
    yield
    since = clock.now() - SWEPT_BACK
    for line_id, address in lines:
        yield from _import_calls(line_id, address, since)
    if lines:
        yield from _import_recordings(since)


def _file(kept: spool.Kept) -> None:
    arguments = {
        name.removeprefix(ARGUMENT): value for name, value in kept.form.items() if name.startswith(ARGUMENT)
    }
    posted = {name: value for name, value in kept.form.items() if not name.startswith(ARGUMENT)}
    group, _dash, name = kept.kind.rpartition("-")
    try:
        (OUTBOUND if group else STEPS)[name](Step(posted, arguments, kept.at))
    except NotFound:
        return  # It was about a call of ours that is no more.


def _import_calls(line_id: UUID, address: str, since: datetime) -> Iterator[None]:
    try:
        listed = gateway.list_calls(to=address, since=since)
    except provider.CannotList as error:
        raise Unavailable("The provider's list of calls cannot be read now.") from error
    inbound = [found for found in listed if found.is_inbound]
    known = list_calls_with([found.sid for found in inbound])
    yield
    for found in inbound:
        is_over = found.status in ENDINGS
        if found.sid in known and (known[found.sid] or not is_over):
            continue
        posted = {"CallSid": found.sid, "From": found.from_, "To": found.to, "CallStatus": found.status}
        call = know_call(read_call(posted), get_line(line_id), at=found.at, is_late=True)
        note_event(call, f"status.{found.status}", posted, sequence=-1, at=clock.now())
        yield


def _import_recordings(since: datetime) -> Iterator[None]:
    try:
        listed = gateway.list_recordings(since=since)
    except provider.CannotList as error:
        raise Unavailable("The provider's list of recordings cannot be read now.") from error
    calls = list_calls_with([found.call_sid for found in listed])
    known = list_known_recordings([found.sid for found in listed])
    yield
    for found in listed:
        if found.sid in known or found.call_sid not in calls:
            continue
        call = lock_call_with(found.call_sid)
        if call is not None:
            note_recording(call, found.sid, found.seconds, found.status)
            yield
