"""What comes in: stored once, filed as a message of a thread, or kept in quarantine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, select

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
from mrc.core.text import clean
from mrc.messaging.models import InboundEvent, Message, Thread
from mrc.messaging.optout import OptOut, meaning_of_words
from mrc.messaging.states import Channel, Direction, InboundState, MessageStatus, ThreadStatus
from mrc.persons.models import Address, PersonAddress
from mrc.persons.service import know_address
from mrc.persons.states import AddressKind

TWILIO = Identity.system("twilio")
EVENTS = cast(Table, InboundEvent.__table__)
THREADS = cast(Table, Thread.__table__)
WHATSAPP = "whatsapp:"
LONGEST_BODY = 8_000
LONGEST_LINE = 160
MOST_MEDIA = 10


def receive(form: Mapping[str, str], *, at: datetime | None = None) -> Message | None:
    """Store one inbound form and file it; None when it was here before or went into quarantine. Audited.

    The form as the provider posts it, for example::

        MessageSid=SM1f0…&From=whatsapp:+923001234567&To=whatsapp:+923000000101&Body=سلام&NumMedia=0&ProfileName=Ali

    Everything else it may hold is kept sealed in `InboundEvent.raw`. `at` is the provider's time when the
    form comes from its list instead. Raises Refused without an id.
    """
    sid, line_address = form.get("MessageSid", "")[:40], form.get("To", "")[:80]
    if not sid:
        raise Refused("The form names no message.")
    line = find_line_by_address(line_address)
    event_id = uuid7()
    values: dict[str, Any] = {
        "id": event_id,
        "provider_sid": sid,
        "at": at or clock.now(),
        "line_address": line_address,
        "state": InboundState.STORED if line else InboundState.QUARANTINED,
        "raw": seal(json.dumps(dict(form), ensure_ascii=False), context_of("inbound_event", "raw", event_id)),
        "flags": _oddities(form),
    }
    # The provider posts again after a time-out, and its list is read beside the webhook: the id decides.
    if not insert_if_absent(db.session(), EVENTS, values, key=["provider_sid"]):
        return None
    if line is None:
        details = {"event": str(event_id), "quarantined": True}
        record(Event.MESSAGE_RECEIVED, by=TWILIO, centre_id=None, details=details)
        return None
    return _file(line, form, at or clock.now())


def assign_quarantined(event: InboundEvent, line: PhoneLine, *, by: Identity) -> Message:
    """File a quarantined message as if it had come to this line; audited. Raises Refused when it was filed
    already.
    """
    if not by.can(Permission.QUARANTINE_HANDLE, line.centre_id):
        raise Forbidden
    if event.state is not InboundState.QUARANTINED:
        raise Refused("This message was filed already.")
    message = _file(line, event.raw, event.at)
    event.state = InboundState.STORED
    record(
        Event.QUARANTINE_ASSIGNED,
        by=by,
        centre_id=line.centre_id,
        subject=("inbound_event", event.id),
        details={"line": str(line.id)},
    )
    return message


def _file(line: PhoneLine, form: Mapping[str, str], at: datetime) -> Message:
    sender = form.get("From", "")[:200]
    kind = AddressKind.WHATSAPP if sender.startswith(WHATSAPP) else AddressKind.PHONE
    address = know_address(line.centre_id, kind, clean(sender.removeprefix(WHATSAPP)) or "?")
    if (name := clean(form.get("ProfileName", ""))[:120]) and name != address.profile_name:
        address.profile_name = name
    thread = _thread(line, address, at)
    body = clean(form.get("ButtonText") or form.get("Body", ""))[:LONGEST_BODY]
    message = Message(
        thread_id=thread.id,
        direction=Direction.IN,
        at=at,
        kind=_kind(form),
        status=MessageStatus.RECEIVED,
        status_at=clock.now(),
        provider_sid=form["MessageSid"][:40],
    )
    message.body = body or None
    message.extras = _extras(form) or None
    db.session.add(message)
    _wake(thread, at, body)
    _heed(address, body)
    record(
        Event.MESSAGE_RECEIVED,
        by=TWILIO,
        centre_id=thread.centre_id,
        subject=("thread", thread.id),
        details={"message": str(message.id), "kind": message.kind},
    )
    return message


def _thread(line: PhoneLine, address: Address, at: datetime) -> Thread:
    """The thread of a line and an address, locked until the transaction ends; made when it is new."""
    own = select(Thread).where(Thread.line_id == line.id, Thread.address_id == address.id).with_for_update()
    if (thread := db.session.scalar(own)) is not None:
        return thread
    person_id, level = _only_person(address.id)
    values: dict[str, Any] = {
        "id": uuid7(),
        "centre_id": line.centre_id,
        "line_id": line.id,
        "address_id": address.id,
        "channel": Channel.WHATSAPP if line.kind == "whatsapp" else Channel.SMS,
        "status": ThreadStatus.DONE,
        "last_message_at": at,
        "person_id": person_id,
        "confidentiality": level,
        "version": 1,
    }
    insert_if_absent(db.session(), THREADS, values, key=["line_id", "address_id"])
    return db.session.scalars(own).one()


def _only_person(address_id: UUID) -> tuple[UUID | None, int]:
    """The one person known at an address and their level; nobody when there are several, or none."""
    links = db.session.scalars(
        select(PersonAddress).where(PersonAddress.address_id == address_id).limit(2)
    ).all()
    return (links[0].person_id, links[0].person.confidentiality) if len(links) == 1 else (None, 1)


def _wake(thread: Thread, at: datetime, body: str) -> None:
    """The thread waits for us now, since its oldest message that we have not answered."""
    if thread.status is not ThreadStatus.WAITING:
        thread.status, thread.waiting_since = ThreadStatus.WAITING, at
    thread.last_message_at = max(thread.last_message_at, at)
    thread.last_inbound_at = max(thread.last_inbound_at or at, at)
    thread.unread_count += 1
    thread.last_line = body.replace("\n", " ")[:LONGEST_LINE] or None


def _heed(address: Address, body: str) -> None:
    """Act on an exact opt-out or opt-in word: it ends outreach, not the case."""
    meaning = meaning_of_words(body)
    if meaning is None:
        return
    address.opted_out_at = clock.now() if meaning is OptOut.STOP else None
    event = Event.OPTED_OUT if meaning is OptOut.STOP else Event.OPTED_IN
    record(event, by=TWILIO, centre_id=address.centre_id, subject=("address", address.id))


def _kind(form: Mapping[str, str]) -> str:
    if form.get("ButtonText") or form.get("ListId"):
        return "button"
    if form.get("Latitude"):
        return "location"
    if _media_count(form):
        return clean(form.get("MediaContentType0", "file")).partition("/")[0][:20] or "file"
    return "text"


def _extras(form: Mapping[str, str]) -> dict[str, Any]:
    """What came beside the text: media, place, button, what it replies to. Media are fetched
    by a later step.
    """
    extras: dict[str, Any] = {}
    if count := _media_count(form):
        extras["media"] = [
            {
                "type": clean(form.get(f"MediaContentType{position}", ""))[:100],
                "url": form.get(f"MediaUrl{position}", "")[:500],
            }
            for position in range(count)
        ]
    wanted = (
        "Latitude", "Longitude", "Address", "Label", "ButtonPayload", "ListId", "ListTitle",
        "OriginalRepliedMessageSid", "Forwarded", "FrequentlyForwarded", "ExternalUserId",
    )  # fmt: skip
    return extras | {name: clean(form[name])[:500] for name in wanted if form.get(name)}


def _media_count(form: Mapping[str, str]) -> int:
    text = form.get("NumMedia", "0")
    return min(int(text), MOST_MEDIA) if text.isascii() and text.isdecimal() else 0


def _oddities(form: Mapping[str, str]) -> dict[str, Any]:
    """What is odd about a form, as codes: media announced without an address, a sender without a number."""
    missing = [position for position in range(_media_count(form)) if not form.get(f"MediaUrl{position}")]
    flags: dict[str, Any] = {"media_without_url": len(missing)} if missing else {}
    return flags | ({"no_number": True} if "." in form.get("From", "") else {})
