"""What comes in: stored once, filed as a message of a thread, or kept in quarantine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import cast

import structlog
from flask_babel import gettext as _
from sqlalchemy import Table

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.centres.models import PhoneLine
from mrc.centres.queries import find_line_by_address
from mrc.core import clock
from mrc.core.db import db, uuid7
from mrc.core.db.upsert import insert_if_absent
from mrc.core.errors import Forbidden, Refused
from mrc.core.sealed import context_of, seal
from mrc.messaging.models import InboundEvent, Message, Thread
from mrc.messaging.optout import OptOut, meaning_of_words
from mrc.messaging.queries.delivery import find_only_person, list_unsent_outreach, lock_thread_with
from mrc.messaging.service.automatic import SILENCE, ask_for_answer
from mrc.messaging.service.buttons import heed_button
from mrc.messaging.service.composing import note_step
from mrc.messaging.service.doubts import doubt_writer
from mrc.messaging.service.held import release_on_writing
from mrc.messaging.service.media import expect_media
from mrc.messaging.service.outbox import cancel_message
from mrc.messaging.service.reaching import open_thread
from mrc.messaging.states import (
    Direction,
    Doubt,
    InboundState,
    MessageStatus,
    Reason,
    ThreadStatus,
    ThreadStep,
)
from mrc.messaging.wire import Inbound, read_inbound
from mrc.persons.models import Address
from mrc.persons.service import know_address, know_whatsapp, note_user_id
from mrc.persons.states import AddressKind

TWILIO = Identity.system("twilio")
EVENTS = cast(Table, InboundEvent.__table__)
LONGEST_LINE = 160
log = structlog.get_logger("mrc.messaging")


def receive(
    form: Mapping[str, str], *, at: datetime | None = None, flags: Mapping[str, bool] | None = None
) -> InboundState | None:
    """Store one inbound form and file it; None when it was here before. Audited.

    `at` is when it was sent, if that is not now; `flags` say how it came to us otherwise than by the webhook.
    Raises Refused when the form has no id.
    """
    inbound, at = read_inbound(form), at or clock.now()
    if not inbound.sid:
        raise Refused("The form names no message.")
    line = find_line_by_address(inbound.line)
    is_filed = line is not None and bool(inbound.sender)
    state = InboundState.STORED if is_filed else InboundState.QUARANTINED
    event_id = uuid7()
    values = {
        "id": event_id,
        "provider_sid": inbound.sid,
        "at": at,
        "line_address": inbound.line,
        "state": state,
        "raw": seal(json.dumps(dict(form), ensure_ascii=False), context_of("inbound_event", "raw", event_id)),
        "flags": inbound.flags | dict(flags or {}),
    }
    # The provider posts again after a time-out, and its list is read beside the webhook: the id decides.
    if not insert_if_absent(db.session(), EVENTS, values, key=["provider_sid"]):
        return None
    if line is not None and is_filed:
        _file(line, inbound, at)
    else:
        log.warning("message in quarantine", reason="no sender" if line else "unknown line")
        details = {"event": str(event_id), "quarantined": True}
        record(Event.MESSAGE_RECEIVED, by=TWILIO, centre_id=None, details=details)
    return state


def assign_quarantined(event: InboundEvent, line: PhoneLine, *, by: Identity) -> Message:
    """File a quarantined message as if it had come to this line; audited.

    Raises Refused when it was filed meanwhile or names no sender, Forbidden outside the reader's centres.
    """
    if not by.can(Permission.QUARANTINE_HANDLE, line.centre_id):
        raise Forbidden
    db.session.refresh(event, with_for_update=True)
    inbound = read_inbound(event.raw)
    if event.state is not InboundState.QUARANTINED:
        raise Refused(_("This message was assigned already."))
    if not inbound.sender:
        raise Refused(_("This message names no sender, so there is nobody to answer."))
    message = _file(line, inbound, event.at)
    event.state = InboundState.STORED
    details = {"line": str(line.id)}
    subject = ("inbound_event", event.id)
    record(Event.QUARANTINE_ASSIGNED, by=by, centre_id=line.centre_id, subject=subject, details=details)
    return message


def _file(line: PhoneLine, inbound: Inbound, at: datetime) -> Message:
    kind = AddressKind.WHATSAPP if inbound.is_whatsapp else AddressKind.PHONE
    thread = lock_thread_with(line.id, line.centre_id, kind, inbound.sender)
    if thread is None:
        thread = _begin(line, kind, inbound)
    else:
        doubt_writer(thread, inbound, by=TWILIO)
        if inbound.user_id and thread.doubt is not Doubt.OTHER_ACCOUNT:
            note_user_id(thread.address, inbound.user_id)
    message = Message(
        thread_id=thread.id,
        direction=Direction.IN,
        at=at,
        kind=inbound.kind,
        status=MessageStatus.RECEIVED,
        status_at=clock.now(),
        provider_sid=inbound.sid,
    )
    message.body, message.extras = inbound.body or None, inbound.extras or None
    db.session.add(message)
    db.session.flush()
    expect_media(message)
    before = thread.last_inbound_at
    is_settled = heed_button(thread, inbound, message)
    _wake(thread, inbound, at, is_settled=is_settled)
    if not is_settled:
        note_step(thread, ThreadStep.INBOUND, at=at)
    if inbound.profile_name and inbound.profile_name != thread.address.profile_name:
        thread.address.profile_name = inbound.profile_name
    thread.address.absent_since = None
    _heed(thread.address, inbound.body)
    release_on_writing(thread)
    ask_for_answer(message, line, is_first=before is None or before < at - SILENCE)
    details = {"message": str(message.id), "kind": message.kind}
    subject = ("thread", thread.id)
    record(Event.MESSAGE_RECEIVED, by=TWILIO, centre_id=thread.centre_id, subject=subject, details=details)
    return message


def _begin(line: PhoneLine, kind: AddressKind, inbound: Inbound) -> Thread:
    """The first thread of a line with a sender. Two first messages at once make one thread."""
    if kind is AddressKind.WHATSAPP:
        address = know_whatsapp(line.centre_id, inbound.sender, inbound.user_id)
    else:
        address = know_address(line.centre_id, kind, inbound.sender)
    db.session.flush()
    open_thread(line, address)
    thread = lock_thread_with(line.id, line.centre_id, kind, inbound.sender)
    assert thread is not None
    return thread


def _wake(thread: Thread, inbound: Inbound, at: datetime, *, is_settled: bool) -> None:
    """The thread waits for us, since its oldest message that we have not answered; not after a mere tap.

    A message from a file or the provider's list may be older than what is here already.
    """
    is_newest = thread.last_inbound_at is None or at >= thread.last_message_at
    if not is_settled and (thread.status is not ThreadStatus.WAITING or thread.waiting_since is None):
        thread.status, thread.waiting_since = ThreadStatus.WAITING, at
        _name_only_person(thread)
    if thread.waiting_since is not None:
        thread.waiting_since = min(thread.waiting_since, at)
    thread.last_inbound_at = max(thread.last_inbound_at or at, at)
    thread.unread_count += not is_settled
    thread.snoozed_until = None
    if is_newest:
        thread.last_message_at = at
        thread.last_line = inbound.body.replace("\n", " ")[:LONGEST_LINE] or None


def _name_only_person(thread: Thread) -> None:
    """A new exchange is about the one person known at the address; with several, a person must say whom."""
    if thread.person_id is None and (person := find_only_person(thread.address_id)) is not None:
        thread.person_id, thread.confidentiality = person.id, person.confidentiality


def _heed(address: Address, body: str) -> None:
    """Act on an exact opt-out or opt-in word: it ends outreach, not the case."""
    meaning = meaning_of_words(body)
    if meaning is None or (meaning is OptOut.START and address.opted_out_at is None):
        return
    address.opted_out_at = clock.now() if meaning is OptOut.STOP else None
    tag = Event.OPTED_OUT if meaning is OptOut.STOP else Event.OPTED_IN
    record(tag, by=TWILIO, centre_id=address.centre_id, subject=("address", address.id))
    if meaning is OptOut.STOP:
        for message in list_unsent_outreach(address.id):
            cancel_message(message, Reason.OPTED_OUT, by=TWILIO)
