"""Calling somebody back: the counsellor's phone rings first, then the caller's, which sees our number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre, get_line
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, NotFound, Refused
from mrc.hotline import twiml
from mrc.hotline.gateway import Dial
from mrc.hotline.models import Call, Callback, Duty
from mrc.hotline.policy import CALLBACKS, CALLS
from mrc.hotline.queries.lines import VOICE, find_menu, list_own_duties
from mrc.hotline.service.callbacks import find_open_of
from mrc.hotline.service.calls import lock_call, note_event
from mrc.hotline.service.flow import Step
from mrc.hotline.states import CallDirection, CallState
from mrc.i18n.formats import instant
from mrc.jobs.models import Priority
from mrc.jobs.service import enqueue
from mrc.messaging.codes import REASONS
from mrc.messaging.gateway import Accepted, Busy, NotReached, Outcome
from mrc.messaging.gateway import Refused as ProviderRefused
from mrc.messaging.states import Reason
from mrc.persons.hours import is_safe_at, next_safe_at
from mrc.persons.models import Address, PersonAddress
from mrc.persons.queries import has_withdrawn
from mrc.persons.states import AddressKind, ConsentPurpose

RING_COUNSELLOR_SECONDS = 25
UNDER_WAY = (CallState.QUEUED, CallState.DIALLING, CallState.TALKING)
NO_DUTY = _l("Your number is not on the duty list of this line. Ask your manager to add it.")
TAKES_AT_MOST = timedelta(minutes=3)
"""After that a call that did not come about stands in nobody's way."""


@dataclass(frozen=True)
class Wanted:
    """Whom to call, from which line, and about whom."""

    centre_id: UUID
    line_id: UUID
    address_id: UUID | None
    person_id: UUID | None
    confidentiality: int
    language: str | None = None


def obstacle_to_call(address: Address | None, person_id: UUID | None) -> str | None:
    """Why somebody may not be called now, in words for staff; None when they may.

    The contact plan of the person counts, or everybody's at the number while nobody is named.
    """
    if address is None:
        return _("They showed no number, so nobody can call them back.")
    if address.kind is not AddressKind.PHONE:
        return _("This is a WhatsApp account, which cannot be called from here. Write to them instead.")
    query = select(PersonAddress).where(PersonAddress.address_id == address.id)
    if person_id is not None:
        query = query.where(PersonAddress.person_id == person_id)
    for plan in db.session.scalars(query.order_by(PersonAddress.id)):
        if words := _obstacle_of(plan, address):
            return words
    return None


def obstacle_to_ring(row: Call | Callback, *, by: Identity) -> str | None:
    """Why this reader cannot call them now by the hotline, in words for staff; None when they can."""
    if get_line(row.line_id).kind != VOICE:
        return _("This line cannot be called from. Write to them instead.")
    if words := obstacle_to_call(row.address, row.person_id):
        return words
    if _own_duty(row.line_id, by) is None:
        return str(NO_DUTY)
    return None


def call_back(callback: Callback, *, by: Identity) -> Call:
    """Ask for a call to whom we owe it (job `hotline.dial`); audited. Raises Refused with the reason."""
    if not CALLBACKS.permits(by, callback, Permission.CALL_HANDLE):
        raise Forbidden
    if callback.done_at is not None:
        raise Refused(_("This callback is closed already."))
    return _call(callback, callback.id, by)


def call_again(call: Call, *, by: Identity) -> Call:
    """Ask for a call to whoever called, or was called; audited. Raises Refused with the reason."""
    if not CALLS.permits(by, call, Permission.CALL_HANDLE):
        raise Forbidden
    open_one = find_open_of(call)
    return _call(call, open_one.id if open_one else None, by)


def call_person(link: PersonAddress, *, by: Identity) -> Call:
    """Ask for a call to a person at one of their numbers, from a line whose duty the reader has; audited.

    Raises Forbidden without the right, Refused with the reason.
    """
    person = link.person
    if not by.can(Permission.CALL_HANDLE, person.centre_id):
        raise Forbidden
    if words := obstacle_to_call(link.address, person.id):
        raise Refused(words)
    duty = next((row for row in list_own_duties(by) if row.centre_id == person.centre_id), None)
    if duty is None:
        raise Refused(NO_DUTY)
    line = get_line(duty.line_id)
    wanted = Wanted(line.centre_id, line.id, link.address_id, person.id, person.confidentiality)
    return _make(wanted, None, by)


def begin_dialling(call_id: UUID) -> Dial | None:
    """Say that a call is being made, and give what the provider must know; None when it was made before.

    The plan is asked once more: it may have changed since the button was pressed.
    """
    call = lock_call(call_id)
    if call.state is not CallState.QUEUED:
        return None
    phone = _phone_of(call)
    if phone is None or obstacle_to_call(call.address, call.person_id):
        call.state, call.ended_at = CallState.REFUSED, clock.now()
        return None
    call.state = CallState.DIALLING
    return Dial(
        to=phone,
        from_=_caller_id(call),
        url=twiml.address("outbound/answered", c=call.id),
        status_url=twiml.address("outbound/status", c=call.id),
        ring_seconds=RING_COUNSELLOR_SECONDS,
    )


