"""What people see of calls, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import g
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.core import clock
from mrc.core.db import db
from mrc.core.paging import COUNTED_UP_TO, Page, page_of
from mrc.core.phones import format_phone
from mrc.hotline.models import Call, Callback
from mrc.hotline.policy import CALLBACKS, CALLS
from mrc.hotline.states import LIVE
from mrc.persons.models import Address, Person, PersonAddress
from mrc.persons.policy import PERSONS

SHOWN = 25
EARLIER_SHOWN = 20
LIVE_SHOWN = 20
LONGEST_CALL = timedelta(hours=3)
"""A call that began before that is over, whether or not the provider said so."""


@dataclass(frozen=True)
class CallRow:
    """A call or callback as a list shows it, with who it is in words."""

    row: Call | Callback
    title: str


def get_call(call_id: UUID, *, by: Identity) -> Call:
    """The call. Raises NotFound when absent or hidden."""
    call: Call = CALLS.get(by, call_id)
    return call


def get_callback(callback_id: UUID, *, by: Identity) -> Callback:
    """The callback. Raises NotFound when absent or hidden."""
    callback: Callback = CALLBACKS.get(by, callback_id)
    return callback


def list_callbacks(identity: Identity, *, cursor: str | None, done: bool = False) -> Page[CallRow]:
    """The visible open callbacks, the earliest due first; or the closed ones, the newest due first."""
    query = CALLBACKS.visible(identity, select(Callback)).options(joinedload(Callback.address))
    query = query.where(Callback.done_at.is_not(None) if done else Callback.done_at.is_(None))
    page = page_of(query, order=(Callback.due_at, Callback.id), cursor=cursor, size=SHOWN, ascending=not done)
    return page.with_items(_rows(identity, page.items))


def list_calls(identity: Identity, *, cursor: str | None) -> Page[CallRow]:
    """The visible calls, the newest first."""
    page = page_of(_calls(identity), order=(Call.started_at, Call.id), cursor=cursor, size=SHOWN)
    return page.with_items(_rows(identity, page.items))


def list_live(identity: Identity) -> Sequence[CallRow]:
    """The visible calls that are going on, the longest first."""
    query = _calls(identity).where(
        Call.state.in_(sorted(LIVE)), Call.started_at > clock.now() - LONGEST_CALL, Call.ended_at.is_(None)
    )
    calls = db.session.scalars(query.order_by(Call.started_at, Call.id).limit(LIVE_SHOWN)).all()
    return _rows(identity, calls)


def list_earlier(call: Call, *, by: Identity) -> Sequence[Call]:
    """The other visible calls of the same address, the newest first."""
    if call.address_id is None:
        return ()
    query = _calls(by).where(Call.address_id == call.address_id, Call.id != call.id)
    return db.session.scalars(query.order_by(Call.started_at.desc(), Call.id).limit(EARLIER_SHOWN)).all()


def list_calls_of(callback: Callback, *, by: Identity) -> Sequence[Call]:
    """The visible calls that a callback is for, and those made for it, the newest first."""
    query = _calls(by).where(Call.callback_id == callback.id)
    return db.session.scalars(query.order_by(Call.started_at.desc(), Call.id).limit(SHOWN)).all()


def list_calls_of_person(person_id: UUID, *, by: Identity) -> Sequence[Call]:
    """The newest visible calls of a person, those of nobody yet at their numbers too."""
    query = _calls(by).where(_about(Call, person_id))
    return db.session.scalars(query.order_by(Call.started_at.desc(), Call.id).limit(EARLIER_SHOWN)).all()


def find_owed_callback(person_id: UUID, *, by: Identity) -> Callback | None:
    """The open callback owed to a person, the earliest due first; None without one, or when hidden."""
    query = CALLBACKS.visible(by, select(Callback)).where(
        _about(Callback, person_id), Callback.done_at.is_(None)
    )
    return db.session.scalar(query.order_by(Callback.due_at, Callback.id).limit(1))


def list_due_callbacks(identity: Identity, size: int) -> Sequence[CallRow]:
    """The visible open callbacks, the earliest due first."""
    query = CALLBACKS.visible(identity, select(Callback)).options(joinedload(Callback.address))
    query = query.where(Callback.done_at.is_(None)).order_by(Callback.due_at, Callback.id)
    return _rows(identity, db.session.scalars(query.limit(size)).all())


def count_open_callbacks(identity: Identity) -> int:
    """How many callbacks are open in the reader's centres, up to a hundred; asked once a request."""
    if "open_callbacks" not in g:
        query = CALLBACKS.visible(identity, select(Callback.id)).where(Callback.done_at.is_(None))
        first = query.limit(COUNTED_UP_TO).subquery()
        g.open_callbacks = db.session.scalar(select(func.count()).select_from(first)) or 0
    count: int = g.open_callbacks
    return count


def title_of(address: Address | None, person: Person | None) -> str:
    """Who calls: the person once known, else the number, else that there was none."""
    if person is not None:
        return person.name or person.latin_name or _("Person without a name")
    if address is None:
        return _("No number shown")
    return address.profile_name or format_phone(address.value or "")


def _about(model: type[Call | Callback], person_id: UUID) -> ColumnElement[bool]:
    at_theirs = model.address_id.in_(
        select(PersonAddress.address_id).where(PersonAddress.person_id == person_id)
    )
    return or_(model.person_id == person_id, and_(model.person_id.is_(None), at_theirs))


def _calls(identity: Identity) -> Select[Call]:
    query = CALLS.visible(identity, select(Call), Permission.CALL_VIEW)
    return query.options(joinedload(Call.address), selectinload(Call.voicemail))


def _rows(identity: Identity, rows: Sequence[Call | Callback]) -> list[CallRow]:
    ids = {row.person_id for row in rows if row.person_id}
    seen = PERSONS.visible(identity, select(Person).where(Person.id.in_(ids)))
    persons = {person.id: person for person in db.session.scalars(seen)} if ids else {}
    return [CallRow(row, title_of(row.address, persons.get(row.person_id or row.id))) for row in rows]
