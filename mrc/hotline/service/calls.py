"""Calls as they are told to us: each event once, the call's state from all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, select

from mrc.access.identity import Identity
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.centres.models import PhoneLine
from mrc.core import clock
from mrc.core.db import db, uuid7
from mrc.core.db.upsert import insert_if_absent
from mrc.core.errors import Forbidden, NotFound, Refused
from mrc.core.sealed import context_of, seal
from mrc.hotline.models import Call, CallEvent, Voicemail
from mrc.hotline.policy import CALLS
from mrc.hotline.service.callbacks import find_open_of, note_attempt, owe_callback, owe_nothing
from mrc.hotline.states import CallDirection, CallState, derive
from mrc.hotline.wire import CallForm, address_of
from mrc.messaging.queries.delivery import find_only_person
from mrc.persons.models import Address, Person
from mrc.persons.service import know_address, know_whatsapp
from mrc.persons.states import AddressKind

TWILIO = Identity.system("twilio")
CALL_ROWS, EVENT_ROWS = cast(Table, Call.__table__), cast(Table, CallEvent.__table__)


def know_call(form: CallForm, line: PhoneLine, *, at: datetime | None = None, is_late: bool = False) -> Call:
    """The inbound call with this id, held until the transaction ends; made and audited when it is new."""
    if (call := lock_call_with(form.sid)) is not None:
        return call
    address = _address(line, form.caller)
    person = find_only_person(address.id) if address is not None else None
    call_id = uuid7()
    values = {
        "id": call_id, "centre_id": line.centre_id, "line_id": line.id, "provider_sid": form.sid,
        "direction": CallDirection.IN, "address_id": address.id if address else None,
        "caller": seal(form.caller, context_of("call", "caller", call_id)), "state": CallState.RINGING,
        "is_late": is_late, "has_consented": False, "started_at": at or clock.now(),
        "person_id": person.id if person else None,
        "confidentiality": person.confidentiality if person else 1, "version": 1,
        "created_at": clock.now(),
    }  # fmt: skip
    if insert_if_absent(db.session(), CALL_ROWS, values, key=["provider_sid"]):
        subject = ("call", call_id)
        details = {"late": is_late}
        record(Event.CALL_RECEIVED, by=TWILIO, centre_id=line.centre_id, subject=subject, details=details)
    call = lock_call_with(form.sid)
    assert call is not None
    return call


def lock_call(call_id: UUID) -> Call:
    """The call as it stands now, held until the transaction ends. Raises NotFound."""
    query = select(Call).where(Call.id == call_id).with_for_update()
    if (call := db.session.scalar(query.execution_options(populate_existing=True))) is None:
        raise NotFound
    return call


def lock_call_with(sid: str) -> Call | None:
    """The call that the provider knows by this id, held as by `lock_call`."""
    query = select(Call).where(Call.provider_sid == sid).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def note_event(
    call: Call, event: str, form: Mapping[str, str], *, sequence: int = 0, at: datetime | None = None
) -> bool:
    """Write down one event of a call that is held, and derive its state; False when it was here before."""
    event_id, sid = uuid7(), call.provider_sid or form.get("CallSid", "")[:40]
    raw = json.dumps(dict(form), ensure_ascii=False)
    values = {
        "id": event_id, "call_id": call.id, "call_sid": sid, "event": event[:40], "sequence": sequence,
        "at": at or clock.now(), "raw": seal(raw, context_of("call_event", "raw", event_id)),
    }  # fmt: skip
    if not insert_if_absent(db.session(), EVENT_ROWS, values, key=["call_sid", "event", "sequence"]):
        return False
    project(call, at or clock.now())
    return True


def project(call: Call, at: datetime) -> None:
    """Give a call the state that follows from its events, and what we owe the caller for it."""
    events = db.session.execute(
        select(CallEvent.event, CallEvent.sequence).where(CallEvent.call_id == call.id)
    ).all()
    has_voicemail = db.session.scalar(select(Voicemail.id).where(Voicemail.call_id == call.id)) is not None
    derived = derive([(name, number) for name, number in events], call.direction, has_voicemail=has_voicemail)
    before, call.state = call.state, derived.state
    if derived.state is CallState.TALKING and call.answered_at is None:
        call.answered_at = at
    is_over_now = derived.is_ended and call.ended_at is None
    if is_over_now:
        call.ended_at = max(at, call.started_at)
    if call.direction is CallDirection.OUT:
        _settle_outbound(call, before)
    elif derived.is_served:
        owe_nothing(call, by=TWILIO)
    elif derived.is_ended:
        owe_callback(call, by=TWILIO)
    if is_over_now:
        details = {"state": call.state.value}
        subject = ("call", call.id)
        record(Event.CALL_ENDED, by=TWILIO, centre_id=call.centre_id, subject=subject, details=details)


def link_person(call: Call, person: Person, *, by: Identity) -> None:
    """Say who called: the call and what we owe for it become as confidential as they are. Audited.

    The number does not become theirs by this: people call from phones of others. Raises Refused across
    centres.
    """
    held = _workable(call, by)
    if person.centre_id != held.centre_id:
        raise Refused("Person and call must belong to the same centre.")
    if held.person_id == person.id:
        return
    held.person_id, held.confidentiality = person.id, person.confidentiality
    callback = find_open_of(held)
    if callback is not None and callback.person_id is None:
        callback.person_id, callback.confidentiality = person.id, person.confidentiality
    _record_link(held, by, person=str(person.id))


def link_consultation(call: Call, consultation_id: UUID, *, by: Identity) -> None:
    """Remember where a call was written down; audited."""
    held = _workable(call, by)
    held.consultation_id = consultation_id
    if held.served_by_id is None and held.state is CallState.SERVED:
        held.served_by_id = by.user_id
    _record_link(held, by, consultation=str(consultation_id))


def _workable(call: Call, by: Identity) -> Call:
    if not CALLS.permits(by, call):
        raise Forbidden
    return lock_call(call.id)


def _record_link(call: Call, by: Identity, **details: str) -> None:
    record(Event.CALL_LINKED, by=by, centre_id=call.centre_id, subject=("call", call.id), details=details)


def _settle_outbound(call: Call, before: CallState) -> None:
    """A call of ours ended: say so where it was made for a callback, once."""
    ends = {CallState.SERVED, CallState.NOT_REACHED}
    if call.state in ends and before not in ends and call.callback_id is not None:
        by = Identity(user_id=call.served_by_id, name="hotline", is_system=True)
        note_attempt(call.callback_id, was_reached=call.state is CallState.SERVED, by=by)


def _address(line: PhoneLine, caller: str) -> Address | None:
    if (found := address_of(caller)) is None:
        return None
    kind, value = found
    if kind is AddressKind.WHATSAPP:
        address = know_whatsapp(line.centre_id, value)
    else:
        address = know_address(line.centre_id, kind, value)
    db.session.flush()
    return address