def store_outcome(call_id: UUID, outcome: Outcome) -> timedelta | None:
    """What the provider said to a call of ours; how long to wait where it may simply be asked again.

    A call whose fate is unknown is never made twice by us: the provider's next word decides, or a person.
    """
    call = lock_call(call_id)
    if isinstance(outcome, Accepted):
        call.provider_sid = call.provider_sid or outcome.sid
        return None
    if call.state is not CallState.DIALLING or call.provider_sid is not None:
        return None
    match outcome:
        case Busy(after_seconds=seconds):
            call.state = CallState.QUEUED
            return timedelta(seconds=min(seconds or 5, 60))
        case ProviderRefused(code=code):
            call.state, call.error_code, call.ended_at = CallState.REFUSED, code, clock.now()
        case NotReached():
            call.state, call.ended_at = CallState.REFUSED, clock.now()
        case _:
            call.state = CallState.UNKNOWN
    return None


def answered(step: Step) -> str:
    """The counsellor's phone answered: whoever it is must press a key before the other phone rings."""
    call = _ours(step)
    note_event(call, "answered", step.posted, at=step.at)
    menu = find_menu(get_line(call.line_id))
    return twiml.ask_key(twiml.Voice(menu), twiml.address("outbound/connect", c=call.id))


def connect(step: Step) -> str:
    """The counsellor is there: call the other, if their plan still allows it."""
    call = _ours(step)
    if not step.form.digits or call.address is None or obstacle_to_call(call.address, call.person_id):
        note_event(call, "rang.canceled", step.posted, at=step.at)
        return twiml.hang_up()
    note_event(call, "accepted", step.posted, at=step.at)
    action = twiml.address("outbound/rang", c=call.id)
    return twiml.connect(call.address.value or "", _caller_id(call), action)


def rang(step: Step) -> str:
    """How calling the other ended."""
    call = _ours(step)
    note_event(call, f"rang.{step.form.dialled or 'failed'}", step.posted, at=step.at)
    return twiml.hang_up()


def status(step: Step) -> str:
    """How the counsellor's leg goes on."""
    call, form = _ours(step), step.form
    if form.status:
        name = f"status.{form.status}"
        note_event(call, name, step.posted, sequence=form.sequence, at=form.at or step.at)
    return twiml.nothing()


OUTBOUND = {"answered": answered, "connect": connect, "rang": rang, "status": status}


def _call(row: Call | Callback, callback_id: UUID | None, by: Identity) -> Call:
    if words := obstacle_to_ring(row, by=by):
        raise Refused(words)
    wanted = Wanted(
        row.centre_id, row.line_id, row.address_id, row.person_id, row.confidentiality, row.language
    )
    return _make(wanted, callback_id, by)


def _make(wanted: Wanted, callback_id: UUID | None, by: Identity) -> Call:
    if _is_being_called(wanted.address_id, wanted.line_id):
        raise Refused(_("Somebody is calling them right now."))
    call = Call(
        centre_id=wanted.centre_id,
        line_id=wanted.line_id,
        direction=CallDirection.OUT,
        address_id=wanted.address_id,
        state=CallState.QUEUED,
        started_at=clock.now(),
        language=wanted.language,
        served_by_id=by.user_id,
        person_id=wanted.person_id,
        confidentiality=wanted.confidentiality,
        callback_id=callback_id,
    )
    db.session.add(call)
    db.session.flush()
    enqueue(
        "hotline.dial",
        {"call_id": str(call.id)},
        dedupe_key=f"hotline.dial:{call.id}",
        priority=Priority.URGENT,
        centre_id=call.centre_id,
    )
    record(Event.CALL_STARTED, by=by, centre_id=call.centre_id, subject=("call", call.id))
    return call


def _obstacle_of(plan: PersonAddress, address: Address) -> str | None:
    if plan.never_contact:
        return str(REASONS[Reason.NEVER_CONTACT])
    if not plan.may_call:
        return _("The contact plan says that calling is not safe.")
    zone = plan.person.time_zone or get_centre(address.centre_id).time_zone
    if not is_safe_at(plan.safe_windows, clock.now(), zone):
        moment = next_safe_at(plan.safe_windows or (), clock.now(), zone)
        if moment is None:
            return _("The contact plan says that calls are not safe at this hour.")
        return _(
            "The contact plan says that calls are not safe at this hour. It is safe again from %(moment)s.",
            moment=instant(moment),
        )
    if has_withdrawn(plan.person_id, ConsentPurpose.CONTACT_PHONE):
        return _("The person took back their consent to be called.")
    return None


def _ours(step: Step) -> Call:
    """The call of ours that the address names; it takes the provider's id if it has none yet."""
    call = lock_call(step.key("c"))
    if call.direction is not CallDirection.OUT:
        raise NotFound
    call.provider_sid = call.provider_sid or step.form.sid
    return call


def _own_duty(line_id: UUID, by: Identity) -> Duty | None:
    return db.session.scalar(select(Duty).where(Duty.line_id == line_id, Duty.user_id == by.user_id))


def _phone_of(call: Call) -> str | None:
    query = select(Duty).where(Duty.line_id == call.line_id, Duty.user_id == call.served_by_id)
    duty = db.session.scalar(query)
    return duty.phone if duty is not None else None


def _caller_id(call: Call) -> str:
    return get_line(call.line_id).address


def _is_being_called(address_id: UUID | None, line_id: UUID) -> bool:
    query = select(Call.id).where(
        Call.address_id == address_id,
        Call.line_id == line_id,
        Call.direction == CallDirection.OUT,
        Call.state.in_(UNDER_WAY),
        Call.started_at > clock.now() - TAKES_AT_MOST,
    )
    return db.session.scalar(query.limit(1)) is not None
