"""Handing over, looking up, and reading the provider's list for what the webhook missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from mrc.access.identity import Scope
from mrc.centres.queries import list_centres, list_lines
from mrc.core import clock
from mrc.core.errors import Unavailable
from mrc.core.settings import settings
from mrc.jobs.registry import Later, Payload, job
from mrc.jobs.service import enqueue
from mrc.messaging import account, content, gateway, spool
from mrc.messaging.queries import health
from mrc.messaging.queries.delivery import list_known_sids, list_statuses
from mrc.messaging.service import (
    automatic,
    canned,
    held,
    levels,
    media,
    outbound,
    receive,
    receive_report,
    satisfaction,
    stranded,
    syncing,
    watching,
)
from mrc.messaging.states import REPORTED, raises

SWEPT_BACK = timedelta(hours=26)
DELETION_WAIT = timedelta(hours=1)
FIRST_ANSWER = timedelta(seconds=20)
CLEARED_AFTER = timedelta(hours=1)
"""Until then the provider's list may still have to tell what became of a message."""
CLEARED_AT_ONCE = 200


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


@job("messaging.release")
def release(payload: Payload) -> None:
    """Ask again for a held message whose time has come."""
    held.release(UUID(payload["message_id"]))


@job("messaging.answer_automatically")
def answer_automatically(payload: Payload) -> None:
    """Greet, say that we are closed, or give the emergency numbers."""
    automatic.answer_automatically(UUID(payload["message_id"]))


@job("messaging.escalate", every_minutes=10)
def escalate(_payload: Payload) -> Iterator[None]:
    """Tell somebody where people wait longer than the centre wants, centre by centre."""
    for centre_id in [centre.id for centre in list_centres()]:
        levels.escalate(centre_id)
        yield


@job("messaging.ask_satisfaction")
def ask_satisfaction(payload: Payload) -> None:
    """Ask how it was, with one tap."""
    satisfaction.ask_satisfaction(UUID(payload["thread"]))


@job("messaging.satisfaction_answered")
def satisfaction_answered(payload: Payload) -> None:
    """Write down what they tapped."""
    satisfaction.note_score(UUID(payload["subject"]), payload["payload"])


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


@job("messaging.fetch_media", max_attempts=10)
def fetch_media(payload: Payload) -> Iterator[None]:
    """Fetch one file of a message and keep it sealed. Nothing is held while the provider is asked."""
    media_id = UUID(payload["media_id"])
    wanted = media.begin_fetching(media_id)
    yield
    if wanted is None:
        return
    next_try = media.store_brought(media_id, media.bring(media_id, wanted))
    yield
    if next_try is not None:
        raise Later(next_try)


@job("messaging.delete_media", max_attempts=20)
def delete_media(payload: Payload) -> Iterator[None]:
    """Delete the provider's copy of a file that we keep or that was withdrawn, for up to 14 days."""
    yield
    if gateway.delete_media(payload["message_sid"], payload["media_sid"]):
        media.note_deleted(UUID(payload["media_id"]))
        return
    if clock.now() > datetime.fromisoformat(payload["until"]):
        raise Unavailable("The provider does not delete a file.")
    raise Later(clock.now() + DELETION_WAIT)


@job("messaging.clear_texts", every_minutes=10)
def clear_texts(_payload: Payload) -> Iterator[None]:
    """Empty the provider's copies of texts that arrived: what it does not have, it cannot lose."""
    wanted = health.list_to_clear(clock.now() - CLEARED_AFTER, CLEARED_AT_ONCE)
    yield
    if not settings().twilio.is_configured:
        return
    for message_id, sid in wanted:
        try:
            is_cleared = gateway.clear_text(sid)
        except gateway.CannotList as error:
            raise Unavailable("The provider does not empty its texts now.") from error
        if is_cleared:
            watching.note_cleared(message_id)
        yield


@job("messaging.pick_up", every_minutes=5)
def pick_up(_payload: Payload) -> None:
    """Carry on the messages that no job carries any more, because theirs took its worker down too often."""
    stranded.pick_up()


@job("messaging.watch", every_minutes=5)
def watch(_payload: Payload) -> Iterator[None]:
    """Look whether messages come and go as they should."""
    watching.watch()
    yield
    watching.forget_old()


@job("messaging.ask_lines", every_minutes=60)
def ask_lines(_payload: Payload) -> Iterator[None]:
    """Ask the provider how it has our lines."""
    yield
    if not settings().twilio.is_configured:
        return
    try:
        told = account.list_provider_lines()
    except account.CannotAsk as error:
        raise Unavailable("The provider cannot be asked now.") from error
    watching.store_standings(told)


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
            receive(_as_form(found, _media_of(found)), at=found.at, flags={"swept": True})
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


def _media_of(found: gateway.Listed) -> list[tuple[str, str]]:
    """The files of a listed message; what is deleted there already is named without an address."""
    if not found.media_count:
        return []
    try:
        listed = gateway.list_media(found.sid)
    except gateway.CannotList as error:
        raise Unavailable("The provider's list of files cannot be read now.") from error
    return listed + [("", "")] * (found.media_count - len(listed))


def _as_form(found: gateway.Listed, files: Sequence[tuple[str, str]]) -> dict[str, str]:
    """What the list shows, in the words of the webhook."""
    form = {
        "MessageSid": found.sid,
        "From": found.from_,
        "To": found.to,
        "Body": found.body,
        "NumMedia": str(found.media_count),
    }
    for place, (content_type, url) in enumerate(files):
        form |= {f"MediaContentType{place}": content_type, f"MediaUrl{place}": url}
    return form


@job("messaging.submit_template", max_attempts=12)
def submit_template(payload: Payload) -> Iterator[None]:
    """Make a reviewed wording at the provider and ask for WhatsApp's approval.

    What an earlier try made and could not write down is found again by its name.
    """
    version_id = UUID(payload["version_id"])
    waiting = syncing.begin_submitting(version_id)
    yield
    if waiting is None:
        return
    wanted, sid = waiting
    try:
        found = _content_named(wanted)
        sid = sid or (found.sid if found else content.create(wanted))
        category = syncing.store_content(version_id, sid)
        yield
        if category and (found is None or found.status == "unsubmitted"):
            content.submit(sid, name=wanted.name, category=category)
    except content.ContentRefused as refused:
        syncing.refuse_submission(version_id, refused.reason)
        return
    except content.ContentUnavailable as error:
        raise Unavailable("The provider cannot be asked now.") from error
    look_at = clock.now() + FIRST_ANSWER
    minute = look_at.replace(second=0, microsecond=0).isoformat()
    enqueue("messaging.sync_templates", {}, run_at=look_at, dedupe_key=f"sync_templates:after:{minute}")


@job("messaging.sync_templates", every_minutes=15)
def sync_templates(_payload: Payload) -> Iterator[None]:
    """Ask where the wordings stand with WhatsApp: approved, refused, paused, changed, gone."""
    yield
    if not settings().twilio.is_configured:
        return
    try:
        listed = content.list_contents()
    except (content.ContentUnavailable, content.ContentRefused) as error:
        raise Unavailable("The provider's list of wordings cannot be read now.") from error
    syncing.store_listed(listed)


@job("messaging.delete_content", max_attempts=8)
def delete_content(payload: Payload) -> Iterator[None]:
    """Take a retired wording away at the provider."""
    yield
    try:
        content.delete(payload["content_sid"])
    except content.ContentUnavailable as error:
        raise Unavailable("The provider cannot be asked now.") from error


@job("messaging.review_answers", every_minutes=24 * 60)
def review_answers(_payload: Payload) -> None:
    """Have the ready answers read again whose day for it has come."""
    canned.ask_for_reviews()


def _content_named(wanted: content.Content) -> content.ListedContent | None:
    for found in content.list_contents():
        if found.name == wanted.name and syncing.same_wording(wanted, found):
            return found
    return None
